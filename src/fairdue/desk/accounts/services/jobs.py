"""Imports started from a page: the file is kept, a thread does the work, the page watches the batch."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from django.conf import settings
from django.db import connection

from fairdue.desk.people.models import User

from ..models import ImportBatch
from .imports import import_portfolio, mapping_for, start_batch
from .running import HERE

log = logging.getLogger(__name__)
SUFFIXES = (".csv", ".txt", ".tsv", ".xlsx", ".parquet")


def uploads() -> Path:
    """Folder of kept uploads, readable by the desk's own user only."""
    folder = Path(settings.FAIRDUE_HOME) / "uploads"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def keep_upload(name: str, chunks: Iterable[bytes]) -> str:
    """Store an upload under a name of our own; returns it. Raises `ValueError` on a kind of file we cannot read."""
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise ValueError(suffix)
    stored = f"{secrets.token_hex(12)}{suffix}"
    with (uploads() / stored).open("wb") as handle:
        for chunk in chunks:
            handle.write(chunk)
    return stored


def start(
    stored: str, name: str, mapping: str, *, by: User, as_of: date | None = None, check_only: bool = False
) -> ImportBatch:
    """Begin an import of a kept upload in a thread. Raises `ImportBusyError` and `ImportRefusedError` (bad mapping)."""
    plan = mapping_for(mapping)
    path = uploads() / stored
    batch = start_batch(path, plan, name, by, check_only=check_only, as_of=as_of, stored_file=stored)
    HERE.add(batch.pk)
    threading.Thread(target=_work, args=(batch, path, as_of), name=f"import-{batch.pk}", daemon=True).start()
    return batch


def retry(batch: ImportBatch, by: User) -> ImportBatch:
    """Begin a failed import again with the file that was kept. Raises `FileNotFoundError` when it is gone."""
    if not batch.stored_file or not (uploads() / batch.stored_file).is_file():
        raise FileNotFoundError(batch.file_name)
    return start(
        batch.stored_file,
        batch.file_name,
        batch.mapping_path or batch.mapping,
        by=by,
        as_of=batch.as_of,
        check_only=batch.check_only,
    )


def _work(batch: ImportBatch, path: Path, as_of: date | None) -> None:
    try:
        plan = mapping_for(batch.mapping_path or batch.mapping)
        done = import_portfolio(path, plan, by=batch.by, as_of=as_of, name=batch.file_name, batch=batch)
        if done.state == "done" and not done.check_only:
            path.unlink(missing_ok=True)  # the portfolio is in the database now; the plain file need not stay
    except Exception:
        log.exception("import %s failed", batch.pk)
    finally:
        HERE.discard(batch.pk)
        connection.close()
