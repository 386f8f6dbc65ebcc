"""Holds and cases: anyone may stop, few may start again."""

from __future__ import annotations

import pytest
from call_world import World

from fairdue.desk.cases import selectors
from fairdue.desk.cases.models import Hold
from fairdue.desk.cases.services import answer_case, close_case, lift_hold, open_case, set_hold
from fairdue.desk.refusals import RefusedError


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
        ("crisis", "compliance", True),
        ("lawyer", "lead", False),
        ("bankruptcy", "lead", False),
        ("bankruptcy", "compliance", True),
    ],
)
def test_who_may_lift_what(world: World, kind: str, who: str, may: bool) -> None:
    hold = set_hold(kind, world.customer, world.agent)
    if may:
        lift_hold(hold.pk, getattr(world, who), "已核实")
        assert not selectors.hold_kinds(world.customer)
    else:
        with pytest.raises(RefusedError):
            lift_hold(hold.pk, getattr(world, who), "已核实")
        assert selectors.hold_kinds(world.customer) == [kind]


def test_lifting_needs_a_reason_and_twice_changes_nothing(world: World) -> None:
    hold = set_hold("dispute", world.customer, world.agent)
    with pytest.raises(RefusedError):
        lift_hold(hold.pk, world.lead, "  ")
    first = lift_hold(hold.pk, world.lead, "金额核对无误")
    second = lift_hold(hold.pk, world.compliance, "别的理由")
    assert first.lifted_at == second.lifted_at
    assert Hold.objects.get().lift_reason == "金额核对无误"


def test_a_case_is_answered_before_it_is_closed_and_its_hold_goes_with_it(world: World) -> None:
    hold = set_hold("dispute", world.customer, world.agent)
    case = open_case("dispute", world.customer, world.agent, hold=hold, summary="金额不对")
    with pytest.raises(RefusedError):
        close_case(case.pk, world.lead)
    with pytest.raises(RefusedError):
        answer_case(case.pk, world.agent, "已核")
    with pytest.raises(RefusedError):
        answer_case(case.pk, world.lead, "")
    answer_case(case.pk, world.lead, "已核对账单并告知客户")
    close_case(case.pk, world.lead, lift=True)
    assert selectors.hold_kinds(world.customer) == []
    with pytest.raises(RefusedError):
        answer_case(case.pk, world.lead, "再答")


def test_closing_does_not_lift_what_the_user_may_not_lift(world: World) -> None:
    hold = set_hold("crisis", world.customer, world.agent)
    case = open_case("vulnerable", world.customer, world.agent, hold=hold)
    answer_case(case.pk, world.lead, "已转交")
    with pytest.raises(RefusedError):
        close_case(case.pk, world.lead, lift=True)
    case.refresh_from_db()
    assert case.state == "answered"


def test_agents_see_the_cases_of_their_own_customers(world: World) -> None:
    case = open_case("dispute", world.customer, world.agent)
    assert list(selectors.listed(world.agent)) == [case]
    world.customer.assigned_to = None
    world.customer.save()
    assert list(selectors.listed(world.agent)) == []
    assert list(selectors.listed(world.lead)) == [case]
    assert selectors.days_left(case) == 20
