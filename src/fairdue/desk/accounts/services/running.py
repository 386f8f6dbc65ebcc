"""Which process runs an import, and what to do when that process is gone."""

from __future__ import annotations

import os
import socket
from datetime import timedelta

from fairdue.core.text import Text
from fairdue.desk import clock

from ..models import ImportBatch

HERE: set[int] = set()
"""Batches that this process is working on now."""
SILENT = timedelta(minutes=30)
"""An import on another machine that gave no sign of life for so long counts as gone."""

ABANDONED = Text(
    zh="导入中断:运行它的进程已不在。没有写入任何数据,请重试。",
    en="The import stopped: the process that ran it is gone. Nothing was written; start it again.",
)


def worker_name() -> str:
    """`host:process` of this process."""
    return f"{socket.gethostname()}:{os.getpid()}"


def _gone(batch: ImportBatch) -> bool:
    host, _, process = batch.worker.rpartition(":")
    if host != socket.gethostname() or not process.isdecimal():
        last = batch.beat_at or batch.started_at
        return clock.now() - last > SILENT
    if int(process) == os.getpid():
        return batch.pk not in HERE and clock.now() - batch.started_at > timedelta(seconds=10)
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def fail_abandoned() -> int:
    """Mark running imports whose process is gone as failed; returns how many. Called before every start and page."""
    count = 0
    for batch in ImportBatch.objects.filter(state="running"):
        if _gone(batch):
            count += ImportBatch.objects.filter(pk=batch.pk, state="running").update(
                state="failed", error=f"{ABANDONED.zh} {ABANDONED.en}", ended_at=clock.now()
            )
    return count
