"""Probe a running demo: every role signs in, every main page answers in both languages, nothing is untranslated."""

from __future__ import annotations

import html
import re
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Sequence
from http.cookiejar import CookieJar

from .io import stdout

TAGS = re.compile(r"<(script|style)\b.*?</\1>|<[^>]+>", re.DOTALL)
TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
CASE = re.compile(r'href="(/call/\d+/)"')
CUSTOMER = re.compile(r'href="(/accounts/customer/\d+/)"')
BATCH = re.compile(r'href="(/accounts/imports/\d+/)"')
COMMON = ("/people/password/",)
PAGES: dict[str, tuple[str, ...]] = {
    "agent": (
        "/day/",
        "/promises/",
        "/plans/",
        "/cases/",
        "/accounts/",
        "/playbooks/",
        "/playbooks/gaps/mine/",
        "/decisions/",
        "/policies/",
    ),
    "lead": (
        "/board/",
        "/team/",
        "/promises/",
        "/plans/",
        "/cases/",
        "/accounts/",
        "/accounts/report/",
        "/accounts/imports/",
        "/decisions/",
        "/placements/",
        "/placements/place/",
        "/policies/obligations/",
    ),
    "compliance": (
        "/board/",
        "/cases/",
        "/cases/holds/",
        "/accounts/",
        "/accounts/report/",
        "/audit/",
        "/playbooks/history/",
        "/decisions/",
        "/policies/",
        "/policies/rules/CN-GBT-03/",
        "/policies/changes/",
        "/policies/history/",
        "/policies/obligations/",
        "/placements/",
        "/people/agencies/",
        "/people/agencies/new/",
    ),
    "trainer": (
        "/board/",
        "/playbooks/",
        "/playbooks/packs/p01-bank-card/",
        "/playbooks/packs/p01-bank-card/lines/first.payday.1/",
        "/playbooks/packs/p01-bank-card/files/",
        "/playbooks/history/",
        "/playbooks/gaps/",
    ),
    "admin": ("/board/", "/team/", "/people/", "/people/new/", "/audit/?verify=1", "/accounts/imports/"),
}
FORBIDDEN = {
    "agent": "/audit/",
    "lead": "/people/",
    "compliance": "/people/",
    "trainer": "/accounts/",
    "admin": "/day/",
}


class Browser:
    """Cookies, redirects, and the token that a form needs."""

    def __init__(self, address: str) -> None:
        self.address = address
        self.opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> tuple[int, str]:
        return self._ask(urllib.request.Request(self.address + path))  # noqa: S310 - loopback

    def post(self, page: str, path: str, **fields: str) -> tuple[int, str]:
        """Post with the token of `page`, as its form would."""
        found = TOKEN.search(self.get(page)[1])
        data = urllib.parse.urlencode({**fields, "csrfmiddlewaretoken": found[1] if found else ""}).encode()
        return self._ask(urllib.request.Request(self.address + path, data))  # noqa: S310 - loopback

    def _ask(self, request: urllib.request.Request) -> tuple[int, str]:
        try:
            with self.opener.open(request, timeout=60) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode(errors="replace")


def untranslated(page: str, messages: Sequence[str]) -> list[str]:
    """Catalogue messages of two words or more that stand in a Chinese page in English, as whole pieces of text."""
    pieces = {html.unescape(piece).strip() for piece in TAGS.sub("\n", page).split("\n")}
    return sorted(pieces & set(messages))


def english_messages() -> list[str]:
    """The msgids of the desk's catalogue that would be noticed on a Chinese page."""
    import gettext

    from django.conf import settings

    with (settings.LOCALE_PATHS[0] / "zh_Hans/LC_MESSAGES/django.mo").open("rb") as handle:
        catalogue = gettext.GNUTranslations(handle)._catalog  # type: ignore[attr-defined] # the only list of msgids there is
    return [key for key, value in catalogue.items() if isinstance(key, str) and " " in key.strip() and value != key]


def fault(status: int, page: str, lang: str, messages: Sequence[str]) -> str:
    """What is wrong with a page, or nothing."""
    if status != 200:
        return f"status {status}"
    if "Traceback (most recent call last)" in page:
        return "a traceback is shown"
    if f'lang="{lang}' not in page:
        return f"not in {lang}"
    if lang == "zh" and (found := untranslated(page, messages)):
        return f"untranslated: {found[0]}"
    return ""


def probe(address: str, users: Sequence[tuple[str, str]], password: str) -> bool:
    """Print one line per page; True when all is well."""
    good = True
    messages = english_messages()
    for name, role in users:
        browser = Browser(address)
        browser.post("/people/login/", "/people/login/", username=name, password=password)
        for lang in ("zh-hans", "en"):
            start = browser.post("/people/password/", "/language/setlang/", language=lang, next="/people/password/")
            paths = [*PAGES[role], *COMMON]
            for path in paths:
                status, page = browser.get(path)
                said = fault(status, page, lang[:2], messages) if start[0] == 200 else f"language: status {start[0]}"
                good &= not said
                stdout.print(f"{name:11} {lang:7} {path:28} {said or 'ok'}", markup=False)
                for pattern in (CASE, CUSTOMER, BATCH):
                    if (link := pattern.search(page)) and not any(pattern.match(f'href="{p}"') for p in paths):
                        paths.append(link[1])
        status = browser.get(FORBIDDEN[role])[0]
        good &= status == 403
        stdout.print(
            f"{name:11} {'':7} {FORBIDDEN[role]:28} {'refused, as it must be' if status == 403 else f'status {status}'}"
        )
    stdout.print("All pages answer." if good else "Some pages do not answer as they must.")
    return good
