"""Build the recogniser's model from phrases: margins on folds for calibration, then one model from everything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from . import calibrate
from .calibrate import Calibration
from .features import bags
from .model import Floats, Model, dense_row, scores_of, train
from .phrases import UNCLEAR, Phrase, folds
from .wording import normalise

PARTS = 3
RECALL = 0.98
CRITICAL = {
    "vulnerable.self_harm": 0.04,
    "identity.deny": 0.02,
    "third_party.stop": 0.02,
    "dispute.identity_theft": 0.02,
    "rights.complaint": 0.02,
    "rights.stop_contact": 0.02,
    "rights.lawyer": 0.02,
    "rights.data": 0.02,
}
"""Acts that must not be missed, each with the share of other turns on which it may be raised wrongly for that."""

Say = Callable[[str], None]


@dataclass(frozen=True)
class Prepared:
    """Turns as the model sees them."""

    acts: tuple[str, ...]
    bags: list[dict[str, dict[int, int]]]
    dense: Floats
    targets: NDArray[np.bool_]


@dataclass(frozen=True)
class Built:
    """A trained model, its acts (the last is `unclear`) and its calibration."""

    acts: tuple[str, ...]
    model: Model
    calibration: Calibration

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Everything that is kept, as numbers."""
        names = np.frombuffer("\n".join(self.acts).encode(), dtype=np.uint8)
        return {"acts": names, **self.model.arrays(), **self.calibration.arrays()}

    @classmethod
    def from_arrays(cls, kept: dict[str, NDArray[Any]]) -> Built:
        """The model again; KeyError when a part is missing."""
        acts = tuple(bytes(kept["acts"]).decode().split("\n"))
        return cls(acts, Model.from_arrays(kept), Calibration.from_arrays(kept))


def prepare(phrases: Sequence[Phrase], engine: str = "default") -> Prepared:
    """Features and targets of the phrases."""
    acts = (*sorted({act for p in phrases for act in p.acts}), UNCLEAR)
    column = {act: i for i, act in enumerate(acts)}
    plain = [normalise(p.text) for p in phrases]
    targets = np.zeros((len(phrases), len(acts)), dtype=bool)
    for row, phrase in enumerate(phrases):
        for act in phrase.acts or (UNCLEAR,):
            targets[row, column[act]] = True
    return Prepared(
        acts, [bags(text) for text in plain], np.array([dense_row(text, engine) for text in plain]), targets
    )


def fit(data: Prepared, rows: NDArray[np.intp]) -> Model:
    """A model from some of the turns."""
    return train([data.bags[i] for i in rows], data.dense[rows], data.targets[rows])


def build(phrases: Sequence[Phrase], say: Say = lambda _text: None, engine: str = "default") -> Built:
    """Train and calibrate. The same phrases give the same numbers.

    A model of two thirds of the families calibrates on the other third, then one model learns from everything.
    """
    say(f"{len(phrases)} phrasings")
    data = prepare(phrases, engine)
    fold = np.array(folds(phrases, PARTS), dtype=np.intp)
    say("a model to calibrate with")
    model, unseen = fit(data, np.flatnonzero(fold != 0)), np.flatnonzero(fold == 0)
    margins = scores_of(model, [data.bags[i] for i in unseen], data.dense[unseen])
    critical = {i: CRITICAL[act] for i, act in enumerate(data.acts) if act in CRITICAL}
    calibration = calibrate.fit(margins.astype(np.float64), data.targets[unseen], critical, RECALL)
    say("the model of all phrasings")
    return Built(data.acts, fit(data, np.arange(len(phrases))), calibration)
