"""A table of contacts made ready for counting: small codes instead of texts, sorted by debtor and time.

Everything is an array over the rows in the order (debtor, instant, id). `rank` is a row's place in the order of time of
the whole table, so that "earlier" is one comparison whatever the rows are grouped by. About 100 bytes a contact.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from fairdue.core.dates import DateError

from .clocks import DAY, EPOCH, Clocks, Ints
from .columns import BY_NAME, COLUMNS, REQUIRED, Column, ContactsError, default_of
from .facts import purpose_of
from .read import UNKNOWN, Source

Codes = npt.NDArray[np.signedinteger[Any]]
Flags = npt.NDArray[np.bool_]
Progress = Callable[[str, float], None]


class Coded:
    """A column as codes into its different values; None is one of them when a cell is empty."""

    __slots__ = ("codes", "values")

    def __init__(self, codes: Codes, values: list[Any]) -> None:
        self.codes = codes
        self.values = values

    def sorted(self, order: npt.NDArray[Any]) -> Coded:
        """The same column in another order of the rows; a constant one takes no memory."""
        if len(self.values) == 1:
            return Coded(np.broadcast_to(np.int8(0), len(order)), self.values)
        return Coded(self.codes[order], self.values)

    def where(self, *wanted: Any) -> Flags:
        """Rows with one of these values."""
        table = np.array([value in wanted for value in self.values], np.bool_)
        return table[self.codes]


class Contacts:
    """See the module. `jurisdiction` fills a missing column of that name."""

    def __init__(self, source: Source, jurisdiction: str, progress: Progress | None = None) -> None:
        say = progress or (lambda step, share: None)
        self.count = source.count
        self.defaulted = sorted(set(BY_NAME) - set(source.names) - {"id", "at", "debtor"})
        self.ignored = sorted(set(source.names) - set(BY_NAME))
        missing = [name for name in REQUIRED if name not in source.names]
        if missing:
            raise ContactsError(f"the table has no column {', '.join(missing)}; a contact needs {', '.join(REQUIRED)}")
        say("read", 0.0)
        self._ids = source.texts("id")
        stamps = source.instants("at")
        coded = self._encode(source, jurisdiction)
        say("sort", 0.2)
        self._sort(stamps, coded)
        del stamps
        with ThreadPoolExecutor(2) as pool:
            self._columns: dict[str, Coded] = dict(
                zip(coded, pool.map(lambda column: column.sorted(self.order), coded.values()), strict=True)
            )
        coded.clear()
        self.dpd: Ints | None = source.numbers("dpd")[self.order] if "dpd" in source.names else None
        self.talk: Ints = _talk(source)[self.order]
        self._derive()
        say("clocks", 0.35)
        self._clock()

    # -- reading -----------------------------------------------------------------------------------------------------

    def _encode(self, source: Source, jurisdiction: str) -> dict[str, Coded]:
        wanted = [c for c in COLUMNS if c.standing or c.name in ("debtor", "debt", "line", "agent")]
        there = [c for c in wanted if c.name in source.names]
        with ThreadPoolExecutor(2) as pool:
            found = dict(zip((c.name for c in there), pool.map(lambda c: _coded(source, c), there), strict=True))
        none = np.broadcast_to(np.int8(0), self.count)
        for column in wanted:
            if column.name not in found and column.standing:
                value = default_of(column, jurisdiction)
                found[column.name] = Coded(none, [None if value == "" else value])
        if None in found["debtor"].values:
            raise ContactsError(
                "column debtor: some rows have no debtor; say whose contact each row is, or leave them out"
            )
        found.setdefault("debt", found["debtor"])
        found.setdefault("line", found["debtor"])
        found.setdefault("agent", Coded(none, [None]))
        return found

    def _derive(self) -> None:
        """Defaults that depend on the row."""
        columns = self._columns
        if "purpose" in self.defaulted:
            role = columns["role"]
            purposes = ["collect", "relay"]
            table = np.array([purposes.index(purpose_of(value)) for value in role.values], np.int32)
            columns["purpose"] = Coded(table[role.codes], purposes)
        if "two_way" in self.defaulted:
            columns["two_way"] = columns["connected"]

    # -- order -------------------------------------------------------------------------------------------------------

    def _sort(self, stamps: Ints, coded: dict[str, Coded]) -> None:
        """`order` (rows of the table by debtor, instant, id), `rank`, and the sorted instants by rank."""
        count = self.count
        by_time = np.argsort(stamps, kind="stable")
        rank = np.empty(count, np.int64)
        rank[by_time] = np.arange(count)
        self.instants: Ints = stamps[by_time]
        debtor, line = coded["debtor"].codes, coded["line"].codes
        tied = [self._ties(debtor, rank)]
        if line is not debtor:
            tied.append(self._ties(line, rank))
        rows = by_time[np.unique(np.concatenate(tied))]
        if rows.size:  # the same instant for one debtor or line: the order of the ids decides
            names = np.array([str(name) for name in self._ids.take(pa.array(rows)).to_pylist()], object)
            by_id = rows[np.lexsort((rows, _places(names), stamps[rows]))]
            rank[by_id] = np.sort(rank[rows])
        place = np.sort(debtor.astype(np.int64) * count + rank) % max(1, count)
        self.rank: npt.NDArray[np.int32] = place.astype(np.int32)
        back = np.empty(count, np.int32)
        back[rank] = np.arange(count, dtype=np.int32)
        self.order: npt.NDArray[np.int32] = back[place]

    def _ties(self, group: Codes, rank: Ints) -> Ints:
        """Ranks of the rows that share group and instant with another row."""
        places = np.sort(group.astype(np.int64) * self.count + rank)
        if not len(places):
            return places
        groups = places // self.count
        places -= groups * self.count
        at = self.instants[places]
        same = np.flatnonzero((at[1:] == at[:-1]) & (groups[1:] == groups[:-1]))
        found: Ints = places[np.unique(np.concatenate([same, same + 1]))]
        return found

    # -- clocks ------------------------------------------------------------------------------------------------------

    def _clock(self) -> None:
        zones = self._columns["tz"]
        first, last = (int(self.instants[0]), int(self.instants[-1])) if self.count else (0, 0)
        try:
            self.clocks = Clocks(zones.values, first, last)
        except DateError as exc:
            raise ContactsError(f"column tz: {exc}") from exc
        shown = self.clocks.local(self.instants[self.rank], zones.codes)
        days = shown // DAY
        self.ordinal: Codes = (days + EPOCH).astype(np.int32)
        self.second: Codes = (shown - days * DAY).astype(np.int32)

    def ordinals_in(self, stamps: Ints, rows: Ints) -> Ints:
        """The local dates of some instants on the clocks of some rows, as ordinals."""
        return np.asarray(self.clocks.local(stamps, self._columns["tz"].codes[rows]) // DAY + EPOCH, np.int64)

    def start_rank(self, days: int) -> npt.NDArray[np.int32]:
        """For each row the rank of the first contact of its last `days` local dates, today included."""
        codes = self._columns["tz"].codes
        out = np.empty(self.count, np.int32)
        for code in range(len(self.clocks.names)):
            mine = codes == code if len(self.clocks.names) > 1 else slice(None)
            low, starts = self.clocks.day_starts(code, days)
            ranks = np.searchsorted(self.instants, starts).astype(np.int32)
            out[mine] = ranks[self.ordinal[mine] - (days - 1) - low]
        return out

    # -- columns -----------------------------------------------------------------------------------------------------

    def column(self, name: str) -> Coded:
        """A coded column, in the order of this object."""
        return self._columns[name]

    @cached_property
    def outbound(self) -> Flags:
        """Rows that are asked; the others are history only."""
        return self._columns["direction"].where("out", None)

    @cached_property
    def debtor(self) -> Ints:
        """Debtor of each row; ascending."""
        return self._columns["debtor"].codes.astype(np.int64)

    @cached_property
    def line(self) -> Ints:
        """Line of each row, numbered as they first appear; a row without one has a number of its debtor's own."""
        column = self._columns["line"]
        if None not in column.values:
            return near(column.codes)
        empty = column.where(None)
        return near(np.where(empty, len(column.values) + self.debtor, column.codes))

    @cached_property
    def debt(self) -> Ints:
        """Debt of each row, numbered as they first appear."""
        return near(self._columns["debt"].codes)

    def ids(self, rows: Ints) -> list[str]:
        """The ids of some rows."""
        return [str(name) for name in self._ids.take(pa.array(self.order[rows])).to_pylist()]

    def is_constant(self, name: str) -> bool:
        """Whether a column has one value in all rows."""
        if name == "dpd":
            return self.dpd is None
        return name in self._columns and len(self._columns[name].values) == 1

    def value(self, name: str, row: int) -> Any:
        """The value of a column in one row, None for an empty cell."""
        if name == "id":
            return self.ids(np.array([row]))[0]
        if name == "dpd":
            return None if self.dpd is None or self.dpd[row] == UNKNOWN else int(self.dpd[row])
        if name == "talk_seconds":
            return int(self.talk[row])
        column = self._columns[name]
        return column.values[column.codes[row]]


