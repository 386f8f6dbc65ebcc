"""The gate goes by wishes that count today: what ran out is not seen, evidence is."""

from __future__ import annotations

from datetime import date, timedelta

from call_world import NOON, Clock, World, make_account, make_line
from test_preferences import CONTRACT, LETTER, ask, key_of

from fairdue.desk.call import gate
from fairdue.desk.call.models import Denial, Permit
from fairdue.desk.call.services import record_contact, take_permit
from fairdue.desk.preferences.models import How, Kind, Preference
from fairdue.desk.preferences.services import record, take_back


def test_the_gate_does_not_see_a_consent_that_ran_out(world: World, noon: Clock) -> None:
    record(Kind.CONSENT, world.customer, world.lead, value="late_hours", given=LETTER, valid_until=date(2026, 3, 2))
    assert ask(world, 23)
    at = NOON + timedelta(hours=12, minutes=30)  # 00:30 on the next day in Shanghai
    assert not gate.ask(world.agent, world.customer, world.mobile, at=at)["allow"]
    noon.at = at
    assert isinstance(take_permit(world.agent, world.customer, world.mobile, request_key="x"), Denial)


def test_agreed_hours_that_ran_out_give_way_to_the_ordinary_ones(world: World) -> None:
    record(
        Kind.AGREED_HOURS, world.customer, world.lead, value="20:00-23:00", given=LETTER, valid_until=date(2026, 3, 2)
    )
    assert not gate.ask(world.agent, world.customer, world.mobile, at=NOON)["allow"]
    assert gate.ask(world.agent, world.customer, world.mobile, at=NOON + timedelta(days=1))["allow"]


def test_a_spouse_is_asked_to_pay_on_evidence_for_this_debt_only(world: World) -> None:
    wife = make_line(world.customer, "19900000007", role="spouse")
    second = make_account(world.customer, "A2", due_date=date(2026, 2, 25))

    def may(account) -> bool:
        return gate.ask(world.agent, world.customer, wife, at=NOON, account=account, purpose="collect")["allow"]

    assert not may(world.account)
    record(
        Kind.EVIDENCE, world.customer, world.lead, value="joint_debt", line=wife, account=world.account, given=CONTRACT
    )
    assert may(world.account)
    assert not may(second)
    take_back(key_of(world.customer, Kind.EVIDENCE), world.customer, world.agent)
    assert not may(world.account)


def test_a_guarantor_is_one_under_contract(world: World) -> None:
    line = make_line(world.customer, "19900000008", role="family")
    proof = {"value": "guarantee_contract", "line": line, "account": world.account}
    record(Kind.EVIDENCE, world.customer, world.lead, given=CONTRACT, **proof)
    line.refresh_from_db()
    assert gate.ask(world.agent, world.customer, line, at=NOON)["allow"]
    bare = make_line(world.customer, "19900000009", role="guarantor")
    assert not gate.ask(world.agent, world.customer, bare, at=NOON)["allow"]


def test_a_call_that_reached_the_wrong_person_is_the_evidence(world: World) -> None:
    permit = take_permit(world.agent, world.customer, world.mobile, request_key="w")
    assert isinstance(permit, Permit)
    contact = record_contact(permit, world.agent, "wrong_number", talk_seconds=20)
    row = Preference.objects.get()
    assert (row.kind, row.contact, row.how, row.line) == (Kind.WRONG_NUMBER, contact, How.CALL, world.mobile)
