"""Conversations as tests of packs: what was heard and said, and what the guidance must then be and offer.

    - name: payday
      stage: first                      # and, where they matter: product, agency, party, broken_promises, types, situations
      turns:
        - hear: 是我你说
          expect: {state: purpose, party: customer}
        - say: first.purpose.1
        - acts: [stall.payday]
          expect: {offers: [first.payday.1], text: ["9.25"], deadline_days: 2}

`hear` goes through the recogniser, `acts` states the acts outright, `say` is a line's id. Expectations: `state`, `party`,
`crisis`, `mode` (normal third wrong stop crisis), `situation`, `strategy` (true: the approach changes), `acts` (all heard),
`offers` (all among the three), `offers_any` (one of them is), `none_of` (none offered), `held` (held back), `must` (steps
still to be said), `text` (each in some offer), `silent_on_debt`, `calm` (no offer above this pressure), `deadline_days` (an
offer sets one, none is later), `redline_free` (the guard has nothing to take back: without it the same lines come up).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from fairdue.core.findings import Finding, Place
from fairdue.core.text import Text
from fairdue.packs import line_of
from fairdue.playbook import Library

from .duties import must_say
from .guide import Guidance, guide
from .limits import Guard, red_lines
from .moment import moment_of
from .recogniser import Recogniser
from .samples import NOW, sample_values
from .state import CallState, begin_call, heard, said, with_types

TOLD = {"name", "stage", "product", "agency", "party", "broken_promises", "types", "situations", "turns"}
TURN = {"hear", "acts", "say", "expect"}
EXPECTED_STATE = {"state", "party", "crisis", "mode", "situation", "strategy", "acts", "must"}
EXPECTED_OFFERS = {"offers", "offers_any", "none_of", "held"}
EXPECTED_WORDS = {"text", "silent_on_debt", "calm", "deadline_days", "redline_free"}


@dataclass(frozen=True, slots=True)
class Outcome:
    """One conversation, its pack, and what went otherwise than expected."""

    name: str
    findings: tuple[Finding, ...]
    pack: str = ""


def _finding(name: str, place: Place, what: str) -> Finding:
    return Finding(
        "playbook.conversation",
        Text(f"对话「{name}」:{what}", f"Conversation {name}: {what}"),
        Text("对话是话术的验收单。", "Conversations are how a pack is accepted."),
        Text("改话术、流程或这段对话。", "Change the lines, the flow or this conversation."),
        place,
    )


@dataclass(frozen=True, slots=True)
class _Turn:
    """What one turn led to."""

    library: Library
    state: CallState
    acts: tuple[str, ...]
    found: Guidance
    guard: Guard | None


def _wrong_state(want: Mapping[str, Any], turn: _Turn) -> Iterator[str]:
    found = turn.found
    now = {
        "state": turn.state.at,
        "party": turn.state.party,
        "crisis": turn.state.crisis,
        "mode": found.mode,
        "situation": found.situation.id if found.situation else None,
        "strategy": found.strategy is not None,
    }
    yield from (f"{key} {now[key]} ≠ {want[key]}" for key in now if key in want and want[key] != now[key])
    acts = list(turn.acts)
    yield from (f"act {act} ∉ {acts}" for act in _listed(want, "acts") if act not in acts)
    owed = [step for step, _name in must_say(turn.state, turn.library)]
    yield from (f"must {step} ∉ {owed}" for step in _listed(want, "must") if step not in owed)


def _wrong_offers(want: Mapping[str, Any], turn: _Turn) -> Iterator[str]:
    ids = [s.line.id for s in turn.found.suggestions]
    held = {h.line.id: h.code for h in turn.found.held_back}
    yield from (f"{line} ∉ {ids}{_why_held(line, held)}" for line in _listed(want, "offers") if line not in ids)
    yield from (f"{line} ∈ {ids}" for line in _listed(want, "none_of") if line in ids)
    yield from (f"{line} is not held back ({sorted(held)})" for line in _listed(want, "held") if line not in held)
    some = _listed(want, "offers_any")
    if some and not set(some) & set(ids):
        yield f"none of {some} ∈ {ids}" + "".join(_why_held(line, held) for line in some)


def _why_held(line: str, held: Mapping[str, str]) -> str:
    return f" ({line} held back: {held[line]})" if line in held else ""


def _wrong_words(want: Mapping[str, Any], turn: _Turn) -> Iterator[str]:
    offers = turn.found.suggestions
    words = "\n".join(s.rendered.text for s in offers)
    yield from (f"“{part}” is in no offer" for part in _listed(want, "text") if part not in words)
    if want.get("silent_on_debt"):
        yield from (f"{s.line.id} tells of the debt" for s in offers if s.line.debt_facts)
    yield from (f"{s.line.id} presses {s.pressure}" for s in offers if s.pressure > want.get("calm", 3))
    if "deadline_days" in want:
        limit = NOW + timedelta(days=want["deadline_days"])
        set_by = [s.deadline for s in offers if s.deadline]
        if not set_by or max(set_by) > limit:
            yield f"deadlines {[d.isoformat() for d in set_by]}"
    if want.get("redline_free"):
        if turn.guard is None:
            yield "redline_free needs a guard, none was given"
            return
        moment = moment_of(turn.library, turn.state, turn.acts or None)
        values = sample_values(turn.state.product, turn.state.agency)
        unguarded = guide(turn.library, turn.state, values, acts=turn.acts or None)
        for s in unguarded.suggestions:
            for label, why in red_lines(s.line, s.rendered, moment, values, turn.guard):
                yield f"{s.line.id} breaks {label}: {why}"


def _listed(want: Mapping[str, Any], key: str) -> list[str]:
    value = want.get(key, ())
    return [value] if isinstance(value, str) else list(value)


def _begin(raw: Mapping[str, Any], library: Library) -> CallState:
    state = begin_call(
        library,
        stage=raw["stage"],
        product=raw.get("product", "credit_card"),
        agency=raw.get("agency", False),
        party=raw.get("party", "unknown"),
        broken_promises=raw.get("broken_promises", 0),
        situations=tuple(raw.get("situations", ())),
    )
    return with_types(state, tuple(raw["types"])) if "types" in raw else state


def _step(
    turn: Mapping[str, Any], state: CallState, library: Library, recogniser: Recogniser, guard: Guard | None
) -> _Turn:
    acts: tuple[str, ...] = tuple(turn.get("acts", ()))
    unknown = [act for act in acts if act not in library.acts]
    if unknown:
        raise KeyError(unknown[0])
    if "say" in turn:
        state = said(state, turn["say"], library)
    elif "hear" in turn:
        context = None if state.verified else "opening"
        acts = recogniser.recognise(turn["hear"], state.side, context).multi
    state = heard(state, acts, library)
    values = sample_values(state.product, state.agency)
    found = guide(library, state, values, acts=acts or None, guard=guard)
    return _Turn(library, state, acts, found, guard)


def _strange(given: Mapping[str, Any], known: set[str]) -> list[str]:
    return [f"unknown key {key}; known: {', '.join(sorted(known))}" for key in given if key not in known]


def converse(
    raw: Mapping[str, Any], library: Library, recogniser: Recogniser, file: str, guard: Guard | None = None
) -> Outcome:
    """Play one conversation with the sample facts. What it names and does not exist is a finding with its line."""
    name = str(raw.get("name", "?")) if isinstance(raw, Mapping) else "?"
    if not isinstance(raw, Mapping) or not isinstance(raw.get("turns"), list) or "stage" not in raw:
        return Outcome(name, (_finding(name, Place(file, line_of(raw)), "needs name, stage and turns"),))
    findings = [_finding(name, Place(file, line_of(raw)), w) for w in _strange(raw, TOLD)]
    try:
        state = _begin(raw, library)
    except KeyError as exc:
        return Outcome(
            name, (*findings, _finding(name, Place(file, line_of(raw)), f"no such stage or situation: {exc}"))
        )
    for turn in raw["turns"]:
        place = Place(file, line_of(turn))
        want = turn.get("expect", {})
        said_wrong = [*_strange(turn, TURN), *_strange(want, EXPECTED_STATE | EXPECTED_OFFERS | EXPECTED_WORDS)]
        try:
            played = _step(turn, state, library, recogniser, guard)
        except KeyError as exc:
            findings.append(_finding(name, place, f"no such line or act: {exc}"))
            break
        state = played.state
        for check in (_wrong_state, _wrong_offers, _wrong_words):
            said_wrong += check(want, played)
        findings += [_finding(name, place, what) for what in said_wrong]
    return Outcome(name, tuple(findings))


def run_conversations(
    library: Library,
    recogniser: Recogniser,
    *,
    guard: Guard | None = None,
    packs: Collection[str] | None = None,
) -> list[Outcome]:
    """All conversations of the library (or of some of its packs), in file order."""
    out: list[Outcome] = []
    cases: Sequence[tuple[str, str, Any]] = list(library.conversations())
    for pack, file, raw in cases:
        if packs is None or pack in packs:
            played = converse(raw, library, recogniser, file, guard)
            out.append(Outcome(played.name, played.findings, pack))
    return out
