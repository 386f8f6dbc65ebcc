"""Server-sent events to an open call page: that something changed, never what.

    event: guide    {"revision": 12}    the panel is to be asked for again
    event: warn     {"revision": 12}    a red line was said
    event: crisis   {"revision": 12}    the page has to turn at once
    event: end      {}                  the call is over, do not come back

A stream holds a thread of the server while it lives. It asks for one number at growing pauses, lives less than a minute
(the browser comes back with `Last-Event-ID`), and there is a limit for each user and for the process.
"""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from collections.abc import Iterator

from django.conf import settings
from django.db import DatabaseError

from . import selectors

PER_USER = 3
FIRST_PAUSE, LONGEST_PAUSE, GROWTH = 0.2, 1.5, 1.4
HEARTBEAT = 10.0
RETRY_MS = 2000

_open: Counter[int] = Counter()
_lock = threading.Lock()


class TooManyStreamsError(RuntimeError):
    """This user, or this process, has as many open streams as are allowed; the page goes on without one."""


def open_streams() -> int:
    """How many streams this process has open."""
    with _lock:
        return _open.total()


class Stream:
    """One stream; iterating it gives the bytes to send. `close()` gives the place back, however far it was read."""

    def __init__(self, user_id: int, permit_id: int, since: int) -> None:
        with _lock:
            if _open[user_id] >= PER_USER or _open.total() >= settings.FAIRDUE_STREAMS:
                raise TooManyStreamsError
            _open[user_id] += 1
        self._user, self._permit, self._since = user_id, permit_id, since
        self._closed = False

    def close(self) -> None:
        """Give the place back; twice changes nothing."""
        with _lock:
            if not self._closed:
                self._closed = True
                _open[self._user] -= 1

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._events()
        except DatabaseError:  # the browser comes back, with a connection of its own
            return
        finally:
            self.close()

    def _events(self) -> Iterator[bytes]:
        ends = time.monotonic() + settings.FAIRDUE_STREAM_SECONDS
        beat, pause, seen = time.monotonic(), FIRST_PAUSE, self._since
        yield f"retry: {RETRY_MS}\n\n".encode()
        while True:
            now = selectors.revision_of(self._permit)
            if now is None or not now[1]:
                yield _event("end", {})
                return
            if now[0] > seen:
                for _number, kind in selectors.signals_since(self._permit, seen):
                    yield _event(kind, {"revision": now[0]}, now[0])
                yield _event("guide", {"revision": now[0]}, now[0])
                seen, pause, beat = now[0], FIRST_PAUSE, time.monotonic()
            if time.monotonic() >= ends:
                return
            if time.monotonic() - beat >= HEARTBEAT:
                yield b": alive\n\n"
                beat = time.monotonic()
            time.sleep(pause)
            pause = min(pause * GROWTH, LONGEST_PAUSE)


def _event(name: str, data: dict[str, int], number: int | None = None) -> bytes:
    head = f"id: {number}\n" if number is not None else ""
    return f"{head}event: {name}\ndata: {json.dumps(data)}\n\n".encode()
