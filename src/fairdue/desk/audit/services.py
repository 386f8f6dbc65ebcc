"""Write the audit trail. Called inside the transaction of the change it records, so both happen or neither does.

SQLite has one writer at a time anyway: an event is written with its place in the chain. On PostgreSQL that would let one
transaction at a time commit, in the whole house. There an event is written with its digest, and gets its place right after
the commit, in a short transaction of its own under a lock (`seal`).
"""

from __future__ import annotations

import json
import re
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import DEFAULT_DB_ALIAS, connections, transaction

from fairdue.desk import clock, sql
from fairdue.guard import redact

from .chain import GENESIS, canonical, event_hash, link_hash, text_digest
from .models import AuditEvent

if TYPE_CHECKING:
    from fairdue.desk.accounts.models import Customer
    from fairdue.desk.people.models import User

__all__ = ["GENESIS", "PersonalDataError", "event_hash", "seal", "write", "write_with"]

LOCK = 0x46445545  # "FDUE"; one writer of the chain at a time on PostgreSQL
SEAL_EVERY = 0.2
"""Seconds between two rounds of sealing by one process while it writes much; what is left waits for the next event, for
the next reader or for the night."""
SEAL_BATCH = 2000

MAY_BE_PERSONAL = re.compile(r"[^\x00-\x7f]|@|(?:[0-9][ -]?){9}[0-9]")
"""What every pattern of `guard.redact` needs at least: a character beyond ASCII (names, plates, other digits), an @, or ten
digits with at most one blank or hyphen between. Text without any of them is clean, and most payloads are."""

DIGEST = re.compile(r"(?<![0-9A-Za-z])(?=[0-9a-f]{0,60}[a-f])[0-9a-f]{64}(?![0-9A-Za-z])")
"""A SHA-256 in hexadecimal. A run of digits inside one can look like a card or a telephone number, and is none."""

_INSERT = (
    "INSERT INTO audit_auditevent (seq, at, actor_id, actor_name, kind, subject, customer_id, payload, digest, previous, hash)"
    " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) RETURNING id"
)
_LAST = "SELECT seq, hash FROM audit_auditevent WHERE seq IS NOT NULL ORDER BY seq DESC LIMIT 1"
_FIELDS = [field.attname for field in AuditEvent._meta.concrete_fields]

_sealed_at = 0.0


class PersonalDataError(ValueError):
    """The payload of an audit event carries personal data; put ids or masked values there instead."""


def write(
    kind: str,
    *,
    actor: User | None,
    subject: str = "",
    customer: Customer | int | None = None,
    payload: dict[str, Any] | None = None,
) -> AuditEvent:
    """Append one event. `kind` is "room.what" (`permit.taken`); `subject` is "table:id"; `payload` is small JSON.

    Must run inside a transaction. Raises `PersonalDataError` when the payload would change under redaction. On PostgreSQL
    the event returned has no place yet (`seq` None).
    """
    values, body = _clean(kind, payload)
    row = _row(kind, actor, subject, customer, body)
    ((key,),) = sql.rows(_INSERT, row.stored())
    fields = [key, row.seq, row.at, row.actor_id, row.actor_name, kind, subject, row.customer_id, values]
    return AuditEvent.from_db(DEFAULT_DB_ALIAS, _FIELDS, [*fields, row.digest, row.previous, row.hash])


def write_with(
    first: sql.Step,
    kind: str,
    *,
    actor: User | None,
    subject: str = "",
    customer: Customer | int | None = None,
    payload: dict[str, Any] | None = None,
) -> list[sql.Row]:
    """Run the statement of a change and append its event, in one round trip on PostgreSQL; returns the rows of `first`.

    For events that need nothing of what the statement gives back; else as `write`.
    """
    row = _row(kind, actor, subject, customer, _clean(kind, payload)[1])
    return sql.several(first, (_INSERT, row.stored()))[0]


