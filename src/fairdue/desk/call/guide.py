"""The script panel: playbook and dialogue joined to one session. What is heard and said goes through here."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from fairdue.core.dates import local, local_day
from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.accounts.models import Customer
from fairdue.desk.accounts.services import NoQuoteError, issue_quote
from fairdue.desk.crypto import unseal
from fairdue.desk.promises.selectors import broken_count
from fairdue.dialogue import (
    CallState,
    Suggestion,
    begin_call,
    chips,
    heard,
    load_recogniser,
    must_say,
    said,
    search,
    suggest,
)
from fairdue.ledger import Quote as LedgerQuote
from fairdue.playbook import Library, QuoteView, RenderValues, load_library, render

from . import selectors, services
from .models import CallSession, Permit

PRESSURE: dict[int, Lazy] = {
    0: _("informs"),
    1: _("asks"),
    2: _("states a consequence"),
    3: _("last notice before the next step"),
}
TURNS = 8
GUESSES = 4
CHANNELS = "手机银行、柜台或绑定的扣款账户"
COMPOUND_SURNAMES = frozenset(
    [
        "欧阳",
        "上官",
        "司马",
        "诸葛",
        "东方",
        "皇甫",
        "尉迟",
        "公孙",
        "慕容",
        "令狐",
        "长孙",
        "宇文",
        "司徒",
        "夏侯",
        "端木",
        "南宫",
    ]
)


@dataclass(frozen=True)
class Reply:
    """One reply to choose, ready to read out; `deadline` in the customer's local time."""

    line_id: str
    text: str
    gist: str
    why: Text
    reason: Text
    pressure: int
    pressure_name: Lazy
    deadline: datetime | None
    cites: tuple[str, ...]
    quote_number: str | None


@dataclass(frozen=True)
class GuideView:
    """What the panel shows. `crisis` is "danger" (signs of self-harm), "care" (otherwise vulnerable) or ""."""

    step: Text
    pack: str
    must: tuple[Text, ...]
    chips: tuple[tuple[str, Text], ...]
    heard: tuple[Text, ...]
    heard_acts: tuple[str, ...]
    replies: tuple[Reply, ...]
    crisis: str
    turns: tuple[dict[str, Any], ...]


@lru_cache(maxsize=1)
def library() -> Library:
    """The playbooks of this process."""
    loaded, _findings = load_library()
    return loaded


def begin(permit: Permit) -> CallSession:
    """Open the guided call of a permit with the playbook of its stage."""
    customer, own = permit.customer, permit.line.role == "debtor"
    day = local_day(permit.taken_at, _zone(customer))
    stage = selectors.playbook_stage(customer, permit.account, permit.line, day)
    state = begin_call(
        library(),
        stage=stage,
        party="unknown" if own else "family",
        broken_promises=broken_count(customer),
    )
    return services.open_session(
        permit,
        playbook=f"{state.pack} {library().version}"[:120],
        stage=stage,
        state={**state.as_dict(), "with_customer": False, "last": []},
    )


def state_of(session: CallSession) -> CallState:
    """The dialogue's state of a session."""
    return CallState.from_dict(session.state)


def hear(session: CallSession, *, text: str = "", act: str = "") -> CallSession:
    """Take in what the other side said: typed words go through the recogniser, a chip is the act itself."""
    state = state_of(session)
    acts, guesses = ([act], []) if act in library().acts else recognise(text, state)
    after = heard(state, acts, library())
    shown = text or "、".join(library().acts[a].name.zh for a in acts)
    turn = {"who": "customer", "text": shown, "acts": acts, "typed": bool(text)}
    return services.log_turn(session, {**after.as_dict(), "last": acts, "guesses": guesses}, turn)


def recognise(text: str, state: CallState) -> tuple[list[str], list[str]]:
    """Acts judged present in a typed sentence, and further guesses to offer as chips; both known to the playbook."""
    party = "family" if state.party == "family" else "customer"
    found = load_recogniser().recognise(text, party=party, context="opening" if not state.verified else None)
    known = library().acts
    acts = [a for a in found.multi if a in known]
    near = [guess.act for guess in found.acts if guess.act in known and guess.act not in acts]
    named = [a for a, _name in search(library(), text, stage=state.stage, party=party) if a not in (*acts, *near)]
    return acts, [*near, *named][:GUESSES]


def say(session: CallSession, line_id: str) -> CallSession:
    """The agent said this line; its id and words are kept, and its step counts as said. Unknown ids change nothing."""
    if line_id not in library().lines:
        return session
    rendered, _findings = render(library().line(line_id), values_of(session))
    after = said(state_of(session), line_id, library())
    turn = {"who": "agent", "text": rendered.text if rendered else line_id, "line": line_id}
    return services.log_turn(session, after.as_dict(), turn)


