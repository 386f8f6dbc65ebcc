"""Bring the input files into the shape the steps expect; report what is odd, drop nothing silently."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from fairdue.core.dates import DEFAULT_ZONE
from fairdue.core.findings import Finding, Place, Severity
from fairdue.core.text import Text
from fairdue.ledger import load_products, night_parameters

from .packs import phase_rows, score_table

ACCOUNT_COLUMNS = {
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
EVENT_COLUMNS = {
    "ts": "TIMESTAMP WITH TIME ZONE",
    "debtor_id": "VARCHAR",
    "account_id": "VARCHAR",
    "kind": "VARCHAR",
    "amount_fen": "BIGINT",
    "connected": "BOOLEAN",
    "talk_seconds": "INTEGER",
}
OPTIONAL_ACCOUNT = {"zone": f"'{DEFAULT_ZONE}'", "last_agent": "NULL", "broken": "0"}


class NightInputError(ValueError):
    """An input file cannot be used at all; the message names file, column and how to mend it."""


def columns_of(con: duckdb.DuckDBPyConnection, path: Path) -> set[str]:
    """Column names of a Parquet file; raises `NightInputError` when it cannot be read."""
    try:
        rows = con.execute("SELECT name FROM parquet_schema(?)", [str(path)]).fetchall()
    except duckdb.Error as exc:
        raise NightInputError(f"{path}: not a readable Parquet file; write it as formats.md says") from exc
    return {name for (name,) in rows}


def _need(con: duckdb.DuckDBPyConnection, path: Path, wanted: dict[str, str]) -> set[str]:
    there = columns_of(con, path)
    missing = [name for name in wanted if name not in there]
    if missing:
        raise NightInputError(f"{path}: column {missing[0]} is missing; needed are {', '.join(wanted)}")
    return there


def _cast(columns: dict[str, str]) -> str:
    return ", ".join(f"CAST({name} AS {kind}) AS {name}" for name, kind in columns.items())


def load(
    con: duckdb.DuckDBPyConnection,
    accounts: Path,
    events: Path,
    as_of: date,
    agents: list[tuple[str, int]],
    tasks: Path | None,
) -> None:
    """Create `accounts_raw`, `events_in`, `agents_in`, `tasks_in` and the parameter tables."""
    there = _need(con, accounts, ACCOUNT_COLUMNS)
    _need(con, events, EVENT_COLUMNS)
    extra = ", ".join(name if name in there else f"{default} AS {name}" for name, default in OPTIONAL_ACCOUNT.items())
    line = "line_id" if "line_id" in columns_of(con, events) else "NULL AS line_id"
    try:
        con.execute(
            f"CREATE TABLE accounts_raw AS SELECT {_cast(ACCOUNT_COLUMNS)}, {extra} FROM read_parquet(?)",  # noqa: S608 - names are ours
            [str(accounts)],
        )
        con.execute(
            f"CREATE TABLE events_raw AS SELECT {_cast(EVENT_COLUMNS)}, {line} FROM read_parquet(?)",  # noqa: S608 - names are ours
            [str(events)],
        )
    except duckdb.Error as exc:
        raise NightInputError(
            f"{accounts} or {events}: a column has the wrong type: {str(exc).splitlines()[0]}"
        ) from exc
    con.execute(f"UPDATE accounts_raw SET zone = '{DEFAULT_ZONE}' WHERE zone IS NULL OR zone = ''")  # noqa: S608
    con.execute(
        """CREATE TABLE accounts_in AS
           SELECT * EXCLUDE (place) FROM (
             SELECT *, ROW_NUMBER() OVER (PARTITION BY account_id ORDER BY due_fen DESC, debtor_id, principal_fen DESC) AS place
             FROM accounts_raw
             WHERE account_id IS NOT NULL AND debtor_id IS NOT NULL AND principal_fen >= 0 AND due_fen >= 0
           ) ranked WHERE place = 1"""
    )
    con.execute(
        """CREATE TABLE events_in AS
           SELECT e.*, CAST(timezone(COALESCE(z.zone, ?), e.ts) AS DATE) AS local_day,
             CAST(date_part('hour', timezone(COALESCE(z.zone, ?), e.ts)) AS INTEGER) AS local_hour
           FROM events_raw e
           LEFT JOIN (SELECT debtor_id, MIN(zone) AS zone FROM accounts_in GROUP BY debtor_id) z ON z.debtor_id = e.debtor_id""",
        [DEFAULT_ZONE, DEFAULT_ZONE],
    )
    _tables(con, as_of)
    con.execute("CREATE TABLE agents_in(agent_id VARCHAR, capacity INTEGER)")
    if agents:
        con.executemany("INSERT INTO agents_in VALUES (?, ?)", agents)
    _tasks(con, tasks)


def _tasks(con: duckdb.DuckDBPyConnection, tasks: Path | None) -> None:
    if tasks is None:
        con.execute(
            "CREATE TABLE tasks_in(debtor_id VARCHAR, kind VARCHAR, due_at TIMESTAMPTZ, amount_fen BIGINT, agent VARCHAR, when_text VARCHAR)"
        )
        return
    _need(con, tasks, {"debtor_id": "", "kind": "", "due_at": "", "amount_fen": "", "agent": ""})
    con.execute(
        """CREATE TABLE tasks_in AS
           SELECT debtor_id, kind, due_at, amount_fen, agent, strftime(timezone(?, due_at), '%H:%M') AS when_text
           FROM read_parquet(?)""",
        [DEFAULT_ZONE, str(tasks)],
    )


def _tables(con: duckdb.DuckDBPyConnection, as_of: date) -> None:
    products, _findings = load_products()
    phases, pre_due = phase_rows()
    scores = score_table()
    one = scores["broken_promise_ppm"]
    con.execute(
        """CREATE TABLE params AS SELECT CAST(? AS DATE) AS as_of, CAST(? AS INTEGER) AS pre_due_days,
             CAST(? AS BIGINT) AS broken_1, CAST(? AS BIGINT) AS broken_2, CAST(? AS BIGINT) AS broken_3,
             CAST(? AS BIGINT) AS reached_ppm, CAST(? AS BIGINT) AS never_ppm, 2 AS best_hour_minimum""",
        [
            as_of,
            pre_due,
            one,
            one * one // 10**6,
            one * one // 10**6 * one // 10**6,
            scores["reached_before_ppm"],
            scores["never_reached_ppm"],
        ],
    )
    con.execute("CREATE TABLE phases(product VARCHAR, stage VARCHAR, from_day INTEGER, to_day INTEGER)")
    con.executemany("INSERT INTO phases VALUES (?, ?, ?, ?)", phases)
    con.execute("CREATE TABLE chances(stage VARCHAR, with_call_ppm BIGINT, without_ppm BIGINT)")
    con.executemany("INSERT INTO chances VALUES (?, ?, ?)", [(s, *pair) for s, pair in scores["base"].items()])
    con.execute(
        """CREATE TABLE rates(product VARCHAR, kind VARCHAR, rate_from DATE, rate_to DATE, daily_ppm BIGINT,
             charge_ppm BIGINT, charge_of VARCHAR, charge_min_fen BIGINT, charge_max_fen BIGINT, minimum_ppm BIGINT)"""
    )
    con.executemany(
        "INSERT INTO rates VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [tuple(r.values()) for r in night_parameters(products)],
    )
    con.execute("CREATE TABLE broken AS SELECT debtor_id, MAX(broken) AS broken FROM accounts_in GROUP BY debtor_id")


CHECKS: tuple[tuple[str, str, Text, Text], ...] = (
    (
        "night.account.duplicate",
        "SELECT account_id, COUNT(*) FROM accounts_raw GROUP BY account_id HAVING COUNT(*) > 1",
        Text("账户重复出现,只取应还最多的一行", "appears more than once; the row with the most due is used"),
        Text("在来源里去重。", "Remove the duplicates at the source."),
    ),
    (
        "night.account.unusable",
        "SELECT COALESCE(account_id, '?'), 1 FROM accounts_raw WHERE account_id IS NULL OR debtor_id IS NULL OR principal_fen < 0 OR due_fen < 0 OR principal_fen IS NULL OR due_fen IS NULL",
        Text("账户缺标识或金额为负,未参与计算", "has no id or a negative amount and was left out"),
        Text("补上标识,金额改为非负。", "Give the id and a non-negative amount."),
    ),
    (
        "night.account.product",
        "SELECT product, COUNT(*) FROM accounts_in WHERE product NOT IN (SELECT product FROM rates) GROUP BY product",
        Text("产品没有参数,未计利息和违约金", "has no parameters: no interest or late charge was computed"),
        Text("在 packs/products 里加上这个产品。", "Add the product to packs/products."),
    ),
    (
        "night.event.account",
        "SELECT account_id, COUNT(*) FROM events_in WHERE kind = 'payment' AND account_id NOT IN (SELECT account_id FROM accounts_in) GROUP BY account_id",
        Text("还款的账户不在账户文件里", "has payments but is not in the accounts file"),
        Text("核对账号,或补上账户。", "Check the number or supply the account."),
    ),
    (
        "night.event.amount",
        "SELECT COALESCE(account_id, debtor_id), COUNT(*) FROM events_in WHERE kind = 'payment' AND (amount_fen IS NULL OR amount_fen <= 0) GROUP BY 1",
        Text("还款金额不是正数,未计入", "has payments without a positive amount; they were not counted"),
        Text("金额写正数。", "Write positive amounts."),
    ),
    (
        "night.event.future",
        "SELECT COALESCE(account_id, debtor_id), COUNT(*) FROM events_in, params WHERE local_day > as_of GROUP BY 1",
        Text("有晚于作业日的事件,未计入", "has events after the day; they were not counted"),
        Text("核对日期。", "Check the dates."),
    ),
)


def findings(con: duckdb.DuckDBPyConnection, limit: int = 1000) -> list[Finding]:
    """Odd things in the input, at most `limit` of each kind, in a stable order."""
    out: list[Finding] = []
    why = Text("名单和金额会受影响。", "Lists and figures depend on it.")
    for code, sql, what, mend in CHECKS:
        rows: list[tuple[Any, ...]] = con.execute(f"{sql} ORDER BY 1 LIMIT {limit}").fetchall()
        for key, count in rows:
            text = Text(f"{key} {what.zh}({count})。", f"{key} {what.en} ({count}).")
            out.append(Finding(code, text, why, mend, Place("night", None, str(key)), Severity.WARNING))
    return out
