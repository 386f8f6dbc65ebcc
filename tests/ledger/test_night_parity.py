"""The night's SQL and `replay` give the same interest and late charges, account by account, to the fen."""

from __future__ import annotations

import random
from datetime import date, timedelta
from pathlib import Path

import duckdb
import pytest

import fairdue
from fairdue.ledger import AccountFacts, DueItem, load_products, night_parameters, replay
from fairdue.ledger.book import missed_cycles

STEP = Path(fairdue.__file__).parent / "portfolio/night/steps/03_interest.sql"
AS_OF = date(2026, 3, 31)


def _portfolio(count: int) -> list[AccountFacts]:
    """Accounts of every product: due days at month ends and before the change of the card rate, odd amounts."""
    rng = random.Random(20260331)
    out = []
    for number in range(count):
        product = ("credit_card", "cash_loan", "instalment", "telecom")[number % 4]
        due = AS_OF - timedelta(days=rng.choice([-3, 0, 1, 2, 28, 29, 30, 31, 59, 61, 90, 181, 400, 2400]))
        principal = rng.choice([1, 99, 300_000, rng.randrange(1, 10_000_000)])
        fed = rng.choice([principal, max(1, principal // 6), max(1, principal // 2)])
        item = DueItem(1, due, principal)
        out.append(AccountFacts(f"A{number}", product, "bank", (item,), cycles=rng.randrange(0, 9), minimum_fen=fed))
    return out


def test_the_sql_of_the_night_and_the_replay_agree_on_every_account() -> None:
    products, _ = load_products()
    accounts = _portfolio(2_000)
    con = duckdb.connect()
    con.execute("CREATE TABLE params AS SELECT ?::DATE AS as_of", [AS_OF])
    con.execute(
        """CREATE TABLE rates(product VARCHAR, kind VARCHAR, rate_from DATE, rate_to DATE, daily_ppm BIGINT,
           charge_ppm BIGINT, charge_of VARCHAR, charge_min_fen BIGINT, charge_max_fen BIGINT, minimum_ppm BIGINT)"""
    )
    con.executemany(
        "INSERT INTO rates VALUES (?,?,?,?,?,?,?,?,?,?)", [tuple(r.values()) for r in night_parameters(products)]
    )
    con.execute(
        """CREATE TABLE owed(account_id VARCHAR, product VARCHAR, due_date DATE, cycles INTEGER, missed INTEGER,
           principal_fen BIGINT, due_fen BIGINT, dpd INTEGER)"""
    )
    rows = [
        (
            *(a.account_id, a.product, i.due_date, a.cycles, missed_cycles(i.due_date, AS_OF), i.principal_fen),
            *(a.minimum_fen, max(0, (AS_OF - i.due_date).days)),
        )
        for a in accounts
        for i in a.due_items
    ]
    con.executemany("INSERT INTO owed VALUES (?,?,?,?,?,?,?,?)", rows)
    con.execute(STEP.read_text(encoding="utf-8"))
    night = {row[0]: row[1:] for row in con.execute("SELECT * FROM charged").fetchall()}
    compared = 0
    for account in accounts:
        position, _findings = replay(account, (), products[account.product], AS_OF)
        assert night.get(account.account_id, (0, 0)) == (position.interest_fen, position.penalty_fen), account
        compared += position.interest_fen > 0
    assert compared > 1_000


@pytest.mark.parametrize("count", [1, 4])
def test_missed_instalments_fed_as_one_row_start_to_cost_a_month_apart(count: int) -> None:
    products, _ = load_products()
    item = DueItem(1, date(2025, 12, 7), 1_800_000)
    fed = AccountFacts("A1", "instalment", "bank", (item,), cycles=count, minimum_fen=300_000 * count)
    position, _findings = replay(fed, (), products["instalment"], date(2026, 3, 10))
    days = [93, 62, 31, 3][:count]
    assert position.interest_fen == sum(300_000 * 500 * d for d in days) // 1_000_000
    assert position.penalty_fen == 30_000 * count
    assert position.overdue_fen == 300_000 * count + position.interest_fen + position.penalty_fen
