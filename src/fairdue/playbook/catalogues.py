"""What packs may refer to: practice rows, citations, claims that need a fact."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fairdue.core.text import Text
from fairdue.packs import PACKS, read_yaml


@dataclass(frozen=True, slots=True)
class PracticeRow:
    """A row of the practice: `law` is ok, adapt or red; `red_part` marks a lawful row with an unlawful old way."""

    id: str
    title: Text
    law: str
    red_part: bool

    @property
    def needs_line(self) -> bool:
        """True when a lawful form exists that lines, hints or rules must carry."""
        return self.law != "red" or self.red_part

    @property
    def needs_redline(self) -> bool:
        """True when the row, or a part of it, is unlawful and must stand as a red-line case."""
        return self.law == "red" or self.red_part


@lru_cache(maxsize=1)
def practice_rows() -> dict[str, PracticeRow]:
    """Rows P1-0.1 … P13-3 by id."""
    raw = read_yaml(PACKS / "practice-rows.yaml")["rows"]
    return {key: PracticeRow(key, Text(row["zh"], row["en"]), row["law"], "also" in row) for key, row in raw.items()}


@lru_cache(maxsize=1)
def at_length() -> tuple[str, ...]:
    """Acts that the practice treats at length."""
    return tuple(read_yaml(PACKS / "practice-rows.yaml")["at_length"])


@lru_cache(maxsize=1)
def citations() -> dict[str, dict[str, Any]]:
    """Rules that may be cited: instrument, article, confidence by id."""
    return dict(read_yaml(PACKS / "citations.yaml")["citations"])


@dataclass(frozen=True, slots=True)
class Claim:
    """Words that state a fact: a line that says them must need one of `needs` (see packs/claims.yaml)."""

    pattern: re.Pattern[str]
    needs: tuple[str, ...]
    meaning: Text


@lru_cache(maxsize=1)
def claims() -> tuple[Claim, ...]:
    """All claims, in file order."""
    rows = read_yaml(PACKS / "claims.yaml")["claims"]
    return tuple(Claim(re.compile(r["says"]), tuple(r["needs"]), Text(r["zh"], r["en"])) for r in rows)


def source_rows(source: str) -> list[str]:
    """The row ids in a `source` text such as "P2-4, P1-2.2a"."""
    return [part for part in re.split(r"[,;、\s]+", source) if part]
