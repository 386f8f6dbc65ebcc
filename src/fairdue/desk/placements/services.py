"""Place accounts with an agency and take them back. One transaction for all that are chosen; what cannot be done is in the
outcome with its reason, never left out silently.

A change begins or ends a row of the history and sets the account's own fields, which the gate reads; from the commit on the
agency's staff is let through, or refused. Each account has its audit event, and the whole has one with the counts.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.accounts.models import Account, Customer
from fairdue.desk.accounts.services.bulk import update
from fairdue.desk.audit import services as audit
from fairdue.desk.people.models import Agency, User
from fairdue.desk.refusals import RefusedError

from . import judging
from .judging import PORTION, Outcome
from .models import Ending, Origin, Placement
from .terms import ON_ACCOUNT, Terms, as_json, end, put, row_of, standing_terms

FIELDS = (*ON_ACCOUNT, "updated_at")
ENDED = ("ending", "ended_by", "ended_at", "ended_on", "reason")


@transaction.atomic
def place(terms: Terms, numbers: Sequence[str], by: User) -> Outcome:
    """Place these accounts on these terms; an account that runs with the same agency goes on under the new terms.

    Raises `RefusedError` when nothing can be placed so: who asks, the days, the agency's listing or contract.
    """
    judging.check_user(by)
    judging.check_numbers(numbers)
    agency = Agency.objects.select_for_update().get(pk=terms.agency.pk)
    terms = Terms(agency, terms.placed_on, terms.closing_on, terms.notice_on, terms.notice_sent)
    today, now = clock.today(), clock.now()
    judging.check_terms(terms, today)
    _lock(numbers)
    out = judging.placing(terms, numbers, today)
    rows = _standing_rows(out.done, by, now)
    before = [standing_terms(account) for account in out.done]
    for account in out.done:
        if account.pk in rows:
            end(rows[account.pk], Ending.REPLACED, by, today, now)
        put(account, terms, now)
    _save(out.done, list(rows.values()))
    Placement.objects.bulk_create([row_of(a, terms, Origin.DESK, by, now) for a in out.done], batch_size=PORTION)
    for account, earlier in zip(out.done, before, strict=True):
        payload = {"after": as_json(terms), "before": as_json(earlier)}
        audit.write(
            "placement.placed", actor=by, subject=f"account:{account.pk}", customer=account.customer_id, payload=payload
        )
    _whole("placement.placed_many", agency, out, by)
    return out


@transaction.atomic
def take_back(numbers: Sequence[str], reason: str, by: User) -> Outcome:
    """End the placement of these accounts now; the agency's staff is refused from the commit on.

    Raises `RefusedError` without a reason, and for whoever may not.
    """
    judging.check_user(by)
    judging.check_numbers(numbers)
    if not reason.strip():
        raise RefusedError(
            "placement.reason",
            Text("收回要写原因。", "Taking back needs a reason."),
            Text("写明原因。", "Say why."),
            field="reason",
        )
    today, now = clock.today(), clock.now()
    _lock(numbers)
    out = judging.returning(numbers)
    rows = _standing_rows(out.done, by, now)
    for account in out.done:
        end(rows[account.pk], Ending.RETURNED, by, today, now, reason)
        payload = {"before": as_json(standing_terms(account))}
        put(account, None, now)
        audit.write(
            "placement.returned",
            actor=by,
            subject=f"account:{account.pk}",
            customer=account.customer_id,
            payload=payload,
        )
    _save(out.done, list(rows.values()))
    _whole("placement.returned_many", None, out, by)
    return out


def _lock(numbers: Sequence[str]) -> None:
    """Hold the customers, in the order in which everybody does: no permit is given and no hold is missed meanwhile."""
    pks: set[int] = set()
    for start in range(0, len(numbers), PORTION):
        part = Account.objects.filter(number__in=numbers[start : start + PORTION])
        pks |= set(part.values_list("customer", flat=True))
    ordered = sorted(pks)
    for start in range(0, len(ordered), PORTION):
        held = Customer.objects.select_for_update().filter(pk__in=ordered[start : start + PORTION])
        list(held.order_by("pk").values_list("pk", flat=True))


def _standing_rows(accounts: Sequence[Account], by: User, now: datetime) -> dict[int, Placement]:
    """The row that stands, by account. One that is placed without a row (data of before) gets one, so that its end is known."""
    rows: dict[int, Placement] = {}
    for start in range(0, len(accounts), PORTION):
        part = Placement.objects.filter(account__in=accounts[start : start + PORTION], ended_at=None)
        rows |= {row.account_id: row for row in part.select_related("agency")}
    for account in accounts:
        terms = standing_terms(account)
        if terms is not None and account.pk not in rows:
            rows[account.pk] = row_of(account, terms, Origin.FEED, None, now)
    return rows


def _save(accounts: Sequence[Account], rows: Sequence[Placement]) -> None:
    update(accounts, FIELDS)
    update([row for row in rows if row.pk is not None], ENDED)
    Placement.objects.bulk_create([row for row in rows if row.pk is None], batch_size=PORTION)


def _whole(kind: str, agency: Agency | None, out: Outcome, by: User) -> None:
    """One event for the whole, with counts; numbers of accounts stay out of the trail."""
    payload = {"done": len(out.done), "same": len(out.same), "refused": out.counts}
    if agency is not None:
        payload["agency"] = agency.code
    audit.write(kind, actor=by, subject=f"agency:{agency.pk}" if agency else "", payload=payload)
