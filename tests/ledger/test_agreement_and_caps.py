"""The personalised card agreement (card measures Art. 70) and the caps by lender type."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.core.findings import Severity
from fairdue.ledger import (
    AccountFacts,
    Breach,
    CardAgreement,
    DueItem,
    EventKind,
    LedgerEvent,
    breach,
    card_agreement,
    check_claim_cap,
    check_rate_cap,
    load_products,
    replay,
    stops_collection,
)
from fairdue.ledger.agreement import TERMS
from fairdue.ledger.ratecap import load_lpr, lpr_on

SIGNED, FIRST = date(2026, 1, 31), date(2026, 2, 28)
WORDS = dict.fromkeys(TERMS, "约定")
PRODUCTS, _ = load_products()


def agreed(total: int = 600_001, months: int = 60) -> CardAgreement:
    agreement, findings = card_agreement(total, months, FIRST, SIGNED, WORDS)
    assert findings == []
    assert agreement is not None
    return agreement


@given(st.integers(1, 60), st.integers(60, 10**9))
def test_the_schedule_sums_exactly_over_at_most_sixty_months(months: int, total: int) -> None:
    schedule = agreed(total, months).schedule
    assert len(schedule) == months
    assert sum(fen for _, fen in schedule) == total
    assert max(fen for _, fen in schedule) - min(fen for _, fen in schedule) < months
    assert [day for day, _ in schedule] == sorted({day for day, _ in schedule})


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"months": 61}, "agreement.months"),
        ({"months": 0}, "agreement.months"),
        ({"total_fen": 0}, "agreement.amount"),
        ({"total_fen": 11}, "agreement.amount"),
        ({"first_due": SIGNED}, "agreement.first_due"),
        ({"product": "cash_loan"}, "agreement.product"),
        *(({"terms": {**WORDS, key: " "}}, f"agreement.term.{key}") for key in TERMS),
    ],
)
def test_what_article_70_does_not_allow_is_refused(change: dict[str, Any], code: str) -> None:
    body = {"total_fen": 600_000, "months": 12, "first_due": FIRST, "signed_on": SIGNED, "terms": WORDS, **change}
    agreement, findings = card_agreement(**body)
    assert agreement is None
    assert [f.code for f in findings] == [code]


def test_there_are_six_required_terms() -> None:
    assert len(TERMS) == 6


def test_collection_stops_while_the_agreement_is_kept_and_not_a_day_longer() -> None:
    agreement = agreed(120_000, 12)
    paid = [LedgerEvent("P1", EventKind.PAYMENT, date(2026, 2, 27), 10_000)]
    assert not stops_collection(agreement, (), SIGNED - timedelta(days=1))
    assert stops_collection(agreement, (), SIGNED)
    assert stops_collection(agreement, (), FIRST)
    assert not stops_collection(agreement, (), FIRST + timedelta(days=1))
    assert stops_collection(agreement, paid, date(2026, 3, 28))
    assert breach(agreement, paid, date(2026, 3, 29)) == Breach(date(2026, 3, 28), 10_000)
    assert breach(agreement, paid, date(2026, 4, 29)) == Breach(date(2026, 3, 28), 20_000)
    late = [*paid, LedgerEvent("P2", EventKind.PAYMENT, date(2026, 4, 29), 20_000)]
    assert stops_collection(agreement, late, date(2026, 4, 29))


def test_a_reversed_payment_and_one_before_signing_do_not_keep_it() -> None:
    agreement = agreed(120_000, 12)
    events = [
        LedgerEvent("P0", EventKind.PAYMENT, SIGNED - timedelta(days=1), 10_000),
        LedgerEvent("P1", EventKind.PAYMENT, FIRST, 10_000),
        LedgerEvent("R1", EventKind.REVERSAL, date(2026, 3, 2), 10_000, reverses="P1"),
    ]
    assert stops_collection(agreement, events, date(2026, 3, 1))
    assert not stops_collection(agreement, events, date(2026, 3, 2))


@pytest.mark.parametrize(
    ("lender", "ppm", "signed", "expected"),
    [
        ("microloan", 240_000, None, []),
        ("microloan", 240_001, None, [("rate.microloan", Severity.ERROR)]),
        ("private", 154_000, date(2020, 8, 20), []),
        ("private", 154_001, date(2020, 8, 20), [("rate.private", Severity.ERROR)]),
        ("private", 120_000, date(2025, 6, 1), []),
        ("private", 134_000, date(2024, 10, 20), []),
        ("private", 134_000, date(2024, 10, 21), [("rate.private", Severity.ERROR)]),
        ("private", 1, None, [("rate.private.date", Severity.ERROR)]),
        ("private", 1, date(2018, 1, 1), [("rate.private.lpr", Severity.WARNING)]),
        ("bank", 240_000, None, []),
        ("bank", 240_001, None, [("rate.licensed", Severity.WARNING)]),
        ("consumer_finance", 300_000, None, [("rate.licensed", Severity.WARNING)]),
        ("telecom", 365_000, None, []),
    ],
)
def test_the_cap_of_each_lender_type(lender: str, ppm: int, signed: date | None, expected: list[Any]) -> None:
    assert [(f.code, f.severity) for f in check_rate_cap(lender, ppm, signed)] == expected


def test_the_lpr_table_is_dated_in_order_and_says_where_it_comes_from() -> None:
    points = load_lpr()
    assert [p.start for p in points] == sorted({p.start for p in points})
    assert lpr_on(date(2019, 8, 19)) is None
    assert lpr_on(date(2022, 8, 21)) == points[6]


@pytest.mark.parametrize(
    ("lender", "signed", "expected"),
    [
        ("private", date(2025, 6, 1), [("rate.claim", Severity.ERROR)]),
        ("microloan", None, [("rate.claim", Severity.WARNING)]),
        ("private", None, []),
        ("bank", None, []),
    ],
)
def test_a_late_fee_can_put_a_claim_above_the_cap(lender: str, signed: date | None, expected: list[Any]) -> None:
    """3,000.00, 30 days: interest 45.00 + late fee 300.00, where 12 % a year allows 29.59 and 24 % 59.18."""
    facts = AccountFacts("A", "instalment", lender, (DueItem(1, date(2026, 3, 1), 300_000),), opened=signed)
    position, _ = replay(facts, (), PRODUCTS["instalment"], date(2026, 3, 31))
    findings = check_claim_cap(facts, position)
    assert [(f.code, f.severity) for f in findings] == expected
    if lender == "private" and findings:
        assert "allows 29.59: 315.41 too much" in findings[0].what.en


def test_a_claim_within_the_cap_is_not_flagged() -> None:
    facts = AccountFacts("A", "cash_loan", "microloan", (DueItem(1, date(2025, 3, 1), 300_000),))
    position, _ = replay(facts, (), PRODUCTS["cash_loan"], date(2026, 3, 1))
    assert check_claim_cap(facts, position) == []
