"""What each outcome sets in motion, and that a permit is consumed once."""

from __future__ import annotations

from datetime import date, time, timedelta

import pytest
from call_world import Clock, World, make_line, make_user

from fairdue.desk.audit.models import AuditEvent
from fairdue.desk.call.models import Contact, Denial, Permit, PermitState
from fairdue.desk.call.services import Details, record_contact, release_permit, take_permit
from fairdue.desk.cases.models import Case, Hold
from fairdue.desk.plans.models import Plan
from fairdue.desk.plans.services import Part
from fairdue.desk.promises.models import Promise
from fairdue.desk.refusals import RefusedError
from fairdue.desk.worklist.models import NightRun, Task, WorklistEntry


def finish(world: World, outcome: str, details: Details | None = None, **extra) -> Contact:
    permit = take_permit(world.agent, world.customer, extra.pop("line", world.mobile), request_key=f"k-{outcome}")
    assert isinstance(permit, Permit)
    return record_contact(permit, world.agent, outcome, details=details, talk_seconds=60, **extra)


def open_holds() -> list[str]:
    return sorted(Hold.objects.filter(lifted_at=None).values_list("kind", flat=True))


PROMISE = Details(amount_fen=300_000, due_on=date(2026, 3, 4), due_time=time(17), pay_channel="app", read_back=True)


def test_a_promise_is_recorded_with_its_check_task(world: World) -> None:
    contact = finish(world, "promise", PROMISE, note="发工资后还")
    promise = Promise.objects.get()
    assert (promise.amount_fen, promise.due_on, promise.contact_id) == (300_000, date(2026, 3, 4), contact.pk)
    task = Task.objects.get(kind="promise_check")
    assert task.subject == f"promise:{promise.pk}"
    assert task.due_at.isoformat() == "2026-03-04T09:00:00+00:00"  # 17:00 in Shanghai


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"amount_fen": 0}, "amount"),
        ({"due_on": date(2026, 3, 1)}, "due_on"),
        ({"due_on": date(2026, 6, 1)}, "due_on"),
        ({"due_on": None}, "due_on"),
        ({"read_back": False}, "read_back"),
    ],
)
def test_a_promise_that_is_not_one_is_refused_and_nothing_is_written(world: World, change: dict, field: str) -> None:
    details = Details(**{**PROMISE.__dict__, **change})
    with pytest.raises(RefusedError) as refused:
        finish(world, "promise", details)
    assert refused.value.finding.place.field == field
    assert Contact.objects.count() == Promise.objects.count() == 0
    assert Permit.objects.get().state == PermitState.OPEN


def test_a_card_agreement_stops_collection_while_it_is_kept(world: World) -> None:
    parts = tuple(Part(date(2026, month, 20), 100_000) for month in (4, 5, 6))
    finish(world, "plan", Details(plan_kind="card_agreement", parts=parts))
    assert open_holds() == ["plan_kept"]
    assert Plan.objects.get().total_fen == 300_000
    assert Task.objects.filter(kind="plan_check").count() == 3


@pytest.mark.parametrize(
    ("outcome", "hold", "case", "days"),
    [
        ("dispute", "dispute", "dispute", 20),
        ("complaint", "complaint", "complaint", 30),
        ("hardship", "hardship_review", "hardship", 15),
        ("vulnerable", "crisis", "vulnerable", 3),
    ],
)
def test_what_must_be_looked_into_stops_collection_and_opens_a_case(
    world: World, outcome: str, hold: str, case: str, days: int
) -> None:
    finish(world, outcome, Details(summary="客户原话"))
    assert open_holds() == [hold]
    opened = Case.objects.get()
    assert (opened.kind, opened.due_on) == (case, date(2026, 3, 2) + timedelta(days=days))
    assert opened.hold.kind == hold
    assert isinstance(take_permit(world.agent, world.customer, world.mobile, request_key="again"), Denial)


def test_a_vulnerable_customer_reaches_the_lead_as_a_task(world: World) -> None:
    finish(world, "vulnerable", Details(summary="说不想活了"))
    assert Task.objects.get(kind="review").agent == world.lead


def test_a_payment_that_is_claimed_is_checked_and_nobody_calls_meanwhile(world: World) -> None:
    finish(world, "paid_claimed", Details(amount_fen=100_000))
    assert open_holds() == ["paid_claimed"]
    assert Task.objects.get(kind="paid_check").amount_fen == 100_000


def test_asked_to_stop_by_the_customer_is_a_hold(world: World) -> None:
    finish(world, "stop_contact")
    assert open_holds() == ["stop_contact"]


def test_a_wrong_number_is_never_dialled_again(world: World) -> None:
    finish(world, "wrong_number")
    world.mobile.refresh_from_db()
    assert world.mobile.valid is False
    assert isinstance(take_permit(world.agent, world.customer, world.mobile, request_key="again"), Denial)


