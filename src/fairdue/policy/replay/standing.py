"""The different combinations of standing facts in a table of contacts, and what each rule says of them.

Millions of contacts have a few thousand combinations of channel, role, purpose, product, holds, agency …. Each is made
into a request once and put to the gate's own checks, which are not allowed to look at clock or history (`blind.py`).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from ..compiled import Bound, compiled
from ..parse import parse_request
from ..request import Request, RequestError
from ..schema import Pack
from .blind import BLIND, Looked
from .clocks import Ints
from .columns import COLUMNS, ContactsError
from .contacts import Contacts
from .facts import request_json
from .read import UNKNOWN

SILENT, KEPT, BROKEN, LOOKS = 1, 2, 3, 4
"""What a rule says of a combination; LOOKS: it depends on the clock, the history or the days past due."""

Named = tuple[str, str]
"""A rule's id with its verdict when broken."""

SCOPE: Named = ("FD-SCOPE", "deny")
"""What `decide` says when no rule speaks, or the pack is of another country."""

_LARGEST = 1 << 22
T = TypeVar("T", bound=Hashable)


class Standing:
    """`combo` gives each row its combination; `requests` is one request for each, None for rows that are not asked."""

    def __init__(self, contacts: Contacts) -> None:
        self.contacts = contacts
        self.combo, count = _combos(contacts)
        first = np.zeros(count, np.int64)
        first[self.combo[::-1]] = np.arange(contacts.count - 1, -1, -1)
        self._same = {c.name: contacts.value(c.name, 0) for c in COLUMNS if contacts.is_constant(c.name)}
        self._differ = [c.name for c in COLUMNS if c.name not in self._same and c.name not in ("id", "at")]
        self.requests: list[Request | None] = [
            self._request(row) if contacts.outbound[row] else None for row in first.tolist()
        ]
        self._said: dict[str, npt.NDArray[np.int8]] = {}

    def _request(self, row: int) -> Request:
        facts = self._same | {name: self.contacts.value(name, row) for name in self._differ}
        known = facts["dpd"] is not None
        raw = request_json(facts | {"id": "", "at": None, "dpd": None})
        try:
            request = parse_request(raw)
        except RequestError as exc:
            raise ContactsError(f"contact {self.contacts.value('id', row)}: {exc}") from exc
        blind = BLIND if known else None
        return replace(request, history=BLIND, dpd=blind, debt={**request.debt, "dpd": blind})

    def answers(self, bound: Bound, combos: Ints) -> npt.NDArray[np.int8]:
        """What a rule's check says of some combinations. Rules and packs that ask the same share the answers."""
        key = json.dumps([bound.rule.check, bound.rule.params, sorted(bound.rule.unless)], sort_keys=True, default=str)
        known = self._said.get(key)
        if known is None:
            known = self._said[key] = np.zeros(len(self.requests), np.int8)
        for combo in combos[known[combos] == 0].tolist():
            known[combo] = _ask(bound, self.requests[combo])
        return known[combos]

    def grouped(self, key: Callable[[Request], T]) -> tuple[npt.NDArray[np.int32], list[T]]:
        """A number for each combination, equal where `key` of the request is equal, and the keys by number."""
        numbers: dict[T, int] = {}
        out = np.zeros(len(self.requests), np.int32)
        for index, request in enumerate(self.requests):
            if request is not None:
                out[index] = numbers.setdefault(key(request), len(numbers))
        return out, list(numbers)


class Plan:
    """What a pack says of each cell (combination and period of law): rules broken anyway, rules that have to look.

    `cell` by row; `broken[cell]` is a number into `sets`; `looking` gives each rule the cells in which it looks.
    """

    def __init__(self, standing: Standing, pack: Pack) -> None:
        periods, first_days = _periods(standing.contacts, pack)
        present = np.flatnonzero(np.bincount(periods, minlength=1))
        count = len(standing.requests)
        self.sets: list[frozenset[Named]] = [frozenset()]
        self.looking: dict[int, tuple[Bound, npt.NDArray[np.bool_]]] = {}
        self.broken = np.zeros(max(1, len(present)) * count, np.int32)
        self._numbers = {self.sets[0]: 0}
        for index, period in enumerate(present):
            for bounds, combos in _speaking(standing, pack, first_days[period]):
                self._judge(standing, bounds, combos, index * count)
        if len(present) > 1:
            place = np.zeros(int(present[-1]) + 1, np.int64)
            place[present] = np.arange(len(present))
            self.cell: npt.NDArray[Any] = place[periods] * count + standing.combo
        else:
            self.cell = standing.combo

    def _judge(self, standing: Standing, bounds: Sequence[Bound], combos: Ints, offset: int) -> None:
        """Put combinations to the rules that speak to them."""
        spoke = np.zeros(len(combos), np.bool_)
        names: list[Named] = []
        broken: list[npt.NDArray[np.bool_]] = []
        for bound in bounds:
            answers = standing.answers(bound, combos)
            spoke |= answers != SILENT
            if (answers == BROKEN).any():
                names.append((bound.rule.id, bound.verdict))
                broken.append(answers == BROKEN)
            looks = answers == LOOKS
            if looks.any():
                found = self.looking.setdefault(id(bound), (bound, np.zeros(len(self.broken), np.bool_)))
                found[1][offset + combos[looks]] = True
        names.append(SCOPE)
        broken.append(~spoke)
        patterns, which = np.unique(np.packbits(np.stack(broken), axis=0), axis=1, return_inverse=True)
        flags = np.unpackbits(patterns, axis=0, count=len(names))
        numbers = [self._number(frozenset(names[place] for place in np.flatnonzero(one))) for one in flags.T]
        self.broken[offset + combos] = np.array(numbers, np.int32)[which.reshape(-1)]

    def _number(self, named: frozenset[Named]) -> int:
        number = self._numbers.setdefault(named, len(self.sets))
        if number == len(self.sets):
            self.sets.append(named)
        return number


