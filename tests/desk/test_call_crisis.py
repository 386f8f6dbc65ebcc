"""Somebody on the line may be in danger: everything stops at once, people are told, and a mistake can be put right."""

from __future__ import annotations

import re

import pytest
from call_site import HTMX, live, page_of, signed_in, start
from call_world import World, make_line, make_user
from django.test import Client
from django.urls import reverse
from test_call_quiet import assert_quiet

from fairdue.desk.audit.models import AuditEvent
from fairdue.desk.call.models import CallSession, CrisisAlert
from fairdue.desk.cases.models import Case, Hold
from fairdue.desk.people.models import Role
from fairdue.desk.worklist.models import Task

SAID = "我不想活了"


@pytest.fixture
def in_danger(desk: Client, world: World) -> CallSession:
    session = start(desk, world)
    desk.post(live("hear", session), {"act": "identity.confirm"})
    desk.post(live("hear", session), {"text": SAID}, headers=HTMX)
    session.refresh_from_db()
    return session


def test_hold_case_alert_and_task_come_with_the_very_turn(world: World, in_danger: CallSession) -> None:
    assert in_danger.turns[-1]["acts"] == ["vulnerable.self_harm"]
    hold, case, alert = Hold.objects.get(), Case.objects.get(), CrisisAlert.objects.get()
    assert (hold.kind, hold.customer_id) == ("crisis", world.customer.pk)
    assert (case.kind, case.hold_id, alert.case_id) == ("vulnerable", hold.pk, case.pk)
    assert Task.objects.get().agent == world.lead
    assert {"call.crisis", "hold.set", "case.opened"} <= set(AuditEvent.objects.values_list("kind", flat=True))


def test_hearing_it_again_opens_nothing_twice(desk: Client, in_danger: CallSession) -> None:
    desk.post(live("hear", in_danger), {"act": "vulnerable.self_harm"})
    desk.post(live("hear", in_danger), {"text": SAID})
    assert (Hold.objects.count(), Case.objects.count(), CrisisAlert.objects.count()) == (1, 1, 1)


def test_the_outcome_joins_the_case_that_is_open(desk: Client, world: World, in_danger: CallSession) -> None:
    desk.post(live("outcome", in_danger), {"outcome": "vulnerable", "summary": "身边有家人陪着"})
    case = Case.objects.get()
    assert case.contact.outcome == "vulnerable"
    assert "身边有家人陪着" in case.summary


def test_the_page_turns_to_the_protocol_and_has_no_word_of_the_debt(
    desk: Client, world: World, in_danger: CallSession
) -> None:
    html = desk.get(page_of(world)).content.decode()
    for expected in ('id="crisis"', "12356", "110", "120"):
        assert expected in html
    shown = re.sub(r'<ul[^>]*id="never">.*?</ul>', "", html, flags=re.DOTALL)
    shown = re.sub(r"<ol.*?</ol>", "", shown, flags=re.DOTALL)  # the protocol itself says not to speak of it
    assert_quiet(shown, "Q20260302-", "示例银行", "10,1", 'value="promise"')
    replies = desk.get(live("guide", in_danger), headers=HTMX).context["guide"].replies
    assert replies
    for reply in replies:
        assert not any(reply.dots)
        assert reply.deadline is None


def test_every_supervisor_sees_it_until_one_takes_over(desk: Client, world: World, in_danger: CallSession) -> None:
    second = make_user("zhou", Role.LEAD)
    alert = CrisisAlert.objects.get()
    for user in (world.lead, second, world.compliance):
        page = signed_in(user).get(reverse("cases:list")).content.decode()
        assert f'id="seen-{alert.pk}"' in page
        assert "沈**" in page
        assert SAID not in page
    assert "crisis-alerts" not in desk.get(reverse("worklist:day")).content.decode()
    lead = signed_in(world.lead)
    lead.post(reverse("call:alert-seen", args=[alert.pk]))
    signed_in(second).post(reverse("call:alert-seen", args=[alert.pk]))
    alert.refresh_from_db()
    assert alert.seen_by == world.lead
    assert AuditEvent.objects.filter(kind="call.crisis_seen").count() == 1
    assert f'id="seen-{alert.pk}"' not in lead.get(reverse("cases:list")).content.decode()
    assert "zhang has taken note" in desk.get(page_of(world)).content.decode()
    assert desk.post(reverse("call:alert-seen", args=[alert.pk])).status_code == 403


def test_misheard_needs_a_reason_brings_the_lines_back_and_keeps_the_hold(
    desk: Client, world: World, in_danger: CallSession
) -> None:
    desk.post(live("misheard", in_danger), {"reason": " "})
    in_danger.refresh_from_db()
    assert in_danger.state["crisis"] is True
    desk.post(live("misheard", in_danger), {"reason": "他说的是手机不想活了,没电了"})
    panel = desk.get(live("guide", in_danger), headers=HTMX).context["guide"]
    assert panel.mode == "normal"
    assert panel.crisis == ""
    assert Hold.objects.get().lifted_at is None
    alert = CrisisAlert.objects.get()
    assert alert.withdrawn_reason.startswith("他说的是手机")
    assert "misheard" in signed_in(world.lead).get(reverse("cases:list")).content.decode()
    desk.post(live("hear", in_danger), {"act": "vulnerable.self_harm"})
    assert (CrisisAlert.objects.count(), Case.objects.count(), Hold.objects.count()) == (2, 1, 1)


def test_only_the_banner_of_an_open_page_is_asked_for_again(desk: Client, world: World, in_danger: CallSession) -> None:
    banner = signed_in(world.lead).get(reverse("call:alerts"))
    assert banner.status_code == 200
    assert "<html" not in banner.content.decode()
    assert desk.get(reverse("call:alerts")).status_code == 403


def test_a_relative_who_speaks_of_it_counts_too(desk: Client, world: World) -> None:
    session = start(desk, world)
    desk.post(live("hear", session), {"act": "identity.family"})
    desk.post(live("hear", session), {"act": "vulnerable.self_harm"})
    assert CrisisAlert.objects.count() == Hold.objects.count() == 1


def test_two_customers_two_cases(desk: Client, world: World, in_danger: CallSession) -> None:
    from call_world import make_account, make_customer

    other = make_customer("D5", world.agent)
    make_account(other, "A5")
    line = make_line(other, "19900000055")
    desk.post(reverse("call:permit", args=[other.pk, line.pk]), {"request_key": "other-1"})
    session = CallSession.objects.get(permit__customer=other)
    desk.post(live("hear", session), {"act": "vulnerable.self_harm"})
    assert Case.objects.count() == CrisisAlert.objects.count() == 2
