"""Overlays of packs as numbered revisions, releases that put them live, and reports that nothing fits.

The packs that ship are never edited. Nothing here is deleted: a revision that is not wanted is retired, a release that
was a mistake is followed by another one.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class RevisionState(models.TextChoices):
    """draft → submitted → approved or rejected → live → retired; a draft that is given up is retired too."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for approval")
    APPROVED = "approved", _("Approved, not live yet")
    REJECTED = "rejected", _("Rejected")
    LIVE = "live", _("Live")
    RETIRED = "retired", _("Retired")


OPEN_STATES = (RevisionState.DRAFT, RevisionState.SUBMITTED, RevisionState.APPROVED)
"""States of a revision that is still on its way; a pack has at most one such revision."""


class PlaybookRevision(models.Model):
    """One version of an organisation's whole overlay of one pack.

    `files` maps the path inside the overlay pack to its YAML text. `edits` counts the saves; `touched` remembers at which
    save (and by whom) a line or a file changed last, so that two trainers cannot overwrite each other unseen. `checks`
    holds the last check's result with the digest of what it was run on.
    """

    pack = models.CharField(max_length=60, db_index=True)
    number = models.PositiveIntegerField()
    based_on = models.ForeignKey("self", null=True, on_delete=models.PROTECT, related_name="+")
    files = models.JSONField(default=dict)
    edits = models.PositiveIntegerField(default=0)
    touched = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=RevisionState.choices, default=RevisionState.DRAFT)
    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    editors = models.ManyToManyField(settings.AUTH_USER_MODEL, related_name="+")
    comment = models.TextField(blank=True)
    checks = models.JSONField(default=dict)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["pack", "number"], name="playbook_revision_number"),
            models.UniqueConstraint(
                fields=["pack"], condition=Q(state__in=["draft", "submitted", "approved"]), name="playbook_one_open"
            ),
        ]


class PlaybookRelease(models.Model):
    """What is live from a moment on: pack → id of its revision. Never changed once made; calls keep theirs.

    `library` is the version of all words together, `back_to` the release whose mapping a roll-back took up again.
    """

    number = models.PositiveIntegerField(unique=True)
    revisions = models.JSONField(default=dict)
    made_at = models.DateTimeField()
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    reason = models.TextField()
    library = models.CharField(max_length=60)
    back_to = models.PositiveIntegerField(null=True)


class GapReason(models.TextChoices):
    """Why an agent found that nothing fits."""

    NO_REPLY = "no_reply", _("Nothing was offered")
    WRONG_UNDERSTANDING = "wrong_understanding", _("The customer was misunderstood")
    WORDS_DO_NOT_FIT = "words_do_not_fit", _("The words do not fit this customer")
    FACT_MISSING = "fact_missing", _("A fact is missing")
    TOO_HARD = "too_hard", _("Too hard")
    TOO_SOFT = "too_soft", _("Too soft")
    OTHER = "other", _("Something else")


class GapState(models.TextChoices):
    OPEN = "open", _("Waiting")
    TAKEN = "taken", _("Being worked on")
    ANSWERED = "answered", _("Answered")
    DISMISSED = "dismissed", _("Set aside")


class Gap(models.Model):
    """An agent said that none of the offered lines fitted. `heard` and `wish` are stored redacted."""

    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="gaps")
    session = models.ForeignKey("call.CallSession", null=True, on_delete=models.PROTECT, related_name="gaps")
    stage = models.CharField(max_length=16)
    product = models.CharField(max_length=40, blank=True)
    acts = models.JSONField(default=list)
    heard = models.TextField(blank=True)
    offered = models.JSONField(default=list)
    reason = models.CharField(max_length=24, choices=GapReason.choices)
    wish = models.TextField(blank=True)
    state = models.CharField(max_length=10, choices=GapState.choices, default=GapState.OPEN, db_index=True)
    reported_at = models.DateTimeField(db_index=True)
    taken_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    taken_at = models.DateTimeField(null=True)
    answer = models.TextField(blank=True)
    answer_line = models.CharField(max_length=120, blank=True)
    closed_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    closed_at = models.DateTimeField(null=True)
