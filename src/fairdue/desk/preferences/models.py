"""What a person asked for or agreed to, with its evidence: a history that is only added to.

The state of the moment stands in the fields of the customer and the line (`accounts.models`), which the services keep in
step in the same transaction. A row is written once; the only change the database lets through later is that it ends, once
(`triggers`).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Kind(models.TextChoices):
    """What a row is about; `rules` says which protect the person and which loosen a protection."""

    AGREED_HOURS = "agreed_hours", _("Agreed hours")
    CONSENT = "consent", _("Consent")
    INCONVENIENT = "inconvenient", _("Hours that do not suit")
    OPT_OUT = "opt_out", _("Way of contact not wanted")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    WORKPLACE = "workplace", _("Workplace forbids calls")
    REFUSED = "refused", _("Contact person refused")
    SOURCE = "source", _("Source of the number")
    EVIDENCE = "evidence", _("Evidence that this person owes")


class How(models.TextChoices):
    """How it was given to us, which is where the proof lies."""

    CALL = "call", _("said in a call")
    WRITING = "writing", _("in writing")
    PORTAL = "portal", _("on the customer's own page")
    CONTRACT = "contract", _("in the contract")
    PUBLIC = "public", _("in a public record")
    IMPORT = "import", _("came with the data, no evidence here")


class Ending(models.TextChoices):
    WITHDRAWN = "withdrawn", _("taken back")
    REPLACED = "replaced", _("replaced by a newer entry")
    EXPIRED = "expired", _("its time ran out")


class Preference(models.Model):
    """One thing asked for, agreed to or proven. It stands while `withdrawn_at` is empty, and counts to `valid_until`.

    `value` is the window (`20:00-23:00`), the consent, the channel, the source or the evidence; empty where the kind says
    it all. `account` is the debt that a piece of evidence speaks of. `said_on` is the local day on which the person gave
    it, `given_at` the moment it was entered. `before` is what the field held until then (role or source of the line).
    `set_by`, `withdrawn_by` None: the customer on their own page, or the system.
    """

    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="preferences")
    line = models.ForeignKey("accounts.Line", null=True, on_delete=models.PROTECT, related_name="preferences")
    account = models.ForeignKey("accounts.Account", null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=16, choices=Kind.choices)
    value = models.CharField(max_length=40, blank=True)
    before = models.CharField(max_length=16, blank=True)
    how = models.CharField(max_length=8, choices=How.choices)
    contact = models.ForeignKey("call.Contact", null=True, on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(max_length=200, blank=True)
    said_on = models.DateField()
    valid_until = models.DateField(null=True, help_text="last day on which it counts, the person's local date")
    given_at = models.DateTimeField()
    set_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ending = models.CharField(max_length=10, choices=Ending.choices, blank=True)
    withdrawn_how = models.CharField(max_length=8, choices=How.choices, blank=True)
    withdrawn_contact = models.ForeignKey("call.Contact", null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_reference = models.CharField(max_length=200, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["customer"], name="preference_standing", condition=Q(withdrawn_at=None)),
            models.Index(fields=["valid_until"], name="preference_ends", condition=Q(withdrawn_at=None)),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(withdrawn_at=None, ending="") | (Q(withdrawn_at__isnull=False) & ~Q(ending="")),
                name="preference_ends_with_a_cause",
            )
        ]
