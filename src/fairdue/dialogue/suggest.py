"""The next best replies: at most three, ranked, each with why it is here, its deadline and its law."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from fairdue.core.text import Text
from fairdue.playbook import Library, Line, Rendered, RenderValues, render

from .state import CallState

AT_MOST = 3


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A line ready to be said. `why` is the author's reason, `rank_reason` why it is offered here and now."""

    line: Line
    rendered: Rendered
    act: str
    why: Text
    rank_reason: Text
    deadline: datetime | None
    cites: tuple[str, ...]
    pressure: int


def _party(state: CallState) -> str:
    return "family" if state.party == "family" else "customer"


def _allowed(line: Line, state: CallState, facts: frozenset[str]) -> bool:
    """No debt fact before identity, no pressure jump of more than one step, none at all in a crisis."""
    if line.debt_facts and not state.verified:
        return False
    if state.crisis and (line.debt_facts or line.pressure):
        return False
    if line.pressure > state.pressure + 1:
        return False
    special = {"negative_notice_sent"}
    return not (special & set(line.needs)) - facts


def _rank(line: Line, state: CallState) -> tuple[int, int, int]:
    """Unsaid before said; after hostility or two broken promises the calm and the relational first."""
    again = state.said.count(line.id)
    calm = state.broken_promises >= 2 or any(act == "refuse.hostile" for act in state.heard[-2:])
    distance = line.pressure if calm else abs(line.pressure - min(state.pressure + 1, 1))
    lever = 0 if calm and line.lever == "relationship" else 1
    return again, distance, lever


def _reason(act: str, library: Library, state: CallState) -> Text:
    name = library.acts[act].name if act in library.acts else Text(act, act)
    if state.crisis:
        return Text("出现危机信号:停催,先帮人", "A sign of crisis: stop collecting, help first")
    return Text(f"客户:{name.zh}", f"The customer: {name.en}")


def _suggestions(
    lines: Iterable[Line], act: str, library: Library, state: CallState, values: RenderValues, facts: frozenset[str]
) -> list[Suggestion]:
    out = []
    for line in sorted((n for n in lines if _allowed(n, state, facts)), key=lambda n: _rank(n, state)):
        rendered, _findings = render(line, values)
        if rendered is None:
            continue
        out.append(
            Suggestion(
                line,
                rendered,
                act,
                Text(line.why, line.why_en or line.gist_en),
                _reason(act, library, state),
                rendered.deadline,
                line.cites,
                line.pressure,
            )
        )
    return out


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
    wanted = list(acts if acts is not None else state.heard[-3:])
    wanted.sort(key=lambda act: not act.startswith("vulnerable."))
    if state.crisis:
        wanted = [act for act in wanted if act.startswith(("vulnerable.", "rights."))] or ["vulnerable.self_harm"]
    out: list[Suggestion] = []
    for act in wanted:
        lines = library.replies(act, stage=state.stage, party=_party(state))
        found = _suggestions(lines, act, library, state, values, facts)
        out += [s for s in found if s.line.id not in {o.line.id for o in out}]
    if not out:
        out = opening_lines(library, state, values)
    return out[:AT_MOST]


def opening_lines(library: Library, state: CallState, values: RenderValues) -> list[Suggestion]:
    """The lines of the present state's steps that were not said yet."""
    out: list[Suggestion] = []
    for step in library.flow(state.pack).state(state.at).say:
        if step in state.steps:
            continue
        lines = library.step(step, stage=state.stage, party=_party(state))
        found = _suggestions(lines, "", library, state, values, frozenset())
        reason = Text("现在该说的一步", "the step that comes now")
        out += [Suggestion(s.line, s.rendered, "", s.why, reason, s.deadline, s.cites, s.pressure) for s in found[:2]]
    return out[:AT_MOST]


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
