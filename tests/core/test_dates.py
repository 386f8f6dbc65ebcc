"""Instants, zones, gaps and folds."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.core.dates import (
    DateError,
    add_months,
    at_local,
    days_past_due,
    local,
    local_day,
    parse_instant,
    utc,
    zone,
)

DAYS = st.dates(date(1950, 1, 1), date(2100, 1, 1))
ZONES = st.sampled_from(
    ["Asia/Shanghai", "America/New_York", "Australia/Lord_Howe", "Africa/Casablanca", "Asia/Urumqi"]
)


def test_a_naive_instant_is_refused() -> None:
    with pytest.raises(DateError, match="no time zone"):
        utc(datetime(2026, 3, 2, 10, 15))  # noqa: DTZ001 - the naive value is what is tested


def test_an_unknown_zone_is_refused_with_advice() -> None:
    with pytest.raises(DateError, match="IANA"):
        zone("Beijing/Time")


@pytest.mark.parametrize("text", ["2026-03-02", "2026-03-02T10:15:00", "tomorrow", ""])
def test_an_instant_needs_an_offset(text: str) -> None:
    with pytest.raises(DateError):
        parse_instant(text)


def test_an_instant_is_kept_in_utc_and_shown_on_the_wall() -> None:
    instant = parse_instant("2026-03-02T00:15:00+08:00")
    assert instant == datetime(2026, 3, 1, 16, 15, tzinfo=UTC)
    assert local(instant, "Asia/Shanghai").hour == 0
    assert local_day(instant, "Asia/Shanghai") == date(2026, 3, 2)
    assert local_day(instant, "Asia/Urumqi") == date(2026, 3, 1)


@pytest.mark.parametrize(
    ("moment", "expected"),
    [
        (time(1, 59, 59), "2026-03-08T06:59:59Z"),
        (time(2, 0), "2026-03-08T07:00:00Z"),
        (time(2, 30), "2026-03-08T07:00:00Z"),
        (time(2, 59, 59), "2026-03-08T07:00:00Z"),
        (time(3, 0), "2026-03-08T07:00:00Z"),
    ],
)
def test_a_time_inside_a_spring_gap_is_the_first_instant_after_it(moment: time, expected: str) -> None:
    assert at_local(date(2026, 3, 8), moment, "America/New_York") == parse_instant(expected)


def test_a_time_that_occurs_twice_is_the_first_one() -> None:
    assert at_local(date(2026, 11, 1), time(1, 30), "America/New_York") == parse_instant("2026-11-01T05:30:00Z")


def test_a_gap_of_half_an_hour() -> None:
    found = at_local(date(2026, 10, 4), time(2, 15), "Australia/Lord_Howe")
    assert local(found, "Australia/Lord_Howe").time() == time(2, 30)


@given(st.dates(date(1975, 1, 1), date(2037, 1, 1)), st.times(), ZONES)
def test_the_wall_shows_the_moment_or_the_end_of_its_gap(day: date, moment: time, name: str) -> None:
    shown = local(at_local(day, moment, name), name).replace(tzinfo=None)
    wanted = datetime.combine(day, moment)
    assert wanted == shown or timedelta(0) < shown - wanted <= timedelta(hours=2)


@given(DAYS, st.integers(-240, 240))
def test_months_are_added_to_the_same_day_or_the_last_of_the_month(day: date, months: int) -> None:
    there = add_months(day, months)
    assert (there.year * 12 + there.month) - (day.year * 12 + day.month) == months
    assert there.day == day.day or (there.day < day.day and (there + timedelta(days=1)).day == 1)


def test_the_due_day_is_not_late() -> None:
    assert [days_past_due(date(2026, 1, 30), date(2026, 1, d)) for d in (29, 30, 31)] == [0, 0, 1]
