"""Doubtful events and accounts: left out or taken with a finding, never a crash and never in silence."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from fairdue.ledger import (
    AccountFacts,
    DueItem,
    EventKind,
    LedgerEvent,
    check_due_days,
    load_products,
    make_quote,
    read_account,
    replay,
)
from fairdue.ledger.products import Product

PRODUCTS, _ = load_products()
FACTS = AccountFacts("A1", "instalment", "bank", (DueItem(1, date(2026, 3, 15), 300_000),))
AS_OF = date(2026, 3, 20)


def payment(reference: str, amount: int, **more: object) -> LedgerEvent:
    return LedgerEvent(reference, EventKind.PAYMENT, date(2026, 3, 15), amount, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("events", "code", "total"),
    [
        ([payment("P1", 0)], "ledger.event.amount", 330_750),
        ([payment("P1", -5)], "ledger.event.amount", 330_750),
        ([payment("P1", 300_000), payment("P1", 300_000)], "ledger.event.repeated", 0),
        (
            [LedgerEvent("R1", EventKind.REVERSAL, AS_OF, 1, reverses="P9")],
            "ledger.reversal.unknown",
            330_750,
        ),
        ([LedgerEvent("R1", EventKind.REVERSAL, AS_OF, 1)], "ledger.reversal.unknown", 330_750),
        (
            [payment("P1", 300_000), LedgerEvent("R1", EventKind.REVERSAL, AS_OF, 5, reverses="P1")],
            "ledger.reversal.amount",
            0,
        ),
        ([LedgerEvent("W1", EventKind.WAIVER, AS_OF, 5, component="all")], "ledger.event.component", 330_750),
        ([LedgerEvent("F1", EventKind.FEE, AS_OF, 5, component="interest")], "ledger.event.component", 330_750),
    ],
)
def test_a_doubtful_event_is_a_finding(events: list[LedgerEvent], code: str, total: int) -> None:
    position, findings = replay(FACTS, events, PRODUCTS["instalment"], AS_OF)
    assert [f.code for f in findings] == [code]
    assert position.total_fen == total


def test_before_its_reversal_a_payment_counts() -> None:
    events = [payment("P1", 300_000), LedgerEvent("R1", EventKind.REVERSAL, date(2026, 3, 18), 300_000, reverses="P1")]
    position, _ = replay(FACTS, events, PRODUCTS["instalment"], date(2026, 3, 17))
    assert position.total_fen == 0


@pytest.mark.parametrize(
    ("facts", "product", "code"),
    [
        (FACTS, "cash_loan", "ledger.product"),
        (AccountFacts("A", "instalment", "bank", FACTS.due_items, currency="USD"), "instalment", "ledger.currency"),
        (
            AccountFacts("A", "instalment", "bank", (DueItem(1, AS_OF, 2 * 10**11),)),
            "instalment",
            "ledger.principal.limit",
        ),
        (
            AccountFacts("A", "instalment", "bank", (DueItem(1, date(1999, 1, 1), 100),)),
            "instalment",
            "ledger.rate.missing",
        ),
    ],
)
def test_an_account_that_does_not_fit_its_product_is_a_finding(facts: AccountFacts, product: str, code: str) -> None:
    assert [f.code for f in replay(facts, (), PRODUCTS[product], AS_OF)[1]] == [code]


@pytest.mark.parametrize(
    ("day", "fits"),
    [("2026-03-07", True), ("2026-03-15", True), ("2026-02-28", True), ("2026-02-27", False), ("2026-03-31", False)],
)
def test_due_dates_are_checked_against_the_days_of_the_product(day: str, fits: bool) -> None:
    facts = AccountFacts("A", "instalment", "bank", (DueItem(1, date.fromisoformat(day), 100),))
    assert [f.code for f in check_due_days(facts, PRODUCTS["instalment"])] == ([] if fits else ["ledger.due_day"])
    assert check_due_days(facts, PRODUCTS["telecom"]) == []


def test_a_rate_that_ends_is_a_finding_and_interest_stops(tmp_path: Path) -> None:
    text = (
        "code: demo\nkind: bill\ntitle: {zh: 示例, en: Demo}\nsource: x\n"
        "rates: [{from: 2020-01-01, to: 2026-03-17, daily_ppm: 1000, cite: x}]\n"
    )
    (tmp_path / "demo.yaml").write_text(text, encoding="utf-8")
    product: Product = load_products(tmp_path)[0]["demo"]
    facts = AccountFacts("A", "demo", "bank", FACTS.due_items)
    position, findings = replay(facts, (), product, AS_OF)
    assert [f.code for f in findings] == ["ledger.rate.missing"]
    assert (position.interest_fen, position.daily_interest_fen) == (600, 0)


def test_an_account_without_items_owes_nothing() -> None:
    position, findings = replay(AccountFacts("A", "telecom", "telecom", ()), (), PRODUCTS["telecom"], AS_OF)
    assert findings == []
    assert (position.total_fen, position.dpd) == (0, 0)


def test_charges_at_their_least_and_most_say_so(tmp_path: Path) -> None:
    text = (
        "code: demo\nkind: bill\ntitle: {zh: 示例, en: Demo}\nsource: x\n"
        "rates: [{from: 2020-01-01, daily_ppm: 0, cite: x}]\n"
        "late_charge: {ppm: 10000, of: item, min_fen: 1000, max_fen: 2000, cite: x}\n"
    )
    (tmp_path / "demo.yaml").write_text(text, encoding="utf-8")
    product = load_products(tmp_path)[0]["demo"]
    said = []
    for principal in (50_000, 150_000, 900_000):
        facts = AccountFacts("A", "demo", "bank", (DueItem(1, date(2026, 3, 15), principal),))
        quote, _ = make_quote(facts, (), product, AS_OF, "Q1")
        line = next(line for line in quote.lines if line.code == "penalty")
        said.append((line.amount_fen, line.formula.en.partition(" × ")[2]))
    assert said == [(1000, "1%, at least = 10.00"), (1500, "1% = 15.00"), (2000, "1%, at most = 20.00")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            "account_id: A\nproduct: telecom\nlender_type: bank\ndue_items: [{due_date: 'soon', principal_fen: 9}]",
            "due_items.0.due_date",
        ),
        ("account_id: [", "cannot be read"),
        ("[]", "valid dictionary"),
        ("account_id: A\nproduct: telecom\nlender_type: bank\ndue_items: []\ncolour: red", "colour"),
        ("account_id: 6001\nproduct: telecom\nlender_type: bank\ndue_items: []", "account_id"),
        (
            "account_id: A\nproduct: telecom\nlender_type: bank\ndue_items: [{due_date: 2026-03-01, principal_fen: 99.5}]",
            "principal_fen",
        ),
        (
            "account_id: A\nproduct: telecom\nlender_type: bank\ndue_items: [{due_date: 2026-13-01, principal_fen: 9}]",
            "a.yaml:4: 2026-13-01: month must be in 1..12",
        ),
    ],
)
def test_an_account_file_that_is_none_is_refused_by_field(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "a.yaml"
    path.write_text(text, encoding="utf-8")
    read, findings = read_account(path)
    assert read is None
    assert {f.code for f in findings} == {"account.file"}
    assert said in findings[0].what.en


def test_json_is_read_too(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text(
        '{"account_id": "A1", "product": "telecom", "lender_type": "telecom", "due_items":'
        ' [{"due_date": "2026-03-01", "principal_fen": 9900}]}',
        encoding="utf-8",
    )
    read, findings = read_account(path)
    assert findings == []
    assert read is not None
    assert read[0].due_items[0].due_date == date(2026, 3, 1)
