"""What is owed and how it came to be: accounts as fed, ledger events, quotes, promises, plans."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime
from typing import Any

from fairdue.core.dates import local_day
from fairdue.desk.accounts.models import Account, Customer, Quote
from fairdue.desk.accounts.products import product_of, products
from fairdue.desk.accounts.selectors import facts_of
from fairdue.desk.call.figures import zone_of
from fairdue.desk.call.models import CallSession, Contact
from fairdue.desk.plans.models import Plan
from fairdue.desk.promises.models import Promise, PromiseState
from fairdue.ledger import make_quote

from .masking import Mask
from .times import iso, moment, until, who

Row = dict[str, Any]


def debts(customer: Customer, as_of: datetime, mask: Mask) -> list[Row]:
    """Every account of the customer: facts, events, the sum owed on that day with its formulas, quotes and their use."""
    zone = zone_of(customer)
    used = _uses(customer, as_of)
    rows = []
    found = customer.accounts.select_related("agency", "batch").prefetch_related("entries").order_by("due_date", "pk")
    for account in found:
        product = products().get(account.product)
        rows.append(
            {
                "account": mask.text(account.number),
                "product": account.product,
                "product_name": product.title.as_dict() if product else None,
                "lender": account.lender,
                "lender_type": account.lender_type,
                "agency": account.agency.code if account.agency else None,
                "placed_on": iso(account.placed_on),
                "placement_notice_sent": account.placement_notice_sent,
                "status": account.status,
                "opened": iso(account.opened),
                "due_date": iso(account.due_date),
                "cycles": account.cycles,
                "principal_fen": account.principal_fen,
                "due_fen": account.due_fen,
                "due_items": account.due_items,
                "as_fed_on": iso(account.as_of),
                "entries": _entries(account, as_of, zone, mask),
                "owed": _owed(account, as_of, zone, mask),
                "quotes": _quotes(account, as_of, zone, mask, used),
            }
        )
    return rows


def _entries(account: Account, as_of: datetime, zone: str, mask: Mask) -> list[Row]:
    return [
        {
            "reference": mask.text(entry.reference),
            "kind": entry.kind,
            "value_date": iso(entry.value_date),
            "booked": moment(entry.booked_at, zone),
            "amount_fen": entry.amount_fen,
            "component": entry.component or None,
            "reverses": mask.text(entry.reverses) or None,
            "note": mask.text(entry.note),
        }
        for entry in account.entries.all()
        if entry.booked_at <= as_of
    ]


def _owed(account: Account, as_of: datetime, zone: str, mask: Mask) -> Row:
    """The ledger's figure for that day from what was booked by then; `quote` None with the reason when it gives none."""
    day = local_day(as_of, zone)
    booked = {entry.reference for entry in account.entries.all() if entry.booked_at <= as_of}
    try:
        facts, events = facts_of(account)
        known = [event for event in events if event.reference in booked]
        quote, findings = make_quote(facts, known, product_of(account), day, "")
    except LookupError as exc:
        return {
            "day": iso(day),
            "quote": None,
            "findings": [{"code": "product", "what": {"zh": str(exc), "en": str(exc)}}],
        }
    shown = [{"code": f.code, "what": mask.tree(f.what.as_dict())} for f in findings]
    body = None if quote is None else {**quote.as_dict(), "account_id": mask.text(account.number)}
    return {"day": iso(day), "quote": body, "findings": shown}


def _uses(customer: Customer, as_of: datetime) -> dict[int, list[str]]:
    """Quote → the contacts in which it was the figure; a call without a contact yet by its permit number."""
    used: dict[int, list[str]] = defaultdict(list)
    made = Contact.objects.filter(customer=customer, recorded_at__lte=as_of).exclude(quote=None)
    for pk, quote in made.order_by("started_at", "pk").values_list("pk", "quote_id"):
        used[quote].append(f"contact:{pk}")
    guided = CallSession.objects.filter(permit__customer=customer, permit__taken_at__lte=as_of).exclude(quote=None)
    found = guided.order_by("permit__taken_at", "pk").values_list("permit__contact", "permit__number", "quote_id")
    for contact, number, quote in found:
        name = f"contact:{contact}" if contact else number
        if name not in used[quote]:
            used[quote].append(name)
    return used


def _quotes(account: Account, as_of: datetime, zone: str, mask: Mask, used: dict[int, list[str]]) -> list[Row]:
    found = Quote.objects.filter(account=account, created_at__lte=as_of).order_by("created_at", "pk")
    return [
        {
            **quote.body,
            "account_id": mask.text(account.number),
            "issued": moment(quote.created_at, zone),
            "used_in": used.get(quote.pk, []),
        }
        for quote in found
    ]


def promises(customer: Customer, as_of: datetime, mask: Mask) -> list[Row]:
    """Promises made by `as_of`, decided if they were by then."""
    zone = zone_of(customer)
    found = Promise.objects.filter(customer=customer, created_at__lte=as_of).order_by("created_at", "pk")
    rows = []
    for promise in found.select_related("account", "agent", "quote"):
        decided = until(promise.decided_at, as_of)
        later = promise.decided_at is not None and decided is None
        rows.append(
            {
                "id": f"promise:{promise.pk}",
                "made": moment(promise.created_at, zone),
                "account": mask.text(promise.account.number),
                "contact": f"contact:{promise.contact_id}" if promise.contact_id else None,
                "agent": who(promise.agent),
                "amount_fen": promise.amount_fen,
                "due_on": iso(promise.due_on),
                "due_time": promise.due_time.isoformat() if promise.due_time else None,
                "pay_channel": promise.pay_channel or None,
                "read_back": promise.read_back,
                "quote": promise.quote.number if promise.quote else None,
                "state": str(PromiseState.OPEN) if later else promise.state,
                "paid_fen": 0 if later else promise.paid_fen,
                "decided": moment(decided, zone),
            }
        )
    return rows


def plans(customer: Customer, as_of: datetime, mask: Mask) -> list[Row]:
    """Plans agreed by `as_of` with their parts; the state is the one at the export."""
    zone = zone_of(customer)
    found = Plan.objects.filter(customer=customer, created_at__lte=as_of).order_by("created_at", "pk")
    return [
        {
            "id": f"plan:{plan.pk}",
            "kind": plan.kind,
            "made": moment(plan.created_at, zone),
            "agreed_on": iso(plan.agreed_on),
            "account": mask.text(plan.account.number),
            "contact": f"contact:{plan.contact_id}" if plan.contact_id else None,
            "agent": who(plan.agent),
            "quote": plan.quote.number if plan.quote else None,
            "total_fen": plan.total_fen,
            "state": plan.state,
            "terms": mask.tree(plan.terms),
            "parts": [
                {
                    "number": part.number,
                    "due_on": iso(part.due_on),
                    "amount_fen": part.amount_fen,
                    "paid_fen": part.paid_fen,
                    "state": part.state,
                }
                for part in plan.parts.all()
            ],
        }
        for plan in found.select_related("account", "agent", "quote").prefetch_related("parts")
    ]
