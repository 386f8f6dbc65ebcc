"""A rule is made stricter in a real browser: tried, measured, approved by a second person, in force at the next decision."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from browsing import CHROMIUM, browser, shot, sign_in
from call_world import Clock, World, make_world
from policy_world import RULE, TODAY, Room, call, make_room

from fairdue.desk.policies import selectors
from fairdue.desk.policies.models import ObligationCheck, PolicyDraft
from fairdue.desk.policies.services import effects as running

pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt-get install chromium)"),
    pytest.mark.django_db(transaction=True),
]


@pytest.fixture
def house(noon: Clock, transactional_db, monkeypatch) -> Iterator[tuple[World, Room]]:
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    return make_world(), make_room()


def fits(page) -> bool:
    """Whether nothing runs over the right edge."""
    root = "document.documentElement"
    return page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")


def press(page, selector: str) -> None:
    with page.expect_navigation():
        page.click(selector)


def test_from_a_rule_to_the_next_decision(house, noon: Clock, live_server, monkeypatch) -> None:
    world, room = house
    for n in range(3):
        call(world, noon, f"c{n}")
    monkeypatch.setattr(running, "AT_ONCE", 1)  # so that the page has to watch a run
    with browser() as opened:
        page = sign_in(opened, live_server.url, room.writer)
        page.goto(f"{live_server.url}/policies/?topic=counts&text={RULE}")
        press(page, f"a[href='/policies/rules/{RULE}/']")
        assert fits(page)
        press(page, "a[href$='/at_most/change/']")

        # a value that loosens is refused beside its field, in Chinese, and what was typed stays
        page.fill("#id_value", "5")
        page.fill("#id_effective_from", TODAY.isoformat())
        page.fill("#id_reason", "投诉偏多")
        page.fill("#id_instrument", "催收管理办法")
        press(page, "form button.btn-primary")
        assert "会放宽 CN-GBT-03，不能保存" in page.inner_text(".field-error")
        assert page.input_value("#id_reason") == "投诉偏多"
        shot(page, "policies-refused")
        page.fill("#id_value", "2")
        press(page, "form button.btn-primary")

        # the effect runs in the background and appears by itself
        press(page, "#effect form button")
        page.wait_for_selector("#effect .figures .more strong")
        assert page.inner_text("#effect .figures .more strong") == "1"
        assert fits(page)
        shot(page, "policies-effect")
        press(page, "#effect-result a.btn")
        assert world.customer.name_masked in page.inner_text("table")
        page.go_back()
        page.fill("#submit-text", "请看影响")
        press(page, "form[action$='/submit/'] button")
        assert page.locator("form[action$='/approve/']").count() == 0

        second = sign_in(opened, live_server.url, room.second, "en")
        second.goto(f"{live_server.url}/policies/changes/1/")
        second.fill("#decide-text", "agreed")
        press(second, "form[action$='/approve/'] button.btn-success")
        assert second.inner_text("#standing") == "In force"
        assert fits(second)
        second.goto(f"{live_server.url}/policies/history/")
        assert fits(second)
    values = [
        rule.params["at_most"] for rule in selectors.current_pack().rules if rule.id == RULE and rule.in_force(TODAY)
    ]
    assert values == [3, 2]


def test_a_change_is_written_with_the_keyboard_alone(house, live_server) -> None:
    _world, room = house
    with browser() as opened:
        page = sign_in(opened, live_server.url, room.writer)
        page.goto(f"{live_server.url}/policies/rules/{RULE}/at_most/change/")
        page.focus("#id_value")
        reached = ["value"]
        for _ in range(40):
            page.keyboard.press("Tab")
            reached.append(page.evaluate("document.activeElement.name || document.activeElement.tagName"))
            if reached[-1] == "article":
                break
        assert {"value", "effective_from", "agency", "product", "lender", "reason", "instrument", "article"} <= set(
            reached
        )
        page.fill("#id_value", "1")
        page.fill("#id_reason", "先收紧")
        page.fill("#id_instrument", "通知")
        page.focus("#id_article")
        with page.expect_navigation():
            page.keyboard.press("Enter")
    made = PolicyDraft.objects.get()
    assert made.changes[0]["params"] == {"at_most": 1}
    assert made.effective_from == TODAY + timedelta(days=1)


def test_a_duty_is_recorded_from_the_checklist(house, live_server) -> None:
    _world, room = house
    with browser() as opened:
        page = sign_in(opened, live_server.url, room.writer)
        page.goto(f"{live_server.url}/policies/obligations/")
        assert fits(page)
        press(page, "table.duties a.btn >> nth=0")
        page.fill("#id_note", "抽查了三家机构")
        page.fill("#id_reference", "OA-17")
        press(page, "#entry button")
        assert "抽查了三家机构" in page.inner_text("table")
        assert fits(page)
        shot(page, "policies-duty")
    assert ObligationCheck.objects.get().by == room.writer


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_nothing_runs_over_the_edge(house, live_server, language: str) -> None:
    _world, room = house
    with browser() as opened:
        page = sign_in(opened, live_server.url, room.writer, language)
        for where in ("", "?j=US", "changes/", "history/", "obligations/", "rules/CN-NIFA-17/"):
            page.goto(f"{live_server.url}/policies/{where}")
            assert fits(page), where
