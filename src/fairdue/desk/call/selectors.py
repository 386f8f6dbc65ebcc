"""What the call screen shows: lines in call order with their permit state, debts with quotes, history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime

from fairdue.desk.accounts.models import Account, AccountStatus, Customer, Line, Quote
from fairdue.desk.people.models import User
from fairdue.desk.promises.selectors import broken_count
from fairdue.dialogue import CallState
from fairdue.ledger import Quote as LedgerQuote

from . import gate
from .facts import main_account
from .models import CallSession, Contact, CrisisAlert, PastContact, PermitState
from .services.contacts import LATE_LIMIT

CALL_ORDER = {"mobile": 0, "home": 1, "office": 2}
"""Own mobile, home, office, then contact persons (P12-2, adapted: contact persons only where the gate allows)."""

HISTORY = 30
RELATED = ("permit__line", "permit__customer", "permit__account", "permit__agent__agency", "quote")


@dataclass(frozen=True)
class LineView:
    """A line, what the gate says now, and the rules behind it. `zone` is the zone its times are shown in."""

    line: Line
    state: str  # permitted warn denied
    rules: tuple[dict[str, Any], ...]
    next_lawful: datetime | None
    zone: str

    @property
    def own(self) -> bool:
        return self.line.role == "debtor"

    @property
    def reasons(self) -> list[tuple[dict[str, str], list[dict[str, Any]]]]:
        """Each reason once, with all the rules that give it."""
        grouped: dict[str, tuple[dict[str, str], list[dict[str, Any]]]] = {}
        for rule in self.rules:
            grouped.setdefault(rule["why"]["zh"], (rule["why"], []))[1].append(rule)
        return list(grouped.values())


@dataclass(frozen=True)
class DebtView:
    """An account and its quote of today, the sum spelled out; `quote` None when the product cannot be computed."""

    account: Account
    quote: Quote | None
    figures: LedgerQuote | None


@dataclass(frozen=True)
class Event:
    """One thing that happened: when, kind for the icon, its row. Rendered by the template."""

    at: datetime
    kind: str  # contact past promise
    row: Any


def phone_lines(customer: Customer) -> list[Line]:
    """Lines that can be called, in call order."""
    lines = customer.lines.filter(kind__in=CALL_ORDER)
    return sorted(lines, key=lambda line: (line.role != "debtor", CALL_ORDER[line.kind], line.pk))


def line_views(agent: User, customer: Customer, at: datetime) -> list[LineView]:
    """Every phone line with the gate's present answer. A look, not a permit: pressing call asks again."""
    account = main_account(customer)
    views = []
    for line in phone_lines(customer):
        decision = gate.ask(agent, customer, line, at=at, account=account)
        state = {"pass": "permitted", "warn": "warn"}.get(decision["verdict"], "denied")
        shown = [rule for rule in decision["rules"] if rule["verdict"] == ("warn" if state == "warn" else "deny")]
        zone = (line.zones or customer.zones or ["Asia/Shanghai"])[0]
        lawful = parse_datetime(decision["next_lawful"]) if decision["next_lawful"] else None
        views.append(LineView(line, state, tuple(shown), lawful, zone))
    return views


def debts(customer: Customer, day: date, quotes: dict[int, Quote]) -> list[DebtView]:
    """Open accounts, the main one first, with the quotes that were issued for them."""
    first = main_account(customer)
    accounts = sorted(
        customer.accounts.filter(status=AccountStatus.OPEN), key=lambda a: (first is None or a.pk != first.pk, a.pk)
    )
    views = []
    for account in accounts:
        quote = quotes.get(account.pk)
        views.append(DebtView(account, quote, LedgerQuote.from_dict(quote.body) if quote else None))
    return views


def history(customer: Customer) -> list[Event]:
    """Contacts here and elsewhere, and promises, newest first, at most `HISTORY`."""
    contacts = Contact.objects.filter(customer=customer).select_related("line", "agent").order_by("-started_at")
    past = PastContact.objects.filter(customer=customer).select_related("line").order_by("-at")
    promises = customer.promises.select_related("agent", "quote").order_by("-created_at")
    events = [Event(c.started_at, "contact", c) for c in contacts[:HISTORY]]
    events += [Event(p.at, "past", p) for p in past[:HISTORY]]
    events += [Event(p.created_at, "promise", p) for p in promises[:HISTORY]]
    return sorted(events, key=lambda event: event.at, reverse=True)[:HISTORY]


def running_session(agent: User, customer: Customer, at: datetime) -> CallSession | None:
    """The agent's guided call with this customer that still waits for its outcome; also one whose permit ran out while
    the network was away, so that nothing typed is lost."""
    return (
        CallSession.objects.filter(
            permit__agent=agent,
            permit__customer=customer,
            permit__state__in=(PermitState.OPEN, PermitState.EXPIRED),
            permit__taken_at__gt=at - LATE_LIMIT,
        )
        .select_related(*RELATED)
        .order_by("-pk")
        .first()
    )


def session_of(agent: User, permit_id: int) -> CallSession | None:
    """The agent's own session on this permit."""
    sessions = CallSession.objects.select_related(*RELATED)
    return sessions.filter(permit_id=permit_id, permit__agent=agent).first()


def hides_debt(session: CallSession | None) -> bool:
    """True while somebody else is, or may be, on the line: a contact person's line before the customer is confirmed, the
    customer's own line answered by somebody else, a number that is not the customer's."""
    if session is None:
        return False
    if CallState.from_dict(session.state).mode in ("third", "wrong"):
        return True
    return session.permit.line.role != "debtor" and not session.state.get("with_customer", False)


def playbook_stage(customer: Customer, account: Account | None, line: Line, day: date) -> str:
    """The stage whose lines fit: third_party, special, repeat, pre_due, due_day or first (P1)."""
    if line.role != "debtor":
        return "third_party"
    if customer.status in ("dead", "incapacitated"):
        return "special"
    if account is not None and account.due_date is not None and day < account.due_date:
        return "pre_due"
    if account is not None and account.due_date == day:
        return "due_day"
    return "repeat" if broken_count(customer) else "first"


def revision_of(permit_id: int) -> tuple[int, bool] | None:
    """The session's revision and whether its permit can still be worked on; one small query, for pages that wait."""
    row = CallSession.objects.filter(permit_id=permit_id).values_list("revision", "permit__state").first()
    return (row[0], row[1] in (PermitState.OPEN, PermitState.EXPIRED)) if row else None


def signals_since(permit_id: int, revision: int) -> list[tuple[int, str]]:
    """Signals ("warn", "crisis") that a page at `revision` has not had yet, oldest first."""
    state = CallSession.objects.filter(permit_id=permit_id).values_list("state", flat=True).first() or {}
    return [(number, kind) for number, kind in state.get("signals", ()) if number > revision]


def alerts_waiting() -> QuerySet[CrisisAlert]:
    """Alerts that no supervisor has taken note of, oldest first."""
    waiting = CrisisAlert.objects.filter(seen_at=None)
    return waiting.select_related("customer", "agent", "case", "session").order_by("raised_at", "pk")


def alert_of(session: CallSession) -> CrisisAlert | None:
    """The latest alert of this call."""
    return CrisisAlert.objects.filter(session=session).select_related("seen_by", "case").order_by("-pk").first()
