"""A person on the line may be in danger: collection stops and every supervisor is told, in one transaction.

What was heard may have been misheard; the agent can say so, and the lines come back. The hold stays all the same, until
compliance lifts it, and the alert stays until a supervisor has taken note.
"""

from __future__ import annotations

from typing import Any

from django.db import transaction

from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.audit import services as audit
from fairdue.desk.call.models import CallSession, CrisisAlert
from fairdue.desk.cases.models import HoldKind
from fairdue.desk.cases.services import open_case, set_hold
from fairdue.desk.numbers import next_number
from fairdue.desk.people.models import Role, User
from fairdue.desk.refusals import RefusedError
from fairdue.desk.worklist import services as worklist
from fairdue.desk.worklist.models import TaskKind

from .outcomes import crisis_case
from .sessions import lock_session, log_turn

SUPERVISORS = (Role.LEAD, Role.COMPLIANCE)
CASE = "vulnerable"
HEARD = "通话中出现轻生迹象,已即时停催并通知主管。"


def raise_crisis(held: CallSession) -> CrisisAlert:
    """Hold, case and alert for a session held by `lock_session`; the case is opened once a call, the hold set once.

    An alert that nobody has taken note of yet, and that was not withdrawn, is not raised twice.
    """
    waiting = CrisisAlert.objects.filter(session=held, seen_at=None, withdrawn_at=None).first()
    if waiting is not None:
        return waiting
    permit, agent = held.permit, held.permit.agent
    case = crisis_case(permit.pk)
    number = next_number("FD", clock.today()) if case is None else ""
    hold = set_hold(HoldKind.CRISIS, permit.customer, agent, reason=HEARD)
    if case is None:
        case = open_case(CASE, permit.customer, agent, account=permit.account, hold=hold, summary=HEARD, number=number)
    alert = CrisisAlert.objects.create(
        session=held, customer=permit.customer, agent=agent, case=case, raised_at=clock.now()
    )
    worklist.add_task(
        TaskKind.REVIEW,
        permit.customer,
        clock.now(),
        agent=User.objects.filter(role=Role.LEAD, is_active=True).order_by("pk").first(),
        account=permit.account,
        note=case.number,
        subject=f"case:{case.number}",
    )
    audit.write(
        "call.crisis",
        actor=agent,
        subject=f"alert:{alert.pk}",
        customer=permit.customer,
        payload={"permit": permit.number, "case": case.number},
    )
    return alert


def withdraw_crisis(held: CallSession, agent: User, reason: str, state: dict[str, Any]) -> CallSession:
    """The agent says that it was misheard, with a reason; the session goes on with `state`. The hold stays.

    Raises `RefusedError` without a reason.
    """
    if not reason.strip():
        raise RefusedError(
            "crisis.withdraw.reason",
            Text(zh="请写明为什么判断是听错了。", en="Say why you judge that it was misheard."),
            Text(zh="写一句话,主管会看到。", en="Write a sentence; the supervisor will read it."),
            field="reason",
        )
    CrisisAlert.objects.filter(session=held, withdrawn_at=None).update(
        withdrawn_at=clock.now(), withdrawn_reason=reason.strip()[:300]
    )
    turn = {"who": "agent", "note": "misheard", "text": reason.strip()[:300]}
    log_turn(held, state, turn)
    audit.write(
        "call.crisis_withdrawn",
        actor=agent,
        subject=f"permit:{held.permit.number}",
        customer=held.permit.customer,
    )
    return held


@transaction.atomic
def acknowledge(alert_id: int, by: User) -> CrisisAlert:
    """A supervisor has taken note; the agent's page shows who and when. Twice changes nothing.

    Raises `RefusedError` for anyone else.
    """
    if by.role not in SUPERVISORS:
        raise RefusedError(
            "crisis.role",
            Text(zh="只有组长或合规人员可以确认。", en="Only a team lead or compliance may take note of it."),
            Text(zh="请叫组长过来。", en="Call your team lead over."),
        )
    session = CrisisAlert.objects.select_related("session__permit__customer").get(pk=alert_id).session
    held = lock_session(session)
    alert = CrisisAlert.objects.select_for_update(of=("self",)).get(pk=alert_id)
    if alert.seen_at is None:
        alert.seen_at, alert.seen_by = clock.now(), by
        alert.save(update_fields=["seen_at", "seen_by"])
        log_turn(held, {}, None)
        audit.write("call.crisis_seen", actor=by, subject=f"alert:{alert.pk}", customer=alert.customer_id)
    return alert