def test_a_callback_is_a_task_at_the_moment_that_suits(world: World, noon: Clock) -> None:
    when = noon() + timedelta(hours=3)
    finish(world, "callback", Details(callback_at=when))
    assert Task.objects.get(kind="callback").due_at == when


def test_a_callback_in_the_past_is_refused(world: World, noon: Clock) -> None:
    with pytest.raises(RefusedError):
        finish(world, "callback", Details(callback_at=noon() - timedelta(hours=1)))


@pytest.fixture
def sister(world: World):
    """A contact person's line, with a permit taken in a lawful way: the customer is lost and the record shows it."""
    return make_line(world.customer, "19900000009", role="family")


def third_party_permit(world: World, line) -> Permit:
    return Permit.objects.create(
        number="P20260302-009999-0",
        customer=world.customer,
        line=line,
        account=world.account,
        agent=world.agent,
        purpose="relay",
        taken_at=world.customer.created_at,
        expires_at=world.customer.created_at + timedelta(minutes=3),
        request_key="third",
        decision={},
    )


def test_a_contact_person_who_refuses_is_not_called_again(world: World, sister) -> None:
    record_contact(third_party_permit(world, sister), world.agent, "refused")
    sister.refresh_from_db()
    assert sister.refused is True
    assert open_holds() == []


@pytest.mark.parametrize("outcome", ["promise", "plan", "dispute", "hardship", "paid_claimed"])
def test_a_contact_person_cannot_promise_or_dispute_for_the_customer(world: World, sister, outcome: str) -> None:
    with pytest.raises(RefusedError):
        record_contact(third_party_permit(world, sister), world.agent, outcome, details=PROMISE)
    assert Contact.objects.count() == 0


def test_when_the_customer_came_to_a_contacts_phone_the_call_counts_as_the_customers(world: World, sister) -> None:
    contact = record_contact(
        third_party_permit(world, sister), world.agent, "promise", details=PROMISE, with_customer=True
    )
    assert contact.role == "debtor"
    assert Promise.objects.count() == 1


def test_submitting_twice_records_once(world: World) -> None:
    permit = take_permit(world.agent, world.customer, world.mobile, request_key="k")
    first = record_contact(permit, world.agent, "promise", details=PROMISE)
    second = record_contact(permit, world.agent, "promise", details=PROMISE)
    assert first.pk == second.pk
    assert Promise.objects.count() == Task.objects.count() == 1
    assert AuditEvent.objects.filter(kind="contact.recorded").count() == 1


def test_no_answer_is_not_put_through_and_has_no_talk(world: World) -> None:
    contact = finish(world, "no_answer")
    assert (contact.connected, contact.two_way, contact.talk_seconds) == (False, False, 0)


def test_without_a_talk_clock_the_whole_time_counts(world: World, noon: Clock) -> None:
    permit = take_permit(world.agent, world.customer, world.mobile, request_key="k")
    noon.forward(seconds=95)
    assert record_contact(permit, world.agent, "reached").talk_seconds == 95


def test_a_call_recorded_after_the_network_came_back_is_kept_and_marked_late(world: World, noon: Clock) -> None:
    permit = take_permit(world.agent, world.customer, world.mobile, request_key="k")
    noon.forward(minutes=20)
    contact = record_contact(permit, world.agent, "reached")
    assert contact.started_at == permit.taken_at
    assert AuditEvent.objects.get(kind="contact.recorded").payload["late"] is True
    noon.forward(hours=25)
    stale = take_permit(world.agent, world.customer, world.mobile, request_key="k2")
    noon.forward(hours=25)
    with pytest.raises(RefusedError):
        record_contact(stale, world.agent, "reached")


def test_nothing_is_recorded_on_a_permit_that_was_given_back(world: World) -> None:
    permit = take_permit(world.agent, world.customer, world.mobile, request_key="k")
    release_permit(permit.pk, world.agent)
    with pytest.raises(RefusedError):
        record_contact(permit, world.agent, "reached")


def test_the_entry_on_todays_list_is_done(world: World) -> None:
    run = NightRun.objects.create(day=date(2026, 3, 2), started_at=world.customer.created_at)
    entry = WorklistEntry.objects.create(
        run=run, day=date(2026, 3, 2), agent=world.agent, customer=world.customer, rank=1
    )
    finish(world, "no_answer")
    entry.refresh_from_db()
    assert entry.state == "done"


def test_another_agent_cannot_use_it(world: World) -> None:
    permit = take_permit(world.agent, world.customer, world.mobile, request_key="k")
    with pytest.raises(RefusedError):
        record_contact(permit, make_user("wang"), "reached")
