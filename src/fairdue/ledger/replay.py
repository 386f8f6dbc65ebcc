"""Replay: the position of an account on any day, from its facts and its dated events.

Interest is kept as an exact numerator (fen × ppm × days) and rounded half up once, when a figure is needed; what was paid
on interest is subtracted from it. So replaying day by day and replaying at once give the same fen, and no fen is lost.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from fairdue.core.dates import add_months, days_past_due
from fairdue.core.findings import Finding, Place, Severity
from fairdue.core.money import Fen, divide_half_up, format_plain, share_ppm
from fairdue.core.text import Text

from .facts import AccountFacts, EventKind, LedgerEvent
from .products import Product

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the replay did: day, code, how the amount came about (both languages), amount in fen."""

    day: date
    code: str
    what: Text
    amount_fen: Fen


@dataclass(frozen=True, slots=True)
class Segment:
    """Interest on a constant principal at a constant rate: `principal_fen × daily_ppm × days / 10**6`."""

    start: date
    end: date
    principal_fen: Fen
    daily_ppm: int

    @property
    def days(self) -> int:
        """Days counted: after `start` up to and including `end`."""
        return (self.end - self.start).days


@dataclass(frozen=True, slots=True)
class Position:
    """What is owed on `as_of`, by component (fen). `total_fen` is their sum; `credit_fen` is money we hold.

    `overdue_fen` is what should have been paid by now; `daily_interest_fen` what one more day adds.
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
    paid: dict[str, Fen]
    steps: tuple[Step, ...]
    segments: tuple[Segment, ...]


def percent_text(ppm: int) -> str:
    """`0.05%` for 500 parts per million, without a float."""
    whole, rest = divmod(ppm, 10_000)
    return f"{whole}.{rest:04d}".rstrip("0").rstrip(".") + "%"


def missed_cycles(due: date, as_of: date) -> int:
    """How many payment dates have passed unpaid: number of k ≥ 0 with add_months(due, k) < as_of."""
    if as_of <= due:
        return 0
    months = (as_of.year - due.year) * 12 + as_of.month - due.month
    return months + 1 if add_months(due, months) < as_of else months


@dataclass
class _Item:
    due: date
    remaining: Fen
    original: Fen


@dataclass
class _Book:
    """The mutable state of one replay; it never leaves this module."""

    product: Product
    items: list[_Item]
    charged: dict[str, Fen] = field(default_factory=lambda: dict.fromkeys(("cost", "penalty", "fee"), 0))
    paid: dict[str, Fen] = field(
        default_factory=lambda: dict.fromkeys(("cost", "interest", "penalty", "fee", "principal"), 0)
    )
    billed_interest: Fen = 0
    numerator: int = 0
    credit: Fen = 0
    steps: list[Step] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)

    def interest(self) -> Fen:
        return self.billed_interest + divide_half_up(self.numerator, MILLION) - self.paid["interest"]

    def outstanding(self, component: str) -> Fen:
        if component == "interest":
            return self.interest()
        if component == "principal":
            return sum(item.remaining for item in self.items)
        return self.charged[component] - self.paid[component]

    def accrue(self, start: date, end: date) -> None:
        """Interest for the days after `start` up to `end`, item by item, rate period by rate period."""
        for item in self.items:
            begin = max(start, item.due)
            if item.remaining == 0 or begin >= end:
                continue
            for rate in self.product.rates:
                low = max(begin, rate.start - timedelta(days=1))
                high = min(end, rate.end or end)
                if low < high:
                    segment = Segment(low, high, item.remaining, rate.daily_ppm)
                    self.segments.append(segment)
                    self.numerator += segment.principal_fen * segment.daily_ppm * segment.days

    def late_charges(self, day: date) -> None:
        """Assess the late charges that become due exactly on `day` (the day after a missed payment date)."""
        charge = self.product.late_charge
        if charge is None:
            return
        for item in self.items:
            if item.remaining == 0 or day <= item.due:
                continue
            if self.product.kind == "revolving":
                if missed_cycles(item.due, day) == missed_cycles(item.due, day - timedelta(days=1)):
                    continue
            elif day != item.due + timedelta(days=1):
                continue
            base = item.remaining
            if charge.of == "minimum":
                base = share_ppm(item.remaining, self.product.minimum_payment_ppm)
            if base == 0:
                continue
            amount = max(charge.min_fen, share_ppm(base, charge.ppm))
            if charge.max_fen is not None:
                amount = min(charge.max_fen, amount)
            self.charged["penalty"] += amount
            percent = percent_text(charge.ppm)
            sum_ = f"{format_plain(base)} × {percent}"
            what = Text(zh=f"违约金:{sum_}", en=f"Late charge: {sum_}")
            self.steps.append(Step(day, "late_charge", what, amount))

    def pay(self, amount: Fen, day: date) -> None:
        """Allocate a payment in the product's order; what is left over is a credit."""
        left = amount
        for component in self.product.allocation:
            part = min(left, max(0, self.outstanding(component)))
            if part == 0:
                continue
            left -= part
            self.paid[component] += part
            if component == "principal":
                self._pay_principal(part)
            what = Text(
                zh=f"还款冲抵:{COMPONENT_NAMES[component].zh}", en=f"Payment towards {COMPONENT_NAMES[component].en}"
            )
            self.steps.append(Step(day, f"paid.{component}", what, part))
        if left:
            self.credit += left
            self.steps.append(Step(day, "credit", Text(zh="多还,记为溢缴款", en="Overpaid, held as credit"), left))

    def _pay_principal(self, amount: Fen) -> None:
        for item in self.items:
            part = min(amount, item.remaining)
            item.remaining -= part
            amount -= part


