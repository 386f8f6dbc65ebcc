"""The best replies alone, the lines of the present step, likely acts as chips, and the search box."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from fairdue.core.text import Text
from fairdue.playbook import Library, RenderValues

from .guide import AT_MOST, Suggestion, guide
from .state import CallState


def suggest(
    library: Library,
    state: CallState,
    values: RenderValues,
    acts: Sequence[str] | None = None,
    facts: frozenset[str] = frozenset(),
) -> list[Suggestion]:
    """Replies to `acts` (default: what was heard last), best first, at most three; else the lines of the present step.

    `facts` names proven facts beyond the values, such as "negative_notice_sent".
    """
    known = replace(values, proven=values.proven | facts)
    return list(guide(library, state, known, acts=acts).suggestions)


def opening_lines(library: Library, state: CallState, values: RenderValues) -> list[Suggestion]:
    """The lines of the present state's steps that were not said yet."""
    return list(guide(library, state, values, acts=(), limit=AT_MOST).suggestions)


def chips(state: CallState, library: Library) -> list[tuple[str, Text]]:
    """Acts that are likely in the present state, as quick buttons `(act, name)`."""
    expects = library.flow(state.pack).state(state.at).expects
    return [(act, library.acts[act].name) for act in expects if act in library.acts]


def search(
    library: Library, text: str, *, stage: str, party: str = "customer", limit: int = 10
) -> list[tuple[str, Text]]:
    """Acts whose name or replies contain the text, for the search box while typing; best matches first."""
    needle = text.strip().lower()
    if not needle:
        return []
    scored: list[tuple[int, str]] = []
    for act in library.acts.values():
        lines = library.replies(act.id, stage=stage, party=party)
        if needle in act.name.zh or needle in act.name.en.lower() or needle in act.id:
            scored.append((0, act.id))
        elif any(needle in line.say or needle in line.gist_en.lower() for line in lines):
            scored.append((1, act.id))
    return [(act, library.acts[act].name) for _score, act in sorted(scored)[:limit]]
