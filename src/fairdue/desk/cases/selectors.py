"""Reads of holds and cases."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from fairdue.desk import clock
from fairdue.desk.accounts.models import Customer
from fairdue.desk.people.models import Role, User

from .models import Case, Hold

STATES = ("open", "answered", "closed")


def active_holds(customer: Customer) -> QuerySet[Hold]:
    """Holds that are not lifted, newest first."""
    return Hold.objects.filter(customer=customer, lifted_at=None).select_related("set_by", "account").order_by("-pk")


def hold_kinds(customer: Customer) -> list[str]:
    """The gate's `holds`: the distinct kinds that are open, in alphabetical order."""
    return sorted(set(Hold.objects.filter(customer=customer, lifted_at=None).values_list("kind", flat=True)))


def visible_cases(user: User) -> QuerySet[Case]:
    """Cases this user may see: agents those of their own customers, the others all."""
    cases = Case.objects.select_related("customer", "account", "hold")
    return cases.filter(customer__assigned_to=user) if user.role == Role.AGENT else cases


def listed(user: User, *, state: str = "", kind: str = "", late: bool = False) -> QuerySet[Case]:
    """Cases by deadline, the oldest first; `late` keeps those past it and not closed."""
    cases = visible_cases(user).order_by("due_on", "pk")
    if state in STATES:
        cases = cases.filter(state=state)
    if kind:
        cases = cases.filter(kind=kind)
    if late:
        cases = cases.exclude(state="closed").filter(due_on__lt=clock.today())
    return cases


def days_left(case: Case, today: date | None = None) -> int | None:
    """Days to the deadline (negative when it has passed); None for a closed case or one without a deadline."""
    if case.due_on is None or case.state == "closed":
        return None
    return (case.due_on - (today or clock.today())).days
