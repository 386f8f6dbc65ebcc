"""Authored phrasings: the packs that the recogniser learns from, and the blind set that it is judged on.

phrases/<act>.yaml      phrases: {act: [family, …]}; a family is one way of putting it (a text or near variants)
phrases/several-*.yaml  several: [{say, acts: [...]}]: turns that do several things
phrases/unclear.yaml    unclear: [text, …]: turns that do none of the things
recogniser/heldback/    the same shapes under `heldback:`; rows may name party, context and also (acts that fit too)
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse

from fairdue.packs import PACKS, pack_files, read_yaml

from .wording import normalise

UNCLEAR = "unclear"
NEAR = 0.6
"""Character-pair overlap (Jaccard) from which two phrasings count as copies of each other."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """One authored turn: what is said, the acts it does (none: unclear), its family, and where in a call it comes."""

    text: str
    acts: tuple[str, ...]
    family: str
    party: str | None = None
    context: str | None = None
    also: tuple[str, ...] = ()

    @property
    def act(self) -> str:
        """The main act, or `unclear`."""
        return self.acts[0] if self.acts else UNCLEAR


def _rows(raw: dict[str, Any], stem: str, key: str) -> Iterable[Phrase]:
    for act, families in (raw.get(key) or {}).items():
        for number, family in enumerate(families):
            for row in family if isinstance(family, list) else [family]:
                said = row if isinstance(row, dict) else {"say": row}
                yield Phrase(
                    str(said["say"]),
                    (act,),
                    f"{stem}:{act}#{number}",
                    said.get("party"),
                    said.get("context"),
                    tuple(said.get("also") or ()),
                )
    for number, said in enumerate(raw.get("several") or ()):
        where = said.get("party"), said.get("context")
        yield Phrase(str(said["say"]), tuple(said["acts"]), f"{stem}:several#{number}", *where)
    for number, said in enumerate(raw.get("unclear") or ()):
        row = said if isinstance(said, dict) else {"say": said}
        yield Phrase(str(row["say"]), (), f"{stem}:unclear#{number}", row.get("party"), row.get("context"))


def load_phrases(folder: Path | None = None, key: str = "phrases") -> list[Phrase]:
    """All turns of a folder in file order, each wording of an act once."""
    seen: set[tuple[str, tuple[str, ...]]] = set()
    out: list[Phrase] = []
    for path in pack_files(folder or PACKS / "phrases"):
        for phrase in _rows(read_yaml(path) or {}, "/".join(path.with_suffix("").parts[-2:]), key):
            mark = (normalise(phrase.text), phrase.acts)
            if mark not in seen:
                seen.add(mark)
                out.append(phrase)
    return out


def load_heldback() -> list[Phrase]:
    """The blind set: written by another hand, never trained on, never tuned on."""
    return load_phrases(PACKS / "recogniser" / "heldback", "heldback")


def pairs(text: str) -> frozenset[str]:
    """Character pairs of a normalised text, by which copies are found."""
    plain = normalise(text)
    return frozenset(plain[i : i + 2] for i in range(len(plain) - 1)) or frozenset({plain})


class Copies:
    """Finds the phrasings that a text nearly copies."""

    def __init__(self, texts: Sequence[str]) -> None:
        sets = [pairs(text) for text in texts]
        self._column = {pair: i for i, pair in enumerate(sorted(set().union(*sets)))}
        self._marks = self._matrix(sets)
        self._turned = self._marks.T.tocsr()
        self._sizes = np.array([len(found) for found in sets])

    def _matrix(self, sets: Sequence[frozenset[str]]) -> sparse.csr_matrix:
        columns = [[self._column[pair] for pair in found if pair in self._column] for found in sets]
        bounds = np.cumsum([0, *(len(row) for row in columns)])
        flat = np.fromiter((c for row in columns for c in row), dtype=np.int32, count=int(bounds[-1]))
        return sparse.csr_matrix(
            (np.ones(len(flat), dtype=np.int32), flat, bounds), shape=(len(sets), len(self._column))
        )

    def among(self, texts: Sequence[str], near: float = NEAR) -> list[list[int]]:
        """For each text the indexes of the phrasings whose overlap with it is at least `near`."""
        out: list[list[int]] = []
        for start in range(0, len(texts), 1000):
            sets = [pairs(text) for text in texts[start : start + 1000]]
            shared = (self._matrix(sets) @ self._turned).tocsr()
            for row, own in enumerate(sets):
                at = slice(shared.indptr[row], shared.indptr[row + 1])
                there, count = shared.indices[at], shared.data[at]
                out.append(there[count / (len(own) + self._sizes[there] - count) >= near].tolist())
        return out


def folds(phrases: Sequence[Phrase], count: int) -> list[int]:
    """A fold for every phrase: families stay together, and so do families that hold copies of each other."""
    parent = {p.family: p.family for p in phrases}

    def root(name: str) -> str:
        while parent[name] != name:
            parent[name] = parent[parent[name]]
            name = parent[name]
        return name

    texts = [p.text for p in phrases]
    for phrase, copies in zip(phrases, Copies(texts).among(texts), strict=True):
        for index in copies:
            one, other = root(phrase.family), root(phrases[index].family)
            parent[max(one, other)] = min(one, other)
    order = {name: number for number, name in enumerate(dict.fromkeys(root(p.family) for p in phrases))}
    return [order[root(p.family)] % count for p in phrases]
