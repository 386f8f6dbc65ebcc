"""The database itself holds permit and contact together: tried with raw SQL, behind the application's back."""

from __future__ import annotations

from datetime import timedelta

import pytest
from call_world import NOON, World, make_customer, make_line, make_user
from django.db import Error, connection, transaction

from fairdue.desk import sql
from fairdue.desk.call.models import Contact, Permit, PermitState
from fairdue.desk.call.services import keep_alive, record_contact, release_permit, take_permit
from fairdue.desk.call.triggers import BOUND, NOT_BACK, NOT_ITS_PERMIT

CONTACT = (
    "INSERT INTO call_contact (permit_id, customer_id, line_id, agent_id, channel, mode, direction, role, started_at,"
    " connected, talk_seconds, two_way, outcome, note, recorded_at)"
    " VALUES (%s, %s, %s, %s, %s, %s, 'out', 'debtor', %s, false, 0, false, 'no_answer', '', %s)"
)


@pytest.fixture
def permit(world: World) -> Permit:
    taken = take_permit(world.agent, world.customer, world.mobile, request_key="k")
    assert isinstance(taken, Permit)
    return taken


def insert(on: Permit, **other: object) -> None:
    values = {
        "permit": on.pk,
        "customer": on.customer_id,
        "line": on.line_id,
        "agent": on.agent_id,
        "channel": on.channel,
        "mode": on.mode,
        "started_at": on.taken_at,
    } | other
    values["started_at"] = sql.instant(values["started_at"])
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(CONTACT, [*values.values(), values["started_at"]])


def execute(statement: str, *values: object) -> None:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, values)


def test_a_contact_that_fits_uses_its_permit_up_in_the_same_statement(permit: Permit) -> None:
    insert(permit)
    permit.refresh_from_db()
    assert permit.state == PermitState.USED


@pytest.mark.parametrize("what", ["customer", "line", "agent", "channel", "mode", "too_early", "too_late", "permit"])
def test_a_contact_that_does_not_fit_its_permit_is_refused(world: World, permit: Permit, what: str) -> None:
    other = make_customer("D2", world.agent)
    wrong = {
        "customer": {"customer": other.pk},
        "line": {"line": make_line(other, "19900000002").pk},
        "agent": {"agent": make_user("wang").pk},
        "channel": {"channel": "sms"},
        "mode": {"mode": "notify"},
        "too_early": {"started_at": permit.taken_at - timedelta(seconds=1)},
        "too_late": {"started_at": permit.expires_at + timedelta(seconds=1)},
        "permit": {"permit": permit.pk + 1000},
    }
    with pytest.raises(Error, match=NOT_ITS_PERMIT):
        insert(permit, **wrong[what])
    permit.refresh_from_db()
    assert (permit.state, Contact.objects.count()) == (PermitState.OPEN, 0)


def test_a_contact_on_a_permit_that_was_given_back_is_refused(world: World, permit: Permit) -> None:
    release_permit(permit.pk, world.agent)
    with pytest.raises(Error, match=NOT_ITS_PERMIT):
        insert(permit)


def test_a_second_contact_is_refused(world: World, permit: Permit) -> None:
    record_contact(permit, world.agent, "no_answer")
    with pytest.raises(Error):
        insert(permit)
    assert Contact.objects.count() == 1


@pytest.mark.parametrize("column", ["customer_id", "line_id", "agent_id", "account_id"])
def test_what_a_permit_is_bound_to_never_changes(permit: Permit, column: str) -> None:
    with pytest.raises(Error, match=BOUND):
        execute(f"UPDATE call_permit SET {column} = {column} + 1")


@pytest.mark.parametrize(
    "change", ["channel = 'sms'", "purpose = 'x'", "number = 'x'", "request_key = 'x'", "taken_at = '2020-01-01'"]
)
def test_nor_do_its_other_bindings(permit: Permit, change: str) -> None:
    with pytest.raises(Error, match=BOUND):
        execute(f"UPDATE call_permit SET {change}")


@pytest.mark.parametrize("column", ["customer_id", "line_id", "agent_id", "permit_id"])
def test_a_contact_keeps_to_its_permit(world: World, permit: Permit, column: str) -> None:
    record_contact(permit, world.agent, "no_answer")
    with pytest.raises(Error, match=BOUND):
        execute(f"UPDATE call_contact SET {column} = {column} + 1")


def test_a_permit_is_not_used_without_a_contact(permit: Permit) -> None:
    with pytest.raises(Error, match=NOT_BACK):
        execute("UPDATE call_permit SET state = 'used'")


@pytest.mark.parametrize("ended", ["used", "expired", "released"])
def test_a_permit_never_opens_again(world: World, permit: Permit, ended: str) -> None:
    if ended == "used":
        record_contact(permit, world.agent, "no_answer")
    else:
        execute(f"UPDATE call_permit SET state = '{ended}'")
    with pytest.raises(Error, match=NOT_BACK):
        execute("UPDATE call_permit SET state = 'open'")


def test_the_time_of_a_permit_is_only_prolonged_and_only_while_it_is_open(world: World, permit: Permit) -> None:
    keep_alive(permit.pk, world.agent)
    later, earlier = (sql.instant(permit.expires_at + timedelta(seconds=s)) for s in (60, -60))
    execute("UPDATE call_permit SET expires_at = %s", later)
    with pytest.raises(Error, match=NOT_BACK):
        execute("UPDATE call_permit SET expires_at = %s", earlier)
    release_permit(permit.pk, world.agent)
    with pytest.raises(Error, match=NOT_BACK):
        execute("UPDATE call_permit SET expires_at = %s", sql.instant(permit.expires_at + timedelta(days=1)))


def test_a_permit_without_time_is_refused(world: World) -> None:
    values = {"customer": world.customer, "line": world.mobile, "agent": world.agent, "decision": {}}
    with pytest.raises(Error, match="permit_has_time"):
        Permit.objects.create(number="P1", request_key="x", taken_at=NOON, expires_at=NOON, **values)


def test_a_late_record_of_a_call_that_was_made_is_still_possible(world: World, permit: Permit) -> None:
    execute("UPDATE call_permit SET state = 'expired'")
    record_contact(permit.pk, world.agent, "no_answer")
    permit.refresh_from_db()
    assert permit.state == PermitState.USED
