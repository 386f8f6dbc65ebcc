"""Local days and the instants at which an answer may change, through changes of summer time."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from itertools import islice

from hypothesis import given, settings
from hypothesis import strategies as st

from fairdue.core.dates import local, parse_instant
from fairdue.policy.moment import Moment, day_start, edges

ZONES = ["Asia/Shanghai", "America/New_York", "Europe/London", "Australia/Sydney", "Asia/Beirut", "America/Sao_Paulo"]


def test_a_day_is_the_local_date() -> None:
    moment = Moment(parse_instant("2026-03-02T23:30:00+08:00"), ["Asia/Shanghai"])
    start, end = moment.days(1)
    assert (start, end) == (
        int(parse_instant("2026-03-02T00:00:00+08:00").timestamp()),
        int(parse_instant("2026-03-03T00:00:00+08:00").timestamp()),
    )


def test_with_two_zones_today_is_today_in_either() -> None:
    moment = Moment(parse_instant("2026-03-02T23:30:00+08:00"), ["Asia/Shanghai", "Asia/Tokyo"])  # Tokyo: the third
    start, end = moment.days(1)
    assert start == int(parse_instant("2026-03-02T00:00:00+08:00").timestamp())
    assert end == int(parse_instant("2026-03-04T00:00:00+09:00").timestamp())


def test_a_day_of_changing_clocks_has_23_or_25_hours() -> None:
    spring, autumn = (
        Moment(parse_instant(at), ["America/New_York"]).days(1)
        for at in ("2026-03-08T12:00:00-04:00", "2026-11-01T12:00:00-05:00")
    )
    assert [(end - start) / 3600 for start, end in (spring, autumn)] == [23, 25]


def test_an_hour_that_occurs_twice_gives_two_edges() -> None:
    at = parse_instant("2026-11-01T00:10:00-04:00")
    first = list(islice(edges(at, ["America/New_York"], (90 * 60,)), 4))
    assert [local(x, "America/New_York").isoformat() for x in first] == [
        "2026-11-01T01:30:00-04:00",
        "2026-11-01T01:00:00-05:00",  # the clocks went back
        "2026-11-01T01:30:00-05:00",
        "2026-11-02T00:00:00-05:00",
    ]


def test_an_hour_that_is_skipped_gives_the_end_of_the_gap() -> None:
    at = parse_instant("2026-03-08T00:10:00-05:00")
    first = next(iter(edges(at, ["America/New_York"], (150 * 60,))))
    assert local(first, "America/New_York").isoformat() == "2026-03-08T03:00:00-04:00"


@settings(max_examples=60, deadline=None)
@given(
    stamp=st.integers(1_700_000_000, 1_800_000_000),
    name=st.sampled_from(ZONES),
    second=st.integers(0, 86399),
)
def test_edges_come_in_order_and_none_is_left_out(stamp: int, name: str, second: int) -> None:
    at = datetime.fromtimestamp(stamp, UTC)
    found = list(islice(edges(at, [name], (second,)), 6))
    assert found == sorted(set(found))
    assert all(x > at for x in found)
    # Walking in steps of seven minutes, the local clock passes the wanted second only where an edge says so.
    step = timedelta(minutes=7)
    walk = at
    while walk + step < found[-1]:
        one, two = local(walk, name), local(walk + step, name)
        passed = one.date() == two.date() and _second(one) < second <= _second(two)
        assert not passed or any(walk < x <= walk + step for x in found)
        walk += step


def _second(moment: datetime) -> int:
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def test_the_start_of_a_day_is_its_first_second() -> None:
    for name in ZONES:
        for ordinal in range(date(2017, 10, 1).toordinal(), date(2017, 11, 10).toordinal()):  # Brazil: gap at midnight
            first = datetime.fromtimestamp(day_start(name, ordinal), UTC)
            assert local(first, name).toordinal() == ordinal
            assert local(first - timedelta(seconds=1), name).toordinal() == ordinal - 1


def test_midnight_in_one_zone_is_not_lost_when_another_changes_its_clocks() -> None:
    at = parse_instant("2026-10-30T12:00:00-04:00")
    found = list(islice(edges(at, ["America/New_York", "America/Los_Angeles"], ()), 8))
    assert parse_instant("2026-11-01T00:00:00-07:00") in found
    assert found == sorted(found)
