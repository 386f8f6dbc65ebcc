"""Permits, contacts and guided calls.

A contact row cannot exist without a permit: `Contact.permit` is one-to-one and not null, so a second contact on the
same permit and a contact without one are both refused by the database itself; so is one on a permit that is not open or
belongs to another customer, line, agent or channel (`triggers`).
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class PermitState(models.TextChoices):
    OPEN = "open", _("Open")
    USED = "used", _("Used")
    EXPIRED = "expired", _("Expired")
    RELEASED = "released", _("Released")


class Permit(models.Model):
    """Permission for one contact: single use, short-lived, bound to debtor, line, channel, agent and purpose."""

    number = models.CharField(max_length=32, unique=True)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="permits", db_index=False)
    line = models.ForeignKey("accounts.Line", on_delete=models.PROTECT, related_name="permits", db_index=False)
    account = models.ForeignKey(
        "accounts.Account", null=True, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    agent = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="permits", db_index=False
    )
    channel = models.CharField(max_length=12, default="voice_human")
    mode = models.CharField(max_length=12, default="interactive")
    purpose = models.CharField(max_length=16, default="collect")
    state = models.CharField(max_length=10, choices=PermitState.choices, default=PermitState.OPEN)
    taken_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    request_key = models.CharField(max_length=64, help_text="idempotency key of the caller")
    decision = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent", "request_key"], name="permit_request_once"),
            models.CheckConstraint(condition=models.Q(expires_at__gt=models.F("taken_at")), name="permit_has_time"),
        ]
        indexes = [
            models.Index(fields=["customer", "state", "taken_at"]),
            models.Index(fields=["expires_at"], name="permit_open", condition=models.Q(state="open")),
            models.Index(fields=["taken_at"], name="permit_taken_at"),
        ]


class Denial(models.Model):
    """A request that the gate refused, kept with its decision so that it can be explained."""

    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="denials")
    line = models.ForeignKey("accounts.Line", null=True, on_delete=models.PROTECT, related_name="+")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    channel = models.CharField(max_length=12)
    purpose = models.CharField(max_length=16)
    at = models.DateTimeField()
    decision = models.JSONField()

    class Meta:
        indexes = [models.Index(fields=["at"], name="denial_at")]


class Outcome(models.TextChoices):
    """What came of a contact."""

    NO_ANSWER = "no_answer", _("No answer")
    BUSY = "busy", _("Busy")
    WRONG_NUMBER = "wrong_number", _("Wrong number")
    RELAY_LEFT = "relay_left", _("Message left with a contact")
    REACHED = "reached", _("Reached, nothing agreed")
    CALLBACK = "callback", _("Call back later")
    REFUSED = "refused", _("Refused to pay")
    PROMISE = "promise", _("Promise to pay")
    PLAN = "plan", _("Instalment plan")
    DISPUTE = "dispute", _("Dispute")
    PAID_CLAIMED = "paid_claimed", _("Says it is paid")
    HARDSHIP = "hardship", _("Hardship")
    COMPLAINT = "complaint", _("Complaint")
    STOP_CONTACT = "stop_contact", _("Asked us to stop")
    VULNERABLE = "vulnerable", _("Vulnerable, needs care")


class Contact(models.Model):
    """A contact that took place (or was tried) under a permit; what the caps count."""

    permit = models.OneToOneField(Permit, on_delete=models.PROTECT, related_name="contact")
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="contacts", db_index=False)
    line = models.ForeignKey("accounts.Line", on_delete=models.PROTECT, related_name="contacts", db_index=False)
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="contacts")
    channel = models.CharField(max_length=12)
    mode = models.CharField(max_length=12)
    direction = models.CharField(max_length=3, default="out")
    role = models.CharField(max_length=16)
    started_at = models.DateTimeField(db_index=True)
    connected = models.BooleanField()
    talk_seconds = models.PositiveIntegerField(default=0)
    two_way = models.BooleanField(default=False)
    outcome = models.CharField(max_length=16, choices=Outcome.choices)
    note = models.TextField(blank=True)
    quote = models.ForeignKey("accounts.Quote", null=True, on_delete=models.PROTECT, related_name="+")
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["customer", "started_at"]), models.Index(fields=["line", "started_at"])]


class PastContact(models.Model):
    """A contact of an earlier system or another agency: counted by the gate, made under no permit of ours."""

    reference = models.CharField(max_length=120, unique=True)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.CASCADE, related_name="past_contacts")
    line = models.ForeignKey("accounts.Line", null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(db_index=True)
    channel = models.CharField(max_length=12)
    mode = models.CharField(max_length=12, default="interactive")
    direction = models.CharField(max_length=3, default="out")
    role = models.CharField(max_length=16, default="debtor")
    connected = models.BooleanField()
    talk_seconds = models.PositiveIntegerField(default=0)
    two_way = models.BooleanField(default=False)
    agency = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [models.Index(fields=["customer", "at"], name="past_customer_at")]


class CallSession(models.Model):
    """A guided call in progress: what was heard, what was said (line ids), the draft of the outcome form.

    `release` is the playbook release it began with and keeps. `revision` rises with every change that an open page has to
    see. `quote` is the one in use in this call, `quote_stamp` the facts it was computed from.
    """

    permit = models.OneToOneField(Permit, on_delete=models.PROTECT, related_name="session")
    playbook = models.CharField(max_length=120, help_text="pack name@version the call uses")
    release = models.PositiveIntegerField(default=0)
    stage = models.CharField(max_length=16)
    state = models.JSONField(default=dict)
    turns = models.JSONField(default=list)
    revision = models.PositiveIntegerField(default=0)
    quote = models.ForeignKey("accounts.Quote", null=True, on_delete=models.SET_NULL, related_name="+")
    quote_stamp = models.CharField(max_length=120, blank=True)
    draft = models.JSONField(default=dict)
    draft_revision = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField()


class Utterance(models.Model):
    """One final utterance that a telephone system sent, by its number; `answer` is what it was told. The text is a turn."""

    session = models.ForeignKey(CallSession, on_delete=models.CASCADE, related_name="utterances")
    seq = models.PositiveIntegerField()
    answer = models.JSONField()
    received_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["session", "seq"], name="utterance_once")]


class CrisisAlert(models.Model):
    """A person on the line may be in danger: every supervisor sees it until one of them has taken note."""

    session = models.ForeignKey(CallSession, on_delete=models.PROTECT, related_name="alerts")
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="alerts")
    agent = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    case = models.ForeignKey("cases.Case", on_delete=models.PROTECT, related_name="alerts")
    raised_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)
    seen_by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+")
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)

    class Meta:
        indexes = [models.Index(fields=["seen_at"])]
