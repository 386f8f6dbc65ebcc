"""The written formulas of `night_parameters`, done again in Decimal from its rows alone, agree with `replay`."""

from __future__ import annotations

import calendar
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairdue.ledger import AccountFacts, DueItem, load_products, night_parameters, replay

PRODUCTS, _ = load_products()
ROWS: list[dict[str, Any]] = night_parameters(PRODUCTS)


def half_up(value: Decimal) -> int:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP))


def month_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def by_hand(account: AccountFacts, as_of: date) -> tuple[int, int]:
    """Interest and late charge (fen) of a fed account, from the flat rows and the docstring's words."""
    rows = [r for r in ROWS if r["product"] == account.product]
    terms = rows[0]
    item, due_fen = account.due_items[0], account.minimum_fen or 0
    parts = [(item.due_date, item.principal_fen)]
    if terms["kind"] == "instalment" and 0 < due_fen < item.principal_fen:
        n = max(1, account.cycles or 0)
        parts = [(month_later(item.due_date, k), due_fen // n + (due_fen % n if k == 0 else 0)) for k in range(n)]
    interest, penalty = Decimal(0), 0
    for due, fen in parts:
        if due >= as_of:
            continue
        for row in rows:
            start, end = max(due, row["rate_from"] - timedelta(days=1)), min(as_of, row["rate_to"])
            interest += Decimal(fen) * row["daily_ppm"] * max(0, (end - start).days) / 1_000_000
        base = half_up(Decimal(fen) * row["minimum_ppm"] / 1_000_000) if terms["charge_of"] == "minimum" else fen
        charge = min(
            terms["charge_max_fen"],
            max(terms["charge_min_fen"], half_up(Decimal(base) * terms["charge_ppm"] / 1_000_000)),
        )
        times = sum(month_later(due, k) < as_of for k in range(600)) if terms["kind"] == "revolving" else 1
        penalty += charge * times if base and terms["charge_ppm"] else 0
    return half_up(interest), penalty


@settings(max_examples=300, deadline=None)
@given(
    product=st.sampled_from(sorted(PRODUCTS)),
    due=st.dates(date(2018, 1, 1), date(2026, 12, 31)),
    later=st.integers(-5, 900),
    principal=st.integers(1, 10**9),
    part=st.integers(1, 12),
    cycles=st.integers(0, 12),
)
def test_the_formulas_give_what_the_replay_gives(
    product: str, due: date, later: int, principal: int, part: int, cycles: int
) -> None:
    fed = max(1, principal // part)
    account = AccountFacts("A", product, "bank", (DueItem(1, due, principal),), cycles=cycles, minimum_fen=fed)
    as_of = due + timedelta(days=later)
    position, _findings = replay(account, (), PRODUCTS[product], as_of)
    assert (position.interest_fen, position.penalty_fen) == by_hand(account, as_of)


@pytest.mark.parametrize("count", [1, 4])
def test_missed_instalments_fed_as_one_row_start_to_cost_a_month_apart(count: int) -> None:
    item = DueItem(1, date(2025, 12, 7), 1_800_000)
    fed = AccountFacts("A1", "instalment", "bank", (item,), cycles=count, minimum_fen=300_000 * count)
    position, _findings = replay(fed, (), PRODUCTS["instalment"], date(2026, 3, 10))
    days = [93, 62, 31, 3][:count]
    assert position.interest_fen == sum(300_000 * 500 * d for d in days) // 1_000_000
    assert position.penalty_fen == 30_000 * count
    assert position.overdue_fen == 300_000 * count + position.interest_fen + position.penalty_fen


@pytest.mark.parametrize("product", sorted(PRODUCTS))
def test_the_largest_account_of_a_product_fits_64_bits_for_a_hundred_years(product: str) -> None:
    top = max(r["daily_ppm"] for r in ROWS if r["product"] == product)
    assert 2 * PRODUCTS[product].max_principal_fen * top * 36_500 + 1_000_000 < 2**63
