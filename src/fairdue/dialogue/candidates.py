"""Which lines come into question at a moment, before anything is held back or ranked."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from fairdue.playbook import Library, Line

from .duties import GOODBYE, missing_before, must_say
from .moment import Moment, from_broken
from .reflexes import names, reflexes

KINDS = ("situation", "reply", "plan", "broken", "duty", "step")
PLAN_ASKED = "ask.plan"


@dataclass(frozen=True, slots=True)
class Candidate:
    """A line and why it was looked at: it answers `act`, belongs to the special account at hand, is the state's own step,
    is still owed after a promise, offers the plan, or is the practice's answer to broken promises."""

    line: Line
    act: str
    kind: str


def candidates(library: Library, moment: Moment) -> list[Candidate]:
    """Each line once, the most telling kind first."""
    sources = {
        "crisis": _crisis,
        "wrong": _wrong,
        "third": _third,
        "stop": _stop,
        "normal": _normal,
    }[moment.mode]
    found: dict[str, Candidate] = {}
    for candidate in sources(library, moment):
        found.setdefault(candidate.line.id, candidate)
    return list(found.values())


def _replies(library: Library, moment: Moment, acts: Iterable[str], kind: str = "reply") -> Iterator[Candidate]:
    state = moment.state
    for act in acts:
        for line in library.replies(act, stage=state.stage, party=state.side, scope=library.scope(state.pack)):
            yield Candidate(line, act, kind)


def _situations(library: Library, moment: Moment) -> Iterator[Candidate]:
    if moment.situation is not None:
        scope = library.scope(moment.state.pack)
        for line in library.situation(moment.situation.id, party=moment.state.side, scope=scope):
            act = next((act for act in moment.acts if act in line.answers), "")
            yield Candidate(line, act, "situation")


def _steps(library: Library, moment: Moment, steps: Iterable[str]) -> Iterator[Candidate]:
    state = moment.state
    for step in steps:
        if step not in state.steps:
            scope = library.scope(state.pack)
            for line in library.step(step, stage=state.stage, party=state.side, scope=scope):
                yield Candidate(line, "", "step")


def _own_steps(library: Library, moment: Moment) -> Iterator[Candidate]:
    return _steps(library, moment, library.flow(moment.state.pack).state(moment.state.at).say)


def _crisis(library: Library, moment: Moment) -> Iterator[Candidate]:
    known, state = reflexes(), moment.state
    yield from _replies(library, moment, sorted(known.mode_acts["crisis"]), "situation")
    for name in sorted(known.mode_situations["crisis"]):
        for line in library.situation(name, party=state.side, scope=library.scope(state.pack)):
            yield Candidate(line, "", "situation")


def _wrong(library: Library, moment: Moment) -> Iterator[Candidate]:
    yield from _replies(library, moment, sorted(reflexes().mode_acts["wrong"]))
    yield from _steps(library, moment, ["wrong"])
    if moment.state.side == "family":
        yield from _replies(library, moment, ["third_party.unknown"])


def _third(library: Library, moment: Moment) -> Iterator[Candidate]:
    yield from _situations(library, moment)
    yield from _replies(library, moment, moment.acts)
    yield from _own_steps(library, moment)
    yield from _steps(library, moment, ["relay"])


def _stop(library: Library, moment: Moment) -> Iterator[Candidate]:
    stopping = [act for act in moment.acts if act in reflexes().mode_acts["stop"]]
    yield from _replies(library, moment, stopping, "situation")
    yield from _situations(library, moment)
    yield from _replies(library, moment, moment.acts)
    if not moment.state.verified:
        yield from _own_steps(library, moment)


def _normal(library: Library, moment: Moment) -> Iterator[Candidate]:
    known = reflexes()
    if moment.listening and any(names(act, known.broken_for) for act in moment.acts):
        for candidate in _replies(library, moment, known.broken_answers, "broken"):
            if from_broken(candidate.line):
                yield candidate
    yield from _replies(library, moment, moment.acts)
    if any(act in known.promise for act in moment.acts) or moment.state.at == GOODBYE:
        owed = [name for name, _text in must_say(moment.state, library)]
        for candidate in _steps(library, moment, owed):
            yield Candidate(candidate.line, "", "duty")
    own = library.flow(moment.state.pack).state(moment.state.at).say
    first = [name for step in own for name in missing_before(step, moment.state, library)]
    yield from _steps(library, moment, dict.fromkeys([*first, *own]))
    if moment.plan_now:
        for candidate in _replies(library, moment, [PLAN_ASKED, *moment.acts], "plan"):
            if "plan" in candidate.line.needs:
                yield candidate
    if moment.situation is not None:
        yield from _situations(library, moment)
