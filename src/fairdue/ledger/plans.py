"""The in-commission plan (P1-3.3): full repayment inside the commission period, in parts.

The practice's example, 24 000 over 4 cycles, first contact 3 March, closing 31 March: 10 000 within two days, 7 000 within
a week, the last 7 000 one week before closing. The rule behind it, which the planner applies to any amount:

* the last part falls one week before the closing date, so that a week remains to put things right;
* the first part falls two days after the first contact and is the largest: what is left over when the other parts are
  rounded down to whole 1 000 yuan (100 yuan below 5 000 in all, 1 fen below 500), each other part being 7/24 of the sum;
* with `cycles` in arrears the first part clears at least one of them (the sum divided by the cycles, rounded up to the
  same step), so that the arrears stop growing; 4 cycles change nothing in the example, 2 make it 12 000 + 6 000 + 6 000;
* the middle part falls a week after the first contact; when fewer than three such days exist, fewer parts are made;
* when the customer says what is possible (`ability`), each part is at most what has become available by its day; what is
  missing moves to the next part, and past the last one only onto days before closing on which money comes in.

Each part kept postpones the next escalation step to the next part's date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fairdue.core.dates import add_months
from fairdue.core.findings import Finding, Severity
from fairdue.core.money import Fen, format_grouped
from fairdue.core.text import Text

FIRST_DAYS = 2
MIDDLE_DAYS = 7
SAFETY_DAYS = 7


@dataclass(frozen=True, slots=True)
class PlanPart:
    """One part: when, how much (fen), why then, and what keeping it postpones."""

    number: int
    due_on: date
    amount_fen: Fen
    reason: Text
    postpones: Text


@dataclass(frozen=True, slots=True)
class CommissionPlan:
    """Parts in date order; they sum to `total_fen` exactly."""

    total_fen: Fen
    first_contact: date
    closing: date
    parts: tuple[PlanPart, ...]


def _finding(code: str, what: Text, mend: Text, severity: Severity = Severity.ERROR) -> Finding:
    why = Text(
        zh="方案必须在委案期内还清,并且客户做得到。",
        en="A plan must repay in full inside the commission period and be within the customer's means.",
    )
    return Finding(code=code, what=what, why=why, mend=mend, severity=severity)


def _dates(first: date, closing: date) -> list[tuple[date, Text]]:
    last = closing - timedelta(days=SAFETY_DAYS)
    soon = first + timedelta(days=FIRST_DAYS)
    middle = first + timedelta(days=MIDDLE_DAYS)
    two_days = Text("首次联系后两天内", "within two days of the first contact")
    week = Text("首次联系后一周内", "within a week of the first contact")
    final = Text("结案日前一周", "one week before the closing date")
    if last <= first:  # no safety week is possible: one part as soon as can be, never after closing
        return [(min(soon, closing), two_days)]
    if last <= soon:
        return [(last, final)]
    if last <= middle:
        return [(soon, two_days), (last, final)]
    return [(soon, two_days), (middle, week), (last, final)]


def _shares(amount: Fen, count: int, cycles: int | None) -> list[Fen]:
    """Parts in fen, largest first; see the module for the rule."""
    step = 100_000 if amount >= 500_000 else 10_000 if amount >= 50_000 else 1
    later = amount * 7 // 24 if count > 2 else amount // 2
    if cycles and cycles > 1 and count > 1:
        one_cycle = -(-amount // (cycles * step)) * step
        later = min(later, max(0, amount - one_cycle) // (count - 1))
    later = later // step * step
    if count == 1 or later == 0:
        return [amount]
    return [amount - (count - 1) * later, *[later] * (count - 1)]


def _incomes(ability: Sequence[tuple[date, Fen]] | Fen, first: date, closing: date) -> list[tuple[date, Fen]]:
    """Dated money in date order; a single figure is a monthly surplus, available at first contact and each month after."""
    if not isinstance(ability, int):
        return sorted(ability)
    months = range((closing.year - first.year) * 12 + closing.month - first.month + 1)
    return [(day, ability) for day in (add_months(first, k) for k in months) if day <= closing]


def _within_means(
    planned: list[tuple[date, Text, Fen]], closing: date, incomes: Sequence[tuple[date, Fen]]
) -> tuple[list[tuple[date, Text, Fen]], Fen]:
    """Parts cut to what has become available by each date; returns them and what cannot be placed before closing."""
    paid = carried = 0
    out = []
    late = sorted({day for day, _fen in incomes if planned[-1][0] < day <= closing})
    income_day = Text("资金到账的日子,已占用结案前一周", "the day money comes in, inside the week kept in hand")
    for day, why, share in [*planned, *((day, income_day, 0) for day in late)]:
        available = sum(fen for when, fen in incomes if when <= day) - paid
        part = max(0, min(share + carried, available))
        carried += share - part
        paid += part
        out.append((day, why, part))
    return [row for row in out if row[2]], carried


def commission_plan(
    amount_fen: Fen,
    first_contact: date,
    closing: date,
    cycles: int | None = None,
    ability: Sequence[tuple[date, Fen]] | Fen | None = None,
) -> tuple[CommissionPlan | None, list[Finding]]:
    """Plan `amount_fen` between two dates.

    `ability` is what the customer can pay: `(day, fen)` that become available, or a monthly surplus in fen. Returns None
    with a finding when the amount is not positive, the closing date does not lie after the first contact, or the means do
    not cover the sum before closing (then a card agreement or a hardship review is the way). A part inside the last week
    before closing is a warning.
    """
    if amount_fen <= 0:
        what = Text(zh="金额必须大于零。", en="The amount must be above zero.")
        return None, [_finding("plan.amount", what, Text(zh="按报价填写金额。", en="Take the amount from a quote."))]
    if closing <= first_contact:
        what = Text(
            zh=f"结案日 {closing} 不在首次联系 {first_contact} 之后。",
            en=f"The closing date {closing} is not after the first contact {first_contact}.",
        )
        mend = Text(zh="核对委案期,或申请延长。", en="Check the commission period or ask for an extension.")
        return None, [_finding("plan.dates", what, mend)]
    dates = _dates(first_contact, closing)
    shares = _shares(amount_fen, len(dates), cycles)
    rows = [(day, why, fen) for (day, why), fen in zip(dates, shares, strict=False)]
    if ability is not None:
        rows, missing = _within_means(rows, closing, _incomes(ability, first_contact, closing))
        if missing:
            what = Text(
                zh=f"结案前还差 {format_grouped(missing)} 没有来源。",
                en=f"{format_grouped(missing)} has no source before closing.",
            )
            mend = Text(
                zh="改走个性化分期或困难审核。", en="Offer the personalised agreement or a hardship review instead."
            )
            return None, [_finding("plan.means", what, mend)]
    findings: list[Finding] = []
    if closing - timedelta(days=SAFETY_DAYS) < rows[-1][0]:
        what = Text(zh="最后一期离结案日不足一周。", en="The last part is less than a week before closing.")
        mend = Text(
            zh="如客户配合,可申请延长委案期。", en="Ask for a longer commission period if the customer cooperates."
        )
        findings.append(_finding("plan.no_margin", what, mend, Severity.WARNING))
    parts = [
        PlanPart(number, day, fen, why, _postpones(rows[number][0] if number < len(rows) else None))
        for number, (day, why, fen) in enumerate(rows, 1)
    ]
    return CommissionPlan(amount_fen, first_contact, closing, tuple(parts)), findings


def _postpones(following: date | None) -> Text:
    """What keeping a part holds back: the next escalation step waits until the part that follows."""
    if following is None:
        return Text("按时到账即结清,不再有下一步", "kept on time, the debt is settled and no step follows")
    return Text(f"按时到账,下一步措施顺延到 {following}", f"kept on time, the next step waits until {following}")
