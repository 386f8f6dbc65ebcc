"""Rules that look at the clock, for all rows at once. The windows and days are the gate's own functions, tabulated."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from datetime import UTC, date, datetime, time
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from ..checks.times import WEEK, inside, window_of_rule
from ..compiled import Bound
from ..moment import Moment
from ..request import Request, Window
from ..schema import Rule
from .clocks import DAY, Ints
from .contacts import Flags
from .read import UNKNOWN
from .work import Work


@lru_cache(maxsize=512)
def _inside(windows: tuple[Window, ...]) -> Flags:
    """For each second of the day whether it lies in one of the windows."""
    return np.array([any(inside(second, window) for window in windows) for second in range(DAY)], np.bool_)


def _in_windows(work: Work, rows: Ints, windows: Callable[[Request], tuple[Window, ...]]) -> Flags:
    number, keys = work.by_request(rows, windows)
    second = work.contacts.second[rows]
    used = np.flatnonzero(np.bincount(number, minlength=1))
    if len(used) == 1:
        return _inside(keys[int(used[0])])[second]
    out = np.empty(len(rows), np.bool_)
    for one in used:
        mine = number == one
        out[mine] = _inside(keys[int(one)])[second[mine]]
    return out


def _agreed(request: Request, usual: tuple[Window, ...]) -> tuple[Window, ...]:
    """The hours that were agreed, else the usual ones. Equal times allow nothing."""
    agreed = request.agreed_hours
    if agreed is None:
        return usual
    return () if agreed[0] == agreed[1] else (agreed,)


def hours(work: Work, rule: Rule, bound: Bound, rows: Ints) -> Flags:
    """Outside the rule's hours, or outside those that were agreed."""
    window = window_of_rule(rule.params)
    broken = ~_in_windows(work, rows, lambda request: _agreed(request, (window,)))
    if rule.params.get("weekdays"):
        days = np.array([name in rule.params["weekdays"] for name in WEEK], np.bool_)
        broken &= days[(work.contacts.ordinal[rows] + 6) % 7]
    limit = rule.params.get("lifted_over_dpd")
    if limit is not None and work.contacts.dpd is not None:
        number, keys = work.by_request(rows, lambda request: request.agreed_hours is None)
        usual = np.array(keys, np.bool_)[number]
        dpd = work.contacts.dpd[rows]
        broken &= ~(usual & (dpd != UNKNOWN) & (dpd > limit))
    return broken


def agreed_hours(work: Work, rule: Rule, bound: Bound, rows: Ints) -> Flags:
    """Outside the hours that were agreed."""
    return ~_in_windows(work, rows, lambda request: _agreed(request, ())) & work.zoned(rows)


def inconvenient(work: Work, rule: Rule, bound: Bound, rows: Ints) -> Flags:
    """At a time that the person called inconvenient."""
    return _in_windows(work, rows, lambda request: request.inconvenient) & work.zoned(rows)


def by_day(key: Callable[[Request], Hashable]) -> Callable[[Work, Rule, Bound, Ints], Flags]:
    """A check that looks at nothing but the local date: the check itself is asked once for each `key` and date."""

    def answer(work: Work, rule: Rule, bound: Bound, rows: Ints) -> Flags:
        number, keys = work.by_request(rows, lambda request: (bool(request.zones), key(request)))
        asked = work.standing.requests
        combo = work.standing.combo[rows]
        ordinal = work.contacts.ordinal[rows].astype(np.int64)
        low, high = int(ordinal.min()), int(ordinal.max())
        span = high - low + 1
        cell = number.astype(np.int64) * span + (ordinal - low)
        table: npt.NDArray[np.bool_] = np.zeros(len(keys) * span, np.bool_)
        example = np.zeros(len(keys), np.int64)
        example[number] = combo
        for one in np.flatnonzero(np.bincount(cell, minlength=1)):
            request = asked[int(example[one // span])]
            noon = datetime.combine(date.fromordinal(low + int(one % span)), time(12), tzinfo=UTC)
            zones = ("UTC",) if keys[one // span][0] else ()
            said = bound.check(request, Moment(noon, zones)) if request is not None else None
            table[one] = said is not None and said.broken
        found: Flags = table[cell]
        return found

    return answer


def agency_key(request: Request) -> Hashable:
    """What the date checks read of the agency."""
    return repr(sorted((request.agency or {}).items()))
