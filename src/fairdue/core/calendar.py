"""Chinese work and rest days from dated data (State Council notices). Data comes in; nothing is read here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum


class DayKind(StrEnum):
    """A day is a working day, a weekend, a public holiday, or a weekend day that is worked (调休)."""

    WORK = "work"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    MAKE_UP = "make_up"


@dataclass(frozen=True)
class WorkCalendar:
    """Rest days by name and worked weekend days for whole years; `provisional` years await their notice."""

    rest: dict[date, str]
    worked: frozenset[date]
    years: frozenset[int]
    provisional: frozenset[int]

    def kind(self, day: date) -> DayKind:
        """What kind of day it is. Raises `LookupError` for a year without data: guessing a holiday is not knowing it."""
        if day.year not in self.years:
            raise LookupError(f"no work calendar for {day.year}; add the year to packs/calendars")
        if day in self.worked:
            return DayKind.MAKE_UP
        if day in self.rest:
            return DayKind.HOLIDAY
        return DayKind.WEEKEND if day.weekday() >= 5 else DayKind.WORK

    def work_day(self, day: date) -> bool:
        """True on working days and worked weekend days. Raises `LookupError` for a year without data."""
        return self.kind(day) in (DayKind.WORK, DayKind.MAKE_UP)

    def is_provisional(self, day: date) -> bool:
        """True in a year whose notice is not out: only the statutory days are known, worked weekends are not."""
        return day.year in self.provisional

    def next_working(self, day: date) -> date:
        """The day itself when it is worked, else the next working day."""
        while not self.work_day(day):
            day += timedelta(days=1)
        return day