def _talk(source: Source) -> Ints:
    if "talk_seconds" not in source.names:
        return np.broadcast_to(np.int64(0), source.count)
    seconds = source.numbers("talk_seconds")
    if ((seconds < 0) & (seconds != UNKNOWN)).any():
        raise ContactsError("column talk_seconds: a negative number; write whole seconds of 0 or more")
    return np.maximum(seconds, 0)


def _places(names: npt.NDArray[Any]) -> Ints:
    """The place of each text in the order of the texts."""
    _, places = np.unique(names, return_inverse=True)
    return places.astype(np.int64)


def near(codes: npt.NDArray[Any]) -> Ints:
    """The same groups, numbered in the order in which they first appear, so that neighbours have near numbers."""
    if not len(codes):
        return codes.astype(np.int64)
    first = np.full(int(codes.max()) + 1, len(codes), np.int64)
    first[codes[::-1]] = np.arange(len(codes) - 1, -1, -1)
    place = np.empty(len(first), np.int64)
    place[np.argsort(first, kind="stable")] = np.arange(len(first))
    renumbered: Ints = place[codes]
    return renumbered


def _coded(source: Source, column: Column) -> Coded:
    """A column of the table as codes; names that are not allowed are refused."""
    codes, values = source.coded(column)
    unknown = [value for value in values if column.names and value is not None and value not in column.names]
    if unknown:
        allowed = ", ".join(sorted(column.names or ()))
        raise ContactsError(f"column {column.name}: {unknown[0]!r} is not usable; use one of {allowed}")
    return Coded(codes, values)
