"""A change of the house from draft to force: refusals, four eyes, dates, what the next decision uses, and the way back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from call_world import Clock, World
from django.db import connection
from django.test.utils import CaptureQueriesContext
from policy_world import HOURS, RULE, TODAY, Room, approved, call, drafted, ending, head, make_room

from fairdue.desk.audit.models import AuditEvent
from fairdue.desk.call import gate
from fairdue.desk.call.models import Denial, Permit
from fairdue.desk.call.services import release_permit, take_permit
from fairdue.desk.policies import packing, selectors, services
from fairdue.desk.policies.models import DraftState, PolicyDraft, PolicyRevision
from fairdue.desk.policies.selectors import UnusablePackError, current_pack
from fairdue.desk.refusals import RefusedError
from fairdue.policy import Pack

TOMORROW = TODAY + timedelta(days=1)
NEXT_WEEK = TODAY + timedelta(days=7)


@pytest.fixture
def room(world: World) -> Room:
    return make_room()


def limits(pack: Pack, day: date, rule_id: str = RULE, param: str = "at_most") -> list[object]:
    return [rule.params[param] for rule in pack.rules if rule.id == rule_id and rule.in_force(day)]


def refused(step) -> str:
    with pytest.raises(RefusedError) as caught:
        step()
    return caught.value.finding.code


def test_without_a_change_the_shipped_pack_decides(room: Room) -> None:
    shipped = packing.shipped("CN")[0]
    assert current_pack() is shipped
    assert selectors.current_revision() == 0


def test_an_approved_change_holds_from_its_day_on_and_not_before(room: Room) -> None:
    shipped = packing.shipped("CN")[0].label
    approved(room, 2, day=NEXT_WEEK)
    pack = current_pack()
    assert limits(pack, NEXT_WEEK - timedelta(days=1)) == [3]
    assert limits(pack, NEXT_WEEK) == [3, 2]
    assert pack.label == f"{shipped}+desk-1"


def test_a_draft_and_a_submitted_change_hold_nowhere(room: Room) -> None:
    made = drafted(room.writer, 2)
    assert limits(current_pack(), TODAY) == [3]
    services.submit(made.number, room.writer)
    assert limits(current_pack(), TODAY) == [3]


def test_the_pack_of_a_day_is_asked_for_by_its_day(room: Room) -> None:
    approved(room, 2, day=NEXT_WEEK)
    assert limits(current_pack(day=TODAY), date(2020, 1, 1)) == [3]
    assert limits(current_pack(day=NEXT_WEEK), date(2020, 1, 1)) == [3, 2]


def test_the_current_pack_costs_one_query_and_is_the_same_object_until_an_approval(room: Room) -> None:
    approved(room, 2)
    first = current_pack()
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert current_pack() is first
    assert len(queries) == 1
    approved(room, "21:00", "closes", HOURS)
    assert current_pack() is not first


@pytest.mark.parametrize("value", [4, 3, 0, "two"])
def test_a_value_that_is_not_stricter_is_refused_and_nothing_is_written(room: Room, value: object) -> None:
    made = services.begin(room.writer, head())
    row = services.row_of(RULE, "at_most", value)
    assert refused(lambda: services.put_row(made.number, room.writer, row)).startswith("policies.")
    assert PolicyDraft.objects.get().changes == []


@pytest.mark.parametrize(("value", "proof", "stands"), [(4, "", False), (4, "合同第 8.2 条", True)])
def test_an_agreement_needs_its_proof(room: Room, value: int, proof: str, stands: bool) -> None:
    made = services.begin(room.writer, head())
    row = services.row_of("CN-GBT-02", "at_most", value, proof)
    if stands:
        assert services.put_row(made.number, room.writer, row).changes[0]["proof"] == proof
    else:
        assert refused(lambda: services.put_row(made.number, room.writer, row)) == "policies.proof"


def test_a_date_in_the_past_is_refused_at_the_start_and_at_the_approval(room: Room, noon: Clock) -> None:
    assert refused(lambda: services.begin(room.writer, head(TODAY - timedelta(days=1)))) == "policies.date"
    made = drafted(room.writer, 2, day=TOMORROW)
    services.submit(made.number, room.writer)
    noon.forward(days=2)
    assert refused(lambda: services.approve(made.number, room.second, "同意")) == "policies.date"
    assert limits(current_pack(), TODAY + timedelta(days=5)) == [3]
    assert PolicyRevision.objects.count() == 0


def test_nobody_decides_on_a_change_that_they_wrote_a_part_of(room: Room) -> None:
    made = drafted(room.writer, 2)
    services.put_row(made.number, room.second, services.row_of(HOURS, "closes", "21:00"))
    services.submit(made.number, room.writer)
    for user in (room.writer, room.second):
        assert refused(lambda user=user: services.approve(made.number, user, "同意")) == "policies.own"
        assert refused(lambda user=user: services.send_back(made.number, user, "再想想")) == "policies.own"


def test_only_compliance_writes_and_decides(room: Room, world: World) -> None:
    made = drafted(room.writer, 2)
    services.submit(made.number, room.writer)
    for user in (world.agent, world.lead):
        assert refused(lambda user=user: services.begin(user, head())) == "policies.role"
        assert refused(lambda user=user: services.approve(made.number, user, "同意")) == "policies.role"
        assert refused(lambda user=user: services.withdraw(made.number, user, "不要")) == "policies.role"


def test_a_change_is_returned_with_a_comment_mended_and_approved(room: Room) -> None:
    made = drafted(room.writer, 2)
    services.submit(made.number, room.writer, "请看")
    services.send_back(made.number, room.second, "再紧一点")
    services.put_row(made.number, room.writer, services.row_of(RULE, "at_most", 1))
    services.submit(made.number, room.writer)
    done = services.approve(made.number, room.second, "同意")
    assert [row["params"] for row in done.changes] == [{"at_most": 1}]
    assert [(step.what, step.text) for step in selectors.steps_of(done)][-3:] == [
        ("edited", f"{RULE}:at_most"),
        ("submitted", ""),
        ("approved", "同意"),
    ]
    assert ("returned", "再紧一点") in [(step.what, step.text) for step in selectors.steps_of(done)]
    assert done.overlay["rules"] == [{"rule": RULE, "part": None, "params": {"at_most": 1}, "proof": ""}]


def test_a_planned_change_is_withdrawn_and_one_in_force_is_not(room: Room, noon: Clock) -> None:
    planned = approved(room, 2, day=TOMORROW)
    services.withdraw(planned.number, room.writer, "先不改")
    assert limits(current_pack(), TOMORROW) == [3]
    assert selectors.standing(PolicyDraft.objects.get(), TODAY, {}) == "withdrawn"
    again = approved(room, 2, day=TOMORROW)
    noon.forward(days=1)
    assert refused(lambda: services.withdraw(again.number, room.writer, "不要了")) == "policies.in_force"
    assert limits(current_pack(), TOMORROW) == [3, 2]


def test_a_change_in_force_is_ended_by_a_new_one_from_a_later_day(room: Room) -> None:
    change = approved(room, 2)
    end = ending(room, change, NEXT_WEEK)
    pack = current_pack()
    assert limits(pack, NEXT_WEEK - timedelta(days=1)) == [3, 2]
    assert limits(pack, NEXT_WEEK) == [3]
    (one,) = selectors.additions("CN", RULE)
    assert (one.state, one.last, one.ended_by) == ("force", NEXT_WEEK - timedelta(days=1), end)
    ends = selectors.ends_of(selectors.approved("CN"))
    assert selectors.standing(change, TODAY, ends) == "force"
    assert selectors.standing(change, NEXT_WEEK, ends) == "ended"


def test_one_row_of_a_change_ends_and_the_other_stays(room: Room) -> None:
    made = drafted(room.writer, 2)
    services.put_row(made.number, room.writer, services.row_of(HOURS, "closes", "20:00"))
    services.submit(made.number, room.writer)
    change = services.approve(made.number, room.second, "同意")
    ending(room, change, NEXT_WEEK, row=1)
    pack = current_pack()
    assert limits(pack, NEXT_WEEK) == [3, 2]
    assert limits(pack, NEXT_WEEK, HOURS, "closes") == ["22:00"]
    assert limits(pack, TODAY, HOURS, "closes") == ["22:00", "20:00"]


def test_an_ending_begins_tomorrow_at_the_earliest_and_only_once(room: Room) -> None:
    change = approved(room, 2)
    early = services.begin(room.writer, head(TODAY))
    step = lambda: services.put_ending(early.number, room.writer, change.number, 0)  # noqa: E731
    assert refused(step) in ("policies.end.today", "policies.end.early")
    ending(room, change, NEXT_WEEK)
    late = services.begin(room.writer, head(NEXT_WEEK))
    twice = lambda: services.put_ending(late.number, room.writer, change.number, 0)  # noqa: E731
    assert refused(twice) == "policies.end.twice"


def test_a_later_change_replaces_an_earlier_one_in_one_step(room: Room) -> None:
    change = approved(room, 1)
    made = services.begin(room.writer, head(NEXT_WEEK))
    services.put_ending(made.number, room.writer, change.number, 0)
    services.put_row(made.number, room.writer, services.row_of(RULE, "at_most", 2))
    services.submit(made.number, room.writer)
    services.approve(made.number, room.second, "放回两次")
    assert limits(current_pack(), NEXT_WEEK - timedelta(days=1)) == [3, 1]
    assert limits(current_pack(), NEXT_WEEK) == [3, 2]


def test_a_page_that_is_out_of_date_does_not_overwrite(room: Room) -> None:
    made = drafted(room.writer, 2)
    seen = made.edits
    services.put_row(made.number, room.second, services.row_of(HOURS, "closes", "21:00"))
    assert refused(lambda: services.take_out(made.number, room.writer, "changes", 0, edits=seen)) == "policies.stale"
    assert len(PolicyDraft.objects.get().changes) == 2


def test_an_empty_change_cannot_be_submitted(room: Room) -> None:
    made = services.begin(room.writer, head())
    assert refused(lambda: services.submit(made.number, room.writer)) == "policies.empty"


def test_a_draft_that_is_given_up_stays_readable_and_is_closed(room: Room) -> None:
    made = drafted(room.writer, 2)
    services.discard(made.number, room.writer)
    assert PolicyDraft.objects.get().state == DraftState.DISCARDED
    assert refused(lambda: services.submit(made.number, room.writer)) == "policies.state"


def test_every_step_is_in_the_audit_trail_without_its_words(room: Room) -> None:
    approved(room, 2, day=NEXT_WEEK)
    services.withdraw(1, room.writer, "先不改")
    events = AuditEvent.objects.filter(subject="policy:1").order_by("pk")
    kinds = [event.kind for event in events]
    assert kinds == ["policy.begun", "policy.edited", "policy.submitted", "policy.approved", "policy.withdrawn"]
    assert not any("先不改" in str(event.payload) for event in events)


def test_a_revision_keeps_all_overlays_as_they_were(room: Room) -> None:
    change = approved(room, 2)
    ending(room, change, NEXT_WEEK)
    first, second = PolicyRevision.objects.order_by("number")
    assert [raw["effective"]["to"] for raw in first.overlays] == [None]
    assert [raw["effective"]["to"] for raw in second.overlays] == [(NEXT_WEEK - timedelta(days=1)).isoformat()]
    assert limits(selectors.pack_of(first), NEXT_WEEK) == [3, 2]
    assert limits(selectors.pack_of(second), NEXT_WEEK) == [3]


def test_a_change_whose_rule_is_gone_closes_the_gate_until_it_is_ended(room: Room, monkeypatch) -> None:
    change = approved(room, 2)
    base = packing.shipped("CN")[0]
    without = Pack(base.name, "next", "CN", tuple(rule for rule in base.rules if rule.id != RULE), base.title)
    monkeypatch.setattr(packing, "shipped", lambda _jurisdiction: (without, ()))
    monkeypatch.setattr(selectors, "_COMPOSED", {})
    with pytest.raises(UnusablePackError, match=RULE):
        current_pack()
    change.effective_from = TODAY - timedelta(days=3)  # it was approved some days ago
    change.save()
    ending(room, change, TODAY)
    assert limits(current_pack(), TODAY) == []


def test_no_pack_for_a_jurisdiction_closes_the_gate(db) -> None:
    with pytest.raises(UnusablePackError):
        current_pack("XX")


def test_the_gate_refuses_at_the_next_decision_and_names_the_house(
    room: Room, world: World, noon: Clock, monkeypatch
) -> None:
    monkeypatch.setattr(gate, "pack", current_pack)
    for n in range(2):
        call(world, noon, f"c{n}")
    released = take_permit(world.agent, world.customer, world.mobile, request_key="before")
    assert isinstance(released, Permit)
    release_permit(released.pk, world.agent)
    approved(room, 2)
    denial = take_permit(world.agent, world.customer, world.mobile, request_key="after")
    assert isinstance(denial, Denial)
    assert denial.decision["pack"].endswith("+desk-1")
    (rule,) = [one for one in denial.decision["rules"] if one["verdict"] == "deny"]
    assert rule["id"] == RULE
    assert "催收管理办法 第 12 条" in rule["citation"]["zh"]
    assert "GB/T 45251-2025" in rule["citation"]["zh"]
