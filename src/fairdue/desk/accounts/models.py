"""Customers, lines, accounts, ledger events, quotes and imports.

Personal data (`*_sealed`) is AES-GCM ciphertext bound to its column; `*_index` is an HMAC blind index for exact
look-up; `*_masked` is what pages show. Reading a sealed value goes through `selectors.reveal`, which is audited.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class CustomerStatus(models.TextChoices):
    REACHABLE = "reachable", _("Reachable")
    UNREACHABLE = "unreachable", _("Lost contact")
    DEAD = "dead", _("Deceased")
    INCAPACITATED = "incapacitated", _("Incapacitated")


class Customer(models.Model):
    """One person, whatever number of debts: the key of every cap (debtor_id)."""

    debtor_id = models.CharField(max_length=80, unique=True)
    name_sealed = models.BinaryField()
    name_index = models.CharField(max_length=64, db_index=True)
    name_masked = models.CharField(max_length=40)
    honorific = models.CharField(max_length=12, blank=True, help_text="先生 / 女士; empty when unknown")
    id_card_sealed = models.BinaryField(null=True)
    id_card_index = models.CharField(max_length=64, blank=True, db_index=True)
    id_card_masked = models.CharField(max_length=24, blank=True)
    address_sealed = models.BinaryField(null=True)
    zones = models.JSONField(default=list, help_text="every plausible IANA zone")
    status = models.CharField(max_length=16, choices=CustomerStatus.choices, default=CustomerStatus.REACHABLE)
    consents = models.JSONField(default=list)
    opt_outs = models.JSONField(default=list)
    agreed_hours = models.JSONField(null=True)
    inconvenient = models.JSONField(default=list)
    generated_identity = models.BooleanField(default=False)
    assigned_to = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="customers"
    )
    created_at = models.DateTimeField()


class LineKind(models.TextChoices):
    MOBILE = "mobile", _("Mobile")
    HOME = "home", _("Home")
    OFFICE = "office", _("Office")
    ADDRESS = "address", _("Address")
    EMAIL = "email", _("E-mail")


class Line(models.Model):
    """A way to reach the customer, or a contact person through whom a message may be passed on."""

    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="lines")
    kind = models.CharField(max_length=8, choices=LineKind.choices)
    value_sealed = models.BinaryField()
    value_index = models.CharField(max_length=64, db_index=True)
    value_masked = models.CharField(max_length=40)
    role = models.CharField(max_length=16, default="debtor")
    contact_name_sealed = models.BinaryField(null=True)
    contact_name_masked = models.CharField(max_length=40, blank=True)
    source = models.CharField(max_length=16, default="reserved")
    zones = models.JSONField(default=list)
    valid = models.BooleanField(default=True)
    employer_prohibits = models.BooleanField(default=False)
    refused = models.BooleanField(default=False)
    opt_outs = models.JSONField(default=list)
    best_hour = models.PositiveSmallIntegerField(null=True, help_text="debtor-local hour, from history (P1-4.9)")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["customer", "kind", "value_index", "role"], name="line_once")]


class AccountStatus(models.TextChoices):
    OPEN = "open", pgettext_lazy("account", "Open")
    SETTLED = "settled", _("Settled")
    CLOSED_BY_FEED = "closed_by_feed", _("Closed by feed")


class ImportBatch(models.Model):
    """One run of one file through one mapping."""

    kind = models.CharField(max_length=12)
    file_name = models.CharField(max_length=255)
    file_digest = models.CharField(max_length=64)
    mapping = models.CharField(max_length=120)
    state = models.CharField(max_length=12, default="waiting")  # waiting running done failed
    check_only = models.BooleanField(default=False, help_text="only read and report; nothing was written")
    as_of = models.DateField(null=True, help_text="the day the data speaks of, when the user gave one")
    stored_file = models.CharField(max_length=255, blank=True, help_text="upload kept for a retry, in FAIRDUE_HOME")
    mapping_path = models.CharField(max_length=255, blank=True)
    worker = models.CharField(max_length=120, blank=True, help_text="host:process that runs it")
    beat_at = models.DateTimeField(null=True, help_text="last sign of life")
    rows_total = models.PositiveIntegerField(default=0)
    rows_done = models.PositiveIntegerField(default=0)
    counts = models.JSONField(default=dict)
    totals = models.JSONField(default=dict)
    error = models.TextField(blank=True)
    reject_file = models.CharField(max_length=255, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["state"], condition=models.Q(state="running"), name="one_import_at_a_time")
        ]


class ImportFinding(models.Model):
    """A stored `core.findings.Finding` of an import (personal data redacted)."""

    batch = models.ForeignKey(ImportBatch, on_delete=models.CASCADE, related_name="findings")
    code = models.CharField(max_length=80)
    severity = models.CharField(max_length=8)
    row = models.PositiveIntegerField(null=True)
    field = models.CharField(max_length=80, blank=True)
    body = models.JSONField()


class Account(models.Model):
    """One debt. Amounts are as fed; what is owed on a day is computed by the ledger from these facts and the events."""

    number = models.CharField(max_length=80, unique=True)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="accounts")
    product = models.CharField(max_length=40)
    lender = models.CharField(max_length=120, blank=True)
    lender_type = models.CharField(max_length=24)
    agency = models.ForeignKey("people.Agency", null=True, blank=True, on_delete=models.PROTECT)
    placement_notice_sent = models.BooleanField(default=False)
    placement_notice_on = models.DateField(null=True, help_text="day on which the customer was told of the placement")
    placed_on = models.DateField(null=True)
    closing_on = models.DateField(null=True, help_text="结案日 of the commission period")
    opened = models.DateField(null=True)
    due_date = models.DateField(null=True, db_index=True)
    cycles = models.PositiveSmallIntegerField(default=0)
    principal_fen = models.BigIntegerField()
    due_fen = models.BigIntegerField()
    credit_fen = models.BigIntegerField(default=0)
    limit_fen = models.BigIntegerField(null=True)
    card_tail = models.CharField(max_length=8, blank=True)
    due_items = models.JSONField(default=list)
    extra = models.JSONField(default=dict)
    status = models.CharField(max_length=16, choices=AccountStatus.choices, default=AccountStatus.OPEN)
    limitation_end = models.DateField(null=True)
    digest = models.CharField(max_length=64)
    batch = models.ForeignKey(ImportBatch, null=True, on_delete=models.SET_NULL, related_name="accounts")
    source_row = models.PositiveIntegerField(null=True)
    as_of = models.DateField(help_text="date the feed speaks of")
    updated_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(principal_fen__gte=0), name="principal_not_negative"),
            models.CheckConstraint(condition=models.Q(due_fen__gte=0), name="due_not_negative"),
        ]


class AccountVersion(models.Model):
    """What a feed said before it was changed by a later feed: the row as it stood, kept for replay."""

    account = models.ForeignKey(Account, on_delete=models.CASCADE, related_name="versions")
    digest = models.CharField(max_length=64)
    body = models.JSONField()
    batch = models.ForeignKey(ImportBatch, null=True, on_delete=models.SET_NULL, related_name="+")
    replaced_at = models.DateTimeField()


class LedgerEntry(models.Model):
    """An immutable ledger event (payment, reversal, fee, waiver …); the reference makes a re-import change nothing."""

    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="entries")
    reference = models.CharField(max_length=120)
    kind = models.CharField(max_length=12)
    value_date = models.DateField(db_index=True)
    booked_at = models.DateTimeField()
    amount_fen = models.BigIntegerField()
    component = models.CharField(max_length=12, blank=True)
    reverses = models.CharField(max_length=120, blank=True)
    note = models.CharField(max_length=200, blank=True)
    batch = models.ForeignKey(ImportBatch, null=True, on_delete=models.SET_NULL, related_name="entries")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "reference"], name="entry_once")]
        ordering = ["value_date", "id"]


class Quote(models.Model):
    """A figure that was spoken, shown or printed; `body` is `ledger.Quote.as_dict()`."""

    number = models.CharField(max_length=32, unique=True)
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="quotes")
    as_of = models.DateField()
    total_fen = models.BigIntegerField()
    overdue_fen = models.BigIntegerField()
    digest = models.CharField(max_length=64)
    body = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "as_of", "digest"], name="quote_once")]


class Serial(models.Model):
    """Next free number per prefix and day (quotes, permits, cases)."""

    prefix = models.CharField(max_length=8)
    day = models.DateField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["prefix", "day"], name="serial_once")]
