"""The flow of a guided call: begun with its permit, moved by what was heard and what was said.

Every change is computed from the session as it stands under its lock, so that an agent at the screen and a telephone
system that sends the transcript may act at the same moment.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction

from fairdue.core.dates import local_day
from fairdue.dialogue import CallState, guide, heard, load_recogniser, said, search, with_types
from fairdue.guard import RedLine
from fairdue.playbook import Library, RenderValues, render

from . import figures, services
from .guards import guard_now, red_lines_in
from .models import CallSession, Permit
from .nearest import nearest
from .opening import first_state
from .releases import current_release, library_for, library_of

GUESSES = 4
DANGER = "vulnerable.self_harm"
CRISIS = "crisis"
NOT_THE_CUSTOMER = ("third", "wrong")
"""Modes in which nothing of what was said with the customer may show."""
CONTEXT_OF = {
    "opening": "opening",
    "wrong": "identity",
    "third": "third",
    "deadline": "deadline",
    "plan": "plan",
    "closing": "closing",
}
"""The recogniser's name for the part of the call, by state of the flow; every other state is `reason`."""


def begin(permit: Permit) -> CallSession:
    """Open the guided call of a permit with the playbook release that is live now."""
    customer, account = permit.customer, permit.account
    day = local_day(permit.taken_at, figures.zone_of(customer))
    release = current_release()
    library = library_of(release)
    state = first_state(library, permit.agent, customer, account, permit.line, day)
    return services.open_session(
        permit,
        playbook=f"{state.pack}@{library.packs[state.pack].version} {library.version}",
        release=release,
        stage=state.stage,
        state={**state.as_dict(), "with_customer": False},
    )


def state_of(session: CallSession) -> CallState:
    """The dialogue's state of a session."""
    return CallState.from_dict(session.state)


def recognise(library: Library, text: str, state: CallState, party: str = "") -> tuple[list[str], list[str]]:
    """Acts judged present in a sentence, and further guesses to offer as chips; both known to the playbook."""
    who = party or state.side
    where = CONTEXT_OF.get(state.at, "reason") if state.verified or state.at != "opening" else "opening"
    found = load_recogniser().recognise(text, party=who, context=where)
    acts = [act for act in found.multi if act in library.acts]
    near = [guess.act for guess in found.acts if guess.act in library.acts and guess.act not in acts]
    named = [] if acts else [act for act, _name in search(library, text, stage=state.stage, party=state.side)]
    return acts, list(dict.fromkeys(act for act in (*near, *named) if act not in acts))[:GUESSES]


def hear(session: CallSession, *, text: str = "", act: str = "", party: str = "", via: str = "screen") -> CallSession:
    """Take in what the other side said: words go through the recogniser, a chip is the act itself.

    Signs of self-harm stop collection in the very transaction that logs them: hold, case, alert of all supervisors.
    """
    library = library_for(session)
    acts, guesses = ([act], []) if act in library.acts else recognise(library, text, state_of(session), party)
    shown = text or "、".join(library.acts[a].name.zh for a in acts)
    with transaction.atomic():
        return _heard(services.lock_session(session), library, acts, guesses, shown, typed=bool(text), via=via)


def _heard(
    held: CallSession, library: Library, acts: list[str], guesses: list[str], shown: str, *, typed: bool, via: str
) -> CallSession:
    state = state_of(held)
    after = heard(state, acts, library)
    danger = after.mode == CRISIS and state.mode != CRISIS
    if danger:
        services.raise_crisis(held)
    changes = {
        **after.as_dict(),
        "last": list(acts),
        "guesses": guesses,
        "unclear": typed and not acts,
        "before_crisis": state.at if danger else held.state.get("before_crisis", ""),
        "with_customer": held.state.get("with_customer", False) and after.party != "family",
    }
    turn = {
        "who": "customer",
        "text": shown,
        "acts": acts,
        "typed": typed,
        "via": via,
        "hidden": after.mode in NOT_THE_CUSTOMER,
    }
    return services.log_turn(held, changes, turn, "crisis" if danger else "")


def say(session: CallSession, line_id: str, *, own: str = "", via: str = "screen") -> CallSession:
    """The agent said this line, or its matter in their own words (`own`); its step counts as said.

    The turn keeps line id, the act it answered, quote and deadline, for the review and for training. Unknown ids change
    nothing.
    """
    library = library_for(session)
    if line_id not in library.lines:
        return session
    values = figures.values_of(session)
    with transaction.atomic():
        return _said(services.lock_session(session), library, values, line_id, own.strip(), via)


