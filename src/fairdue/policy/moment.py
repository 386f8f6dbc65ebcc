"""One instant as every plausible zone of a person shows it, and the instants at which an answer may change.

A *day* is the person's local date. When several zones are plausible, a contact is "today" if it is today in any of them,
and an hour is lawful only if it is lawful in all of them: the strict reading of both.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from heapq import merge

from fairdue.core.dates import at_local, zone

HORIZON = timedelta(days=45)
"""How far ahead a next lawful moment is looked for: longer than any window that a rule counts over."""


@lru_cache(maxsize=65536)
def day_start(zone_name: str, ordinal: int) -> int:
    """The first second (epoch) of a local date; a date is its proleptic ordinal."""
    return int(at_local(date.fromordinal(ordinal), time(0), zone_name).timestamp())


class Moment:
    """An instant (`at`, UTC, whole seconds; `stamp`, epoch) with its local clocks (`locals`, one per zone)."""

    __slots__ = ("at", "locals", "ordinals", "stamp", "zones")

    def __init__(self, at: datetime, zones: Sequence[str]) -> None:
        self.at = at
        self.stamp = int(at.timestamp())
        self.zones = tuple(zones)
        self.locals: list[datetime] = [at.astimezone(zone(name)) for name in zones]
        self.ordinals: list[int] = [local.toordinal() for local in self.locals]

    def seconds(self, index: int) -> int:
        """Seconds of the day on the clock of zone number `index`."""
        local = self.locals[index]
        return local.hour * 3600 + local.minute * 60 + local.second

    def days(self, count: int) -> tuple[int, int]:
        """Epoch seconds [start, end) of the last `count` local days, today included, in any plausible zone."""
        zones, ordinals = self.zones, self.ordinals
        if len(zones) == 1:
            return day_start(zones[0], ordinals[0] - count + 1), day_start(zones[0], ordinals[0] + 1)
        starts = [day_start(name, day - count + 1) for name, day in zip(zones, ordinals, strict=True)]
        ends = [day_start(name, day + 1) for name, day in zip(zones, ordinals, strict=True)]
        return min(starts), max(ends)

    def days_since(self, stamp: int) -> int:
        """Local days from an earlier instant to today, by the zone in which they are most."""
        then = datetime.fromtimestamp(stamp, UTC)
        return max(
            today - then.astimezone(zone(name)).toordinal()
            for today, name in zip(self.ordinals, self.zones, strict=True)
        )

    def today_everywhere(self) -> int:
        """The second from which it is not yesterday any more in any zone: what lies before is past in all of them."""
        return min(day_start(name, day) for name, day in zip(self.zones, self.ordinals, strict=True))


def edges(at: datetime, zones: Sequence[str], seconds: tuple[int, ...]) -> Iterator[datetime]:
    """Every instant after `at` at which a local clock shows one of `seconds` of the day or changes its offset, in order.

    Between two of them no rule changes its mind, so the first one that passes is the first lawful moment. An hour that
    occurs twice gives both; one that is skipped gives the first instant after the gap. Ends after `HORIZON`.
    """
    last = int(at.timestamp())
    for stamp in merge(*(_zone_edges(at, name, seconds) for name in dict.fromkeys(zones))):
        if stamp > last:
            last = stamp
            yield datetime.fromtimestamp(stamp, UTC)


def _zone_edges(at: datetime, name: str, seconds: tuple[int, ...]) -> Iterator[int]:
    first = at.astimezone(zone(name)).toordinal()
    for ordinal in range(first, first + HORIZON.days + 1):
        yield from _day_edges(name, ordinal, seconds)


@lru_cache(maxsize=65536)
def _day_edges(name: str, ordinal: int, seconds: tuple[int, ...]) -> tuple[int, ...]:
    here, day = zone(name), date.fromordinal(ordinal)
    stamps = {day_start(name, ordinal)} | {int(at_local(day, _clock(second), name).timestamp()) for second in seconds}
    noons = [datetime.combine(day + timedelta(days=step), time(12), tzinfo=here).utcoffset() for step in (-1, 1)]
    if noons[0] != noons[1]:  # a change of offset lies close: both readings of each hour, and the change itself
        for second in seconds:
            wall = datetime.combine(day, _clock(second), tzinfo=here).replace(fold=1)
            if (
                wall.astimezone(UTC).astimezone(here) == wall
            ):  # else the hour is skipped, and `at_local` gave the gap's end
                stamps.add(int(wall.timestamp()))
        stamps.add(_change(day, name))
    start, end = (
        day_start(name, ordinal),
        day_start(name, ordinal + 1),
    )  # the change may belong to a day beside this one
    return tuple(sorted(stamp for stamp in stamps if start <= stamp < end))


def _clock(second: int) -> time:
    return time(second // 3600 % 24, second // 60 % 60, second % 60)


def _change(day: date, name: str) -> int:
    """The first second after noon of the day before at which the zone has the offset of noon the day after."""
    here = zone(name)
    low = datetime.combine(day - timedelta(days=1), time(12), tzinfo=here).astimezone(UTC)
    high = datetime.combine(day + timedelta(days=1), time(12), tzinfo=here).astimezone(UTC)
    offset = high.astimezone(here).utcoffset()
    while high - low > timedelta(seconds=1):
        middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
        if middle.astimezone(here).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return int(high.timestamp())
