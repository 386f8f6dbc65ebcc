"""The state of a call: small, frozen, JSON-able, moved only by what was heard and what was said."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import MISSING, dataclass, fields, replace
from typing import Any

from fairdue.playbook import Library

from .reflexes import mode_of, reflexes, says_third

PROOF = "identity.confirm"
BEFORE_IDENTITY = ("wrong", "third", "closing", "rights")
"""States that may be entered although nobody knows yet who is speaking."""
AT_MOST_TYPES = 3


@dataclass(frozen=True, slots=True)
class CallState:
    """`party` is "unknown" until someone says who they are, then "customer" or "family"; `pressure` is the last used.

    `heard` holds all acts in order, `last` those of the last turn; `types` are guessed from acts until the agent sets them
    (`types_set`); `situations` are special accounts, given or revealed; `refusals` counts turns that refused or stalled.
    `crisis` is true once anything vulnerable was heard; `mode` tells what that means for the words.
    """

    pack: str
    stage: str
    at: str
    party: str = "unknown"
    verified: bool = False
    crisis: bool = False
    pressure: int = 0
    broken_promises: int = 0
    heard: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()
    product: str = "credit_card"
    agency: bool = False
    types: tuple[str, ...] = ()
    types_set: bool = False
    situations: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    refusals: int = 0

    @property
    def mode(self) -> str:
        """normal, third, wrong, stop or crisis (see `reflexes`)."""
        return mode_of(self.party, self.heard, self.situations)

    @property
    def side(self) -> str:
        """Whose lines are spoken: "family" for any third party, else "customer"."""
        return "family" if self.party == "family" else "customer"

    def as_dict(self) -> dict[str, Any]:
        """JSON form for the stored session."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in values.items()}

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> CallState:
        """Inverse of `as_dict`; unknown keys are ignored and missing ones left out, so that older sessions can be read.

        Raises KeyError when pack, stage or state is missing.
        """
        known: dict[str, Any] = {}
        for field in fields(cls):
            value = raw[field.name] if field.default is MISSING else raw.get(field.name, field.default)
            known[field.name] = tuple(value) if isinstance(value, list) else value
        return cls(**known)


def begin_call(
    library: Library,
    *,
    stage: str,
    product: str = "credit_card",
    agency: bool = False,
    party: str = "unknown",
    broken_promises: int = 0,
    situations: Sequence[str] = (),
) -> CallState:
    """A new call in a stage, led by the pack for this product and this kind of caller.

    `party` is "family" when a contact person's line is dialled; `situations` are special accounts known beforehand. Raises
    KeyError: no pack leads such a call, or no such situation.
    """
    for name in situations:
        if name not in library.situations:
            raise KeyError(name)
    pack, flow = library.flow_for("first" if stage in ("third_party", "special") else stage, product, agency)
    ids = {state.id for state in flow.states}
    start = "third" if party == "family" and "third" in ids else flow.states[0].id
    return CallState(
        pack,
        stage,
        start,
        party,
        broken_promises=broken_promises,
        product=product,
        agency=agency,
        situations=tuple(situations),
    )


def with_types(state: CallState, types: Sequence[str]) -> CallState:
    """The state with the customer types that the agent chose; guesses stop."""
    return replace(state, types=tuple(types), types_set=True)


def guess_types(library: Library, acts: Sequence[str]) -> tuple[str, ...]:
    """Customer types that the acts speak for, the best supported first, then the most recent; one attitude, two tempers."""
    score: Counter[str] = Counter()
    latest: dict[str, int] = {}
    for place, act in enumerate(acts):
        for kind in library.types.values():
            if act in kind.acts:
                score[kind.id] += 1
                latest[kind.id] = place
    ranked = sorted(score, key=lambda name: (-score[name], -latest[name]))
    attitudes = [name for name in ranked if library.types[name].kind == "attitude"][:1]
    tempers = [name for name in ranked if library.types[name].kind != "attitude"][: AT_MOST_TYPES - 1]
    return tuple(name for name in ranked if name in attitudes or name in tempers)


def _target(library: Library, state: CallState, act: str) -> str | None:
    """Where an act leads: the exact act, else its group, else nowhere. A wrong number that was none begins again."""
    flow = library.flow(state.pack)
    if act == PROOF and state.mode == "wrong":
        return flow.states[0].on.get(PROOF)
    moves = flow.state(state.at).on
    return moves.get(act) or moves.get(act.split(".", maxsplit=1)[0])


def _who(state: CallState, acts: Sequence[str]) -> tuple[str, bool]:
    """Party and whether the customer is proven, after these acts."""
    if any(says_third(act, state.verified) for act in acts):
        return "family", False
    if any(act in reflexes().mode_acts["wrong"] for act in acts):
        return state.party, False
    if PROOF in acts and state.party != "family":
        return "customer", True
    return state.party, state.verified


def _where(library: Library, state: CallState, acts: Sequence[str], *, party: str, verified: bool, crisis: bool) -> str:
    ids = {s.id for s in library.flow(state.pack).states}
    if crisis and "crisis" in ids:
        return "crisis"
    for act in acts:
        target = _target(library, state, act)
        if target and (verified or party == "family" or target in BEFORE_IDENTITY):
            return target
    if any(act in reflexes().mode_acts["wrong"] for act in acts) and "wrong" in ids:
        return "wrong"
    if party == "family" and state.party != "family" and "third" in ids:
        return "third"
    return state.at


def _revealed(library: Library, state: CallState, acts: Sequence[str]) -> tuple[str, ...]:
    """Special accounts known after these acts, the newest last."""
    telling = [act for act in acts if act not in reflexes().reveals_not]
    new = [s.id for s in library.situations.values() if any(act in s.acts for act in telling)]
    return (*(name for name in state.situations if name not in new), *new)


def heard(state: CallState, acts: Sequence[str], library: Library) -> CallState:
    """The state after the other side did `acts`. Vulnerability wins over everything, a third party over the rest."""
    if not acts:
        return state
    known = reflexes()
    acts = known.meant(acts, state.verified)
    party, verified = _who(state, acts)
    crisis = state.crisis or any(act.startswith("vulnerable.") for act in acts)
    told = (*state.heard, *acts)
    return replace(
        state,
        party=party,
        verified=verified,
        at=_where(library, state, acts, party=party, verified=verified, crisis=crisis),
        crisis=crisis,
        pressure=max(0, state.pressure - 1) if known.is_hostile(acts) else state.pressure,
        heard=told,
        types=state.types if state.types_set else guess_types(library, told),
        situations=_revealed(library, state, acts),
        last=tuple(acts),
        refusals=state.refusals + known.refuses(acts),
    )


def _reached(library: Library, state: CallState, step: str) -> str:
    """Where the call is once the agent has said a step: the next state of the flow, when that is where the step belongs and
    the present state's own steps are done."""
    states = library.flow(state.pack).states
    place = [s.id for s in states].index(state.at)
    following = states[place + 1] if place + 1 < len(states) else None
    done = all(own in state.steps for own in states[place].say)
    if following is not None and following.say[:1] == (step,) and done and state.verified and state.mode == "normal":
        return following.id
    return state.at


def said(state: CallState, line_id: str, library: Library) -> CallState:
    """The state after the agent said a line: its step is done, its pressure is where we are. Raises KeyError: no such line."""
    line = library.line(line_id)
    steps = (*state.steps, line.step) if line.step and line.step not in state.steps else state.steps
    at = _reached(library, state, line.step) if line.step else state.at
    return replace(state, said=(*state.said, line_id), steps=steps, pressure=line.pressure, at=at)
