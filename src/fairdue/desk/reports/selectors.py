"""The lead's board. Every figure names its base, because a rate without its base cannot be argued with.

* contact rate = calls put through to the debtor / calls made (today)
* kept rate    = promises kept / promises that fell due (today, and the last 30 days)
* recovered    = payments that stayed, by day n after placement / overdue amount at placement (P3-1: 60 % by day 7,
  80 % by day 15). Placement is the day the account came to the desk.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Count, Q, Sum

from fairdue.core.dates import at_local, local
from fairdue.desk import clock
from fairdue.desk.accounts.models import Account, LedgerEntry
from fairdue.desk.call.models import Contact, Denial
from fairdue.desk.promises.models import Promise, PromiseState
from fairdue.desk.worklist.models import Snapshot
from fairdue.desk.worklist.selectors import latest_night

TARGETS = {7: 60, 15: 80}
"""Day after placement → percent of the overdue amount that should be back (P3-1)."""

CURVE_DAYS = 15


@dataclass(frozen=True)
class Today:
    """Today's figures in the organisation's zone; amounts in fen."""

    calls: int
    put_through: int
    effective: int
    denied: int
    promises_made: int
    promised_fen: int
    promises_due: int
    due_fen: int
    promises_kept: int
    kept_fen: int
    cash_fen: int
    payments: int

    @property
    def contact_percent(self) -> int | None:
        """Put through / calls in whole percent; None before the first call."""
        return 100 * self.put_through // self.calls if self.calls else None

    @property
    def kept_percent(self) -> int | None:
        """Kept / due today in whole percent; None when none was due."""
        return 100 * self.promises_kept // self.promises_due if self.promises_due else None


@dataclass(frozen=True)
class AgentRow:
    """One agent's line on the board."""

    username: str
    name: str
    calls: int
    put_through: int
    promises: int
    promised_fen: int
    entries_open: int
    entries_done: int


@dataclass(frozen=True)
class StageRow:
    """Accounts and amounts of one stage after the last night."""

    stage: str
    accounts: int
    principal_fen: int
    interest_fen: int
    penalty_fen: int
    due_fen: int


@dataclass(frozen=True)
class CurvePoint:
    """Recovered by the end of day `day` after placement, over accounts placed at least that long ago."""

    day: int
    recovered_fen: int
    base_fen: int

    @property
    def per_mille(self) -> int | None:
        """Recovered share in 1/1000 of the base; None when no account is old enough."""
        return 1000 * self.recovered_fen // self.base_fen if self.base_fen else None


def bounds(day: date) -> tuple[datetime, datetime]:
    """Start and end (UTC, half-open) of a day in the organisation's zone."""
    zone = settings.FAIRDUE_ZONE
    return at_local(day, time(0), zone), at_local(day + timedelta(days=1), time(0), zone)


def net_payments(entries: Iterable[LedgerEntry]) -> list[LedgerEntry]:
    """Payments that were not reversed."""
    listed = list(entries)
    gone = {(e.account_id, e.reverses) for e in listed if e.kind == "reversal"}
    return [e for e in listed if e.kind == "payment" and (e.account_id, e.reference) not in gone]


def today(day: date | None = None) -> Today:
    """The figures of one day (default today)."""
    day = day or clock.today()
    start, end = bounds(day)
    calls = Contact.objects.filter(started_at__gte=start, started_at__lt=end, channel__startswith="voice")
    counted = calls.aggregate(
        calls=Count("pk"),
        put_through=Count("pk", filter=Q(connected=True, role="debtor")),
        effective=Count("pk", filter=Q(connected=True, two_way=True, talk_seconds__gte=6, role="debtor")),
    )
    made = Promise.objects.filter(created_at__gte=start, created_at__lt=end).aggregate(
        n=Count("pk"), fen=Sum("amount_fen")
    )
    due = Promise.objects.filter(due_on=day).exclude(state=PromiseState.WITHDRAWN)
    due_sum = due.aggregate(n=Count("pk"), fen=Sum("amount_fen"))
    kept = due.filter(state=PromiseState.KEPT).aggregate(n=Count("pk"), fen=Sum("paid_fen"))
    paid_accounts = LedgerEntry.objects.filter(value_date=day).values("account_id")
    payments = [e for e in net_payments(LedgerEntry.objects.filter(account__in=paid_accounts)) if e.value_date == day]
    return Today(
        **counted,
        denied=Denial.objects.filter(at__gte=start, at__lt=end).count(),
        promises_made=made["n"],
        promised_fen=made["fen"] or 0,
        promises_due=due_sum["n"],
        due_fen=due_sum["fen"] or 0,
        promises_kept=kept["n"],
        kept_fen=kept["fen"] or 0,
        cash_fen=sum(e.amount_fen for e in payments),
        payments=len(payments),
    )


