"""What the model looks at: groups of features of one utterance, each a bag of hashed names with counts.

chars     runs of 1 to 4 units (characters, Latin words, numbers) with the ends marked
sounds    runs of 2 to 4 folded syllables: absorb the homophones of speech recognition
concepts  classes of `lexicon.yaml` that occur, and which class follows which: synonyms, dialect, English
words     dictionary words and pairs of them
"""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Iterable, Iterator
from functools import cache
from zlib import crc32

import ahocorasick_rs
import rjieba

from fairdue.packs import PACKS, read_yaml

from .wording import normalise, sounds, units

GROUPS = ("chars", "sounds", "concepts", "words")


def name_hash(name: str) -> int:
    """Stable 32-bit name of a feature."""
    return crc32(name.encode())


def _runs(parts: list[str], shortest: int, longest: int) -> Iterator[str]:
    marked = ["^", *parts, "$"]
    for size in range(shortest, longest + 1):
        for at in range(len(marked) - size + 1):
            if size > 1 or marked[at] not in "^$":
                yield "".join(marked[at : at + size])


@cache
def _lexicon() -> tuple[ahocorasick_rs.AhoCorasick, list[tuple[str, bool]]]:
    pairs: list[tuple[str, str]] = []
    for name, words in read_yaml(PACKS / "recogniser" / "lexicon.yaml")["classes"].items():
        pairs += [(normalise(str(word)), name) for word in words]
    return ahocorasick_rs.AhoCorasick([w for w, _ in pairs]), [(name, w.isascii()) for w, name in pairs]


def concepts(plain: str) -> list[str]:
    """Classes that occur, in order; a Latin word counts only as a whole word."""
    matcher, names = _lexicon()
    found: list[tuple[int, int, str]] = []
    for index, start, end in matcher.find_matches_as_indexes(plain, overlapping=True):
        name, latin = names[index]
        if latin and (
            (plain[start - 1 : start].isalnum() and plain[start - 1].isascii())
            or (plain[end : end + 1].isalnum() and plain[end].isascii())
        ):
            continue
        found.append((start, end, name))
    found.sort()
    return [name for _start, _end, name in found]


def _concept_names(plain: str) -> Iterator[str]:
    seen = concepts(plain)
    yield from seen
    for i, one in enumerate(seen):
        for other in seen[i + 1 : i + 4]:
            if other != one:
                yield f"{one}>{other}"


def dictionary_words(plain: str) -> list[str]:
    """Words of the utterance as a dictionary cuts it."""
    return [word for word in rjieba.cut(plain) if word != " "]


def _word_names(plain: str) -> Iterator[str]:
    words = dictionary_words(plain)
    yield from words
    for one, other in itertools.pairwise(words):
        yield f"{one} {other}"


def _bag(prefix: str, names: Iterable[str]) -> dict[int, int]:
    return Counter(name_hash(prefix + name) for name in names)


def bags(plain: str) -> dict[str, dict[int, int]]:
    """Hashed features with counts, by group, of a normalised utterance."""
    parts = units(plain)
    return {
        "chars": _bag("c:", _runs(parts, 1, 4)),
        "sounds": _bag("s:", _runs(sounds(parts), 2, 4)),
        "concepts": _bag("k:", _concept_names(plain)),
        "words": _bag("w:", _word_names(plain)),
    }
