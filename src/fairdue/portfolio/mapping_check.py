"""The findings of a mapping file: each names file and line, and offers the nearest known word."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path

from fairdue.core.findings import Finding, Place
from fairdue.core.text import Text
from fairdue.packs.reader import Lined, line_of


class Checker:
    """Collects findings while the parts of one file are read. Lines are 1-based; `zh`/`en` say what a key takes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.findings: list[Finding] = []

    def say(self, code: str, line: int | None, field: str | None, what: Text, mend: Text) -> None:
        """One finding; every wrong mapping matters for the same reason."""
        why = Text("映射有误会把整批账户读错。", "A wrong mapping misreads every account of the feed.")
        self.findings.append(Finding(code, what, why, mend, Place(str(self.path), line, field)))

    def unknown(self, value: object, known: Iterable[str], line: int | None, where: str) -> None:
        """A word that is not among the known ones, with the nearest of them."""
        listed = list(known)
        near = get_close_matches(str(value), listed, 1, 0.5)
        self.say(
            "mapping.unknown",
            line,
            where,
            Text(f"“{value}”不是{where}的有效取值。", f"{value!r} is not known for {where}."),
            Text(
                f"是不是“{near[0]}”?" if near else f"可用:{'、'.join(listed)}。",
                f"Did you mean {near[0]!r}?" if near else f"Use one of: {', '.join(listed)}.",
            ),
        )

    def missing(self, key: str, line: int | None) -> None:
        """A key that is needed and absent."""
        self.say(
            "mapping.missing",
            line,
            key,
            Text(f"缺少“{key}”。", f"{key!r} is missing."),
            Text(f"请补上“{key}”。", f"Add {key!r}."),
        )

    def wrong(self, key: str, line: int | None, zh: str, en: str) -> None:
        """A value of the wrong form; `zh` and `en` name the right one."""
        self.say(
            "mapping.wrong",
            line,
            key,
            Text(f"“{key}”写法不对:应为{zh}。", f"{key!r} is written wrongly: it takes {en}."),
            Text(f"请改为{zh}。", f"Write {en}."),
        )

    def keys(self, raw: Lined, known: Iterable[str], where: str) -> None:
        """Every key of `raw` must be among the known ones."""
        listed = list(known)
        for key in raw:
            if key not in listed:
                self.unknown(key, listed, line_of(raw, key), where)

    def choice(self, raw: Lined, key: str, known: Iterable[str], default: str) -> str:
        """The value of `key`, one of `known`."""
        value = raw.get(key, default)
        if value not in tuple(known):
            self.unknown(value, known, line_of(raw, key), key)
        return str(value)
