"""Permits: taken in one transaction, kept alive by a running call, released, expired."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, transaction

from fairdue.core.text import Text
from fairdue.desk import clock, sql
from fairdue.desk.accounts.models import Account, Customer, Line
from fairdue.desk.audit import services as audit
from fairdue.desk.audit.chain import canonical
from fairdue.desk.call import gate, reading
from fairdue.desk.call.models import Denial, Permit, PermitState
from fairdue.desk.numbers import next_number
from fairdue.desk.people.models import User
from fairdue.desk.refusals import RefusedError

LONGEST_CALL = timedelta(hours=2)
"""A running call keeps its permit at most this long; a forgotten browser tab must not hold a slot all day."""
SKEW = timedelta(seconds=30)
"""How far a caller's clock may be off. A permit is always for the server's own now: an instant within the skew becomes now,
one farther off, in the future or in the past, is refused."""
SWEEP = 500
"""Permits that one transaction of the sweep ends, so that nobody waits long for it."""

_PERMIT_FIELDS = [field.attname for field in Permit._meta.concrete_fields]
_DENIAL_FIELDS = [field.attname for field in Denial._meta.concrete_fields]


def _insert(table: str, fields: list[str]) -> str:
    names = fields[1:]  # the key is the database's
    places = ", ".join(["%s"] * len(names))
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({places})"  # noqa: S608


_NEW_PERMIT = _insert("call_permit", _PERMIT_FIELDS) + " ON CONFLICT (agent_id, request_key) DO NOTHING RETURNING id"
_NEW_DENIAL = _insert("call_denial", _DENIAL_FIELDS) + " RETURNING id"


def lock(customer: Customer) -> Customer:
    """Hold the customer until the transaction ends; returns the customer as it stands now."""
    reading.lock(customer.pk)
    return Customer.objects.get(pk=customer.pk)


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
    (collect for those who owe, relay for others). `at` is what the caller's clock says: it changes nothing within `SKEW` of
    ours. Raises `RefusedError` for a line of another customer, a key that was used for another permit, a clock that is off.

    Four statements, and the number of the permit: who and what is concerned; what happened before; the permit or the
    denial; its audit event. On PostgreSQL they travel in two round trips, the first of which holds customer and number.
    """
    key = account.pk if account else None
    found, past, now = reading.locked(
        customer.pk, line.value_index, line.pk, account_id=key, agent_id=agent.pk, request_key=request_key
    )
    _check_clock(at, now)
    if found is None or found.customer_id != customer.pk:
        raise RefusedError(
            "permit.line",
            Text(zh="该号码不属于这位客户。", en="This line belongs to another customer."),
            Text(zh="刷新页面再选号码。", en="Reload the page and choose a line."),
        )
    if found.known is not None:
        return _known(found, channel)
    late = [row.id for row in past if row.kind == "permit" and sql.iso(row.until) <= now.isoformat()]
    if late:
        _expire(late, now)
    wanted = purpose or gate.purpose_of(found.role)
    decision = gate.answer(agent, found, past, at=now, channel=channel, mode=mode, purpose=wanted)
    if not decision["allow"]:
        return _deny(agent, found, decision, channel=channel, purpose=wanted, at=now)
    return _permit(agent, found, decision, channel=channel, mode=mode, purpose=wanted, request_key=request_key, at=now)


def _check_clock(at: datetime | None, now: datetime) -> None:
    if at is not None and abs(at - now) > SKEW:
        raise RefusedError(
            "permit.clock",
            Text(
                zh=f"请求的时刻({at.isoformat()})与服务器时间相差过大。",
                en=f"The instant asked for ({at.isoformat()}) is too far from the server's time.",
            ),
            Text(zh="校准时钟后重新申请许可。", en="Set the clock right and ask for the permit again."),
            why=Text(
                zh="许可只对当下有效,不能预先取得,也不能事后补发。",
                en="A permit is for this moment; it is not given ahead, nor afterwards.",
            ),
        )


def _known(found: reading.Subject, channel: str) -> Permit:
    known = Permit.objects.get(pk=found.known)
    if (known.customer_id, known.line_id, known.channel) != (found.customer_id, found.line_id, channel):
        raise _key_used()
    return known


