"""Craft for this moment: hints of the packs in scope whose conditions all hold. They are read, never said."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime

from fairdue.playbook import Hint, Library
from fairdue.playbook.schema import HintWhen

from .reflexes import reflexes
from .state import CallState


def hints_for(
    library: Library,
    state: CallState,
    *,
    now_local: datetime | None = None,
    dpd: int | None = None,
    before_call: bool = False,
    facts: Set[str] = frozenset(),
) -> list[Hint]:
    """Hints whose every condition (`HintWhen`) holds, the most particular first.

    `now_local` is the customer's wall clock; `facts` are proven facts, the state's special accounts count as facts too. A
    condition on something unknown does not hold. In a crisis only hints about it remain; while somebody else is on the
    line no hint shows that names a debt.
    """
    scope = set(library.scope(state.pack))
    known = facts | set(state.situations)
    found = [
        hint
        for hint in library.hints.values()
        if library.home[hint.id] in scope
        and hint.when.before_call == before_call
        and _holds(hint.when, state, now_local, dpd, known)
        and _decent(hint, state)
    ]
    return sorted(found, key=lambda hint: -_particular(hint.when))


def _holds(when: HintWhen, state: CallState, now_local: datetime | None, dpd: int | None, facts: Set[str]) -> bool:
    return (
        (not when.stages or state.stage in when.stages)
        and (not when.states or state.at in when.states)
        and (not when.acts or bool(set(when.acts) & set(state.last)))
        and (not when.fits or bool(set(when.fits) & set(state.types)))
        and (when.hours is None or (now_local is not None and _within(when.hours, now_local.strftime("%H:%M"))))
        and (when.dpd is None or (dpd is not None and when.dpd[0] <= dpd <= when.dpd[1]))
        and state.broken_promises >= when.broken_promises
        and set(when.facts) <= facts
    )


def _within(hours: tuple[str, str], clock: str) -> bool:
    """Half-open; a window that ends before it starts runs over midnight."""
    start, end = hours
    return start <= clock < end if start <= end else clock >= start or clock < end


def _decent(hint: Hint, state: CallState) -> bool:
    """No craft of collecting in a crisis, no word of a debt on the screen while somebody else may look at it."""
    if state.mode == "crisis":
        return "crisis" in hint.when.states or any(act.startswith("vulnerable.") for act in hint.when.acts)
    if state.mode in ("third", "wrong"):
        return not reflexes().debt_words.search(hint.say.zh)
    return True


def _particular(when: HintWhen) -> int:
    """How narrow the conditions are: what was just said weighs most."""
    weights = (
        (when.acts, 8),
        (when.fits, 4),
        (when.facts, 4),
        (when.broken_promises, 4),
        (when.states, 3),
        (when.hours, 2),
        (when.dpd, 2),
        (when.stages, 1),
    )
    return sum(weight for given, weight in weights if given)
