"""Why a customer is on the list, and how far the day's rounds are (P3-2), in words for the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import time

from fairdue.core.text import Text
from fairdue.desk.people.models import User
from fairdue.portfolio.night import load_rhythm, render_rank, render_reason

from . import selectors
from .models import TaskKind, WorklistEntry
from .stages import stage_name


@dataclass(frozen=True)
class Why:
    """The reason for being on the list, the reason for the rank, the stage's name."""

    reason: Text
    rank: Text
    stage: Text


@dataclass(frozen=True)
class RoundProgress:
    """One round of the day: its name, by when (organisation's local time), how many of how many are done."""

    title: Text
    by: time
    done: int
    total: int


def why(entry: WorklistEntry) -> Why:
    """The entry's stored reason codes in both languages."""
    return Why(render_reason(entry.reason), render_rank(entry.reason, entry.rank), stage_name(entry.stage))


def rounds_of(agent: User) -> list[RoundProgress]:
    """Progress of each planned round: customers tried at least once, tried twice, today's promises checked."""
    from fairdue.desk import clock
    from fairdue.desk.call.models import Contact
    from fairdue.desk.reports.selectors import bounds
    from fairdue.desk.worklist.models import Task

    day = clock.today()
    start, end = bounds(day)
    customers = list(selectors.entries_of(agent, day).values_list("customer_id", flat=True))
    tried: dict[int, int] = {}
    reached: set[int] = set()
    rows = Contact.objects.filter(agent=agent, started_at__gte=start, started_at__lt=end)
    for customer, connected in rows.values_list("customer_id", "connected"):
        tried[customer] = tried.get(customer, 0) + 1
        if connected:
            reached.add(customer)
    checks = Task.objects.filter(agent=agent, kind=TaskKind.PROMISE_CHECK, due_at__gte=start, due_at__lt=end)
    out = []
    for planned in load_rhythm():
        if planned.who == "promised_today":
            total, done = checks.count(), checks.exclude(done_at=None).count()
        elif planned.who == "not_reached":
            missed = [c for c in customers if tried.get(c) and c not in reached]
            total, done = len(missed), sum(tried[c] > 1 for c in missed)
        else:
            total, done = len(customers), sum(c in tried for c in customers)
        out.append(RoundProgress(planned.title, planned.by, done, total))
    return out
