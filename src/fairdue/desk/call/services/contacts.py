"""Record what came of a contact: consumes the permit exactly once. The only place that makes a Contact row."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.accounts.models import Account, Quote
from fairdue.desk.audit import services as audit
from fairdue.desk.call import reading
from fairdue.desk.call.models import CallSession, Contact, Outcome, Permit, PermitState
from fairdue.desk.numbers import next_number
from fairdue.desk.people.models import User
from fairdue.desk.refusals import RefusedError
from fairdue.desk.worklist import services as worklist

from .outcomes import NOT_CONNECTED, OPENS_CASE, WITH_CUSTOMER_ONLY, Details, apply, crisis_case

LATE_LIMIT = timedelta(hours=24)
"""A call that was made under a permit is recorded even when the network came back after the permit's time was over."""

ONE_WAY = frozenset({Outcome.NO_ANSWER, Outcome.BUSY})


@transaction.atomic
def record_contact(
    permit: Permit | int,
    agent: User,
    outcome: Outcome | str,
    *,
    details: Details | None = None,
    note: str = "",
    talk_seconds: int | None = None,
    with_customer: bool | None = None,
    account: Account | None = None,
    quote: Quote | None = None,
) -> Contact:
    """Write the contact of a permit with all that its outcome sets in motion, in one transaction.

    Submitting again returns the contact that is there and changes nothing. `talk_seconds` None takes the whole time since
    the permit when somebody answered (the count that protects the customer most). `with_customer` says that the customer
    was on the line; None means: on the customer's own lines. `account` None takes the permit's. Raises `RefusedError`
    when the permit is another agent's, was given back or is too old, or when the outcome does not fit.
    """
    key = permit if isinstance(permit, int) else permit.pk
    reading.lock(Permit.objects.values_list("customer_id", flat=True).get(pk=key))
    held = Permit.objects.select_for_update(of=("self",)).select_related("customer", "line", "account").get(pk=key)
    now = max(clock.now(), held.taken_at)  # a clock that was set back does not put the record before its permit
    if held.agent_id != agent.pk:
        raise RefusedError(
            "contact.agent",
            Text(zh="这次许可属于另一位催收员。", en="This permit is another agent's."),
            Text(zh="请自己申请通话许可。", en="Take a permit of your own."),
        )
    if held.state == PermitState.USED:
        return Contact.objects.get(permit_id=key)
    _check_permit(held, now)
    outcome = Outcome(outcome)
    spoke = held.line.role == "debtor" if with_customer is None else with_customer
    if outcome in WITH_CUSTOMER_ONLY and not spoke:
        raise RefusedError(
            "contact.third_party",
            Text(
                zh="不是本人接听,不能登记这个结果。",
                en="This outcome needs the customer on the line; somebody else answered.",
            ),
            Text(zh="确认是本人后再登记,或选其他结果。", en="Confirm it was the customer, or choose another outcome."),
            field="outcome",
        )
    known = outcome == Outcome.VULNERABLE and crisis_case(key) is not None
    case_number = next_number("FD", clock.today()) if outcome in OPENS_CASE and not known else None
    connected = outcome not in NOT_CONNECTED and not (outcome == Outcome.WRONG_NUMBER and not talk_seconds)
    elapsed = max(0, int((min(now, held.expires_at) - held.taken_at).total_seconds()))
    seconds = (elapsed if talk_seconds is None else max(0, talk_seconds)) if connected else 0
    late = held.state == PermitState.EXPIRED or held.expires_at <= now
    contact = Contact.objects.create(
        permit=held,
        customer=held.customer,
        line=held.line,
        agent=agent,
        channel=held.channel,
        mode=held.mode,
        direction="out",
        role="debtor" if spoke else held.line.role,
        started_at=held.taken_at,
        connected=connected,
        talk_seconds=seconds,
        two_way=connected,
        outcome=outcome,
        note=note.strip(),
        quote=quote,
        recorded_at=now,
    )
    held.state = PermitState.USED  # as the database did when the contact was inserted (`call.triggers`)
    CallSession.objects.filter(permit_id=key).update(draft={}, updated_at=now)
    audit.write(
        "contact.recorded",
        actor=agent,
        subject=f"contact:{contact.pk}",
        customer=held.customer,
        payload={"permit": held.number, "outcome": str(outcome), "seconds": seconds, "late": late},
    )
    apply(contact, details or Details(), account or held.account, case_number)
    worklist.complete_entry(agent, held.customer, now)
    return contact


def _check_permit(permit: Permit, now: datetime) -> None:
    if permit.state == PermitState.RELEASED:
        raise RefusedError(
            "contact.released",
            Text(zh="这次许可已退回,说明没有拨打。", en="This permit was given back: nothing was dialled on it."),
            Text(zh="如确已通话,重新申请许可并说明情况。", en="Take a new permit for a new call."),
        )
    if now - permit.taken_at > LATE_LIMIT:
        raise RefusedError(
            "contact.too_old",
            Text(zh="这次许可已超过 24 小时,不能补记。", en="This permit is more than 24 hours old."),
            Text(zh="请组长按更正流程登记。", en="Ask your team lead to record it as a correction."),
        )
