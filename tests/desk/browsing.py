"""A real browser on the desk for the guided call's tests: signed in, with pictures when `FAIRDUE_SHOTS` names a folder."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from fairdue.desk.call import talk
from fairdue.guard import check_text

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
PASSWORD = "long-demo-word"
SHOTS = os.environ.get("FAIRDUE_SHOTS")


def ready() -> None:
    """Recogniser, shipped lines and guard are loaded, as a server does before its first call."""
    talk.load_recogniser()
    talk.library_of(0)
    check_text("喂", "call", "customer")


@contextmanager
def browser() -> Iterator:
    """Chromium."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        yield opened
        opened.close()


def sign_in(opened, server: str, user, language: str = "zh-hans"):
    """A page of this user, 1366×768, in a context of its own."""
    user.set_password(PASSWORD)
    user.save()
    context = opened.new_context(viewport={"width": 1366, "height": 768}, locale="zh-CN")
    context.add_cookies([{"name": "fairdue_language", "value": language, "url": server}])
    page = context.new_page()
    page.set_default_timeout(20_000)
    page.goto(f"{server}/people/login/")
    page.fill("input[name=username]", user.username)
    page.fill("input[name=password]", PASSWORD)
    with page.expect_navigation():
        page.press("input[name=password]", "Enter")
    return page


def shot(page, name: str) -> None:
    """A picture for people to look at."""
    if SHOTS:
        page.screenshot(path=str(Path(SHOTS) / f"{name}.png"))


def until(page, what: Callable[[], object]) -> None:
    """Until `what()` is true, at most fifteen seconds."""
    for _ in range(150):
        if what():
            return
        page.wait_for_timeout(100)
    raise AssertionError("waited fifteen seconds for nothing")


def revision(page) -> int:
    """The revision of the panel that is shown."""
    return int(page.get_attribute("#guide .guide", "data-revision"))


def type_heard(page, text: str) -> None:
    """Type what the customer said and wait for the panel that answers it."""
    before = revision(page)
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type(text)
    page.keyboard.press("Enter")
    until(page, lambda: revision(page) > before)


def press(page, key: str) -> None:
    """A key that changes the panel, outside of any field."""
    before = revision(page)
    page.keyboard.press("Escape")
    page.keyboard.press(key)
    until(page, lambda: revision(page) > before)
