"""China: hours of the day, and how often one may call."""

from . import china_dates as since
from .case import WARN, Case, Findings, Moment
from .hours import HOUR, inconvenient, outside

A_DAY = 3
UNANSWERED_A_DAY = 6


def calls_today(case: Case, now: Moment, mode: str) -> int:
    """Calls to the debtor today that count in this mode: put through (notify), effective (interactive)."""
    count = 0
    for row in case.rows:
        if not (row.voice and row.out and row.role == "debtor" and case.same_debtor(row) and row.today(now)):
            continue
        if row.mode not in (mode, None):
            continue
        if row.put_through() if mode == "notify" else row.effective():
            count += 1
    return count


def unanswered_today(case: Case, now: Moment) -> int:
    """Attempts on this number today that nobody answered, whoever made them."""
    count = 0
    for row in case.rows:
        if row.voice and row.out and row.line == case.line_id and row.unanswered() and row.today(now):
            count += 1
    return count


def days(case: Case, now: Moment, out: Findings) -> None:
    if not case.by_voice():
        return
    other_cap_agreed = "agreed_cap" in case.consents
    if case.role == "debtor" and case.mode == "notify":
        too_often = calls_today(case, now, "notify") >= A_DAY and not other_cap_agreed
        out.judge("CN-GBT-02", too_often, since.GBT)
        out.judge("CN-NIFA-17", too_often, since.NIFA)
    if case.role == "debtor" and case.mode == "interactive":
        too_often = calls_today(case, now, "interactive") >= A_DAY
        out.judge("CN-GBT-03", too_often, since.GBT)
        out.judge("CN-NIFA-17", too_often, since.NIFA)
    if case.line_id is not None:
        too_often = unanswered_today(case, now) >= UNANSWERED_A_DAY and not other_cap_agreed
        out.judge("CN-CBA-02", too_often, since.CBA, WARN)


def clock(case: Case, now: Moment, out: Findings) -> None:
    """Eight in the morning until ten at night, every channel and every person."""
    at_night = outside(case, now, 8 * HOUR, 22 * HOUR, lifted="late_hours" in case.consents)
    out.judge("CN-GBT-01", at_night, since.GBT)
    out.judge("CN-CBA-01", at_night, since.CBA)
    out.judge("CN-NIFA-17", at_night or inconvenient(case, now), since.NIFA)
