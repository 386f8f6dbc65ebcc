"""A change of words in a real browser: written, corrected, checked, submitted, approved, and said in the next call."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from call_world import make_account, make_customer, make_line, make_world
from playbook_world import LINE, PACK, Room, make_room

from fairdue.desk.call.models import CallSession
from fairdue.desk.playbooks import selectors, services
from fairdue.desk.playbooks.models import PlaybookRevision

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.slow,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium (apt-get install chromium)"),
    pytest.mark.django_db(transaction=True),
]
PASSWORD = "long-demo-word"


@pytest.fixture
def room(noon, transactional_db) -> Room:
    made = make_room()
    for user in (made.trainer, made.compliance):
        user.set_password(PASSWORD)
        user.save()
    return made


@pytest.fixture
def browser(room, live_server, monkeypatch) -> Iterator:
    """`browser(user)` is a signed-in page at 1366×768, each user with cookies of their own."""
    from playwright.sync_api import sync_playwright

    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])

        def signed_in(user):
            context = chromium.new_context(
                viewport={"width": 1366, "height": 768}, locale="zh-CN", base_url=live_server.url
            )
            page = context.new_page()
            page.set_default_timeout(30_000)
            page.goto("/people/login/")
            page.fill("input[name=username]", user.username)
            page.fill("input[name=password]", PASSWORD)
            with page.expect_navigation():
                page.press("input[name=password]", "Enter")
            return page

        yield signed_in
        chromium.close()


def fits(page) -> bool:
    """Whether nothing runs over the right edge."""
    root = "document.documentElement"
    return page.evaluate(f"{root}.scrollWidth <= {root}.clientWidth")


def test_words_go_from_the_trainer_through_compliance_into_the_next_call(browser, room: Room) -> None:
    began_with = selectors.current_release()
    trainer = browser(room.trainer)
    trainer.goto(f"/playbooks/packs/{PACK}/?text={LINE}")
    with trainer.expect_navigation():
        trainer.click(f"[id='{LINE}'] a")

    # a figure written out and a threat: the findings stand beside the words while they are typed
    trainer.fill("#id_say", "再不还500元就通知你单位。")
    trainer.wait_for_selector("#at-say:has-text('500元')")
    trainer.wait_for_selector("#preview .alert-danger strong")
    assert fits(trainer)

    # mended: the facts are put in at the cursor, and the preview reads as the agent will read it
    trainer.fill("#id_say", "等发工资,我明白。先把放进去,可以吗?")
    trainer.evaluate("document.querySelector('#id_say').setSelectionRange(11, 11)")
    trainer.click(".palette summary")
    trainer.click("[data-insert='应还金额']")
    trainer.wait_for_selector("#preview mark:has-text('6200.00元')")
    assert trainer.input_value("#id_say") == "等发工资,我明白。先把{应还金额}放进去,可以吗?"
    trainer.wait_for_selector("#verdict.text-success")
    trainer.select_option("#f-missing", "quote")
    trainer.wait_for_selector("#preview .tried-off del")

    # the list of acts is searched, not scrolled
    trainer.fill("[data-picker]:has([name=answers]) [data-picker-filter]", "stall.payday")
    assert trainer.locator(".picker-item:visible:has([name=answers])").count() == 1

    trainer.keyboard.press("Control+s")
    trainer.wait_for_selector("#messages .alert-success")
    draft = PlaybookRevision.objects.get()
    assert "先把{应还金额}放进去" in draft.files["lines/first.yaml"]

    trainer.goto(f"/playbooks/revisions/{draft.pk}/")
    trainer.click("form[action$='/check/'] button")
    trainer.wait_for_selector("#checks .bg-green-lt")
    assert fits(trainer)
    trainer.fill("#submit-text", "更短,先说数目")
    trainer.click("form[action$='/submit/'] button")
    trainer.wait_for_selector("form[action$='/withdraw/']")

    compliance = browser(room.compliance)
    compliance.goto(f"/playbooks/revisions/{draft.pk}/")
    assert compliance.locator(".change ins").count() > 0
    compliance.fill("#decide-text", "没有承诺,没有施压")
    compliance.click("form[action$='/approve/'] .btn-success")
    compliance.wait_for_selector("#messages .alert-success")

    begins_with = selectors.current_release()
    assert begins_with == began_with + 1
    assert "先把{应还金额}放进去" in selectors.library_of(begins_with).line(LINE).say
    assert "先把{应还金额}放进去" not in selectors.library_of(began_with).line(LINE).say


def heard_payday(page) -> str:
    """The guide's panel after the customer confirmed who they are and waits for payday."""
    page.bring_to_front()
    for words in ("我是本人", "等发工资"):
        page.keyboard.press("/")
        page.keyboard.type(words)
        page.keyboard.press("Enter")
        page.locator("#guide .turns").get_by_text(words, exact=False).wait_for()
        page.keyboard.press("Escape")
    return page.inner_text("#guide")


