"""Run the night's steps and write its files."""

from __future__ import annotations

import json
import resource
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from fairdue.core.findings import Finding

from .prepare import NightInputError, columns_of, findings, load

STEPS = sorted((Path(__file__).parent / "steps").glob("*.sql"))


@dataclass(frozen=True)
class NightReport:
    """What a night did: rows, sums in fen, checksums, seconds per step, peak memory in bytes."""

    as_of: date
    engine: str
    rows: dict[str, int]
    sums: dict[str, int]
    stages: list[dict[str, Any]]
    left_out: dict[str, int]
    checksums: dict[str, str]
    seconds: dict[str, float]
    peak_bytes: int
    findings: tuple[Finding, ...] = field(default=())

    def as_dict(self) -> dict[str, Any]:
        """JSON form, as written to report.json."""
        return {
            "as_of": self.as_of.isoformat(),
            "engine": self.engine,
            "rows": self.rows,
            "sums": self.sums,
            "stages": self.stages,
            "left_out": self.left_out,
            "checksums": self.checksums,
            "seconds": self.seconds,
            "peak_bytes": self.peak_bytes,
            "findings": len(self.findings),
        }


def _agents(
    con: duckdb.DuckDBPyConnection, agents: int, per_agent: int, agents_file: Path | None
) -> list[tuple[str, int]]:
    if agents_file is None:
        if agents < 0 or per_agent < 0:
            raise NightInputError("the number of agents and of customers per agent cannot be negative")
        return [(f"agent{n:04d}", per_agent) for n in range(1, agents + 1)]
    if not {"agent_id", "capacity"} <= columns_of(con, agents_file):
        raise NightInputError(f"{agents_file}: columns agent_id and capacity are needed")
    rows = con.execute(
        "SELECT agent_id, capacity FROM read_parquet(?) ORDER BY agent_id", [str(agents_file)]
    ).fetchall()
    return [(str(name), max(0, int(capacity or 0))) for name, capacity in rows]


def run_night(
    accounts: Path,
    events: Path,
    *,
    as_of: date,
    out: Path,
    agents: int = 0,
    per_agent: int = 0,
    agents_file: Path | None = None,
    tasks: Path | None = None,
    engine: str = "duckdb",
    progress: Callable[[str], None] | None = None,
) -> NightReport:
    """Prepare the lists of `as_of` (a local calendar day) and write the files of formats.md into `out`.

    Either `agents` × `per_agent` made-up agents, or `agents_file` (agent_id, capacity). `tasks`: debtor_id, kind, due_at,
    amount_fen, agent. Raises `NightInputError` when an input cannot be used at all; odd rows become findings.
    """
    if engine != "duckdb":
        raise NightInputError(f"engine {engine!r} is not available here; use duckdb (Spark needs the extra 'spark')")
    out.mkdir(parents=True, exist_ok=True)
    seconds: dict[str, float] = {}
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        begun = time.perf_counter()
        load(con, accounts, events, as_of, _agents(con, agents, per_agent, agents_file), tasks)
        found = findings(con)
        seconds["00_load"] = round(time.perf_counter() - begun, 3)
        for step in STEPS:
            if progress:
                progress(step.stem)
            begun = time.perf_counter()
            con.execute(step.read_text(encoding="utf-8"))
            seconds[step.stem] = round(time.perf_counter() - begun, 3)
        begun = time.perf_counter()
        _write(con, out, found)
        seconds["99_write"] = round(time.perf_counter() - begun, 3)
        report = _report(con, as_of, engine, seconds, found)
    (out / "report.json").write_text(json.dumps(report.as_dict(), ensure_ascii=False, indent=2), encoding="utf-8")
    return report


LISTS = """
SELECT agent, rank, debtor, account, score, stage, dpd, due_fen, CASE WHEN task = 'promise_check' THEN 'promised' ELSE 'first' END AS round,
  to_json({'code': COALESCE(task, 'value'), 'when': when_text, 'amount_fen': COALESCE(task_fen, due_fen), 'dpd': dpd,
    'stage': stage, 'accounts': accounts, 'broken': broken, 'best_hour': best_hour, 'gain_fen': gain_fen,
    'gain_ppm': gain_ppm, 'kept_agent': kept}) AS reason,
  accounts, gain_ppm, gain_fen, broken, best_hour
FROM lists ORDER BY agent, rank
"""
SNAPSHOT = """
SELECT account_id, debtor_id, product, dpd, cycles, stage, interest_fen, penalty_fen, due_fen, principal_fen, paid_fen,
  COALESCE(effective_today, 0) AS effective_today, COALESCE(attempts_7d, 0) AS attempts_7d
FROM snapshot LEFT JOIN counters USING (debtor_id) ORDER BY account_id
"""


def _write(con: duckdb.DuckDBPyConnection, out: Path, found: Sequence[Finding]) -> None:
    for name, sql in (
        ("lists", LISTS),
        ("snapshot", SNAPSHOT),
        ("left_out", "SELECT debtor_id, code, due_fen FROM left_out ORDER BY debtor_id, code"),
    ):
        target = str(out / f"{name}.parquet").replace("'", "''")
        con.execute(f"COPY ({sql}) TO '{target}' (FORMAT parquet)")
    columns = ("code", "severity", "file", "row", "field", "what", "why", "mend")
    rows = [
        (f.code, str(f.severity), f.place.file, f.place.row, f.place.field, f.what.zh, f.why.zh, f.mend.zh)
        for f in found
    ]
    table = pa.table(
        {
            name: pa.array([r[i] for r in rows], type=pa.int64() if name == "row" else pa.string())
            for i, name in enumerate(columns)
        }
    )
    pq.write_table(table, out / "findings.parquet")


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    row = con.execute(sql).fetchone()
    assert row is not None
    return row[0]


def _report(
    con: duckdb.DuckDBPyConnection, as_of: date, engine: str, seconds: dict[str, float], found: Sequence[Finding]
) -> NightReport:
    rows = {name: _one(con, f"SELECT COUNT(*) FROM {name}") for name in ("accounts_in", "events_in", "people", "lists")}  # noqa: S608
    sums = {
        name: int(_one(con, f"SELECT COALESCE(SUM({name}), 0) FROM snapshot"))  # noqa: S608 - our own column names
        for name in ("principal_fen", "interest_fen", "penalty_fen", "due_fen", "paid_fen")
    }
    stages = con.execute(
        "SELECT stage, COUNT(*), SUM(principal_fen), SUM(due_fen) FROM snapshot GROUP BY stage ORDER BY stage"
    ).fetchall()
    checks = {
        "snapshot": _one(
            con,
            "SELECT CAST(BIT_XOR(hash(account_id, dpd, stage, interest_fen, penalty_fen, due_fen)) AS VARCHAR) FROM snapshot",
        ),
        "lists": _one(con, "SELECT CAST(BIT_XOR(hash(agent, rank, debtor)) AS VARCHAR) FROM lists"),
    }
    return NightReport(
        as_of=as_of,
        engine=engine,
        rows=rows,
        sums=sums,
        stages=[
            {"stage": s, "accounts": n, "principal_fen": int(p or 0), "due_fen": int(d or 0)} for s, n, p, d in stages
        ],
        left_out=dict(con.execute("SELECT code, COUNT(*) FROM left_out GROUP BY code ORDER BY code").fetchall()),
        checksums={name: value or "0" for name, value in checks.items()},
        seconds=seconds,
        peak_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        findings=tuple(found),
    )
