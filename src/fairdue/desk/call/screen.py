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

from . import guide, selectors
from .forms import FIELDS_OF, OutcomeForm
from .models import CallSession, Outcome

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


def zone_of(customer: Customer) -> str:
    """The zone in which times with this customer are typed and shown."""
    return (customer.zones or ["Asia/Shanghai"])[0]


def outcome_form(session: CallSession, data: Any = None) -> OutcomeForm:
    """The form for this session; unbound it starts from the saved draft."""
    customer = session.permit.customer
    zone = zone_of(customer)
    return OutcomeForm(
        data,
        accounts=open_accounts(customer),
        zone=zone,
        third_party=selectors.hides_debt(session),
        crisis=bool(session.state.get("crisis")),
        today=local_day(clock.now(), zone),
        initial=session.draft,
    )


def outcome_context(session: CallSession, form: OutcomeForm | None = None) -> dict[str, Any]:
    """Context of the outcome card."""
    customer = session.permit.customer
    hidden = selectors.hides_debt(session)
    form = form or outcome_form(session)
    values = form.data if form.is_bound else session.draft
    if session.state.get("crisis") and not values.get("outcome"):
        values = {**values, "outcome": Outcome.VULNERABLE}
    quotes = {} if hidden else quotes_of(customer, session.permit.agent)
    accounts = [] if hidden else [d.account for d in selectors.debts(customer, clock.today(), quotes)]
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
        "holds": active_holds(customer),
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
        panel = guide.view(session)
        context |= {"guide": panel, "mode": f"{int(hidden)}{panel.crisis}", **outcome_context(session)}
    return context
