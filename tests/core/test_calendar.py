"""The Chinese work calendar; the `holidays` package is the independent oracle."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import holidays
import pytest

from fairdue.core.calendar import DayKind
from fairdue.ledger import load_calendar
from fairdue.packs import PackError

CALENDAR = load_calendar()


@pytest.mark.parametrize("year", [2024, 2025, 2026])
def test_every_day_of_a_noticed_year_agrees_with_the_oracle(year: int) -> None:
    oracle = holidays.country_holidays("CN", years=year)
    days = [date(year, 1, 1) + timedelta(days=n) for n in range(366 if year % 4 == 0 else 365)]
    wrong = [day for day in days if CALENDAR.work_day(day) != oracle.is_working_day(day)]
    assert wrong == []


def test_a_year_without_notice_is_provisional_and_has_only_statutory_days() -> None:
    days = [date(2027, 1, 1) + timedelta(days=n) for n in range(365)]
    rest = [day for day in days if CALENDAR.kind(day) is DayKind.HOLIDAY]
    oracle = holidays.country_holidays("CN", years=2027)
    assert len(rest) == 13
    assert all(day in oracle for day in rest)
    assert all(CALENDAR.is_provisional(day) for day in days)
    assert not CALENDAR.is_provisional(date(2026, 12, 31))


def test_kinds_and_the_next_working_day() -> None:
    assert CALENDAR.kind(date(2026, 2, 14)) is DayKind.MAKE_UP
    assert CALENDAR.kind(date(2026, 2, 15)) is DayKind.HOLIDAY
    assert CALENDAR.kind(date(2026, 3, 7)) is DayKind.WEEKEND
    assert CALENDAR.kind(date(2026, 3, 9)) is DayKind.WORK
    assert CALENDAR.next_working(date(2026, 2, 15)) == date(2026, 2, 24)


def test_a_year_without_data_is_not_guessed() -> None:
    with pytest.raises(LookupError, match="2031"):
        CALENDAR.work_day(date(2031, 1, 1))


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("rest: []\n    worked: []", "no source"),
        ("source: x\n    rest: [{name: 元旦, from: 2030-01-03, to: 2030-01-01}]\n    worked: []", "inside the year"),
        ("source: x\n    rest: [{name: 元旦, from: 2029-12-31, to: 2030-01-01}]\n    worked: []", "inside the year"),
        ("source: x\n    rest: [{name: 元旦, from: 2030-01-01, to: 2030-01-01}]\n    worked: [2030-01-01]", "worked"),
    ],
)
def test_a_calendar_with_a_wrong_day_is_refused_by_line(tmp_path: Path, body: str, why: str) -> None:
    path = tmp_path / "cn.yaml"
    path.write_text(f"years:\n  2030:\n    {body}\n", encoding="utf-8")
    with pytest.raises(PackError, match=rf"cn\.yaml:\d+: 2030: .*{why}"):
        load_calendar(path)
