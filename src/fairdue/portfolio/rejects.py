"""Write refused rows back in the layout they came in, with a findings file beside them.

The reject file has the same head, columns, encoding, delimiter and line ends as the feed (Excel stays Excel, Parquet stays
Parquet with text columns), so that it can be mended and imported again. `<name>.findings.csv` says why, row by row.
"""

from __future__ import annotations

import csv
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import xlsxwriter

from fairdue.core.findings import Finding, Severity

from .importer import ImportResult
from .readers import Layout

FINDING_COLUMNS = (
    "reject_row",
    "file",
    "row",
    "column",
    "severity",
    "code",
    "what_zh",
    "why_zh",
    "mend_zh",
    "what_en",
    "why_en",
    "mend_en",
)


def findings_path(path: Path) -> Path:
    """Where the findings of a reject file go."""
    return path.with_name(path.name + ".findings.csv")


def write_rejects(result: ImportResult, path: Path | str) -> int:
    """Write the refused rows to `path` and their findings beside it; returns how many rows. Nothing refused: no file."""
    path = Path(path)
    if not result.rejected or result.layout is None:
        return 0
    layout = result.layout
    if layout.form == "csv":
        _write_csv(result, layout, path)
    elif layout.form == "xlsx":
        _write_sheet(result, layout, path)
    else:
        _write_parquet(result, layout, path)
    _write_findings(result, layout, findings_path(path))
    return len(result.rejected)


def _write_csv(result: ImportResult, layout: Layout, path: Path) -> None:
    with path.open("w", encoding=layout.encoding, errors="replace", newline=layout.newline) as handle:
        handle.writelines(line for (line,) in layout.head)
        for row in result.rejected:
            handle.write(row.raw if row.raw.endswith("\n") else row.raw + "\n")


def _write_sheet(result: ImportResult, layout: Layout, path: Path) -> None:
    book = xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False})
    for name in layout.before:
        book.add_worksheet(name[:31])
    sheet = book.add_worksheet(layout.sheet[:31] or None)
    for index, cells in enumerate([*layout.head, *(row.cells for row in result.rejected)]):
        sheet.write_row(index, 0, cells)
    book.close()


def _write_parquet(result: ImportResult, layout: Layout, path: Path) -> None:
    arrays = [pa.array([row.cells[i] for row in result.rejected], pa.string()) for i in range(len(layout.columns))]
    pq.write_table(pa.Table.from_arrays(arrays, names=list(layout.columns)), path)


def _write_findings(result: ImportResult, layout: Layout, path: Path) -> None:
    at, line = {}, len(layout.head) + 1
    for row in result.rejected:
        at[row.row] = line
        line += max(1, row.raw.count("\n"))
    with path.open("w", encoding="utf-8-sig", newline="") as handle:
        writer = csv.writer(handle)
        writer.writerow(FINDING_COLUMNS)
        for found in result.findings:
            if found.severity is Severity.ERROR and found.place.row in at:
                writer.writerow([_harmless(cell) for cell in _cells(found, at[found.place.row])])


def _cells(found: Finding, reject_row: int) -> list[str]:
    return [
        str(reject_row),
        found.place.file or "",
        str(found.place.row),
        found.place.field or "",
        str(found.severity),
        found.code,
        *[text.in_(lang) for lang in ("zh", "en") for text in (found.what, found.why, found.mend)],
    ]


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet does not run as a formula."""
    return "'" + cell if cell[:1] in ("=", "+", "-", "@", "\t") else cell
