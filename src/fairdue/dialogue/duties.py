"""What still has to be said: identity before the debt, the recording notice, the channel, what a promise needs."""

from __future__ import annotations

from fairdue.core.text import Text
from fairdue.playbook import Library

from .reflexes import reflexes
from .state import CallState

IDENTITY = "verify"
READ_BACK = "readback"
GOODBYE = "closing"
STILL_DUE_WHEN_STOPPED = ("recording",)
"""What is owed to the customer even when collection stops."""


def done(step: str, state: CallState) -> bool:
    """True when the step was said, or (identity) the customer has confirmed."""
    return step in state.steps or (step == IDENTITY and state.verified)


def missing_before(step: str, state: CallState, library: Library) -> list[str]:
    """Steps that have to come before this one and were not said, in the flow's order; after a promise nobody says goodbye
    before it was read back."""
    wanted = [name for name in library.flow(state.pack).before.get(step, ()) if not done(name, state)]
    if step == GOODBYE and owes_read_back(state, library) and READ_BACK not in wanted:
        wanted.append(READ_BACK)
    return wanted


def has_promised(state: CallState) -> bool:
    """True when a verified customer has named a payment in this call."""
    return state.verified and any(act in reflexes().promise for act in state.heard)


def owes_read_back(state: CallState, library: Library) -> bool:
    """True when a promise was made, the pack knows a read-back, and it was not said."""
    return has_promised(state) and not done(READ_BACK, state) and _has_step(READ_BACK, state, library)


def must_say(state: CallState, library: Library) -> list[tuple[str, Text]]:
    """Steps `(step, its name)` that still have to be said, in order: identity first, then what the flow demands (`must`,
    and `before` the present state's own steps), last the read-back that a promise needs. A third party, a wrong number and
    a crisis owe nothing; when collection has stopped only the recording notice remains."""
    if state.mode in ("third", "wrong", "crisis"):
        return []
    flow = library.flow(state.pack)
    if state.mode == "stop":
        wanted = [name for name in flow.must if name in STILL_DUE_WHEN_STOPPED]
    else:
        steps = flow.state(state.at).say
        wanted = [IDENTITY, *(name for step in steps for name in missing_before(step, state, library)), *flow.must]
        if owes_read_back(state, library):
            wanted.append(READ_BACK)
    return [(name, step_name(name, library)) for name in dict.fromkeys(wanted) if not done(name, state)]


def _has_step(step: str, state: CallState, library: Library) -> bool:
    return bool(library.step(step, stage=state.stage, scope=library.scope(state.pack)))


def step_name(step: str, library: Library) -> Text:
    """A step's name for people; a step of a pack's own is named after the point its first line makes."""
    known = reflexes().steps.get(step)
    if known is not None:
        return known
    line = next((n for n in library.lines.values() if n.step == step), None)
    return Text(line.argument or line.say.strip(), line.gist_en) if line else Text(step, step)
