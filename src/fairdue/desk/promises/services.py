"""Promises: made in a contact, decided from payments, withdrawn only by a lead with a reason."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction

from fairdue.core.dates import at_local
from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.accounts.models import Account, Quote
from fairdue.desk.audit import services as audit
from fairdue.desk.call.models import Contact
from fairdue.desk.people.models import Role, User
from fairdue.desk.refusals import RefusedError
from fairdue.desk.worklist import services as worklist
from fairdue.desk.worklist.models import TaskKind

from .models import Promise, PromiseState
from .payments import Due, Paid, payments_of, spread

GRACE_DAYS = 1
KEPT_PERCENT = 90
LATEST_DAYS = 31
CHECK_TIME = time(16)
"""Promises without a time are checked at 16:00 (P3-2: the third round is for those who promised today)."""


@dataclass(frozen=True, slots=True)
class Change:
    """One promise whose state or paid amount `settle` changed."""

    promise_id: int
    before: str
    after: str
    paid_fen: int


@transaction.atomic
def make_promise(
    account: Account,
    agent: User,
    *,
    amount_fen: int,
    due_on: date,
    due_time: time | None = None,
    pay_channel: str = "",
    read_back: bool,
    contact: Contact | None = None,
    quote: Quote | None = None,
) -> Promise:
    """Record a promise and book its check task for the promised moment.

    Raises `RefusedError` when the amount is not positive, the day lies before today or more than `LATEST_DAYS` ahead, or
    the promise was not read back to the customer.
    """
    today = clock.today()
    _check(amount_fen, due_on, read_back, today)
    promise = Promise.objects.create(
        customer=account.customer,
        account=account,
        contact=contact,
        agent=agent,
        quote=quote,
        amount_fen=amount_fen,
        promised_on=today,
        due_on=due_on,
        due_time=due_time,
        pay_channel=pay_channel[:24],
        read_back=read_back,
        grace_days=GRACE_DAYS,
        kept_percent=KEPT_PERCENT,
        state=PromiseState.DUE if due_on == today else PromiseState.OPEN,
        created_at=clock.now(),
    )
    audit.write(
        "promise.made",
        actor=agent,
        subject=f"promise:{promise.pk}",
        customer=account.customer,
        payload={"amount_fen": amount_fen, "due_on": due_on.isoformat(), "quote": quote.number if quote else None},
    )
    worklist.add_task(
        TaskKind.PROMISE_CHECK,
        account.customer,
        check_moment(promise),
        agent=agent,
        account=account,
        amount_fen=amount_fen,
        subject=f"promise:{promise.pk}",
    )
    return promise


def check_moment(promise: Promise) -> datetime:
    """The instant (UTC) at which the promise is looked at: its own time, else `CHECK_TIME`, on its day."""
    zones = promise.customer.zones or [settings.FAIRDUE_ZONE]
    return at_local(promise.due_on, promise.due_time or CHECK_TIME, zones[0])


def _check(amount_fen: int, due_on: date, read_back: bool, today: date) -> None:
    if amount_fen <= 0:
        raise RefusedError(
            "promise.amount",
            Text(zh="承诺金额要大于零。", en="The promised amount must be above zero."),
            Text(zh="按报价填写客户答应的金额。", en="Enter what the customer agreed to pay."),
            field="amount",
        )
    if due_on < today:
        raise RefusedError(
            "promise.past",
            Text(zh="承诺日期不能早于今天。", en="The promised day lies in the past."),
            Text(zh="改成今天或以后的日期。", en="Choose today or a later day."),
            field="due_on",
        )
    if due_on > today + timedelta(days=LATEST_DAYS):
        raise RefusedError(
            "promise.far",
            Text(
                zh=f"承诺日期超过 {LATEST_DAYS} 天,应改签分期方案。",
                en=f"More than {LATEST_DAYS} days ahead is a plan, not a promise.",
            ),
            Text(zh="与客户商定分期,或改近的日期。", en="Agree a plan, or a nearer day."),
            field="due_on",
        )
    if not read_back:
        raise RefusedError(
            "promise.read_back",
            Text(zh="承诺还没有向客户复述确认。", en="The promise was not read back to the customer."),
            Text(
                zh="复述金额、时间和渠道,得到确认后再勾选。",
                en="Read back amount, time and channel, then tick the box.",
            ),
            field="read_back",
        )


@transaction.atomic
def settle(accounts: Iterable[int] | None = None, as_of: date | None = None) -> list[Change]:
    """Decide promises from payments dated up to `as_of` (default today); returns what changed.

    `accounts` are account keys; None takes every account with a promise that is not withdrawn. Promises decided before
    are decided again, so a back-dated payment or a reversal corrects them; each change of state is audited.
    """
    day = as_of or clock.today()
    promises = Promise.objects.exclude(state=PromiseState.WITHDRAWN)
    if accounts is not None:
        promises = promises.filter(account_id__in=list(accounts))
    by_account: dict[int, list[Promise]] = defaultdict(list)
    for promise in promises.select_for_update(of=("self",)).select_related("customer").order_by("pk"):
        by_account[promise.account_id].append(promise)
    paid = payments_of(by_account, day)
    changes: list[Change] = []
    for account_id, held in by_account.items():
        changes += _settle_account(held, paid.get(account_id, []), day)
    return changes


def window_end(promise: Promise) -> date:
    """The last day whose payments count."""
    return promise.due_on + timedelta(days=promise.grace_days)


def decide(promise: Promise, paid_fen: int, day: date) -> PromiseState:
    """The state of a promise on `day` given what came in for it; see `models.Promise` for the definition."""
    if paid_fen * 100 >= promise.amount_fen * promise.kept_percent:
        return PromiseState.KEPT
    if day <= window_end(promise):
        return PromiseState.DUE if day >= promise.due_on else PromiseState.OPEN
    return PromiseState.PART_KEPT if paid_fen else PromiseState.BROKEN


def _settle_account(promises: list[Promise], payments: list[Paid], day: date) -> list[Change]:
    got = spread(payments, [Due(p.pk, p.promised_on, window_end(p), p.amount_fen) for p in promises])
    changes = []
    for promise in promises:
        before, paid_fen = promise.state, got[promise.pk]
        after = decide(promise, paid_fen, day)
        if after == before and paid_fen == promise.paid_fen:
            continue
        ended = after in (PromiseState.KEPT, PromiseState.PART_KEPT, PromiseState.BROKEN)
        promise.state, promise.paid_fen = after, paid_fen
        promise.decided_at = clock.now() if ended else None
        promise.save(update_fields=["state", "paid_fen", "decided_at"])
        if after != before:
            audit.write(
                "promise.settled",
                actor=None,
                subject=f"promise:{promise.pk}",
                customer=promise.customer,
                payload={"before": before, "after": str(after), "paid_fen": paid_fen, "as_of": day.isoformat()},
            )
        if ended:
            worklist.complete_tasks(f"promise:{promise.pk}", clock.now())
        changes.append(Change(promise.pk, before, str(after), paid_fen))
    return changes


@transaction.atomic
def withdraw_promise(promise_id: int, by: User, reason: str) -> Promise:
    """Take back a promise that was recorded by mistake. Lead or compliance, with a reason; a kept one stays."""
    promise = Promise.objects.select_for_update(of=("self",)).select_related("customer").get(pk=promise_id)
    if by.role not in (Role.LEAD, Role.COMPLIANCE):
        raise RefusedError(
            "promise.withdraw.role",
            Text(zh="只有组长可以撤回承诺。", en="Only a team lead may withdraw a promise."),
            Text(zh="把情况告诉组长。", en="Tell your team lead what went wrong."),
        )
    if not reason.strip():
        raise RefusedError(
            "promise.withdraw.reason",
            Text(zh="撤回承诺要写明原因。", en="Withdrawing a promise needs a reason."),
            Text(zh="写明为什么是误记。", en="Write why it was recorded by mistake."),
            field="reason",
        )
    if promise.state in (PromiseState.KEPT, PromiseState.WITHDRAWN):
        raise RefusedError(
            "promise.withdraw.state",
            Text(zh="已兑现或已撤回的承诺不能再撤回。", en="A kept or withdrawn promise cannot be withdrawn."),
            Text(zh="刷新页面看最新状态。", en="Reload to see its present state."),
        )
    before = promise.state
    promise.state, promise.decided_at = PromiseState.WITHDRAWN, clock.now()
    promise.save(update_fields=["state", "decided_at"])
    worklist.complete_tasks(f"promise:{promise.pk}", clock.now())
    audit.write(
        "promise.withdrawn",
        actor=by,
        subject=f"promise:{promise.pk}",
        customer=promise.customer,
        payload={"before": before, "reason_length": len(reason.strip())},
    )
    return promise
