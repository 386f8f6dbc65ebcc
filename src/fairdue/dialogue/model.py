"""The model: features weighted by how rare they are, one linear judge per act.

Training is a support vector machine for each act against all others, so that one turn may do several things. Numbers
only, no pickles: `Model.arrays` is what is kept, `Model.scores` is all that is needed at run time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.svm import LinearSVC

from .embeddings import sentences
from .features import GROUPS, bags, dictionary_words
from .vectors import word_vectors

Floats = NDArray[np.float32]

SCALES = {"chars": 1.0, "sounds": 0.4, "concepts": 0.5, "words": 0.7}
DENSE_SCALE = 1.0
SENTENCE_SCALE = 1.5
COST = 0.15
ODDS_SHARE = 0.05
MOST = 180_000
"""Group scales, the machine's cost and what naive Bayes adds, chosen on folds by family (docs/reference/recogniser.md). `MOST` features keep the model below 30 MB."""


@dataclass(frozen=True)
class Space:
    """Known features: sorted hashed names, how rare each is."""

    names: NDArray[np.uint32]
    rarity: Floats

    @classmethod
    def of(cls, all_bags: Sequence[Mapping[str, Mapping[int, int]]]) -> Space:
        """Features that occur in at least two turns."""
        counted: dict[int, int] = {}
        for groups in all_bags:
            for bag in groups.values():
                for name in bag:
                    counted[name] = counted.get(name, 0) + 1
        common = sorted((-count, name) for name, count in counted.items() if count > 1)
        kept = sorted(name for _count, name in common[:MOST])
        total = 1 + len(all_bags)
        rarity = [float(np.log(total / (1 + counted[name]))) + 1 for name in kept]
        return cls(np.array(kept, dtype=np.uint32), np.array(rarity, dtype=np.float32))

    def row(self, groups: Mapping[str, Mapping[int, int]]) -> tuple[NDArray[np.intp], Floats]:
        """Places and values of one utterance's features; each group has length one times its scale."""
        places: list[NDArray[np.intp]] = []
        values: list[Floats] = []
        for group in GROUPS:
            bag = groups[group]
            names = np.fromiter(bag.keys(), dtype=np.uint32, count=len(bag))
            counts = np.fromiter(bag.values(), dtype=np.float32, count=len(bag))
            at = np.searchsorted(self.names, names)
            at[at == len(self.names)] = 0
            known = self.names[at] == names if len(self.names) else np.zeros(len(names), dtype=bool)
            place = at[known]
            value = (1 + np.log(counts[known])) * self.rarity[place]
            length = float(np.sqrt(value @ value)) or 1.0
            places.append(place)
            values.append((value * (SCALES[group] / length)).astype(np.float32))
        return np.concatenate(places), np.concatenate(values)


def dense_row(plain: str, engine: str = "default") -> Floats:
    """The sentence's vector from its words; the extra engine adds the sentence model's own."""
    words = word_vectors().of(dictionary_words(plain)) * np.float32(DENSE_SCALE)
    if engine == "default":
        return words
    return np.concatenate([words, sentences().of(plain) * np.float32(SENTENCE_SCALE)])


@dataclass(frozen=True)
class Model:
    """Weights of all acts over the space, over the dense part, and an offset each."""

    space: Space
    weights: NDArray[np.float16]
    dense: Floats
    offset: Floats

    def scores(self, plain: str, engine: str = "default") -> Floats:
        """The margin of each act for a normalised utterance."""
        place, value = self.space.row(bags(plain))
        dense = dense_row(plain, engine) @ self.dense
        out: Floats = value @ self.weights[place].astype(np.float32) + dense + self.offset
        return out

    def arrays(self) -> dict[str, NDArray[Any]]:
        """What is kept of the model."""
        return {
            "names": self.space.names,
            "rarity": self.space.rarity,
            "weights": self.weights,
            "dense": self.dense,
            "offset": self.offset,
        }

    @classmethod
    def from_arrays(cls, kept: Mapping[str, NDArray[Any]]) -> Model:
        """The model again."""
        return cls(Space(kept["names"], kept["rarity"]), kept["weights"], kept["dense"], kept["offset"])


def matrix(space: Space, all_bags: Sequence[Mapping[str, Mapping[int, int]]]) -> sparse.csr_matrix:
    """Rows of many utterances over the space."""
    rows = [space.row(groups) for groups in all_bags]
    bounds = np.cumsum([0, *(len(place) for place, _value in rows)])
    values = np.concatenate([value for _place, value in rows])
    places = np.concatenate([place for place, _value in rows])
    return sparse.csr_matrix((values, places, bounds), shape=(len(rows), len(space.names)))


def train(all_bags: Sequence[Mapping[str, Mapping[int, int]]], dense: Floats, targets: NDArray[np.bool_]) -> Model:
    """Fit one judge per column of `targets` (rows are turns, columns acts)."""
    space = Space.of(all_bags)
    full = sparse.hstack([matrix(space, all_bags), sparse.csr_matrix(dense)]).tocsr().astype(np.float64)
    weights = np.zeros((full.shape[1], targets.shape[1]), dtype=np.float32)
    offset = np.zeros(targets.shape[1], dtype=np.float32)
    for act in range(targets.shape[1]):
        if not targets[:, act].any():
            offset[act] = -1.0
            continue
        judge = LinearSVC(C=COST, random_state=0, tol=1e-2).fit(full, targets[:, act])
        weights[:, act], offset[act] = judge.coef_[0], judge.intercept_[0]
    cut = len(space.names)
    weights[:cut] += ODDS_SHARE * _odds(full[:, :cut], targets)
    return Model(space, weights[:cut].astype(np.float16), weights[cut:], offset)


def _odds(counts: sparse.csr_matrix, targets: NDArray[np.bool_]) -> Floats:
    """Log odds of each feature in an act's turns against all acts, as naive Bayes counts: steadies what few turns teach.

    Centred over the acts, so that a long turn does not lower the margins of all.
    """
    seen = np.asarray((counts.T @ targets.astype(np.float64)), dtype=np.float64) + 0.05
    logs = np.log(seen / seen.sum(axis=0))
    out: Floats = (logs - logs.mean(axis=1, keepdims=True)).astype(np.float32)
    return out


def scores_of(model: Model, all_bags: Sequence[Mapping[str, Mapping[int, int]]], dense: Floats) -> Floats:
    """Margins of many utterances at once, the same as `Model.scores` one by one."""
    sparse_part = matrix(model.space, all_bags) @ model.weights.astype(np.float32)
    out: Floats = sparse_part + dense @ model.dense + model.offset
    return out
