"""The night's data: phase tables, rhythm, score table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time
from typing import Any

from fairdue.core.text import Text
from fairdue.packs import PACKS, read_yaml


@dataclass(frozen=True, slots=True)
class Round:
    """One round of the day (P3-2): by when (local time) and for whom (`all`, `not_reached`, `promised_today`)."""

    code: str
    title: Text
    by: time
    who: str


def load_rhythm() -> list[Round]:
    """The rounds in order of time."""
    rows = read_yaml(PACKS / "rhythm" / "default.yaml")["rounds"]
    rounds = [
        Round(r["code"], Text(r["title"]["zh"], r["title"]["en"]), time.fromisoformat(r["by"]), r["who"]) for r in rows
    ]
    return sorted(rounds, key=lambda r: r.by)


def load_stage_names() -> dict[str, Text]:
    """Stage code → name."""
    stages = read_yaml(PACKS / "phases" / "default.yaml")["stages"]
    return {code: Text(name["zh"], name["en"]) for code, name in stages.items()}


def phase_rows() -> tuple[list[tuple[str, str, int, int]], int]:
    """`(product, stage, from, to)` rows and the number of days before a due date on which a reminder begins."""
    raw = read_yaml(PACKS / "phases" / "default.yaml")
    rows = [
        (product, row["stage"], row["from"], row["to"]) for product, table in raw["tables"].items() for row in table
    ]
    return rows, raw["pre_due_days"]


def score_table() -> dict[str, Any]:
    """The transparent score's numbers, parts per million."""
    table: dict[str, Any] = read_yaml(PACKS / "scores" / "transparent.yaml")
    return table


def load_script_names() -> dict[str, Text]:
    """Which lines fit (P1): `first`, `repeat`, `pre_due`, `due_day` → name."""
    scripts = read_yaml(PACKS / "phases" / "default.yaml")["scripts"]
    return {code: Text(name["zh"], name["en"]) for code, name in scripts.items()}


def repeat_from() -> dict[str, int]:
    """Counts of promises, broken promises and conversations from any of which a contact is a repeat one."""
    counts: dict[str, int] = read_yaml(PACKS / "phases" / "default.yaml")["repeat_from"]
    return counts


def limits() -> dict[str, int]:
    """Caps the night already applies (the gate decides again) and the support that a best hour needs."""
    raw = read_yaml(PACKS / "rhythm" / "default.yaml")
    return {**raw["limits"], "best_hour_minimum": raw["best_hour_minimum"]}
