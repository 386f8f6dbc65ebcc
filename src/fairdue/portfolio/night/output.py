"""What a night leaves: the Parquet files and the report."""

from __future__ import annotations

import resource
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from fairdue.core.findings import Finding


@dataclass(frozen=True)
class NightReport:
    """What a night did: rows, sums in fen, checksums, seconds per step, peak memory in bytes.

    `stages` has one row a stage, and one named `refused` for account rows that were not used, so that accounts,
    `fed_principal_fen` and `fed_due_fen` add up to the file.
    """

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
        """JSON form, as written to report.json; `findings` are counted by code."""
        codes: dict[str, int] = {}
        for finding in self.findings:
            codes[finding.code] = codes.get(finding.code, 0) + 1
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
            "finding_codes": dict(sorted(codes.items())),
        }


LISTS = """
SELECT agent, rank, debtor,
  CAST(to_json({'code': COALESCE(task, 'value'), 'when': when_text, 'amount_fen': COALESCE(task_fen, due_fen), 'dpd': dpd,
    'stage': stage, 'script': script, 'accounts': accounts, 'broken': broken, 'best_hour': best_hour, 'gain_fen': gain_fen,
    'gain_ppm': gain_ppm, 'kept_agent': kept, 'why': why}) AS VARCHAR) AS reason,
  score, score_p, score_amount, account, stage, script, dpd, due_fen, round, accounts, with_ppm, without_ppm, broken_ppm,
  contact_ppm, gain_ppm, gain_fen, broken, best_hour, best_line, effective_today, unanswered_today, attempts_7d, task, kept, why
FROM lists ORDER BY agent, rank
"""
SNAPSHOT = """
SELECT s.account_id, s.debtor_id, s.product, s.dpd, s.cycles, s.stage, q.script, s.interest_fen, s.penalty_fen, s.due_fen,
  s.principal_fen, s.paid_fen, s.credit_fen, s.fed_principal_fen, s.fed_due_fen, q.effective_today, q.unanswered_today, q.attempts_7d
FROM snapshot s JOIN people q ON q.debtor_id = s.debtor_id ORDER BY s.account_id
"""
LEFT_OUT = "SELECT debtor_id, code, due_fen FROM left_out ORDER BY debtor_id, code"
LINE_HOURS = (
    "SELECT debtor_id, NULLIF(line_id, '') AS line_id, best_hour, talks FROM line_hours ORDER BY debtor_id, line_id"
)
FILES = {"lists": LISTS, "snapshot": SNAPSHOT, "left_out": LEFT_OUT, "line_hours": LINE_HOURS}

SUMS = (
    "fed_principal_fen",
    "fed_due_fen",
    "principal_fen",
    "interest_fen",
    "penalty_fen",
    "due_fen",
    "paid_fen",
    "credit_fen",
)
COUNTED = ("accounts_raw", "accounts_in", "refused", "events_in", "people", "waiting", "lists", "left_out")
STAGES = """
SELECT stage, COUNT(*) AS accounts, SUM(fed_principal_fen) AS fed_principal_fen, SUM(fed_due_fen) AS fed_due_fen,
  SUM(principal_fen) AS principal_fen, SUM(interest_fen) AS interest_fen, SUM(penalty_fen) AS penalty_fen, SUM(due_fen) AS due_fen
FROM snapshot GROUP BY stage
UNION ALL
SELECT 'refused', COUNT(*), SUM(principal_fen), SUM(due_fen), 0, 0, 0, 0 FROM refused HAVING COUNT(*) > 0
ORDER BY 1
"""
CHECKSUMS = {
    "snapshot": "SELECT BIT_XOR(hash(account_id, dpd, stage, interest_fen, penalty_fen, due_fen, principal_fen)) FROM snapshot",
    "lists": "SELECT BIT_XOR(hash(agent, rank, debtor)) FROM lists",
    "left_out": "SELECT BIT_XOR(hash(debtor_id, code)) FROM left_out",
}


def write_files(con: duckdb.DuckDBPyConnection, out: Path, found: Sequence[Finding]) -> None:
    """lists, snapshot, left_out, line_hours and findings as Parquet, each in a fixed order."""
    for name, sql in FILES.items():
        target = str(out / f"{name}.parquet").replace("'", "''")
        con.execute(f"COPY ({sql}) TO '{target}' (FORMAT parquet)")
    rows = [
        {
            "code": f.code,
            "severity": str(f.severity),
            "file": f.place.file,
            "row": f.place.row,
            "field": f.place.field,
            **{
                f"{part}{suffix}": text.in_(lang)
                for part, text in (("what", f.what), ("why", f.why), ("mend", f.mend))
                for lang, suffix in (("zh", ""), ("en", "_en"))
            },
        }
        for f in found
    ]
    names = ("code", "severity", "file", "row", "field", "what", "why", "mend", "what_en", "why_en", "mend_en")
    schema = pa.schema([(name, pa.int64() if name == "row" else pa.string()) for name in names])
    pq.write_table(pa.Table.from_pylist(rows, schema=schema), out / "findings.parquet")


def _one(con: duckdb.DuckDBPyConnection, sql: str) -> Any:
    row = con.execute(sql).fetchone()
    assert row is not None
    return row[0]


def make_report(
    con: duckdb.DuckDBPyConnection, as_of: date, engine: str, seconds: dict[str, float], found: Sequence[Finding]
) -> NightReport:
    """Count, sum and hash what the steps made. Checksums do not depend on the order of rows."""
    columns = (
        "stage",
        "accounts",
        "fed_principal_fen",
        "fed_due_fen",
        "principal_fen",
        "interest_fen",
        "penalty_fen",
        "due_fen",
    )
    stages = con.execute(STAGES).fetchall()
    return NightReport(
        as_of=as_of,
        engine=engine,
        rows={name: _one(con, f"SELECT COUNT(*) FROM {name}") for name in COUNTED},  # noqa: S608 - our own names
        sums={name: int(_one(con, f"SELECT COALESCE(SUM({name}), 0) FROM snapshot")) for name in SUMS},  # noqa: S608 - our own names
        stages=[
            {name: value if name == "stage" else int(value or 0) for name, value in zip(columns, row, strict=True)}
            for row in stages
        ],
        left_out=dict(con.execute("SELECT code, COUNT(*) FROM left_out GROUP BY code ORDER BY code").fetchall()),
        checksums={name: str(_one(con, sql) or 0) for name, sql in CHECKSUMS.items()},
        seconds=seconds,
        peak_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
        findings=tuple(found),
    )
