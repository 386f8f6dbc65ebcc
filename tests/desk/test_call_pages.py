"""The call screen through the site: what it shows, what it hides, and that nothing typed or recorded is lost."""

from __future__ import annotations

from datetime import date

import pytest
from call_site import HTMX, live, lost, page_of, promise_for, save, signed_in, start
from call_world import LATE, Clock, World, make_account, make_customer, make_user
from django.test import Client
from django.urls import reverse

from fairdue.desk.audit.models import AuditEvent
from fairdue.desk.call.models import CallSession, Contact, Denial, Permit, PermitState
from fairdue.desk.call.services import take_permit
from fairdue.desk.cases.models import Hold
from fairdue.desk.plans.models import Plan
from fairdue.desk.promises.models import Promise
from fairdue.desk.worklist.models import NightRun, WorklistEntry


def test_before_a_call_the_page_says_who_what_is_owed_and_which_line(desk: Client, world: World) -> None:
    html = desk.get(page_of(world)).content.decode()
    assert "沈**" in html
    assert "沈示例" not in html
    assert "19900000001" not in html
    assert "10,1" in html  # 10 000 of principal plus interest
    assert "Q20260302-" in html
    assert 'data-dial="1"' in html


def test_a_denied_line_has_no_button_but_reason_clause_and_next_moment(desk: Client, world: World, noon: Clock) -> None:
    noon.at = LATE
    html = desk.get(page_of(world)).content.decode()
    assert "data-dial" not in html
    assert "CN-" in html
    assert "03-03 08:00" in html
    answer = desk.post(reverse("call:permit", args=[world.customer.pk, world.mobile.pk]), {"request_key": "x"})
    assert answer.status_code == 409
    assert 'id="denied"' in answer.content.decode()
    assert Denial.objects.count() == 1
    assert Permit.objects.count() == 0


def test_revealing_is_written_down(desk: Client, world: World) -> None:
    answer = desk.post(reverse("call:reveal", args=[world.customer.pk]), {"field": "name"})
    assert "沈示例" in answer.content.decode()
    assert AuditEvent.objects.filter(kind="personal.revealed", customer_id=world.customer.pk).count() == 1


def test_other_agents_do_not_see_this_customer(world: World) -> None:
    other = signed_in(make_user("wang"))
    assert other.get(page_of(world)).status_code == 404
    session_less = other.post(reverse("call:permit", args=[world.customer.pk, world.mobile.pk]), {"request_key": "x"})
    assert session_less.status_code == 404


def test_leads_and_trainers_do_not_call(world: World) -> None:
    assert signed_in(world.lead).get(page_of(world)).status_code == 403


def test_what_the_customer_says_brings_replies_with_a_real_figure(desk: Client, world: World) -> None:
    session = start(desk, world)
    desk.post(live("hear", session), {"act": "identity.confirm"})
    html = desk.post(live("hear", session), {"text": "我等发工资再还"}, headers=HTMX).content.decode()
    assert 'data-reply="1"' in html
    assert 'data-reply="3"' in html
    assert "Q20260302-" in html
    assert "元" in html
    session.refresh_from_db()
    line = next(part.split('"')[0] for part in html.split('name="line" value="')[1:])
    desk.post(live("say", session), {"line": line})
    session.refresh_from_db()
    assert [turn["who"] for turn in session.turns] == ["customer", "customer", "agent"]
    assert session.turns[-1]["line"] == line


def test_without_scripts_the_guide_answers_with_the_whole_page(desk: Client, world: World) -> None:
    session = start(desk, world)
    assert desk.post(live("hear", session), {"act": "identity.confirm"}).url == page_of(world)
    assert session.permit.customer_id == world.customer.pk


def test_before_the_customer_is_confirmed_no_reply_names_a_figure(desk: Client, world: World) -> None:
    session = start(desk, world)
    html = desk.post(live("hear", session), {"text": "什么事"}, headers=HTMX).content.decode()
    assert "Q20260302-" not in html


def test_signs_of_danger_turn_the_whole_screen(desk: Client, world: World) -> None:
    session = start(desk, world)
    desk.post(live("hear", session), {"act": "identity.confirm"})
    answer = desk.post(live("hear", session), {"text": "我不想活了"}, headers={**HTMX, "X-Call-Mode": "0"})
    assert answer.headers["HX-Refresh"] == "true"
    html = desk.get(page_of(world)).content.decode()
    assert 'id="crisis"' in html
    assert "110" in html
    assert "示例银行" not in html
    assert 'value="promise"' not in html
    assert desk.post(live("outcome", session), promise_for(world)).status_code == 422
    desk.post(live("outcome", session), {"outcome": "vulnerable", "summary": "说不想活了"})
    assert Hold.objects.get().kind == "crisis"


