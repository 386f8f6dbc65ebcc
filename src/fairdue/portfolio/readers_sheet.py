"""Excel through fastexcel (11 × faster than openpyxl) and Parquet through pyarrow, both as rows of text.

Excel dates arrive as `2026-03-02 00:00:00`, serial numbers in cells without a date format as `46083`; both are read by
the date parser. Parquet is streamed batch by batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import fastexcel
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from fairdue.core.findings import Finding, Place

from .mapping import Mapping
from .readers import DamagedFeedError, Layout, RawRow, Table, width_checked
from .wording import finding

BATCH = 10_000


def open_sheet(path: Path, mapping: Mapping) -> tuple[Table | None, list[Finding]]:
    """Open one worksheet; see `readers.open_table`."""
    place = Place(path.name)
    try:
        book = fastexcel.read_excel(path)
        names = list(book.sheet_names)
        name = names[mapping.sheet - 1] if isinstance(mapping.sheet, int) else mapping.sheet
        if name not in names:
            raise IndexError
        sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        columns = [column.to_pylist() for column in sheet.to_arrow().columns]
    except IndexError:
        return None, [finding("import.file.sheet", place, value=mapping.sheet, known=", ".join(names))]
    except (fastexcel.FastExcelError, ValueError, OSError) as exc:
        return None, [finding("import.file.damaged", place, value=str(exc).splitlines()[0][:120])]
    grid = [["" if cell is None else cell for cell in row] for row in zip(*columns, strict=True)]
    if len(grid) < mapping.header or not any(cell.strip() for cell in grid[mapping.header - 1]):
        return None, [finding("import.file.empty", Place(path.name, mapping.header))]
    header = grid[mapping.header - 1]
    while header and not header[-1].strip():
        header = header[:-1]
    before = tuple(names[: mapping.sheet - 1]) if isinstance(mapping.sheet, int) else ()
    head = tuple(tuple(row) for row in grid[: mapping.header])
    layout = Layout(path.name, "xlsx", tuple(header), sheet=name, before=before, head=head)

    def rows() -> Iterator[RawRow]:
        for number, cells in enumerate(grid[mapping.header :], mapping.header + 1):
            if any(cells) and (checked := width_checked(number, "", cells, len(header))) is not None:
                yield checked

    return Table(layout, len(grid) - mapping.header, rows), []


def open_parquet(path: Path, mapping: Mapping) -> tuple[Table | None, list[Finding]]:
    """Open a Parquet file; see `readers.open_table`. Row numbers are record numbers from 1."""
    try:
        file = pq.ParquetFile(path)
        layout = Layout(path.name, "parquet", tuple(file.schema_arrow.names))
    except (pa.ArrowException, OSError, UnicodeDecodeError) as exc:
        return None, [finding("import.file.damaged", Place(path.name), value=str(exc).splitlines()[0][:120])]

    def rows() -> Iterator[RawRow]:
        number = 0
        try:
            for batch in file.iter_batches(batch_size=BATCH):
                for cells in zip(*[_texts(column) for column in batch.columns], strict=True):
                    number += 1
                    yield RawRow(number, "", list(cells))
        except (pa.ArrowException, OSError, UnicodeDecodeError) as exc:
            raise DamagedFeedError(str(exc).splitlines()[0][:120]) from exc

    return Table(layout, file.metadata.num_rows, rows), []


def _texts(column: pa.Array) -> list[str]:
    try:
        column = pc.cast(column, pa.string())
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        return [_text(value) for value in column.to_pylist()]
    return ["" if value is None else value for value in column.to_pylist()]


def _text(value: Any) -> str:
    if isinstance(value, list):
        return ";".join(str(part) for part in value)
    return "" if value is None else str(value)
