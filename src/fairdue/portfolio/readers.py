"""Open a feed: CSV, Excel or Parquet as a stream of rows of text, each with its place in the file.

`open_table` finds encoding, delimiter and header; `Table.rows()` yields `RawRow`s. A row that cannot be split into
fields is yielded with its finding code instead of cells; blank rows are counted and skipped. Row numbers are 1-based
and count the header: line in a text file, row in a sheet; in Parquet (no header row) the record number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from fairdue.core.findings import Finding, Place

from .mapping import Mapping
from .wording import finding


class DamagedFeedError(Exception):
    """Raised by `Table.rows` when the file breaks off midway; what was read so far is then not to be used."""


class RawRow(NamedTuple):
    """`cells` is None for a broken row; then `code` says why and `broken` holds the fields there are. `raw`: CSV text."""

    row: int
    raw: str
    cells: list[str] | None
    code: str = ""
    broken: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Layout:
    """How the file was written, so that the reject file can be written alike."""

    file: str
    form: str  # csv | xlsx | parquet
    columns: tuple[str, ...]
    encoding: str = "utf-8"
    delimiter: str = ","
    newline: str = "\n"
    sheet: str = ""
    before: tuple[str, ...] = ()  # sheets that stand before, when the mapping counts sheets
    head: tuple[tuple[str, ...], ...] = ()  # everything above the first row: raw lines (CSV) or cells, header included


@dataclass
class Table:
    """An opened feed. `rows` may be called once; `total` is the expected number of rows (an upper bound for CSV)."""

    layout: Layout
    total: int
    rows: Callable[[], Iterator[RawRow]]
    findings: list[Finding] = field(default_factory=list)


def open_table(path: Path, mapping: Mapping) -> tuple[Table | None, list[Finding]]:
    """Open `path` by its suffix. None with an error finding when nothing can be read from it."""
    from . import readers_csv, readers_sheet

    openers = {
        ".csv": readers_csv.open_csv,
        ".txt": readers_csv.open_csv,
        ".tsv": readers_csv.open_csv,
        ".xlsx": readers_sheet.open_sheet,
        ".xls": readers_sheet.open_sheet,
        ".parquet": readers_sheet.open_parquet,
    }
    opener = openers.get(path.suffix.lower())
    place = Place(path.name)
    if opener is None:
        return None, [finding("import.file.format", place, value=path.suffix)]
    try:
        size = path.stat().st_size
        with path.open("rb"):
            pass
    except OSError:
        return None, [finding("import.file.missing", place)]
    if size == 0:
        return None, [finding("import.file.empty", place)]
    return opener(path, mapping)


def width_checked(row: int, raw: str, cells: list[str], width: int) -> RawRow | None:
    """The row with exactly `width` cells: surplus empty cells are dropped, a blank row gives None, else it is ragged."""
    if not cells[0].strip() and not any(cell.strip() for cell in cells):
        return None
    count = len(cells)
    if count != width:
        if count < width or any(cell.strip() for cell in cells[width:]):
            return RawRow(row, raw, None, "import.row.ragged", tuple(cells))
        cells = cells[:width]
    return RawRow(row, raw, cells)
