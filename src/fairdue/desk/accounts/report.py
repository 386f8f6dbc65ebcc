"""The portfolio report: accounts by stage and by arrears cycle, and the proof that every fen of the files is in it."""

from __future__ import annotations

from typing import Any

from django.db.models import Count, Max, Q, Sum

from fairdue.desk.worklist.models import NightRun, Snapshot
from fairdue.desk.worklist.stages import stage_name

from .models import Account, AccountStatus, ImportBatch


def _sums(queryset: Any, *names: str) -> Any:
    return queryset.annotate(n=Count("pk"), **{f"sum_{name}": Sum(name) for name in names})


def by_cycle() -> list[dict[str, Any]]:
    """Open accounts as fed, by months in arrears: number, overdue and whole balance in fen."""
    rows = Account.objects.filter(status=AccountStatus.OPEN).values("cycles").order_by("cycles")
    return list(_sums(rows, "due_fen", "principal_fen"))


def by_stage() -> tuple[NightRun | None, list[dict[str, Any]]]:
    """The last night and its accounts by stage; amounts in fen as the ledger computed them for that day."""
    run = NightRun.objects.filter(state="done").order_by("-pk").first()
    if run is None:
        return None, []
    rows = Snapshot.objects.filter(run=run).values("stage").annotate(latest=Max("dpd")).order_by("latest", "stage")
    found = list(_sums(rows, "due_fen", "principal_fen", "interest_fen", "penalty_fen"))
    return run, [{**row, "name": stage_name(row["stage"])} for row in found]


def reconciled() -> list[dict[str, Any]]:
    """The last import of each account feed: its money columns, and what the database holds of its accounts.

    `records` are sums over the rows taken. They are compared with the accounts that came through this mapping, unless
    a later or an earlier file of the mapping brought accounts that this file does not have (`missing`).
    """
    proofs = []
    done = ImportBatch.objects.filter(kind="accounts", state="done", check_only=False)
    for mapping in done.order_by("mapping").values_list("mapping", flat=True).distinct():
        batch = done.filter(mapping=mapping).order_by("-pk").first()
        assert batch is not None
        held = Account.objects.filter(batch__mapping=mapping).exclude(status=AccountStatus.CLOSED_BY_FEED)
        sums = held.aggregate(
            n=Count("pk"), principal_fen=Sum("principal_fen"), due_fen=Sum("due_fen"), credit_fen=Sum("credit_fen")
        )
        records = batch.totals.get("records", {})
        lines = [
            {"name": name, "file_fen": records.get(name, 0), "held_fen": sums[name] or 0}
            for name in ("principal_fen", "due_fen", "credit_fen")
        ]
        columns = [{"name": name, **values} for name, values in batch.totals.get("columns", {}).items()]
        proofs.append(
            {
                "batch": batch,
                "accounts": sums["n"],
                "taken": batch.totals.get("taken", 0),
                "columns": columns,
                "lines": [{**line, "difference_fen": line["held_fen"] - line["file_fen"]} for line in lines],
                "whole": bool(batch.totals.get("reconciles"))
                and all(line["held_fen"] == line["file_fen"] for line in lines),
            }
        )
    return proofs


def report() -> dict[str, Any]:
    """Everything the report page shows."""
    cycles = by_cycle()
    run, stages = by_stage()
    totals = Account.objects.aggregate(
        n=Count("pk", filter=Q(status="open")),
        customers=Count("customer", distinct=True, filter=Q(status="open")),
        due=Sum("due_fen", filter=Q(status="open")),
        principal=Sum("principal_fen", filter=Q(status="open")),
    )
    return {
        "cycles": cycles,
        "run": run,
        "stages": stages,
        "stage_total": {
            name: sum(row[name] or 0 for row in stages) for name in ("n", "sum_due_fen", "sum_principal_fen")
        },
        "totals": totals,
        "proofs": reconciled(),
    }
