"""Contact preferences in a real browser: everything fits, keys alone do it, and a press closes a way of contact at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

import pytest
from browsing import CHROMIUM, browser, shot, sign_in
from call_world import Clock, World, make_line, make_user, make_world
from django.urls import reverse

from fairdue.desk.call.services import record_contact, take_permit
from fairdue.desk.preferences.evidence import Given
from fairdue.desk.preferences.models import How, Kind
from fairdue.desk.preferences.selectors import standing
from fairdue.desk.preferences.services import record, take_back

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt-get install chromium)"),
    pytest.mark.django_db(transaction=True),
]
CONTRACT = Given(How.CONTRACT, reference="借款合同第 12 条", said_on=date(2024, 1, 5))


@pytest.fixture
def world(noon: Clock, monkeypatch) -> World:
    """A customer who agreed to evenings in a talk, with lines of a spouse and of unknown origin."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    made = make_world()
    make_line(made.customer, "19900000003", kind="office")
    make_line(made.customer, "19900000007", role="family", contact_name_masked="周*")
    make_line(made.customer, "19900000004", role="friend", source="other", contact_name_masked="许*")
    return made


def fill(made: World) -> None:
    """The page with everything on it."""
    permit = take_permit(made.agent, made.customer, made.mobile, request_key="k")
    said = record_contact(permit, made.agent, "reached", talk_seconds=95)
    lines = {line.role if line.kind == "mobile" else line.kind: line for line in made.customer.lines.all()}
    record(Kind.AGREED_HOURS, made.customer, made.agent, value="20:00-23:00", given=Given(contact=said))
    record(Kind.INCONVENIENT, made.customer, made.agent, value="20:30-21:00")
    record(Kind.OPT_OUT, made.customer, made.agent, value="sms")
    record(Kind.WORKPLACE, made.customer, made.agent, line=lines["office"])
    record(
        Kind.CONSENT,
        made.customer,
        made.lead,
        value="third_party_disclosure",
        given=CONTRACT,
        valid_until=date(2026, 12, 31),
    )
    record(
        Kind.EVIDENCE, made.customer, made.compliance, value="joint_debt", line=lines["family"], account=made.account,
        given=CONTRACT,
    )  # fmt: skip
    record(Kind.OPT_OUT, made.customer, made.agent, value="im")
    made.customer.refresh_from_db()
    key = next(fact.key for fact in standing(made.customer, date(2026, 3, 2)) if fact.value == "im")
    take_back(key, made.customer, made.lead, given=Given(contact=said), reason="客户说即时消息可以")


@pytest.fixture
def opened(world: World, live_server) -> Iterator:
    with browser() as chromium:
        yield chromium


def fits(page) -> None:
    root = "document.documentElement"
    assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")


def watched(page) -> list[str]:
    """What the browser's console complains of: a style or a script that the content policy refused is among it."""
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text) if message.type in ("error", "warning") else None)
    return said


@pytest.mark.parametrize("language", ("zh-hans", "en"))
def test_the_page_fits_and_keys_alone_do_it(opened, live_server, world: World, language: str) -> None:
    where = live_server.url + reverse("preferences:customer", args=[world.customer.pk])
    page = sign_in(opened, live_server.url, world.agent, language)
    said = watched(page)
    page.goto(where)
    fits(page)
    shot(page, f"preferences-empty-{language}")
    page.focus("button[value=sms]")
    page.keyboard.press("Enter")
    page.wait_for_selector("button[value=sms][disabled]")
    world.customer.refresh_from_db()
    assert world.customer.opt_outs == ["sms"]
    page.focus("#f-inconvenient summary")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.id") == "id_inconvenient-start"
    page.fill("#id_inconvenient-start", "22:30")
    page.fill("#id_inconvenient-end", "22:30")
    page.keyboard.press("Enter")
    refused = page.wait_for_selector("#f-inconvenient .text-danger")
    assert refused.is_visible()
    shot(page, f"preferences-refused-{language}")
    page.fill("#id_inconvenient-end", "07:00")
    with page.expect_navigation():
        page.press("#id_inconvenient-end", "Enter")
    world.customer.refresh_from_db()
    assert world.customer.inconvenient == [["22:30", "07:00"]]
    assert [text for text in said if "422" not in text] == []


@pytest.mark.parametrize("language", ("zh-hans", "en"))
def test_the_full_page(opened, live_server, world: World, language: str) -> None:
    fill(world)
    page = sign_in(opened, live_server.url, world.compliance, language)
    said = watched(page)
    page.goto(live_server.url + reverse("preferences:customer", args=[world.customer.pk]))
    fits(page)
    assert page.locator("[data-fact]").count() == 6
    shot(page, f"preferences-full-{language}")
    page.locator("#sources").scroll_into_view_if_needed()
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    shot(page, f"preferences-full-below-{language}")
    page.locator("#sources a").first.click()
    page.wait_for_url("**line=*")
    assert page.is_visible("#f-source select")
    fits(page)
    shot(page, f"preferences-source-{language}")
    page.locator("#f-evidence summary").click()
    page.locator("summary:has(h2)").last.click()
    page.evaluate("window.scrollTo(0, document.body.scrollHeight)")
    assert page.locator("tbody").last.locator("tr").count() == 7
    fits(page)
    shot(page, f"preferences-history-{language}")
    page.locator("#f-evidence").scroll_into_view_if_needed()
    shot(page, f"preferences-evidence-{language}")
    page.locator("[data-fact^=agreed_hours] form button").first.click()
    page.wait_for_selector("[data-fact='agreed_hours:20:00-22:00::']")
    world.customer.refresh_from_db()
    assert world.customer.agreed_hours == ["20:00", "22:00"]
    page.locator("[data-fact^=opt_out] details summary").first.click()
    shot(page, f"preferences-lift-{language}")
    fits(page)
    assert said == []


def test_an_agent_of_others_is_kept_out(opened, live_server, world: World) -> None:
    page = sign_in(opened, live_server.url, make_user("wu"))
    answer = page.goto(live_server.url + reverse("preferences:customer", args=[world.customer.pk]))
    assert answer.status == 404
