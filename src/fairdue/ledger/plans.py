"""The in-commission plan (P1-3.3): full repayment inside the commission period, in parts.

The practice's example, 24 000 over 4 cycles, first contact 3 March, closing 31 March: 10 000 within two days, 7 000 within
a week, the last 7 000 one week before closing. The rule behind it, which the planner applies to any amount:

* the last part falls one week before the closing date, so that a week remains to put things right;
* the first part falls two days after the first contact and is the largest: what is left over when the other parts are
  rounded down to whole 1 000 yuan (100 yuan below 5 000 in all, 1 fen below 500), each other part being 7/24 of the sum;
* the middle part falls a week after the first contact; when fewer than three such days exist, fewer parts are made;
* when the customer names what is possible (`ability`), each part is at most what has become available by its day, and the
  rest moves to the latest day on which it is possible. Parts always sum exactly.

Each part kept postpones the next escalation step to the next part's date.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from fairdue.core.findings import Finding, Severity
from fairdue.core.money import Fen, format_plain
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
    if last <= soon:  # no safety week is possible: one part, as late as two days, never after closing
        return [(min(soon, closing), two_days)]
    if last <= middle:
        return [(soon, two_days), (last, final)]
    return [(soon, two_days), (middle, week), (last, final)]


def _shares(amount: Fen, count: int) -> list[Fen]:
    step = 100_000 if amount >= 500_000 else 10_000 if amount >= 50_000 else 1
    later = amount * 7 // 24 // step * step
    if count == 1 or later == 0:
        return [amount]
    if count == 2:
        half = amount // 2 // step * step
        return [amount - half, half]
    return [amount - 2 * later, later, later]


def _within_means(
    shares: list[Fen], dates: list[tuple[date, Text]], ability: Sequence[tuple[date, Fen]]
) -> tuple[list[Fen], Fen]:
    """Shares cut to what has become available by each date; returns them and what cannot be placed."""
    paid = 0
    carried = 0
    out = []
    for share, (day, _why) in zip(shares, dates, strict=True):
        available = sum(fen for when, fen in ability if when <= day) - paid
        wanted = share + carried
        part = max(0, min(wanted, available))
        carried = wanted - part
        paid += part
        out.append(part)
    return out, carried


def commission_plan(
    amount_fen: Fen,
    first_contact: date,
    closing: date,
    *,
    ability: Sequence[tuple[date, Fen]] | None = None,
) -> tuple[CommissionPlan | None, list[Finding]]:
    """Plan `amount_fen` between two dates; `ability` lists `(day, fen)` that become available to the customer.

    Returns None with a finding when the amount is not positive, the closing date does not lie after the first contact, or
    the customer's means do not cover the sum before closing (then a card agreement or a hardship review is the way).
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
    shares = _shares(amount_fen, len(dates))
    dates = dates[: len(shares)]
    findings: list[Finding] = []
    if closing - timedelta(days=SAFETY_DAYS) < dates[-1][0]:
        what = Text(zh="离结案日太近,留不出一周余量。", en="Closing is too near to leave a week in hand.")
        mend = Text(
            zh="如客户配合,可申请延长委案期。", en="Ask for a longer commission period if the customer cooperates."
        )
        findings.append(_finding("plan.no_margin", what, mend, Severity.WARNING))
    if ability is not None:
        shares, missing = _within_means(shares, dates, ability)
        if missing:
            what = Text(
                zh=f"到期前还差 {format_plain(missing)} 没有来源。",
                en=f"{format_plain(missing)} has no source before the last date.",
            )
            mend = Text(
                zh="改走个性化分期或困难审核。", en="Offer the personalised agreement or a hardship review instead."
            )
            return None, [*findings, _finding("plan.means", what, mend)]
    kept = [(day, why, fen) for (day, why), fen in zip(dates, shares, strict=True) if fen]
    parts = []
    for number, (day, why, fen) in enumerate(kept, 1):
        following = kept[number][0] if number < len(kept) else None
        postpones = (
            Text(f"按时到账,下一步措施顺延到 {following}", f"kept on time, the next step waits until {following}")
            if following
            else Text("按时到账即结清,不再有下一步", "kept on time, the debt is settled and no step follows")
        )
        parts.append(PlanPart(number, day, fen, why, postpones))
    return CommissionPlan(amount_fen, first_contact, closing, tuple(parts)), findings
