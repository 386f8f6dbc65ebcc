"""Patterns as compliance people write them: regular expressions with named word classes and gaps.

<kin>   any word of the class `kin` of the pack's `words`; a class may name other classes
~8      up to 8 characters of the same sentence
@8      the same without a negation among them, so that "我们@8法院" is not "我们不是法院"
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

_CLASS = re.compile(r"(?<!\?P)<([a-z_]+)>")
_GAP = re.compile(r"([~@])(\d+)")
_WITHIN = {"~": "[^。!?;]", "@": "[^。!?;不没别未无非]"}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One way to say it; `parties` None: whomever the label is about; `negatable`: "we will not …" is no breach."""

    find: re.Pattern[str]
    parties: frozenset[str] | None
    negatable: bool


class Words:
    """Word classes of a pack, each spelled out once as an alternation, the longest word first."""

    def __init__(self, classes: Mapping[str, Sequence[str]]) -> None:
        self._classes = classes
        self._spelled: dict[str, str] = {}

    def members(self, name: str, above: tuple[str, ...] = ()) -> list[str]:
        """All words of a class, those of the classes it names included. `ValueError` for one that does not exist."""
        if name not in self._classes or name in above:
            wrong = "names itself" if name in above else "is not among the pack's words"
            known = ", ".join(sorted(self._classes))
            raise ValueError(f"word class <{name}> {wrong}; known: {known}; add it to `words` or use one of these")
        out: list[str] = []
        for word in self._classes[name]:
            inner = _CLASS.fullmatch(str(word))
            out += self.members(inner[1], (*above, name)) if inner else [_CLASS.sub(self._alternation, str(word))]
        return list(dict.fromkeys(out))

    def _alternation(self, match: re.Match[str]) -> str:
        name = match[1]
        if name not in self._spelled:
            self._spelled[name] = "(?:" + "|".join(sorted(self.members(name), key=len, reverse=True)) + ")"
        return self._spelled[name]

    def regex(self, pattern: str) -> re.Pattern[str]:
        """The pattern with classes and gaps written out. `ValueError` names a pattern that cannot be read."""
        try:
            gaps = _GAP.sub(lambda m: _WITHIN[m[1]] + "{0," + m[2] + "}", pattern)
            return re.compile(_CLASS.sub(self._alternation, gaps))
        except (ValueError, re.error) as exc:
            raise ValueError(f"guard pattern {pattern!r} cannot be read: {exc}") from exc

    def pattern(self, row: str | Mapping[str, Any], negatable: bool) -> Pattern:
        """A row of a label's `patterns`: the text alone, or `find` with its own `parties` and `negatable`."""
        given: Mapping[str, Any] = {"find": row} if isinstance(row, str) else row
        parties = frozenset(given["parties"]) if given.get("parties") else None
        return Pattern(self.regex(given["find"]), parties, given.get("negatable", negatable))
