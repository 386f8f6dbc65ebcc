"""Reads of plans, and the planner's live preview."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from fairdue.core.findings import Finding
from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.accounts.models import Account
from fairdue.desk.people.models import Role, User
from fairdue.ledger.agreement import TERMS, card_agreement
from fairdue.ledger.plans import commission_plan

from .models import Plan, PlanKind, PlanPart
from .services import Part

STATES = ("active", "kept", "broken", "cancelled")


@dataclass(frozen=True)
class Preview:
    """What the planner makes of the figures typed so far: parts (they sum to the amount exactly) and its findings."""

    parts: tuple[Part, ...]
    findings: tuple[Finding, ...]

    @property
    def total_fen(self) -> int:
        return sum(part.amount_fen for part in self.parts)


def preview(
    kind: str,
    account: Account,
    amount_fen: int,
    *,
    closing: date | None = None,
    months: int = 12,
    first_due: date | None = None,
    terms: dict[str, str] | None = None,
    today: date | None = None,
) -> Preview:
    """The plan for these figures. `closing` defaults to the account's closing date; `first_due` to the planner's rule.

    For a card agreement the six terms of Art. 70 are checked as well; a missing one is a finding and there are no parts.
    """
    day = today or clock.today()
    if kind == PlanKind.CARD_AGREEMENT:
        agreement, findings = card_agreement(
            amount_fen, months, first_due or day, day, terms or {}, product=account.product
        )
        schedule = agreement.schedule if agreement else ()
        return Preview(tuple(Part(due, fen) for due, fen in schedule), tuple(findings))
    end = closing or account.closing_on
    if end is None:
        missing = Finding(
            code="plan.closing",
            what=Text(zh="该账户没有结案日。", en="The account has no closing date."),
            why=Text(zh="分期要在委案期内还清。", en="The plan has to end inside the commission period."),
            mend=Text(zh="填写最后还清日期。", en="Enter the last day by which all is paid."),
        )
        return Preview((), (missing,))
    plan, findings = commission_plan(amount_fen, day, end)
    parts = plan.parts if plan else ()
    return Preview(
        tuple(Part(part.due_on, part.amount_fen, part.reason, part.postpones) for part in parts), tuple(findings)
    )


def term_names() -> dict[str, Text]:
    """The six required terms of a card agreement, by key."""
    return dict(TERMS)


def visible(user: User) -> QuerySet[Plan]:
    """Plans this user may see: an agent's own and those of the agent's customers; trainers none."""
    plans = Plan.objects.select_related("customer", "account", "agent", "quote").prefetch_related("parts")
    if user.role == Role.AGENT:
        return (plans.filter(agent=user) | plans.filter(customer__assigned_to=user)).distinct()
    return plans.none() if user.role == Role.TRAINER else plans


def listed(user: User, state: str = "active") -> QuerySet[Plan]:
    """Plans of a state ("" for all), newest first."""
    plans = visible(user).order_by("-pk")
    return plans.filter(state=state) if state in STATES else plans


def schedule(plan: Plan) -> list[tuple[PlanPart, Text | None, Text | None]]:
    """Each part with why it falls then and what keeping it postpones (None for an agreement's equal parts)."""
    words = plan.terms.get("parts", [])
    rows = []
    for index, part in enumerate(plan.parts.all()):
        said = words[index] if index < len(words) else {}
        rows.append((part, _text(said.get("reason")), _text(said.get("postpones"))))
    return rows


def _text(raw: dict[str, str] | None) -> Text | None:
    return Text.from_dict(raw) if raw else None


def next_step_waits_until(plan: Plan) -> date | None:
    """The day of the first part that is not kept: until then the next escalation step is postponed."""
    if plan.state != "active":
        return None
    return next((part.due_on for part in plan.parts.all() if part.state != "kept"), None)