COMPONENT_NAMES = {
    "cost": Text(zh="实现债权的费用", en="cost of enforcing the claim"),
    "interest": Text(zh="利息", en="interest"),
    "penalty": Text(zh="违约金", en="late charges"),
    "fee": Text(zh="服务费用", en="service fees"),
    "principal": Text(zh="本金", en="principal"),
}


def _finding(code: str, what: Text, mend: Text, source: Place) -> Finding:
    why = Text(zh="否则报出的金额会不对。", en="Otherwise the quoted figure would be wrong.")
    return Finding(code=code, what=what, why=why, mend=mend, place=source, severity=Severity.WARNING)


def _live_events(
    facts: AccountFacts, events: Sequence[LedgerEvent], as_of: date
) -> tuple[list[LedgerEvent], list[Finding]]:
    """Events with effect by `as_of`, in order, reversed payments taken out; findings for those that make no sense."""
    findings: list[Finding] = []
    known = [e for e in events if e.value_date <= as_of]
    payments = {e.reference for e in known if e.kind is EventKind.PAYMENT}
    gone: set[str] = set()
    for event in known:
        if event.amount_fen <= 0:
            what = Text(
                zh=f"流水 {event.reference} 的金额不是正数。", en=f"Event {event.reference} has no positive amount."
            )
            mend = Text(zh="金额写正数,方向由类型决定。", en="Write a positive amount; the kind gives the direction.")
            findings.append(_finding("ledger.event.amount", what, mend, facts.source))
        if event.kind is EventKind.REVERSAL:
            if event.reverses in payments and event.reverses is not None:
                gone.add(event.reverses)
            else:
                what = Text(
                    zh=f"冲正 {event.reference} 找不到对应的还款。",
                    en=f"Reversal {event.reference} names no known payment.",
                )
                mend = Text(zh="补上原还款流水,或写对 reverses。", en="Supply the payment, or correct `reverses`.")
                findings.append(_finding("ledger.reversal.unknown", what, mend, facts.source))
    live = [e for e in known if e.kind is not EventKind.REVERSAL and e.reference not in gone and e.amount_fen > 0]
    live.sort(key=lambda e: (e.value_date, e.booked_on or e.value_date, e.reference))
    return live, findings


