"""Which process runs an import, and what to do when that process is gone."""

from __future__ import annotations

from datetime import timedelta

from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.workers import is_gone

from ..models import ImportBatch

HERE: set[int] = set()
"""Batches that this process is working on now."""
SILENT = timedelta(minutes=30)
"""An import on another machine that gave no sign of life for so long counts as gone."""

ABANDONED = Text(
    zh="导入中断:运行它的进程已不在。没有写入任何数据,请重试。",
    en="The import stopped: the process that ran it is gone. Nothing was written; start it again.",
)


def _gone(batch: ImportBatch) -> bool:
    # In its first seconds a thread may not have written itself down yet.
    starting = clock.now() - batch.started_at <= timedelta(seconds=10)
    last = batch.beat_at or batch.started_at
    return is_gone(batch.worker, last_sign=last, silent=SILENT, here=batch.pk in HERE or starting)


def fail_abandoned() -> int:
    """Mark running imports whose process is gone as failed; returns how many. Called before every start and page."""
    count = 0
    for batch in ImportBatch.objects.filter(state="running"):
        if _gone(batch):
            count += ImportBatch.objects.filter(pk=batch.pk, state="running").update(
                state="failed", error=f"{ABANDONED.zh} {ABANDONED.en}", ended_at=clock.now()
            )
    return count
