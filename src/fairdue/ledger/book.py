"""The running state of one replay: items, charges, what was paid, and the money held in advance.

Interest is kept as an exact numerator (fen × ppm × days) and rounded half up once, when a figure is needed; what was paid
on interest is subtracted from it. So replaying day by day and replaying at once give the same fen, and no fen is lost.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from fairdue.core.dates import add_months
from fairdue.core.money import Fen, divide_half_up, format_grouped, share_ppm
from fairdue.core.text import Text

from .facts import COMPONENTS, AccountFacts, DueItem
from .products import LateCharge, Product

MILLION = 1_000_000
NOT_DUE = date(9999, 1, 1)
"""Due day of what a feed shows as owed but not yet due, without saying when it will be."""

COMPONENT_NAMES = {
    "cost": Text(zh="实现债权的费用", en="cost of enforcing the claim"),
    "interest": Text(zh="利息", en="interest"),
    "penalty": Text(zh="违约金", en="late charges"),
    "fee": Text(zh="服务费用", en="service fees"),
    "principal": Text(zh="本金", en="principal"),
}


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


def _charge(charge: LateCharge, base: Fen) -> tuple[Fen, Text]:
    """The late charge on `base` (fen) and its sum in words, including a minimum or maximum that took effect."""
    plain = share_ppm(base, charge.ppm)
    amount = max(charge.min_fen, plain)
    if charge.max_fen is not None:
        amount = min(charge.max_fen, amount)
    sum_ = f"{format_grouped(base)} × {percent_text(charge.ppm)}"
    zh, en = ("最低还款额", "minimum payment") if charge.of == "minimum" else ("逾期金额", "overdue amount")
    zh, en = f"违约金:{zh} {sum_}", f"Late charge: {en} {sum_}"
    if amount < plain:
        zh, en = f"{zh},封顶", f"{en}, at most"
    elif amount > plain:
        zh, en = f"{zh},不足按最低额", f"{en}, at least"
    return amount, Text(zh, en)


def split_row(facts: AccountFacts, product: Product) -> tuple[DueItem, ...]:
    """The due items; a feed's single row of an instalment loan is taken apart into what is late and what is not yet due.

    Such a row carries the whole principal, the overdue part (`minimum_fen`) and the missed cycles. With n cycles the
    overdue part is n equal instalments, one a month from the due date (the first takes the remainder); the rest of the
    principal is not yet due (`NOT_DUE`): it bears no late interest and no late charge. Other accounts stay as they are.
    """
    overdue, rows = facts.minimum_fen, facts.due_items
    if product.kind != "instalment" or len(rows) != 1 or overdue is None or not 0 < overdue < rows[0].principal_fen:
        return rows
    row, count = rows[0], max(1, facts.cycles or 1)
    each, remainder = divmod(overdue, count)
    first = replace(row, principal_fen=each + remainder)
    later = [DueItem(k + 1, add_months(row.due_date, k), each) for k in range(1, count)]
    return (first, *later, DueItem(count + 1, NOT_DUE, row.principal_fen - overdue))


@dataclass
class Item:
    """An amount with its due date. `interest` and `fee` are what the bill lists beside the principal (fen)."""

    due: date
    remaining: Fen
    original: Fen
    interest: Fen = 0
    fee: Fen = 0


@dataclass
class Book:
    """See the module. Mutable, and never leaves `replay`."""

    product: Product
    minimum_fen: Fen | None
    items: list[Item]
    credit: Fen
    charged: dict[str, Fen] = field(default_factory=lambda: dict.fromkeys(("cost", "penalty", "fee"), 0))
    paid: dict[str, Fen] = field(default_factory=lambda: dict.fromkeys(COMPONENTS, 0))
    billed_interest: Fen = 0
    numerator: int = 0
    steps: list[Step] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)

    @classmethod
    def of(cls, facts: AccountFacts, product: Product) -> Book:
        """The book before anything happened. The bill's own interest and fees are charged when their day comes."""
        rows = sorted(split_row(facts, product), key=lambda i: (i.due_date, i.number))
        items = [Item(i.due_date, i.principal_fen, i.principal_fen, i.interest_fen, i.fee_fen) for i in rows]
        return cls(product, facts.minimum_fen, items, facts.credit_fen)

    def outstanding(self, component: str, due_by: date | None = None) -> Fen:
        """What is open of a component (fen); principal may be limited to items due by a day."""
        if component == "interest":
            return self.billed_interest + divide_half_up(self.numerator, MILLION) - self.paid["interest"]
        if component == "principal":
            return sum(i.remaining for i in self.items if due_by is None or i.due <= due_by)
        return self.charged[component] - self.paid[component]

    def overdue_principal(self, day: date) -> Fen:
        """Principal that should have been paid before `day`: for a revolving balance its missed minimum payments."""
        late = [i for i in self.items if i.remaining and i.due < day]
        if self.product.kind != "revolving" or not late:
            return sum(i.remaining for i in late)
        minimum = self.minimum_fen
        if minimum is None:
            share = self.product.minimum_payment_ppm
            minimum = sum(min(i.original, share_ppm(i.original, share) * missed_cycles(i.due, day)) for i in late)
        return min(self.outstanding("principal"), max(0, minimum - self.paid["principal"]))

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
        if charge is None or self.overdue_principal(day) == 0:
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
            if base:
                amount, what = _charge(charge, base)
                self.charged["penalty"] += amount
                self.steps.append(Step(day, "late_charge", what, amount))

    def fall_due(self, day: date) -> None:
        """Charge the interest and fees that bills due on `day` list, then use money held in advance."""
        for item in self.items:
            if item.due != day:
                continue
            if item.interest:
                self.billed_interest += item.interest
                self.steps.append(Step(day, "billed.interest", Text("账单利息", "Billed interest"), item.interest))
            if item.fee:
                self.charged["fee"] += item.fee
                self.steps.append(Step(day, "charged.fee", Text("账单所列费用", "Billed fee"), item.fee))
        self.use_credit(day)

    def use_credit(self, day: date) -> None:
        """Put money held in advance towards what is due by now."""
        if self.credit:
            self.credit = self._allocate(self.credit, day, Text("溢缴款冲抵", "Credit towards"))

    def pay(self, amount: Fen, day: date) -> None:
        """Allocate a payment in the product's order to what is due; what is left over is held as credit."""
        left = self._allocate(amount, day, Text("还款冲抵", "Payment towards"))
        if left:
            self.credit += left
            self.steps.append(Step(day, "credit", Text(zh="多还,记为溢缴款", en="Overpaid, held as credit"), left))

    def _allocate(self, amount: Fen, day: date, how: Text) -> Fen:
        for component in self.product.allocation:
            part = min(amount, max(0, self.outstanding(component, day)))
            if part == 0:
                continue
            amount -= part
            self._settle(component, part)
            name = COMPONENT_NAMES[component]
            what = Text(zh=f"{how.zh}{name.zh}", en=f"{how.en} {name.en}")
            self.steps.append(Step(day, f"paid.{component}", what, part))
        return amount

    def waive(self, amount: Fen, component: str, day: date) -> None:
        """Take an approved waiver off a component, at most what is open of it."""
        part = min(amount, max(0, self.outstanding(component)))
        self._settle(component, part)
        name = COMPONENT_NAMES[component]
        what = Text(zh=f"经批准减免{name.zh}", en=f"Approved waiver of {name.en}")
        self.steps.append(Step(day, f"waived.{component}", what, part))

    def _settle(self, component: str, amount: Fen) -> None:
        self.paid[component] += amount
        if component == "principal":
            for item in self.items:
                part = min(amount, item.remaining)
                item.remaining -= part
                amount -= part

    def charge(self, component: str, amount: Fen, day: date, what: Text) -> None:
        """Add a charge; new principal is due on its day."""
        if component == "principal":
            self.items.append(Item(day, amount, amount))
            self.items.sort(key=lambda i: i.due)
        else:
            self.charged[component] += amount
        self.steps.append(Step(day, f"charged.{component}", what, amount))
        self.use_credit(day)
