"""Word vectors distilled once from a sentence-embedding model (`fairdue recogniser distil`); they bring synonyms.

The file holds common Chinese words and characters, a vector of small integers each, and a weight that is small for words
that stand everywhere. A sentence is the weighted mean of its words; what is not in the table is read by characters.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from fairdue.packs import PACKS

FILE = PACKS / "recogniser" / "vectors.npz"
SCALE = 400.0
"""What a component was multiplied with before it was rounded to a byte."""


class WordVectors:
    """The table: `of(words)` is the unit vector of a sentence."""

    def __init__(self, path: Path = FILE) -> None:
        with np.load(path) as file:
            self._row = {word: i for i, word in enumerate(bytes(file["words"]).decode().split("\n"))}
            self._vectors: NDArray[np.int8] = file["vectors"]
            self._weights = file["weights"].astype(np.float32) / 255
        self.size = int(self._vectors.shape[1])

    def of(self, words: list[str]) -> NDArray[np.float32]:
        """Weighted mean of the words, of length one; zeros when none is known."""
        rows: list[int] = []
        shares: list[float] = []
        for word in words:
            row = self._row.get(word)
            if row is not None:
                rows.append(row)
                shares.append(1.0)
            else:
                known = [self._row[char] for char in word if char in self._row]
                rows += known
                shares += [0.5] * len(known)
        if not rows:
            return np.zeros(self.size, dtype=np.float32)
        weight = self._weights[rows] * np.asarray(shares, dtype=np.float32)
        total: NDArray[np.float32] = weight @ (self._vectors[rows].astype(np.float32) / SCALE)
        return total / (float(np.linalg.norm(total)) + 1e-6)


@cache
def word_vectors() -> WordVectors:
    """The table that ships."""
    return WordVectors()
