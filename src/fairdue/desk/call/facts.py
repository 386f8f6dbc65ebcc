"""What the gate must know about one intended contact, read from the database (formats.md, "Ask the gate").

A field that is not known is left out, so that the pack denies and says what is missing. An open permit stands in the
history as a contact that may be happening right now (`reserved`).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Q

from fairdue.core.dates import add_months, days_past_due, local_day
from fairdue.desk.accounts.models import Account, AccountStatus, Customer, Line
from fairdue.desk.cases.selectors import hold_kinds
from fairdue.desk.people.models import User

from .models import Contact, PastContact, Permit, PermitState

HISTORY_DAYS = 100
LIMITATION_MONTHS = 36
"""Civil Code Art. 188: three years from the due date, when the feed does not say when it ends."""


def main_account(customer: Customer) -> Account | None:
    """The open account that a call is first about: the one longest overdue, then the largest."""
    accounts = customer.accounts.filter(status=AccountStatus.OPEN)
    return accounts.order_by("due_date", "-due_fen", "pk").first()


def number_key(line: Line) -> str:
    """The number itself, whoever's line it is: the same number on two customers' files counts as one."""
    return _key(line.value_index)


def _key(index: str) -> str:
    return f"n{index[:24]}"


def zones_of(customer: Customer, line: Line) -> list[str]:
    """Every plausible zone of who may answer: for the customer's own lines the customer's and the line's; for a contact
    person only what is known of that line."""
    if line.role == "debtor":
        return sorted({*customer.zones, *line.zones})
    return sorted(set(line.zones))


def gate_request(
    agent: User,
    customer: Customer,
    line: Line,
    *,
    account: Account | None,
    channel: str,
    mode: str,
    purpose: str,
    at: datetime,
) -> dict[str, Any]:
    """One request in the shape of formats.md; `account` None takes the main account. Reads, writes nothing."""
    debt = account or main_account(customer)
    zones = zones_of(customer, line)
    day = local_day(at, zones[0]) if zones else at.date()
    own = line.role == "debtor"
    agency = (debt.agency if debt else None) or agent.agency
    request: dict[str, Any] = {
        "id": f"{customer.debtor_id}/{line.pk}",
        "jurisdiction": "CN",
        "at": at.isoformat(),
        "channel": channel,
        "mode": mode,
        "purpose": purpose,
        "party": {
            "role": line.role,
            "refused": line.refused,
            "consents": list(customer.consents),
            "agreed_hours": customer.agreed_hours if own else None,
            "inconvenient": list(customer.inconvenient) if own else [],
            "opt_outs": sorted({*customer.opt_outs, *line.opt_outs}) if own else sorted(line.opt_outs),
        },
        "line": {
            "id": number_key(line),
            "kind": line.kind,
            "valid": line.valid,
            "employer_prohibits": line.employer_prohibits,
        },
        "debtor": {"id": customer.debtor_id, "status": customer.status},
        "agent": {"id": agent.get_username(), "certificates": list(agent.certificates)},
        "holds": hold_kinds(customer),
        "visit": None,
        "agency": None,
        "history": list(history(customer, line, at)),
    }
    if zones:
        request["party"]["tz"] = zones
    if line.source:
        request["line"]["source"] = line.source
    if debt is not None:
        request["debtor"]["lender_type"] = debt.lender_type
        request["debt"] = _debt(debt, day)
    if agency is not None:
        request["agency"] = {
            "id": agency.code,
            "listed": agency.listed,
            "contract_until": agency.contract_until.isoformat() if agency.contract_until else None,
            "placement_notice_sent": bool(debt and debt.placement_notice_sent),
        }
    return request


def _debt(account: Account, day: date) -> dict[str, Any]:
    out: dict[str, Any] = {"id": account.number, "product": account.product}
    if account.due_date is not None:
        out["dpd"] = days_past_due(account.due_date, day)
        end = account.limitation_end or add_months(account.due_date, LIMITATION_MONTHS)
        out["limitation_passed"] = end < day
    return out


_SHARED = ("pk", "channel", "mode", "customer__debtor_id", "line__value_index")
_MADE = ("direction", "role", "connected", "talk_seconds", "two_way")


def history(customer: Customer, line: Line, at: datetime) -> Iterator[dict[str, Any]]:
    """Contacts of the customer on any line, and of the number with anybody, of the last `HISTORY_DAYS`: those made here,
    those of earlier systems and agencies, and the permits that are open."""
    since = at - timedelta(days=HISTORY_DAYS)
    mine = Q(customer=customer) | Q(line__value_index=line.value_index)
    debt = ("permit__account__number", "permit__account__product", "permit__account__agency__code")
    made = Contact.objects.filter(mine, started_at__gte=since, started_at__lte=at).order_by("started_at", "pk")
    for row in made.values(*_SHARED, *_MADE, *debt, "started_at"):
        yield _row("contact", row, row["started_at"], *(row[name] for name in debt))
    past = PastContact.objects.filter(mine, at__gte=since, at__lte=at).order_by("at", "pk")
    for row in past.values(*_SHARED, *_MADE, "agency", "at"):
        yield _row("past", row, row["at"], agency=row["agency"])
    yield from _reserved(mine, at)


def _reserved(mine: Q, at: datetime) -> Iterator[dict[str, Any]]:
    """Open permits as the contacts they may become; the pack counts each against every cap until it ends."""
    open_now = Permit.objects.filter(mine, state=PermitState.OPEN, expires_at__gt=at).order_by("taken_at", "pk")
    for row in open_now.values(*_SHARED, "line__role", "account__number", "account__product", "taken_at"):
        may_become = {"direction": "out", "role": row["line__role"], "connected": True, "talk_seconds": 60}
        values = {**row, **may_become, "two_way": True}
        reserved = _row("permit", values, row["taken_at"], row["account__number"], row["account__product"])
        yield {**reserved, "reserved": True}


def _row(
    kind: str,
    row: dict[str, Any],
    at: datetime,
    debt: str | None = None,
    product: str | None = None,
    agency: str | None = None,
) -> dict[str, Any]:
    """One history row of formats.md; what is not known is left out."""
    out = {name: row[name] for name in ("channel", "mode", *_MADE)}
    out |= {"id": f"{kind}:{row['pk']}", "at": at.isoformat(), "debtor": row["customer__debtor_id"]}
    index = row["line__value_index"]
    known = {"line": _key(index) if index else None, "debt": debt, "product": product, "agency": agency}
    return out | {name: value for name, value in known.items() if value}
