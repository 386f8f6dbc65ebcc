"""One utterance as the recogniser sees it: width, case, script, punctuation and fillers do not count.

Simplified forms and syllables come from `packs.hanzi`, so that 正心 and 征信 are the same sound.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from fairdue.packs.hanzi import characters

_FILLERS = re.compile(r"(嗯+|呃+|额{2,}|唔+(?=[我你他])|那个|就是说|我跟你讲|这个嘛|啊|呀|哎|诶|唉|喂)")
_APOSTROPHES = re.compile(r"['’‘`´]")
_NOT_WORDS = re.compile(r"[\W_]+")
_RUN = re.compile(r"(.)\1{2,}")
_UNITS = re.compile(r"[a-z]+|\d+|[^\sa-z\d]")
_JOINS = re.compile(r"而且|并且|再说了|另外|更何况|何况|况且|顺便|还有就是|再一个|同时")
SHORTEST = 2
"""Characters that a clause has at least."""
_INNER_SPACE = re.compile(r"(?<![a-z\d]) | (?![a-z\d])")


@lru_cache(maxsize=4096)
def normalise(text: str) -> str:
    """NFKC, lower case, simplified characters, no punctuation; a space only between Latin words.

    Fillers are dropped unless nothing else is left; a sound held for long is two of it.
    """
    simple, _sounds = characters()
    plain = unicodedata.normalize("NFKC", text).lower().translate(simple)
    plain = _NOT_WORDS.sub(" ", _APOSTROPHES.sub("", plain)).strip()
    plain = _RUN.sub(r"\1\1", _INNER_SPACE.sub("", plain))
    return _FILLERS.sub("", plain) or plain


def clauses(plain: str) -> list[str]:
    """The parts of a normalised utterance that a joining word keeps apart ("没钱,而且金额也不对"); one part: nothing joins."""
    return [part for part in _JOINS.split(plain) if len(part) >= SHORTEST]


def units(plain: str) -> list[str]:
    """Characters, Latin words and numbers of a normalised utterance."""
    return _UNITS.findall(plain)


def sounds(parts: list[str]) -> list[str]:
    """The folded syllable of each unit; what has none stands for itself."""
    table = characters()[1]
    return [table.get(part, part) for part in parts]
