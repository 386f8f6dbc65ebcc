"""A whole day in a real browser: list → permit → guided call → promise; tomorrow's payment file keeps it; at 22:05 the
second browser finds no button, only the clause. Runs on whichever database DATABASE_URL names."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path

import pytest
from browsing import ready, type_heard
from call_world import LATE, make_user, make_world

from fairdue.desk.accounts.services import import_portfolio
from fairdue.desk.call.models import Permit
from fairdue.desk.promises.models import Promise
from fairdue.desk.worklist.models import NightRun, WorklistEntry
from fairdue.desk.worklist.night import run_night

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PASSWORD = "long-demo-word"
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt-get install chromium)"),
    pytest.mark.django_db(transaction=True),
]


def sign_in(page, base: str, name: str) -> None:
    page.goto(f"{base}/people/login/")
    page.fill("input[name=username]", name)
    page.fill("input[name=password]", PASSWORD)
    page.click("main button.btn-primary")
    page.wait_for_url("**/day/")


def test_a_collection_day(live_server, noon, monkeypatch, settings, tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    settings.FAIRDUE_INSTITUTION, settings.FAIRDUE_DEPARTMENT = "示例银行", "客户服务部"
    world = make_world()
    for user in (world.agent, make_user("wei")):
        user.set_password(PASSWORD)
        user.save()
    run = run_night()
    assert NightRun.objects.get().state == "done"
    assert run.report["entries"] == 1

    ready()
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        sign_in(page, live_server.url, "lin")
        assert "沈**" in page.inner_text("main")
        page.click("#next-case")
        page.wait_for_load_state("networkidle")
        page.keyboard.press("1")
        page.wait_for_selector("#guide")
        for words in ("我是本人", "等发工资"):
            type_heard(page, words)
        page.wait_for_selector("#guide:has-text('Q20260302-')")
        page.keyboard.press("Escape")
        page.keyboard.press("c")
        page.keyboard.press("o")
        page.check("input[value=promise]", force=True)
        page.fill("#f-due", "2026-03-03")
        page.select_option("#f-channel", "app")
        page.check("input[name=read_back]")
        page.keyboard.press("Control+Enter")
        page.wait_for_selector("#outcome-form", state="detached")
        promise = Promise.objects.get()
        assert WorklistEntry.objects.get().state == "done"

        noon.at = LATE
        WorklistEntry.objects.update(agent_id=world.agent.pk)
        second = browser.new_page(viewport={"width": 1366, "height": 768}, locale="zh-CN")
        world.customer.assigned_to = type(world.agent).objects.get(username="wei")
        world.customer.save()
        sign_in(second, live_server.url, "wei")
        second.goto(f"{live_server.url}/call/{world.customer.pk}/")
        shown = second.inner_text("main")
        assert "CN-GBT-01" in shown
        assert "22:05" in shown
        assert "03-03 08:00" in shown or "08:00" in shown
        permits = Permit.objects.count()
        second.keyboard.press("1")
        second.wait_for_timeout(500)
        assert Permit.objects.count() == permits
        browser.close()

    noon.at = LATE + timedelta(hours=14)
    feed = tmp_path / "payments.csv"
    yuan = f"{promise.amount_fen // 100}.{promise.amount_fen % 100:02d}"
    feed.write_text(
        f"account_id,paid_on,amount_yuan,reference\n{world.account.number},2026-03-03,{yuan},PAY-1\n", encoding="utf-8"
    )
    assert import_portfolio(feed, "payments", as_of=date(2026, 3, 3)).counts["new"] == 1
    promise.refresh_from_db()
    assert promise.state == "kept"
    assert import_portfolio(feed, "payments", as_of=date(2026, 3, 3)).counts["new"] == 0
