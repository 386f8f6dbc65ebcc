"""The night's SQL and the ledger compute the same fen: the golden portfolio and random ones, with and without payments."""

from __future__ import annotations

import random
import tempfile
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from small_night import AS_OF, Night, Row, account, pay, play

from fairdue.ledger import AccountFacts, DueItem, EventKind, LedgerEvent, load_products, replay

PRODUCTS, _ = load_products()
AWKWARD = (1, 2, 3, 99, 101, 3_333, 33_333, 49_999, 99_999, 100_001, 1_234_567, 24_000_00, 9_999_999_999, 10**11)


def expected(row: Row, events: Sequence[Row]) -> dict[str, int]:
    """The ledger's figures for a row of the night's accounts file."""
    items = (DueItem(1, row["due_date"], row["principal_fen"]),)
    facts = AccountFacts(
        row["account_id"], row["product"], "bank", items, cycles=row.get("cycles"), minimum_fen=row["due_fen"]
    )
    payments = [
        LedgerEvent(f"P{n}", EventKind.PAYMENT, (e["ts"] + timedelta(hours=8)).date(), e["amount_fen"])
        for n, e in enumerate(events)
        if e["account_id"] == row["account_id"]
    ]
    position, _ = replay(facts, payments, PRODUCTS[row["product"]], AS_OF)
    return {
        "dpd": position.dpd,
        "cycles": position.cycles,
        "interest_fen": position.interest_fen,
        "penalty_fen": position.penalty_fen,
        "principal_fen": position.principal_fen,
        "due_fen": position.overdue_fen,
        "credit_fen": position.credit_fen,
    }


def assert_same(result: Night, rows: Sequence[Row], events: Sequence[Row] = ()) -> None:
    for row in rows:
        want = expected(row, events)
        have = {name: result.snapshot[row["account_id"]][name] for name in want}
        assert have == want, (row, [e for e in events if e["account_id"] == row["account_id"]])


def test_awkward_amounts_of_every_product_without_payments(night: Callable[..., Night]) -> None:
    rows = [
        account(f"{code}-{fen}-{late}", product=code, principal_fen=fen, due_fen=fen // 3 + 1, late=late, cycles=cycles)
        for code in PRODUCTS
        for fen in AWKWARD
        for late, cycles in ((1, 1), (30, 1), (31, 2), (59, 2), (400, 13), (2_200, 3))
    ]
    assert_same(night(rows), rows)


def test_due_dates_at_month_ends(night: Callable[..., Night]) -> None:
    days = [date(2025, m, d) for m, d in ((1, 31), (8, 31), (10, 30), (11, 30), (12, 29))] + [
        date(2024, 2, 29),
        date(2026, 2, 28),
        date(2026, 1, 31),
        date(2020, 12, 31),
        date(2020, 12, 30),
    ]
    rows = [
        account(f"{code}-{day}", product=code, due_date=day, cycles=2, due_fen=33_333)
        for code in PRODUCTS
        for day in days
    ]
    assert_same(night(rows), rows)


def test_a_payment_goes_to_interest_and_late_charge_before_principal(night: Callable[..., Night]) -> None:
    """1 000.00 at 0.06 % a day: after 10 days 6.00 interest and 10.00 late charge; 100.00 leave 916.00."""
    rows = [account("A", late=20)]
    result = night(rows, [pay("A", 10_000, ago=10)])
    assert result.snapshot["A"]["principal_fen"] == 91_600
    assert result.snapshot["A"]["interest_fen"] == 550  # 916.00 × 0.06 % × 10 days = 5.496
    assert result.snapshot["A"]["penalty_fen"] == 0


def test_random_payments_replay_like_the_ledger(night: Callable[..., Night]) -> None:
    rng = random.Random(20260302)
    rows, events = [], []
    for n in range(1_500):
        principal = rng.choice(AWKWARD[:-2]) + rng.randrange(50_000)
        due = rng.choice((principal, principal // 7 + 1, principal // 3 + 1, principal // 2))
        late = rng.randrange(1, 500)
        rows.append(
            account(
                f"R{n}",
                product=rng.choice(list(PRODUCTS)),
                principal_fen=principal,
                due_fen=due,
                late=late,
                cycles=rng.randrange(0, 8),
            )
        )
        for _ in range(rng.randrange(0, 5)):
            fen = rng.choice((rng.randrange(1, 1_000), due, principal, principal // 5 + 1))
            events.append(pay(f"R{n}", fen, ago=rng.randrange(0, late + 40)))
    assert_same(night(rows, events), rows, events)


@settings(max_examples=15, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(sorted(PRODUCTS)),
            st.integers(1, 10**8),
            st.integers(1, 10),
            st.integers(1, 900),
            st.integers(0, 12),
            st.lists(st.tuples(st.integers(1, 10**7), st.integers(0, 900)), max_size=4),
        ),
        min_size=1,
        max_size=12,
    )
)
def test_parity_is_a_property(drawn: list[tuple[str, int, int, int, int, list[tuple[int, int]]]]) -> None:
    rows, events = [], []
    for n, (code, principal, share, late, cycles, payments) in enumerate(drawn):
        due = -(-principal // share)
        rows.append(account(f"H{n}", product=code, principal_fen=principal, due_fen=due, late=late, cycles=cycles))
        events += [pay(f"H{n}", fen, ago=ago) for fen, ago in payments]
    with tempfile.TemporaryDirectory() as folder:
        assert_same(play(Path(folder), rows, events), rows, events)
