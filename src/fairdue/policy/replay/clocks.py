"""Local clocks of many instants at once: the local date and second of the day, and the first second of a local date.

The offsets come from the same `zoneinfo` that the gate reads for one request; a date's first second comes from the gate's
own `day_start`. Whatever a rule counts over, both paths therefore use the same days.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from fairdue.core.dates import zone

from ..moment import day_start

Ints = npt.NDArray[np.int64]
EPOCH = 719163
"""Ordinal of 1970-01-01."""
DAY = 86400
_STEP = 3600


def _offset(name: str, stamp: int) -> int:
    found = datetime.fromtimestamp(stamp, UTC).astimezone(zone(name)).utcoffset()
    return int(found.total_seconds()) if found is not None else 0


def offsets(name: str, first: int, last: int) -> tuple[Ints, Ints]:
    """Instants from which an offset of the zone holds (the first is `first`), and the offsets, within [first, last].

    Looks at every hour and finds each change to the second; no zone has changed its offset twice within an hour.
    """
    starts, values = [first], [_offset(name, first)]
    for stamp in range(first + _STEP, last + _STEP, _STEP):
        if _offset(name, stamp) != values[-1]:
            low, high = stamp - _STEP, stamp
            new = _offset(name, stamp)
            while high - low > 1:
                middle = (low + high) // 2
                low, high = (low, middle) if _offset(name, middle) == new else (middle, high)
            starts.append(high)
            values.append(new)
    return np.array(starts, np.int64), np.array(values, np.int64)


class Clocks:
    """The clocks of a set of zones over a span of time.

    `names`: zones by code; None stands for a row without a zone, whose day is read in UTC as the gate does.
    """

    def __init__(self, names: Sequence[str | None], first: int, last: int) -> None:
        self.names = list(names)
        self._tables = [offsets(name or "UTC", first, last) for name in self.names]
        self._low = first // DAY + EPOCH - 2
        self._high = last // DAY + EPOCH + 3

    def local(self, stamps: Ints, codes: npt.NDArray[Any]) -> Ints:
        """Seconds since the epoch as the local clock shows them (local ordinal = value // DAY + EPOCH)."""
        if len(self.names) == 1:
            return np.asarray(stamps + self._shift(0, stamps), np.int64)
        out = np.empty_like(stamps)
        for code in range(len(self.names)):
            mine = codes == code
            if mine.any():
                some = stamps[mine]
                out[mine] = some + self._shift(code, some)
        return out

    def _shift(self, code: int, stamps: Ints) -> Any:
        starts, values = self._tables[code]
        if len(starts) == 1:
            return values[0]
        return values[np.searchsorted(starts, stamps, side="right") - 1]

    def day_starts(self, code: int, days: int) -> tuple[int, Ints]:
        """The first ordinal of a table and the first second (epoch) of each local date from it on.

        It reaches back `days` before the first instant. Years without data cost nothing: windows are counted in days.
        """
        name, low = self.names[code] or "UTC", max(1, self._low - days)
        return low, np.array([day_start(name, ordinal) for ordinal in range(low, self._high + 1)], np.int64)
