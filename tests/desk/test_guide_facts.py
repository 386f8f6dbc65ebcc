"""What may fill a line: only what is truly known of this account, customer and agent."""

from __future__ import annotations

from datetime import date

import pytest
from call_world import NOON, World, make_account, make_customer

from fairdue.desk.accounts.models import Quote
from fairdue.desk.call import figures, process, proof, talk
from fairdue.desk.call.models import PastContact
from fairdue.desk.call.services import take_permit
from fairdue.desk.cases.services import set_hold
from fairdue.desk.people.models import Agency
from fairdue.desk.promises.models import Promise
from fairdue.packs import PACKS, read_yaml
from fairdue.playbook import PROVEN
from fairdue.playbook.catalogues import citations

DAY = date(2026, 3, 2)


def begun(world: World):
    permit = take_permit(world.agent, world.customer, world.mobile, request_key="facts-1")
    return talk.begin(permit)


def fed(world: World, **extra: str) -> None:
    world.account.extra = extra
    world.account.save()


def test_the_figures_are_those_of_one_quote(world: World) -> None:
    session = begun(world)
    values = figures.values_of(session)
    quote = Quote.objects.get()
    assert values.quote.number == quote.number
    assert values.quote.total_fen == quote.total_fen
    assert values.quote.interest_fen + values.quote.penalty_fen + 1_000_000 == quote.total_fen
    assert (values.quote.annual_rate, values.quote.cycles) == ("18.25%", quote.body["cycles"])
    assert "0.05%" in values.quote.formula
    assert (values.product, values.due_day) == ("信用卡", date(2026, 2, 20))


def test_a_call_does_not_issue_its_quote_again_and_again(world: World) -> None:
    session = begun(world)
    first = figures.quote_in_use(session)
    session.refresh_from_db()
    assert (session.quote.number, figures.quote_in_use(session).number) == (first.number, first.number)
    world.account.entries.create(reference="P1", kind="payment", value_date=DAY, amount_fen=50_000, booked_at=NOON)
    assert figures.quote_in_use(session).total_fen == first.total_fen - 50_000


def test_the_plan_adds_up_and_ends_a_week_before_closing(world: World) -> None:
    values = figures.values_of(begun(world))
    plan = figures.plan_for(world.account, values.quote.total_fen, DAY)
    assert sum(part.amount_fen for part in plan.parts) == values.quote.total_fen
    assert plan.parts[-1].due_on == date(2026, 3, 24)
    assert (values.plan_first_fen, values.plan_first_day) == (plan.parts[0].amount_fen, plan.parts[0].due_on)
    assert values.plan.count("元") == 3


def test_without_a_closing_date_no_plan_is_offered(world: World) -> None:
    world.account.closing_on = None
    world.account.save()
    assert figures.values_of(begun(world)).plan == ""


def test_a_closing_date_may_stand_in_a_column_of_the_import(world: World) -> None:
    world.account.closing_on, world.account.extra = None, {"结案日": "2026/03/31"}
    assert figures.closing_of(world.account) == date(2026, 3, 31)
    world.account.extra = {"结案日": "月底"}
    assert figures.closing_of(world.account) is None


def test_the_last_promise_is_said_with_day_and_sum(world: World) -> None:
    assert figures.last_promise(world.customer) == ""
    Promise.objects.create(
        customer=world.customer,
        account=world.account,
        agent=world.agent,
        amount_fen=200_000,
        promised_on=date(2026, 2, 25),
        due_on=date(2026, 2, 27),
        state="broken",
        created_at=NOON,
    )
    assert figures.last_promise(world.customer) == "2月27日还 2000.00元"


def test_debit_and_telecom_facts_come_from_further_columns(world: World, settings) -> None:
    fed(
        world,
        扣款银行="示例银行",
        扣款尾号="62220000",
        扣款金额="120.50",
        服务号码="19900000001",
        欠费月份="1月和2月",
        停机时间="2026-03-10",
        归属地="示例市东城区",
    )
    values = figures.values_of(begun(world))
    assert (values.debit_bank, values.debit_tail, values.debit_fen) == ("示例银行", "0000", 12_050)
    assert (values.service_number, values.service_months) == ("尾号0001", "1月和2月")
    assert values.service_stops == date(2026, 3, 10)
    assert values.outlet == "示例路营业厅"
    settings.FAIRDUE_DEMO = False
    assert figures.values_of(begun(world)).outlet == ""


