"""Plans and their parts."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PlanKind(models.TextChoices):
    COMMISSION = "commission", _("Within the commission period")
    CARD_AGREEMENT = "card_agreement", _("Personalised card agreement")


class Plan(models.Model):
    """An agreed series of parts; `terms` holds the six terms of a card agreement (card measures Art. 70)."""

    kind = models.CharField(max_length=16, choices=PlanKind.choices)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="plans")
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="plans")
    contact = models.ForeignKey("call.Contact", null=True, on_delete=models.PROTECT, related_name="plans")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="plans")
    quote = models.ForeignKey("accounts.Quote", null=True, on_delete=models.PROTECT, related_name="+")
    total_fen = models.BigIntegerField()
    agreed_on = models.DateField()
    state = models.CharField(max_length=10, default="active")  # active kept broken cancelled
    terms = models.JSONField(default=dict)
    created_at = models.DateTimeField()


class PlanPart(models.Model):
    """One part: its amount, day and whether payments cover it."""

    plan = models.ForeignKey(Plan, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveSmallIntegerField()
    due_on = models.DateField(db_index=True)
    amount_fen = models.BigIntegerField()
    state = models.CharField(max_length=10, default="open")  # open kept part_kept broken
    paid_fen = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["plan", "number"], name="part_once")]
        ordering = ["number"]
