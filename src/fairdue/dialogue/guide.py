"""The guidance of a call at one moment: what to say and why this, what not and why not, what is still owed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from fairdue.core.dates import local
from fairdue.core.text import Text
from fairdue.playbook import Hint, Library, Line, Rendered, RenderValues, Situation

from .candidates import Candidate, candidates
from .duties import must_say
from .hints import hints_for
from .limits import Guard, HeldBack, already_said, fill, held_by_guard, held_by_rule
from .moment import Moment, moment_of, strategy_text
from .ranking import reasons, score
from .state import CallState

AT_MOST = 3
SHOWN_HINTS = 4
ONCE = 14
SAME_ACT = 4
"""What a second line loses: of the kinds of which one is enough (the plan, the words after broken promises), and for an act
against the first line for another act of the same turn."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A line ready to be said. `why` is the author's reason, `reasons` why it is offered here and now, the main one
    first; `act` is what it answers ("" for a step); `deadline` an aware instant."""

    line: Line
    rendered: Rendered
    act: str
    why: Text
    reasons: tuple[Text, ...]
    deadline: datetime | None
    cites: tuple[str, ...]
    pressure: int

    @property
    def rank_reason(self) -> Text:
        """The main reason."""
        return self.reasons[0] if self.reasons else self.why


@dataclass(frozen=True, slots=True)
class NextState:
    """Where the call goes from here: on this act or group of acts, to this state."""

    on: str
    state: str
    title: Text


@dataclass(frozen=True, slots=True)
class Guidance:
    """Everything the panel shows. `situation` is the special account at hand; `must` are `(step, name)` still to be said."""

    suggestions: tuple[Suggestion, ...]
    held_back: tuple[HeldBack, ...]
    must: tuple[tuple[str, Text], ...]
    hints: tuple[Hint, ...]
    strategy: Text | None
    mode: str
    situation: Situation | None
    next_states: tuple[NextState, ...]


def guide(
    library: Library,
    state: CallState,
    values: RenderValues,
    *,
    acts: Sequence[str] | None = None,
    guard: Guard | None = None,
    limit: int = AT_MOST,
) -> Guidance:
    """What to say after `acts` (default: the last turn), at most `limit` lines that make different points.

    `values.proven` names the facts that are proven beyond the figures. What the `guard` flags is held back.
    """
    moment = moment_of(library, state, acts)
    suggestions, held = _choose(library, moment, values, guard, limit)
    here = local(values.now, values.zone)
    hints = hints_for(
        library,
        replace(state, last=moment.acts),
        now_local=here,
        dpd=values.quote.dpd if values.quote else None,
        facts=values.proven,
    )
    return Guidance(
        suggestions=tuple(suggestions),
        held_back=tuple(_few(held)),
        must=tuple(must_say(state, library)),
        hints=tuple(hints[:SHOWN_HINTS]),
        strategy=strategy_text(moment),
        mode=moment.mode,
        situation=moment.situation,
        next_states=_next(library, state),
    )


def _next(library: Library, state: CallState) -> tuple[NextState, ...]:
    flow = library.flow(state.pack)
    titles = {s.id: s.title.text for s in flow.states}
    return tuple(NextState(on, to, titles[to]) for on, to in flow.state(state.at).on.items() if to in titles)


def _choose(
    library: Library, moment: Moment, values: RenderValues, guard: Guard | None, limit: int
) -> tuple[list[Suggestion], list[HeldBack]]:
    """Offers in order and what is held back: rules first, then facts, then rank; the guard reads only what would be shown.

    What was said already is offered again only when nothing else is left. When the plan's moment has come it is among the
    offers, last if nothing ranked it higher.
    """
    held: list[HeldBack] = []
    open_: list[tuple[Candidate, Rendered, int]] = []
    for candidate in candidates(library, moment):
        refused = held_by_rule(candidate.line, moment, library)
        words = refused or fill(candidate.line, moment, values)
        if isinstance(words, HeldBack):
            held.append(words)
        else:
            open_.append((candidate, words, score(candidate, moment, library)))
    said, steps = set(moment.state.said), set(moment.state.steps)
    done = [row[0].line.id in said or row[0].line.step in steps for row in open_]
    fresh = [row for row, was in zip(open_, done, strict=True) if not was]
    again = [row for row, was in zip(open_, done, strict=True) if was]
    chosen = _pick(fresh, library, moment, values, guard, limit, held)
    if not chosen:
        return _pick(again, library, moment, values, guard, limit, held), held
    if moment.plan_now and not any("plan" in s.line.needs for s in chosen):
        plans = [row for row in fresh if "plan" in row[0].line.needs]
        chosen = [*chosen, *_pick(plans, library, moment, values, guard, 1, held)]
        chosen = [*chosen[: limit - 1], *chosen[-1:]] if len(chosen) > limit else chosen
    return chosen, [*held, *(already_said(row[0].line) for row in again)]


def _pick(
    rows: list[tuple[Candidate, Rendered, int]],
    library: Library,
    moment: Moment,
    values: RenderValues,
    guard: Guard | None,
    limit: int,
    held: list[HeldBack],
) -> list[Suggestion]:
    """The best rows with different arguments; several acts of one turn take turns. Adds the guard's refusals to `held`."""
    waiting = list(rows)
    chosen: list[Suggestion] = []
    used: set[str] = set()
    answered: Counter[str] = Counter()
    while waiting and len(chosen) < limit:
        best = max(waiting, key=lambda row: row[2] - _worn(row[0], answered, moment))
        waiting.remove(best)
        candidate, words, _worth = best
        line = candidate.line
        point = line.argument or line.id
        if point in used or words.text in used:
            continue
        refused = held_by_guard(line, words, moment, values, guard) if guard is not None else None
        if refused is not None:
            held.append(refused)
            continue
        used |= {point, words.text}
        answered[candidate.act] += 1
        answered[candidate.kind] += 1
        chosen.append(_suggestion(candidate, words, moment, library))
    return chosen


def _worn(candidate: Candidate, answered: Counter[str], moment: Moment) -> int:
    """What a further line loses for an act of several, or for a kind of which one is enough, that was served already."""
    once = ONCE if candidate.kind in ("broken", "plan", "duty") else 0
    return SAME_ACT * answered[candidate.act] * (len(moment.acts) > 1) + once * answered[candidate.kind]


def _few(held: list[HeldBack]) -> list[HeldBack]:
    """Each line once, and one line a step where all of a step wait for the same reason."""
    kept: dict[tuple[str, str], HeldBack] = {}
    for row in held:
        whole_step = row.line.step if row.code in ("order", "said") else ""
        kept.setdefault((row.code, whole_step) if whole_step else ("", row.line.id), row)
    return list(kept.values())


def _suggestion(candidate: Candidate, words: Rendered, moment: Moment, library: Library) -> Suggestion:
    line = candidate.line
    return Suggestion(
        line=line,
        rendered=words,
        act=candidate.act,
        why=Text(line.why, line.why_en or line.gist_en),
        reasons=reasons(candidate, moment, library),
        deadline=words.deadline,
        cites=line.cites,
        pressure=line.pressure,
    )
