"""Australia: the debt collection guideline (RG 96)."""

from datetime import date
from functools import cache

import holidays

from .case import Case, Findings, Moment
from .hours import HOUR, MINUTE, inside, outside_agreed

RG96 = date(2021, 7, 1)
SATURDAY = 5


@cache
def is_holiday(day: date) -> bool:
    """A national public holiday (no state's own)."""
    return day in holidays.country_holidays("AU", years=day.year)


def hours(case: Case, day: date) -> tuple[int, int]:
    """The lawful hours of that local day."""
    if case.line.get("kind") == "office":
        return 9 * HOUR, 17 * HOUR
    if case.channel == "visit" or day.weekday() >= SATURDAY:
        return 9 * HOUR, 21 * HOUR
    return 7 * HOUR + 30 * MINUTE, 21 * HOUR


def facts(case: Case, now: Moment, out: Findings) -> None:
    """Everything in this guideline is lifted by time."""


def days(case: Case, now: Moment, out: Findings) -> None:
    out.judge("AU-RG96", any(is_holiday(day) for day in now.dates), RG96)
    if case.role != "debtor" or case.channel == "letter":
        return
    week, month = 0, 0
    for row in case.rows:
        made = row.out and row.put_through() and row.channel != "letter" and row.role == "debtor"
        if not (made and case.same_debt(row) and case.same_debtor(row)):
            continue
        if row.in_last_days(7, now):
            week += 1
        if row.in_last_days(30, now):
            month += 1
    out.judge("AU-RG96", week >= 3 or month >= 10, RG96)


def clock(case: Case, now: Moment, out: Findings) -> None:
    if case.agreed_hours:
        outside = outside_agreed(case, now)
    else:
        outside = any(not inside(second, *hours(case, day)) for day, second in zip(now.dates, now.seconds, strict=True))
    out.judge("AU-RG96", outside, RG96)
