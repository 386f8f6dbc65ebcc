"""The permit: who gets one, what a denial says, and that its slot is freed."""

from __future__ import annotations

from datetime import timedelta

import pytest
from call_world import LATE, Clock, World, make_customer, make_line, make_user
from django.db import IntegrityError, connection, transaction

from fairdue.desk.audit.models import AuditEvent
from fairdue.desk.call.models import Contact, Denial, Permit, PermitState
from fairdue.desk.call.services import (
    expire_permits,
    keep_alive,
    record_contact,
    release_permit,
    take_permit,
)
from fairdue.desk.cases.services import set_hold
from fairdue.desk.refusals import RefusedError


def take(world: World, key: str, **extra) -> Permit | Denial:
    return take_permit(world.agent, world.customer, extra.pop("line", world.mobile), request_key=key, **extra)


def denied_by(denial: Denial) -> list[str]:
    return [rule["id"] for rule in denial.decision["rules"] if rule["verdict"] == "deny"]


def test_a_lawful_call_gets_a_permit_and_an_audit_event(world: World) -> None:
    permit = take(world, "k1")
    assert isinstance(permit, Permit)
    assert permit.state == PermitState.OPEN
    assert permit.decision["allow"] is True
    event = AuditEvent.objects.get(kind="permit.taken")
    assert (event.actor_name, event.customer_id) == ("lin", world.customer.pk)


def test_the_same_key_gives_the_same_permit(world: World) -> None:
    assert take(world, "k1").pk == take(world, "k1").pk
    assert Permit.objects.count() == 1


def test_a_key_cannot_be_used_for_another_customer(world: World) -> None:
    take(world, "k1")
    other = make_customer("D2", world.agent)
    with pytest.raises(RefusedError):
        take_permit(world.agent, other, make_line(other, "19900000002"), request_key="k1")


def test_at_2205_debtor_local_it_is_denied_with_clause_and_next_moment(world: World, noon: Clock) -> None:
    noon.at = LATE
    denial = take(world, "k1")
    assert isinstance(denial, Denial)
    assert denied_by(denial)
    assert all(rule["citation"]["zh"] for rule in denial.decision["rules"])
    assert denial.decision["next_lawful"] == "2026-03-03T00:00:00+00:00"  # 08:00 in Shanghai
    assert AuditEvent.objects.filter(kind="permit.denied").count() == 1


@pytest.mark.parametrize("missing", ["zones", "source"])
def test_what_is_not_known_denies(world: World, missing: str) -> None:
    if missing == "zones":
        type(world.customer).objects.update(zones=[])
        type(world.mobile).objects.update(zones=[])
    else:
        type(world.mobile).objects.update(source="")
    assert isinstance(take(world, "k1"), Denial)


def test_a_hold_set_a_moment_ago_denies_even_on_a_stale_page(world: World) -> None:
    set_hold("dispute", world.customer, world.agent)
    denial = take(world, "k1")
    assert isinstance(denial, Denial)
    assert denial.decision["next_lawful"] is None


def test_open_permits_count_as_calls_until_they_end(world: World) -> None:
    first = [take(world, f"k{n}") for n in range(3)]
    assert all(isinstance(p, Permit) for p in first)
    assert isinstance(take(world, "k4"), Denial)
    release_permit(first[0].pk, world.agent)
    assert isinstance(take(world, "k5"), Permit)


def test_an_abandoned_permit_expires_and_its_slot_is_free(world: World, noon: Clock) -> None:
    for n in range(3):
        take(world, f"k{n}")
    noon.forward(seconds=181)
    assert isinstance(take(world, "later"), Permit)
    assert Permit.objects.filter(state=PermitState.EXPIRED).count() == 3
    assert AuditEvent.objects.filter(kind="permit.expired").count() == 3


def test_a_running_call_keeps_its_permit_but_not_for_ever(world: World, noon: Clock) -> None:
    permit = take(world, "k1")
    for _ in range(200):
        noon.forward(seconds=60)
        keep_alive(permit.pk, world.agent)
    permit.refresh_from_db()
    assert permit.expires_at - permit.taken_at == timedelta(hours=2)
    assert permit.state == PermitState.EXPIRED
    assert expire_permits(noon()) == 0


def test_two_customers_sharing_a_number_share_its_unanswered_attempts(world: World) -> None:
    other = make_customer("D2", world.agent)
    shared = make_line(other, "19900000001")
    for n in range(6):
        permit = take(world, f"k{n}")
        record_contact(permit, world.agent, "no_answer")
    asked = take_permit(world.agent, other, shared, request_key="other")
    spoke = [rule for rule in asked.decision["rules"] if len(rule["counted"]) >= 6]
    assert spoke


def test_a_contact_person_is_denied_while_the_customer_can_be_reached(world: World) -> None:
    sister = make_line(world.customer, "19900000009", role="family")
    assert isinstance(take(world, "k1", line=sister), Denial)


def test_a_permit_that_was_used_cannot_be_given_back(world: World) -> None:
    permit = take(world, "k1")
    record_contact(permit, world.agent, "no_answer")
    with pytest.raises(RefusedError):
        release_permit(permit.pk, world.agent)


def test_the_database_itself_refuses_a_contact_without_a_permit(world: World) -> None:
    values = (world.customer.pk, world.mobile.pk, world.agent.pk)
    sql = (
        "INSERT INTO call_contact (permit_id, customer_id, line_id, agent_id, channel, mode, direction, role, started_at,"
        " connected, talk_seconds, two_way, outcome, note, recorded_at) VALUES (NULL, %s, %s, %s, 'voice_human',"
        " 'interactive', 'out', 'debtor', '2026-03-02', true, 0, true, 'reached', '', '2026-03-02')"
    )
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql, values)
    assert Contact.objects.count() == 0


def test_the_database_itself_refuses_a_second_contact_on_a_permit(world: World) -> None:
    contact = record_contact(take(world, "k1"), world.agent, "reached")
    contact.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        contact.save(force_insert=True)


def test_another_agent_cannot_record_on_this_permit(world: World) -> None:
    permit = take(world, "k1")
    with pytest.raises(RefusedError):
        record_contact(permit, make_user("wang"), "reached")
