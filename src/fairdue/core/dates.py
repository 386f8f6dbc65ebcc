"""Instants in UTC, days in the debtor's own zone.

An instant is an aware `datetime`; `utc()` refuses a naive one. A *day* in this product is the debtor's local calendar
date. Nothing here reads a clock: callers pass `as_of` or `at`.
"""

from __future__ import annotations

import calendar as _calendar
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DEFAULT_ZONE = "Asia/Shanghai"


class DateError(ValueError):
    """Raised for a naive datetime, an unknown zone or an unreadable date; the message says how to mend it."""


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo:
    """The IANA zone `name`; raises `DateError` when there is no such zone."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as exc:
        raise DateError(f"unknown time zone {name!r}; use an IANA name such as 'Asia/Shanghai'") from exc


def utc(instant: datetime) -> datetime:
    """The instant in UTC; raises `DateError` when it carries no zone."""
    if instant.tzinfo is None:
        raise DateError(f"{instant!r} has no time zone; attach one before it enters the domain")
    return instant.astimezone(UTC)


def local(instant: datetime, zone_name: str) -> datetime:
    """The instant as the wall clock of `zone_name` shows it (aware)."""
    return utc(instant).astimezone(zone(zone_name))


def local_day(instant: datetime, zone_name: str) -> date:
    """The debtor's calendar date at this instant."""
    return local(instant, zone_name).date()


def at_local(day: date, moment: time, zone_name: str) -> datetime:
    """The UTC instant of `moment` on `day` in `zone_name`.

    A time inside a spring gap gives the first instant after the gap; a time that occurs twice gives the first one.
    """
    here = zone(zone_name)
    wall = datetime.combine(day, moment, tzinfo=here)
    instant = wall.astimezone(UTC)
    if instant.astimezone(here).replace(tzinfo=None) == wall.replace(tzinfo=None):
        return instant
    early = wall.replace(fold=1).astimezone(UTC)  # in a gap fold=1 lies before the change of offset, fold=0 after it
    return _change_of_offset(early, instant, here)


def _change_of_offset(before: datetime, after: datetime, here: ZoneInfo) -> datetime:
    """The first whole second (UTC) at which `here` has the offset that it has at `after`."""
    offset = after.astimezone(here).utcoffset()
    low, high = 0, int((after - before).total_seconds())
    while low < high:
        middle = (low + high) // 2
        if (before + timedelta(seconds=middle)).astimezone(here).utcoffset() == offset:
            high = middle
        else:
            low = middle + 1
    return before + timedelta(seconds=low)


def parse_instant(text: str) -> datetime:
    """ISO 8601 with an offset (`2026-03-02T10:15:00+08:00`, `…Z`) as UTC; raises `DateError` otherwise."""
    try:
        parsed = datetime.fromisoformat(text)
    except (ValueError, TypeError) as exc:
        raise DateError(f"{text!r} is not an ISO 8601 instant such as 2026-03-02T10:15:00+08:00") from exc
    return utc(parsed)


def add_months(day: date, months: int) -> date:
    """The same day of the month `months` later (or earlier), clipped to the month's last day."""
    index = day.year * 12 + (day.month - 1) + months
    year, month0 = divmod(index, 12)
    last = _calendar.monthrange(year, month0 + 1)[1]
    return date(year, month0 + 1, min(day.day, last))


def days_past_due(due: date, as_of: date) -> int:
    """Whole days since the due date; 0 on the due date itself and before it."""
    return max(0, (as_of - due).days)
