"""Clocks that are off, set back, or pass an hour that occurs twice: a permit lives in real seconds, once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from call_world import NOON, Clock, World
from django.db import connection
from django.test.utils import CaptureQueriesContext

from fairdue.core.dates import local
from fairdue.desk.audit.models import AuditEvent
from fairdue.desk.audit.selectors import verify
from fairdue.desk.call.models import Contact, Denial, Permit, PermitState
from fairdue.desk.call.services import expire_permits, keep_alive, record_contact, take_permit
from fairdue.desk.call.services.permits import SKEW
from fairdue.desk.refusals import RefusedError

CAP = 3  # effective calls a day (GB/T 45251-2025, 5.3.2.2.2)
FOLDS = [
    ("America/New_York", datetime(2026, 11, 1, 5, 58, tzinfo=UTC)),  # 01:58 summer time; 2 minutes later it is 01:00
    ("Europe/London", datetime(2026, 10, 25, 0, 58, tzinfo=UTC)),
]


def take(world: World, key: str, **more) -> Permit | Denial:
    return take_permit(world.agent, world.customer, world.mobile, request_key=key, **more)


@pytest.mark.parametrize("off", [timedelta(0), SKEW, -SKEW])
def test_a_caller_whose_clock_is_a_little_off_gets_a_permit_for_now(world: World, off: timedelta) -> None:
    permit = take(world, "k", at=NOON + off)
    assert isinstance(permit, Permit)
    assert permit.taken_at == NOON


@pytest.mark.parametrize(
    "off", [SKEW + timedelta(seconds=1), -SKEW - timedelta(seconds=1), timedelta(days=1), timedelta(days=-9)]
)
def test_an_instant_that_is_not_now_is_refused(world: World, off: timedelta) -> None:
    with pytest.raises(RefusedError) as refused:
        take(world, "k", at=NOON + off)
    assert refused.value.finding.code == "permit.clock"
    assert (Permit.objects.count(), Denial.objects.count(), AuditEvent.objects.count()) == (0, 0, 0)


def test_a_clock_set_back_does_not_open_what_ended(world: World, noon: Clock) -> None:
    permit = take(world, "k")
    noon.forward(seconds=181)
    assert keep_alive(permit.pk, world.agent).state == PermitState.EXPIRED
    noon.forward(seconds=-180)
    assert keep_alive(permit.pk, world.agent).state == PermitState.EXPIRED
    assert take(world, "k").state == PermitState.EXPIRED
    assert expire_permits(noon()) == 0
    assert AuditEvent.objects.filter(kind="permit.expired").count() == 1


@pytest.mark.parametrize("back", [timedelta(minutes=5), timedelta(hours=13), timedelta(days=2)])
def test_a_clock_set_back_frees_no_place(world: World, noon: Clock, back: timedelta) -> None:
    """Three calls were made; the clock then says that they lie ahead. They count all the same."""
    for n in range(CAP):
        record_contact(take(world, f"k{n}"), world.agent, "reached", talk_seconds=60)
    noon.at = max(NOON - back, NOON - timedelta(days=2))
    again = take(world, "again")
    assert isinstance(again, Denial)
    assert any(len(rule["counted"]) >= CAP for rule in again.decision["rules"])


def test_open_permits_count_when_the_clock_was_set_back(world: World, noon: Clock) -> None:
    for n in range(CAP):
        take(world, f"k{n}")
    noon.forward(minutes=-30)
    assert isinstance(take(world, "again"), Denial)


def test_the_record_of_a_call_does_not_lie_before_its_permit(world: World, noon: Clock) -> None:
    permit = take(world, "k")
    noon.forward(minutes=-10)
    contact = record_contact(permit, world.agent, "reached")
    assert (contact.started_at, contact.recorded_at, contact.talk_seconds) == (NOON, NOON, 0)


@pytest.mark.parametrize(("zone", "at"), FOLDS)
def test_in_the_hour_that_occurs_twice_a_permit_lives_its_real_seconds(
    world: World, noon: Clock, zone: str, at: datetime
) -> None:
    """At 01:58 for 180 s: it ends at 01:01 by the wall clock, three minutes later all the same."""
    night_owl(world, zone)
    noon.at = at
    permit = take(world, "k")
    assert isinstance(permit, Permit)
    wall = [local(moment, zone).replace(tzinfo=None) for moment in (permit.taken_at, permit.expires_at)]
    assert wall[1] < wall[0]
    noon.forward(seconds=179)
    assert keep_alive(permit.pk, world.agent).state == PermitState.OPEN
    noon.forward(seconds=181)
    assert expire_permits(noon()) == 1


@pytest.mark.parametrize(("zone", "at"), FOLDS)
def test_in_the_day_of_25_hours_the_cap_is_that_of_one_day(world: World, noon: Clock, zone: str, at: datetime) -> None:
    """Calls on both sides of the repeated hour fall on one local day."""
    night_owl(world, zone)
    got = []
    for n in range(CAP + 1):
        noon.at = at + timedelta(minutes=40 * n)
        got.append(take(world, f"k{n}"))
        if isinstance(got[-1], Permit):
            record_contact(got[-1], world.agent, "reached", talk_seconds=60)
    assert [isinstance(answer, Permit) for answer in got] == [True] * CAP + [False]
    assert Contact.objects.count() == CAP
    assert verify()[1] == []


def night_owl(world: World, zone: str) -> None:
    """A customer in that zone who asked to be called at night, between half past midnight and four."""
    customer = type(world.customer).objects
    customer.update(zones=[zone], agreed_hours=["00:30", "04:00"], consents=["late_hours"])
    type(world.mobile).objects.update(zones=[zone])


def test_a_permit_costs_few_statements(world: World) -> None:
    """The hot path: whoever adds a query to it should do so knowingly."""
    take(world, "warm")
    with CaptureQueriesContext(
        connection,
    ) as asked:
        take(world, "k")
    assert len([q for q in asked if "SAVEPOINT" not in q["sql"]]) <= 7


def test_the_history_is_found_by_its_indexes(world: World) -> None:
    """No table of contacts is read as a whole."""
    if connection.vendor != "sqlite":
        pytest.skip("a small table is read as a whole on PostgreSQL, whatever its indexes")
    from fairdue.desk.call import reading

    plan = []
    for statement, values in (reading.own_history(world.customer.pk, NOON), (reading._OTHERS, ["x"] * 12)):
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {statement}", values)
            plan += [row[3] for row in cursor.fetchall()]
    assert [step for step in plan if step.startswith("SCAN")] == []
    assert any("past_customer_at (customer_id=? AND at>? AND at<?)" in step for step in plan)
