"""What two packs say of the same contacts, counted: as a whole, by rule, by agent, by day."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

VERDICTS = ("pass", "warn", "deny")
EXAMPLES = 20
"""How many ids of each kind of change a comparison names."""

Matrix = dict[tuple[str, str], int]
"""(verdict of the first, verdict of the second) → contacts; pairs that do not occur are absent."""


class Breach(NamedTuple):
    """How often a rule was broken, and by contacts with how many debtors."""

    contacts: int
    debtors: int


class Example(NamedTuple):
    """A contact whose verdict changed, and the rules that are broken under one pack only, as `id verdict`."""

    id: str
    first: str
    second: str
    only_first: tuple[str, ...]
    only_second: tuple[str, ...]


class Row(NamedTuple):
    """One contact: both verdicts and the rules broken under each, as sorted `id verdict`."""

    id: str
    first: str
    second: str
    rules_first: tuple[str, ...]
    rules_second: tuple[str, ...]


@dataclass
class Comparison:
    """The report of a replay.

    `rules`: rule id → verdict → (under the first, under the second). `agents`, `days`: matrices; an agent that is not
    known is "". `debtors`: asked at all, with a denial under the first, under the second. `examples`: "newly_denied",
    "newly_allowed". `defaulted`: columns that the table did not have; `ignored`: columns that mean nothing here.
    `one_by_one`: rules that the bulk path had to ask contact by contact.
    """

    first: str
    second: str
    total: int = 0
    matrix: Matrix = field(default_factory=dict)
    rules: dict[str, dict[str, tuple[Breach, Breach]]] = field(default_factory=dict)
    agents: dict[str, Matrix] = field(default_factory=dict)
    days: dict[str, Matrix] = field(default_factory=dict)
    debtors: tuple[int, int, int] = (0, 0, 0)
    examples: dict[str, list[Example]] = field(default_factory=dict)
    defaulted: list[str] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)
    one_by_one: list[str] = field(default_factory=list)
    each: Callable[[], Iterable[Row]] = field(default=tuple, repr=False)

    def rows(self) -> Iterator[Row]:
        """The contacts that were asked, one by one: by debtor and time for a table, else as they came."""
        yield from self.each()

    def count(self, first: str | None = None, second: str | None = None) -> int:
        """Contacts with these verdicts; None is any."""
        return sum(n for (one, two), n in self.matrix.items() if first in (None, one) and second in (None, two))

    @property
    def newly_denied(self) -> int:
        """Allowed by the first pack, denied by the second."""
        return sum(n for (one, two), n in self.matrix.items() if one != "deny" and two == "deny")

    @property
    def newly_allowed(self) -> int:
        """Denied by the first pack, allowed by the second."""
        return sum(n for (one, two), n in self.matrix.items() if one == "deny" and two != "deny")

    def as_dict(self) -> dict[str, Any]:
        """JSON: verdict pairs are written `pass>deny`."""
        return {
            "first": self.first,
            "second": self.second,
            "total": self.total,
            "newly_denied": self.newly_denied,
            "newly_allowed": self.newly_allowed,
            "matrix": _flat(self.matrix),
            "debtors": dict(zip(("all", "denied_first", "denied_second"), self.debtors, strict=True)),
            "rules": {
                rule: {
                    verdict: {"first": one._asdict(), "second": two._asdict()}
                    for verdict, (one, two) in sorted(verdicts.items())
                }
                for rule, verdicts in sorted(self.rules.items())
            },
            "agents": {name: _flat(matrix) for name, matrix in sorted(self.agents.items())},
            "days": {name: _flat(matrix) for name, matrix in sorted(self.days.items())},
            "examples": {kind: [example._asdict() for example in found] for kind, found in self.examples.items()},
            "defaulted": self.defaulted,
            "ignored": self.ignored,
            "one_by_one": self.one_by_one,
        }


def _flat(matrix: Matrix) -> dict[str, int]:
    return {f"{one}>{two}": matrix[one, two] for one in VERDICTS for two in VERDICTS if (one, two) in matrix}


class Tally:
    """Counts contacts one by one into a comparison."""

    def __init__(self, first: str, second: str, keep_rows: bool = True) -> None:
        self.comparison = Comparison(first, second)
        self._matrix: Counter[tuple[str, str]] = Counter()
        self._agents: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        self._days: dict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        self._broken: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
        self._who: tuple[dict[str, set[str | None]], ...] = (defaultdict(set), defaultdict(set))
        self._debtors: tuple[set[str | None], ...] = (set(), set(), set())
        self._rows: list[Row] | None = [] if keep_rows else None
        self._examples: dict[str, list[Example]] = {"newly_denied": [], "newly_allowed": []}

    def add(self, row: Row, debtor: str | None, agent: str | None, day: str) -> None:
        """One contact; `day` is its local date."""
        pair = row.first, row.second
        self._matrix[pair] += 1
        self._agents[agent or ""][pair] += 1
        self._days[day][pair] += 1
        self._debtors[0].add(debtor)
        for side, rules in enumerate((row.rules_first, row.rules_second)):
            if pair[side] == "deny":
                self._debtors[side + 1].add(debtor)
            for name in rules:
                self._broken[side][name] += 1
                self._who[side][name].add(debtor)
        if (row.first == "deny") != (row.second == "deny"):
            kind = "newly_denied" if row.second == "deny" else "newly_allowed"
            if len(self._examples[kind]) < EXAMPLES:
                self._examples[kind].append(example(row))
        if self._rows is not None:
            self._rows.append(row)

    def done(self) -> Comparison:
        """The comparison of all that was added."""
        out, rows = self.comparison, self._rows or []
        out.total = self._matrix.total()
        out.matrix = dict(self._matrix)
        out.agents = {name: dict(counts) for name, counts in self._agents.items()}
        out.days = {name: dict(counts) for name, counts in self._days.items()}
        out.debtors = len(self._debtors[0]), len(self._debtors[1]), len(self._debtors[2])
        out.examples = self._examples
        for name in self._broken[0] | self._broken[1]:
            rule, verdict = name.split(" ")
            sides = [Breach(self._broken[side][name], len(self._who[side][name])) for side in (0, 1)]
            out.rules.setdefault(rule, {})[verdict] = (sides[0], sides[1])
        out.each = lambda: rows
        return out


def example(row: Row) -> Example:
    """A changed contact with the rules that make the difference."""
    one, two = set(row.rules_first), set(row.rules_second)
    return Example(row.id, row.first, row.second, tuple(sorted(one - two)), tuple(sorted(two - one)))
