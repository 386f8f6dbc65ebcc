"""An optional second opinion when the recogniser is unsure: asked outside this room, joined here.

It may add acts and reorder guesses. It may not remove an act that was judged present, least of all one that must not be
missed, and nothing that it says becomes an act that does not exist.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from .phrases import UNCLEAR
from .recogniser import AT_MOST, ActGuess, Recognition
from .train import CRITICAL

SURE = 0.5
"""From this probability of the best act on nobody else is asked."""


class SecondOpinion(Protocol):
    """Somebody who reads a turn: acts, most likely first; nothing when there is no answer in time."""

    def __call__(self, text: str, guesses: Sequence[str]) -> Sequence[str]:
        """Acts of the turn, given what the recogniser held likely."""
        ...


def wants_opinion(found: Recognition) -> bool:
    """Whether the recogniser is unsure enough to ask."""
    return found.unsure or found.acts[0].p < SURE


def joined(found: Recognition, opinion: Sequence[str], known: Collection[str]) -> Recognition:
    """The recognition after an opinion: its first act leads unless an act that must not be missed already does."""
    said = [act for act in dict.fromkeys(opinion) if act in known and act != UNCLEAR]
    if not said:
        return found
    old = {guess.act: guess for guess in found.acts}
    lead = [act for act in found.multi[:1] if act in CRITICAL]
    order = list(dict.fromkeys([*lead, *said, *(g.act for g in found.acts if g.act != UNCLEAR)]))
    best = found.acts[0].p
    likely = {act: old[act].p if act in old else min(best, SURE) for act in order}
    likely[order[0]] = max(likely[order[0]], min(best, SURE))
    guesses = tuple(ActGuess(act, p) for act, p in likely.items())
    added = said[: max(0, AT_MOST - len(found.multi))]
    return Recognition(guesses, tuple(dict.fromkeys([*lead, *added, *found.multi])))


def recognise_with(found: Recognition, text: str, ask: SecondOpinion | None, known: Collection[str]) -> Recognition:
    """`found`, or what it becomes when an opinion was wanted and given."""
    if ask is None or not wants_opinion(found):
        return found
    return joined(found, ask(text, [guess.act for guess in found.acts]), known)
