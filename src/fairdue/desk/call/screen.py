"""Everything one rendering of the call screen needs, gathered in one place so that the page and its parts agree."""

from __future__ import annotations

import secrets
from typing import Any

from django.http import HttpRequest

from fairdue.core.dates import local, local_day
from fairdue.core.money import format_plain
from fairdue.desk import clock
from fairdue.desk.accounts.models import Account, AccountStatus, Customer, Quote
from fairdue.desk.accounts.services import NoQuoteError, issue_quote
from fairdue.desk.cases.models import HoldKind
from fairdue.desk.cases.selectors import active_holds
from fairdue.desk.plans.models import PlanKind
from fairdue.desk.plans.selectors import term_names
from fairdue.desk.worklist import rhythm
from fairdue.desk.worklist.selectors import entry_for, next_entry
from fairdue.dialogue import crisis_protocol

from . import selectors
from .before import preparation
from .facts import main_account
from .figures import closing_of, zone_of
from .forms import FIELDS_OF, OutcomeForm
from .models import CallSession, Outcome
from .quiet import quiet_protocol
from .services.sessions import THIRD
from .view import GAP_REASONS, view

HEAT = {
    Outcome.PROMISE: "good",
    Outcome.PLAN: "good",
    Outcome.DISPUTE: "stop",
    Outcome.PAID_CLAIMED: "stop",
    Outcome.HARDSHIP: "stop",
    Outcome.COMPLAINT: "stop",
    Outcome.STOP_CONTACT: "stop",
    Outcome.VULNERABLE: "stop",
}
"""Outcomes that agree something, and those that stop collection; the others are neutral. For the colour of the choice."""


def open_accounts(customer: Customer):
    """The customer's open accounts."""
    return Account.objects.filter(customer=customer, status=AccountStatus.OPEN)


def quotes_of(customer: Customer, actor) -> dict[int, Quote]:
    """Today's quote of each open account, issued when there is none yet; accounts that cannot be computed are left out."""
    day = clock.today()
    quotes = {}
    for account in open_accounts(customer).select_related("batch", "customer"):
        try:
            quotes[account.pk] = issue_quote(account, day, actor)
        except (LookupError, NoQuoteError):
            continue
    return quotes


def draft_of(session: CallSession, hidden: bool) -> dict[str, Any]:
    """What was typed so far, of this part of the call: what was typed with the customer stays off the screen of others."""
    if hidden:
        return {key.removeprefix(THIRD): value for key, value in session.draft.items() if key.startswith(THIRD)}
    return {key: value for key, value in session.draft.items() if not key.startswith(THIRD)}


def outcome_form(session: CallSession, data: Any = None) -> OutcomeForm:
    """The form for this session; unbound it starts from the saved draft."""
    customer = session.permit.customer
    zone = zone_of(customer)
    hidden = selectors.hides_debt(session)
    return OutcomeForm(
        data,
        accounts=open_accounts(customer),
        zone=zone,
        third_party=hidden,
        crisis=bool(session.state.get("crisis")),
        today=local_day(clock.now(), zone),
        initial=draft_of(session, hidden),
    )


def outcome_context(session: CallSession, form: OutcomeForm | None = None) -> dict[str, Any]:
    """Context of the outcome card."""
    customer = session.permit.customer
    hidden = selectors.hides_debt(session)
    form = form or outcome_form(session)
    values = form.data if form.is_bound else draft_of(session, hidden)
    if session.state.get("crisis") and not values.get("outcome"):
        values = {**values, "outcome": Outcome.VULNERABLE}
    quiet = hidden or bool(session.state.get("crisis"))
    quotes = {} if quiet else quotes_of(customer, session.permit.agent)
    accounts = [] if quiet else [d.account for d in selectors.debts(customer, clock.today(), quotes)]
    first = quotes.get(accounts[0].pk) if accounts else None
    return {
        "session": session,
        "form": form,
        "values": {key: values.get(key, "") for key in values},
        "choices": [
            (value, label, HEAT.get(Outcome(value), ""), " ".join(FIELDS_OF.get(value, ())))
            for value, label in form.fields["outcome"].choices
        ],
        "accounts": [
            (
                account,
                quotes.get(account.pk),
                format_plain(quotes[account.pk].overdue_fen) if account.pk in quotes else "",
            )
            for account in accounts
        ],
        "prefill": format_plain(first.overdue_fen) if first else "",
        "plan_prefill": format_plain(first.total_fen) if first else "",
        "closing": f"{closing_of(accounts[0]) or ''}" if accounts else "",
        "quiet": quiet,
        "today": form.today,
        "plan_kinds": PlanKind.choices,
        "term_names": term_names(),
        "hidden": hidden,
    }


def screen(request: HttpRequest, customer: Customer, *, denial: Any = None, warned: Any = None) -> dict[str, Any]:
    """Context of the whole page."""
    now = clock.now()
    session = selectors.running_session(request.user, customer, now)
    hidden = selectors.hides_debt(session)
    entry = entry_for(request.user, customer.pk)
    quotes = {} if hidden else quotes_of(customer, request.user)
    zone = zone_of(customer)
    context = {
        "customer": customer,
        "zone": zone,
        "local_now": local(now, zone),
        "session": session,
        "hidden": hidden,
        "mode": "",
        "entry": entry,
        "why": rhythm.why(entry) if entry and not hidden else None,
        "holds": [] if hidden else active_holds(customer),
        "hold_kinds": HoldKind.choices,
        "lines": selectors.line_views(request.user, customer, now),
        "debts": [] if hidden else selectors.debts(customer, clock.today(), quotes),
        "history": [] if hidden else selectors.history(customer),
        "next": next_entry(request.user, entry.rank if entry else 0),
        "request_key": secrets.token_urlsafe(16),
        "denial": denial,
        "warned": warned,
    }
    if session is not None:
        panel = view(session)
        context |= {"guide": panel, "mode": panel.frame, "gap_reasons": GAP_REASONS}
        context |= outcome_context(session)
        if panel.mode == "crisis":
            protocol = quiet_protocol(crisis_protocol()) if hidden else crisis_protocol()
            context |= {"protocol": protocol, "alert": selectors.alert_of(session)}
    else:
        first = next((line.line for line in context["lines"] if line.state != "denied"), None)
        context["hints"] = preparation(request.user, customer, main_account(customer), first)
    return context
