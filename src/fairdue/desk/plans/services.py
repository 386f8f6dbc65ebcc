"""Plans: agreed in a contact, decided part by part from payments.

While a card agreement is kept, collection stops (card measures Art. 70; hold `plan_kept`). A part that is missed by its
day plus the grace breaks the plan and lifts that hold; a later correction of the payments puts both back. A commission
plan sets no hold: each part kept postpones the next escalation step to the following part's day (P1-3.3).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from django.conf import settings
from django.db import transaction

from fairdue.core.dates import at_local
from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.accounts.models import Account, Quote
from fairdue.desk.audit import services as audit
from fairdue.desk.call.models import Contact
from fairdue.desk.cases.models import Hold, HoldKind
from fairdue.desk.cases.services import lift_hold, set_hold
from fairdue.desk.people.models import Role, User
from fairdue.desk.promises.payments import Due, Paid, payments_of, spread
from fairdue.desk.refusals import RefusedError
from fairdue.desk.worklist import services as worklist
from fairdue.desk.worklist.models import TaskKind

from .models import Plan, PlanKind, PlanPart

GRACE_DAYS = 1
CHECK_TIME = time(16)


@dataclass(frozen=True, slots=True)
class Part:
    """A part to agree: its day, amount in fen, and for the page why then and what keeping it postpones."""

    due_on: date
    amount_fen: int
    reason: Text | None = None
    postpones: Text | None = None


@transaction.atomic
def agree_plan(
    kind: PlanKind | str,
    account: Account,
    agent: User,
    parts: Sequence[Part],
    *,
    terms: dict[str, str] | None = None,
    contact: Contact | None = None,
    quote: Quote | None = None,
) -> Plan:
    """Record a plan with its parts and the check task of each; a card agreement sets the hold `plan_kept`.

    Raises `RefusedError` without parts, with a part that is not positive or lies before today, or while the account has
    another plan that runs.
    """
    today = clock.today()
    if not parts or any(part.amount_fen <= 0 or part.due_on < today for part in parts):
        raise RefusedError(
            "plan.parts",
            Text(
                zh="分期的每一期都要有金额和今天以后的日期。",
                en="Every part needs an amount and a day that has not passed.",
            ),
            Text(zh="重新测算方案。", en="Work the plan out again."),
            field="plan_amount",
        )
    if Plan.objects.filter(account=account, state="active").exists():
        raise RefusedError(
            "plan.second",
            Text(zh="该账户已有执行中的分期方案。", en="The account has a plan that is still running."),
            Text(zh="先取消或等它结束。", en="Cancel it first, or wait until it ends."),
            field="plan_amount",
        )
    ordered = sorted(parts, key=lambda part: part.due_on)
    words = [
        {
            "reason": part.reason.as_dict() if part.reason else None,
            "postpones": part.postpones.as_dict() if part.postpones else None,
        }
        for part in ordered
    ]
    plan = Plan.objects.create(
        kind=kind,
        customer=account.customer,
        account=account,
        contact=contact,
        agent=agent,
        quote=quote,
        total_fen=sum(part.amount_fen for part in ordered),
        agreed_on=today,
        terms={"terms": dict(terms or {}), "parts": words},
        created_at=clock.now(),
    )
    PlanPart.objects.bulk_create(
        PlanPart(plan=plan, number=number, due_on=part.due_on, amount_fen=part.amount_fen)
        for number, part in enumerate(ordered, 1)
    )
    audit.write(
        "plan.agreed",
        actor=agent,
        subject=f"plan:{plan.pk}",
        customer=account.customer,
        payload={"kind": str(kind), "total_fen": plan.total_fen, "parts": len(ordered)},
    )
    zone = (account.customer.zones or [settings.FAIRDUE_ZONE])[0]
    for number, part in enumerate(ordered, 1):
        worklist.add_task(
            TaskKind.PLAN_CHECK,
            account.customer,
            at_local(part.due_on, CHECK_TIME, zone),
            agent=agent,
            account=account,
            amount_fen=part.amount_fen,
            subject=f"plan:{plan.pk}:{number}",
        )
    if kind == PlanKind.CARD_AGREEMENT:
        set_hold(HoldKind.PLAN_KEPT, account.customer, agent, account=account, reason=f"plan:{plan.pk}")
    return plan


@transaction.atomic
def settle(accounts: Iterable[int] | None = None, as_of: date | None = None) -> list[int]:
    """Decide the parts of running and broken plans from payments up to `as_of`; returns the plans whose state changed.

    A payment counts once, for the earliest part that is not covered, from the day of the agreement on: paying early is
    fine, paying after day + grace is late. Decided plans are decided again after a reversal or a back-dated payment.
    """
    day = as_of or clock.today()
    plans = Plan.objects.exclude(state="cancelled")
    if accounts is not None:
        plans = plans.filter(account_id__in=list(accounts))
    by_account: dict[int, list[Plan]] = defaultdict(list)
    for plan in plans.select_for_update(of=("self",)).select_related("customer", "account").order_by("pk"):
        by_account[plan.account_id].append(plan)
    paid = payments_of(by_account, day)
    changed = []
    for account_id, held in by_account.items():
        for plan in held:
            if _settle_plan(plan, paid.get(account_id, []), day):
                changed.append(plan.pk)
    return changed


def _settle_plan(plan: Plan, payments: list[Paid], day: date) -> bool:
    parts = list(plan.parts.all())
    ends = {part.pk: part.due_on + timedelta(days=GRACE_DAYS) for part in parts}
    got = spread(payments, [Due(part.pk, plan.agreed_on, ends[part.pk], part.amount_fen) for part in parts])
    for part in parts:
        paid_fen = got[part.pk]
        if paid_fen >= part.amount_fen:
            state = "kept"
        elif day <= ends[part.pk]:
            state = "open"
        else:
            state = "part_kept" if paid_fen else "broken"
        if (state, paid_fen) != (part.state, part.paid_fen):
            part.state, part.paid_fen = state, paid_fen
            part.save(update_fields=["state", "paid_fen"])
            if state != "open":
                worklist.complete_tasks(f"plan:{plan.pk}:{part.number}", clock.now())
    states = {part.state for part in parts}
    after = "kept" if states == {"kept"} else "broken" if states & {"broken", "part_kept"} else "active"
    if after == plan.state:
        return False
    before, plan.state = plan.state, after
    plan.save(update_fields=["state"])
    audit.write(
        "plan.settled",
        actor=None,
        subject=f"plan:{plan.pk}",
        customer=plan.customer,
        payload={"before": before, "after": after, "as_of": day.isoformat()},
    )
    _follow_hold(plan)
    return True


def _follow_hold(plan: Plan) -> None:
    """The hold of a card agreement stands exactly while the agreement runs."""
    if plan.kind != PlanKind.CARD_AGREEMENT:
        return
    if plan.state == "active":
        set_hold(HoldKind.PLAN_KEPT, plan.customer, None, account=plan.account, reason=f"plan:{plan.pk}")
        return
    for hold in Hold.objects.filter(kind=HoldKind.PLAN_KEPT, account=plan.account, lifted_at=None):
        lift_hold(hold.pk, None, f"plan:{plan.pk} {plan.state}")


@transaction.atomic
def cancel_plan(plan_id: int, by: User, reason: str) -> Plan:
    """End a plan that was recorded by mistake or replaced. Lead or compliance, with a reason; lifts its hold."""
    plan = Plan.objects.select_for_update(of=("self",)).select_related("customer", "account").get(pk=plan_id)
    if by.role not in (Role.LEAD, Role.COMPLIANCE):
        raise RefusedError(
            "plan.cancel.role",
            Text(zh="只有组长可以取消分期方案。", en="Only a team lead may cancel a plan."),
            Text(zh="把情况告诉组长。", en="Tell your team lead."),
        )
    if not reason.strip():
        raise RefusedError(
            "plan.cancel.reason",
            Text(zh="取消方案要写明原因。", en="Cancelling a plan needs a reason."),
            Text(zh="写明原因再提交。", en="Write the reason and submit again."),
            field="reason",
        )
    if plan.state != "active":
        raise RefusedError(
            "plan.cancel.state",
            Text(zh="方案已经结束。", en="The plan has ended already."),
            Text(zh="刷新页面看最新状态。", en="Reload to see its present state."),
        )
    plan.state = "cancelled"
    plan.terms = {**plan.terms, "cancelled": reason.strip()[:300]}
    plan.save(update_fields=["state", "terms"])
    for part in plan.parts.all():
        worklist.complete_tasks(f"plan:{plan.pk}:{part.number}", clock.now())
    audit.write("plan.cancelled", actor=by, subject=f"plan:{plan.pk}", customer=plan.customer, payload={})
    _follow_hold(plan)
    return plan
