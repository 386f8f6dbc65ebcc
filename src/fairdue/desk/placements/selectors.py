"""Reads of placements: the list, what ends soon, the history of an account, and which accounts a filter means."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, F, Q, QuerySet, Sum

from fairdue.desk.accounts.models import Account, AccountStatus
from fairdue.desk.people.models import Agency, User

from .judging import MAX
from .models import Placement

SOON_DAYS = 14
"""A placement that ends within so many days is shown as ending soon, so that it is prolonged or taken back in time."""
SHOWS = ("running", "soon", "coming", "over", "ended", "all")


@dataclass(frozen=True, slots=True)
class Criteria:
    """Which open accounts are meant; None or empty: whatever. Days past due are counted as of today, both ends included."""

    product: str = ""
    dpd_from: int | None = None
    dpd_to: int | None = None
    agent: User | None = None
    agency: Agency | None = None
    closing_by: date | None = None

    @property
    def empty(self) -> bool:
        return self == Criteria()


def _running(day: date) -> Q:
    begun = Q(placed_on=None) | Q(placed_on__lte=day)
    return Q(ended_at=None) & begun & (Q(closing_on=None) | Q(closing_on__gte=day))


def _soon(day: date) -> Q:
    return _running(day) & Q(closing_on__lte=day + timedelta(days=SOON_DAYS))


def listed(show: str, day: date, agency: int | None = None) -> QuerySet[Placement]:
    """Placements to show: running, of these the ones that end soon, not begun yet, run out, ended, or all."""
    rows = Placement.objects.select_related("account__customer", "agency", "made_by", "ended_by")
    if agency is not None:
        rows = rows.filter(agency=agency)
    chosen = {
        "running": _running(day),
        "soon": _soon(day),
        "coming": Q(ended_at=None, placed_on__gt=day),
        "over": Q(ended_at=None, closing_on__lt=day),
        "ended": Q(ended_at__isnull=False),
    }.get(show, Q())
    if show in ("ended", "all"):
        return rows.filter(chosen).order_by(F("ended_at").desc(nulls_first=True), "-pk")
    return rows.filter(chosen).order_by(F("closing_on").asc(nulls_first=True), "pk")


def counts(day: date, agency: int | None = None) -> dict[str, int]:
    """How many placements each list shows."""
    rows = Placement.objects.filter(agency=agency) if agency is not None else Placement.objects.all()
    return rows.aggregate(
        running=Count("pk", filter=_running(day)),
        soon=Count("pk", filter=_soon(day)),
        coming=Count("pk", filter=Q(ended_at=None, placed_on__gt=day)),
        over=Count("pk", filter=Q(ended_at=None, closing_on__lt=day)),
        ended=Count("pk", filter=Q(ended_at__isnull=False)),
        all=Count("pk"),
    )


@dataclass(frozen=True, slots=True)
class AgencySum:
    """What runs with one agency: accounts, overdue as fed (fen), and how many end soon."""

    agency: Agency
    accounts: int
    due_fen: int
    soon: int


def by_agency(day: date) -> list[AgencySum]:
    """Agencies with placements that run, by name."""
    rows = Placement.objects.filter(_running(day)).values("agency")
    sums = {
        row["agency"]: row
        for row in rows.annotate(n=Count("pk"), due=Sum("account__due_fen"), soon=Count("pk", filter=_soon(day)))
    }
    agencies = Agency.objects.filter(pk__in=sums).order_by("name", "pk")
    return [AgencySum(a, sums[a.pk]["n"], sums[a.pk]["due"] or 0, sums[a.pk]["soon"]) for a in agencies]


def history_of(account: Account) -> QuerySet[Placement]:
    """Placements of an account, the latest first."""
    return account.placements.select_related("agency", "made_by", "ended_by", "batch").order_by("-pk")


def numbers_of(criteria: Criteria, day: date, *, placed: bool) -> tuple[list[str], int]:
    """Numbers of the open accounts that are meant, at most one more than fit, and how many there are.

    `placed`: those with an agency; else those that no agency works on today (never placed, or run out).
    """
    rows = Account.objects.filter(status=AccountStatus.OPEN)
    free = Q(agency=None) | Q(closing_on__lt=day)
    rows = rows.filter(agency__isnull=False) if placed else rows.filter(free)
    if criteria.product:
        rows = rows.filter(product=criteria.product)
    if criteria.dpd_from:
        rows = rows.filter(due_date__lte=day - timedelta(days=criteria.dpd_from))
    if criteria.dpd_to is not None:
        rows = rows.filter(due_date__gte=day - timedelta(days=criteria.dpd_to))
    if criteria.agent is not None:
        rows = rows.filter(customer__assigned_to=criteria.agent)
    if criteria.agency is not None:
        rows = rows.filter(agency=criteria.agency)
    if criteria.closing_by is not None:
        rows = rows.filter(closing_on__lte=criteria.closing_by)
    return list(rows.order_by("number").values_list("number", flat=True)[: MAX + 1]), rows.count()
