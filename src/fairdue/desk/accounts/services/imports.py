"""Import a file into the database: one transaction for all rows, so that a crash leaves nothing half done and a reader
never sees half a portfolio (30 000 rows take seconds; the write lock is held that long and no longer).

The file is read by `portfolio.read_portfolio`; this module only writes what changed. Personal data is sealed on the way
in. Reading the same file twice writes no row.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction

from fairdue.core.findings import Finding, Severity
from fairdue.desk import clock
from fairdue.desk.audit import services as audit
from fairdue.desk.people.models import User
from fairdue.desk.workers import worker_name
from fairdue.guard import redact
from fairdue.portfolio import ImportResult, Mapping, compare, load_mapping, read_portfolio, write_rejects

from ..models import Account, ImportBatch, ImportFinding
from . import loading
from .running import HERE as _HERE
from .running import fail_abandoned

Progress = Callable[[int, int], None]
STORED_FINDINGS = 2000


class ImportBusyError(RuntimeError):
    """Another import is running; two at once could overwrite each other."""


class ImportRefusedError(ValueError):
    """The mapping or the file as a whole cannot be used; `findings` say why and how to mend it."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(findings[0].line() if findings else "the file cannot be imported")
        self.findings = findings


def mapping_for(name: str | Path) -> Mapping:
    """A mapping by file path or by the name of one that ships. Raises `ImportRefusedError` with its findings."""
    mapping, findings = load_mapping(name)
    if mapping is None:
        raise ImportRefusedError(findings)
    return mapping


def start_batch(
    path: Path,
    mapping: Mapping,
    name: str,
    by: User | None,
    *,
    check_only: bool = False,
    as_of: date | None = None,
    stored_file: str = "",
) -> ImportBatch:
    """Claim the import; raises `ImportBusyError` while another one runs (the database allows one running batch)."""
    fail_abandoned()
    with path.open("rb") as handle:
        digest = hashlib.file_digest(handle, "sha256").hexdigest()
    try:
        with transaction.atomic():
            return ImportBatch.objects.create(
                kind=mapping.kind,
                file_name=name,
                file_digest=digest,
                mapping=mapping.name,
                mapping_path=mapping.path,
                state="running",
                by=by,
                check_only=check_only,
                as_of=as_of,
                stored_file=stored_file,
                worker=worker_name(),
                started_at=clock.now(),
                beat_at=clock.now(),
            )
    except IntegrityError as exc:
        raise ImportBusyError("another import is running; wait until it ends and try again") from exc


def import_portfolio(
    path: Path | str,
    mapping: str | Path | Mapping,
    *,
    by: User | None = None,
    as_of: date | None = None,
    progress: Progress | None = None,
    name: str | None = None,
    batch: ImportBatch | None = None,
    check_only: bool = False,
) -> ImportBatch:
    """Import one file. `as_of`: the day the data speaks of (default: the mapping's own, else today).

    Returns the finished batch with counts (new, changed, unchanged, closed, rejected, …) and totals in fen. Raises
    `ImportBusyError` and `ImportRefusedError`; any other failure marks the batch failed, writes nothing, and goes on up.
    With `check_only` the file is read and compared, and only the findings are kept.
    """
    path = Path(path)
    plan = mapping if isinstance(mapping, Mapping) else mapping_for(mapping)
    batch = batch or start_batch(path, plan, name or path.name, by, check_only=check_only, as_of=as_of)
    _HERE.add(batch.pk)
    try:
        day = as_of or plan.as_of or clock.today()
        result = read_portfolio(path, plan, as_of=day, progress=_counting(batch, progress))
        if not result.usable:
            raise ImportRefusedError(list(result.findings))
        with transaction.atomic():
            counts = _compared(batch, result) if batch.check_only else _write(batch, result, day)
            _finish(batch, result, counts, by)
    except Exception as exc:
        ImportBatch.objects.filter(pk=batch.pk).update(
            state="failed", error=redact(str(exc))[:2000], ended_at=clock.now()
        )
        if isinstance(exc, ImportRefusedError):
            _store_findings(batch, exc.findings)
        raise
    finally:
        _HERE.discard(batch.pk)
    batch.refresh_from_db()
    return batch


def _counting(batch: ImportBatch, progress: Progress | None) -> Progress:
    def report(done: int, total: int) -> None:
        ImportBatch.objects.filter(pk=batch.pk).update(rows_done=done, rows_total=total, beat_at=clock.now())
        if progress:
            progress(done, total)

    return report


def _write(batch: ImportBatch, result: ImportResult, day: date) -> dict[str, Any]:
    if result.mapping.kind == "payments":
        return loading.payments(batch, result, day)
    if result.mapping.kind == "history":
        return loading.history(result)
    if result.mapping.kind == "contacts":
        return loading.lines_only(result)
    if result.mapping.kind == "holds":
        return loading.holds(result)
    difference = compare(result, dict(Account.objects.values_list("number", "digest")))
    counts = loading.portfolio(batch, result, difference, day)
    _store_findings(batch, list(difference.findings))
    return counts


def _compared(batch: ImportBatch, result: ImportResult) -> dict[str, Any]:
    """What an import would do, in the same words as an import; nothing is written."""
    if result.mapping.kind != "accounts":
        return {"readable": result.totals.taken}
    from fairdue.desk.placements import feed as placements

    difference = compare(result, dict(Account.objects.values_list("number", "digest")))
    _store_findings(batch, list(difference.findings))
    return {
        "findings": placements.unknown_agencies(result.accounts),
        "new": len(difference.new),
        "changed": len(difference.changed),
        "unchanged": len(difference.unchanged),
        "missing": len(difference.missing),
        "closed": len(difference.closing),
    }


def _finish(batch: ImportBatch, result: ImportResult, counts: dict[str, Any], by: User | None) -> None:
    if result.rejected:
        folder = Path(settings.FAIRDUE_HOME) / "rejects"
        folder.mkdir(parents=True, exist_ok=True)
        target = folder / f"{batch.pk}-rejected-{Path(batch.file_name).name}"
        write_rejects(result, target)
        batch.reject_file = target.name
    findings = [*result.findings, *counts.pop("findings", ())]
    _store_findings(batch, findings)
    by_code: dict[str, int] = {}
    for finding in findings:
        by_code[finding.code] = by_code.get(finding.code, 0) + 1
    batch.counts = {**counts, "rejected": len(result.rejected), "findings": by_code}
    batch.totals = result.totals.as_dict()
    batch.state = "done"
    batch.rows_total = batch.rows_done = result.totals.rows
    batch.ended_at = clock.now()
    batch.save()
    payload = {"kind": batch.kind, "digest": batch.file_digest, "counts": counts}
    kind = "import.checked" if batch.check_only else "import.done"
    audit.write(kind, actor=by, subject=f"import:{batch.pk}", payload=payload)


def _store_findings(batch: ImportBatch, findings: list[Finding]) -> None:
    """Errors first, at most STORED_FINDINGS; the counts of all are on the batch."""
    ordered = sorted(findings, key=lambda f: f.severity is not Severity.ERROR)[:STORED_FINDINGS]
    rows = []
    for finding in ordered:
        body = finding.as_dict()
        for part in ("what", "why", "mend"):
            body[part] = {lang: redact(text) for lang, text in body[part].items()}
        rows.append(
            ImportFinding(
                batch=batch,
                code=finding.code,
                severity=str(finding.severity),
                row=finding.place.row,
                field=(finding.place.field or "")[:80],
                body=body,
            )
        )
    ImportFinding.objects.bulk_create(rows, batch_size=500)