def test_a_call_that_has_begun_keeps_its_words_and_the_next_one_has_the_new_ones(browser, room: Room, settings) -> None:
    settings.FAIRDUE_INSTITUTION, settings.FAIRDUE_DEPARTMENT = "示例银行", "客户服务部"
    world = make_world()
    later = make_customer("D2", world.agent)
    make_line(later, "19900000002")
    make_account(later, "A2")
    world.agent.set_password(PASSWORD)
    world.agent.save()
    library = selectors.library_of(0)
    for line in library.replies("stall.payday", stage="first", scope=library.scope(PACK)):
        if line.stage == "first" and library.home[line.id] == PACK:
            words = line.model_copy(update={"say": f"听明白了。{line.say}"})
            services.save_line(PACK, room.trainer, words, seen=services.seen_now(PACK))
    draft = services.submit(PlaybookRevision.objects.get().pk, room.trainer, "先应一声再说")

    first = browser(world.agent)
    first.goto(f"/call/{world.customer.pk}/")
    first.keyboard.press("1")
    first.wait_for_selector("#guide")
    services.approve(draft.pk, room.compliance, "可以")
    second = first.context.new_page()
    second.goto(f"/call/{later.pk}/")
    second.keyboard.press("1")
    second.wait_for_selector("#guide")
    assert list(CallSession.objects.order_by("pk").values_list("release", flat=True)) == [0, 1]
    assert "听明白了。" in heard_payday(second)
    assert "听明白了。" not in heard_payday(first)


def test_leaving_with_unsaved_words_asks_first_and_saving_does_not(browser, room: Room) -> None:
    page = browser(room.trainer)
    page.goto(f"/playbooks/packs/{PACK}/lines/{LINE}/")
    page.click("#id_say")
    page.keyboard.type("写到一半")
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.dismiss()))
    page.evaluate("setTimeout(() => { location.href = '/playbooks/' }, 0)")
    page.wait_for_timeout(1500)
    assert asked == ["beforeunload"]
    assert "写到一半" in page.input_value("#id_say")
    page.keyboard.press("Control+s")
    page.wait_for_selector("#messages .alert-success")
    assert asked == ["beforeunload"]


def test_the_keyboard_alone_reaches_every_part_of_the_editor(browser, room: Room) -> None:
    page = browser(room.trainer)
    page.goto(f"/playbooks/packs/{PACK}/lines/{LINE}/")
    page.focus("#id_say")
    reached = []
    for _ in range(40):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.name || document.activeElement.tagName"))
    fields = {"why", "stage", "party", "step", "pressure", "lever", "deadline_count", "argument", "answers", "needs"}
    assert fields | {"SUMMARY", "cites", "source", "fits", "situation", "channels", "gist_en"} <= set(reached)
    page.focus("[data-picker]:has([name=answers]) [data-picker-filter]")
    page.keyboard.type("stall.away")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    assert page.is_checked("input[name=answers][value='stall.away']")


def test_the_file_editor_numbers_its_rows_and_jumps_to_a_finding(browser, room: Room) -> None:
    text = "# 我们自己的\n- id: p01.first.own.o1\n  answers: [stall.payday]\n  stage: nowhere\n"
    services.save_file(PACK, room.trainer, "lines/mine.yaml", text, seen=services.seen_now(PACK))
    page = browser(room.trainer)
    page.goto(f"/playbooks/packs/{PACK}/files/?path=lines/mine.yaml")
    assert page.inner_text(".code-rows").split() == ["1", "2", "3", "4", "5"]
    page.click("[data-row='2'] >> nth=0")
    assert page.evaluate("document.activeElement.id") == "text"
    assert (
        page.evaluate("document.activeElement.value.slice(0, document.activeElement.selectionStart)")
        == "# 我们自己的\n"
    )
    page.keyboard.press("Control+End")
    page.keyboard.type("\n\n")
    assert page.inner_text(".code-rows").split()[-1] == "7"
    assert fits(page)


@pytest.mark.parametrize("where", ["", "history/", "gaps/", f"packs/{PACK}/?tab=flow", f"packs/{PACK}/new/"])
def test_nothing_runs_over_the_edge(browser, room: Room, where: str) -> None:
    page = browser(room.trainer)
    page.goto(f"/playbooks/{where}")
    assert fits(page)