def _clean(kind: str, payload: dict[str, Any] | None) -> tuple[dict[str, Any], str]:
    """The payload as it is stored, and its canonical JSON text, which is what is hashed."""
    values = json.loads(canonical(payload)) if payload else {}
    body = canonical(values)
    plain = DIGEST.sub("", body)
    if MAY_BE_PERSONAL.search(plain) and redact(plain) != plain:
        raise PersonalDataError(f"audit event {kind}: the payload holds personal data; use ids or masked values")
    return values, body


class _Row(NamedTuple):
    """An event before it has its key; the fields are in the order of `_INSERT`."""

    seq: int | None
    at: datetime
    actor_id: int | None
    actor_name: str
    kind: str
    subject: str
    customer_id: int | None
    body: str
    digest: str
    previous: str | None
    hash: str | None

    def stored(self) -> list[Any]:
        return [self.seq, sql.instant(self.at), *self[2:]]


def _row(kind: str, actor: User | None, subject: str, customer: Customer | int | None, body: str) -> _Row:
    database = connections[DEFAULT_DB_ALIAS]
    if not database.in_atomic_block:
        raise RuntimeError(
            f"audit event {kind} is written outside a transaction; wrap the change in transaction.atomic"
        )
    customer_id = customer if isinstance(customer, int) or customer is None else customer.pk
    at = clock.now().astimezone(UTC)
    name = actor.get_username() if actor else ""
    actor_id = actor.pk if actor else None
    content = text_digest(at.isoformat(), name, kind, subject, customer_id, body)
    seq, previous, hashed = None, None, None
    if database.vendor == "postgresql":
        transaction.on_commit(_seal_soon, robust=True)
    else:
        last = sql.rows(_LAST)
        seq, previous = (last[0][0] + 1, last[0][1]) if last else (1, GENESIS)
        hashed = link_hash(seq, content, previous)
    return _Row(seq, at, actor_id, name, kind, subject, customer_id, body, content, previous, hashed)


def seal(wait: bool = True) -> int:
    """Give events that wait their place in the chain, in the order in which they were written; returns how many.

    One process at a time; with `wait` False it leaves the work to the one that is at it. Only committed events (and those
    of the caller's own transaction) are seen. The digest an event was written with is what is chained: content that was
    changed meanwhile does not fit it any more, and `selectors.verify` says so.
    """
    if sql.vendor() != "postgresql" or not sql.rows("SELECT 1 FROM audit_auditevent WHERE seq IS NULL LIMIT 1"):
        return 0
    total = 0
    while True:
        with transaction.atomic():
            if wait:
                sql.rows("SELECT pg_advisory_xact_lock(%s)", [LOCK])
            elif not sql.rows("SELECT pg_try_advisory_xact_lock(%s)", [LOCK])[0][0]:
                return total
            count = _seal_batch()
        total += count
        if count < SEAL_BATCH:
            return total


def _seal_batch() -> int:
    waiting = sql.rows(
        f"SELECT id, digest FROM audit_auditevent WHERE seq IS NULL ORDER BY id LIMIT {SEAL_BATCH}"  # noqa: S608
    )
    if not waiting:
        return 0
    last = sql.rows(_LAST)
    seq, previous = last[0] if last else (0, GENESIS)
    keys, places, befores, hashes = [], [], [], []
    for key, content in waiting:
        seq += 1
        keys.append(key)
        places.append(seq)
        befores.append(previous)
        previous = link_hash(seq, content, previous)
        hashes.append(previous)
    sql.rows(
        "UPDATE audit_auditevent e SET seq = v.seq, previous = v.previous, hash = v.hash FROM"
        " unnest(%s::bigint[], %s::bigint[], %s::text[], %s::text[]) AS v(id, seq, previous, hash) WHERE e.id = v.id",
        [keys, places, befores, hashes],
    )
    return len(waiting)


def _seal_soon() -> None:
    """After a commit: seal, unless this process did so a moment ago or another one is at it."""
    global _sealed_at  # noqa: PLW0603 - how long ago this process sealed is a fact of the process
    now = time.monotonic()
    if now - _sealed_at >= SEAL_EVERY:
        _sealed_at = now
        seal(wait=False)
