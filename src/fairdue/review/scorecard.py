"""The weighted scorecard: items and weights are data (packs/review/scorecard.yaml), the checks are facts of the verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fairdue.core.text import Text
from fairdue.packs import PACKS, PackError, line_of, read_yaml

CODES = frozenset({"identity", "institution", "recording", "language", "channel", "reason", "outcome", "closing"})


@dataclass(frozen=True, slots=True)
class Item:
    """One item: its share of 100, and whether failing it makes the whole score 0."""

    code: str
    weight: int
    fatal: bool
    name: Text


def load_scorecard(path: Path | None = None) -> tuple[Item, ...]:
    """The items. Raises `PackError` with file and line for an unknown or doubled code, or weights that do not sum to 100."""
    where = path or PACKS / "review" / "scorecard.yaml"
    rows: Sequence[Mapping[str, Any]] = read_yaml(where)["items"]
    items: list[Item] = []
    for row in rows:
        if row["code"] not in CODES or any(item.code == row["code"] for item in items):
            raise PackError(f"{where}:{line_of(row)}: {row['code']!r} is unknown or written twice", where, line_of(row))
        items.append(Item(row["code"], row["weight"], row["fatal"], Text(row["zh"], row["en"])))
    total = sum(item.weight for item in items)
    if total != 100:
        raise PackError(f"{where}: the weights sum to {total}; make them sum to 100", where)
    return tuple(items)


def score(items: Sequence[Item], failed: frozenset[str]) -> int:
    """0..100: the weights of the items that did not fail; 0 when a fatal one failed."""
    if any(item.fatal and item.code in failed for item in items):
        return 0
    return sum(item.weight for item in items if item.code not in failed)
