"""The call screen in a real browser: keys alone, and nothing typed is lost when the network goes away."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from browsing import ready, type_heard
from call_world import World, make_world

from fairdue.desk.call.models import CallSession, Contact
from fairdue.desk.promises.models import Promise

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt-get install chromium)"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def page(live_server, noon, monkeypatch, settings) -> Iterator:
    """A signed-in agent's page on the call screen of the one customer."""
    from playwright.sync_api import sync_playwright

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    settings.FAIRDUE_INSTITUTION, settings.FAIRDUE_DEPARTMENT = "示例银行", "客户服务部"
    ready()
    world: World = make_world()
    world.agent.set_password("long-demo-word")
    world.agent.save()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        shown = browser.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        shown.goto(f"{live_server.url}/people/login/")
        shown.fill("input[name=username]", "lin")
        shown.fill("input[name=password]", "long-demo-word")
        with shown.expect_navigation():
            shown.press("input[name=password]", "Enter")
        shown.goto(f"{live_server.url}/call/{world.customer.pk}/")
        shown.set_default_timeout(8000)
        yield shown
        browser.close()


def wait(page, what) -> None:
    """Until `what()` is true, at most ten seconds."""
    for _ in range(100):
        if what():
            return
        page.wait_for_timeout(100)
    raise AssertionError("waited ten seconds for nothing")


def test_a_call_with_the_keyboard_alone_ends_in_a_promise(page) -> None:
    page.keyboard.press("1")
    page.wait_for_selector("#guide")
    type_heard(page, "我是本人")
    type_heard(page, "等发工资")
    assert "Q20260302-" in page.inner_text("#guide")
    assert page.evaluate("document.activeElement.id") != "heard"  # one key picks, without leaving the field first
    page.keyboard.press("1")
    wait(page, lambda: CallSession.objects.get().turns[-1]["who"] == "agent")
    page.keyboard.press("c")
    page.keyboard.press("o")
    page.check("input[value=promise]", force=True)
    page.fill("#f-due", "2026-03-04")
    page.select_option("#f-channel", "app")
    page.check("input[name=read_back]")
    page.keyboard.press("Control+Enter")
    page.wait_for_selector("#outcome-form", state="detached")
    promise = Promise.objects.get()
    assert promise.amount_fen == promise.quote.overdue_fen


def test_what_is_typed_without_network_is_kept_and_sent_when_it_is_back(page) -> None:
    page.keyboard.press("1")
    page.wait_for_selector("#outcome-form")
    page.context.set_offline(True)
    page.check("input[value=refused]", force=True)
    page.fill("#f-note", "客户说下周再谈")
    page.wait_for_selector("#save-state.text-danger")
    page.context.set_offline(False)
    wait(page, lambda: CallSession.objects.get().draft.get("note") == "客户说下周再谈")
    page.reload()
    assert page.input_value("#f-note") == "客户说下周再谈"
    page.context.set_offline(True)
    page.click("#record")
    page.wait_for_selector("#send-state:not(:empty)")
    page.context.set_offline(False)
    page.wait_for_selector("#outcome-form", state="detached", timeout=20_000)
    contact = Contact.objects.get()
    assert (contact.outcome, contact.note) == ("refused", "客户说下周再谈")


def test_a_reload_before_the_server_had_it_brings_it_back_from_this_computer(page) -> None:
    page.keyboard.press("1")
    page.wait_for_selector("#outcome-form")
    page.route("**/draft/", lambda route: route.abort())
    page.check("input[value=callback]", force=True)
    page.fill("#f-note", "只在本机")
    page.wait_for_selector("#save-state.text-danger")
    page.unroute("**/draft/")
    page.reload()
    assert page.input_value("#f-note") == "只在本机"
    assert page.is_checked("input[value=callback]")


@pytest.mark.parametrize(("width", "height"), [(1366, 768), (1920, 1080)])
def test_nothing_runs_over_the_edge(page, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    page.keyboard.press("1")
    page.wait_for_selector("#outcome-form")
    for outcome in ("promise", "plan", "dispute", "callback"):
        page.check(f"input[value={outcome}]", force=True)
        page.wait_for_timeout(400)
        root = "document.documentElement"
        assert page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth"), outcome
        assert page.evaluate(
            "document.querySelector('#outcome').scrollWidth <= document.querySelector('#outcome').clientWidth"
        )
