"""Which line, red-line case, hint or rule carries each row of the practice; a row without any is a hole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from fairdue.packs import PACKS, pack_files, read_yaml

from .catalogues import PracticeRow, citations, practice_rows, source_rows
from .library import Library

ELSEWHERE = ("rhythm", "phases", "scores", "products")
"""Packs beside the playbooks whose `source:` keys name the rows they carry: the day's rounds, stages, worth of a call,
figures of the products."""


@dataclass(frozen=True, slots=True)
class RowCover:
    """A row and the ids that carry it; `rules` are packs' keys (`rhythm/default:rounds`), `cites` the law its lines and
    red-line cases rest on."""

    row: PracticeRow
    lines: tuple[str, ...]
    redlines: tuple[str, ...]
    hints: tuple[str, ...]
    rules: tuple[str, ...]
    cites: tuple[str, ...]

    @property
    def missing(self) -> tuple[str, ...]:
        """What the row lacks: "line" when no line, hint or rule carries its lawful form, "redline" when its unlawful
        part stands in no case."""
        lacks = []
        if self.row.needs_line and not (self.lines or self.hints or self.rules):
            lacks.append("line")
        if self.row.needs_redline and not self.redlines:
            lacks.append("redline")
        return tuple(lacks)


def _by_row(entries: Iterator[tuple[str, str]]) -> dict[str, list[str]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for key, source in entries:
        for row in source_rows(source):
            if key not in found[row]:
                found[row].append(key)
    return found


def _named(value: Any, where: str) -> Iterator[tuple[str, str]]:
    """(place, source) of every mapping below `value` that names its source."""
    if isinstance(value, dict):
        source = value.get("source")
        if isinstance(source, str):
            yield where, source
        for key, item in value.items():
            yield from _named(item, f"{where}:{key}" if isinstance(item, dict) else where)
    elif isinstance(value, list):
        for item in value:
            name = item.get("id") or item.get("code") if isinstance(item, dict) else None
            yield from _named(item, f"{where}:{name}" if name else where)


def _rules() -> Iterator[tuple[str, str]]:
    for folder in ELSEWHERE:
        for path in pack_files(PACKS / folder):
            yield from _named(read_yaml(path), f"{folder}/{path.stem}")


def coverage(library: Library) -> list[RowCover]:
    """Every row of practice-rows.yaml with what carries it, in the practice's order."""
    lines = _by_row((line.id, line.source) for line in library.lines.values())
    redlines = _by_row((case.id, case.source) for case in library.redlines.values())
    hints = _by_row((hint.id, hint.source) for hint in library.hints.values())
    rules = _by_row(_rules())
    known = citations()
    out = []
    for row in practice_rows().values():
        resting = [cite for name in lines.get(row.id, ()) for cite in library.lines[name].cites]
        resting += [cite for name in redlines.get(row.id, ()) for cite in library.redlines[name].cites]
        out.append(
            RowCover(
                row,
                tuple(sorted(lines.get(row.id, ()))),
                tuple(sorted(redlines.get(row.id, ()))),
                tuple(sorted(hints.get(row.id, ()))),
                tuple(sorted(rules.get(row.id, ()))),
                tuple(sorted({cite for cite in resting if cite in known})),
            )
        )
    return out


HEAD = """# Coverage of the practice

Written by `fairdue playbook coverage --write` from the packs themselves. Every row of the practice (`packs/practice-rows.yaml`)
with the lines that say it, the red-line cases that forbid its unlawful form, the hints that teach it, the packs' rules
that carry it, and the law its entries rest on. ok: lawful as it is · adapt: carried in a lawful form · red: unlawful today,
kept as red-line cases only.

"""


def page(covers: list[RowCover]) -> str:
    """The table as Markdown, one section a practice."""
    filled = sum(1 for cover in covers if not cover.missing)
    out = [HEAD, f"{filled} of {len(covers)} rows covered.\n"]
    practice = ""
    for cover in covers:
        name = cover.row.id.split("-", maxsplit=1)[0]
        if name != practice:
            practice = name
            out.append(f"\n## {practice}\n\n| row | law | lines | red lines | hints | rules | cites |\n")
            out.append("|---|---|---|---|---|---|---|\n")
        out.append(_table_row(cover))
    return "".join(out)


def _table_row(cover: RowCover) -> str:
    row = cover.row
    law = f"{row.law} + red" if row.red_part and row.law != "red" else f"{row.law} + ok" if row.red_part else row.law
    title = f"**{row.id}** {row.title.zh} / {row.title.en}".replace("|", "\\|")
    cells = [_cell(ids) for ids in (cover.lines, cover.redlines, cover.hints, cover.rules)]
    lacks = f" **missing: {', '.join(cover.missing)}**" if cover.missing else ""
    return f"| {title}{lacks} | {law} | {' | '.join(cells)} | {', '.join(cover.cites) or '–'} |\n"


def _cell(ids: tuple[str, ...]) -> str:
    if not ids:
        return "–"
    return f"{len(ids)}: {', '.join(ids)}"
