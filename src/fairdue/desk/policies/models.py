"""Changes of the house to a policy pack, the revisions that put them in force, their effect, and duties that were done.

The packs that ship are never edited. Nothing here is deleted: a change that is not wanted is given up or withdrawn, one in
force is ended by a later change, a wrong entry is corrected by a further one.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

USER = settings.AUTH_USER_MODEL


class DraftState(models.TextChoices):
    """draft → submitted → approved; whether an approved one is planned, in force or ended follows from its dates."""

    DRAFT = "draft", _("Draft")
    SUBMITTED = "submitted", _("Waiting for approval")
    APPROVED = "approved", _("Approved")
    WITHDRAWN = "withdrawn", _("Withdrawn")
    DISCARDED = "discarded", _("Given up")


class PolicyDraft(models.Model):
    """One change of the house: stricter parameters from a day on, and earlier changes that end that day.

    `scope` is {lender, product, agency} as in `policy.overlay.Scope`; `changes` are rows {rule, part, params, proof} as in
    `policy.overlay.Change`, one parameter each; `endings` are rows {draft, row}: number of an approved change and which of its
    rows ends. `overlay` is the whole `policy.overlay.Overlay` as it was approved. `edits` counts the saves.
    """

    number = models.PositiveIntegerField(unique=True)
    jurisdiction = models.CharField(max_length=8, default="CN")
    state = models.CharField(max_length=10, choices=DraftState.choices, default=DraftState.DRAFT, db_index=True)
    scope = models.JSONField(default=dict)
    effective_from = models.DateField()
    reason = models.TextField()
    instrument = models.CharField(max_length=200)
    article = models.CharField(max_length=120, blank=True)
    changes = models.JSONField(default=list)
    endings = models.JSONField(default=list)
    edits = models.PositiveIntegerField(default=0)
    overlay = models.JSONField(null=True)
    author = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    editors = models.ManyToManyField(USER, related_name="+")
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    decided_by = models.ForeignKey(USER, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)


class PolicyStep(models.Model):
    """What happened to a change, in order: who, when, what, and the comment that was given."""

    draft = models.ForeignKey(PolicyDraft, on_delete=models.PROTECT, related_name="steps")
    at = models.DateTimeField()
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    what = models.CharField(max_length=12)
    text = models.TextField(blank=True)


class PolicyRevision(models.Model):
    """What the house adds to the shipped pack from a moment on: all approved overlays with their dates.

    Never changed once made. `digest` is of `overlays`: processes keep the composed pack under it.
    """

    number = models.PositiveIntegerField(unique=True)
    jurisdiction = models.CharField(max_length=8)
    overlays = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    draft = models.ForeignKey(PolicyDraft, on_delete=models.PROTECT, related_name="revisions")
    what = models.CharField(max_length=12)
    made_by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["jurisdiction", "-number"], name="policy_latest_revision")]


class EffectRun(models.Model):
    """One replay of the desk's attempts from `since` to `until` (both included) with and without a change.

    `digest` is of everything that the result depends on besides the history; another digest now means a stale result.
    `result` is `effects.Outcome.as_dict()`.
    """

    draft = models.ForeignKey(PolicyDraft, on_delete=models.CASCADE, related_name="effects")
    since = models.DateField()
    until = models.DateField()
    state = models.CharField(max_length=8, default="running")  # running done failed
    digest = models.CharField(max_length=64)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    worker = models.CharField(max_length=120, blank=True, help_text="host:process that runs it")
    beat_at = models.DateTimeField(null=True, help_text="last sign of life")
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["draft"], condition=models.Q(state="running"), name="policy_one_effect_at_a_time"
            )
        ]


class AffectedContact(models.Model):
    """One attempt that the change would have decided otherwise. `kind` is contact, permit (nothing was dialled) or denial."""

    run = models.ForeignKey(EffectRun, on_delete=models.CASCADE, related_name="affected")
    kind = models.CharField(max_length=8)
    row = models.PositiveBigIntegerField(help_text="id of the contact, permit or denial")
    at = models.DateTimeField()
    customer = models.ForeignKey("accounts.Customer", on_delete=models.CASCADE, related_name="+")
    agent = models.ForeignKey(USER, on_delete=models.CASCADE, related_name="+")
    change = models.CharField(max_length=8)  # denied allowed
    rules = models.JSONField(default=list)


class ObligationCheck(models.Model):
    """A duty of the pack was done, or an earlier entry is corrected (`corrects`; `done_on` empty: it was not done).

    `key` tells apart several duties of one rule; `duty` keeps the words as they stood then.
    """

    jurisdiction = models.CharField(max_length=8)
    rule = models.CharField(max_length=40)
    key = models.CharField(max_length=16)
    duty = models.JSONField()
    done_on = models.DateField(null=True)
    note = models.TextField()
    reference = models.CharField(max_length=200, blank=True)
    corrects = models.OneToOneField("self", null=True, on_delete=models.PROTECT, related_name="corrected_by")
    by = models.ForeignKey(USER, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["jurisdiction", "rule", "key"], name="policy_duty")]
