"""Everything that may be said, found by act, step, situation, stage, party, product."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from fairdue.core.findings import Place
from fairdue.core.ids import digest

from .schema import Act, CustomerType, Flow, Hint, Line, PackInfo, RedLineCase, Situation

BORROWS = {"repeat": ("repeat", "first", "special"), "due_day": ("due_day", "pre_due", "special")}
"""Whose lines a stage may use besides its own, calmer ones first; every stage ends with `special`."""


@dataclass(frozen=True)
class Library:
    """All packs by id. `pack_of` names the pack a line was written in, `home` the one it belongs to (an overlay's line
    belongs to the pack it overlays); `where` remembers file and line for messages; `tests` are conversations per pack.

    A library that was loaded is not changed any more: its version and its indexes are computed once, at first use.
    """

    packs: dict[str, PackInfo] = field(default_factory=dict)
    flows: dict[str, Flow] = field(default_factory=dict)
    lines: dict[str, Line] = field(default_factory=dict)
    redlines: dict[str, RedLineCase] = field(default_factory=dict)
    hints: dict[str, Hint] = field(default_factory=dict)
    acts: dict[str, Act] = field(default_factory=dict)
    types: dict[str, CustomerType] = field(default_factory=dict)
    situations: dict[str, Situation] = field(default_factory=dict)
    pack_of: dict[str, str] = field(default_factory=dict)
    home: dict[str, str] = field(default_factory=dict)
    where: dict[str, Place] = field(default_factory=dict)
    tests: dict[str, list[tuple[str, dict[str, Any]]]] = field(default_factory=dict)

    @cached_property
    def version(self) -> str:
        """Changes whenever any word of any pack changes; a call keeps the version it used."""
        words = [
            {key: item.model_dump(mode="json") for key, item in sorted(table.items())}
            for table in (self.packs, self.flows, self.lines, self.redlines, self.hints)
        ]
        return f"{len(self.packs)} packs#{digest(words)[:12]}"

    # -- who leads a call and whose lines it may use

    def lead(self, stage: str, product: str | None = "credit_card", agency: bool = False) -> str:
        """Name of the pack whose flow leads a call: the most specific one that calls in this stage.

        An agency's pack goes before a product's, a product's before one for all products. Raises `KeyError`: none fits.
        """
        best: list[tuple[int, str]] = []
        for name, pack in self.packs.items():
            if pack.overlays or not pack.calls or name not in self.flows or stage not in pack.stages:
                continue
            if pack.agency is not None and pack.agency != agency:
                continue
            if pack.products and product not in pack.products:
                continue
            best.append((-4 * (pack.agency is not None) - 2 * bool(pack.products), name))
        if not best:
            raise KeyError(stage)
        return min(best)[1]

    def flow_for(self, stage: str, product: str | None = "credit_card", agency: bool = False) -> tuple[str, Flow]:
        """Pack name and flow that lead a call in this stage. Raises `KeyError`: none fits."""
        name = self.lead(stage, product, agency)
        return name, self.flows[name]

    def scope(self, lead: str) -> tuple[str, ...]:
        """The packs whose lines a call led by `lead` may use: itself, then what it includes, nearest first."""
        if lead not in self._scopes:
            self._scopes[lead] = self._reach(lead)
        return self._scopes[lead]

    @cached_property
    def _scopes(self) -> dict[str, tuple[str, ...]]:
        return {}

    def _reach(self, lead: str) -> tuple[str, ...]:
        order: list[str] = []
        waiting = [lead]
        while waiting:
            name = waiting.pop(0)
            if name in order or name not in self.packs:
                continue
            order.append(name)
            waiting += self.packs[name].includes
        if "common" in order:
            order.append(order.pop(order.index("common")))
        return tuple(order)

    # -- finding lines

    def replies(
        self,
        act: str,
        *,
        stage: str,
        party: str = "customer",
        scope: tuple[str, ...] | None = None,
        product: str | None = None,
        channel: str = "call",
    ) -> list[Line]:
        """Lines that answer an act, those of the stage first, then borrowed ones (`BORROWS`), within that by scope.

        A family member or other third party only ever gets third-party lines. `scope` None: all packs, in name order.
        """
        return self._find("act", act, stage, party, scope, product, channel)

    def step(
        self,
        name: str,
        *,
        stage: str,
        party: str = "customer",
        scope: tuple[str, ...] | None = None,
        product: str | None = None,
    ) -> list[Line]:
        """Lines of a step (opening, verify, recording …) of the nearest stage that has any."""
        found = self._find("step", name, stage, party, scope, product, "call")
        return [line for line in found if line.stage == found[0].stage] if found else []

    def situation(
        self, name: str, *, party: str = "customer", scope: tuple[str, ...] | None = None, product: str | None = None
    ) -> list[Line]:
        """Lines for a special account (P1-5), whatever the stage of the call."""
        return self._find("situation", name, "special", party, scope, product, "call")

    @cached_property
    def _index(self) -> dict[tuple[str, str, str, str], tuple[Line, ...]]:
        """Lines in file order by (act | step | situation, its name, stage, side)."""
        found: defaultdict[tuple[str, str, str, str], list[Line]] = defaultdict(list)
        for line in self.lines.values():
            keys = [("act", act) for act in dict.fromkeys(line.answers)]
            keys += [("step", line.step)] if line.step else []
            keys += [("situation", name) for name in dict.fromkeys(line.situation)]
            for kind, name in keys:
                found[kind, name, line.stage, line.party].append(line)
        return {key: tuple(lines) for key, lines in found.items()}

    def _find(
        self,
        kind: str,
        name: str,
        stage: str,
        party: str,
        scope: tuple[str, ...] | None,
        product: str | None,
        channel: str,
    ) -> list[Line]:
        rank = {pack: place for place, pack in enumerate(scope if scope is not None else sorted(self.packs))}
        side = "customer" if party == "customer" else "family"
        found: list[Line] = []
        for where in self._stages(stage, party):
            fitting = [
                line
                for line in self._index.get((kind, name, where, side), ())
                if channel in line.channels
                and self.home[line.id] in rank
                and (product is None or not line.products or product in line.products)
            ]
            found += sorted(fitting, key=lambda line: rank[self.home[line.id]])
        return found

    @staticmethod
    def _stages(stage: str, party: str) -> tuple[str, ...]:
        if party != "customer":
            return ("third_party",)
        return BORROWS.get(stage, (stage, "special") if stage != "special" else ("special",))

    def line(self, line_id: str) -> Line:
        """The line with this id; raises `KeyError`."""
        return self.lines[line_id]

    def flow(self, pack: str) -> Flow:
        """The flow of a pack; raises `KeyError`."""
        return self.flows[pack]

    def departments(self) -> frozenset[str]:
        """All approved department names."""
        return frozenset(name for pack in self.packs.values() for name in pack.departments)

    def conversations(self) -> Iterator[tuple[str, str, dict[str, Any]]]:
        """Every conversation test as (pack, file, conversation)."""
        for pack, cases in self.tests.items():
            for file, case in cases:
                yield pack, file, case
