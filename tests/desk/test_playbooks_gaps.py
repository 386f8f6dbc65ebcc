"""Reports that nothing fits, and what other systems may read of the playbook."""

from __future__ import annotations

from datetime import timedelta

import pytest
from call_world import make_user
from ninja import NinjaAPI
from ninja.testing import TestClient
from playbook_world import LINE, PACK, WORDS, Room, drafted, live, make_room, reworded

from fairdue.cli.demo_playbooks import fill_playbooks
from fairdue.desk.audit.models import AuditEvent
from fairdue.desk.people.models import Role
from fairdue.desk.playbooks import selectors, services
from fairdue.desk.playbooks.api import router
from fairdue.desk.playbooks.models import Gap, GapReason, GapState, PlaybookRevision, RevisionState
from fairdue.desk.refusals import RefusedError


@pytest.fixture
def room(db: None, noon) -> Room:
    return make_room()


def report(room: Room, **fields) -> Gap:
    values = {
        "session_id": None,
        "stage": "first",
        "product": "credit_card",
        "acts": ["stall.payday"],
        "heard": "厂里发薪日说不准",
        "offered": [LINE],
        "reason": "words_do_not_fit",
    }
    return services.report_gap(room.agent, **{**values, **fields})


def test_what_was_heard_is_stored_without_personal_data(room: Room) -> None:
    gap = report(room, heard="我叫王小明，电话13800138000\x00", wish="打13800138000找他")
    assert "13800138000" not in gap.heard + gap.wish
    assert "\x00" not in gap.heard
    event = AuditEvent.objects.get()
    assert (event.kind, event.actor_name, event.subject) == ("playbook.gap_reported", "he", f"gap:{gap.pk}")
    assert event.payload == {"reason": "words_do_not_fit", "stage": "first", "acts": ["stall.payday"]}


@pytest.mark.parametrize(("field", "value"), [("reason", "bored"), ("reason", ""), ("stage", "never")])
def test_reasons_and_stages_are_closed_lists(room: Room, field: str, value: str) -> None:
    with pytest.raises(RefusedError) as refused:
        report(room, **{field: value})
    assert refused.value.finding.place.field == field
    assert Gap.objects.count() == 0


@pytest.mark.parametrize("reason", GapReason.values)
def test_every_reason_is_taken(room: Room, reason: str) -> None:
    assert report(room, reason=reason).reason == reason


def test_odd_input_is_cut_down_to_what_is_known(room: Room) -> None:
    gap = report(
        room,
        acts=["stall.payday", "no.such.act", "13800138000"],
        offered=["first.payday.1", "call.13800138000", *[f"x.{n}" for n in range(40)]],
        heard="长" * 1_000_000,
        product="p" * 300,
    )
    assert gap.acts == ["stall.payday"]
    assert len(gap.offered) == 12
    assert "call.13800138000" not in gap.offered
    assert (len(gap.heard), len(gap.product)) == (2000, 40)


def test_the_same_act_and_stage_is_counted_over_thirty_days(room: Room, noon) -> None:
    report(room)
    noon.at += timedelta(days=29)
    second, other = report(room), report(room, stage="repeat")
    assert selectors.alike([second, other]) == {second.pk: 2, other.pk: 1}
    noon.at += timedelta(days=2)
    assert selectors.alike([second]) == {second.pk: 1}


def test_reports_wait_at_the_pack_that_leads_such_calls(room: Room) -> None:
    report(room)
    report(room, product="telecom", stage="due_day")
    report(room, stage="third_party", product="no_such_product")
    waiting = selectors.waiting_by_pack(selectors.library_of(0))
    assert waiting[PACK] == 1
    assert waiting["p10-telecom"] == 1
    assert sum(waiting.values()) == 3


def test_one_trainer_takes_a_report_and_another_is_told(room: Room) -> None:
    gap = report(room)
    assert services.take_gap(gap.pk, room.trainer).state == GapState.TAKEN
    assert services.take_gap(gap.pk, room.trainer).taken_by == room.trainer
    with pytest.raises(RefusedError) as refused:
        services.take_gap(gap.pk, room.other)
    assert "sun" in refused.value.finding.what.en
    assert list(selectors.gaps(room.trainer, show="mine")) == [gap]
    assert list(selectors.gaps(room.other, show="mine")) == []


