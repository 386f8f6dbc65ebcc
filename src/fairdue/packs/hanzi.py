"""Characters as ears and speech recognition take them: packs/recogniser/hanzi.tsv.

The table gives each character its simplified form and a syllable without tone (from OpenCC's character table and
pypinyin's readings). Syllables are folded (zh/z, n/l, -ng/-n), so that 正心 and 征信 are the same sound.
"""

from __future__ import annotations

from functools import cache

from .reader import PACKS

_INITIALS = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("n", "l"), ("r", "l"))
_FINALS = (("ang", "an"), ("eng", "en"), ("ing", "in"), ("uan", "an"), ("uo", "o"))


@cache
def characters() -> tuple[dict[int, str], dict[str, str]]:
    """Simplified form by code point (only where it differs) and folded syllable by character."""
    simple: dict[int, str] = {}
    sounds: dict[str, str] = {}
    for line in (PACKS / "recogniser" / "hanzi.tsv").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            continue
        char, plain, syllable = line.split("\t")
        if plain != char:
            simple[ord(char)] = plain
        sounds[char] = fold(syllable)
    return simple, sounds


def fold(syllable: str) -> str:
    """A syllable as a noisy line leaves it."""
    for long, short in _INITIALS:
        if syllable.startswith(long):
            syllable = short + syllable[len(long) :]
            break
    for long, short in _FINALS:
        if syllable.endswith(long):
            return syllable[: -len(long)] + short
    return syllable
