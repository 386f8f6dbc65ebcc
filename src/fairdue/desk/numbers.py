"""Serial numbers of permits, cases and quotes: one counter per prefix and day, taken inside the caller's transaction.

Permits, which everybody takes all day, have a sequence on PostgreSQL, from which each process takes a block of numbers at a
time: a sequence is not part of the transaction, so that nobody waits for another one's commit. Its numbers go on from day
to day; those of a block that a process did not come to use, or whose transaction was rolled back, are left out.

Order of locks, the same everywhere, so that two transactions never wait for each other: customer → number of the line →
serial. A service that needs a serial takes it before its first audit event. The chain of the audit trail has a lock of its
own, taken after the commit (`audit.services.seal`).
"""

from __future__ import annotations

import os
from collections import defaultdict, deque
from datetime import date

from django.db import DEFAULT_DB_ALIAS, connections

from fairdue.core.ids import numbered
from fairdue.desk import sql

SEQUENCES = {"P": "call_permit_number"}
"""Prefixes with a sequence on PostgreSQL (made by a migration of `call`)."""
BLOCK = 20
_NEXT = (
    "INSERT INTO accounts_serial (prefix, day, last) VALUES (%s, %s, 1)"
    " ON CONFLICT (prefix, day) DO UPDATE SET last = accounts_serial.last + 1 RETURNING last"
)
_BLOCK = "SELECT nextval(%s::regclass) FROM generate_series(1, %s)"

_blocks: dict[tuple[int, str, str], deque[int]] = defaultdict(deque)
"""Numbers that this process may still give out, by process (a forked child must not use its parent's), database, prefix."""


def next_number(prefix: str, day: date) -> str:
    """The next free number such as `P20261124-000001-8`; a counter's row stays locked until the transaction ends."""
    if prefix in SEQUENCES and sql.vendor() == "postgresql":
        return numbered(prefix, day, _from_block(prefix))
    ((serial,),) = sql.rows(_NEXT, [prefix, day.isoformat() if sql.vendor() == "sqlite" else day])
    return numbered(prefix, day, serial)


def _from_block(prefix: str) -> int:
    block = _blocks[os.getpid(), str(connections[DEFAULT_DB_ALIAS].settings_dict["NAME"]), prefix]
    while True:
        try:
            return block.popleft()  # atomic, also between threads
        except IndexError:
            block.extend(number for (number,) in sql.rows(_BLOCK, [SEQUENCES[prefix], BLOCK]))