def test_on_a_contacts_line_the_whole_screen_hides_the_debt(desk: Client, world: World, noon: Clock) -> None:
    sister = lost(world, noon)
    world.account.card_tail = "6688"
    world.account.save()
    start(desk, world, sister, confirmed="1")
    html = desk.get(page_of(world)).content.decode()
    for secret in ("10,1", "示例银行", "6688", "Q20260302-", "A1<", "days late", 'value="promise"', "2026-02-20"):
        assert secret not in html, secret
    session = CallSession.objects.get()
    answer = desk.post(live("outcome", session), {"outcome": "promise", "amount": "100"})
    assert answer.status_code == 422
    desk.post(live("identity", session), {"confirmed": "1"})
    html = desk.get(page_of(world)).content.decode()
    assert "示例银行" in html
    assert 'value="promise"' in html
    assert AuditEvent.objects.filter(kind="call.identity").count() == 1


def test_a_relative_on_the_customers_own_line_hides_it_too(desk: Client, world: World) -> None:
    session = start(desk, world)
    answer = desk.post(live("hear", session), {"act": "identity.family"}, headers={**HTMX, "X-Call-Mode": "0"})
    assert answer.headers["HX-Refresh"] == "true"
    assert "示例银行" not in desk.get(page_of(world)).content.decode()


def test_a_promise_is_recorded_with_the_quote_that_was_shown(desk: Client, world: World) -> None:
    session = start(desk, world)
    answer = desk.post(live("outcome", session), promise_for(world))
    assert answer.status_code == 302
    promise = Promise.objects.get()
    assert (promise.amount_fen, promise.due_on) == (300_000, date(2026, 3, 4))
    assert promise.quote is not None
    assert Contact.objects.get().talk_seconds == 75
    assert 'id="outcome-form"' not in desk.get(page_of(world)).content.decode()


def test_sending_twice_records_once(desk: Client, world: World) -> None:
    session = start(desk, world)
    for _ in range(2):
        answer = desk.post(live("outcome", session), promise_for(world), headers={"X-Requested-With": "fetch"})
        assert answer.json() == {"next": page_of(world)}
    assert Contact.objects.count() == Promise.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"amount": "many"}, "amount"),
        ({"amount": "0"}, "amount"),
        ({"amount": ""}, "amount"),
        ({"due_on": ""}, "due_on"),
        ({"due_on": "2026-03-01"}, "due_on"),
        ({"due_on": "2026-13-01"}, "due_on"),
        ({"pay_channel": "cash"}, "pay_channel"),
        ({"read_back": ""}, "read_back"),
        ({"outcome": "gone"}, "outcome"),
    ],
)
def test_what_does_not_fit_is_said_at_its_field_and_nothing_is_written(
    desk: Client, world: World, changes: dict[str, str], field: str
) -> None:
    session = start(desk, world)
    answer = desk.post(live("outcome", session), promise_for(world, **changes), headers={"X-Requested-With": "fetch"})
    assert answer.status_code == 422
    assert answer.context["form"].errors[field]
    assert Contact.objects.count() == 0
    assert Permit.objects.get().state == PermitState.OPEN


def test_fields_of_other_outcomes_are_not_looked_at(desk: Client, world: World) -> None:
    session = start(desk, world)
    answer = desk.post(live("outcome", session), promise_for(world, outcome="no_answer", due_on="nonsense", amount="?"))
    assert answer.status_code == 302
    assert Contact.objects.get().outcome == "no_answer"


def test_a_plan_is_agreed_with_the_planners_parts(desk: Client, world: World) -> None:
    session = start(desk, world)
    typed = {"plan_kind": "commission", "plan_amount": "10100", "account": str(world.account.pk)}
    shown = desk.get(reverse("plans:preview", args=[world.account.pk]), typed).content.decode()
    assert "10,100.00" in shown
    assert desk.post(live("outcome", session), {"outcome": "plan", **typed}).status_code == 302
    assert Plan.objects.get().total_fen == 1_010_000


