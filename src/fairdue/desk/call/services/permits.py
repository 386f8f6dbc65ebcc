"""Permits: taken in one transaction, kept alive by a running call, released, expired."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Q

from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.accounts.models import Account, Customer, Line
from fairdue.desk.audit import services as audit
from fairdue.desk.call import gate
from fairdue.desk.call.facts import main_account
from fairdue.desk.call.models import Denial, Permit, PermitState
from fairdue.desk.numbers import next_number
from fairdue.desk.people.models import User
from fairdue.desk.refusals import RefusedError

LONGEST_CALL = timedelta(hours=2)
"""A running call keeps its permit at most this long; a forgotten browser tab must not hold a slot all day."""


def lock(customer: Customer, line: Line | None = None) -> Customer:
    """Hold the customer, then the number, until the transaction ends; returns the customer as it stands now.

    SQLite: the transaction began IMMEDIATE, so this is the only writer already. PostgreSQL: the customer's row, and an
    advisory lock on the number, because one number may stand in several customers' files.
    """
    held = Customer.objects.select_for_update().get(pk=customer.pk)
    if line is not None and connection.vendor == "postgresql":
        key = int(line.value_index[:15], 16)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [key])
    return held


@transaction.atomic
def take_permit(
    agent: User,
    customer: Customer,
    line: Line,
    *,
    account: Account | None = None,
    channel: str = "voice_human",
    mode: str = "interactive",
    purpose: str | None = None,
    request_key: str,
    at: datetime | None = None,
) -> Permit | Denial:
    """The permission for one contact, or the refusal with its decision; both are stored and audited.

    `request_key` makes it idempotent: the same agent and key get the same permit again. `purpose` None follows the line
    (collect for those who owe, relay for others). `at` (UTC) is the instant to decide for, default now. Raises
    `RefusedError` for a line of another customer or a key that was used for another one.
    """
    if line.customer_id != customer.pk:
        raise RefusedError(
            "permit.line",
            Text(zh="该号码不属于这位客户。", en="This line belongs to another customer."),
            Text(zh="刷新页面再选号码。", en="Reload the page and choose a line."),
        )
    fresh = lock(customer, line)
    known = Permit.objects.filter(agent=agent, request_key=request_key).first()
    if known is not None:
        if (known.customer_id, known.line_id) != (customer.pk, line.pk):
            raise RefusedError(
                "permit.key",
                Text(zh="这个请求编号已用于另一次许可。", en="This request key was used for another permit."),
                Text(zh="刷新页面重试。", en="Reload the page and try again."),
            )
        return known
    now = at or clock.now()
    expire_permits(now, customer=customer, line=line)
    fresh_line = Line.objects.get(pk=line.pk)
    debt = account or main_account(fresh)
    wanted = purpose or gate.purpose_of(fresh_line)
    decision = gate.ask(agent, fresh, fresh_line, at=now, account=debt, channel=channel, mode=mode, purpose=wanted)
    if not decision["allow"]:
        denial = Denial.objects.create(
            customer=fresh,
            line=fresh_line,
            agent=agent,
            channel=channel,
            purpose=wanted,
            at=now,
            decision=decision,
        )
        rules = [rule["id"] for rule in decision["rules"] if rule["verdict"] == "deny"]
        audit.write(
            "permit.denied",
            actor=agent,
            subject=f"denial:{denial.pk}",
            customer=fresh,
            payload={"line": fresh_line.pk, "rules": rules, "pack": decision["pack"].replace("@", " ")},
        )
        return denial
    permit = Permit.objects.create(
        number=next_number("P", clock.today()),
        customer=fresh,
        line=fresh_line,
        account=debt,
        agent=agent,
        channel=channel,
        mode=mode,
        purpose=wanted,
        taken_at=now,
        expires_at=now + timedelta(seconds=settings.FAIRDUE_PERMIT_SECONDS),
        request_key=request_key,
        decision=decision,
    )
    warned = [rule["id"] for rule in decision["rules"]]
    audit.write(
        "permit.taken",
        actor=agent,
        subject=f"permit:{permit.number}",
        customer=fresh,
        payload={"line": fresh_line.pk, "warned": warned, "pack": decision["pack"].replace("@", " ")},
    )
    return permit


def expire_permits(now: datetime, *, customer: Customer | None = None, line: Line | None = None) -> int:
    """End open permits whose time is over (all, or those of a customer and a number); returns how many."""
    late = Permit.objects.filter(state=PermitState.OPEN, expires_at__lte=now)
    if customer is not None and line is not None:
        late = late.filter(Q(customer=customer) | Q(line__value_index=line.value_index))
    with transaction.atomic():
        count = 0
        for permit in late.select_related("customer"):
            # The condition is repeated, so that a contact recorded in between keeps its permit used.
            ended = Permit.objects.filter(pk=permit.pk, state=PermitState.OPEN).update(state=PermitState.EXPIRED)
            if ended:
                audit.write("permit.expired", actor=None, subject=f"permit:{permit.number}", customer=permit.customer)
            count += ended
    return count


@transaction.atomic
def keep_alive(permit_id: int, agent: User, *, at: datetime | None = None) -> Permit:
    """A running call extends its open permit by `FAIRDUE_PERMIT_SECONDS`, to `LONGEST_CALL` after it was taken."""
    now = at or clock.now()
    permit = Permit.objects.select_for_update().get(pk=permit_id, agent=agent)
    if permit.state == PermitState.OPEN and permit.expires_at > now:
        wanted = now + timedelta(seconds=settings.FAIRDUE_PERMIT_SECONDS)
        permit.expires_at = max(permit.expires_at, min(wanted, permit.taken_at + LONGEST_CALL))
        permit.save(update_fields=["expires_at"])
    return permit


@transaction.atomic
def release_permit(permit_id: int, agent: User) -> Permit:
    """Give an open permit back because nothing was dialled; its slot is free at once. Twice changes nothing.

    Raises `RefusedError` when a contact was recorded on it.
    """
    permit = Permit.objects.select_for_update(of=("self",)).select_related("customer").get(pk=permit_id, agent=agent)
    if permit.state == PermitState.USED:
        raise RefusedError(
            "permit.used",
            Text(zh="这次许可已经有联系记录,不能退回。", en="A contact is recorded on this permit already."),
            Text(zh="如记录有误,请组长更正。", en="Ask your team lead if the record is wrong."),
        )
    if permit.state == PermitState.OPEN:
        permit.state = PermitState.RELEASED
        permit.save(update_fields=["state"])
        audit.write("permit.released", actor=agent, subject=f"permit:{permit.number}", customer=permit.customer)
    return permit
