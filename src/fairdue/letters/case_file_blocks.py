"""Building blocks of the case file's pages: paragraphs, pairs, tables, and texts that cannot run over the edge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from fairdue.core.money import format_grouped

Block = dict[str, Any]

LONGEST_RUN = 18
"""A run of letters without a space that is longer may not fit a column; it may then break anywhere."""

_RUN = re.compile(rf"[!-~]{{{LONGEST_RUN + 1},}}")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]")


def soft(text: object) -> str:
    """A text that breaks everywhere it must: no control signs, an invisible break after each few letters of a long run."""
    clean = _CONTROL.sub(" ", str(text))
    return _RUN.sub(lambda m: "\u200b".join(m[0][at : at + 6] for at in range(0, len(m[0]), 6)), clean)


def paragraph(text: str, tone: str = "") -> Block:
    """A paragraph; tone "good", "bad", "warn" or "muted" colours it."""
    return {"k": "p", "t": soft(text), "tone": tone}


def heading(text: str) -> Block:
    """A heading inside a chapter."""
    return {"k": "h", "t": soft(text)}


def pairs(rows: Iterable[Sequence[object]]) -> Block:
    """Label and value, one pair a line."""
    return {"k": "pairs", "rows": [[soft(label), soft(value)] for label, value in rows]}


def row(cells: Iterable[object], under: Iterable[str] = (), tone: str = "") -> dict[str, Any]:
    """A row of a table; `under` stands below it over the whole width."""
    return {"c": [soft(cell) for cell in cells], "u": [soft(line) for line in under if line], "tone": tone}


def table(
    columns: Sequence[str],
    widths: Sequence[float],
    rows: Sequence[dict[str, Any]],
    *,
    size: float = 8.5,
    right: Sequence[int] = (),
) -> Block:
    """A table whose columns share the width by `widths`, with its head repeated on each page; `right`: columns of figures."""
    return {
        "k": "table",
        "cols": list(columns),
        "w": list(widths),
        "rows": list(rows),
        "size": size,
        "right": list(right),
    }


def codes(rows: Iterable[Sequence[object]]) -> Block:
    """Names with long codes (digests, keys) in fixed width."""
    return {"k": "codes", "rows": [[soft(label), str(code)] for label, code in rows]}


def money(fen: int | None) -> str:
    """`1,234.50`, an em dash for None."""
    return "—" if fen is None else format_grouped(fen)


def clock(at: dict[str, str] | None, *, zone: bool = False, seconds: bool = True) -> str:
    """A moment on its local clock, as `2026-03-02 10:15:00`; with its zone when asked for."""
    if at is None:
        return "—"
    shown = at["local"][: 19 if seconds else 16].replace("T", " ")
    return f"{shown} {at['zone']}" if zone else shown


def span(seconds: int, lang: str) -> str:
    """A length of time: `75 秒`, `75 s`."""
    return f"{seconds} 秒" if lang == "zh" else f"{seconds} s"
