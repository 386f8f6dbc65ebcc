"""Holds and cases: who sets them, who lifts them, who answers.

Anyone who speaks with a customer may set a hold: stopping is always allowed. Lifting one starts collection again, so it
belongs to the lead and compliance; a crisis, a lawyer and a bankruptcy belong to compliance alone. A hold that a plan
set ends with the plan (`by` is then None).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db import transaction

from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.accounts.models import Account, Customer
from fairdue.desk.audit import services as audit
from fairdue.desk.call.models import Contact
from fairdue.desk.numbers import next_number
from fairdue.desk.people.models import Role, User
from fairdue.desk.refusals import RefusedError

from .models import Case, Hold, HoldKind

CASE_DAYS = {"dispute": 20, "complaint": 30, "hardship": 15, "vulnerable": 3}
"""Days to an answer. Dispute: 征信业管理条例 Art. 25 (CN-CRB-25); complaint: 30 days; the others are the house's own."""

COMPLIANCE_ONLY = frozenset({HoldKind.CRISIS, HoldKind.LAWYER, HoldKind.BANKRUPTCY})


def may_lift(hold: Hold, user: User) -> bool:
    """Whether this user may lift this hold."""
    if hold.kind in COMPLIANCE_ONLY:
        return user.role == Role.COMPLIANCE
    return user.role in (Role.LEAD, Role.COMPLIANCE)


def may_answer(user: User) -> bool:
    """Whether this user may answer and close cases."""
    return user.role in (Role.LEAD, Role.COMPLIANCE)


@transaction.atomic
def set_hold(
    kind: HoldKind | str,
    customer: Customer,
    by: User | None,
    *,
    reason: str = "",
    account: Account | None = None,
    review_on: date | None = None,
    at: datetime | None = None,
) -> Hold:
    """Stop collection on every channel. An open hold of the same kind and account is returned instead of a second one."""
    held = Hold.objects.filter(kind=kind, customer=customer, account=account, lifted_at=None).first()
    if held is not None:
        return held
    hold = Hold.objects.create(
        kind=kind,
        customer=customer,
        account=account,
        reason=reason.strip()[:300],
        set_by=by,
        set_at=at or clock.now(),
        review_on=review_on,
    )
    audit.write("hold.set", actor=by, subject=f"hold:{hold.pk}", customer=customer, payload={"kind": str(kind)})
    return hold


@transaction.atomic
def lift_hold(hold_id: int, by: User | None, reason: str, *, at: datetime | None = None) -> Hold:
    """Lift a hold with a reason. `by` None is the system itself (a plan that ended).

    Raises `RefusedError` without a reason or without the right; a hold already lifted is returned unchanged.
    """
    hold = Hold.objects.select_for_update().select_related("customer").get(pk=hold_id)
    if hold.lifted_at is not None:
        return hold
    if by is not None and not may_lift(hold, by):
        raise RefusedError(
            "hold.lift.role",
            Text(zh="您的角色不能解除这项暂停。", en="Your role may not lift this hold."),
            Text(zh="请组长或合规人员处理。", en="Ask the team lead or compliance."),
        )
    if not reason.strip():
        raise RefusedError(
            "hold.lift.reason",
            Text(zh="解除暂停要写明依据。", en="Lifting a hold needs a reason."),
            Text(zh="写明核实结果再提交。", en="Write what was verified and submit again."),
            field="reason",
        )
    hold.lifted_at = at or clock.now()
    hold.lifted_by = by
    hold.lift_reason = reason.strip()[:300]
    hold.save(update_fields=["lifted_at", "lifted_by", "lift_reason"])
    audit.write(
        "hold.lifted",
        actor=by,
        subject=f"hold:{hold.pk}",
        customer=hold.customer,
        payload={"kind": hold.kind},
    )
    return hold


@transaction.atomic
def open_case(
    kind: str,
    customer: Customer,
    by: User | None,
    *,
    account: Account | None = None,
    contact: Contact | None = None,
    hold: Hold | None = None,
    summary: str = "",
    number: str | None = None,
    at: datetime | None = None,
) -> Case:
    """Open a matter with its deadline (`CASE_DAYS` from today, calendar days).

    `number` is one taken beforehand with `next_number("FD", …)`, for callers that have audit events of their own.
    """
    day = clock.today()
    days = CASE_DAYS.get(kind)
    case = Case.objects.create(
        number=number or next_number("FD", day),
        kind=kind,
        customer=customer,
        account=account,
        contact=contact,
        hold=hold,
        summary=summary.strip(),
        due_on=day + timedelta(days=days) if days else None,
        opened_at=at or clock.now(),
    )
    audit.write("case.opened", actor=by, subject=f"case:{case.number}", customer=customer, payload={"kind": kind})
    return case


@transaction.atomic
def answer_case(case_id: int, by: User, answer: str) -> Case:
    """Record the answer given to the customer. Raises `RefusedError` when empty, closed, or not this user's right."""
    case = _workable(case_id, by)
    if not answer.strip():
        raise RefusedError(
            "case.answer.empty",
            Text(zh="答复内容不能为空。", en="The answer is empty."),
            Text(zh="写明核查结果和答复时间。", en="Write what was found and when the customer was told."),
            field="answer",
        )
    case.answer = answer.strip()
    case.state = "answered"
    case.save(update_fields=["answer", "state"])
    audit.write("case.answered", actor=by, subject=f"case:{case.number}", customer=case.customer, payload={})
    return case


@transaction.atomic
def close_case(case_id: int, by: User, *, lift: bool = False) -> Case:
    """Close an answered case; `lift` also lifts its hold, if this user may. Raises `RefusedError` before an answer."""
    case = _workable(case_id, by)
    if case.state != "answered":
        raise RefusedError(
            "case.close.unanswered",
            Text(zh="还没有答复客户,不能结案。", en="The case has no answer yet and cannot be closed."),
            Text(zh="先填写答复,再结案。", en="Record the answer first."),
        )
    if lift and case.hold_id:
        lift_hold(case.hold_id, by, f"{case.number}: {case.answer}")
    case.state = "closed"
    case.closed_at = clock.now()
    case.save(update_fields=["state", "closed_at"])
    audit.write(
        "case.closed", actor=by, subject=f"case:{case.number}", customer=case.customer, payload={"lifted": lift}
    )
    return case


def _workable(case_id: int, by: User) -> Case:
    case = Case.objects.select_for_update(of=("self",)).select_related("customer").get(pk=case_id)
    if not may_answer(by):
        raise RefusedError(
            "case.role",
            Text(zh="只有组长或合规人员可以处理案件。", en="Only the team lead or compliance may work on a case."),
            Text(zh="把情况转给组长。", en="Pass it to your team lead."),
        )
    if case.state == "closed":
        raise RefusedError(
            "case.closed",
            Text(zh="案件已经结案。", en="The case is closed."),
            Text(zh="有新情况请另立一件。", en="Open a new one when something new comes up."),
        )
    return case
