"""Night runs, the lists they made, tasks."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class NightRun(models.Model):
    """One night: its report (rows, sums, checksums, seconds) and the day it prepared."""

    day = models.DateField(db_index=True)
    state = models.CharField(max_length=12, default="running")  # running done failed
    report = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)


class EntryState(models.TextChoices):
    OPEN = "open", _("Open")
    DONE = "done", _("Done")
    SKIPPED = "skipped", _("Skipped")


class WorklistEntry(models.Model):
    """One person on one agent's list for one day, with why it is here and why at this rank."""

    run = models.ForeignKey(NightRun, on_delete=models.CASCADE, related_name="entries")
    day = models.DateField()
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="entries")
    customer = models.ForeignKey("accounts.Customer", on_delete=models.CASCADE, related_name="entries")
    account = models.ForeignKey("accounts.Account", null=True, on_delete=models.SET_NULL, related_name="+")
    rank = models.PositiveIntegerField()
    score = models.FloatField(default=0)
    stage = models.CharField(max_length=16, blank=True)
    dpd = models.PositiveIntegerField(default=0)
    due_fen = models.BigIntegerField(default=0)
    reason = models.JSONField(default=dict)
    state = models.CharField(max_length=8, choices=EntryState.choices, default=EntryState.OPEN)
    round_due = models.CharField(max_length=16, blank=True)
    done_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["day", "customer"], name="person_once_a_day")]
        indexes = [models.Index(fields=["agent", "day", "state", "rank"])]


class Snapshot(models.Model):
    """What the night found for an account on a day: the figures of the board and of the stage report."""

    run = models.ForeignKey(NightRun, on_delete=models.CASCADE, related_name="snapshots")
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="snapshots")
    dpd = models.PositiveIntegerField()
    stage = models.CharField(max_length=24)
    interest_fen = models.BigIntegerField()
    penalty_fen = models.BigIntegerField()
    due_fen = models.BigIntegerField()
    principal_fen = models.BigIntegerField(default=0)


class TaskKind(models.TextChoices):
    PROMISE_CHECK = "promise_check", _("Check a promise")
    CALLBACK = "callback", _("Call back")
    PLAN_CHECK = "plan_check", _("Check a plan part")
    PAID_CHECK = "paid_check", _("Check a claimed payment")
    REVIEW = "review", _("Review a case")


class Task(models.Model):
    """Something that must be looked at by a moment; made by services, ticked off by what happens."""

    kind = models.CharField(max_length=16, choices=TaskKind.choices)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.CASCADE, related_name="tasks")
    account = models.ForeignKey("accounts.Account", null=True, on_delete=models.SET_NULL, related_name="+")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="tasks")
    due_at = models.DateTimeField(db_index=True)
    amount_fen = models.BigIntegerField(null=True)
    note = models.CharField(max_length=200, blank=True)
    subject = models.CharField(max_length=80, blank=True, help_text="e.g. promise:12")
    done_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
