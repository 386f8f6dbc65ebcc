"""Bring the input into the shape the steps expect: clean tables, parameter tables from the packs.

`accounts_in` holds each usable account once, `events_in` every event with the debtor's local day and hour; what was not
used is in `refused(account_id, code, principal_fen, due_fen)`. `checks` turns all that is odd into findings.
"""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb

from fairdue.core.dates import DEFAULT_ZONE, DateError, zone
from fairdue.core.findings import Finding, Place
from fairdue.core.text import Text
from fairdue.ledger import load_products, night_parameters

from .inputs import ACCOUNTS, ACCOUNTS_EXTRA, EVENTS, EVENTS_EXTRA, WHY, read_holds, read_table, read_tasks
from .packs import limits, phase_rows, repeat_from, score_table

MAX_ACCOUNT_FEN = 10**11
"""Above a billion yuan a column was misread; below it every product of the steps stays under 2^63."""
MAX_CYCLES = 1200


def load(
    con: duckdb.DuckDBPyConnection, accounts: Path, events: Path, as_of: date, tasks: Path | None, holds: Path | None
) -> list[Finding]:
    """Create all input and parameter tables; returns findings about columns, types and zones."""
    found = read_table(con, "accounts_raw", accounts, ACCOUNTS, ACCOUNTS_EXTRA)
    found += read_table(con, "events_raw", events, EVENTS, EVENTS_EXTRA)
    found += read_tasks(con, tasks)
    found += read_holds(con, holds)
    found += _zones(con, accounts)
    _accounts(con)
    _events(con)
    _parameters(con, as_of)
    _tables(con)
    return found


def _zones(con: duckdb.DuckDBPyConnection, accounts: Path) -> list[Finding]:
    """Unknown zones count as the default one, with a finding."""
    found = []
    for (name,) in con.execute("SELECT DISTINCT zone FROM accounts_raw WHERE zone <> '' ORDER BY 1").fetchall():
        try:
            zone(name)
        except DateError:
            what = Text(
                f"时区 {name} 不认识,按 {DEFAULT_ZONE} 计算。", f"Zone {name} is unknown; {DEFAULT_ZONE} is used."
            )
            mend = Text("用 IANA 时区名。", "Use an IANA zone name.")
            found.append(Finding("night.account.zone", what, WHY, mend, Place(accounts.name, None, "zone")))
            con.execute("UPDATE accounts_raw SET zone = NULL WHERE zone = ?", [name])
    return found


def _accounts(con: duckdb.DuckDBPyConnection) -> None:
    """A row that is refused still counts for one thing: its do_not_contact protects the person."""
    con.execute(
        """CREATE TABLE accounts_ranked AS
           SELECT *,
             CASE WHEN account_id IS NULL OR account_id = '' OR debtor_id IS NULL OR debtor_id = '' THEN 'night.account.id'
               WHEN principal_fen IS NULL OR due_fen IS NULL OR principal_fen < 0 OR due_fen < 0
                 OR principal_fen > ? OR due_fen > ? THEN 'night.account.amount' END AS code,
             ROW_NUMBER() OVER (PARTITION BY account_id ORDER BY
               CASE WHEN debtor_id <> '' AND principal_fen BETWEEN 0 AND ? AND due_fen BETWEEN 0 AND ? THEN 0 ELSE 1 END,
               due_fen DESC, principal_fen DESC, debtor_id, due_date, product, cycles, do_not_contact DESC, status, zone,
               last_agent, agent_group, broken) AS place
           FROM accounts_raw""",
        [MAX_ACCOUNT_FEN] * 4,
    )
    con.execute(
        """CREATE TABLE refused AS
           SELECT account_id, COALESCE(code, 'night.account.duplicate') AS code, principal_fen, due_fen
           FROM accounts_ranked WHERE code IS NOT NULL OR place > 1"""
    )
    con.execute(
        """CREATE TABLE accounts_in AS
           SELECT account_id, debtor_id, product, principal_fen, due_fen, due_date, agent_group,
             CASE WHEN cycles BETWEEN 0 AND ? THEN cycles END AS cycles,
             EXISTS (SELECT 1 FROM accounts_raw r WHERE r.debtor_id = a.debtor_id AND r.do_not_contact) AS do_not_contact,
             COALESCE(NULLIF(zone, ''), ?) AS zone, last_agent, COALESCE(NULLIF(status, ''), 'open') AS status,
             GREATEST(COALESCE(broken, 0), 0) AS broken
           FROM accounts_ranked a WHERE code IS NULL AND place = 1""",
        [MAX_CYCLES, DEFAULT_ZONE],
    )
    con.execute("DROP TABLE accounts_ranked")
    con.execute("CREATE TABLE broken AS SELECT debtor_id, MAX(broken) AS broken FROM accounts_in GROUP BY debtor_id")
    con.execute("CREATE TABLE zones AS SELECT debtor_id, MIN(zone) AS zone FROM accounts_in GROUP BY debtor_id")


