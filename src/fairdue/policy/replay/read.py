"""Read a table of contacts, column by column: a Parquet or CSV file, or an Arrow table.

Only one column at a time is held as text; what stays are codes (`coded`), whole seconds (`instants`) and numbers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq

from .columns import BY_NAME, Column, ContactsError

UNKNOWN = np.iinfo(np.int64).min
"""A number that is not known."""

_CSV = {"text": pa.string(), "list": pa.string(), "windows": pa.string(), "flag": pa.bool_(), "number": pa.int64()}


def read_csv(path: Path) -> pa.Table:
    """A CSV of contacts; types come from `COLUMNS`, `at` stays text until it is read as an instant."""
    types = {name: _CSV.get(column.kind, pa.string()) for name, column in BY_NAME.items()}
    options = arrow_csv.ConvertOptions(column_types=types, strings_can_be_null=True)
    try:
        return arrow_csv.read_csv(path, convert_options=options)
    except (pa.ArrowInvalid, OSError) as exc:
        raise ContactsError(f"{path}: cannot be read as a table of contacts ({exc}); mend the file") from exc


class Source:
    """The columns of a table of contacts. Raises `ContactsError` where a column cannot be read as what it should be."""

    def __init__(self, source: pa.Table | Path) -> None:
        self._source: pa.Table | Path = source
        if isinstance(source, Path) and source.suffix.lower() == ".csv":
            self._source = read_csv(source)
        if isinstance(self._source, Path):
            try:
                with pq.ParquetFile(source, memory_map=True) as file:
                    self.names: list[str] = list(file.schema_arrow.names)
                    self.count: int = file.metadata.num_rows
            except (pa.ArrowInvalid, OSError) as exc:
                raise ContactsError(f"{source}: not a Parquet file of contacts ({exc})") from exc
        else:
            self.names = list(self._source.column_names)
            self.count = self._source.num_rows

    def _column(self, name: str, as_codes: bool = False) -> pa.ChunkedArray:
        """A column; its own reader each time, because two threads read different columns."""
        if not isinstance(self._source, Path):
            return self._source.column(name)
        with pq.ParquetFile(self._source, memory_map=True, read_dictionary=[name] if as_codes else None) as file:
            return file.read([name], use_threads=False).column(0)

    def texts(self, name: str) -> pa.ChunkedArray:
        """A column as text; numbers become their digits."""
        column = self._column(name)
        if column.null_count:
            raise ContactsError(f"column {name}: {column.null_count} rows have none; every contact needs one")
        if pa.types.is_dictionary(column.type):
            column = pc.cast(column, column.type.value_type)
        return column if pa.types.is_string(column.type) else pc.cast(column, pa.string())

    def instants(self, name: str) -> npt.NDArray[np.int64]:
        """Whole seconds since the epoch; a part of a second is cut off, as the gate does."""
        column = self._column(name)
        if column.null_count:
            raise ContactsError(f"column {name}: {column.null_count} rows have no instant; every contact needs one")
        try:
            if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
                column = pc.cast(column, pa.timestamp("us", "UTC"))
        except pa.ArrowInvalid as exc:
            raise ContactsError(f"column {name}: {exc}; write instants such as 2026-03-02T10:15:00+08:00") from exc
        if not pa.types.is_timestamp(column.type) or column.type.tz is None:
            raise ContactsError(f"column {name}: its type is {column.type}; instants with a time zone are needed (UTC)")
        scale = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}[column.type.unit]
        whole = column.combine_chunks().cast(pa.int64()).to_numpy(zero_copy_only=False)
        return np.asarray(whole if scale == 1 else np.floor_divide(whole, scale), np.int64)

    def numbers(self, name: str) -> npt.NDArray[np.int64]:
        """Whole numbers; `UNKNOWN` in empty cells."""
        column = self._column(name)
        try:
            filled = pc.fill_null(pc.cast(column, pa.int64()), UNKNOWN)
        except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as exc:
            raise ContactsError(f"column {name}: {exc}; whole numbers are needed") from exc
        return np.asarray(filled.combine_chunks().to_numpy(zero_copy_only=False), np.int64)

    def coded(self, column: Column) -> tuple[npt.NDArray[Any], list[Any]]:
        """Codes and the values they stand for; an empty cell is None, a list is text with `;`, a flag a bool."""
        found = self._column(column.name, as_codes=column.standing)
        if pa.types.is_list(found.type) or pa.types.is_large_list(found.type):
            found = pc.binary_join(found, ";")
        if not pa.types.is_dictionary(found.type):
            found = _as_kind(found, column).dictionary_encode()
        whole = found.unify_dictionaries().combine_chunks()
        if isinstance(whole, pa.ChunkedArray):
            whole = whole.chunk(0) if whole.num_chunks else pa.DictionaryArray.from_arrays(pa.array([], pa.int32()), [])
        raw = whole.dictionary
        if pa.types.is_date(raw.type):
            raw = pc.cast(raw, pa.string())
        values = [None if value == "" else value for value in raw.to_pylist()]
        codes = whole.indices
        if codes.null_count:
            codes = pc.fill_null(codes, len(values))
            values.append(None)
        if column.kind == "text" and any(value is not None and not isinstance(value, str) for value in values):
            values = [None if value is None else str(value) for value in values]
        narrow = np.int8 if len(values) < 127 else np.int16 if len(values) < 32767 else np.int32
        return codes.to_numpy(zero_copy_only=False).astype(narrow, copy=False), values


def _as_kind(found: pa.ChunkedArray, column: Column) -> pa.ChunkedArray:
    wanted = _CSV[column.kind]
    if found.type == wanted or pa.types.is_null(found.type):
        return found if not pa.types.is_null(found.type) else pc.cast(found, wanted)
    try:
        return pc.cast(found, wanted)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError) as exc:
        raise ContactsError(f"column {column.name}: {exc}; it should be a {column.kind}") from exc
