"""The process as data: what truly comes next (packs/escalation/default.yaml), what further columns of an import say
(packs/escalation/fields.yaml), where the nearest outlet is (packs/outlets). Nothing is named that is not known."""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from fairdue.core.text import Text
from fairdue.packs import PACKS, read_yaml

EVERYWHERE = "*"


@dataclass(frozen=True, slots=True)
class NextStep:
    """A step of the process, in words that follow "the next step is …", with the rules that allow it."""

    id: str
    words: Text
    cites: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    step: NextStep
    start: int
    end: int
    needs: frozenset[str]
    unless: frozenset[str]


@lru_cache(maxsize=4)
def _tables(path: Path) -> dict[str, tuple[_Row, ...]]:
    return {
        product: tuple(
            _Row(
                NextStep(row["id"], Text(row["zh"], row["en"]), tuple(row["cites"])),
                row["from"],
                row.get("to", 10**6),
                frozenset(row.get("needs", ())),
                frozenset(row.get("unless", ())),
            )
            for row in rows
        )
        for product, rows in read_yaml(path)["tables"].items()
    }


def next_step(product: str, dpd: int, known: Set[str]) -> NextStep | None:
    """The step that comes next for an account `dpd` days late when the facts in `known` are proven; None: name none.

    Raises `PackError` when the organisation's own file (`FAIRDUE_ESCALATION`) cannot be read.
    """
    tables = _tables(Path(settings.FAIRDUE_ESCALATION or PACKS / "escalation" / "default.yaml"))
    for row in tables.get(product, tables["default"]):
        if row.start <= dpd <= row.end and row.needs <= known and not row.unless & known:
            return row.step
    return None


@lru_cache(maxsize=1)
def _fields() -> Mapping[str, Any]:
    return read_yaml(PACKS / "escalation" / "fields.yaml")


def facts_in(extra: Mapping[str, Any]) -> frozenset[str]:
    """Facts that an account's further columns prove; a missing or other value proves nothing."""
    yes = {str(word).lower() for word in _fields()["yes"]}
    return frozenset(
        fact
        for fact, columns in _fields()["facts"].items()
        if any(str(extra.get(column, "")).strip().lower() in yes for column in columns)
    )


def value_in(extra: Mapping[str, Any], name: str) -> str:
    """Text of the first column known for `name` that is filled; "" when there is none."""
    columns = _fields()["values"][name]
    return next((str(extra[column]).strip() for column in columns if str(extra.get(column, "")).strip()), "")


@dataclass(frozen=True, slots=True)
class Outlet:
    """A place where one can pay or ask in person."""

    name: str
    hours: str


@lru_cache(maxsize=4)
def _outlets(path: Path) -> tuple[bool, Mapping[str, Outlet]]:
    raw = read_yaml(path)
    return bool(raw.get("sample")), {row["region"]: Outlet(row["name"], row["hours"]) for row in raw["outlets"]}


def outlet_in(region: str) -> Outlet | None:
    """The outlet of a region, else the one for everywhere; None when none is known. Sample outlets only in the demo."""
    sample, known = _outlets(Path(settings.FAIRDUE_OUTLETS or PACKS / "outlets" / "sample.yaml"))
    if sample and not settings.FAIRDUE_DEMO:
        return None
    return known.get(region) or known.get(EVERYWHERE)
