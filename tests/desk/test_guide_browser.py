"""Whole guided calls in a real browser: first contact, the plan, a third party, telecom, a crisis, a live transcript."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from browsing import CHROMIUM, browser, press, ready, revision, shot, sign_in, type_heard, until
from call_world import NOON, World, make_account, make_customer, make_line, make_user, make_world, pay
from django.test import Client
from django.urls import reverse
from test_call_quiet import FACTS, assert_quiet

from fairdue.core.dates import local as local_time
from fairdue.desk.call import figures
from fairdue.desk.call.models import CallSession, Contact, CrisisAlert
from fairdue.desk.call.services import record_contact, take_permit
from fairdue.desk.cases.models import Hold
from fairdue.desk.people.models import Role
from fairdue.desk.people.tokens import issue_token
from fairdue.desk.plans.models import Plan
from fairdue.desk.promises.models import Promise

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt-get install chromium)"),
    pytest.mark.django_db(transaction=True),
]


def local(moment: str) -> datetime:
    """A stored instant as the customer's clock shows it."""
    return local_time(datetime.fromisoformat(moment), "Asia/Shanghai")


class Desk:
    """A world, the address of the server, and browsers."""

    def __init__(self, world: World, url: str, opened) -> None:
        self.world, self.url, self.opened = world, url, opened

    def agent(self, language: str = "zh-hans"):
        return sign_in(self.opened, self.url, self.world.agent, language)

    def call(self, page, customer=None, key: str = "1"):
        """On the customer's page, dial the line with this key."""
        page.goto(f"{self.url}{reverse('call:case', args=[(customer or self.world.customer).pk])}")
        page.keyboard.press(key)
        page.wait_for_selector("#guide, #confirm-call")
        return page


@pytest.fixture
def house(live_server, noon, monkeypatch, settings) -> Iterator[Desk]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    settings.FAIRDUE_INSTITUTION, settings.FAIRDUE_DEPARTMENT = "示例甲公司", "客户服务部"
    settings.FAIRDUE_HOTLINE, settings.FAIRDUE_CALLS_RECORDED = "95000", True
    settings.FAIRDUE_STREAMS = 20
    ready()
    with browser() as opened:
        yield Desk(make_world(), live_server.url, opened)


def test_a_first_contact_from_identity_to_a_promise_with_its_check(house: Desk) -> None:
    page = house.call(house.agent())
    shot(page, "first-1-opening-zh")
    assert "元" not in page.inner_text("#guide .list-group")
    type_heard(page, "我是本人")
    press(page, "a")  # the recording notice
    type_heard(page, "我等发工资再还")
    page.keyboard.press("Escape")
    page.keyboard.press("w")
    page.wait_for_selector("#why[open]")
    shot(page, "first-2-payday-zh")
    deadline = page.locator(".reply:has(.bg-blue-lt) [data-reply]").first.get_attribute("data-reply")
    press(page, deadline)
    said = CallSession.objects.get().turns[-1]
    assert said["deadline"]
    assert said["act"] == "stall.payday"
    type_heard(page, "行,后天中午我转过来")
    page.keyboard.press("Escape")
    page.click("label.pick:has(input[value=promise])")
    until(page, lambda: page.input_value("#f-due"))
    moment = said["deadline"]
    assert page.input_value("#f-due") == f"{local(moment):%Y-%m-%d}"
    assert page.input_value("#f-time") == f"{local(moment):%H:%M}"
    page.select_option("#f-channel", "app")
    page.check("input[name=read_back]")
    shot(page, "first-3-outcome-zh")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#outcome-form", state="detached")
    promise = Promise.objects.get()
    assert promise.amount_fen == promise.quote.overdue_fen
    assert promise.due_time == local(moment).time()


