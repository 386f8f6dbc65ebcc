"""Plans: agreed with the planner's figures, settled part by part, and the hold that goes with an agreement."""

from __future__ import annotations

from datetime import date

import pytest
from call_world import World, pay, reverse

from fairdue.desk.cases.models import Hold
from fairdue.desk.plans import selectors
from fairdue.desk.plans.models import Plan
from fairdue.desk.plans.services import Part, agree_plan, cancel_plan, settle
from fairdue.desk.refusals import RefusedError
from fairdue.ledger.agreement import TERMS


def test_the_preview_is_the_practices_worked_example(world: World) -> None:
    shown = selectors.preview("commission", world.account, 2_400_000, today=date(2026, 3, 3))
    assert [(p.due_on.isoformat(), p.amount_fen) for p in shown.parts] == [
        ("2026-03-05", 1_000_000),
        ("2026-03-10", 700_000),
        ("2026-03-24", 700_000),
    ]
    assert shown.total_fen == 2_400_000
    assert all(part.postpones for part in shown.parts)


def test_without_a_closing_date_the_planner_asks_for_one(world: World) -> None:
    world.account.closing_on = None
    shown = selectors.preview("commission", world.account, 100_000)
    assert shown.parts == ()
    assert [f.code for f in shown.findings] == ["plan.closing"]


def test_an_agreement_needs_its_six_terms(world: World) -> None:
    terms = dict.fromkeys(TERMS, "如协议")
    asked = {"months": 24, "first_due": date(2026, 4, 20), "today": date(2026, 3, 2)}
    assert len(selectors.preview("card_agreement", world.account, 2_400_000, terms=terms, **asked).parts) == 24
    del terms["no_new_card"]
    assert selectors.preview("card_agreement", world.account, 2_400_000, terms=terms, **asked).parts == ()


def agreement(world: World) -> Plan:
    return agree_plan(
        "card_agreement", world.account, world.agent, [Part(date(2026, 3, 10), 50_000), Part(date(2026, 4, 10), 50_000)]
    )


def holds() -> list[str]:
    return list(Hold.objects.filter(lifted_at=None).values_list("kind", flat=True))


def states(plan: Plan) -> tuple[str, list[str]]:
    plan.refresh_from_db()
    return plan.state, [part.state for part in plan.parts.all()]


def test_parts_are_kept_by_payments_and_the_hold_stands_until_the_end(world: World) -> None:
    plan = agreement(world)
    pay(world.account, date(2026, 3, 9), 50_000, "r1")
    settle(None, date(2026, 3, 20))
    assert states(plan) == ("active", ["kept", "open"])
    assert holds() == ["plan_kept"]
    pay(world.account, date(2026, 4, 11), 50_000, "r2")
    settle(None, date(2026, 4, 11))
    assert states(plan) == ("kept", ["kept", "kept"])
    assert holds() == []


def test_a_missed_part_breaks_it_and_a_back_dated_payment_puts_it_and_its_hold_back(world: World) -> None:
    plan = agreement(world)
    settle(None, date(2026, 3, 12))
    assert states(plan) == ("broken", ["broken", "open"])
    assert holds() == []
    pay(world.account, date(2026, 3, 11), 50_000, "r1")
    settle(None, date(2026, 3, 13))
    assert states(plan) == ("active", ["kept", "open"])
    assert holds() == ["plan_kept"]
    reverse(world.account, date(2026, 3, 14), 50_000, "r2", of="r1")
    settle(None, date(2026, 3, 14))
    assert states(plan)[0] == "broken"


def test_each_part_kept_moves_the_next_step_on(world: World) -> None:
    shown = selectors.preview("commission", world.account, 2_400_000, today=date(2026, 3, 2))
    plan = agree_plan("commission", world.account, world.agent, shown.parts)
    assert selectors.next_step_waits_until(plan) == date(2026, 3, 4)
    pay(world.account, date(2026, 3, 3), 1_000_000, "r1")
    settle(None, date(2026, 3, 3))
    plan.refresh_from_db()
    assert selectors.next_step_waits_until(plan) == date(2026, 3, 9)
    assert holds() == []
    assert [why is not None and later is not None for _part, why, later in selectors.schedule(plan)] == [True] * 3


def test_one_running_plan_per_account(world: World) -> None:
    plan = agreement(world)
    with pytest.raises(RefusedError):
        agreement(world)
    with pytest.raises(RefusedError):
        cancel_plan(plan.pk, world.agent, "误记")
    cancel_plan(plan.pk, world.lead, "客户要求改期")
    assert holds() == []
    agreement(world)


@pytest.mark.parametrize("parts", [[], [Part(date(2026, 3, 1), 100)], [Part(date(2026, 3, 9), 0)]])
def test_a_plan_without_real_parts_is_refused(world: World, parts: list[Part]) -> None:
    with pytest.raises(RefusedError):
        agree_plan("commission", world.account, world.agent, parts)