def _events(con: duckdb.DuckDBPyConnection) -> None:
    """A day is the debtor's local date (smallest zone name when accounts disagree)."""
    con.execute(
        """CREATE TABLE events_in AS
           WITH placed AS (
             SELECT e.*, timezone(COALESCE(z.zone, ?), e.ts) AS wall FROM events_raw e LEFT JOIN zones z ON z.debtor_id = e.debtor_id
           )
           SELECT debtor_id, account_id, kind, amount_fen, connected, talk_seconds, line_id,
             CAST(wall AS DATE) AS local_day, HOUR(wall) AS local_hour FROM placed""",
        [DEFAULT_ZONE],
    )


def _parameters(con: duckdb.DuckDBPyConnection, as_of: date) -> None:
    """`params`: one row of integers from the packs; ppm are parts per million."""
    score, limit, repeat = score_table(), limits(), repeat_from()
    one = score["broken_promise_ppm"]
    values = {
        "pre_due_days": phase_rows()[1],
        "broken_1": one,
        "broken_2": one * one // 10**6,
        "broken_3": one * one // 10**6 * one // 10**6,
        "reached_ppm": score["reached_before_ppm"],
        "never_ppm": score["never_reached_ppm"],
        "never_after": score["never_reached_after"],
        "best_hour_minimum": limit["best_hour_minimum"],
        "effective_cap": limit["effective_per_day"],
        "effective_seconds": limit["effective_seconds"],
        "unanswered_cap": limit["unanswered_per_day"],
        "repeat_promises": repeat["promises"],
        "repeat_broken": repeat["broken"],
        "repeat_talks": repeat["conversations"],
    }
    columns = ", ".join(f"CAST({int(value)} AS BIGINT) AS {name}" for name, value in values.items())
    con.execute(f"CREATE TABLE params AS SELECT CAST(? AS DATE) AS as_of, {columns}", [as_of])


def _tables(con: duckdb.DuckDBPyConnection) -> None:
    products, _findings = load_products()
    con.execute(f"CREATE TABLE numbers AS SELECT CAST(range AS BIGINT) AS n FROM range({MAX_CYCLES * 2})")  # noqa: S608 - our number
    con.execute("CREATE TABLE phases(product VARCHAR, stage VARCHAR, from_day INTEGER, to_day INTEGER)")
    con.executemany("INSERT INTO phases VALUES (?, ?, ?, ?)", phase_rows()[0])
    con.execute("CREATE TABLE chances(stage VARCHAR, with_ppm BIGINT, without_ppm BIGINT)")
    con.executemany("INSERT INTO chances VALUES (?, ?, ?)", [(s, *pair) for s, pair in score_table()["base"].items()])
    con.execute(
        """CREATE TABLE rates(product VARCHAR, kind VARCHAR, rate_from DATE, rate_to DATE, daily_ppm BIGINT,
             charge_ppm BIGINT, charge_of VARCHAR, charge_min_fen BIGINT, charge_max_fen BIGINT, minimum_ppm BIGINT)"""
    )
    con.executemany(
        "INSERT INTO rates VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [tuple(r.values()) for r in night_parameters(products)],
    )
