"""Replay: the position of an account on any day, from its facts and its dated events.

Order within a day: interest up to and including the day, late charges that fall due, bills that fall due, then the day's
events. Payments go to what is due, in the product's order (default: Civil Code Art. 561, cost → interest → principal);
the rest is held as credit and used as soon as something falls due.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fairdue.core.dates import add_months, days_past_due
from fairdue.core.findings import Finding
from fairdue.core.money import Fen, share_ppm
from fairdue.core.text import Text

from .book import COMPONENT_NAMES, Book, Segment, Step, missed_cycles
from .events import account_findings, live_events
from .facts import AccountFacts, EventKind, LedgerEvent
from .products import Product


@dataclass(frozen=True, slots=True)
class Position:
    """What is owed on `as_of`, by component (fen).

    `total_fen` is the sum of the components less the credit held for what is not yet due; `credit_fen` is the money held.
    `overdue_fen` is what should have been paid by now; `daily_interest_fen` what one more day adds. `dpd` and `cycles`
    are 0 as soon as nothing is overdue (a revolving balance: its missed minimum payments are made up).
    `service_stop_on` is the day from which the service may be stopped (bills), None when nothing is overdue.
    """

    as_of: date
    dpd: int
    cycles: int
    cost_fen: Fen
    interest_fen: Fen
    penalty_fen: Fen
    fee_fen: Fen
    principal_fen: Fen
    total_fen: Fen
    overdue_fen: Fen
    credit_fen: Fen
    daily_interest_fen: Fen
    service_stop_on: date | None
    paid: dict[str, Fen]
    steps: tuple[Step, ...]
    segments: tuple[Segment, ...]


def _apply(book: Book, event: LedgerEvent) -> None:
    if event.kind is EventKind.PAYMENT:
        book.pay(event.amount_fen, event.value_date)
    elif event.kind is EventKind.WAIVER:
        book.waive(event.amount_fen, event.component or "penalty", event.value_date)
    elif event.kind is EventKind.FEE:
        what = Text(zh=event.note or "费用", en=event.note or "Fee")
        book.charge(event.component or "fee", event.amount_fen, event.value_date, what)
    else:  # opening, charge: new principal that is due on the value date
        what = Text(zh=event.note or "新增本金", en=event.note or "New principal")
        book.charge("principal", event.amount_fen, event.value_date, what)


def _days(book: Book, live: Sequence[LedgerEvent], as_of: date) -> list[date]:
    """Days on which something happens: due dates, events, and the day after each payment date that may be missed."""
    charges = [e.value_date for e in live if e.kind in (EventKind.OPENING, EventKind.CHARGE)]
    days = {e.value_date for e in live} | {as_of}
    for due in [*(item.due for item in book.items), *charges]:
        cycles = missed_cycles(due, as_of) if book.product.kind == "revolving" else 1
        days |= {due} | {add_months(due, k) + timedelta(days=1) for k in range(cycles)}
    return sorted(d for d in days if d <= as_of)


def replay(
    facts: AccountFacts, events: Sequence[LedgerEvent], product: Product, as_of: date
) -> tuple[Position, list[Finding]]:
    """The account's position at the end of `as_of` (the debtor's calendar day), and findings about its events."""
    live, findings = live_events(facts, events, as_of)
    book = Book.of(facts, product)
    days = _days(book, live, as_of)
    previous = days[0]
    index = 0
    for day in days:
        book.accrue(previous, day)
        book.late_charges(day)
        book.fall_due(day)
        while index < len(live) and live[index].value_date <= day:
            _apply(book, live[index])
            index += 1
        previous = day
    return _position(book, product, as_of), [*account_findings(facts, product, as_of), *findings]


def _position(book: Book, product: Product, as_of: date) -> Position:
    parts = {name: book.outstanding(name) for name in COMPONENT_NAMES}
    principal_due = book.overdue_principal(as_of)
    extra = sum(fen for name, fen in parts.items() if name != "principal")
    cured = product.kind == "revolving" and principal_due == 0
    oldest = min((i.due for i in book.items if i.remaining and i.due < as_of), default=None)
    late = oldest if principal_due else None
    running = sum(i.remaining for i in book.items if i.due <= as_of)
    tomorrow = as_of + timedelta(days=1)
    rate = next((r for r in product.rates if r.start <= tomorrow and (r.end is None or tomorrow <= r.end)), None)
    gross = sum(parts.values())
    stop = product.service_stop_after_days
    return Position(
        as_of=as_of,
        dpd=days_past_due(late, as_of) if late else 0,
        cycles=missed_cycles(late, as_of) if late else 0,
        cost_fen=parts["cost"],
        interest_fen=parts["interest"],
        penalty_fen=parts["penalty"],
        fee_fen=parts["fee"],
        principal_fen=parts["principal"],
        total_fen=gross - min(gross, book.credit),
        overdue_fen=0 if cured else principal_due + extra,
        credit_fen=book.credit,
        daily_interest_fen=share_ppm(running, rate.daily_ppm) if rate else 0,
        service_stop_on=late + timedelta(days=stop + 1) if late and stop is not None else None,
        paid=dict(book.paid),
        steps=tuple(book.steps),
        segments=tuple(book.segments),
    )