def test_the_organisations_own_outlets_take_the_samples_place(world: World, settings, tmp_path) -> None:
    own = tmp_path / "outlets.yaml"
    own.write_text("outlets:\n  - {region: 某区, name: 某路厅, hours: 全天}\n", encoding="utf-8")
    settings.FAIRDUE_OUTLETS, settings.FAIRDUE_DEMO = str(own), False
    assert process.outlet_in("某区").name == "某路厅"
    assert process.outlet_in("别区") is None


@pytest.mark.parametrize(
    ("dpd", "known", "step"),
    [
        (3, set(), None),
        (10, set(), "letter"),
        (10, {"letter_sent"}, None),
        (20, {"letter_sent"}, "credit_notice"),
        (40, {"letter_sent", "negative_notice_sent"}, "credit_report"),
        (40, {"letter_sent", "negative_notice_sent", "credit_reported"}, None),
        (70, {"letter_sent", "credit_reported", "suit_authorised"}, "suit"),
        (70, {"letter_sent", "credit_reported"}, None),
        (70, {"letter_sent", "credit_reported", "in_house"}, "placement"),
        (70, {"letter_sent", "credit_reported", "in_house", "placed"}, None),
    ],
)
def test_the_next_step_is_the_true_one(dpd: int, known: set[str], step: str | None) -> None:
    found = process.next_step("credit_card", dpd, known)
    assert (found.id if found else None) == step


def test_every_step_cites_a_rule_and_knows_its_facts() -> None:
    facts = set(PROVEN) | {"letter_sent", "placed"}
    for rows in read_yaml(PACKS / "escalation" / "default.yaml")["tables"].values():
        for row in rows:
            assert row["cites"] and set(row["cites"]) <= set(citations()), row["id"]
            assert {*row.get("needs", ()), *row.get("unless", ())} <= facts, row["id"]
    assert set(read_yaml(PACKS / "escalation" / "fields.yaml")["facts"]) <= facts


def test_what_nobody_said_is_not_proven(world: World, settings) -> None:
    assert proof.proven_facts(world.agent, world.customer, world.account, DAY) == {"in_house", "agreement_open"}
    settings.FAIRDUE_CALLS_RECORDED = True
    fed(world, 已报送征信="是", 起诉已授权="否", 减免已批准="")
    world.customer.consents = ["visit"]
    known = proof.proven_facts(world.agent, world.customer, world.account, DAY)
    assert known == {"in_house", "agreement_open", "recorded", "credit_reported", "visit_consent"}


def test_an_agency_is_not_the_institution_and_says_its_own_name(world: World) -> None:
    world.agent.agency = Agency.objects.create(code="X", name="示例信用服务公司", listed=True)
    world.agent.save()
    known = proof.proven_facts(world.agent, world.customer, world.account, DAY)
    assert "in_house" not in known
    assert "placed" in known


def test_a_letter_that_was_sent_moves_the_process_on(world: World) -> None:
    PastContact.objects.create(reference="L1", customer=world.customer, at=NOON, channel="letter", connected=False)
    assert "letter_sent" in proof.proven_facts(world.agent, world.customer, world.account, DAY)


def test_holds_status_and_limitation_tell_of_special_accounts(world: World) -> None:
    set_hold("paid_claimed", world.customer, world.agent)
    assert proof.situations_of(world.customer, world.account, DAY) == ("paid_claimed",)
    other = make_customer("D9", world.agent, status="unreachable")
    old = make_account(other, "A9", due_date=date(2022, 1, 1))
    assert proof.situations_of(other, old, DAY) == ("lost_contact", "time_barred")
    assert "limitation_passed" in proof.proven_facts(world.agent, other, old, DAY)


def test_a_product_that_cannot_be_computed_gives_no_figure(world: World) -> None:
    world.account.product = "unknown"
    world.account.save()
    values = figures.values_of(begun(world))
    assert values.quote is None
    assert values.plan == values.next_step == ""
