"""Read the input files: which columns there are, of which type, and what cannot be read in them.

Tables `accounts_raw`, `events_raw`, `tasks_in`, `holds_in` are made here with exactly the columns that the steps expect.
A value of the wrong type becomes NULL with a finding; a column that may be absent is NULL with a finding when formats.md
lists it. A file that lacks a column nobody can do without is refused (`NightInputError`).
"""

from __future__ import annotations

from pathlib import Path

import duckdb

from fairdue.core.dates import DEFAULT_ZONE
from fairdue.core.findings import Finding, Place, Severity
from fairdue.core.text import Text

from .allocate import Agent

ACCOUNTS = {
    "account_id": "VARCHAR",
    "debtor_id": "VARCHAR",
    "product": "VARCHAR",
    "principal_fen": "BIGINT",
    "due_fen": "BIGINT",
    "due_date": "DATE",
    "opened": "DATE",
    "cycles": "INTEGER",
    "limit_fen": "BIGINT",
    "agent_group": "VARCHAR",
    "do_not_contact": "BOOLEAN",
}
ACCOUNTS_EXTRA = {"zone": "VARCHAR", "last_agent": "VARCHAR", "status": "VARCHAR", "broken": "INTEGER"}
EVENTS = {
    "ts": "TIMESTAMP WITH TIME ZONE",
    "debtor_id": "VARCHAR",
    "account_id": "VARCHAR",
    "kind": "VARCHAR",
    "amount_fen": "BIGINT",
    "connected": "BOOLEAN",
    "talk_seconds": "INTEGER",
}
EVENTS_EXTRA = {"line_id": "VARCHAR"}
TASKS = {"debtor_id": "VARCHAR", "kind": "VARCHAR", "due_at": "TIMESTAMP WITH TIME ZONE"}
TASKS_EXTRA = {"amount_fen": "BIGINT", "agent": "VARCHAR"}
HOLDS = {"debtor_id": "VARCHAR"}
AGENTS = {"agent_id": "VARCHAR", "capacity": "INTEGER"}
NEEDED = {
    "accounts_raw": {"account_id", "debtor_id", "product", "principal_fen", "due_fen", "due_date", "do_not_contact"},
    "events_raw": {"ts", "debtor_id", "account_id", "kind", "amount_fen"},
    "tasks_in": set(TASKS),
    "holds_in": set(HOLDS),
    "agents_raw": set(AGENTS),
}
WHY = Text("名单和金额会受影响。", "Lists and figures depend on it.")
LISTS = {"groups": "VARCHAR[]", "skills": "VARCHAR[]"}


class NightInputError(ValueError):
    """An input file cannot be used at all; the message names file, column and how to mend it."""


def types_of(con: duckdb.DuckDBPyConnection, path: Path) -> dict[str, str]:
    """Column name → DuckDB type of a Parquet file; raises `NightInputError` when it cannot be read."""
    try:
        rows = con.execute("DESCRIBE SELECT * FROM read_parquet(?)", [str(path)]).fetchall()
    except duckdb.Error as exc:
        raise NightInputError(f"{path}: not a readable Parquet file; write it as formats.md says") from exc
    return {str(row[0]): str(row[1]) for row in rows}


def _cast(name: str, wanted: str, there: str) -> str:
    """SQL that reads a column as `wanted`, NULL where a value does not fit; a fraction never becomes an integer."""
    if there == wanted:
        return f'"{name}"'
    if wanted in ("BIGINT", "INTEGER") and (there in ("DOUBLE", "FLOAT") or there.startswith("DECIMAL")):
        return f'CASE WHEN "{name}" = TRUNC("{name}") THEN TRY_CAST("{name}" AS {wanted}) END'
    return f'TRY_CAST("{name}" AS {wanted})'


def read_table(
    con: duckdb.DuckDBPyConnection, table: str, path: Path, columns: dict[str, str], extra: dict[str, str]
) -> list[Finding]:
    """Make `table` from a Parquet file. `columns` are those of formats.md, `extra` may be absent without a word."""
    there = types_of(con, path)
    missing = sorted(NEEDED[table] - there.keys())
    if missing:
        raise NightInputError(f"{path}: column {missing[0]} is missing; needed are {', '.join(sorted(NEEDED[table]))}")
    found = [_absent(path, name) for name in columns if name not in there]
    chosen, odd = [], []
    for name, wanted in {**columns, **extra}.items():
        if name not in there:
            chosen.append(f'CAST(NULL AS {wanted}) AS "{name}"')
            continue
        sql = _cast(name, wanted, there[name])
        chosen.append(f'{sql} AS "{name}"')
        if there[name] != wanted:
            odd.append((name, sql))
        if wanted == "TIMESTAMP WITH TIME ZONE" and there[name].startswith("TIMESTAMP") and "ZONE" not in there[name]:
            found.append(_without_zone(path, name))
    con.execute(
        f"CREATE TABLE {table} AS SELECT {', '.join(chosen)} FROM read_parquet(?)",  # noqa: S608 - names are ours
        [str(path)],
    )
    for name, sql in odd:
        row = con.execute(
            f'SELECT COUNT(*), MIN(file_row_number) FROM read_parquet(?, file_row_number = true) WHERE "{name}" IS NOT NULL AND {sql} IS NULL',  # noqa: S608 - names are ours
            [str(path)],
        ).fetchone()
        if row and row[0]:
            found.append(_unreadable(path, name, there[name], row[0], row[1] + 1))
    return found