def test_words_of_ones_own_and_a_report_that_none_fits_with_keys(house: Desk) -> None:
    page = house.call(house.agent("en"))
    type_heard(page, "我是本人")
    type_heard(page, "我等发工资再还")
    shot(page, "first-2-payday-en")
    page.keyboard.press("Escape")
    page.keyboard.press("Shift+Digit1")
    page.wait_for_selector("#own-1:focus")
    page.fill("#own-1", "您看后天能先还上吗")
    before = revision(page)
    page.locator(".own-form >> nth=0").locator("button").click()
    until(page, lambda: revision(page) > before)
    assert CallSession.objects.get().turns[-1]["own_words"] is True
    page.keyboard.press("Escape")
    page.keyboard.press("x")
    page.wait_for_selector("#gap[open]")
    shot(page, "gap-en")
    page.check("input[name=reason][value=too_hard]")
    page.fill("#gap-wish", "先问问近况")
    page.click("#gap-send")
    page.wait_for_selector("#gap[open]", state="detached")
    from fairdue.desk.playbooks.models import Gap

    until(page, Gap.objects.exists)
    assert Gap.objects.get().reason == "too_hard"


def owing(total_fen: int, customer, **fields):
    """An account whose quote of the day comes to exactly this much: a fee makes up what the interest leaves open."""
    item = {"number": 1, "due_date": str(fields["due_date"]), "principal_fen": 2_200_000}
    account = make_account(customer, "A24", principal_fen=2_200_000, due_fen=2_200_000, due_items=[item], **fields)
    missing = total_fen - figures.issue_quote(account, date(2026, 3, 2)).total_fen
    pay(account, date(2026, 3, 1), missing, "F1", kind="fee", component="fee")
    assert figures.issue_quote(account, date(2026, 3, 2)).total_fen == total_fen
    return account


def test_a_repeat_contact_ends_in_the_plan_of_24000_in_three_parts(house: Desk) -> None:
    world = house.world
    customer = make_customer("D24", world.agent)
    line = make_line(customer, "19900000024")
    account = owing(2_400_000, customer, due_date=date(2025, 11, 20), cycles=4, closing_on=date(2026, 4, 30))
    for day in (10, 20):
        Promise.objects.create(
            customer=customer,
            account=account,
            agent=world.agent,
            amount_fen=500_000,
            promised_on=date(2026, 2, day - 2),
            due_on=date(2026, 2, day),
            state="broken",
            created_at=NOON,
        )
    assert line.pk
    page = house.call(house.agent(), customer)
    type_heard(page, "我是本人")
    shot(page, "repeat-1-broken-zh")
    assert page.locator(".strategy").count() == 1
    type_heard(page, "上次是厂里没发钱")
    press(page, "1")
    type_heard(page, "我现在失业了,一下子拿不出来")
    type_heard(page, "能不能分期")
    shot(page, "repeat-2-plan-zh")
    offered = page.inner_text("#guide .list-group")
    assert "10000.00元" in offered.replace(",", "")
    page.keyboard.press("Escape")
    page.click("label.pick:has(input[value=plan])")
    page.wait_for_selector("#plan-preview table, #plan-preview li, #plan-preview tr")
    shot(page, "repeat-3-outcome-zh")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#outcome-form", state="detached")
    plan = Plan.objects.get()
    assert [part.amount_fen for part in plan.parts.all()] == [1_000_000, 700_000, 700_000]
    assert plan.total_fen == 2_400_000


def test_a_third_partys_call_shows_no_fact_of_the_debt_anywhere(house: Desk, noon) -> None:
    world = house.world
    world.account.card_tail = "6688"
    world.account.save()
    type(world.customer).objects.filter(pk=world.customer.pk).update(status="unreachable")
    noon.at -= timedelta(days=1)
    for n in range(3):
        record_contact(
            take_permit(world.agent, world.customer, world.mobile, request_key=f"l{n}"), world.agent, "no_answer"
        )
        noon.forward(minutes=30)
    noon.at += timedelta(days=1)
    make_line(world.customer, "19900000009", role="family", contact_name_masked="沈*")
    for language in ("zh-hans", "en"):
        page = house.agent(language)
        if language == "zh-hans":
            house.call(page, key="2")
            if page.locator("#confirm-call").count():
                page.click("#confirm-call")
            page.wait_for_selector("#guide")
        else:
            page.goto(f"{house.url}{reverse('call:case', args=[world.customer.pk])}")
        for said in ("我是他姐姐", "他欠你们多少钱啊", "行,我转告他"):
            type_heard(page, said)
            press(page, "1")
            assert_quiet(page.content(), *FACTS)
        shot(page, f"third-{language}")
        assert page.locator("input[value=promise]").count() == 0


