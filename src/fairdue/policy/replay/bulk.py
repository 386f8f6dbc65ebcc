"""A table of contacts under two packs, all rows at once: millions of contacts in the time of a coffee.

    contacts.py   texts to codes, order of debtor and time, local clocks
    standing.py   each combination of standing facts is put to the gate's own checks once
    by_clock.py   by_count.py   by_trace.py   what looks at clock and history, for all rows at once
    by_request.py what none of these knows, contact by contact

The verdict, whether a contact is allowed, and the set of broken rules are those of `decide`, contact by contact.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from ..checks import PARAMS
from ..compiled import Bound
from ..schema import Pack, Rule
from . import by_clock, by_count, by_request, by_trace
from .clocks import Ints
from .comparison import EXAMPLES, VERDICTS, Breach, Comparison, Matrix, Row, example
from .contacts import Contacts, Flags, Progress
from .read import Source
from .standing import Named, Plan, Standing
from .work import Answer, Work

_ANSWERS: dict[str, tuple[Answer, frozenset[str]]] = {
    "hours": (
        by_clock.hours,
        frozenset({"opens", "closes", "opening", "closing", "weekdays", "lifted_by", "lifted_over_dpd"}),
    ),
    "agreed_hours": (by_clock.agreed_hours, frozenset()),
    "inconvenient": (by_clock.inconvenient, frozenset()),
    "days_closed": (by_clock.by_day(lambda request: ()), PARAMS["days_closed"]),
    "agency_contract": (by_clock.by_day(by_clock.agency_key), PARAMS["agency_contract"]),
    "placement": (by_clock.by_day(by_clock.agency_key), PARAMS["placement"]),
    "count": (by_count.count, frozenset({"of", "days", "at_most", "effective_seconds"})),
    "lost_contact": (by_trace.lost_contact, frozenset({"failed_calls"})),
    "consent_needed": (by_trace.consent_needed, frozenset({"consents", "inbound_days"})),
    "validation": (by_trace.validation, frozenset({"days"})),
}
"""How a check that looks is answered for all rows, and the parameters that the answer understands."""


def answer_of(rule: Rule) -> Answer:
    """The bulk answer of a rule, or the way out when its check, what it counts or a parameter is not known here."""
    known = _ANSWERS.get(rule.check)
    if known is None or set(rule.params) - known[1]:
        return by_request.one_by_one
    if rule.check == "count" and rule.params["of"] not in by_count.KINDS:
        return by_request.one_by_one
    return known[0]


class Verdicts:
    """What one pack says of every row: `verdict` (0 pass, 1 warn, 2 deny), and the rules that are broken."""

    def __init__(self, work: Work, pack: Pack) -> None:
        self.label = pack.label
        self._plan = Plan(work.standing, pack)
        self.one_by_one: list[str] = []
        self._names = sorted({(bound.rule.id, bound.verdict) for bound, _ in self._plan.looking.values()})
        if len(self._names) > 64:
            raise OverflowError(f"{self.label}: more than 64 rules look at clock or history; split the pack")
        width = np.uint8 if len(self._names) <= 8 else np.uint16 if len(self._names) <= 16 else np.uint64
        self._bits: npt.NDArray[Any] = np.zeros(work.contacts.count, width)
        cell = self._plan.cell
        for bound, cells in self._plan.looking.values():
            rows = np.flatnonzero(cells[cell])
            if len(rows):
                answer = self._answer(bound)
                found = rows[answer(work, bound.rule, bound, rows)]
                self._bits[found] |= width(1 << self._names.index((bound.rule.id, bound.verdict)))
        self._number = self._plan.broken[cell]
        self.verdict = self._verdicts()

    def _answer(self, bound: Bound) -> Answer:
        answer = answer_of(bound.rule)
        if answer is by_request.one_by_one and bound.rule.id not in self.one_by_one:
            self.one_by_one.append(bound.rule.id)
        return answer

    def _verdicts(self) -> npt.NDArray[np.uint8]:
        worst = [max((VERDICTS.index(verdict) for _, verdict in named), default=0) for named in self._plan.sets]
        out: npt.NDArray[np.uint8] = np.array(worst, np.uint8)[self._number]
        for level, verdict in ((1, "warn"), (2, "deny")):
            mask = sum(1 << place for place, name in enumerate(self._names) if name[1] == verdict)
            if mask:
                np.maximum(out, ((self._bits & self._bits.dtype.type(mask)) != 0) * np.uint8(level), out=out)
        return out

    def named(self) -> set[Named]:
        """All rules that some row breaks, or may break."""
        return {name for named in self._plan.sets for name in named} | set(self._names)

    def breaking(self, name: Named) -> Flags:
        """Rows that break a rule."""
        there = np.array([name in named for named in self._plan.sets], np.bool_)
        out: Flags = there[self._number]
        if name in self._names:
            out |= (self._bits & self._bits.dtype.type(1 << self._names.index(name))) != 0
        return out

    def rules(self, row: int) -> tuple[str, ...]:
        """The rules that a row breaks, as sorted `id verdict`."""
        return self._texts(int(self._number[row]), int(self._bits[row]))

    def _texts(self, number: int, bits: int) -> tuple[str, ...]:
        looked = {name for place, name in enumerate(self._names) if bits >> place & 1}
        return tuple(sorted(f"{rule} {verdict}" for rule, verdict in self._plan.sets[number] | looked))

    def texts(self, rows: Ints) -> pa.Array:
        """The broken rules of some rows as dictionary-encoded text, `;` between them."""
        different, codes = np.unique(
            np.stack([self._number[rows].astype(np.uint64), self._bits[rows].astype(np.uint64)]),
            axis=1,
            return_inverse=True,
        )
        names = [";".join(self._texts(int(number), int(bits))) for number, bits in different.T]
        return pa.DictionaryArray.from_arrays(
            pa.array(codes.reshape(-1).astype(np.int32)), pa.array(names, pa.string())
        )


class BulkComparison(Comparison):
    """A comparison of a table, whose contacts can be written as a table again."""

    def __init__(self, contacts: Contacts, one: Verdicts, two: Verdicts) -> None:
        super().__init__(one.label, two.label, defaulted=contacts.defaulted, ignored=contacts.ignored)
        self._contacts, self._one, self._two = contacts, one, two
        self._asked = np.flatnonzero(contacts.outbound)
        self.each = self._each
        self.one_by_one = sorted({*one.one_by_one, *two.one_by_one})
        self._count()

    def _count(self) -> None:
        contacts, one, two = self._contacts, self._one, self._two
        asked, everyone = contacts.outbound, len(self._asked) == contacts.count
        pair = one.verdict * np.uint8(3) + two.verdict
        own = pair if everyone else pair[asked]
        self.total = len(own)
        self.matrix = _matrix(np.bincount(own, minlength=9))
        agent = contacts.column("agent")
        self.agents = _by(agent.codes, [name or "" for name in agent.values], pair, None if everyone else asked)
        low = int(contacts.ordinal.min()) if contacts.count else 1
        span = int(contacts.ordinal.max()) - low + 1 if contacts.count else 1
        names = [date.fromordinal(low + step).isoformat() for step in range(span)]
        self.days = _by(contacts.ordinal - low, names, pair, None if everyone else asked)
        denied = [_people(contacts, (side.verdict == 2) & asked) for side in (one, two)]
        self.debtors = _people(contacts, asked), denied[0], denied[1]
        for name in sorted(one.named() | two.named()):
            sides = [self._breach(side, name, asked) for side in (one, two)]
            if sides[0].contacts or sides[1].contacts:
                self.rules.setdefault(name[0], {})[name[1]] = (sides[0], sides[1])
        for kind, changed in (
            ("newly_denied", (one.verdict != 2) & (two.verdict == 2)),
            ("newly_allowed", (one.verdict == 2) & (two.verdict != 2)),
        ):
            rows = np.flatnonzero(changed & asked)
            rows = rows[np.argsort(contacts.rank[rows], kind="stable")[:EXAMPLES]]
            self.examples[kind] = [example(row) for row in self._rows(rows)]

    def _breach(self, side: Verdicts, name: Named, asked: Flags) -> Breach:
        rows = side.breaking(name) & asked
        return Breach(int(np.count_nonzero(rows)), _people(self._contacts, rows))

    def _rows(self, rows: Ints) -> Iterator[Row]:
        one, two = self._one, self._two
        for name, row in zip(self._contacts.ids(rows), rows.tolist(), strict=True):
            verdicts = VERDICTS[one.verdict[row]], VERDICTS[two.verdict[row]]
            yield Row(name, *verdicts, one.rules(row), two.rules(row))

    def _each(self) -> Iterator[Row]:
        for start in range(0, len(self._asked), 100_000):
            yield from self._rows(self._asked[start : start + 100_000])

    @property
    def schema(self) -> pa.Schema:
        """The columns of `batches`."""
        texts = [pa.field(name, pa.string()) for name in ("first", "rules_first", "second", "rules_second")]
        head = [pa.field("id", pa.string()), pa.field("debtor", pa.string()), pa.field("at", pa.timestamp("s", "UTC"))]
        return pa.schema(head + texts)

    def batches(self, size: int = 500_000) -> Iterator[pa.RecordBatch]:
        """The contacts that were asked, as Arrow batches: verdicts, and the broken rules as `id verdict;id verdict`."""
        verdicts = pa.array(VERDICTS)
        for start in range(0, len(self._asked), size):
            rows = self._asked[start : start + size]
            debtor = self._contacts.column("debtor")
            columns: dict[str, Any] = {
                "id": pa.array(self._contacts.ids(rows), pa.string()),
                "debtor": pa.array([debtor.values[code] for code in debtor.codes[rows]], pa.string()),
                "at": pa.array(self._contacts.instants[self._contacts.rank[rows]], pa.timestamp("s", "UTC")),
            }
            for name, side in (("first", self._one), ("second", self._two)):
                codes = pa.array(side.verdict[rows].astype(np.int32))
                columns[name] = pa.DictionaryArray.from_arrays(codes, verdicts).cast(pa.string())
                columns[f"rules_{name}"] = side.texts(rows).cast(pa.string())
            yield pa.RecordBatch.from_pydict(columns, schema=self.schema)


def _matrix(counts: npt.NDArray[Any]) -> Matrix:
    pairs = [(one, two) for one in VERDICTS for two in VERDICTS]
    return {pair: int(n) for pair, n in zip(pairs, counts, strict=True) if n}


def _by(codes: npt.NDArray[Any], names: list[str], pair: npt.NDArray[Any], asked: Flags | None) -> dict[str, Matrix]:
    cell = codes.astype(np.int32) * 9 + pair
    counts = np.bincount(cell if asked is None else cell[asked], minlength=9 * len(names)).reshape(-1, 9)
    out: dict[str, Matrix] = {}
    for name, row in zip(names, counts, strict=True):
        if row.any():
            for key, n in _matrix(row).items():
                into = out.setdefault(name, {})
                into[key] = into.get(key, 0) + n
    return out


def _people(contacts: Contacts, rows: Flags) -> int:
    """Different debtors of some rows; the rows lie in the order of debtors."""
    debtors = contacts.debtor[rows]
    return int(np.count_nonzero(np.diff(debtors))) + 1 if len(debtors) else 0


def compare_contacts(
    source: pa.Table | Path, first: Pack, second: Pack, progress: Progress | None = None
) -> BulkComparison:
    """What each pack says of each outbound contact of a table (`columns.py`), asked just before it took place.

    Its history is every earlier row, made or received, of the same debtor or line. `progress(step, share)` is told how
    far it is. Raises `ContactsError` when the table cannot be used.
    """
    say = progress or (lambda step, share: None)
    contacts = Contacts(Source(source), first.jurisdiction, say)
    say("facts", 0.4)
    work = Work(contacts, Standing(contacts))
    say("first", 0.5)
    one = Verdicts(work, first)
    say("second", 0.7)
    two = one if second is first else Verdicts(work, second)
    say("count", 0.9)
    comparison = BulkComparison(contacts, one, two)
    say("done", 1.0)
    return comparison
