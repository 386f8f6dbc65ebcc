"""Make `vectors.npz` anew: a dictionary's frequent words read once by the sentence model, reduced and rounded.

    fairdue recogniser distil DICT.txt     needs the extra; DICT.txt is jieba's dictionary (word, frequency, tag a line)

Each word's vector loses what all words share, is turned onto the directions in which rarer words differ most, gets
length one and is rounded to bytes. A word's weight falls with its frequency, so that 的 says little.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .vectors import SCALE

CHARACTERS, WORDS, SIZE = 6_000, 36_000, 128
EVERYDAY = 1e-3
"""Share of running text from which a word weighs less than half."""
_HANZI = re.compile(r"[一-鿿]{1,5}")


def frequent(lines: Iterable[str], characters: int = CHARACTERS, words: int = WORDS) -> list[tuple[str, int]]:
    """The most frequent characters and words of a dictionary; ValueError names a line that is none of it."""
    rows: list[tuple[str, int]] = []
    for number, line in enumerate(lines, 1):
        parts = line.split()
        if len(parts) < 2 or not parts[1].isdigit():
            raise ValueError(f"line {number}: {line.strip()!r} is not a word and its frequency")
        if _HANZI.fullmatch(parts[0]):
            rows.append((parts[0], int(parts[1])))
    rows.sort(key=lambda row: -row[1])
    single = [row for row in rows if len(row[0]) == 1][:characters]
    return single + [row for row in rows if len(row[0]) > 1][: words - len(single)]


def distil(
    rows: Sequence[tuple[str, int]],
    embed: Callable[[list[str]], Any],
    size: int = SIZE,
    say: Callable[[str], None] = lambda _text: None,
) -> dict[str, NDArray[Any]]:
    """The arrays of `vectors.npz`."""
    parts = []
    for start in range(0, len(rows), 500):
        parts.append(np.asarray(embed([word for word, _ in rows[start : start + 500]]), dtype=np.float32))
        say(f"{min(start + 500, len(rows))} of {len(rows)} words")
    vectors = np.vstack(parts)
    share = np.array([count for _, count in rows], dtype=np.float64)
    share /= share.sum()
    weight = (EVERYDAY / (EVERYDAY + share)).astype(np.float32)
    vectors -= (vectors * weight[:, None]).sum(axis=0) / weight.sum()
    _left, _values, directions = np.linalg.svd(vectors * weight[:, None], full_matrices=False)
    turned = vectors @ directions[:size].T
    turned /= np.linalg.norm(turned, axis=1, keepdims=True) + 1e-9
    order = sorted(range(len(rows)), key=lambda i: rows[i][0])
    return {
        "words": np.frombuffer("\n".join(rows[i][0] for i in order).encode(), dtype=np.uint8),
        "vectors": np.clip(np.round(turned[order] * SCALE), -127, 127).astype(np.int8),
        "weights": np.round(weight[order] * 255).astype(np.uint8),
    }


def write_vectors(path: Path, arrays: dict[str, NDArray[Any]]) -> None:
    """Write the table, packed."""
    with path.open("wb") as file:
        np.savez_compressed(file, allow_pickle=False, **arrays)
