"""A public table of telephone calls of a bank's campaign, shaped into attempts: real counts, invented times.

The table (columns `month`, `day`, `duration`, `campaign`, `contact`; one row a person) says how many calls a person got
in the campaign, on which day of which month the last one was and how many seconds it lasted. It does not say when the
others were, and it is about selling deposits, not about debts. So what comes out is a load test of caps with a real
distribution of calls per person; nothing is claimed about the people in it.

For each row `campaign` outbound calls are written to one debtor on one line, in the given month of `year`:

    the last one   on `day`, put through when it lasted at least a second, two-way from six seconds on, `talk_seconds` its seconds
    the earlier    not put through; spread evenly over the working minutes (09:00 to 20:00) of the `days` before, not
                   before the first of the month

The minute of the last call comes from the number of the row (the golden ratio spreads them), so the same file always
gives the same attempts. `agent` is one of 40, by row.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv

from .columns import ContactsError

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
NEEDED = ("month", "day", "duration", "campaign", "contact")
OPENS, MINUTES = 9 * 60, 11 * 60
"""First minute of the working day, and how many it has."""
EFFECTIVE = 6
"""Seconds from which a call is taken to have had two sides."""
_KIND = {"cellular": "mobile", "telephone": "home"}
_GOLDEN = 0.6180339887498949


def attempts(
    path: Path, jurisdiction: str = "CN", zone: str = "Asia/Shanghai", year: int = 2026, days: int = 31
) -> pa.Table:
    """The attempts as a table of contacts (`columns.py`), in the order of persons and time.

    `days`: the earlier calls lie in so many days up to the last one (31: from the first of the month).

    Raises `ContactsError` when the file cannot be read or lacks a column.
    """
    try:
        raw = arrow_csv.read_csv(path)
    except (pa.ArrowInvalid, OSError) as exc:
        raise ContactsError(f"{path}: cannot be read as CSV ({exc})") from exc
    missing = [name for name in NEEDED if name not in raw.column_names]
    if missing:
        raise ContactsError(f"{path}: no column {', '.join(missing)}; the campaign table has {', '.join(NEEDED)}")
    months = [str(name).lower() for name in raw["month"].to_pylist()]
    unknown = next((name for name in months if name not in MONTHS), None)
    if unknown is not None:
        raise ContactsError(f"{path}: month {unknown!r} is unknown; write {', '.join(MONTHS)}")
    calls, day, seconds = (_whole(raw, name) for name in ("campaign", "day", "duration"))
    person = np.repeat(np.arange(raw.num_rows), calls)
    nth = np.arange(len(person)) - np.repeat(np.cumsum(calls) - calls, calls)
    last = nth == calls[person] - 1
    minute = _minutes(day, np.arange(raw.num_rows))[person]
    earlier = np.maximum(calls[person] - 1, 1)
    first = np.maximum(0, (minute // MINUTES - (days - 1)) * MINUTES)
    minute = np.where(last, minute, first + ((nth + 0.5) / earlier * (minute - first)).astype(np.int64))
    number = np.char.zfill(np.arange(1, raw.num_rows + 1).astype(str), 5)
    kind = np.array([_KIND.get(str(name), "mobile") for name in raw["contact"].to_pylist()])
    talk = np.where(last, seconds[person], 0)
    count = len(person)
    return pa.table(
        {
            "id": np.char.add(np.char.add(number[person], "-"), np.char.zfill((nth + 1).astype(str), 2)),
            "at": _instants(np.array([MONTHS.index(name) + 1 for name in months])[person], minute, year, zone),
            "debtor": np.char.add("P", number[person]),
            "debt": np.char.add("A", number[person]),
            "line": np.char.add("L", number[person]),
            "line_kind": kind[person],
            "agent": np.array([f"agent-{n:02d}" for n in range(40)])[person % 40],
            "connected": talk > 0,
            "talk_seconds": talk,
            "two_way": talk >= EFFECTIVE,
            "tz": pa.array([zone]).take(pa.array(np.zeros(count, np.int64))),
            "jurisdiction": pa.array([jurisdiction]).take(pa.array(np.zeros(count, np.int64))),
            "product": pa.array(["credit_card"]).take(pa.array(np.zeros(count, np.int64))),
            "lender_type": pa.array(["bank"]).take(pa.array(np.zeros(count, np.int64))),
        }
    )


def _whole(raw: pa.Table, name: str) -> npt.NDArray[np.int64]:
    column = raw[name]
    if not pa.types.is_integer(column.type) or column.null_count or pc.min(column).as_py() < (name != "duration"):
        raise ContactsError(f"column {name}: a whole number is needed in every row")
    return np.asarray(column.to_numpy(), np.int64)


def _minutes(day: npt.NDArray[np.int64], row: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The working minute of the month in which the last call was made."""
    within = (row * _GOLDEN) % 1.0 * (MINUTES - 1)
    return (day - 1) * MINUTES + within.astype(np.int64)


def _instants(month: npt.NDArray[np.int64], minute: npt.NDArray[np.int64], year: int, zone: str) -> pa.Array:
    """Working minutes of a month as instants; the local midnight of the month's first day is the start."""
    here = ZoneInfo(zone)
    day, rest = np.divmod(minute, MINUTES)
    out = np.empty(len(month), np.int64)
    for one in np.unique(month):
        mine = month == one
        starts = [
            datetime(year, int(one), 1, tzinfo=here) + timedelta(days=step) for step in range(int(day[mine].max()) + 1)
        ]
        midnights = np.array([int(start.astimezone(UTC).timestamp()) for start in starts], np.int64)
        out[mine] = midnights[day[mine]] + (OPENS + rest[mine]) * 60
    return pa.array(out, pa.timestamp("s", "UTC"))
