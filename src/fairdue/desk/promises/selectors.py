"""Reads of promises, for the list, the board, the call and the dialogue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Q, QuerySet, Sum

from fairdue.desk import clock
from fairdue.desk.accounts.models import Customer
from fairdue.desk.people.models import Role, User

from .models import Promise, PromiseState

OPEN_STATES = (PromiseState.OPEN, PromiseState.DUE)
FILTERS = ("due", "open", "kept", "part_kept", "broken", "withdrawn", "all")


@dataclass(frozen=True)
class Totals:
    """Counts and sums (fen) of a set of promises. `kept_percent` is kept / decided; None when none is decided."""

    count: int
    amount_fen: int
    paid_fen: int
    kept: int
    decided: int

    @property
    def kept_percent(self) -> int | None:
        return 100 * self.kept // self.decided if self.decided else None


def visible(user: User) -> QuerySet[Promise]:
    """Promises this user may see: an agent's own and those of the agent's customers; trainers none."""
    promises = Promise.objects.select_related("customer", "account", "agent", "quote")
    if user.role == Role.AGENT:
        return promises.filter(Q(agent=user) | Q(customer__assigned_to=user))
    return promises.none() if user.role == Role.TRAINER else promises


def listed(user: User, show: str = "due", agent: str = "", day: date | None = None) -> QuerySet[Promise]:
    """The list page: `show` is one of `FILTERS`; by day, then number."""
    promises = visible(user)
    if show == "due":
        promises = promises.filter(state__in=OPEN_STATES, due_on__lte=day or clock.today())
    elif show == "open":
        promises = promises.filter(state__in=OPEN_STATES)
    elif show in PromiseState.values:
        promises = promises.filter(state=show)
    if agent:
        promises = promises.filter(agent__username=agent)
    return promises.order_by("due_on" if show in ("due", "open") else "-due_on", "due_time", "pk")


def totals(promises: QuerySet[Promise]) -> Totals:
    """Totals over any set of promises."""
    decided = Q(state__in=(PromiseState.KEPT, PromiseState.PART_KEPT, PromiseState.BROKEN))
    found = promises.order_by().aggregate(
        count=Count("pk"),
        amount=Sum("amount_fen"),
        paid=Sum("paid_fen"),
        kept=Count("pk", filter=Q(state=PromiseState.KEPT)),
        decided=Count("pk", filter=decided),
    )
    return Totals(found["count"], found["amount"] or 0, found["paid"] or 0, found["kept"], found["decided"])


def due_today(day: date | None = None) -> QuerySet[Promise]:
    """Promises of that day, whatever came of them, in order of time."""
    return (
        Promise.objects.filter(due_on=day or clock.today())
        .exclude(state=PromiseState.WITHDRAWN)
        .select_related("customer", "account", "agent")
        .order_by("due_time", "pk")
    )


def recent(days: int = 30, day: date | None = None) -> Totals:
    """Totals of the promises whose day fell in the last `days` days: the board's kept rate."""
    end = day or clock.today()
    window = Promise.objects.filter(due_on__gt=end - timedelta(days=days), due_on__lte=end)
    return totals(window.exclude(state=PromiseState.WITHDRAWN))


def of_customer(customer: Customer) -> QuerySet[Promise]:
    """A customer's promises, newest first."""
    return customer.promises.select_related("account", "agent", "quote").order_by("-pk")


def broken_count(customer: Customer) -> int:
    """How many promises the customer broke (P1-3: decides first or repeat contact)."""
    return customer.promises.filter(state=PromiseState.BROKEN).count()
