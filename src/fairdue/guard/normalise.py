"""See through evasive spelling: full width, symbols between characters, split characters, sound-alikes.

The map keeps, for each character of the plain text, where it stood in the text as given, so that a finding's span points
at what was really said.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from fairdue.packs import PACKS, read_yaml

_BETWEEN = re.compile(r"(?<=[一-鿿])[\s·.•*_\-~^|/\\+#@&=☆★○●◆✕×\U0001f000-\U0001faff❤-➿]+(?=[一-鿿])")


@dataclass(frozen=True, slots=True)
class Plain:
    """Plain text; character `i` stood at `places[i]` = (start, end) in the text as given."""

    text: str
    places: tuple[tuple[int, int], ...]

    def span(self, start: int, end: int) -> tuple[int, int]:
        """The span in the text as given of a non-empty span of the plain text."""
        return self.places[start][0], self.places[end - 1][1]


@lru_cache(maxsize=2)
def load_variants(path: Path | None = None) -> Mapping[str, str]:
    """Evasive spelling → what is meant, from packs/guard/variants.yaml."""
    rows: Mapping[str, list[str]] = read_yaml(path or PACKS / "guard" / "variants.yaml")["variants"]
    return {spelling: word for word, spellings in rows.items() for spelling in spellings}


@lru_cache(maxsize=1)
def _spelling() -> re.Pattern[str]:
    longest_first = sorted(load_variants(), key=len, reverse=True)
    return re.compile("|".join(map(re.escape, longest_first)), re.IGNORECASE)


def _half_width(char: str) -> str:
    return chr(ord(char) - 0xFEE0) if 0xFF01 <= ord(char) <= 0xFF5E else char


def normalise(text: str) -> Plain:
    """The text as it is read aloud: half width, nothing between characters, variants replaced by what they mean."""
    narrow = "".join(map(_half_width, text))
    gone = {i for match in _BETWEEN.finditer(narrow) for i in range(match.start(), match.end())}
    kept = [i for i in range(len(narrow)) if i not in gone]
    squeezed = "".join(narrow[i] for i in kept)
    chars: list[str] = []
    places: list[tuple[int, int]] = []
    variants = {key.lower(): word for key, word in load_variants().items()}
    at = 0
    for match in [*_spelling().finditer(squeezed), None]:
        stop = match.start() if match else len(squeezed)
        chars += squeezed[at:stop]
        places += [(kept[i], kept[i] + 1) for i in range(at, stop)]
        if match:
            word = variants[match[0].lower()]
            chars += word
            places += [(kept[match.start()], kept[match.end() - 1] + 1)] * len(word)
            at = match.end()
    return Plain("".join(chars), tuple(places))
