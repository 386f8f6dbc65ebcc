"""The layer for what no pattern knows: a linear model that has read the red lines, the examples and our own lines.

Two questions: is this a red line at all (the gate), and which label is it most like. Runs of 1 to 4 characters and of 2
to 4 folded syllables are weighed by how rare they are. It answers only where no pattern speaks, names the runs that told
most, and stays silent below the threshold of the label's severity. Built by `judge_train`, kept by `core.kept`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from fairdue.packs.hanzi import characters

from .context import own_words

Floats = NDArray[np.float32]
Units = list[tuple[str, int, int]]
"""Characters, Latin words and numbers with their place in the plain text."""

_UNITS = re.compile(r"[a-z]+|\d[\d,.]*|[一-鿿]")
_SAME = str.maketrans("你妳她它", "您您他他")
SOUNDS = 0.4
"""Weight of the syllables beside the characters."""
PARTY = 0.5
FEWEST = 6
"""Units below which nothing is judged."""
TELLING = 3
APART = 16
"""Characters between telling runs beyond which only the first is shown."""


def units(text: str) -> Units:
    """What the judge reads of a plain text: own words only, numbers alike, 你 as 您."""
    read = own_words(text).lower().translate(characters()[0]).translate(_SAME)
    return [("0" if m[0][0].isdigit() else m[0], *m.span()) for m in _UNITS.finditer(read)]


def _hash(name: str) -> int:
    return crc32(name.encode())


def runs(parts: Units) -> list[tuple[int, int, int]]:
    """Hashed runs of 1 to 4 units with the first unit and the one past the last."""
    return [
        (_hash("c:" + "".join(unit for unit, _start, _end in parts[at : at + size])), at, at + size)
        for size in (1, 2, 3, 4)
        for at in range(len(parts) - size + 1)
    ]


def _bags(parts: Units) -> tuple[Counter[int], Counter[int]]:
    table = characters()[1]
    heard = [table.get(unit, unit) for unit, _start, _end in parts]
    sounds = (_hash("s:" + " ".join(heard[at : at + n])) for n in (2, 3, 4) for at in range(len(heard) - n + 1))
    return Counter(name for name, _first, _last in runs(parts)), Counter(sounds)


def features(parts: Units, party: str) -> dict[int, float]:
    """Hashed features with their damped counts; a sound weighs less than a character."""
    chars, sounds = _bags(parts)
    out = {name: 1 + float(np.log(n)) for name, n in chars.items()}
    out |= {name: SOUNDS * (1 + float(np.log(n))) for name, n in sounds.items()}
    out[_hash("p:customer" if party == "customer" else "p:other")] = PARTY
    return out


@dataclass(frozen=True)
class Verdict:
    """A label, how far it is above its threshold, the span in the plain text, and the words that told most."""

    label: str
    above: float
    span: tuple[int, int]
    words: tuple[str, ...]


@dataclass(frozen=True)
class Judge:
    """Weights over sorted hashed names: the first column is the gate, then one per label; `least` by label."""

    labels: tuple[str, ...]
    names: NDArray[np.uint32]
    rarity: Floats
    weights: NDArray[np.float16]
    offset: Floats
    least: Floats

    def row(self, bag: Mapping[int, float]) -> tuple[NDArray[np.intp], Floats]:
        """Places and values of the known features, of length 1."""
        asked = np.fromiter(bag.keys(), dtype=np.uint32, count=len(bag))
        given = np.fromiter(bag.values(), dtype=np.float32, count=len(bag))
        at = np.searchsorted(self.names, asked)
        at[at == len(self.names)] = 0
        known = self.names[at] == asked
        place = at[known]
        value = given[known] * self.rarity[place]
        length = float(np.sqrt(value @ value)) or 1.0
        return place, (value / length).astype(np.float32)

    def judge(self, text: str, party: str, among: Collection[str]) -> Verdict | None:
        """The likeliest of the labels `among` for a plain text, where gate and label together reach its threshold."""
        parts = units(text)
        if len(parts) < FEWEST:
            return None
        place, value = self.row(features(parts, party))
        margins = value @ self.weights[place].astype(np.float32) + self.offset
        open_to = [i for i, label in enumerate(self.labels) if label in among]
        if not open_to:
            return None
        best = max(open_to, key=lambda i: float(margins[1 + i]))
        above = float(margins[0] + margins[1 + best] - self.least[best])
        if above < 0:
            return None
        telling = self._telling(parts, dict(zip(self.names[place].tolist(), place.tolist(), strict=True)), 1 + best)
        first, last = min(s for s, _e in telling), max(e for _s, e in telling)
        if last - first > APART:
            first, last = telling[0]
        return Verdict(self.labels[best], above, (first, last), tuple(text[s:e] for s, e in telling))

    def _telling(self, parts: Units, place: Mapping[int, int], column: int) -> list[tuple[int, int]]:
        """Spans of the runs of two and more that speak most for the label, the strongest first, none inside another."""
        told = []
        for name, first, last in runs(parts):
            if last - first > 1 and name in place:
                at = place[name]
                weight = float(self.weights[at, column]) + float(self.weights[at, 0])
                told.append((weight * float(self.rarity[at]), parts[first][1], parts[last - 1][2]))
        out: list[tuple[int, int]] = []
        for _weight, start, end in sorted(told, reverse=True):
            if all(end <= s or start >= e for s, e in out):
                out.append((start, end))
            if len(out) == TELLING:
                break
        return out or [(parts[0][1], parts[-1][2])]

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What is kept of the judge, numbers only."""
        labels = np.frombuffer("\n".join(self.labels).encode(), dtype=np.uint8)
        return {
            "labels": labels,
            "names": self.names,
            "rarity": self.rarity,
            "weights": self.weights,
            "offset": self.offset,
            "least": self.least,
        }

    @classmethod
    def from_arrays(cls, kept: Mapping[str, NDArray[Any]]) -> Judge:
        """The judge again; KeyError when a part is missing."""
        labels = tuple(bytes(kept["labels"]).decode().split("\n"))
        return cls(labels, kept["names"], kept["rarity"], kept["weights"], kept["offset"], kept["least"])
