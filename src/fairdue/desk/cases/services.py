"""Holds and cases: who sets them, who lifts them, who answers.

Who may, on what evidence and for how long is data (packs/holds.yaml, `selectors.hold_rule`). Stopping is always easy;
lifting starts collection again, so it asks for a kind of proof that the rule names and for where it is found. Where a
rule wants two people the first one's lift is only a request, and the second, somebody else, carries it out. A hold never
falls away by itself: past its review day it stands and is its owner's task. A hold that a plan set ends with the plan
(`by` is then None, the system).
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db import transaction

from fairdue.core.dates import at_local
from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.accounts.models import Account, Customer
from fairdue.desk.audit import services as audit
from fairdue.desk.call.models import Contact
from fairdue.desk.numbers import next_number
from fairdue.desk.people.models import Role, User
from fairdue.desk.refusals import RefusedError
from fairdue.desk.worklist import services as worklist
from fairdue.desk.worklist.models import TaskKind

from .models import Case, Hold, HoldKind, HoldOrigin
from .selectors import hold_rule, may_keep, overdue_holds
from .words import CASE_HOLDS

OWNERS = (Role.LEAD, Role.COMPLIANCE)
"""Who may own a hold, in the order in which one is looked for."""


def may_set(kind: HoldKind | str, by: User | None, origin: HoldOrigin | str = HoldOrigin.SYSTEM) -> bool:
    """Whether this user may set a hold of this kind; without a user whether the customer or the system may."""
    return hold_rule(kind).may_set(by.role if by is not None else str(origin))


def may_lift(hold: Hold, user: User) -> bool:
    """Whether this user may lift this hold, or be one of the two who do."""
    return hold_rule(hold.kind).may_lift(user.role)


def may_answer(user: User) -> bool:
    """Whether this user may answer and close cases."""
    return user.role in (Role.LEAD, Role.COMPLIANCE)


def _owner(kind: HoldKind | str, by: User | None) -> User | None:
    """Who has to look at it again: the one who set it if they may lift it, else the first active lead or officer."""
    rule = hold_rule(kind)
    if by is not None and by.role in OWNERS and rule.may_lift(by.role):
        return by
    for role in OWNERS:
        if rule.may_lift(role):
            found = User.objects.filter(role=role, is_active=True).order_by("pk").first()
            if found is not None:
                return found
    return None


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
    origin: HoldOrigin | str | None = None,
) -> Hold:
    """Stop collection on every channel. An open hold of the same kind and account is returned instead of a second one.

    `by` None is the system, or the customer through the portal when `origin` says so. `review_on` None takes the rule's
    days. Raises `RefusedError` when the rule does not let them set it.
    """
    held = Hold.objects.filter(kind=kind, customer=customer, account=account, lifted_at=None).first()
    if held is not None:
        return held
    source = origin or (HoldOrigin.STAFF if by is not None else HoldOrigin.SYSTEM)
    if not may_set(kind, by, source):
        raise RefusedError(
            "hold.set.role",
            Text("这项停催不能由您设置。", "This hold is not yours to set."),
            Text("请催收员、组长或合规人员设置。", "Ask an agent, a team lead or compliance to set it."),
        )
    moment = at or clock.now()
    hold = Hold.objects.create(
        kind=kind,
        customer=customer,
        account=account,
        reason=reason.strip()[:300],
        origin=source,
        set_by=by,
        set_at=moment,
        owner=_owner(kind, by),
        review_on=review_on or hold_rule(kind).review_on(clock.today()),
    )
    audit.write(
        "hold.set",
        actor=by,
        subject=f"hold:{hold.pk}",
        customer=customer,
        payload={"kind": str(kind), "origin": str(source), "review_on": hold.review_on},
    )
    return hold


@transaction.atomic
def lift_hold(hold_id: int, by: User | None, reason: str, *, evidence: str = "", at: datetime | None = None) -> Hold:
    """Lift a hold on a proof: `evidence` is one of the rule's kinds, `reason` says where it is found and what it shows.

    `by` None is the system itself (a plan that ended) and needs no proof. Where the rule wants two people the first call
    only asks (`lift_asked_by`); a second one by somebody else lifts, on the proof the first named unless it names
    another. A hold already lifted is returned unchanged. Raises `RefusedError` without the right, the proof, the reason,
    or when the same person comes twice.
    """
    hold = Hold.objects.select_for_update(of=("self",)).select_related("customer", "lift_asked_by").get(pk=hold_id)
    if hold.lifted_at is not None:
        return hold
    moment = at or clock.now()
    if by is not None and _asks(hold, by, reason, evidence, moment):
        return hold
    hold.lifted_at, hold.lifted_by = moment, by
    hold.lift_reason = reason.strip()[:300]
    hold.lift_evidence = evidence or hold.lift_evidence
    hold.save(update_fields=["lifted_at", "lifted_by", "lift_evidence", "lift_reason"])
    worklist.complete_tasks(f"hold:{hold.pk}", moment)
    first = hold.lift_asked_by.get_username() if hold.lift_asked_by else None
    audit.write(
        "hold.lifted",
        actor=by,
        subject=f"hold:{hold.pk}",
        customer=hold.customer,
        payload={"kind": hold.kind, "evidence": hold.lift_evidence, **({"asked_by": first} if first else {})},
    )
    return hold


def _asks(hold: Hold, by: User, reason: str, evidence: str, moment: datetime) -> bool:
    """Check the right and the proof; True when this was only the first of two people and the hold stands."""
    rule = hold_rule(hold.kind)
    if not rule.may_lift(by.role):
        compliance = tuple(role for role in rule.lift_by if role != "system") == (Role.COMPLIANCE,)
        raise RefusedError(
            "hold.lift.role",
            Text("您的角色不能解除这项停催。", "Your role may not lift this hold."),
            Text("请合规人员处理。", "Ask compliance.")
            if compliance
            else Text("请组长或合规人员处理。", "Ask the team lead or compliance."),
        )
    second = rule.persons > 1 and hold.lift_asked_by_id is not None
    if second and hold.lift_asked_by_id == by.pk:
        raise RefusedError(
            "hold.lift.same",
            Text("这项停催要两个人先后核实，您已经提出过。", "This hold takes two people, and you were the first."),
            Text("请另一位合规人员核实后解除。", "Ask another compliance officer to verify and lift it."),
        )
    named = evidence or (hold.lift_evidence if second else "")
    if rule.proof(named) is None:
        wanted = rule.evidence
        raise RefusedError(
            "hold.lift.evidence",
            Text("解除停催要有规定的凭证。", "Lifting this hold needs a proof that its rule names."),
            Text(
                f"选择其中一种：{'；'.join(kind.zh for kind in wanted)}。",
                f"Choose one: {'; '.join(kind.en for kind in wanted)}.",
            ),
            field="evidence",
        )
    if not reason.strip():
        raise RefusedError(
            "hold.lift.reason",
            Text("解除停催要写明依据。", "Lifting a hold needs a reason."),
            Text("写明凭证在哪里、说明什么，再提交。", "Say where the proof is and what it shows, and submit again."),
            field="reason",
        )
    if rule.persons == 1 or second:
        return False
    hold.lift_asked_by, hold.lift_asked_at = by, moment
    hold.lift_evidence, hold.lift_asked_reason = evidence, reason.strip()[:300]
    hold.save(update_fields=["lift_asked_by", "lift_asked_at", "lift_evidence", "lift_asked_reason"])
    audit.write(
        "hold.lift_asked",
        actor=by,
        subject=f"hold:{hold.pk}",
        customer=hold.customer,
        payload={"kind": hold.kind, "evidence": evidence},
    )
    return True


@transaction.atomic
def keep_hold(hold_id: int, by: User, note: str) -> Hold:
    """Its owner has looked and keeps the hold on: the next review day is counted from today, a request to lift is off.

    Raises `RefusedError` without a note or the right (past its longest time: compliance only), or when it is lifted.
    """
    hold = Hold.objects.select_for_update(of=("self",)).select_related("customer", "lift_asked_by").get(pk=hold_id)
    today = clock.today()
    if hold.lifted_at is not None:
        raise RefusedError(
            "hold.keep.lifted",
            Text("这项停催已经解除。", "This hold has been lifted."),
            Text("需要时重新设置。", "Set it again if it is needed."),
        )
    if not may_keep(hold, by, today):
        raise RefusedError(
            "hold.keep.role",
            Text("这项停催不能由您续期。", "This hold is not yours to keep on."),
            Text(
                "请合规人员处理；由事件结束的停催不用续期。", "Ask compliance; one that an event ends needs no keeping."
            ),
        )
    if not note.strip():
        raise RefusedError(
            "hold.keep.note",
            Text("续期要写明复核情况。", "Keeping a hold needs a note of the review."),
            Text("写明核实了什么、为什么继续停催。", "Write what was looked at and why it goes on."),
            field="note",
        )
    refused = hold.lift_asked_by.get_username() if hold.lift_asked_by else None
    hold.review_on = today + timedelta(days=hold_rule(hold.kind).review_days or 30)
    hold.reviewed_at, hold.review_note = clock.now(), note.strip()[:300]
    hold.lift_asked_by = hold.lift_asked_at = None
    hold.lift_evidence = hold.lift_asked_reason = ""
    hold.save()
    worklist.complete_tasks(f"hold:{hold.pk}", clock.now())
    audit.write(
        "hold.kept",
        actor=by,
        subject=f"hold:{hold.pk}",
        customer=hold.customer,
        payload={
            "kind": hold.kind,
            "review_on": hold.review_on,
            **({"lift_refused_of": refused} if refused else {}),
        },
    )
    return hold


@transaction.atomic
def book_overdue(day: date | None = None) -> int:
    """A task for the owner of every hold whose review day has passed, once; returns how many are overdue. For the night."""
    today = day or clock.today()
    due = at_local(today, time(9), settings.FAIRDUE_ZONE)
    count = 0
    for hold in overdue_holds(today):
        worklist.add_task(
            TaskKind.REVIEW,
            hold.customer,
            due,
            agent=hold.owner or _owner(hold.kind, hold.set_by),
            account=hold.account,
            note=hold_rule(hold.kind).title.zh,
            subject=f"hold:{hold.pk}",
        )
        count += 1
    return count


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
    """Open a matter; its deadline is the review of the hold that goes with its kind, in calendar days from today.

    `number` is one taken beforehand with `next_number("FD", …)`, for callers that have audit events of their own.
    """
    day = clock.today()
    days = hold_rule(CASE_HOLDS[kind]).review_days if kind in CASE_HOLDS else None
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
def close_case(case_id: int, by: User, *, lift: bool = False, evidence: str = "") -> Case:
    """Close an answered case; `lift` also lifts its hold on this evidence, if this user may (of two people: asks for it).

    Raises `RefusedError` before an answer, and whatever `lift_hold` refuses.
    """
    case = _workable(case_id, by)
    if case.state != "answered":
        raise RefusedError(
            "case.close.unanswered",
            Text(zh="还没有答复客户,不能结案。", en="The case has no answer yet and cannot be closed."),
            Text(zh="先填写答复,再结案。", en="Record the answer first."),
        )
    if lift and case.hold_id:
        lift_hold(case.hold_id, by, f"{case.number}: {case.answer}", evidence=evidence)
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