def _key_used() -> RefusedError:
    return RefusedError(
        "permit.key",
        Text(zh="这个请求编号已用于另一次许可。", en="This request key was used for another permit."),
        Text(zh="刷新页面重试。", en="Reload the page and try again."),
    )


def _deny(
    agent: User, found: reading.Subject, decision: dict[str, Any], *, channel: str, purpose: str, at: datetime
) -> Denial:
    values = [found.customer_id, found.line_id, agent.pk, channel, purpose, at, decision]
    ((key,),) = sql.rows(_NEW_DENIAL, [*values[:-2], sql.instant(at), canonical(decision)])
    denial = Denial.from_db(DEFAULT_DB_ALIAS, _DENIAL_FIELDS, [key, *values])
    denial.agent = agent
    rules = [rule["id"] for rule in decision["rules"] if rule["verdict"] == "deny"]
    audit.write(
        "permit.denied",
        actor=agent,
        subject=f"denial:{key}",
        customer=found.customer_id,
        payload={"line": found.line_id, "rules": rules, "pack": decision["pack"].replace("@", " ")},
    )
    return denial


def _permit(
    agent: User,
    found: reading.Subject,
    decision: dict[str, Any],
    *,
    channel: str,
    mode: str,
    purpose: str,
    request_key: str,
    at: datetime,
) -> Permit:
    number = next_number("P", clock.today())
    until = at + timedelta(seconds=settings.FAIRDUE_PERMIT_SECONDS)
    bound = [number, found.customer_id, found.line_id, found.account_id, agent.pk, channel, mode, purpose]
    values = [*bound, PermitState.OPEN.value]
    new = (_NEW_PERMIT, [*values, sql.instant(at), sql.instant(until), request_key, canonical(decision)])
    warned = [rule["id"] for rule in decision["rules"]]
    made = audit.write_with(
        new,
        "permit.taken",
        actor=agent,
        subject=f"permit:{number}",
        customer=found.customer_id,
        payload={"line": found.line_id, "warned": warned, "pack": decision["pack"].replace("@", " ")},
    )
    if not made:  # the same key, at the same moment, for another customer; all of it is undone
        raise _key_used()
    permit = Permit.from_db(DEFAULT_DB_ALIAS, _PERMIT_FIELDS, [made[0][0], *values, at, until, request_key, decision])
    permit.agent = agent
    return permit


def expire_permits(now: datetime) -> int:
    """End all open permits whose time is over; returns how many. Safe beside everything else that goes on.

    The night calls it: what then still waits for its place in the audit trail gets it.
    """
    total = 0
    while True:
        with transaction.atomic():
            late = Permit.objects.filter(state=PermitState.OPEN, expires_at__lte=now).order_by("pk")
            # What somebody else holds at this moment is being dealt with there, or is found by the next sweep.
            keys = list(late.select_for_update(skip_locked=True).values_list("pk", flat=True)[:SWEEP])
            total += _expire(keys, now)
        if len(keys) < SWEEP:
            audit.seal()
            return total


def _expire(keys: list[int], now: datetime) -> int:
    """End these permits, each only while it is open and its time is over, and write the events."""
    count = 0
    for key in sorted(keys):
        ended = sql.rows(
            "UPDATE call_permit SET state = 'expired' WHERE id = %s AND state = 'open' AND expires_at <= %s"
            " RETURNING number, customer_id",
            [key, sql.instant(now)],
        )
        for number, customer_id in ended:
            audit.write("permit.expired", actor=None, subject=f"permit:{number}", customer=customer_id)
            count += 1
    return count


@transaction.atomic
def keep_alive(permit_id: int, agent: User) -> Permit:
    """A running call extends its open permit by `FAIRDUE_PERMIT_SECONDS`, to `LONGEST_CALL` after it was taken.

    One whose time is over ends here, for good: a clock that is set back later does not open it again.
    """
    now = clock.now()
    permit = Permit.objects.select_for_update().get(pk=permit_id, agent=agent)
    if permit.state == PermitState.OPEN and permit.expires_at > now:
        wanted = now + timedelta(seconds=settings.FAIRDUE_PERMIT_SECONDS)
        permit.expires_at = max(permit.expires_at, min(wanted, permit.taken_at + LONGEST_CALL))
        permit.save(update_fields=["expires_at"])
    elif permit.state == PermitState.OPEN and _expire([permit.pk], now):
        permit.state = PermitState.EXPIRED
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
