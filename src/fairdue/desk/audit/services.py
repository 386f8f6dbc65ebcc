"""Write the audit trail. Called inside the transaction of the change it records, so both happen or neither does."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import connection, transaction

from fairdue.core.ids import digest
from fairdue.desk import clock
from fairdue.guard import redact

from .models import AuditEvent

if TYPE_CHECKING:
    from fairdue.desk.accounts.models import Customer
    from fairdue.desk.people.models import User

GENESIS = "0" * 64
LOCK = 0x46445545  # "FDUE"; one writer of the chain at a time on PostgreSQL, SQLite has one anyway


class PersonalDataError(ValueError):
    """The payload of an audit event carries personal data; put ids or masked values there instead."""


def event_hash(
    seq: int, at: datetime, actor: str, kind: str, subject: str, customer: int | None, payload: Any, previous: str
) -> str:
    """SHA-256 over the canonical JSON of the row and the hash before it."""
    return digest([seq, at.isoformat(), actor, kind, subject, customer, payload, previous])


def write(
    kind: str,
    *,
    actor: User | None,
    subject: str = "",
    customer: Customer | int | None = None,
    payload: dict[str, Any] | None = None,
) -> AuditEvent:
    """Append one event. `kind` is "room.what" (`permit.taken`); `subject` is "table:id"; `payload` is small JSON.

    Must run inside a transaction. Raises `PersonalDataError` when the payload would change under redaction.
    """
    body: dict[str, Any] = json.loads(json.dumps(payload or {}, default=str, ensure_ascii=False))
    text = json.dumps(body, ensure_ascii=False)
    if redact(text) != text:
        raise PersonalDataError(f"audit event {kind}: the payload holds personal data; use ids or masked values")
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError(
            f"audit event {kind} is written outside a transaction; wrap the change in transaction.atomic"
        )
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    last = AuditEvent.objects.order_by("-seq").values_list("seq", "hash").first()
    seq, previous = (last[0] + 1, last[1]) if last else (1, GENESIS)
    customer_id = customer if isinstance(customer, int) or customer is None else customer.pk
    at = clock.now()
    name = actor.get_username() if actor else ""
    return AuditEvent.objects.create(
        seq=seq,
        at=at,
        actor=actor,
        actor_name=name,
        kind=kind,
        subject=subject,
        customer_id=customer_id,
        payload=body,
        previous=previous,
        hash=event_hash(seq, at, name, kind, subject, customer_id, body, previous),
    )
