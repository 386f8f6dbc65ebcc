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
    if spec.type == "enum":
        return v.enum_parser(spec.values)
    if spec.type == "date":
        return v.date_parser(spec.formats)
    if spec.type == "instant":
        return v.instant_parser(zone, spec.formats)
    return kinds.get(spec.type) or v.text_parser(spec.prefix)


def bind(mapping: Mapping, header: tuple[str, ...], file: str) -> tuple[dict[str, Bound], list[Finding]]:
    """Every spec of the mapping bound by field name; findings for missing and repeated columns.

    Lines are bound as `line.N`, `line.N.role`, `line.N.name`.
    """
    at: dict[str, list[int]] = {}
    for index, name in enumerate(header):
        at.setdefault(v.column_key(name), []).append(index)
    binder = _Binder(header, at, Place(file, mapping.header), mapping.zone)
    bound = {spec.field: binder.one(spec) for spec in mapping.columns}
    for number, line in enumerate(mapping.lines):
        bound[f"line.{number}"] = binder.one(line.column)
        for part, spec in (("role", line.role_column), ("name", line.name_column)):
            if spec is not None:
                bound[f"line.{number}.{part}"] = binder.one(spec)
    for name in [*(c.column for c in mapping.only_when), *mapping.extra]:
        if v.column_key(name) not in at:
            binder.missing(name, needed=name not in mapping.extra)
    return bound, list({(f.code, f.place): f for f in binder.findings}.values())


class _Binder:
    def __init__(self, header: tuple[str, ...], at: dict[str, list[int]], place: Place, zone: str) -> None:
        self.header, self.at, self.place, self.zone = header, at, place, zone
        self.findings: list[Finding] = []

    def one(self, spec: ColumnSpec) -> Bound:
        for name in spec.names:
            positions = self.at.get(v.column_key(name))
            if positions:
                if len(positions) > 1:
                    self.findings.append(finding("import.column.twice", self._field(name), value=name))
                return Bound(spec, self.header[positions[0]], tuple(positions), parser_for(spec, self.zone))
        if spec.names:
            self.missing(spec.names[0], needed=spec.required)
        return Bound(spec, spec.names[0] if spec.names else spec.field, (), parser_for(spec, self.zone))

    def missing(self, name: str, needed: bool) -> None:
        near = get_close_matches(name, [h for h in self.header if h.strip()], 1, 0.5)
        code = "import.column.missing" if needed else "import.column.optional_missing"
        hint = (
            {"near_zh": f"文件里有“{near[0]}”,是不是它?", "near_en": f"The file has {near[0]!r}: is that it?"}
            if near
            else {}
        )
        self.findings.append(finding(code, self._field(name), value=name, **hint))

    def _field(self, name: str) -> Place:
        return Place(self.place.file, self.place.row, name)


def line_value(kind: str, raw: str) -> str:
    """The value of a line by its kind: phone digits, an e-mail address, or an address as text. Raises `CellError`."""
    parsers = {"address": v.text_parser(), "email": v.email_parser()}
    return str((parsers.get(kind) or v.phone_parser())(raw))
