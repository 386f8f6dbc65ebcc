"""The script panel: playbook and dialogue joined to one session."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from fairdue.core.dates import local, local_day
from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.accounts.services import issue_quote
from fairdue.ledger import Quote as LedgerQuote
from fairdue.playbook import Flow, Library, Line, QuoteView, RenderValues, load_library, render

from . import selectors, services
from .models import CallSession, Permit

PRESSURE: dict[int, Lazy] = {
    0: _("informs"),
    1: _("asks"),
    2: _("states a consequence"),
    3: _("last notice before the next step"),
}
SHOWN = 3
TURNS = 6
PARTY = {"debtor": "customer", "spouse": "family", "family": "family", "heir": "family"}


@dataclass(frozen=True)
class Reply:
    """One reply to choose, ready to read out."""

    line_id: str
    text: str
    gist: str
    why: Text
    pressure_name: Lazy
    deadline: datetime | None
    cites: tuple[str, ...]
    quote_number: str | None
    reason: Text | None = None


@dataclass(frozen=True)
class GuideView:
    """What the panel shows."""

    step: Text
    pack: str
    must: tuple[Text, ...]
    chips: tuple[tuple[str, Text], ...]
    heard: tuple[Text, ...]
    heard_acts: tuple[str, ...]
    replies: tuple[Reply, ...]
    crisis: bool
    turns: tuple[dict[str, Any], ...]


@lru_cache(maxsize=1)
def library() -> Library:
    """The playbooks of this process."""
    loaded, _findings = load_library()
    return loaded


def party_of(session: CallSession) -> str:
    """Whom the words are for: the customer, a family member, another person."""
    if not selectors.hides_debt(session):
        return "customer"
    return PARTY.get(session.permit.line.role, "third")


def begin(permit: Permit) -> CallSession:
    """Open the guided call of a permit with the playbook of its stage."""
    zone = (permit.customer.zones or [settings.FAIRDUE_ZONE])[0]
    stage = selectors.playbook_stage(permit.customer, permit.account, permit.line, local_day(permit.taken_at, zone))
    pack, flow = _flow(stage)
    start = flow.states[0].id if stage != "third_party" else "third"
    state = {"at": start, "acts": [], "said": [], "with_customer": False}
    return services.open_session(permit, playbook=f"{pack} {library().version}"[:120], stage=stage, state=state)


def _flow(stage: str) -> tuple[str, Flow]:
    for wanted in (stage, "first"):
        try:
            return library().flow_for(wanted)
        except KeyError:
            continue
    raise LookupError(f"no playbook has a flow for stage {stage!r}")


def _next_state(flow: Flow, at: str, act: str) -> str:
    """Where an act leads: the longest name that fits, from the act itself up to its group."""
    on = flow.state(at).on
    name = act
    while name:
        if name in on:
            return on[name]
        name = name.rpartition(".")[0]
    return at


def hear(session: CallSession, *, text: str = "", act: str = "") -> CallSession:
    """Take in what the other side said: typed words go through the recogniser, a chip is the act itself."""
    if act:
        acts = [act] if act in library().acts else []
    else:
        acts = recognise(text, party_of(session))
    _pack, flow = _flow(session.stage)
    at = session.state.get("at", flow.states[0].id)
    for found in acts:
        at = _next_state(flow, at, found)
    shown = text or "、".join(library().acts[a].name.zh for a in acts)
    return services.log_turn(
        session, {"at": at, "acts": acts}, {"who": "customer", "text": shown, "acts": acts, "typed": bool(text)}
    )


def recognise(text: str, party: str) -> list[str]:
    """The acts of a typed sentence, most likely first; empty when nothing is likely enough."""
    from fairdue.dialogue import load_recogniser

    found = load_recogniser().recognise(text, party=party)
    acts = list(found.multi) or [guess.act for guess in found.acts[:1]]
    return [act for act in acts if act != "unclear" and act in library().acts]


def say(session: CallSession, line_id: str) -> CallSession:
    """The agent said this line; its id and words are kept, and its step counts as said."""
    line = library().lines.get(line_id)
    if line is None:
        return session
    rendered, _findings = render(line, values_of(session))
    said = [*session.state.get("said", []), line_id]
    text = rendered.text if rendered else line.gist_en
    return services.log_turn(session, {"said": said}, {"who": "agent", "text": text, "line": line_id})


def values_of(session: CallSession) -> RenderValues:
    """All facts that a line may use; debt facts only while nobody else is on the line."""
    permit = session.permit
    customer, agent, account = permit.customer, permit.agent, permit.account
    zone = (customer.zones or [settings.FAIRDUE_ZONE])[0]
    now = clock.now()
    hidden = selectors.hides_debt(session)
    return RenderValues(
        now=now,
        zone=zone,
        honorific=f"{customer.name_masked[:1]}{customer.honorific}" if customer.honorific else "",
        agent_surname=agent.surname_spoken,
        institution=settings.FAIRDUE_INSTITUTION or (account.lender if account else ""),
        department=settings.FAIRDUE_DEPARTMENT,
        hotline=settings.FAIRDUE_HOTLINE,
        channels=str(settings.FAIRDUE_HOTLINE),
        card_tail="" if hidden or account is None else account.card_tail,
        quote=None if hidden or account is None else _quote(session, zone),
        last_promise="" if hidden else _last_promise(session),
    )


def _quote(session: CallSession, zone: str) -> QuoteView | None:
    account = session.permit.account
    if account is None:
        return None
    day = local(clock.now(), zone).date()
    quote = LedgerQuote.from_dict(issue_quote(account, day, session.permit.agent).body)
    penalty = sum(line.amount_fen for line in quote.lines if line.code == "penalty")
    return QuoteView(
        number=quote.number,
        total_fen=quote.total_fen,
        overdue_fen=quote.overdue_fen,
        daily_interest_fen=quote.daily_interest_fen,
        penalty_fen=penalty,
        dpd=quote.dpd,
        as_of=quote.as_of,
    )


def _last_promise(session: CallSession) -> str:
    promise = session.permit.customer.promises.order_by("-pk").first()
    return f"{promise.due_on.month}月{promise.due_on.day}号" if promise else ""


def view(session: CallSession) -> GuideView:
    """The panel for the session as it stands."""
    pack, flow = _flow(session.stage)
    state = session.state
    at = flow.state(state.get("at", flow.states[0].id))
    acts, said = tuple(state.get("acts", ())), list(state.get("said", ()))
    lines = _candidates(session, at.say, acts, said)
    values = values_of(session)
    replies = [reply for line in lines if (reply := _reply(line, values)) is not None][:SHOWN]
    steps = {library().lines[line].step for line in said if line in library().lines}
    crisis = any(act.startswith("vulnerable.self_harm") for turn in session.turns for act in turn.get("acts", ()))
    names = library().acts
    return GuideView(
        step=Text(at.title["zh"], at.title["en"]),
        pack=pack,
        must=tuple(STEP_NAMES.get(step, Text(step, step)) for step in flow.must if step not in steps),
        chips=tuple((act, names[act].name) for act in at.expects if act in names),
        heard=tuple(names[act].name for act in acts if act in names),
        heard_acts=acts,
        replies=tuple(replies),
        crisis=crisis,
        turns=tuple(session.turns[-TURNS:]),
    )


STEP_NAMES = {
    "recording": Text("告知录音", "the call is recorded"),
    "channel": Text("官方还款渠道与异议途径", "official channel and how to object"),
    "verify": Text("核实身份", "who is on the phone"),
    "readback": Text("复述约定", "read the agreement back"),
}


def _candidates(session: CallSession, steps: tuple[str, ...], acts: tuple[str, ...], said: list[str]) -> list[Line]:
    party = party_of(session)
    found: list[Line] = []
    for act in acts:
        found += library().replies(act, stage=session.stage, party=party)
    for step in steps:
        found += library().step(step, stage=session.stage, party=party)
    unique = list({line.id: line for line in found}.values())
    return [line for line in unique if line.id not in said] or unique


def _reply(line: Line, values: RenderValues) -> Reply | None:
    rendered, _findings = render(line, values)
    if rendered is None:
        return None
    return Reply(
        line_id=line.id,
        text=rendered.text,
        gist=line.gist_en,
        why=Text(line.why, line.why_en or line.gist_en),
        pressure_name=PRESSURE[line.pressure],
        deadline=local(rendered.deadline, values.zone) if rendered.deadline else None,
        cites=line.cites,
        quote_number=rendered.quote_number,
    )
