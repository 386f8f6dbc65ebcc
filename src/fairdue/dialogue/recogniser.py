"""From an utterance to ranked acts with probabilities, all acts that are present, or `unclear`.

    load_recogniser().recognise("我等发工资再还", party="customer", context="reason")

The model is built from `packs/phrases` (see `train`), kept in the cache (see `store`) and the same for the same phrases.
Three readings are joined: the model's margins, what party and context make likely (`priors`), and fragments that must
not be missed (`safety`). Figures are in docs/reference/recogniser.md and come from `fairdue recogniser evaluate`.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray

from . import store
from .embeddings import EngineMissing, sentences
from .phrases import UNCLEAR, load_phrases
from .priors import Floats, Priors
from .safety import Safety, safety
from .train import Built, build
from .wording import clauses, normalise

log = structlog.get_logger(__name__)
ENGINES = ("default", "embeddings")

AT_MOST = 4
"""More acts than this are not judged present in one turn."""
PUSH = 2.5
"""What a safety fragment adds to the log odds of its act."""
DENY = 60.0
"""What it takes away where it is only mentioned to be denied: the act is out."""
BY_ITSELF = 0.6
"""Share from which the act of a joined clause counts as present."""
DOUBT = 0.12
"""Below this probability nothing is likely enough and the answer is `unclear`."""


@dataclass(frozen=True, slots=True)
class ActGuess:
    """An act and how likely it is (0..1)."""

    act: str
    p: float


@dataclass(frozen=True, slots=True)
class Recognition:
    """`acts` ranked, `multi` all that are judged present; when unsure the first act is `unclear` and `multi` is empty."""

    acts: tuple[ActGuess, ...]
    multi: tuple[str, ...]

    @property
    def unsure(self) -> bool:
        """Whether nothing is likely enough."""
        return self.acts[0].act == UNCLEAR

    def as_dict(self) -> dict[str, Any]:
        """formats.md form without the id."""
        return {"acts": [{"act": g.act, "p": round(g.p, 4)} for g in self.acts], "multi": list(self.multi)}


class Recogniser:
    """A built model with its priors and safety fragments; `recognise` is thread-safe."""

    def __init__(self, built: Built, engine: str = "default", alarms: Safety | None = None) -> None:
        self.built = built
        self.engine = engine
        self._priors = Priors(built.acts)
        self._safety = alarms if alarms is not None else safety()
        self._column = {act: i for i, act in enumerate(built.acts)}

    def recognise(
        self,
        text: str,
        party: str | None = None,
        context: str | None = None,
        top: int = 3,
        *,
        after: Sequence[str] = (),
        last_step: str | None = None,
    ) -> Recognition:
        """Acts of one utterance.

        `party` customer, family or third; `context` the part of the call (formats.md); `after` acts heard before, oldest
        first; `last_step` the step of the flow that the agent's last line did.
        """
        plain = normalise(text)
        if not plain:
            return Recognition((ActGuess("talk.silence", 1.0),), ("talk.silence",))
        scores = self.built.model.scores(plain, self.engine).astype(np.float64)
        lean = self._priors.lean(party, context, after, last_step).copy()
        raised, denied = self._safety.heard(plain, party)
        for acts, push in ((raised, PUSH), (denied, -DENY)):
            lean[[self._column[act] for act in acts if act in self._column]] += push
        found = self._decide(scores, lean, raised, denied, top)
        return self._joined(found, plain, lean, denied)

    def _joined(self, found: Recognition, plain: str, lean: Floats, denied: frozenset[str]) -> Recognition:
        """Acts that a clause does by itself join those of the whole: "没钱,而且金额也不对" is two turns in one breath."""
        parts = clauses(plain)
        if len(parts) < 2 or found.unsure:
            return found
        more = list(found.multi)
        for part in parts:
            own = self.built.model.scores(part, self.engine).astype(np.float64)
            share = self.built.calibration.settle(self.built.calibration.raw_share(own, lean))
            best = int(np.argmax(share))
            act = self.built.acts[best]
            if share[best] >= BY_ITSELF and act not in (UNCLEAR, *more, *denied):
                more.append(act)
        return Recognition(found.acts, tuple(more[:AT_MOST]))

    def _decide(
        self, scores: Floats, lean: Floats, raised: frozenset[str], denied: frozenset[str], top: int
    ) -> Recognition:
        calibration, acts = self.built.calibration, self.built.acts
        raw = calibration.raw_share(scores, lean)
        share = calibration.settle(raw)
        present = calibration.present(scores, lean)
        order = np.argsort(-share, kind="stable")
        first = acts[order[0]]
        there = (present >= calibration.present_from) | (raw >= calibration.alarm_from)
        likely = [
            (float(present[i]), act)
            for i, act in enumerate(acts)
            if act != UNCLEAR and (act in raised or act == first or (there[i] and act not in denied))
        ]
        guesses = tuple(ActGuess(acts[i], float(share[i])) for i in order[:top])
        if not raised and (first == UNCLEAR or share[order[0]] < DOUBT):
            return self._unsure(guesses, share, order, top)
        rest = sorted((pair for pair in likely if pair[1] != first), reverse=True)
        multi = (first, *(act for _p, act in rest)) if first != UNCLEAR else tuple(act for _p, act in rest)
        return Recognition(tuple(g for g in guesses if g.act != UNCLEAR) or guesses, multi[:AT_MOST])

    @staticmethod
    def _unsure(guesses: tuple[ActGuess, ...], share: Floats, order: NDArray[np.intp], top: int) -> Recognition:
        doubt = float(share[order[0]]) if guesses[0].act == UNCLEAR else 1.0 - float(share[order[0]])
        others = tuple(g for g in guesses if g.act != UNCLEAR)
        return Recognition((ActGuess(UNCLEAR, doubt), *others)[:top], ())


def built_model(
    say: Callable[[str], None] = lambda _text: None, folders: Iterable[Path] | None = None, engine: str = "default"
) -> tuple[Built, Path | None]:
    """The model of the phrases that ship and where it is kept: found there, else built (under a minute, once)."""
    name = f"recogniser-{engine}-{store.digest()}.npz"
    for folder in store.folders() if folders is None else folders:
        path = folder / name
        found = _kept(path)
        if found is not None:
            return found, path
        try:
            with store.one_builder(path):
                found = _kept(path)
                if found is None:
                    found = build(load_phrases(), say, engine)
                    store.write(path, found.arrays())
                return found, path
        except OSError as exc:
            log.warning("recogniser.cache_unwritable", problem=type(exc).__name__)
            if found is not None:
                return found, None
    return build(load_phrases(), say, engine), None


def _kept(path: Path) -> Built | None:
    arrays = store.read(path)
    try:
        return None if arrays is None else Built.from_arrays(arrays)
    except KeyError:
        return None


_LOADING = Lock()


@lru_cache(maxsize=2)
def _loaded(engine: str) -> Recogniser:
    return Recogniser(built_model(engine=engine)[0], engine)


def load_recogniser(engine: str | None = None) -> Recogniser:
    """The recogniser of the phrases that ship, loaded once per process.

    `engine`, else FAIRDUE_RECOGNISER: `default`; `embeddings` (the extra; where it cannot be used the default answers and
    the reason is logged); `auto` is the default, which is what was measured to answer within the time that a call has.
    """
    wanted = engine or os.environ.get("FAIRDUE_RECOGNISER") or "auto"
    if wanted not in ("auto", *ENGINES):
        raise ValueError(f"engine {wanted!r}: use auto, default or embeddings")
    with _LOADING:
        if wanted == "embeddings":
            try:
                sentences()
                return _loaded("embeddings")
            except EngineMissing as exc:
                log.warning("recogniser.embeddings_unusable", reason=str(exc))
        return _loaded("default")
