"""What must hold for every account: replay day by day, conservation, monotone interest, sums that are sums."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from fairdue.ledger import (
    AccountFacts,
    DueItem,
    EventKind,
    LedgerEvent,
    Quote,
    commission_plan,
    explain,
    load_products,
    make_quote,
    replay,
    verify_quote,
)

PRODUCTS, _ = load_products()
START = date(2025, 11, 20)
days = st.integers(0, 200).map(lambda n: START + timedelta(days=n))
amounts = st.integers(1, 3_000_000)


@st.composite
def accounts(draw: st.DrawFn) -> AccountFacts:
    product = draw(st.sampled_from(sorted(PRODUCTS)))
    rows = draw(st.lists(st.tuples(days, amounts, st.integers(0, 5_000), st.integers(0, 900)), min_size=1, max_size=4))
    items = tuple(DueItem(n, *row) for n, row in enumerate(sorted(rows), 1))
    return AccountFacts("A1", product, "bank", items, credit_fen=draw(st.sampled_from([0, 0, 777])))


@st.composite
def histories(draw: st.DrawFn) -> list[LedgerEvent]:
    out = []
    for number in range(draw(st.integers(0, 6))):
        kind = draw(st.sampled_from([EventKind.PAYMENT] * 4 + [EventKind.FEE, EventKind.WAIVER, EventKind.CHARGE]))
        component = draw(st.sampled_from([None, "cost", "penalty"])) if kind is not EventKind.PAYMENT else None
        if kind is EventKind.CHARGE:
            component = None
        out.append(LedgerEvent(f"E{number}", kind, draw(days), draw(amounts), component=component))
    for event in [e for e in out if e.kind is EventKind.PAYMENT]:
        if draw(st.booleans()) and draw(st.booleans()):
            back = event.value_date + timedelta(days=draw(st.integers(0, 20)))
            out.append(
                LedgerEvent(f"R{event.reference}", EventKind.REVERSAL, back, event.amount_fen, reverses=event.reference)
            )
    return out


def live(events: list[LedgerEvent], as_of: date) -> list[LedgerEvent]:
    """Payments that count on a day, found without the ledger's own rule."""
    gone = [e.reverses for e in events if e.kind is EventKind.REVERSAL and e.value_date <= as_of]
    return [e for e in events if e.kind is EventKind.PAYMENT and e.value_date <= as_of and e.reference not in gone]


@settings(max_examples=150, deadline=None)
@given(accounts(), histories(), days)
def test_every_fen_paid_is_allocated_or_held(facts: AccountFacts, events: list[LedgerEvent], as_of: date) -> None:
    position, findings = replay(facts, events, PRODUCTS[facts.product], as_of)
    assert findings == []
    waived = sum(s.amount_fen for s in position.steps if s.code.startswith("waived."))
    received = sum(e.amount_fen for e in live(events, as_of)) + facts.credit_fen
    assert sum(position.paid.values()) + position.credit_fen == received + waived
    parts = [position.cost_fen, position.interest_fen, position.penalty_fen, position.fee_fen, position.principal_fen]
    assert min(parts) >= 0
    assert position.total_fen == sum(parts) - min(sum(parts), position.credit_fen)
    assert 0 <= position.overdue_fen <= sum(parts)


@settings(max_examples=150, deadline=None)
@given(accounts(), histories(), days, st.integers(0, 60))
def test_a_longer_replay_passes_through_the_shorter_one(
    facts: AccountFacts, events: list[LedgerEvent], as_of: date, later: int
) -> None:
    """Incremental = from scratch: nothing that happens after a day changes what was booked up to it."""
    product = PRODUCTS[facts.product]
    payments_only = [e for e in events if e.kind is not EventKind.REVERSAL]
    early, _ = replay(facts, payments_only, product, as_of)
    late, _ = replay(facts, payments_only, product, as_of + timedelta(days=later))
    assert [s for s in late.steps if s.day <= as_of] == list(early.steps)