def test_an_answer_may_name_a_live_line_or_one_of_a_draft_and_nothing_else(room: Room) -> None:
    first, second, third = report(room), report(room), report(room)
    services.answer_gap(first.pk, room.trainer, "用这一句", line=LINE)
    fresh = reworded(id="p01.first.payday.o1")
    services.save_line(PACK, room.trainer, fresh, seen=services.seen_now(PACK), new=True)
    services.answer_gap(second.pk, room.trainer, "写了新的", line=fresh.id)
    with pytest.raises(RefusedError):
        services.answer_gap(third.pk, room.trainer, "有一句", line="no.such.line")
    with pytest.raises(RefusedError):
        services.answer_gap(third.pk, room.trainer, "  ")
    services.answer_gap(third.pk, room.trainer, "先听，不必急着回")
    answers = {gap.pk: (gap.answer_line, gap.state) for gap in selectors.own_gaps(room.agent)}
    assert answers == {
        first.pk: (LINE, "answered"),
        second.pk: (fresh.id, "answered"),
        third.pk: ("", "answered"),
    }


def test_setting_aside_needs_a_reason_and_closes_it(room: Room) -> None:
    gap = report(room)
    with pytest.raises(RefusedError):
        services.dismiss_gap(gap.pk, room.trainer, "")
    services.dismiss_gap(gap.pk, room.trainer, "这一句本来就合适，换个语气说")
    with pytest.raises(RefusedError):
        services.answer_gap(gap.pk, room.trainer, "再答")
    assert list(selectors.gaps(room.trainer)) == []
    assert list(selectors.gaps(room.trainer, show="closed")) == [gap]
    assert AuditEvent.objects.order_by("-seq").first().kind == "playbook.gap_dismissed"


@pytest.mark.parametrize("role", [Role.AGENT, Role.LEAD, Role.COMPLIANCE, Role.ADMIN])
def test_only_trainers_work_on_reports(room: Room, role: Role) -> None:
    gap, user = report(room), make_user(f"one-{role}", role)
    for step in (
        lambda: services.take_gap(gap.pk, user),
        lambda: services.answer_gap(gap.pk, user, "x"),
        lambda: services.dismiss_gap(gap.pk, user, "x"),
    ):
        with pytest.raises(RefusedError):
            step()
    gap.refresh_from_db()
    assert gap.state == GapState.OPEN


# -- other systems


@pytest.fixture
def machine(room: Room) -> TestClient:
    api = NinjaAPI(urls_namespace="playbooks-alone")
    api.add_router("/playbooks", router)
    return TestClient(api)


def test_other_systems_learn_which_release_is_live(machine: TestClient, room: Room) -> None:
    assert machine.get("/playbooks/release").json()["number"] == 0
    live(room)
    answer = machine.get("/playbooks/release").json()
    assert (answer["number"], answer["revisions"]) == (1, {PACK: 1})
    assert answer["library"] == selectors.library_of(1).version


def test_other_systems_read_a_line_of_the_live_or_of_a_named_release(machine: TestClient, room: Room) -> None:
    live(room)
    now = machine.get(f"/playbooks/lines/{LINE}").json()
    assert (now["say"], now["pack"], now["release"], now["within"]) == (WORDS, "org-p01-bank-card", 1, "2d")
    before = machine.get(f"/playbooks/lines/{LINE}?release=0").json()
    assert (before["pack"], before["release"]) == (PACK, 0)
    assert before["say"] != WORDS
    for missing in ("/playbooks/lines/no.such.line", f"/playbooks/lines/{LINE}?release=9"):
        assert machine.get(missing).status_code == 404
    drafted(room.trainer, "还没上线的话,{期限}前{应还金额}行吗?")
    assert machine.get(f"/playbooks/lines/{LINE}").json()["say"] == WORDS


# -- the demo


def test_the_demo_has_one_approved_overlay_and_two_reports(db: None, noon) -> None:
    for name, role in (("trainer", Role.TRAINER), ("compliance", Role.COMPLIANCE), ("zhang", Role.AGENT)):
        make_user(name, role)
    fill_playbooks()
    fill_playbooks()
    assert PlaybookRevision.objects.get().state == RevisionState.LIVE
    assert selectors.current_release() == 1
    assert Gap.objects.count() == 2
