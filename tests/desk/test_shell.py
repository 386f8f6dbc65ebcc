"""The shell: vendored files, navigation by role, refusals, error pages, translations."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

import messages
import pytest
from call_world import make_user
from django.test import Client
from django.urls import reverse

from fairdue.desk.context import LINKS
from fairdue.desk.people.models import Role

DESK = Path(__file__).parents[2] / "src/fairdue/desk"
VENDOR = DESK / "static/vendor"
BACKEND = "django.contrib.auth.backends.ModelBackend"


def browser(role: Role, language: str = "en") -> Client:
    client = Client()
    client.cookies["fairdue_language"] = language
    client.force_login(make_user(f"user-{role}", role), backend=BACKEND)
    return client


def test_vendored_files_are_what_the_list_says_and_carry_their_licence() -> None:
    listed = json.loads((VENDOR / "vendor.json").read_text())
    for entry in listed:
        file = VENDOR / entry["file"]
        assert hashlib.sha256(file.read_bytes()).hexdigest() == entry["sha256"], entry["file"]
        assert entry["version"] in file.parent.name
        assert (file.parent / "LICENSE").stat().st_size > 100
    on_disk = {str(p.relative_to(VENDOR)) for p in VENDOR.rglob("*.min.*")}
    assert on_disk == {entry["file"] for entry in listed}


def test_no_page_asks_another_host_for_anything() -> None:
    for template in DESK.rglob("templates/**/*.html"):
        found = re.findall(r"""(?:src|href|action)=["'](?:https?:)?//[^"']+""", template.read_text())
        assert not found, template


def test_every_message_has_its_chinese() -> None:
    assert messages.problems() == []


@pytest.mark.parametrize(
    ("given", "set_"),
    [
        ("读取,随后", "读取\uff0c随后"),
        ("%(n)s,有效", "%(n)s\uff0c有效"),
        ("如 1,234.50 元", "如 1,234.50 元"),
        ("金额(元)", "金额\uff08元\uff09"),
        ("12:30 (UTC)", "12:30 (UTC)"),
    ],
)
def test_chinese_punctuation_is_set_in_full_width(given: str, set_: str) -> None:
    assert messages.tidy(given) == set_


@pytest.mark.parametrize("role", list(Role))
def test_each_role_may_open_every_page_of_its_navigation_and_no_other(db: None, role: Role) -> None:
    client = browser(role)
    for _label, name, roles in LINKS:
        assert client.get(reverse(name)).status_code == (200 if role in roles else 403), name


def test_navigation_marks_the_page_that_is_open(db: None) -> None:
    page = browser(Role.LEAD).get(reverse("accounts:imports")).content.decode()
    marked = re.findall(r'href="([^"]+)" aria-current="page"', page)
    assert marked == [reverse("accounts:imports")]


@pytest.mark.parametrize(
    ("language", "said"), [("zh-hans", "你的角色不能使用此页"), ("en", "Your role does not include")]
)
def test_a_refusal_speaks_the_users_language(db: None, language: str, said: str) -> None:
    answer = browser(Role.AGENT, language).get(reverse("audit:list"))
    assert answer.status_code == 403
    assert said in answer.content.decode()


def test_an_unknown_page_says_so(db: None) -> None:
    answer = browser(Role.AGENT, "zh-hans").get("/nowhere/")
    assert answer.status_code == 404
    assert "没有找到" in answer.content.decode()


def test_an_expired_form_says_that_nothing_was_changed(db: None) -> None:
    client = Client(enforce_csrf_checks=True)
    client.cookies["fairdue_language"] = "en"
    answer = client.post(reverse("people:login"), {"username": "a", "password": "b"})
    assert answer.status_code == 403
    assert "The form has expired" in answer.content.decode()


def test_pages_carry_the_security_headers_and_are_not_kept(db: None) -> None:
    answer = browser(Role.LEAD).get(reverse("accounts:search"))
    policy = answer["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe-inline" not in policy.split("style-src-attr")[0]
    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Cache-Control"] == "no-store"


def test_no_template_has_an_inline_script_without_a_nonce() -> None:
    for template in DESK.rglob("templates/**/*.html"):
        for tag in re.findall(r"<script[^>]*>", template.read_text()):
            assert "src=" in tag or "CSP_NONCE" in tag or "csp_nonce" in tag or 'type="application/json"' in tag, (
                template
            )
        assert not re.search(r"\son\w+=[\"']", template.read_text()), template


def test_the_language_switch_stays(db: None) -> None:
    client = browser(Role.AGENT, "zh-hans")
    assert "我的一天" in client.get(reverse("worklist:day")).content.decode()
    client.post(reverse("set_language"), {"language": "en", "next": "/"})
    assert "My day" in client.get(reverse("worklist:day")).content.decode()
