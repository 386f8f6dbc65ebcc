"""A small world for the night: rows as dicts, defaults filled in, written as Parquet, run, read back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from fairdue.portfolio.night import NightReport, run_night

AS_OF = date(2026, 3, 2)
Row = dict[str, Any]

ACCOUNTS = pa.schema(
    [
        ("account_id", pa.string()),
        ("debtor_id", pa.string()),
        ("product", pa.string()),
        ("principal_fen", pa.int64()),
        ("due_fen", pa.int64()),
        ("due_date", pa.date32()),
        ("opened", pa.date32()),
        ("cycles", pa.int32()),
        ("limit_fen", pa.int64()),
        ("agent_group", pa.string()),
        ("do_not_contact", pa.bool_()),
        ("zone", pa.string()),
        ("last_agent", pa.string()),
        ("status", pa.string()),
        ("broken", pa.int32()),
    ]
)
EVENTS = pa.schema(
    [
        ("ts", pa.timestamp("us", tz="UTC")),
        ("debtor_id", pa.string()),
        ("account_id", pa.string()),
        ("kind", pa.string()),
        ("amount_fen", pa.int64()),
        ("connected", pa.bool_()),
        ("talk_seconds", pa.int32()),
        ("line_id", pa.string()),
    ]
)
AGENTS = pa.schema(
    [
        ("agent_id", pa.string()),
        ("capacity", pa.int32()),
        ("groups", pa.list_(pa.string())),
        ("skills", pa.list_(pa.string())),
    ]
)
TASKS = pa.schema(
    [
        ("debtor_id", pa.string()),
        ("kind", pa.string()),
        ("due_at", pa.timestamp("us", tz="UTC")),
        ("amount_fen", pa.int64()),
        ("agent", pa.string()),
    ]
)
HOLDS = pa.schema([("debtor_id", pa.string()), ("hold", pa.string())])


def account(name: str, debtor: str | None = None, *, late: int = 10, **values: Any) -> Row:
    """An overdue cash loan of 1 000.00, `late` days past due on AS_OF."""
    row: Row = {
        "account_id": name,
        "debtor_id": debtor or f"D-{name}",
        "product": "cash_loan",
        "principal_fen": 100_000,
        "due_fen": 100_000,
        "due_date": AS_OF - timedelta(days=late),
        "do_not_contact": False,
    }
    return row | values


def event(kind: str, debtor: str, *, ago: int = 0, hour: int = 10, **values: Any) -> Row:
    """An event `ago` days before AS_OF at `hour` o'clock in Shanghai."""
    day = datetime(AS_OF.year, AS_OF.month, AS_OF.day, tzinfo=UTC) - timedelta(days=ago)
    return {"ts": day + timedelta(hours=hour - 8), "debtor_id": debtor, "kind": kind} | values


def pay(name: str, fen: int, *, ago: int) -> Row:
    """A payment on an account whose debtor is `D-name`."""
    return event("payment", f"D-{name}", ago=ago, account_id=name, amount_fen=fen)


def table(rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    """Rows as a table; keys that a row lacks are null."""
    return pa.Table.from_pylist([{n: r.get(n) for n in schema.names} for r in rows], schema=schema)


@dataclass(frozen=True)
class Night:
    """What a run wrote, read back."""

    report: NightReport
    lists: list[Row]
    snapshot: dict[str, Row]
    left_out: dict[str, str]
    findings: list[Row]

    def debtors(self, agent: str | None = None) -> list[str]:
        """Debtors on the lists in order of agent and rank."""
        return [r["debtor"] for r in self.lists if agent in (None, r["agent"])]

    def codes(self) -> list[str]:
        """Codes of the findings, each once, sorted."""
        return sorted({f["code"] for f in self.findings})


def play(
    folder: Path,
    accounts: Sequence[Row],
    events: Sequence[Row] = (),
    *,
    people: Sequence[Row] | None = None,
    tasks: Sequence[Row] | None = None,
    holds: Sequence[Row] | None = None,
    agents: int = 2,
    per_agent: int = 50,
) -> Night:
    """Write the rows, run the night of AS_OF, read its files."""
    folder.mkdir(parents=True, exist_ok=True)
    files: dict[str, Path | None] = {}
    given = (
        ("accounts", accounts, ACCOUNTS),
        ("events", events, EVENTS),
        ("agents_file", people, AGENTS),
        ("tasks", tasks, TASKS),
        ("holds", holds, HOLDS),
    )
    for name, rows, schema in given:
        files[name] = None if rows is None else folder / f"{name}.parquet"
        if rows is not None:
            pq.write_table(table(rows, schema), files[name])
    first, second = files.pop("accounts"), files.pop("events")
    assert first is not None
    assert second is not None
    out = folder / "out"
    report = run_night(first, second, as_of=AS_OF, out=out, agents=agents, per_agent=per_agent, **files)
    return Night(
        report,
        pq.read_table(out / "lists.parquet").to_pylist(),
        {r["account_id"]: r for r in pq.read_table(out / "snapshot.parquet").to_pylist()},
        {r["debtor_id"]: r["code"] for r in pq.read_table(out / "left_out.parquet").to_pylist()},
        pq.read_table(out / "findings.parquet").to_pylist(),
    )
