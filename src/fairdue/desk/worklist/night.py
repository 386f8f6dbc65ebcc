"""The night in the desk: database → Parquet → `portfolio.run_night` → today's lists.

The run is its own record (`NightRun` with the report). Lists of the same day that were not yet worked are replaced;
entries that an agent has finished or skipped stay, so that a second run during the day loses no work.
"""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from django.conf import settings
from django.db import transaction

from fairdue.desk import clock
from fairdue.desk.accounts.models import Account, Customer
from fairdue.desk.audit import services as audit
from fairdue.desk.call.services import expire_permits
from fairdue.desk.cases.services import book_overdue
from fairdue.desk.people.models import User
from fairdue.desk.plans import services as plans
from fairdue.desk.preferences.services import expire as expire_preferences
from fairdue.desk.promises import services as promises
from fairdue.portfolio.night import run_night as night

from . import export
from .models import EntryState, NightRun, Snapshot, WorklistEntry

BATCH = 2000


class NightBusyError(RuntimeError):
    """Another night is running; wait for it, or mark it failed when its process is gone."""


def run_night(day: date | None = None, by: User | None = None) -> NightRun:
    """Prepare the lists of `day` (default: today in the organisation's zone) and return the finished run.

    Raises `NightBusyError` while another run is going on. Any other failure is stored on the run and raised again.
    """
    day = day or clock.today()
    with transaction.atomic():
        if NightRun.objects.select_for_update().filter(state="running").exists():
            raise NightBusyError("a night is already running; wait until it ends and reload the page")
        run = NightRun.objects.create(day=day, started_at=clock.now())
    folder = Path(settings.FAIRDUE_HOME) / "nights" / f"{day:%Y%m%d}-{run.pk}"
    try:
        settled = _settle(day)
        report = _compute(day, folder)
        with transaction.atomic():
            counts = {**_store(run, folder), **settled}
            run.state = "done"
            run.report = {**report, **counts}
            run.ended_at = clock.now()
            run.save()
            audit.write("night.done", actor=by, subject=f"night:{run.pk}", payload=counts)
    except Exception as exc:
        NightRun.objects.filter(pk=run.pk).update(state="failed", error=str(exc)[:2000], ended_at=clock.now())
        raise
    _forget_old(folder.parent, keep=14)
    return run


def _settle(day: date) -> dict[str, int]:
    """Decide promises and plans whose days have passed, so that a broken one is on the new lists; end old permits."""
    return {
        "promises_settled": len(promises.settle(None, day)),
        "plans_settled": len(plans.settle(None, day)),
        "permits_expired": expire_permits(clock.now()),
        "consents_ended": expire_preferences(),
        "holds_to_review": book_overdue(),
    }


def _compute(day: date, folder: Path) -> dict[str, Any]:
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: folder / f"{name}.parquet" for name in ("accounts", "events", "agents", "tasks")}
    export.write_accounts(files["accounts"])
    export.write_events(files["events"])
    export.write_agents(files["agents"])
    export.write_tasks(files["tasks"], day)
    report = night(
        files["accounts"],
        files["events"],
        as_of=day,
        out=folder,
        agents_file=files["agents"],
        tasks=files["tasks"],
    )
    return report.as_dict()


def _store(run: NightRun, folder: Path) -> dict[str, int]:
    """Read the night's Parquet back into entries and snapshots."""
    accounts = dict(Account.objects.values_list("number", "pk"))
    customers = dict(Customer.objects.values_list("debtor_id", "pk"))
    agents = dict(User.objects.values_list("username", "pk"))
    Snapshot.objects.filter(run__day=run.day).delete()
    WorklistEntry.objects.filter(day=run.day, state=EntryState.OPEN).delete()
    worked = set(WorklistEntry.objects.filter(day=run.day).values_list("customer_id", flat=True))
    entries = []
    assigned: dict[int, list[int]] = {}
    for row in pq.read_table(folder / "lists.parquet").to_pylist():
        customer = customers[row["debtor"]]
        if customer in worked:
            continue
        agent = agents[row["agent"]]
        assigned.setdefault(agent, []).append(customer)
        entries.append(
            WorklistEntry(
                run=run,
                day=run.day,
                agent_id=agent,
                customer_id=customer,
                account_id=accounts.get(row["account"]),
                rank=row["rank"],
                score=row["score"] or 0,
                stage=row["stage"] or "",
                dpd=row["dpd"] or 0,
                due_fen=row["due_fen"] or 0,
                reason=json.loads(row["reason"]),
                round_due=row.get("round") or "",
            )
        )
    WorklistEntry.objects.bulk_create(entries, batch_size=BATCH)
    for agent, held in assigned.items():
        for start in range(0, len(held), 500):
            Customer.objects.filter(pk__in=held[start : start + 500]).update(assigned_to=agent)
    snapshots = [
        Snapshot(
            run=run,
            account_id=accounts[row["account_id"]],
            dpd=row["dpd"],
            stage=row["stage"],
            interest_fen=row["interest_fen"],
            penalty_fen=row["penalty_fen"],
            due_fen=row["due_fen"],
            principal_fen=row["principal_fen"],
        )
        for row in pq.read_table(folder / "snapshot.parquet").to_pylist()
    ]
    Snapshot.objects.bulk_create(snapshots, batch_size=BATCH)
    return {"entries": len(entries), "snapshots": len(snapshots)}


def _forget_old(nights: Path, keep: int) -> None:
    """Parquet of old nights holds debtor numbers: only the last `keep` folders stay; reports stay in the runs."""
    for folder in sorted(p for p in nights.iterdir() if p.is_dir())[:-keep]:
        shutil.rmtree(folder, ignore_errors=True)
