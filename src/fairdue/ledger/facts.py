"""Facts the ledger works on: an account as fed, and the events that happened to it. All frozen, all with provenance."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from fairdue.core.findings import Place
from fairdue.core.money import Fen


class EventKind(StrEnum):
    """What an event does to the account."""

    OPENING = "opening"
    CHARGE = "charge"
    PAYMENT = "payment"
    REVERSAL = "reversal"
    FEE = "fee"
    WAIVER = "waiver"


COMPONENTS = ("cost", "interest", "penalty", "fee", "principal")
"""Parts of a debt. `cost`: cost of enforcing the claim; `penalty`: late charge or penalty interest; `fee`: service fee."""


@dataclass(frozen=True, slots=True)
class DueItem:
    """One due date with what was to be paid on it. Amounts in fen; late interest runs on `principal_fen` only."""

    number: int
    due_date: date
    principal_fen: Fen
    interest_fen: Fen = 0
    fee_fen: Fen = 0


@dataclass(frozen=True, slots=True)
class AccountFacts:
    """An account as a feed gave it. `due_items` in order of due date; the sum of their principal is what is owed.

    `minimum_fen` is the overdue part as fed: of a revolving balance (missed minimum payments; None: the product computes
    it) or of an instalment loan that is fed as one row with `cycles` missed instalments (`book.split_row`).
    """

    account_id: str
    product: str
    lender_type: str
    due_items: tuple[DueItem, ...]
    opened: date | None = None
    cycles: int | None = None
    limit_fen: Fen | None = None
    minimum_fen: Fen | None = None
    credit_fen: Fen = 0
    currency: str = "CNY"
    source: Place = field(default_factory=Place)


@dataclass(frozen=True, slots=True)
class LedgerEvent:
    """One dated event. `amount_fen` > 0 always; the kind gives the direction. `reverses` names a payment's reference.

    `value_date` decides the effect, `booked_on` when it became known (a back-dated payment has value_date < booked_on).
    """

    reference: str
    kind: EventKind
    value_date: date
    amount_fen: Fen
    booked_on: date | None = None
    component: str | None = None
    reverses: str | None = None
    note: str = ""
