"""Holds and cases: anyone may stop, few may start again, on proof; a hold never falls away by itself."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from call_site import signed_in
from call_world import Clock, World, make_account, make_customer, make_line, make_user
from django.urls import reverse

from fairdue.desk import clock
from fairdue.desk.audit.models import AuditEvent
from fairdue.desk.cases import selectors
from fairdue.desk.cases.models import Case, Hold, HoldKind, HoldOrigin
from fairdue.desk.cases.services import answer_case, book_overdue, close_case, keep_hold, lift_hold, open_case, set_hold
from fairdue.desk.people.models import Role
from fairdue.desk.plans.models import PlanKind
from fairdue.desk.plans.services import Part, agree_plan, cancel_plan
from fairdue.desk.refusals import RefusedError
from fairdue.desk.worklist.models import Task

PROOF = {kind: selectors.hold_rule(kind).evidence[0].id for kind in HoldKind.values}


def refusal(call, *args, **more) -> str:
    with pytest.raises(RefusedError) as refused:
        call(*args, **more)
    return refused.value.finding.code


def test_the_same_hold_is_set_once(world: World) -> None:
    assert set_hold("dispute", world.customer, world.agent).pk == set_hold("dispute", world.customer, world.lead).pk
    assert selectors.hold_kinds(world.customer) == ["dispute"]


@pytest.mark.parametrize(
    ("kind", "who", "may"),
    [
        ("dispute", "agent", False),
        ("dispute", "lead", True),
        ("dispute", "compliance", True),
        ("crisis", "lead", False),
        ("lawyer", "lead", False),
        ("lawyer", "compliance", True),
        ("bankruptcy", "lead", False),
        ("bankruptcy", "compliance", True),
    ],
)
def test_who_may_lift_what(world: World, kind: str, who: str, may: bool) -> None:
    hold = set_hold(kind, world.customer, world.agent)
    user = getattr(world, who)
    if may:
        lift_hold(hold.pk, user, "已核实", evidence=PROOF[kind])
        assert not selectors.hold_kinds(world.customer)
    else:
        assert refusal(lift_hold, hold.pk, user, "已核实", evidence=PROOF[kind]) == "hold.lift.role"
        assert selectors.hold_kinds(world.customer) == [kind]


def test_the_customer_and_the_system_set_what_the_rule_lets_them(world: World) -> None:
    asked = set_hold("dispute", world.customer, None, origin=HoldOrigin.CUSTOMER, reason="金额不对")
    assert (asked.origin, asked.set_by) == ("customer", None)
    assert refusal(set_hold, "plan_kept", world.customer, None, origin=HoldOrigin.CUSTOMER) == "hold.set.role"
    assert refusal(set_hold, "bankruptcy", world.customer, None) == "hold.set.role"
    assert set_hold("plan_kept", world.customer, None).origin == "system"
    assert refusal(set_hold, "dispute", make_customer("D2"), make_user("coach", Role.TRAINER)) == "hold.set.role"


def test_lifting_needs_a_proof_of_the_rule_and_a_reason_and_twice_changes_nothing(world: World) -> None:
    hold = set_hold("dispute", world.customer, world.agent)
    assert refusal(lift_hold, hold.pk, world.lead, "核对过") == "hold.lift.evidence"
    assert refusal(lift_hold, hold.pk, world.lead, "核对过", evidence="booked") == "hold.lift.evidence"
    assert refusal(lift_hold, hold.pk, world.lead, "  ", evidence="answered") == "hold.lift.reason"
    first = lift_hold(hold.pk, world.lead, "答复函 FD-1", evidence="answered")
    second = lift_hold(hold.pk, world.compliance, "别的理由", evidence="withdrawn")
    assert first.lifted_at == second.lifted_at
    kept = Hold.objects.get()
    assert (kept.lift_reason, kept.lift_evidence) == ("答复函 FD-1", "answered")


def test_a_crisis_takes_two_different_officers(world: World) -> None:
    hold = set_hold("crisis", world.customer, world.agent)
    asked = lift_hold(hold.pk, world.compliance, "回执 7 号", evidence="safe")
    assert (asked.lifted_at, asked.lift_asked_by) == (None, world.compliance)
    assert selectors.hold_kinds(world.customer) == ["crisis"]
    assert refusal(lift_hold, hold.pk, world.compliance, "还是我", evidence="safe") == "hold.lift.same"
    assert refusal(lift_hold, hold.pk, world.lead, "组长", evidence="safe") == "hold.lift.role"
    other = make_user("sun", Role.COMPLIANCE)
    assert refusal(lift_hold, hold.pk, other, " ") == "hold.lift.reason"
    lifted = lift_hold(hold.pk, other, "复听并回访，本人平安")
    assert (lifted.lifted_by, lifted.lift_asked_by) == (other, world.compliance)
    assert (lifted.lift_evidence, lifted.lift_asked_reason) == ("safe", "回执 7 号")
    kinds = list(AuditEvent.objects.order_by("pk").values_list("kind", flat=True))
    assert kinds == ["hold.set", "hold.lift_asked", "hold.lifted"]


def test_the_second_officer_may_say_no_and_then_it_begins_anew(world: World) -> None:
    hold = set_hold("crisis", world.customer, world.agent)
    lift_hold(hold.pk, world.compliance, "回执", evidence="safe")
    other = make_user("sun", Role.COMPLIANCE)
    kept = keep_hold(hold.pk, other, "回访没有接通")
    assert (kept.lift_asked_by, kept.lift_evidence, kept.lift_asked_reason) == (None, "", "")
    assert lift_hold(hold.pk, other, "再次核实", evidence="safe").lifted_at is None


@pytest.mark.parametrize(("kind", "days"), [("dispute", 20), ("paid_claimed", 7), ("crisis", 3), ("complaint", 30)])
def test_the_review_day_is_the_rules(world: World, kind: str, days: int) -> None:
    hold = set_hold(kind, world.customer, world.agent)
    assert hold.review_on == date(2026, 3, 2) + timedelta(days=days)
    assert hold.owner == (world.compliance if kind == "crisis" else world.lead)
    assert set_hold(kind, make_customer("D2"), world.agent, review_on=date(2026, 3, 5)).review_on == date(2026, 3, 5)


def test_past_its_review_day_a_hold_stands_and_is_its_owners_task(world: World, noon: Clock) -> None:
    hold = set_hold("paid_claimed", world.customer, world.agent)
    noon.forward(days=7)
    assert selectors.hold_view(hold, world.lead, clock.today()).overdue_days == 0
    assert book_overdue() == 0
    noon.forward(days=1)
    assert selectors.hold_view(hold, world.lead, clock.today()).overdue_days == 1
    assert list(selectors.standing_holds(world.lead, "overdue")) == [hold]
    assert book_overdue() == book_overdue() == 1
    assert Task.objects.get().agent == world.lead
    assert selectors.hold_kinds(world.customer) == ["paid_claimed"]
    keep_hold(hold.pk, world.lead, "渠道还没答复")
    assert Task.objects.get().done_at is not None
    assert not selectors.standing_holds(world.lead, "overdue").exists()
    hold.refresh_from_db()
    assert hold.review_on == clock.today() + timedelta(days=7)


def test_a_hold_that_came_without_a_day_is_overdue_when_its_rule_says(world: World, noon: Clock) -> None:
    Hold.objects.create(kind="paid_claimed", customer=world.customer, set_at=clock.now())
    Hold.objects.create(kind="plan_kept", customer=world.customer, set_at=clock.now())
    noon.forward(days=7)
    assert not selectors.standing_holds(world.lead, "overdue").exists()
    noon.forward(days=1)
    assert [hold.kind for hold in selectors.standing_holds(world.lead, "overdue")] == ["paid_claimed"]
    noon.forward(days=400)
    assert [hold.kind for hold in selectors.standing_holds(world.lead, "overdue")] == ["paid_claimed"]


def test_past_its_longest_time_only_compliance_keeps_it(world: World, noon: Clock) -> None:
    hold = set_hold("paid_claimed", world.customer, world.agent)
    noon.forward(days=31)
    assert selectors.hold_view(hold, world.lead, clock.today()).over_longest
    assert refusal(keep_hold, hold.pk, world.lead, "再等等") == "hold.keep.role"
    assert refusal(keep_hold, hold.pk, world.compliance, " ") == "hold.keep.note"
    keep_hold(hold.pk, world.compliance, "渠道书面说明还在查")
    lift_hold(hold.pk, world.compliance, "流水 3 号", evidence="booked")
    assert refusal(keep_hold, hold.pk, world.compliance, "续") == "hold.keep.lifted"


def test_what_an_event_ends_is_not_kept_by_hand_and_ends_with_it(world: World) -> None:
    part = Part(date(2026, 3, 20), 100_000)
    plan = agree_plan(PlanKind.CARD_AGREEMENT, world.account, world.agent, [part])
    hold = Hold.objects.get()
    assert (hold.kind, hold.review_on) == ("plan_kept", None)
    assert refusal(keep_hold, hold.pk, world.lead, "续") == "hold.keep.role"
    cancel_plan(plan.pk, world.lead, "改签")
    hold.refresh_from_db()
    assert hold.lifted_at is not None
    assert hold.lifted_by is None


def test_counts_by_kind_and_overdue(world: World, noon: Clock) -> None:
    set_hold("paid_claimed", world.customer, world.agent)
    set_hold("crisis", world.customer, world.agent)
    crisis = Hold.objects.get(kind="crisis")
    lift_hold(crisis.pk, world.compliance, "回执", evidence="safe")
    noon.forward(days=5)
    counts = selectors.hold_counts(world.compliance)
    assert counts["kinds"] == [(HoldKind.CRISIS, 1, 1), (HoldKind.PAID_CLAIMED, 1, 0)]
    assert [counts[name] for name in ("all", "overdue", "mine", "second")] == [2, 1, 1, 1]


def test_a_case_has_the_days_of_its_hold(world: World) -> None:
    days = {
        kind: (open_case(kind, world.customer, world.agent).due_on or date.min) - date(2026, 3, 2)
        for kind in ("dispute", "complaint", "hardship", "vulnerable")
    }
    assert [days[kind].days for kind in days] == [20, 30, 15, 3]
    assert open_case("other", world.customer, world.agent).due_on is None


def test_a_case_is_answered_before_it_is_closed_and_its_hold_goes_with_it(world: World) -> None:
    hold = set_hold("dispute", world.customer, world.agent)
    case = open_case("dispute", world.customer, world.agent, hold=hold, summary="金额不对")
    assert refusal(close_case, case.pk, world.lead) == "case.close.unanswered"
    assert refusal(answer_case, case.pk, world.agent, "已核") == "case.role"
    assert refusal(answer_case, case.pk, world.lead, "") == "case.answer.empty"
    answer_case(case.pk, world.lead, "已核对账单并告知客户")
    assert refusal(close_case, case.pk, world.lead, lift=True) == "hold.lift.evidence"
    assert Case.objects.get().state == "answered"
    close_case(case.pk, world.lead, lift=True, evidence="answered")
    assert selectors.hold_kinds(world.customer) == []
    assert refusal(answer_case, case.pk, world.lead, "再答") == "case.closed"


def test_closing_does_not_lift_what_the_user_may_not_lift(world: World) -> None:
    hold = set_hold("crisis", world.customer, world.agent)
    case = open_case("vulnerable", world.customer, world.agent, hold=hold)
    answer_case(case.pk, world.lead, "已转交")
    assert refusal(close_case, case.pk, world.lead, lift=True, evidence="safe") == "hold.lift.role"
    case.refresh_from_db()
    assert case.state == "answered"


def test_closing_with_a_hold_for_two_only_asks(world: World) -> None:
    hold = set_hold("crisis", world.customer, world.agent)
    case = open_case("vulnerable", world.customer, world.agent, hold=hold)
    answer_case(case.pk, world.compliance, "本人平安")
    page = signed_in(world.compliance)
    answer = page.post(reverse("cases:close", args=[case.pk]), {"lift": "1", "evidence": "safe"}, follow=True)
    assert "second person" in answer.content.decode()
    hold.refresh_from_db()
    assert (hold.lifted_at, hold.lift_asked_by) == (None, world.compliance)


def test_agents_see_the_cases_of_their_own_customers(world: World) -> None:
    case = open_case("dispute", world.customer, world.agent)
    assert list(selectors.listed(world.agent)) == [case]
    world.customer.assigned_to = None
    world.customer.save()
    assert list(selectors.listed(world.agent)) == []
    assert list(selectors.listed(world.lead)) == [case]
    assert selectors.days_left(case) == 20


# Pages -------------------------------------------------------------------------------------------------------------


def holds_of(world: World) -> str:
    return reverse("cases:customer-holds", args=[world.customer.pk])


def test_the_customers_page_says_what_stops_what_may_be_done_and_who_lifts(world: World) -> None:
    set_hold("dispute", world.customer, world.agent, reason="金额不对")
    shown = signed_in(world.agent).get(holds_of(world)).content.decode()
    rule = selectors.hold_rule("dispute")
    for words in (rule.stops.en, rule.still.en, "2026-03-22", "team lead · compliance", "CN-CC-69", "re-translated"):
        assert words in shown, words
    assert "cases/holds/" in shown
    assert reverse("cases:lift-hold", args=[Hold.objects.get().pk]) not in shown


def test_rights_are_listed_with_masked_lines(world: World) -> None:
    type(world.customer).objects.update(opt_outs=["sms"])
    make_line(world.customer, "19900000009", role="family", refused=True)
    make_account(world.customer, "A2", limitation_end=date(2026, 3, 1))
    shown = signed_in(world.lead).get(holds_of(world)).content.decode()
    for words in ("Channel opt-out", "text message", "Third party refused", "199****0009", "A2", "CN-CIV-192"):
        assert words in shown, words
    assert "19900000009" not in shown


def test_the_lead_lifts_on_the_page_and_the_history_keeps_the_proof(world: World) -> None:
    hold = set_hold("dispute", world.customer, world.agent)
    page = signed_in(world.lead)
    where = reverse("cases:lift-hold", args=[hold.pk])
    assert "proof that its rule names" in page.post(where, {"reason": "看过"}, follow=True).content.decode()
    assert Hold.objects.get().lifted_at is None
    shown = page.post(where, {"reason": "答复函 9 号", "evidence": "answered"}, follow=True).content.decode()
    assert "Hold lifted." in shown
    assert "答复函 9 号" in shown
    assert signed_in(world.agent).post(where, {"reason": "x"}).status_code == 403


def test_keeping_a_hold_on_the_page(world: World, noon: Clock) -> None:
    hold = set_hold("paid_claimed", world.customer, world.agent)
    noon.forward(days=9)
    page = signed_in(world.lead)
    listed = page.get(reverse("cases:holds"), {"show": "overdue"}).content.decode()
    assert "2 days overdue" in listed
    shown = page.post(reverse("cases:keep-hold", args=[hold.pk]), {"note": "渠道未复"}, follow=True).content.decode()
    assert "next review is booked" in shown
    assert "No hold is overdue." in page.get(reverse("cases:holds"), {"show": "overdue"}).content.decode()


@pytest.mark.parametrize("show", ["", "all", "overdue", "mine", "second", "nonsense"])
def test_the_list_opens_with_every_filter(world: World, show: str) -> None:
    set_hold("crisis", world.customer, world.agent)
    answer = signed_in(world.compliance).get(reverse("cases:holds"), {"show": show, "kind": "crisis"})
    assert answer.status_code == 200
    assert "Crisis" in answer.content.decode()


def test_another_agents_customer_has_no_holds_page(world: World) -> None:
    assert signed_in(make_user("other")).get(holds_of(world)).status_code == 404


def test_an_administrator_sees_holds_but_sets_none(world: World) -> None:
    page = signed_in(make_user("root", Role.ADMIN))
    where = reverse("cases:set-hold", args=[world.customer.pk])
    assert "not yours to set" in page.post(where, {"kind": "dispute"}, follow=True).content.decode()
    assert not Hold.objects.exists()
