"""Whether the process that works on a long job is still there: an import, an effect on past contacts."""

from __future__ import annotations

import os
import socket
from datetime import datetime, timedelta

from . import clock


def worker_name() -> str:
    """`host:process` of this process, as a job keeps it."""
    return f"{socket.gethostname()}:{os.getpid()}"


def is_gone(worker: str, *, last_sign: datetime, silent: timedelta, here: bool) -> bool:
    """True when the worker's process has ended, or on another host has been silent for `silent` since `last_sign` (UTC).

    `here`: whether this process itself still works on the job, should it be the one named.
    """
    host, _, process = worker.rpartition(":")
    if host != socket.gethostname() or not process.isdecimal():
        return clock.now() - last_sign > silent
    if int(process) == os.getpid():
        return not here
    try:
        os.kill(int(process), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False