@settings(max_examples=100, deadline=None)
@given(accounts(), histories(), days)
def test_a_day_on_which_nothing_happens_changes_nothing(
    facts: AccountFacts, events: list[LedgerEvent], as_of: date
) -> None:
    """Stopping every third day, for the waiver of a cost that is not there, gives the same fen."""
    assume(all(e.component != "cost" for e in events))
    product = PRODUCTS[facts.product]
    whole, _ = replay(facts, events, product, as_of)
    marks = [
        LedgerEvent(f"M{n}", EventKind.WAIVER, START + timedelta(days=n), 1, component="cost") for n in range(0, 200, 3)
    ]
    daily, _ = replay(facts, [*events, *marks], product, as_of)
    assert (daily.total_fen, daily.interest_fen, daily.overdue_fen, daily.credit_fen, daily.paid) == (
        *(whole.total_fen, whole.interest_fen, whole.overdue_fen, whole.credit_fen),
        whole.paid,
    )


@settings(max_examples=100, deadline=None)
@given(accounts(), st.lists(st.integers(0, 300), min_size=2, max_size=6))
def test_interest_never_falls_while_nothing_is_paid(facts: AccountFacts, offsets: list[int]) -> None:
    product = PRODUCTS[facts.product]
    plain = replace(facts, credit_fen=0)
    found = [replay(plain, (), product, START + timedelta(days=n))[0].interest_fen for n in sorted(offsets)]
    assert found == sorted(found)


@settings(max_examples=100, deadline=None)
@given(accounts(), histories(), days)
def test_the_order_of_the_feed_does_not_matter(facts: AccountFacts, events: list[LedgerEvent], as_of: date) -> None:
    product = PRODUCTS[facts.product]
    assert replay(facts, events, product, as_of) == replay(facts, events[::-1], product, as_of)


@settings(max_examples=100, deadline=None)
@given(accounts(), histories(), days)
def test_the_lines_of_a_quote_sum_to_its_total(facts: AccountFacts, events: list[LedgerEvent], as_of: date) -> None:
    product = PRODUCTS[facts.product]
    quote, _ = make_quote(facts, events, product, as_of, "Q20260101-000001-1")
    assert sum(line.amount_fen for line in quote.lines) == quote.total_fen
    assert Quote.from_dict(quote.as_dict()) == quote
    assert verify_quote(quote, facts, events, product)
    assert all(line.formula.zh and line.formula.en for line in quote.lines)
    assert len(explain(quote, "en").splitlines()) >= len(quote.lines) + 3


@settings(max_examples=300, deadline=None)
@given(
    st.integers(1, 10**10),
    days,
    st.integers(1, 400),
    st.one_of(st.none(), st.integers(1, 12)),
    st.one_of(
        st.none(), st.integers(0, 10**10), st.lists(st.tuples(days, st.integers(0, 10**10)), min_size=1, max_size=5)
    ),
)
def test_a_plan_sums_exactly_in_time_and_within_means(
    amount: int, first: date, length: int, cycles: int | None, ability: list[tuple[date, int]] | int | None
) -> None:
    closing = first + timedelta(days=length)
    plan, findings = commission_plan(amount, first, closing, cycles, ability)
    if plan is None:
        assert [f.code for f in findings] == ["plan.means"]
        assert ability is not None
        return
    assert sum(p.amount_fen for p in plan.parts) == amount
    assert all(p.amount_fen > 0 for p in plan.parts)
    dates = [p.due_on for p in plan.parts]
    assert dates == sorted(set(dates))
    assert first < dates[0]
    assert dates[-1] <= closing
    if dates[-1] > closing - timedelta(days=7):
        assert [f.code for f in findings] == ["plan.no_margin"]
    if isinstance(ability, list):
        for part in plan.parts:
            due = sum(p.amount_fen for p in plan.parts if p.due_on <= part.due_on)
            assert due <= sum(fen for day, fen in ability if day <= part.due_on)
    if cycles and cycles > 1 and ability is None:
        assert plan.parts[0].amount_fen * cycles >= amount


@settings(max_examples=100, deadline=None)
@given(accounts(), st.lists(st.tuples(days, amounts), max_size=4), days)
def test_fees_and_costs_never_bear_interest(facts: AccountFacts, charges: list[tuple[date, int]], as_of: date) -> None:
    """CN-RATE-05: without a payment, charges raise the total by exactly themselves."""
    product, plain = PRODUCTS[facts.product], replace(facts, credit_fen=0)
    events = [LedgerEvent(f"F{n}", EventKind.FEE, day, fen) for n, (day, fen) in enumerate(charges)]
    with_fees, _ = replay(plain, events, product, as_of)
    without, _ = replay(plain, (), product, as_of)
    assert with_fees.interest_fen == without.interest_fen
    assert with_fees.total_fen - without.total_fen == sum(fen for day, fen in charges if day <= as_of)
