"""While somebody else may be on the line, nothing of the debt stands anywhere on the page, visible or not."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from call_site import HTMX, live, lost, page_of, save, start
from call_world import NOON, Clock, World
from django.test import Client
from django.urls import reverse

from fairdue.desk.call import selectors
from fairdue.desk.call.models import CallSession
from fairdue.desk.call.stream import Stream
from fairdue.desk.cases.services import set_hold
from fairdue.desk.promises.models import Promise

WORDS = re.compile(
    "欠|逾期|还款|还钱|还清|账单|贷款|借款|债|催收|利息|违约金|罚息|透支|应还|结清|征信|分期|信用卡|银行卡|"
    r"\bdebt|\bowe|overdue|repay|\bloan|interest|penalty|instalment|credit card|bank card|days late|arrears|\bquote\b",
    re.IGNORECASE,
)


def of_this_page(html: str) -> str:
    """The page without the desk's own navigation, which is the same on every page."""
    return re.sub(r"<header class=\"navbar.*?</header>", "", html, flags=re.DOTALL)


def assert_quiet(html: str, *facts: str) -> None:
    """No word of a debt and none of these facts, in text, attributes or hidden fields."""
    page = of_this_page(html)
    found = WORDS.search(page)
    assert found is None, page[max(0, found.start() - 120) : found.end() + 80]
    for fact in facts:
        assert fact not in page, fact


FACTS = (
    "10,1",
    "10100",
    "10000",
    "示例银行",
    "6688",
    "Q20260302-",
    ">A1<",
    "2026-02-20",
    "2月20",
    "08-08",
    "3333",
    "p01-",
)


@pytest.fixture
def told(world: World, desk: Client, settings) -> World:
    """A world with facts that could leak: lender, card tail, a broken promise. The caller's own house may be named."""
    settings.FAIRDUE_INSTITUTION = "示例甲公司"
    world.account.card_tail = "6688"
    world.account.save()
    Promise.objects.create(
        customer=world.customer,
        account=world.account,
        agent=world.agent,
        amount_fen=333_300,
        promised_on=date(2026, 2, 1),
        due_on=date(2026, 8, 8),
        state="broken",
        created_at=NOON,
    )
    return world


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_a_contacts_line_is_quiet_from_the_first_word(desk: Client, told: World, noon: Clock, language: str) -> None:
    sister = lost(told, noon)
    desk.cookies["fairdue_language"] = language
    start(desk, told, sister, confirmed="1")
    session = CallSession.objects.get()
    assert_quiet(desk.get(page_of(told)).content.decode(), *FACTS)
    for act in (
        "identity.family",
        "third_party.probe",
        "third_party.offer_pay",
        "third_party.relay_yes",
        "identity.who",
    ):
        answer = desk.post(live("hear", session), {"act": act}, headers=HTMX)
        assert_quiet(answer.content.decode(), *FACTS)
        assert answer.context["guide"].quiet
        assert_quiet(desk.get(page_of(told)).content.decode(), *FACTS)
    answer = desk.post(live("hear", session), {"text": "他欠你们多少钱,信用卡的事吧"}, headers=HTMX)
    assert_quiet(answer.content.decode(), *FACTS)
    for reply in answer.context["guide"].replies:
        assert_quiet(desk.post(live("say", session), {"line": reply.line_id}, headers=HTMX).content.decode(), *FACTS)


def test_what_was_said_with_the_customer_goes_off_the_screen_with_them(desk: Client, told: World) -> None:
    session = start(desk, told)
    desk.post(live("hear", session), {"act": "identity.confirm"})
    shown = desk.post(live("hear", session), {"text": "我等发工资再还"}, headers=HTMX).context["guide"]
    desk.post(live("say", session), {"line": shown.replies[0].line_id})
    save(desk, session, {"outcome": "promise", "amount": "333300", "note": "说后天还款"}, 1)
    answer = desk.post(live("hear", session), {"act": "identity.family"}, headers={**HTMX, "X-Call-Mode": "0"})
    assert answer.headers["HX-Refresh"] == "true"
    assert_quiet(answer.content.decode(), *FACTS)
    assert_quiet(desk.get(page_of(told)).content.decode(), *FACTS)
    save(desk, session, {"outcome": "callback", "note": "请转告回电"}, 2)
    desk.post(live("identity", session), {"confirmed": "1"})
    html = desk.get(page_of(told)).content.decode()
    assert "说后天还款" in html
    assert "请转告回电" not in html


def test_a_wrong_number_hides_everything_too(desk: Client, told: World) -> None:
    session = start(desk, told)
    desk.post(live("hear", session), {"act": "identity.deny"})
    session.refresh_from_db()
    assert selectors.hides_debt(session)
    assert_quiet(desk.get(page_of(told)).content.decode(), *FACTS)


def test_a_hold_is_not_named_on_a_quiet_page(desk: Client, told: World) -> None:
    session = start(desk, told)
    set_hold("paid_claimed", told.customer, told.agent, reason="说上周已还款")
    desk.post(live("hear", session), {"act": "identity.family"})
    assert_quiet(desk.get(page_of(told)).content.decode(), *FACTS, "上周")


def test_the_stream_tells_that_something_changed_and_never_what(desk: Client, told: World, settings) -> None:
    settings.FAIRDUE_STREAM_SECONDS = 0
    session = start(desk, told)
    desk.post(live("hear", session), {"text": "我等发工资再还"})
    sent = b"".join(Stream(told.agent.pk, session.permit_id, 0)).decode()
    for line in sent.splitlines():
        if line.startswith("data:"):
            assert set(json.loads(line[5:])) <= {"revision"}
    assert_quiet(sent, *FACTS)


def test_a_third_party_never_gets_the_debt_by_pressing_keys(desk: Client, told: World, noon: Clock) -> None:
    sister = lost(told, noon)
    start(desk, told, sister, confirmed="1")
    session = CallSession.objects.get()
    answer = desk.post(live("say", session), {"line": "first.payday.1"}, headers=HTMX)
    assert_quiet(answer.content.decode(), *FACTS)
    assert desk.post(reverse("call:outcome", args=[session.permit_id]), {"outcome": "promise"}).status_code == 422
