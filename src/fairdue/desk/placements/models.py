"""The history of placements. What counts now stands on the account itself, where the gate reads it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Origin(models.TextChoices):
    """Who placed it: somebody at the desk, or the lender's feed."""

    DESK = "desk", _("at the desk")
    FEED = "feed", _("by the feed")


class Ending(models.TextChoices):
    """Why a placement does not stand any more. One that has only run out still stands, until it is replaced."""

    RETURNED = "returned", _("returned to the lender")
    REPLACED = "replaced", _("placed anew")
    FEED = "feed", _("ended by the feed")


class Placement(models.Model):
    """One account with one agency; both days belong to it. A change ends the row and begins another one.

    The days are null where a feed did not give them. `ended_at` null: it stands, on the account too.
    """

    account = models.ForeignKey("accounts.Account", on_delete=models.PROTECT, related_name="placements")
    agency = models.ForeignKey("people.Agency", on_delete=models.PROTECT, related_name="placements")
    placed_on = models.DateField(null=True)
    closing_on = models.DateField(null=True, db_index=True)
    notice_on = models.DateField(null=True, help_text="day on which the customer was told")
    notice_sent = models.BooleanField(default=False)
    origin = models.CharField(max_length=4, choices=Origin.choices)
    batch = models.ForeignKey("accounts.ImportBatch", null=True, on_delete=models.SET_NULL, related_name="+")
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()
    ending = models.CharField(max_length=8, choices=Ending.choices, blank=True)
    ended_on = models.DateField(null=True, help_text="last day on which it counted")
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    ended_at = models.DateTimeField(null=True)
    reason = models.CharField(max_length=300, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=models.Q(ended_at=None), name="one_placement_stands_per_account"
            ),
            models.CheckConstraint(
                condition=models.Q(placed_on=None)
                | models.Q(closing_on=None)
                | models.Q(closing_on__gte=models.F("placed_on")),
                name="placement_ends_after_it_begins",
            ),
        ]
