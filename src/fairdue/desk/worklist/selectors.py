"""What the pages and the API read of the worklist."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from fairdue.core.dates import at_local
from fairdue.desk import clock
from fairdue.desk.people.models import User

from .models import EntryState, NightRun, Task, WorklistEntry


@dataclass(frozen=True)
class Progress:
    """How far a day's list is: counts of entries, and the customers still open per round of the rhythm."""

    total: int
    done: int
    skipped: int
    open: int

    @property
    def percent(self) -> int:
        """Whole percent of the list that is done or skipped; 0 for an empty list."""
        return 100 * (self.done + self.skipped) // self.total if self.total else 0


def entries_of(agent: User, day: date | None = None) -> QuerySet[WorklistEntry]:
    """The agent's list of a day in rank order, with customer and account ready."""
    return (
        WorklistEntry.objects.filter(agent=agent, day=day or clock.today())
        .select_related("customer", "account")
        .order_by("rank")
    )


def next_entry(agent: User, after_rank: int = 0, day: date | None = None) -> WorklistEntry | None:
    """The next open entry after a rank, from the top again when none is left below; None when the list is done."""
    entries = entries_of(agent, day).filter(state=EntryState.OPEN)
    return entries.filter(rank__gt=after_rank).first() or entries.first()


def entry_for(agent: User, customer_id: int, day: date | None = None) -> WorklistEntry | None:
    """The agent's entry of this customer today, whatever its state."""
    return entries_of(agent, day).filter(customer_id=customer_id).first()


def progress(agent: User, day: date | None = None) -> Progress:
    """Counts of the agent's list."""
    counts = entries_of(agent, day).aggregate(
        total=Count("pk"),
        done=Count("pk", filter=Q(state=EntryState.DONE)),
        skipped=Count("pk", filter=Q(state=EntryState.SKIPPED)),
        open=Count("pk", filter=Q(state=EntryState.OPEN)),
    )
    return Progress(**counts)


def day_end(day: date) -> datetime:
    """The instant (UTC) at which `day` ends in the organisation's zone."""
    return at_local(day + timedelta(days=1), time(0), settings.FAIRDUE_ZONE)


def tasks_due(agent: User, day: date | None = None) -> QuerySet[Task]:
    """The agent's open tasks due by the end of the day, oldest first, late ones included."""
    return (
        Task.objects.filter(agent=agent, done_at=None, due_at__lt=day_end(day or clock.today()))
        .select_related("customer", "account")
        .order_by("due_at", "pk")
    )


def team_tasks(day: date | None = None) -> QuerySet[Task]:
    """Open tasks of everybody, and those without an agent, due by the end of the day."""
    return (
        Task.objects.filter(done_at=None, due_at__lt=day_end(day or clock.today()))
        .select_related("customer", "account", "agent")
        .order_by("due_at", "pk")
    )


def latest_night() -> NightRun | None:
    """The last finished night, or None before the first one."""
    return NightRun.objects.filter(state="done").order_by("-pk").first()


def team_progress(day: date | None = None) -> list[tuple[User, Progress]]:
    """Every active agent with their progress, in order of user name."""
    agents = User.objects.filter(role="agent", is_active=True).order_by("username")
    return [(agent, progress(agent, day)) for agent in agents]