def _said(
    held: CallSession, library: Library, values: RenderValues, line_id: str, own: str, via: str, likeness: int = 100
) -> CallSession:
    state, line = state_of(held), library.line(line_id)
    rendered, _findings = render(line, values)
    words = rendered.text if rendered else ""
    found = red_lines_in(own, state, values) if own else []
    last = held.state.get("last", ())
    turn: dict[str, Any] = {
        "who": "agent",
        "text": own or words or line_id,
        "line": line_id,
        "act": next((act for act in last if act in line.answers), ""),
        "quote": rendered.quote_number if rendered else None,
        "deadline": rendered.deadline.isoformat() if rendered and rendered.deadline else None,
        "own_words": bool(own),
        "via": via,
        "hidden": state.mode in NOT_THE_CUSTOMER,
    }
    if likeness < 100:
        turn["likeness"] = likeness
    return _judged(held, said(state, line_id, library).as_dict(), turn, found)


def _judged(held: CallSession, state: dict[str, Any], turn: dict[str, Any], found: list[RedLine]) -> CallSession:
    """Log an agent's turn with the red lines in it; pages are warned, and the warning goes with the next clean turn."""
    if found:
        turn["red"] = [
            {"label": red.label, "why": red.why.as_dict(), "cites": list(red.cites), "instead": red.instead}
            for red in found[:3]
        ]
    return services.log_turn(held, {**state, "warn": turn.get("red", [])}, turn, "warn" if found else "")


def agent_spoke(session: CallSession, text: str) -> CallSession:
    """What a telephone system heard the agent say: judged by the guard, and logged as the line it comes nearest to."""
    library = library_for(session)
    values = figures.values_of(session)
    offered = guide(library, state_of(session), values, acts=tuple(session.state.get("last", ())), guard=guard_now())
    steps = [line for step, _name in offered.must for line in step_lines(library, state_of(session), step)]
    words = {s.line.id: s.rendered.text for s in offered.suggestions}
    for line in steps:
        rendered, _findings = render(line, values)
        if rendered is not None:
            words.setdefault(line.id, rendered.text)
    match = nearest(text, words)
    with transaction.atomic():
        held = services.lock_session(session)
        if match is not None:
            return _said(held, library, values, match.line_id, text, "stream", match.percent)
        state = state_of(held)
        turn = {"who": "agent", "text": text, "via": "stream", "hidden": state.mode in NOT_THE_CUSTOMER}
        return _judged(held, {}, turn, red_lines_in(text, state, values))


def step_lines(library: Library, state: CallState, step: str) -> list[Any]:
    """Lines of a step that this call may use."""
    return library.step(
        step, stage=state.stage, party=state.side, scope=library.scope(state.pack), product=state.product
    )


@transaction.atomic
def choose_types(session: CallSession, kind: str) -> CallSession:
    """Put a customer type on or off, for this call only; guessing stops. Unknown types change nothing."""
    held = services.lock_session(session)
    library, state = library_for(held), state_of(held)
    if kind not in library.types:
        return held
    others = [name for name in state.types if name != kind]
    if kind not in state.types:
        same = library.types[kind].kind
        others = [name for name in others if same != "attitude" or library.types[name].kind != "attitude"]
        others = [kind, *others]
    return services.log_turn(held, with_types(state, others).as_dict(), None)


@transaction.atomic
def confirm_customer(session: CallSession, confirmed: bool) -> CallSession:
    """The customer came to somebody else's phone and is confirmed (or it was not them after all)."""
    held = services.lock_session(session)
    library, state = library_for(held), state_of(held)
    start = library.flow(state.pack).states[0].id
    if confirmed:
        after = heard(replace(state, party="unknown", at=start), ["identity.confirm"], library)
    else:
        after = replace(state, party="family", verified=False, at="third")
    act = "identity.confirm" if confirmed else "identity.deny"
    turn = {"who": "customer", "text": library.acts[act].name.zh, "acts": [act], "hidden": not confirmed}
    services.confirm_identity(held, held.permit.agent, confirmed, {**after.as_dict(), "last": []}, turn)
    return held


@transaction.atomic
def misheard(session: CallSession, reason: str) -> CallSession:
    """It was no crisis, the agent says: the lines come back where the call was. Raises `RefusedError` without a reason."""
    held = services.lock_session(session)
    state = state_of(held)
    acts = tuple(act for act in state.heard if act != DANGER)
    after = replace(
        state,
        heard=acts,
        last=(),
        situations=tuple(name for name in state.situations if name != CRISIS),
        crisis=any(act.startswith("vulnerable.") for act in acts),
        at=held.state.get("before_crisis") or state.at,
    )
    changes = {**after.as_dict(), "before_crisis": "", "guesses": []}
    return services.withdraw_crisis(held, held.permit.agent, reason, changes)
