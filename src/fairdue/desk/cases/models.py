"""Holds and cases. What a hold stops, who lifts it and for how long is data: packs/holds.yaml."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class HoldKind(models.TextChoices):
    """The gate's hold names (formats.md); each stops collection on every channel."""

    DISPUTE = "dispute", _("Dispute")
    PAID_CLAIMED = "paid_claimed", _("Payment claimed")
    PLAN_KEPT = "plan_kept", _("Plan being kept")
    COMPLAINT = "complaint", _("Complaint")
    HARDSHIP_REVIEW = "hardship_review", _("Hardship review")
    BEREAVEMENT = "bereavement", _("Bereavement")
    GRAVE_ILLNESS = "grave_illness", _("Grave illness")
    CRISIS = "crisis", _("Crisis")
    LAWYER = "lawyer", _("Represented by a lawyer")
    STOP_CONTACT = "stop_contact", _("Asked us to stop")
    BANKRUPTCY = "bankruptcy", _("Bankruptcy")


class HoldOrigin(models.TextChoices):
    """Who asked for a hold: `set_by` names the person when it was the staff."""

    STAFF = "staff", _("Staff")
    CUSTOMER = "customer", _("Customer")
    SYSTEM = "system", _("System")


class Hold(models.Model):
    """Collection is stopped for the customer while any hold is not lifted. None falls away by itself.

    `review_on` is the day by which `owner` must look again; past it the hold stands and is overdue. `lift_asked_*` is the
    first of two people where a hold needs two; `lift_evidence` names the kind of proof, `lift_reason` where it is found.
    """

    kind = models.CharField(max_length=16, choices=HoldKind.choices)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="holds")
    account = models.ForeignKey("accounts.Account", null=True, on_delete=models.PROTECT, related_name="holds")
    reason = models.CharField(max_length=300, blank=True)
    origin = models.CharField(max_length=8, choices=HoldOrigin.choices, default=HoldOrigin.STAFF)
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    set_at = models.DateTimeField()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="owned_holds")
    review_on = models.DateField(null=True)
    reviewed_at = models.DateTimeField(null=True, help_text="last time its owner looked and kept it")
    review_note = models.CharField(max_length=300, blank=True)
    lift_asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lift_asked_at = models.DateTimeField(null=True)
    lift_asked_reason = models.CharField(max_length=300, blank=True)
    lifted_at = models.DateTimeField(null=True)
    lifted_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    lift_evidence = models.CharField(max_length=40, blank=True)
    lift_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["customer", "lifted_at"]), models.Index(fields=["lifted_at", "review_on"])]


class Case(models.Model):
    """A matter that someone must work through: dispute (20 days, CN-CRB-25), complaint (30 days), hardship …"""

    number = models.CharField(max_length=32, unique=True)
    kind = models.CharField(max_length=16)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="cases")
    account = models.ForeignKey("accounts.Account", null=True, on_delete=models.PROTECT, related_name="cases")
    contact = models.ForeignKey("call.Contact", null=True, on_delete=models.PROTECT, related_name="cases")
    hold = models.ForeignKey(Hold, null=True, on_delete=models.PROTECT, related_name="cases")
    summary = models.TextField(blank=True)
    state = models.CharField(max_length=10, default="open")  # open answered closed
    due_on = models.DateField(null=True)
    opened_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
