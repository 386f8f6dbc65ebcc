"""What a feed says, as frozen facts: customers, lines, accounts, events, history, holds.

Every record knows its `source` (file and row) and has a `digest` over its content *without* the source, so that the
same content gives the same digest wherever it stands in whichever file: importing twice changes nothing.
Amounts are int fen, dates are calendar days in the debtor's zone, instants are aware.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import astuple, dataclass, field
from datetime import date, datetime

from fairdue.core.dates import DEFAULT_ZONE
from fairdue.core.findings import Place
from fairdue.core.money import Fen
from fairdue.ledger.facts import DueItem

LINE_KINDS = ("mobile", "home", "office", "address", "email")
LINE_ROLES = ("debtor", "spouse", "family", "friend", "colleague", "agreed_contact")
LINE_SOURCES = ("contract", "reserved", "in_contact", "public", "contact_told", "other")
EVENT_KINDS = ("opening", "charge", "payment", "reversal", "fee", "waiver")
LENDER_TYPES = ("bank", "consumer_finance", "microloan", "private", "telecom", "debt_buyer")
ACCOUNT_STATES = ("open", "settled")
CUSTOMER_STATES = ("reachable", "unreachable", "dead", "incapacitated")
HISTORY_KINDS = ("attempt", "conversation", "promise", "letter")
HOLDS = (
    "dispute",
    "paid_claimed",
    "plan_kept",
    "complaint",
    "hardship_review",
    "bereavement",
    "grave_illness",
    "crisis",
    "lawyer",
    "stop_contact",
    "bankruptcy",
)


def content_digest(parts: Iterable[object]) -> str:
    """SHA-256 (hex) of the parts written as Python literals in ASCII: unambiguous, equal on every machine and version."""
    return hashlib.sha256(ascii(tuple(parts)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class CustomerRecord:
    """One person. `generated_identity`: the name comes from a seed because the data has none; pages must say so."""

    debtor_id: str
    name: str
    id_card: str | None = None
    zone: str = DEFAULT_ZONE
    address: str | None = None
    gender: str | None = None  # male | female
    birth_year: int | None = None
    language: str = "zh"
    generated_identity: bool = False
    source: Place = field(default_factory=Place)
    status: str = "reachable"
    consents: tuple[str, ...] = ()
    opt_outs: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """Content digest, source left out."""
        return content_digest(
            (
                self.debtor_id,
                self.name,
                self.id_card,
                self.zone,
                self.address,
                self.gender,
                self.birth_year,
                self.language,
                self.generated_identity,
                self.status,
                *self.consents,
                "/",
                *self.opt_outs,
            )
        )


@dataclass(frozen=True, slots=True)
class LineRecord:
    """A way to reach the customer, or a contact person who may pass on a message. `value` is normalised (digits only)."""

    debtor_id: str
    kind: str
    value: str
    role: str = "debtor"
    contact_name: str | None = None
    source: str = "reserved"
    zone: str = DEFAULT_ZONE
    place: Place = field(default_factory=Place)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What makes a line the same line: debtor, kind, value, role."""
        return (self.debtor_id, self.kind, self.value, self.role)

    @property
    def digest(self) -> str:
        """Content digest, place left out."""
        return content_digest((*self.key, self.contact_name, self.source, self.zone))


@dataclass(frozen=True, slots=True)
class PlacementRecord:
    """What a feed says of a debt's placement; both days are included.

    `agency` is the code in the register, "" for an empty cell (placed with nobody), None when the file has no such column
    and the days alone are given.
    """

    agency: str | None
    placed_on: date | None = None
    closing_on: date | None = None
    notice_on: date | None = None
    notice_sent: bool = False

    @property
    def backwards(self) -> bool:
        """It ends before it begins."""
        return self.placed_on is not None and self.closing_on is not None and self.closing_on < self.placed_on


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """One debt as fed. `due_fen` is overdue now, `principal_fen` all that is owed, `credit_fen` what we owe back.

    `extra` keeps further columns as text, in file order. `digest` is made by `account_record`. `placement` None: the feed
    does not speak of placements, so what is known of them stands.
    """

    account_id: str
    debtor_id: str
    product: str
    lender_type: str
    lender: str
    opened: date | None
    due_date: date | None
    cycles: int
    dpd: int | None
    principal_fen: Fen
    due_fen: Fen
    credit_fen: Fen
    limit_fen: Fen | None
    card_tail: str
    status: str
    due_items: tuple[DueItem, ...]
    digest: str
    source: Place = field(default_factory=Place)
    extra: tuple[tuple[str, str], ...] = ()
    placement: PlacementRecord | None = None


def account_record(
    *,
    account_id: str,
    debtor_id: str,
    product: str,
    lender_type: str,
    lender: str = "",
    opened: date | None = None,
    due_date: date | None = None,
    cycles: int = 0,
    dpd: int | None = None,
    principal_fen: Fen = 0,
    due_fen: Fen = 0,
    credit_fen: Fen = 0,
    limit_fen: Fen | None = None,
    card_tail: str = "",
    status: str = "open",
    source: Place | None = None,
    extra: tuple[tuple[str, str], ...] = (),
    placement: PlacementRecord | None = None,
) -> AccountRecord:
    """An account with its due item (one, when a due date and a principal are known) and its digest.

    A placement is part of the digest only where the feed speaks of one: feeds that never did keep their digests.
    """
    placed = () if placement is None else ("placement", *astuple(placement))
    items = (DueItem(1, due_date, principal_fen),) if due_date is not None and principal_fen > 0 else ()
    digest = content_digest(
        (
            account_id,
            debtor_id,
            product,
            lender_type,
            lender,
            opened,
            due_date,
            cycles,
            dpd,
            principal_fen,
            due_fen,
            credit_fen,
            limit_fen,
            card_tail,
            status,
            *[part for pair in extra for part in pair],
            *placed,
        )
    )
    return AccountRecord(
        account_id,
        debtor_id,
        product,
        lender_type,
        lender,
        opened,
        due_date,
        cycles,
        dpd,
        principal_fen,
        due_fen,
        credit_fen,
        limit_fen,
        card_tail,
        status,
        items,
        digest,
        source or Place(),
        extra,
        placement,
    )


@dataclass(frozen=True, slots=True)
class EventRecord:
    """One money event of an account. `amount_fen` > 0; a reversal names the `reference` of the payment it `reverses`."""

    account_id: str
    kind: str
    value_date: date
    amount_fen: Fen
    reference: str
    reverses: str | None = None
    booked_on: date | None = None
    note: str = ""
    source: Place = field(default_factory=Place)

    @property
    def digest(self) -> str:
        """Content digest, source left out."""
        return content_digest(
            (
                self.account_id,
                self.kind,
                self.value_date,
                self.amount_fen,
                self.reference,
                self.reverses,
                self.booked_on,
                self.note,
            )
        )


@dataclass(frozen=True, slots=True)
class HistoryRecord:
    """One past contact: `kind` attempt, conversation, promise or letter; `at` aware; talk time in seconds.

    A promise carries `amount_fen` and `promised_for`.
    """

    debtor_id: str
    account_id: str
    at: datetime
    kind: str
    line: str = ""
    connected: bool = False
    talk_seconds: int = 0
    outcome: str = ""
    amount_fen: Fen = 0
    promised_for: date | None = None
    agent: str = ""
    source: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class HoldRecord:
    """A reason for which collection rests; `kind` one of `HOLDS`, `until` None while only an event can lift it."""

    debtor_id: str
    kind: str
    since: date
    until: date | None = None
    account_id: str = ""
    note: str = ""
    source: Place = field(default_factory=Place)