def confirm_customer(session: CallSession, confirmed: bool) -> CallSession:
    """The customer came to somebody else's phone and is confirmed (or it was not them after all)."""
    state = state_of(session)
    start = library().flow(state.pack).states[0].id
    if confirmed:
        after = heard(replace(state, party="unknown", at=start), ["identity.confirm"], library())
    else:
        after = replace(state, party="family", verified=False, at="third")
    held = services.confirm_identity(session, session.permit.agent, confirmed)
    turn = {"who": "customer", "text": library().acts["identity.confirm" if confirmed else "identity.deny"].name.zh}
    return services.log_turn(held, {**after.as_dict(), "last": []}, turn)


def _zone(customer: Customer) -> str:
    return (customer.zones or [settings.FAIRDUE_ZONE])[0]


def salutation(customer: Customer) -> str:
    """Surname and title as spoken; a neutral greeting when the title is not known."""
    if not customer.honorific:
        return "您好"
    name = unseal(customer.name_sealed, "customer.name")
    surname = name[:2] if name[:2] in COMPOUND_SURNAMES else name[:1]
    return f"{surname}{customer.honorific}"


def values_of(session: CallSession) -> RenderValues:
    """All facts that a line may use; facts of the debt only while nobody else may be on the line."""
    permit = session.permit
    customer, account = permit.customer, permit.account
    hidden = selectors.hides_debt(session)
    return RenderValues(
        now=clock.now(),
        zone=_zone(customer),
        honorific=salutation(customer),
        agent_surname=permit.agent.surname_spoken,
        institution=settings.FAIRDUE_INSTITUTION or (account.lender if account else ""),
        department=settings.FAIRDUE_DEPARTMENT,
        hotline=settings.FAIRDUE_HOTLINE,
        channels=CHANNELS,
        card_tail="" if hidden or account is None else account.card_tail,
        quote=None if hidden else _quote(session),
        last_promise="" if hidden else _last_promise(customer),
    )


def _quote(session: CallSession) -> QuoteView | None:
    account = session.permit.account
    if account is None:
        return None
    try:
        issued = issue_quote(account, local_day(clock.now(), _zone(session.permit.customer)), session.permit.agent)
    except (LookupError, NoQuoteError):  # no figure can be proven, so no line with a figure is offered
        return None
    quote = LedgerQuote.from_dict(issued.body)
    return QuoteView(
        number=quote.number,
        total_fen=quote.total_fen,
        overdue_fen=quote.overdue_fen,
        daily_interest_fen=quote.daily_interest_fen,
        penalty_fen=sum(line.amount_fen for line in quote.lines if line.code == "penalty"),
        dpd=quote.dpd,
        as_of=quote.as_of,
    )


def _last_promise(customer: Customer) -> str:
    promise = customer.promises.exclude(state="withdrawn").order_by("-pk").first()
    return f"{promise.due_on.month}月{promise.due_on.day}号" if promise else ""


def view(session: CallSession) -> GuideView:
    """The panel for the session as it stands."""
    state, names = state_of(session), library().acts
    values = values_of(session)
    last = tuple(session.state.get("last", ()))
    guesses = [(act, names[act].name) for act in session.state.get("guesses", ()) if act in names]
    usual = [pair for pair in chips(state, library()) if pair not in guesses]
    at = library().flow(state.pack).state(state.at)
    return GuideView(
        step=Text(at.title["zh"], at.title["en"]),
        pack=state.pack,
        must=tuple(text for _step, text in must_say(state, library())),
        chips=(*guesses, *usual),
        heard=tuple(names[act].name for act in last if act in names),
        heard_acts=last,
        replies=tuple(_reply(s, values.zone) for s in suggest(library(), state, values, acts=last)),
        crisis=_crisis(state),
        turns=tuple(session.turns[-TURNS:]),
    )


def _crisis(state: CallState) -> str:
    if not state.crisis:
        return ""
    return "danger" if "vulnerable.self_harm" in state.heard else "care"


def _reply(found: Suggestion, zone: str) -> Reply:
    return Reply(
        line_id=found.line.id,
        text=found.rendered.text,
        gist=found.line.gist_en,
        why=found.why,
        reason=found.rank_reason,
        pressure=found.pressure,
        pressure_name=PRESSURE[found.pressure],
        deadline=local(found.deadline, zone) if found.deadline else None,
        cites=found.cites,
        quote_number=found.rendered.quote_number,
    )
