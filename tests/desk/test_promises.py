"""The life of a promise: decided from payments only, and again when payments change."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from call_world import Clock, World, pay, reverse
from hypothesis import given
from hypothesis import strategies as st

from fairdue.desk.audit.models import AuditEvent
from fairdue.desk.promises import selectors
from fairdue.desk.promises.models import Promise, PromiseState
from fairdue.desk.promises.payments import Due, Paid, spread
from fairdue.desk.promises.services import make_promise, settle, withdraw_promise
from fairdue.desk.refusals import RefusedError
from fairdue.desk.worklist.models import Task, WorklistEntry
from fairdue.desk.worklist.night import run_night

DAY = date(2026, 3, 4)


@pytest.fixture
def promise(world: World) -> Promise:
    return make_promise(world.account, world.agent, amount_fen=100_000, due_on=DAY, read_back=True)


def state(promise: Promise, as_of: date) -> tuple[str, int]:
    settle([promise.account_id], as_of)
    promise.refresh_from_db()
    return promise.state, promise.paid_fen


@pytest.mark.parametrize(
    ("paid_on", "paid_fen", "as_of", "expected"),
    [
        # day of payment, fen, looked at on, state
        (date(2026, 3, 3), 100_000, date(2026, 3, 3), "kept"),  # early
        (DAY, 90_000, DAY, "kept"),  # exactly 90 %
        (DAY, 89_999, DAY, "due"),  # one fen short, the day of grace still runs
        (DAY, 89_999, date(2026, 3, 6), "part_kept"),
        (date(2026, 3, 5), 100_000, date(2026, 3, 5), "kept"),  # in grace
        (date(2026, 3, 6), 100_000, date(2026, 3, 6), "broken"),  # a day too late
        (date(2026, 3, 1), 100_000, date(2026, 3, 6), "broken"),  # paid before it was promised
        (None, 0, date(2026, 3, 3), "open"),
        (None, 0, DAY, "due"),
        (None, 0, date(2026, 3, 5), "due"),
        (None, 0, date(2026, 3, 6), "broken"),
    ],
)
def test_the_definition(promise: Promise, world: World, paid_on, paid_fen, as_of, expected) -> None:
    if paid_on:
        pay(world.account, paid_on, paid_fen, "r1")
    assert state(promise, as_of)[0] == expected


def test_a_reversal_breaks_it_again_and_a_back_dated_payment_mends_it(promise: Promise, world: World) -> None:
    pay(world.account, DAY, 100_000, "r1")
    assert state(promise, date(2026, 3, 6)) == ("kept", 100_000)
    reverse(world.account, date(2026, 3, 7), 100_000, "r2", of="r1")
    assert state(promise, date(2026, 3, 8)) == ("broken", 0)
    pay(world.account, DAY, 95_000, "r3")
    assert state(promise, date(2026, 3, 9)) == ("kept", 95_000)
    changes = AuditEvent.objects.filter(kind="promise.settled").order_by("seq").values_list("payload", flat=True)
    assert [(c["before"], c["after"]) for c in changes] == [("open", "kept"), ("kept", "broken"), ("broken", "kept")]


def test_settling_twice_changes_nothing(promise: Promise, world: World) -> None:
    pay(world.account, DAY, 100_000, "r1")
    assert len(settle(None, DAY)) == 1
    assert settle(None, DAY) == []


def test_its_task_is_ticked_off_by_what_happens(promise: Promise, world: World) -> None:
    assert Task.objects.get().done_at is None
    pay(world.account, DAY, 100_000, "r1")
    settle(None, DAY)
    assert Task.objects.get().done_at is not None


def test_one_payment_does_not_keep_two_promises(promise: Promise, world: World, noon: Clock) -> None:
    later = make_promise(world.account, world.agent, amount_fen=100_000, due_on=date(2026, 3, 5), read_back=True)
    pay(world.account, DAY, 100_000, "r1")
    settle(None, date(2026, 3, 9))
    promise.refresh_from_db()
    later.refresh_from_db()
    assert (promise.state, later.state) == ("kept", "broken")
    assert selectors.broken_count(world.customer) == 1


def test_only_a_lead_withdraws_and_says_why(promise: Promise, world: World) -> None:
    with pytest.raises(RefusedError):
        withdraw_promise(promise.pk, world.agent, "误记")
    with pytest.raises(RefusedError):
        withdraw_promise(promise.pk, world.lead, " ")
    withdraw_promise(promise.pk, world.lead, "误记")
    assert state(promise, date(2026, 3, 9))[0] == "withdrawn"
    with pytest.raises(RefusedError):
        withdraw_promise(promise.pk, world.lead, "再次")


def test_the_list_and_its_totals(promise: Promise, world: World) -> None:
    assert list(selectors.listed(world.agent, "due", day=date(2026, 3, 3))) == []
    assert list(selectors.listed(world.agent, "due", day=DAY)) == [promise]
    assert list(selectors.listed(world.lead, "open")) == [promise]
    pay(world.account, DAY, 100_000, "r1")
    settle(None, DAY)
    totals = selectors.totals(selectors.listed(world.lead, "kept"))
    assert (totals.count, totals.paid_fen, totals.kept_percent) == (1, 100_000, 100)
    assert selectors.recent(day=DAY).kept == 1
    assert PromiseState.KEPT in selectors.FILTERS


days = st.integers(0, 12).map(lambda n: date(2026, 3, 1) + timedelta(days=n))
payments = st.lists(st.builds(Paid, days, st.integers(1, 10_000)), max_size=8)
dues = st.lists(st.tuples(days, st.integers(0, 6), st.integers(1, 10_000)), max_size=5)


@given(payments, dues)
def test_spreading_never_counts_a_fen_twice_nor_more_than_was_agreed(paid: list[Paid], raw: list[tuple]) -> None:
    agreed = [Due(n, start, start + timedelta(days=span), fen) for n, (start, span, fen) in enumerate(raw)]
    got = spread(paid, agreed)
    assert set(got) == {due.key for due in agreed}
    assert all(0 <= got[due.key] <= due.amount_fen for due in agreed)
    assert sum(got.values()) <= sum(p.amount_fen for p in paid)
    for due in agreed:
        assert got[due.key] <= sum(p.amount_fen for p in paid if due.start <= p.day <= due.end)


def test_a_broken_promise_is_decided_by_the_night_and_the_customer_comes_back(promise: Promise, world: World) -> None:
    run_night(date(2026, 3, 6))
    promise.refresh_from_db()
    assert promise.state == "broken"
    entry = WorklistEntry.objects.get(customer=world.customer)
    assert entry.reason["broken"] == 1
    assert entry.agent == world.agent
