"""Bind a mapping's columns to a file's header and read them a column at a time.

Reading by column keeps the per-cell work to one dictionary look-up or one parser call; repeated values (products,
dates, statuses) are read once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any

from fairdue.core.findings import Finding, Place

from . import values as v
from .mapping import ColumnSpec, Mapping
from .wording import finding

CACHE = 50_000


@dataclass
class Bound:
    """A column spec with its positions in the file (several when the header repeats the name; empty when absent)."""

    spec: ColumnSpec
    name: str
    positions: tuple[int, ...]
    parser: v.Parser
    cache: dict[str, Any] = field(default_factory=dict)

    def read(self, cells: Sequence[str]) -> tuple[list[Any], dict[int, v.CellError]]:
        """Values of one column, row by row; a bad cell gives None and its error by index. Empty gives the default."""
        cache, parser, default = self.cache, self.parser, self.spec.default
        out: list[Any] = []
        errors: dict[int, v.CellError] = {}
        if len(cache) > CACHE:
            cache.clear()
        for index, raw in enumerate(cells):
            value = cache.get(raw)
            if value is None:
                stripped = raw.strip()
                if not stripped:
                    value = default
                    if value is None and self.spec.required:
                        errors[index] = v.CellError("import.cell.required")
                else:
                    try:
                        value = cache[raw] = parser(stripped)
                    except v.CellError as exc:
                        errors[index] = exc
            out.append(value)
        return out, errors


def parser_for(spec: ColumnSpec, zone: str) -> v.Parser:
    """The parser of a column's type."""
    kinds: dict[str, v.Parser] = {
        "money": v.money_parser(spec.unit),
        "integer": v.integer_parser(),
        "flag": v.flag_parser(),
        "phone": v.phone_parser(),
        "email": v.email_parser(),
        "id_card": v.id_card_parser(),
        "list": v.list_parser(),
    }
    if spec.type == "id":
        return v.id_parser(spec.prefix)
    if spec.type == "enum":
        return v.enum_parser(spec.values)
    if spec.type == "date":
        return v.date_parser(spec.formats)
    if spec.type == "instant":
        return v.instant_parser(zone, spec.formats)
    return kinds.get(spec.type) or v.text_parser(spec.prefix)


def bind(mapping: Mapping, header: tuple[str, ...], file: str) -> tuple[dict[str, Bound], list[Finding]]:
    """Every spec of the mapping bound by field name; findings for missing, repeated and unread columns.

    Lines are bound as `line.N`, `line.N.role`, `line.N.name`.
    """
    binder = _Binder(mapping, header, file)
    bound = {spec.field: binder.one(spec) for spec in mapping.columns}
    for number, line in enumerate(mapping.lines):
        bound[f"line.{number}"] = binder.one(line.column)
        for part, spec in (("role", line.role_column), ("name", line.name_column)):
            if spec is not None:
                bound[f"line.{number}.{part}"] = binder.one(spec)
    for name in [*(c.column for c in mapping.only_when), *mapping.extra]:
        if v.column_key(name) not in binder.at:
            binder.missing(name, needed=name not in mapping.extra)
    return bound, binder.finish()


class _Binder:
    """Finds columns by name and gathers what is worth saying about the header."""

    def __init__(self, mapping: Mapping, header: tuple[str, ...], file: str) -> None:
        self.header, self.file, self.row, self.zone = header, file, mapping.header, mapping.zone
        self.at: dict[str, list[int]] = {}
        for index, name in enumerate(header):
            self.at.setdefault(v.column_key(name), []).append(index)
        wanted = {v.column_key(name) for name in mapping.wanted()}
        self.unread = [name for name in header if name.strip() and v.column_key(name) not in wanted]
        self.absent: dict[str, None] = {}
        self.findings: dict[tuple[str, str], Finding] = {}

    def one(self, spec: ColumnSpec) -> Bound:
        parser = parser_for(spec, self.zone)
        for name in spec.names:
            positions = self.at.get(v.column_key(name))
            if positions:
                if len(positions) > 1:
                    self._say("import.column.twice", name)
                return Bound(spec, self.header[positions[0]], tuple(positions), parser)
        if spec.names:
            self.missing(spec.names[0], needed=spec.required)
        return Bound(spec, spec.names[0] if spec.names else spec.field, (), parser)

    def missing(self, name: str, needed: bool) -> None:
        """A needed column is an error; an optional one is worth a warning only when it looks renamed."""
        near = get_close_matches(name, self.unread, 1, 0.6)
        if needed:
            zh, en = (f"文件里有“{near[0]}”,是不是它?", f"The file has {near[0]!r}: is that it?") if near else ("", "")
            self._say("import.column.missing", name, near_zh=zh, near_en=en)
        elif near:
            self._say("import.column.renamed", name, near=near[0])
        else:
            self.absent[name] = None

    def finish(self) -> list[Finding]:
        """All findings, errors first in column order; absent and unread columns in one line each."""
        out = list(self.findings.values())
        for code, names in (("import.column.absent", list(self.absent)), ("import.column.unread", self.unread)):
            if names:
                out.append(finding(code, Place(self.file, self.row), value="、".join(names)))
        return out

    def _say(self, code: str, name: str, **values: object) -> None:
        place = Place(self.file, self.row, name)
        self.findings.setdefault((code, name), finding(code, place, value=name, **values))


def line_value(kind: str, raw: str) -> str:
    """The value of a line by its kind: phone digits, an e-mail address, or an address as text. Raises `CellError`."""
    parsers = {"address": v.text_parser(), "email": v.email_parser()}
    return str((parsers.get(kind) or v.phone_parser())(raw))
