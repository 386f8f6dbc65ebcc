"""A promise to pay."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PromiseState(models.TextChoices):
    OPEN = "open", _("Open")
    DUE = "due", _("Due today")
    KEPT = "kept", _("Kept")
    PART_KEPT = "part_kept", _("Partly kept")
    BROKEN = "broken", _("Broken")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class Promise(models.Model):
    """Amount, moment and channel as agreed and read back.

    Kept: payments dated from the day of the promise up to `due_on + grace_days` reach `kept_percent` of the amount.
    Part-kept: something, but less. Broken: nothing. `state` is written by `services.settle` from payments only.
    """

    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="promises")
    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="promises")
    contact = models.ForeignKey("call.Contact", null=True, on_delete=models.PROTECT, related_name="promises")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="promises")
    quote = models.ForeignKey("accounts.Quote", null=True, on_delete=models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField()
    promised_on = models.DateField()
    due_on = models.DateField(db_index=True)
    due_time = models.TimeField(null=True)
    pay_channel = models.CharField(max_length=24, blank=True)
    read_back = models.BooleanField(default=False)
    grace_days = models.PositiveSmallIntegerField(default=1)
    kept_percent = models.PositiveSmallIntegerField(default=90)
    state = models.CharField(max_length=10, choices=PromiseState.choices, default=PromiseState.OPEN)
    paid_fen = models.BigIntegerField(default=0)
    decided_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(amount_fen__gt=0), name="promise_positive")]