def _apply(book: _Book, event: LedgerEvent) -> None:
    if event.kind is EventKind.PAYMENT:
        book.pay(event.amount_fen, event.value_date)
    elif event.kind is EventKind.WAIVER:
        component = event.component or "penalty"
        part = min(event.amount_fen, max(0, book.outstanding(component)))
        book.paid[component] += part
        if component == "principal":
            book._pay_principal(part)
        what = Text(
            zh=f"经批准减免{COMPONENT_NAMES[component].zh}", en=f"Approved waiver of {COMPONENT_NAMES[component].en}"
        )
        book.steps.append(Step(event.value_date, f"waived.{component}", what, part))
    elif event.kind is EventKind.FEE:
        component = event.component if event.component in ("cost", "penalty", "fee") else "fee"
        book.charged[component] += event.amount_fen
        what = Text(zh=event.note or "费用", en=event.note or "Fee")
        book.steps.append(Step(event.value_date, f"charged.{component}", what, event.amount_fen))
    else:  # opening, charge: new principal that is due on the value date
        book.items.append(_Item(event.value_date, event.amount_fen, event.amount_fen))
        what = Text(zh=event.note or "新增本金", en=event.note or "New principal")
        book.steps.append(Step(event.value_date, "charged.principal", what, event.amount_fen))


def _days_of_interest(book: _Book, live: list[LedgerEvent], as_of: date) -> list[date]:
    """Days on which something happens: events, and the day after each payment date that may be missed."""
    days = {e.value_date for e in live}
    for item in book.items:
        if book.product.kind == "revolving":
            total = missed_cycles(item.due, as_of)
            days |= {add_months(item.due, k) + timedelta(days=1) for k in range(total)}
        else:
            days.add(item.due + timedelta(days=1))
    return sorted({d for d in days if d <= as_of} | {as_of})


def replay(
    facts: AccountFacts, events: Sequence[LedgerEvent], product: Product, as_of: date
) -> tuple[Position, list[Finding]]:
    """The account's position at the end of `as_of` (the debtor's calendar day), and findings about its events.

    Order within a day: interest up to and including the day, late charges that fall due, then the day's events. Payments
    are allocated in the product's order (default: Civil Code Art. 561, cost → interest → principal).
    """
    live, findings = _live_events(facts, events, as_of)
    book = _Book(product, [_Item(i.due_date, i.principal_fen, i.principal_fen) for i in facts.due_items])
    book.billed_interest = sum(i.interest_fen for i in facts.due_items if i.due_date <= as_of)
    book.charged["fee"] = sum(i.fee_fen for i in facts.due_items if i.due_date <= as_of)
    book.credit = facts.credit_fen
    first = min((i.due_date for i in facts.due_items), default=as_of)
    previous = min([first, *(e.value_date for e in live)], default=as_of)
    index = 0
    for day in _days_of_interest(book, live, as_of):
        book.accrue(previous, day)
        book.late_charges(day)
        while index < len(live) and live[index].value_date <= day:
            _apply(book, live[index])
            index += 1
        previous = day
    return _position(facts, book, product, as_of), findings


def _position(facts: AccountFacts, book: _Book, product: Product, as_of: date) -> Position:
    unpaid = [item for item in book.items if item.remaining > 0]
    oldest = min((item.due for item in unpaid), default=as_of)
    parts = {name: max(0, book.outstanding(name)) for name in COMPONENT_NAMES}
    late = [item for item in unpaid if item.due < as_of]
    if product.kind == "revolving":
        minimum = facts.minimum_fen
        if minimum is None:
            cycles = missed_cycles(oldest, as_of)
            minimum = sum(
                min(item.original, share_ppm(item.original, product.minimum_payment_ppm) * max(1, cycles))
                for item in late
            )
        due_principal = min(parts["principal"], max(0, minimum - book.paid["principal"])) if late else 0
    else:
        due_principal = sum(item.remaining for item in late)
    running = sum(item.remaining for item in book.items if item.due <= as_of)
    rate = next((r for r in product.rates if r.start <= as_of and (r.end is None or as_of <= r.end)), None)
    extra = parts["cost"] + parts["interest"] + parts["penalty"] + parts["fee"]
    return Position(
        as_of=as_of,
        dpd=days_past_due(oldest, as_of) if unpaid else 0,
        cycles=missed_cycles(oldest, as_of) if unpaid else 0,
        cost_fen=parts["cost"],
        interest_fen=parts["interest"],
        penalty_fen=parts["penalty"],
        fee_fen=parts["fee"],
        principal_fen=parts["principal"],
        total_fen=sum(parts.values()),
        overdue_fen=due_principal + extra,
        credit_fen=book.credit,
        daily_interest_fen=share_ppm(running, rate.daily_ppm) if rate else 0,
        paid=dict(book.paid),
        steps=tuple(book.steps),
        segments=tuple(book.segments),
    )