def calls_by_hour(day: date | None = None) -> list[tuple[int, int, int]]:
    """`(hour, calls, put through)` for the hours 8 to 21 in the organisation's zone."""
    start, end = bounds(day or clock.today())
    all_calls: Counter[int] = Counter()
    through: Counter[int] = Counter()
    rows = Contact.objects.filter(started_at__gte=start, started_at__lt=end, channel__startswith="voice")
    for at, connected in rows.values_list("started_at", "connected"):
        hour = local(at, settings.FAIRDUE_ZONE).hour
        all_calls[hour] += 1
        through[hour] += connected
    return [(hour, all_calls[hour], through[hour]) for hour in range(8, 22)]


def agents(day: date | None = None) -> list[AgentRow]:
    """A row for every active agent; four grouped queries, whatever the number of agents."""
    from fairdue.desk.people.models import User
    from fairdue.desk.worklist.models import WorklistEntry

    day = day or clock.today()
    start, end = bounds(day)
    calls = {
        row["agent"]: row
        for row in Contact.objects.filter(started_at__gte=start, started_at__lt=end)
        .values("agent")
        .annotate(n=Count("pk"), through=Count("pk", filter=Q(connected=True)))
    }
    promised = {
        row["agent"]: row
        for row in Promise.objects.filter(created_at__gte=start, created_at__lt=end)
        .values("agent")
        .annotate(n=Count("pk"), fen=Sum("amount_fen"))
    }
    entries: dict[int, Counter[str]] = defaultdict(Counter)
    for row in WorklistEntry.objects.filter(day=day).values("agent", "state").annotate(n=Count("pk")):
        entries[row["agent"]][row["state"]] = row["n"]
    rows = []
    for user in User.objects.filter(role="agent", is_active=True).order_by("username"):
        call, promise = calls.get(user.pk, {}), promised.get(user.pk, {})
        rows.append(
            AgentRow(
                username=user.username,
                name=user.get_full_name() or user.username,
                calls=call.get("n", 0),
                put_through=call.get("through", 0),
                promises=promise.get("n", 0),
                promised_fen=promise.get("fen") or 0,
                entries_open=entries[user.pk]["open"],
                entries_done=entries[user.pk]["done"] + entries[user.pk]["skipped"],
            )
        )
    return rows


def stages() -> list[StageRow]:
    """Accounts by stage after the last finished night, in order of amount; empty before the first night."""
    run = latest_night()
    if run is None:
        return []
    rows = (
        Snapshot.objects.filter(run=run)
        .values("stage")
        .annotate(
            n=Count("pk"),
            principal=Sum("principal_fen"),
            interest=Sum("interest_fen"),
            penalty=Sum("penalty_fen"),
            due=Sum("due_fen"),
            dpd=Sum("dpd"),
        )
        .order_by("-due")
    )
    return [
        StageRow(row["stage"], row["n"], row["principal"], row["interest"], row["penalty"], row["due"]) for row in rows
    ]


def recovery_curve(as_of: date | None = None) -> list[CurvePoint]:
    """Recovered share by day 0..15 after placement, over accounts overdue at placement and placed at least that long.

    Placement is `placed_on`, else the date of the feed that brought the account. A payment counts once, up to the
    overdue amount at placement, so that a full early settlement of one account cannot hide another that paid nothing.
    """
    as_of = as_of or clock.today()
    window = as_of - timedelta(days=90)
    placed: dict[int, tuple[date, int]] = {}
    rows = Account.objects.filter(due_fen__gt=0).values_list("pk", "placed_on", "batch__started_at", "as_of", "due_fen")
    for pk, placed_on, started, fed, due_fen in rows.iterator(chunk_size=5000):
        day = placed_on or (local(started, settings.FAIRDUE_ZONE).date() if started else fed)
        if day >= window:
            placed[pk] = (day, due_fen)
    paid: dict[int, list[tuple[int, int]]] = defaultdict(list)
    ledger = LedgerEntry.objects.filter(value_date__gte=window, kind__in=("payment", "reversal"))
    for entry in net_payments(ledger):
        if entry.account_id in placed:
            age = (entry.value_date - placed[entry.account_id][0]).days
            if 0 <= age <= CURVE_DAYS:
                paid[entry.account_id].append((age, entry.amount_fen))
    points = []
    for day in range(CURVE_DAYS + 1):
        old_enough = {pk: due for pk, (start, due) in placed.items() if (as_of - start).days >= day}
        recovered = sum(
            min(due, sum(fen for age, fen in paid[pk] if age <= day)) for pk, due in old_enough.items() if pk in paid
        )
        points.append(CurvePoint(day=day, recovered_fen=recovered, base_fen=sum(old_enough.values())))
    return points
