"""Decisions, holds and the agency register in a real browser: nothing runs over the edge, nothing is refused by the
content policy, keys reach what can be pressed, and the printed page is whole."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from browsing import CHROMIUM, SHOTS, browser, sign_in
from call_world import LATE, Clock, World, make_line, make_user, make_world
from django.urls import reverse

from fairdue.desk.call.models import Denial, PastContact, Permit
from fairdue.desk.call.services import record_contact, take_permit
from fairdue.desk.cases.services import lift_hold, set_hold
from fairdue.desk.people.models import Agency, Role

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt-get install chromium)"),
    pytest.mark.django_db(transaction=True),
]
LANGUAGES = ("zh-hans", "en")


@pytest.fixture
def world(noon: Clock, monkeypatch, settings) -> World:
    """A day with three real talks, one too short, one of an agency, a refusal for the count, and one at night."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    settings.FAIRDUE_INSTITUTION = "示例银行"
    made = make_world()
    Agency.objects.create(
        code="X", name="示例信用服务公司", listed=True, list_url="https://example.com/agencies/2026/list-of-agencies",
        listed_on=date(2026, 1, 5), contract_from=date(2026, 1, 1), contract_until=date(2026, 3, 20),
    )  # fmt: skip
    Agency.objects.create(code="Y", name="示例催收外包有限责任公司", contract_until=date(2026, 1, 31))
    noon.at = datetime(2026, 3, 2, 0, 40, tzinfo=UTC)
    PastContact.objects.create(
        reference="old", customer=made.customer, line=made.mobile, at=noon.at, channel="voice_human", connected=True,
        talk_seconds=44, two_way=True, agency="X",
    )  # fmt: skip
    for n, seconds in enumerate((4, 130, 65)):
        noon.forward(minutes=25)
        permit = take_permit(made.agent, made.customer, made.mobile, request_key=f"k{n}")
        assert isinstance(permit, Permit)
        record_contact(permit, made.agent, "reached", talk_seconds=seconds)
    noon.forward(minutes=90)
    assert isinstance(take_permit(made.agent, made.customer, made.mobile, request_key="fourth"), Denial)
    noon.at = LATE
    assert isinstance(take_permit(made.agent, made.customer, made.mobile, request_key="late"), Denial)
    return made


@pytest.fixture
def opened(world: World, live_server) -> Iterator:
    with browser() as chromium:
        yield chromium


def fits(page, what: str) -> None:
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), what


def shot(page, name: str) -> None:
    """The whole page as a picture for people to look at."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"), full_page=True)


def watched(page) -> list[str]:
    """What the browser's console complains of: a style or a script that the content policy refused is among it."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    return said


@pytest.mark.parametrize("language", LANGUAGES)
def test_decisions_on_screen_and_on_paper(opened, live_server, world: World, language: str) -> None:
    page = sign_in(opened, live_server.url, world.compliance, language)
    said = watched(page)
    page.goto(live_server.url + reverse("decisions:list"))
    fits(page, "list")
    shot(page, f"decisions-list-{language}")
    assert page.locator("tbody tr").count() == 5
    for denial in Denial.objects.order_by("pk"):
        page.goto(live_server.url + reverse("decisions:denial", args=[denial.pk]))
        fits(page, "denial")
        shot(page, f"decision-denial-{denial.pk}-{language}")
    permit = Permit.objects.order_by("pk").last()
    page.goto(live_server.url + reverse("decisions:permit", args=[permit.pk]))
    fits(page, "permit")
    shot(page, f"decision-permit-{language}")
    page.goto(live_server.url + reverse("decisions:denial", args=[Denial.objects.latest("pk").pk]))
    page.emulate_media(media="print")
    if SHOTS:
        page.pdf(path=str(Path(SHOTS) / f"decision-{language}.pdf"), format="A4", print_background=True)
    shot(page, f"decision-print-{language}")
    assert not page.is_visible("header.desk-nav")
    assert page.is_visible("article.decision h1")
    assert page.is_visible("text=示例银行")
    assert said == []


def test_a_filter_is_used_with_keys_alone(opened, live_server, world: World) -> None:
    page = sign_in(opened, live_server.url, world.lead)
    page.goto(live_server.url + reverse("decisions:list"))
    page.focus("#d-rule")
    page.keyboard.type("CN-GBT-03")
    page.keyboard.press("Escape")
    page.keyboard.press("Enter")
    page.wait_for_url("**rule=CN-GBT-03**")
    assert page.locator("tbody tr").count() >= 1
    page.focus("tbody a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/decisions/denials/**")
    assert "沈**" in page.inner_text("h1")


@pytest.mark.parametrize("language", LANGUAGES)
def test_holds_of_a_customer(opened, live_server, world: World, noon: Clock, language: str) -> None:
    world.customer.opt_outs = ["sms"]
    world.customer.save()
    make_line(world.customer, "19900000009", role="family", refused=True, contact_name_masked="沈*")
    done = set_hold("complaint", world.customer, world.agent, reason="客户对通话时间不满意")
    set_hold("dispute", world.customer, world.agent, reason="客户说第三期利息算错了", account=world.account)
    crisis = set_hold("crisis", world.customer, world.agent, reason="通话中出现轻生迹象")
    lift_hold(done.pk, world.lead, "答复函 FD20260302-1", evidence="answered")
    other = make_user("sun", Role.COMPLIANCE)
    lift_hold(crisis.pk, other, "援助热线回执 2026-7", evidence="safe")
    noon.forward(days=25)
    page = sign_in(opened, live_server.url, world.compliance, language)
    said = watched(page)
    page.goto(live_server.url + reverse("cases:holds") + "?show=overdue")
    fits(page, "list")
    shot(page, f"holds-overdue-{language}")
    page.goto(live_server.url + reverse("cases:customer-holds", args=[world.customer.pk]))
    fits(page, "holds")
    shot(page, f"holds-customer-{language}")
    form = page.locator(f"#hold-{crisis.pk} form").first
    assert form.locator("input[value=safe]").is_checked()
    form.locator("input[name=reason]").fill("回访本人，平安")
    form.locator("button").click()
    page.wait_for_load_state("networkidle")
    crisis.refresh_from_db()
    assert crisis.lifted_by == world.compliance
    assert said == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_agency_register(opened, live_server, world: World, language: str) -> None:
    page = sign_in(opened, live_server.url, world.compliance, language)
    said = watched(page)
    page.goto(live_server.url + reverse("people:agencies"))
    fits(page, "register")
    shot(page, f"agencies-{language}")
    page.goto(live_server.url + reverse("people:agency-new"))
    fits(page, "form")
    page.fill("#id_code", "Z-1")
    page.fill("#id_name", "示例咨询公司")
    page.check("#id_listed")
    page.fill("#id_contract_from", "2026-05-01")
    page.fill("#id_contract_until", "2026-04-01")
    page.click("main button.btn-primary")
    page.wait_for_load_state("networkidle")
    assert page.locator("form .text-danger").count() == 3
    shot(page, f"agency-refused-{language}")
    page.fill("#id_list_url", "https://example.com/list")
    page.fill("#id_listed_on", "2026-03-01")
    page.fill("#id_contract_from", "2026-03-01")
    page.click("main button.btn-primary")
    page.wait_for_url("**/people/agencies/")
    assert Agency.objects.get(code="Z-1").contract_from == date(2026, 3, 1)
    assert said == []
