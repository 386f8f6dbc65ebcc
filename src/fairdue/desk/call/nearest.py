"""Which offered line an agent really said: how alike two sayings are, by pairs of characters, without figures."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

from fairdue.dialogue.wording import normalise

ALIKE = 55
"""Percent of shared pairs from which a saying counts as the line; below it the words stand for themselves."""
_FIGURES = re.compile(r"[\d零一二三四五六七八九十百千万两]+")


@dataclass(frozen=True, slots=True)
class Match:
    """The line and how alike the words are, in percent."""

    line_id: str
    percent: int


def _pairs(text: str) -> Counter[str]:
    plain = _FIGURES.sub("0", normalise(text))
    return Counter(plain[at : at + 2] for at in range(len(plain) - 1))


def likeness(one: str, other: str) -> int:
    """Shared pairs of characters of both sayings, in percent (Dice): 100 the same, 0 nothing in common."""
    left, right = _pairs(one), _pairs(other)
    both = left.total() + right.total()
    return 200 * (left & right).total() // both if both else 0


def nearest(text: str, lines: Mapping[str, str]) -> Match | None:
    """The line that comes nearest to what was said; None when none is alike enough. `lines` are words by line id."""
    scored = [(likeness(text, words), line_id) for line_id, words in lines.items()]
    percent, line_id = max(scored, default=(0, ""))
    return Match(line_id, percent) if percent >= ALIKE else None
