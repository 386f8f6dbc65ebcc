"""The state of a call: small, frozen, JSON-able, moved only by what was heard and what was said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from fairdue.core.text import Text
from fairdue.playbook import Library

THIRD_ACTS = frozenset({"identity.family", "identity.third"})
PROOF_ACTS = frozenset({"identity.confirm"})


@dataclass(frozen=True, slots=True)
class CallState:
    """`party` is "unknown" until someone says who they are, then "customer" or "family"; `pressure` is the last used."""

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

    def as_dict(self) -> dict[str, Any]:
        """JSON form for the stored session."""
        return {name: getattr(self, name) for name in self.__slots__} | {
            "heard": list(self.heard),
            "said": list(self.said),
            "steps": list(self.steps),
        }

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> CallState:
        """Inverse of `as_dict`; unknown keys are ignored so that an older session can be read."""
        known: dict[str, Any] = {name: raw[name] for name in cls.__slots__ if name in raw}
        for name in ("heard", "said", "steps"):
            known[name] = tuple(known.get(name, ()))
        return cls(**known)


def begin_call(library: Library, *, stage: str, party: str = "unknown", broken_promises: int = 0) -> CallState:
    """A new call in a stage. `party` is "family" when a contact person's line is dialled. Raises KeyError: no such stage."""
    pack, flow = library.flow_for("first" if stage in ("third_party", "special") else stage)
    start = "third" if party == "family" else flow.states[0].id
    return CallState(pack, stage, start, party, broken_promises=broken_promises)


def _target(library: Library, state: CallState, act: str) -> str | None:
    """Where an act leads: the exact act, else its group, else nowhere."""
    moves = library.flow(state.pack).state(state.at).on
    return moves.get(act) or moves.get(act.split(".", maxsplit=1)[0])


def heard(state: CallState, acts: Sequence[str], library: Library) -> CallState:
    """The state after the other side did `acts`. Vulnerability wins over everything, a third party over the rest."""
    if not acts:
        return state
    ids = {s.id for s in library.flow(state.pack).states}
    party, verified = state.party, state.verified
    if any(act in THIRD_ACTS for act in acts):
        party, verified = "family", False
    elif any(act in PROOF_ACTS for act in acts) and state.party != "family":
        party, verified = "customer", True
    at = state.at
    crisis = state.crisis or any(act.startswith("vulnerable.") for act in acts)
    if crisis and "crisis" in ids:
        at = "crisis"
    else:
        for act in acts:
            target = _target(library, state, act)
            if target and (verified or party == "family" or target in ("wrong", "third", "closing", "rights")):
                at = target
                break
    hostile = any(act in ("refuse.hostile", "rights.complaint") for act in acts)
    return replace(
        state,
        party=party,
        verified=verified,
        at=at,
        crisis=crisis,
        pressure=max(0, state.pressure - 1) if hostile else state.pressure,
        heard=(*state.heard, *acts),
    )


def said(state: CallState, line_id: str, library: Library) -> CallState:
    """The state after the agent said a line: its step is done, its pressure is where we are."""
    line = library.line(line_id)
    steps = (*state.steps, line.step) if line.step and line.step not in state.steps else state.steps
    return replace(state, said=(*state.said, line_id), steps=steps, pressure=max(line.pressure, 0))


STEP_NAMES = {
    "verify": Text("核实对方是不是本人", "verify who is speaking"),
    "recording": Text("告知录音", "say that the call is recorded"),
    "channel": Text("说明官方还款渠道和异议途径", "name the official channel and how to object"),
    "readback": Text("复述金额、日期、钟点、渠道", "read back amount, date, hour and channel"),
}


def must_say(state: CallState, library: Library) -> list[tuple[str, Text]]:
    """Steps that still have to be said, in order: identity first, then what the flow demands."""
    if state.party == "family" or state.crisis:
        return []
    wanted = ["verify", *library.flow(state.pack).must]
    open_steps = [name for name in wanted if name not in state.steps and not (name == "verify" and state.verified)]
    return [(name, STEP_NAMES.get(name, Text(name, name))) for name in open_steps]