def test_a_telecom_call_names_the_service_and_the_outlet(house: Desk) -> None:
    world = house.world
    customer = make_customer("D10", world.agent)
    make_line(customer, "19900000010")
    make_account(
        customer,
        "T10",
        product="telecom",
        lender="虚构通信公司",
        lender_type="telecom",
        principal_fen=18_000,
        due_fen=18_000,
        due_items=[{"number": 1, "due_date": "2026-02-20", "principal_fen": 18_000}],
        extra={"服务号码": "19900000010", "欠费月份": "1月和2月", "停机时间": "2026-03-22", "归属地": "示例市东城区"},
    )
    page = house.call(house.agent(), customer)
    type_heard(page, "我是本人")
    assert CallSession.objects.get().playbook.startswith("p10-telecom@")
    type_heard(page, "在哪交钱啊")
    shot(page, "telecom-zh")
    values = figures.values_of(CallSession.objects.select_related("permit__customer").get())
    assert (values.service_number, values.outlet) == ("尾号0010", "示例路营业厅")
    press(page, "1")
    page.click("label.pick:has(input[value=reached])")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#outcome-form", state="detached")
    assert Contact.objects.get().outcome == "reached"


def test_a_crisis_turns_the_page_and_the_lead_sees_it(house: Desk) -> None:
    world = house.world
    lead = sign_in(house.opened, house.url, world.lead)
    lead.goto(f"{house.url}{reverse('cases:list')}")
    page = house.call(house.agent())
    type_heard(page, "我是本人")
    page.keyboard.press("/")
    page.keyboard.type("我不想活了")
    page.keyboard.press("Enter")
    page.wait_for_selector("#crisis")
    assert Hold.objects.get().kind == "crisis"
    assert "12356" in page.inner_text("#crisis")
    assert "Q20260302-" not in page.content()
    shot(page, "crisis-agent-zh")
    lead.wait_for_selector("#crisis-alerts .alert")
    shot(lead, "crisis-lead-zh")
    lead.click(f"#seen-{CrisisAlert.objects.get().pk}")
    lead.wait_for_selector("#crisis-alerts .alert", state="detached")
    until(page, lambda: world.lead.username in page.inner_text("#crisis"))
    page.click("label.pick:has(input[value=vulnerable])")
    page.fill("#f-summary", "身边有家人")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#outcome-form", state="detached")
    assert Contact.objects.get().outcome == "vulnerable"


def test_the_open_page_follows_the_transcript_and_keeps_what_is_typed(house: Desk, settings) -> None:
    settings.FAIRDUE_STREAM_SECONDS = 30
    token = issue_token(make_user("exchange", Role.MACHINE), "transcript")
    page = house.call(house.agent())
    page.wait_for_selector("#call[data-live='1']")
    session = CallSession.objects.select_related("permit").get()
    caller = Client(headers={"authorization": f"Bearer {token}"})

    def spoken(seq: int, text: str, speaker: str = "customer") -> None:
        body = json.dumps({"seq": seq, "speaker": speaker, "text": text})
        where = f"/api/v1/calls/{session.permit.number}/utterances"
        assert caller.post(where, body, content_type="application/json").status_code == 202

    page.keyboard.press("/")
    page.keyboard.type("他好像在")
    spoken(1, "我是本人")
    until(page, lambda: "等发工资" in page.inner_text("#guide .chips"))
    assert page.input_value("#heard") == "他好像在"
    assert page.evaluate("document.activeElement.id") == "heard"
    page.keyboard.type("哭")
    assert page.input_value("#heard") == "他好像在哭"
    spoken(2, "再不还我就去你单位找你领导", "agent")
    page.wait_for_selector(".red-line")
    shot(page, "stream-warning-zh")
    spoken(3, "我不想活了")
    page.wait_for_selector("#crisis")
    assert page.input_value("#heard") == "他好像在哭"