def _absent(path: Path, name: str) -> Finding:
    what = Text(f"没有 {name} 列,按空值处理。", f"There is no column {name}; it is taken as empty.")
    mend = Text("在导出时加上这一列。", "Export this column as well.")
    return Finding("night.column.missing", what, WHY, mend, Place(path.name, None, name), Severity.WARNING)


def _without_zone(path: Path, name: str) -> Finding:
    what = Text(f"{name} 列没有时区,按 UTC 计算。", f"Column {name} carries no zone; it is taken as UTC.")
    mend = Text("导出时写明 UTC。", "Export it as UTC instants.")
    return Finding("night.column.zone", what, WHY, mend, Place(path.name, None, name), Severity.INFO)


def _unreadable(path: Path, name: str, there: str, count: int, row: int) -> Finding:
    what = Text(
        f"{name} 列({there})有 {count} 个值读不了,按空值处理。",
        f"{count} values of {name} ({there}) cannot be read and are taken as empty.",
    )
    mend = Text("导出时用规定的类型;金额是整数分。", "Export the type formats.md names; amounts are whole fen.")
    return Finding("night.column.type", what, WHY, mend, Place(path.name, row, name), Severity.ERROR)


def read_tasks(con: duckdb.DuckDBPyConnection, tasks: Path | None) -> list[Finding]:
    """`tasks_in`: what falls due, `when_text` the local time by which (organisation's zone)."""
    found: list[Finding] = []
    if tasks is None:
        con.execute(f"CREATE TABLE tasks_in({_columns({**TASKS, **TASKS_EXTRA})})")
    else:
        found = read_table(con, "tasks_in", tasks, TASKS, TASKS_EXTRA)
    con.execute(
        "CREATE OR REPLACE TABLE tasks_in AS SELECT *, strftime(timezone(?, due_at), '%H:%M') AS when_text FROM tasks_in",
        [DEFAULT_ZONE],
    )
    return found


def read_holds(con: duckdb.DuckDBPyConnection, holds: Path | None) -> list[Finding]:
    """`holds_in`: people whose collection is stopped, one row each hold."""
    if holds is None:
        con.execute(f"CREATE TABLE holds_in({_columns(HOLDS)})")
        return []
    return read_table(con, "holds_in", holds, HOLDS, {})


def _columns(columns: dict[str, str]) -> str:
    return ", ".join(f"{name} {kind}" for name, kind in columns.items())


def made_up_agents(agents: int, per_agent: int) -> list[Agent]:
    """`agents` agents of `per_agent` people a day who take every case."""
    if agents < 0 or per_agent < 0:
        raise NightInputError("the number of agents and of customers per agent cannot be negative")
    return [Agent(f"agent{n:04d}", per_agent) for n in range(1, agents + 1)]


def read_agents(con: duckdb.DuckDBPyConnection, path: Path) -> tuple[list[Agent], list[Finding]]:
    """The agents of a file, in order of id. `skills` that are product codes limit an agent to these products."""
    there = types_of(con, path)
    found = read_table(con, "agents_raw", path, AGENTS, {k: v for k, v in LISTS.items() if k in there})
    groups = "groups" if "groups" in there else "NULL"
    skills = "skills" if "skills" in there else "NULL"
    products = {row[0] for row in con.execute("SELECT DISTINCT product FROM rates").fetchall()}
    agents: dict[str, Agent] = {}
    rows = con.execute(f"SELECT agent_id, capacity, {groups}, {skills} FROM agents_raw ORDER BY ALL")  # noqa: S608 - names are ours
    for name, capacity, own_groups, own_skills in rows.fetchall():
        if name is None or name in agents or (capacity or 0) < 0:
            what = Text(
                f"作业员 {name} 重复、没有编号或容量为负,未使用。",
                f"Agent {name} is repeated, has no id or a negative capacity.",
            )
            mend = Text("改正作业员文件。", "Correct the file of agents.")
            found.append(Finding("night.agent", what, WHY, mend, Place(path.name, None, str(name)), Severity.WARNING))
            continue
        limited = frozenset(s for s in own_skills or () if s in products)
        agents[name] = Agent(name, capacity or 0, frozenset(own_groups or ()), limited)
    return list(agents.values()), found
