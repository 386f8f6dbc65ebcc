"""What is known of the line leans the odds: who speaks, which part of the call, what was said before.

`contexts.yaml` holds the habits of each act. They are smoothed, so that nothing becomes impossible, and an unknown party
or context adds nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from fairdue.packs import PACKS, read_yaml

PARTIES = ("customer", "family", "third")
CONTEXTS = ("opening", "identity", "reason", "deadline", "plan", "third", "closing")
SMOOTHING = {"party": 0.7, "context": 1.2}
"""Added to every weight of the table before it becomes a likelihood."""
TRUST = 0.8
"""Power of the likelihoods: party and context are not independent of each other nor always right."""

Floats = NDArray[np.float64]


def _likelihood(
    rows: Mapping[str, Mapping[str, float]], acts: Sequence[str], of: tuple[str, ...], extra: float
) -> Floats:
    table = np.array([[rows.get(act, {}).get(name, 0.0) + extra for name in of] for act in acts])
    unknown = np.array([not rows.get(act) for act in acts])
    table[unknown] = 1.0
    logs: Floats = np.log(table / table.sum(axis=1, keepdims=True))
    centred: Floats = logs - np.log(np.exp(logs).mean(axis=0, keepdims=True))
    return centred


class Priors:
    """`lean(…)` is what to add to the log odds of each act."""

    def __init__(self, acts: Sequence[str]) -> None:
        raw = read_yaml(PACKS / "recogniser" / "contexts.yaml")
        habits = {kind: {act: row[kind] for row in raw["rows"] for act in row["acts"]} for kind in ("party", "context")}
        self._acts = {act: i for i, act in enumerate(acts)}
        self._party = TRUST * _likelihood(habits["party"], acts, PARTIES, SMOOTHING["party"])
        self._context = TRUST * _likelihood(habits["context"], acts, CONTEXTS, SMOOTHING["context"])
        self._after: dict[str, dict[str, float]] = raw["after_act"]
        self._step: dict[str, dict[str, float]] = raw["after_step"]

    def lean(
        self, party: str | None, context: str | None, after: Sequence[str] = (), last_step: str | None = None
    ) -> Floats:
        """Log odds by act; nothing known leans nowhere, and neither does a name the table does not have."""
        return _lean(self, party, context, tuple(after[-3:]), last_step)

    def _sum(self, party: str | None, context: str | None, after: tuple[str, ...], last_step: str | None) -> Floats:
        out = np.zeros(len(self._acts))
        if party in PARTIES:
            out += self._party[:, PARTIES.index(party)]
        if context in CONTEXTS:
            out += self._context[:, CONTEXTS.index(context)]
        for factors in (self._step.get(last_step or "", {}), *(self._after.get(act, {}) for act in after)):
            for act, factor in factors.items():
                if act in self._acts:
                    out[self._acts[act]] += np.log(factor)
        return out


@lru_cache(maxsize=512)
def _lean(
    priors: Priors, party: str | None, context: str | None, after: tuple[str, ...], last_step: str | None
) -> Floats:
    return priors._sum(party, context, after, last_step)
