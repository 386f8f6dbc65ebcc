"""Read a portfolio: a feed and a mapping in, records, rejected rows, findings and totals out. No database, no clock.

Rows are read in chunks and columns at a time. A bad row never stops the rest: it becomes findings and a `RejectedRow`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

from fairdue.core.findings import Finding, Place, Severity

from . import records as rec
from .builders import BUILDERS, Context, Harvest
from .columns import Bound, bind
from .computed import RULES
from .fields import KEY
from .identities import identity_maker
from .mapping import Condition, Mapping
from .readers import DamagedFeedError, Layout, RawRow, open_table
from .totals import ColumnSum, Totals
from .values import CellError, column_key, integer_parser, plain
from .wording import finding, quoted

CHUNK = 5_000
Progress = Callable[[int, int], None]
"""Called with `(rows done, rows expected)` after every chunk; the second is an upper bound until the end."""


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """A row that was not taken: its place, its text (CSV) or cells, its number when readable, and the finding codes."""

    row: int
    raw: str
    cells: tuple[str, ...]
    key: str
    codes: tuple[str, ...]


@dataclass(frozen=True)
class ImportResult:
    """Everything a feed said. `usable` is False when the file as a whole could not be read or lacks needed columns."""

    mapping: Mapping
    file: str
    as_of: date | None
    usable: bool
    customers: tuple[rec.CustomerRecord, ...] = ()
    lines: tuple[rec.LineRecord, ...] = ()
    accounts: tuple[rec.AccountRecord, ...] = ()
    events: tuple[rec.EventRecord, ...] = ()
    history: tuple[rec.HistoryRecord, ...] = ()
    holds: tuple[rec.HoldRecord, ...] = ()
    rejected: tuple[RejectedRow, ...] = ()
    excluded_keys: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()
    totals: Totals = field(default_factory=Totals)
    layout: Layout | None = None


def read_portfolio(
    path: Path | str,
    mapping: Mapping,
    as_of: date | None = None,
    progress: Progress | None = None,
    chunk: int = CHUNK,
) -> ImportResult:
    """Read `path` through `mapping`. `as_of`: the day the data speaks of; default the mapping's own, else unknown.

    Never raises on bad input: a file that cannot be used gives `usable=False` with an error finding.
    """
    path = Path(path)
    day = as_of or mapping.as_of
    dated = any(RULES[spec.rule].dated for spec in mapping.computed)
    if dated and day is None:
        return ImportResult(mapping, path.name, day, False, findings=(finding("import.file.as_of", Place(path.name)),))
    table, findings = open_table(path, mapping)
    if table is None:
        return ImportResult(mapping, path.name, day, False, findings=tuple(findings))
    bound, header_findings = bind(mapping, table.layout.columns, path.name)
    findings += header_findings
    if any(f.severity is Severity.ERROR for f in findings):
        return ImportResult(mapping, path.name, day, False, findings=tuple(findings), layout=table.layout)
    run = _Run(mapping, table.layout, bound, day, findings)
    rows = table.rows()
    done = 0
    try:
        while batch := list(islice(rows, chunk)):
            run.take(batch)
            done += len(batch)
            if progress is not None:
                progress(done, max(done, table.total))
    except DamagedFeedError as exc:
        damaged = finding("import.file.damaged", Place(path.name), value=str(exc))
        return ImportResult(mapping, path.name, day, False, findings=(damaged, *findings), layout=table.layout)
    if progress is not None:
        progress(done, done)
    if done == 0:
        run.findings.append(finding("import.file.no_rows", Place(path.name)))
    return run.result()


class _Run:
    """The state of one import while its chunks are read."""

    def __init__(
        self, mapping: Mapping, layout: Layout, bound: dict[str, Bound], as_of: date | None, findings: list[Finding]
    ) -> None:
        self.mapping, self.layout, self.bound, self.as_of = mapping, layout, bound, as_of
        self.findings = findings
        self.harvest = Harvest()
        self.totals = Totals()
        self.rejected: list[RejectedRow] = []
        self.excluded_keys: set[str] = set()
        self.seen: dict[str, tuple[int, int, tuple[int, ...]]] = {}
        self.key_fields = [name for name in KEY.get(mapping.kind, ()) if name in bound]
        self.build = BUILDERS[mapping.kind]
        self.money = [b for b in bound.values() if b.spec.type == "money" and b.positions]
        self.sums = [self.totals.columns.setdefault(b.name, ColumnSum()) for b in self.money]
        self.plain_fields = [name for name in bound if not name.startswith("line.")]
        self.rules = [(spec.field, RULES[spec.rule].run, spec.args) for spec in mapping.computed]
        header = {column_key(name): index for index, name in reversed(list(enumerate(layout.columns)))}
        self.extra = [(name, header[column_key(name)]) for name in mapping.extra if column_key(name) in header]
        self.conditions = [(header[column_key(c.column)], c) for c in mapping.only_when]
        who = mapping.identities
        maker = identity_maker(who.seed, who.gender, who.age, as_of) if who is not None else None
        has = {name for name, b in bound.items() if b.positions or b.spec.default is not None}
        has |= {spec.field for spec in mapping.computed}
        self.context = Context(mapping.zone, as_of, maker, mapping.duplicate_rows == "last_wins", frozenset(has))

    def take(self, batch: list[RawRow]) -> None:
        """Read one chunk of rows."""
        self.totals.rows += len(batch)
        good: list[RawRow] = []
        for row in batch:
            if row.cells is None:
                where = Place(self.layout.file, row.row)
                known = len(self.layout.columns)
                self.findings.append(finding(row.code, where, value=len(row.broken), known=known))
                self._reject(row, "", (row.code,), None)
            else:
                good.append(row)
        if not good:
            return
        by_column = list(zip(*[row.cells for row in good if row.cells is not None], strict=True))
        values: dict[str, list[Any]] = {}
        errors: dict[int, list[tuple[Bound, str, CellError]]] = {}
        for name, column in self.bound.items():
            values[name] = self._read(column, by_column, len(good), errors)
        moneys = [values[b.spec.field] for b in self.money]
        for sums, cells in zip(self.sums, moneys, strict=True):
            sums.file_fen += sum(cell for cell in cells if cell is not None)
        for index, row in enumerate(good):
            amounts = tuple([cells[index] or 0 for cells in moneys])
            self._row(index, row, values, amounts, errors.get(index, []))

    def _read(
        self,
        column: Bound,
        by_column: list[tuple[str, ...]],
        rows: int,
        errors: dict[int, list[tuple[Bound, str, CellError]]],
    ) -> list[Any]:
        if not column.positions:
            return [column.spec.default] * rows
        cells = by_column[column.positions[0]]
        out, bad = column.read(cells)
        for copy in column.positions[1:]:
            for index, (one, other) in enumerate(zip(cells, by_column[copy], strict=True)):
                if one.strip() != other.strip():
                    bad[index] = CellError("import.cell.copies_differ")
        for index, error in bad.items():
            errors.setdefault(index, []).append((column, cells[index], error))
        return out

    def _row(
        self,
        index: int,
        row: RawRow,
        values: dict[str, list[Any]],
        amounts: tuple[int, ...],
        errors: list[tuple[Bound, str, CellError]],
    ) -> None:
        cells = row.cells or []
        key = self._key(values, index)
        if not all(_holds(condition, cells[at]) for at, condition in self.conditions):
            self._exclude(key, amounts)
            return
        codes = self._errors(row, errors)
        if codes:
            self._reject(row, key, codes, amounts)
            return
        place = Place(self.layout.file, row.row)
        if self._duplicate(key, place):
            self._reject(row, key, ("import.row.duplicate",), amounts)
            return
        one = {name: values[name][index] for name in self.plain_fields}
        if self.extra:
            one["extra"] = tuple([(name, cells[at]) for name, at in self.extra])
        for name, run, args in self.rules:
            one[name] = run(one, args, self.as_of)
        if self.mapping.lines:
            one["lines"] = self._lines(values, index)
        found = self.build(one, place, self.harvest, self.context)
        if found:
            self.findings += found
            bad = tuple(f.code for f in found if f.severity is Severity.ERROR)
            if bad:
                self._reject(row, key, bad, amounts)
                return
        self._accept(key, place, amounts)

    def _errors(self, row: RawRow, errors: list[tuple[Bound, str, CellError]]) -> tuple[str, ...]:
        """Report the row's bad cells; the codes that reject it (blanked cells do not)."""
        codes = []
        for column, raw, error in errors:
            place = Place(self.layout.file, row.row, column.name)
            near = (
                {"near_zh": f"是不是“{error.near}”?", "near_en": f"Did you mean {error.near!r}?"} if error.near else {}
            )
            found = finding(error.code, place, value=quoted(raw, column.spec.type), known=error.known, **near)
            if column.spec.blank_when_bad and error.code != "import.cell.copies_differ":
                blanked = finding("import.cell.blanked", place)
                self.findings.append(Finding(error.code, found.what, blanked.what, found.mend, place, Severity.WARNING))
            else:
                self.findings.append(found)
                codes.append(error.code)
        return tuple(codes)

    def _duplicate(self, key: str, place: Place) -> bool:
        """True when the row is refused as a duplicate; under `last_wins` the earlier row is taken back instead."""
        before = self.seen.get(key) if key else None
        if before is None:
            return False
        row, index, amounts = before
        if not self.context.last_wins:
            where = Place(place.file, place.row, self._key_column())
            self.findings.append(finding("import.row.duplicate", where, value=key, known=row))
            return True
        where = Place(place.file, row, self._key_column())
        self.findings.append(finding("import.row.superseded", where, value=key, known=place.row))
        if self.mapping.kind == "accounts":
            self.harvest.accounts[index] = None
        else:
            self.harvest.events[index] = None
        self.totals.taken -= 1
        self.totals.excluded += 1
        for sums, amount in zip(self.sums, amounts, strict=True):
            sums.taken_fen -= amount
            sums.excluded_fen += amount
        return False

    def _key(self, values: dict[str, list[Any]], index: int) -> str:
        """The number of a row, empty when a part of it is not readable."""
        if len(self.key_fields) == 1:
            return str(values[self.key_fields[0]][index] or "")
        parts = [values[name][index] for name in self.key_fields]
        return " ".join(parts) if parts and all(parts) else ""

    def _key_column(self) -> str:
        return self.bound[self.key_fields[-1]].name

    def _lines(self, values: dict[str, list[Any]], index: int) -> list[tuple[str, str, str, str | None, str]]:
        out = []
        for number, spec in enumerate(self.mapping.lines):
            value = values[f"line.{number}"][index]
            if value:
                role = values[f"line.{number}.role"][index] if spec.role_column else None
                name = values[f"line.{number}.name"][index] if spec.name_column else None
                out.append((spec.kind, value, role or spec.role, name, spec.source))
        return out

    def _accept(self, key: str, place: Place, amounts: tuple[int, ...]) -> None:
        self.totals.taken += 1
        if key:
            kept = self.harvest.accounts if self.mapping.kind == "accounts" else self.harvest.events
            self.seen[key] = (place.row or 0, len(kept) - 1, amounts)
        for sums, amount in zip(self.sums, amounts, strict=True):
            sums.taken_fen += amount

    def _exclude(self, key: str, amounts: tuple[int, ...]) -> None:
        self.totals.excluded += 1
        if key:
            self.excluded_keys.add(key)
        for sums, amount in zip(self.sums, amounts, strict=True):
            sums.excluded_fen += amount

    def _reject(self, row: RawRow, key: str, codes: tuple[str, ...], amounts: tuple[int, ...] | None) -> None:
        self.totals.rejected += 1
        self.rejected.append(RejectedRow(row.row, row.raw, tuple(row.cells or row.broken), key, codes))
        for index, sums in enumerate(self.sums):
            if amounts is None:
                sums.unreadable += 1
            else:
                sums.rejected_fen += amounts[index]

    def result(self) -> ImportResult:
        """The finished result."""
        harvest, totals = self.harvest, self.totals
        accounts = tuple(a for a in harvest.accounts if a is not None)
        events = tuple(e for e in harvest.events if e is not None)
        if self.mapping.kind == "accounts":
            totals.records["principal_fen"] = sum(a.principal_fen for a in accounts)
            totals.records["due_fen"] = sum(a.due_fen for a in accounts)
            totals.records["credit_fen"] = sum(a.credit_fen for a in accounts)
        elif self.mapping.kind == "payments":
            totals.records["amount_fen"] = sum(e.amount_fen for e in events)
        return ImportResult(
            mapping=self.mapping,
            file=self.layout.file,
            as_of=self.as_of,
            usable=True,
            customers=tuple(harvest.customers.values()),
            lines=tuple(harvest.lines.values()),
            accounts=accounts,
            events=events,
            history=tuple(harvest.history),
            holds=tuple(harvest.holds),
            rejected=tuple(sorted(self.rejected, key=lambda r: r.row)),
            excluded_keys=frozenset(self.excluded_keys),
            findings=tuple(sorted(self.findings, key=lambda f: f.place.row or 0)),
            totals=totals,
            layout=self.layout,
        )


def _holds(condition: Condition, cell: str) -> bool:
    """Whether a row passes `only_when`; a cell that is no number does not reach `at_least`."""
    text = plain(cell)
    if condition.within is not None:
        return text in condition.within
    if condition.without is not None:
        return text not in condition.without
    try:
        return bool(integer_parser()(text) >= (condition.at_least or 0))
    except CellError:
        return False