def _periods(contacts: Contacts, pack: Pack) -> tuple[npt.NDArray[Any], list[int]]:
    """For each row the period between two changes of the law, and a local date (ordinal) in each period."""
    starts = {rule.effective.start.toordinal() for rule in pack.rules}
    changes = sorted(starts | {rule.effective.end.toordinal() + 1 for rule in pack.rules if rule.effective.end})
    before = changes[0] - 1 if changes else 1
    return np.searchsorted(np.array(changes, np.int64), contacts.ordinal, side="right"), [max(1, before), *changes]


def _speaking(standing: Standing, pack: Pack, ordinal: int) -> list[tuple[tuple[Bound, ...], Ints]]:
    """The combinations that are asked, by the rules that speak to them on a local date; none speak in another country."""
    ready = compiled(pack)
    groups: dict[tuple[Bound, ...], list[int]] = {}
    nobody: tuple[Bound, ...] = ()
    for combo, request in enumerate(standing.requests):
        if request is not None:
            own = request.jurisdiction == pack.jurisdiction
            bounds = ready.speaking(request, ordinal)[0] if own else nobody
            groups.setdefault(bounds, []).append(combo)
    return [(bounds, np.array(combos, np.int64)) for bounds, combos in groups.items()]


def _ask(bound: Bound, request: Request | None) -> int:
    assert request is not None
    try:
        found = bound.check(request, BLIND)
    except Looked:
        return LOOKS
    if found is None:
        return SILENT
    return BROKEN if found.broken else KEPT


def _combos(contacts: Contacts) -> tuple[npt.NDArray[np.int32], int]:
    """A number for each combination of standing facts; rows that are not asked are all of one."""
    asked = contacts.outbound
    agency = contacts.column("agency")
    parts: list[tuple[Any, int]] = [(asked, 2)]
    for name in ("line", "debt", "agency", "tz"):
        coded = contacts.column(name)
        if None in coded.values:
            parts.append((~coded.where(None), 2))
    if contacts.dpd is not None:
        parts.append((contacts.dpd != UNKNOWN, 2))
    only = {"agency_": ~agency.where(None), "visit_": contacts.column("channel").where("visit")}
    for column in COLUMNS:
        if not column.standing or column.name in ("agency", "tz", "direction"):
            continue
        if column.name in ("connected", "two_way", "consented", "reserved"):
            continue  # what came of the contact is no fact of the request
        coded = contacts.column(column.name)
        if len(coded.values) > 1:
            within = next((mask for prefix, mask in only.items() if column.name.startswith(prefix)), asked)
            parts.append((np.where(within, coded.codes, 0), len(coded.values)))
    return _together(parts, asked)


def _together(parts: list[tuple[Any, int]], asked: npt.NDArray[np.bool_]) -> tuple[npt.NDArray[np.int32], int]:
    code: Ints = np.zeros(len(asked), np.int64)
    size = 1
    for values, count in parts:
        if size * count > _LARGEST:
            code, size = _dense(code, size)
        code = code * count + values
        size *= count
    code, size = _dense(np.where(asked, code, 0), size)
    return code.astype(np.int32), size


def _dense(code: Ints, size: int) -> tuple[Ints, int]:
    if size > 1 << 27:
        values, code = np.unique(code, return_inverse=True)
        return code, len(values)
    there = np.zeros(size, np.bool_)
    there[code] = True
    place = np.cumsum(there) - 1
    return place[code], int(place[-1]) + 1
