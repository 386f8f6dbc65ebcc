"""The hash chain of the audit trail, as plain functions: what is hashed, and how one event is tied to the one before.

    digest = SHA-256 of the canonical JSON of [at, actor, kind, subject, customer, payload]     what happened
    hash   = SHA-256 of "seq digest previous"                                                   where it stands

The two are apart so that an event has its digest in the very statement that writes it and its place a moment later, and
so that a reader can follow the chain over events whose content he may not see: their digests are enough.
"""

from __future__ import annotations

import hashlib
import json
from datetime import datetime
from typing import Any

from fairdue.core.ids import digest

GENESIS = "0" * 64
"""The hash before the first event."""

canonical = json.JSONEncoder(
    sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str, allow_nan=False
).encode
"""Canonical JSON text: keys sorted, no spaces, not escaped; made once per process, because it is used for every event."""


def content_digest(at: datetime | str, actor: str, kind: str, subject: str, customer: int | None, payload: Any) -> str:
    """SHA-256 (hex) of what happened; `at` aware, UTC (or its ISO form)."""
    return text_digest(
        at if isinstance(at, str) else at.isoformat(), actor, kind, subject, customer, canonical(payload)
    )


def text_digest(at: str, actor: str, kind: str, subject: str, customer: int | None, body: str) -> str:
    """`content_digest` with the payload as canonical JSON already, so that it is encoded only once."""
    parts = (canonical(at), canonical(actor), canonical(kind), canonical(subject), canonical(customer), body)
    return hashlib.sha256(f"[{','.join(parts)}]".encode()).hexdigest()


def link_hash(seq: int, content: str, previous: str) -> str:
    """SHA-256 (hex) of one place in the chain."""
    return hashlib.sha256(f"{seq} {content} {previous}".encode()).hexdigest()


def event_hash(
    seq: int, at: datetime | str, actor: str, kind: str, subject: str, customer: int | None, payload: Any, previous: str
) -> str:
    """The hash of a whole event: `link_hash` over its `content_digest`."""
    return link_hash(seq, content_digest(at, actor, kind, subject, customer, payload), previous)


def first_format_hash(
    seq: int, at: datetime | str, actor: str, kind: str, subject: str, customer: int | None, payload: Any, previous: str
) -> str:
    """The hash of events written before they had a digest of their own; they can only stand at the start of a trail."""
    when = at if isinstance(at, str) else at.isoformat()
    return digest([seq, when, actor, kind, subject, customer, payload, previous])
