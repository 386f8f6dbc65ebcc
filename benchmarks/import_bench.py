"""How long an import takes, and what the reader costs against others.

    python benchmarks/import_bench.py [--rows 100000] [--customers 100000]

Prints seconds and rows per second for: the UCI file (when FAIRDUE_DATA or ../shared/data has it), a generated list as
CSV and Parquet, the generator itself; and for one broken quote among N rows, how many rows each reader keeps.
"""

from __future__ import annotations

import argparse
import csv
import os
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import duckdb
import polars as pl

from fairdue.portfolio import load_mapping, read_portfolio
from fairdue.portfolio.readers_csv import split_rows
from fairdue.portfolio.sample import make_sample
from fairdue.portfolio.sample_writer import write_sample

AS_OF = date(2026, 3, 2)
UCI = Path(os.environ.get("FAIRDUE_DATA", Path(__file__).parents[2] / "shared" / "data")) / "uci-credit-card"


def timed(label: str, rows: int, run: Callable[[], object]) -> None:
    best = min(_once(run) for _ in range(3))
    print(f"{label:44} {rows:>9} rows {best:7.2f} s {rows / best:>10.0f} rows/s")


def _once(run: Callable[[], object]) -> float:
    start = time.perf_counter()
    run()
    return time.perf_counter() - start


def feeds(folder: Path, customers: int) -> None:
    start = time.perf_counter()
    sample = make_sample(customers, 1, AS_OF)
    middle = time.perf_counter()
    write_sample(sample, folder, "csv")
    write_sample(sample, folder, "parquet")
    print(
        f"sample of {customers} customers: made in {middle - start:.2f} s, written twice in {time.perf_counter() - middle:.2f} s"
    )
    for name, mapping_name in (
        ("accounts", "standard-zh"),
        ("lines", "standard-zh-contacts"),
        ("payments", "payments"),
    ):
        mapping, _ = load_mapping(mapping_name)
        assert mapping is not None
        for form in ("csv", "parquet"):
            path = folder / f"{name}.{form}"
            rows = read_portfolio(path, mapping, AS_OF).totals.rows
            timed(f"{name}.{form}", rows, lambda p=path, m=mapping: read_portfolio(p, m, AS_OF))


def quotes(path: Path, rows: int) -> None:
    """One broken quote in the middle: rows that each reader gives, and how many of them are right."""
    with path.open("w", encoding="utf-8") as handle:
        handle.write("id,name,amount\n")
        for i in range(rows):
            handle.write(f'{i},"n{i}",{i}.50\n' if i != rows // 2 else f'{i},"n{i},{i}.50\n')

    def ours() -> list[list[str]]:
        with path.open(encoding="utf-8") as handle:
            next(handle)
            return [row.cells for row in split_rows(handle, ",", 3, 1) if row.cells is not None]

    def module() -> list[list[str]]:
        with path.open(encoding="utf-8", newline="") as handle:
            return list(csv.reader(handle))[1:]

    def duck(options: str) -> list[tuple[str, ...]]:
        return duckdb.sql(f"SELECT * FROM read_csv('{path}', all_varchar=true, header=true, {options})").fetchall()

    readers: dict[str, Callable[[], list[list[str]] | list[tuple[str, ...]]]] = {
        "ours": ours,
        "csv module": module,
        "DuckDB, store_rejects": lambda: duck("store_rejects=true"),
        "DuckDB, lenient": lambda: duck("ignore_errors=true, strict_mode=false"),
        "Polars, ignore_errors": lambda: pl.read_csv(path, infer_schema=False, ignore_errors=True).rows(),
    }
    print(f"one broken quote among {rows} rows:")
    for name, run in readers.items():
        start = time.perf_counter()
        try:
            got = run()
        except (pl.exceptions.PolarsError, duckdb.Error) as exc:
            print(f"  {name:24} refused the file ({type(exc).__name__})")
            continue
        seconds = time.perf_counter() - start
        right = sum(len(row) == 3 and row[1] == f"n{row[0]}" and row[2] == f"{row[0]}.50" for row in got)
        print(f"  {name:24} {len(got):>7} rows, {right:>7} right {seconds:7.3f} s")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--customers", type=int, default=100_000)
    options = parser.parse_args()
    uci = UCI / "UCI_Credit_Card.csv"
    mapping, _ = load_mapping("uci-credit-card")
    if uci.is_file() and mapping is not None:
        timed("UCI_Credit_Card.csv", 30_000, lambda: read_portfolio(uci, mapping))
    else:
        print(f"no {uci}: skipped")
    with tempfile.TemporaryDirectory() as folder:
        quotes(Path(folder) / "quotes.csv", options.rows)
        feeds(Path(folder), options.customers)


if __name__ == "__main__":
    main()
