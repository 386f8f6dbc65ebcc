"""The audit event. Rows are inserted by `services.write` only; triggers refuse every later change and delete, but for the
one filling-in of an event's place in the chain (`seq`, `previous`, `hash`) by `services.seal`."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q


class SealedManager(models.Manager):
    """Events that wait for their place get it before anybody reads, so that a reader always sees the whole chain."""

    def get_queryset(self) -> models.QuerySet:
        from .services import seal

        seal()
        return super().get_queryset()


class AuditEvent(models.Model):
    """One thing that happened. `digest` covers what happened, `hash` the digest, the place and the hash before it: a
    changed, missing or moved row breaks the chain (see `chain`)."""

    seq = models.BigIntegerField(unique=True, null=True)
    at = models.DateTimeField()
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    actor_name = models.CharField(max_length=150, blank=True)
    kind = models.CharField(max_length=60)
    subject = models.CharField(max_length=80, blank=True)
    customer_id = models.BigIntegerField(null=True)
    payload = models.JSONField(default=dict)
    digest = models.CharField(max_length=64, blank=True, help_text="empty on events of the first format")
    previous = models.CharField(max_length=64, null=True)
    hash = models.CharField(max_length=64, null=True)

    objects = SealedManager()
    unsealed = models.Manager()

    class Meta:
        ordering = ["seq"]
        indexes = [
            models.Index(fields=["subject"], name="audit_subject"),
            models.Index(fields=["customer_id"], name="audit_customer"),
            models.Index(fields=["id"], name="audit_waiting", condition=Q(seq=None)),
        ]