def test_an_agreement_without_its_terms_is_refused(desk: Client, world: World) -> None:
    session = start(desk, world)
    typed = {"plan_kind": "card_agreement", "plan_amount": "10100", "plan_months": "12", "account": world.account.pk}
    answer = desk.post(live("outcome", session), {"outcome": "plan", **typed})
    assert answer.status_code == 422
    assert Plan.objects.count() == 0


def test_hardship_stops_collection_at_once(desk: Client, world: World) -> None:
    session = start(desk, world)
    desk.post(live("outcome", session), {"outcome": "hardship", "summary": "上月失业"})
    assert Hold.objects.get().kind == "hardship_review"
    html = desk.get(page_of(world)).content.decode()
    assert "data-dial" not in html
    assert "Hardship review" in html or "困难" in html


def test_a_draft_survives_a_reload_and_the_later_tab_wins(desk: Client, world: World) -> None:
    session = start(desk, world)
    assert save(desk, session, {"note": "等发工资", "outcome": "promise", "amount": "123"}, 1).json() == {"revision": 1}
    html = desk.get(page_of(world)).content.decode()
    assert "等发工资" in html
    assert 'value="123"' in html
    stale = save(desk, session, {"note": "旧的"}, 1)
    assert (stale.status_code, stale.json()) == (409, {"revision": 1})
    assert save(desk, session, {"note": "新的"}, 2).status_code == 200
    assert desk.post(live("draft", session), "nonsense", content_type="application/json").status_code == 400
    session.refresh_from_db()
    assert session.draft == {"note": "新的"}


def test_the_draft_is_forgotten_once_the_outcome_is_recorded(desk: Client, world: World) -> None:
    session = start(desk, world)
    save(desk, session, {"note": "x"}, 1)
    desk.post(live("outcome", session), {"outcome": "no_answer"})
    session.refresh_from_db()
    assert session.draft == {}


def test_a_call_that_runs_keeps_its_permit(desk: Client, world: World, noon: Clock) -> None:
    session = start(desk, world)
    noon.forward(seconds=170)
    assert desk.post(live("alive", session)).json()["open"] is True
    noon.forward(seconds=170)
    assert take_permit(world.agent, world.customer, world.mobile, request_key="other").state == "open"
    session.permit.refresh_from_db()
    assert session.permit.state == PermitState.OPEN


def test_a_second_call_waits_for_the_outcome_of_the_first(desk: Client, world: World) -> None:
    start(desk, world)
    desk.post(reverse("call:permit", args=[world.customer.pk, world.mobile.pk]), {"request_key": "second"})
    assert Permit.objects.count() == 1


def test_a_permit_given_back_frees_the_screen(desk: Client, world: World) -> None:
    session = start(desk, world)
    desk.post(live("release", session))
    assert Permit.objects.get().state == PermitState.RELEASED
    assert "data-dial" in desk.get(page_of(world)).content.decode()


def test_another_agent_cannot_touch_a_running_call(desk: Client, world: World) -> None:
    session = start(desk, world)
    other = signed_in(make_user("wang"))
    for name in ("hear", "say", "draft", "alive", "release", "outcome", "identity", "note", "guide"):
        assert other.post(live(name, session)).status_code == 404, name


def test_next_case_leads_to_the_next_open_entry(desk: Client, world: World) -> None:
    run = NightRun.objects.create(day=date(2026, 3, 2), started_at=world.customer.created_at, state="done")
    second = make_customer("D2", world.agent)
    make_account(second, "A2")
    for rank, customer in enumerate((world.customer, second), 1):
        WorklistEntry.objects.create(run=run, day=run.day, agent=world.agent, customer=customer, rank=rank)
    assert desk.get(reverse("call:next")).url == page_of(world)
    session = start(desk, world)
    desk.post(live("outcome", session), {"outcome": "no_answer"})
    assert desk.get(reverse("call:next")).url == reverse("call:case", args=[second.pk])
    WorklistEntry.objects.update(state="done")
    assert desk.get(reverse("call:next")).url == reverse("worklist:day")


@pytest.mark.parametrize("where", ["promises:list", "plans:list", "cases:list", "cases:holds"])
def test_the_lists_open_empty_and_for_each_role(world: World, where: str) -> None:
    for user in (world.agent, world.lead, world.compliance):
        assert signed_in(user).get(reverse(where)).status_code == 200
