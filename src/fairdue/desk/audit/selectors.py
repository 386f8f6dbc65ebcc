"""Read and verify the audit trail."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q, QuerySet

from fairdue.core.findings import Finding, Place
from fairdue.core.text import Text

from .models import AuditEvent
from .services import GENESIS, event_hash


def search(text: str = "", kind: str = "", customer_id: int | None = None) -> QuerySet[AuditEvent]:
    """Events, newest first, by user name, kind or subject."""
    events = AuditEvent.objects.order_by("-seq")
    if text:
        events = events.filter(Q(actor_name__icontains=text) | Q(subject__icontains=text) | Q(kind__icontains=text))
    if kind:
        events = events.filter(kind=kind)
    if customer_id is not None:
        events = events.filter(customer_id=customer_id)
    return events


def _broken(code: str, seq: int, what: Text) -> Finding:
    return Finding(
        code=code,
        what=what,
        why=Text(zh="审计链断了,之后的记录不能作证。", en="The chain is broken; what follows proves nothing."),
        mend=Text(
            zh="停止写入,保全数据库,对照备份查明是谁在何时改动。",
            en="Stop writing, secure the database, and compare with a backup to learn who changed it and when.",
        ),
        place=Place("audit", seq),
    )


def verify() -> tuple[int, list[Finding]]:
    """How many events were checked, and the first breaks of the chain: a gap, a changed row, a wrong link."""
    findings: list[Finding] = []
    previous, expected, count = GENESIS, 1, 0
    for event in AuditEvent.objects.order_by("seq").iterator(chunk_size=2000):
        count += 1
        if event.seq != expected:
            what = Text(zh=f"第 {expected} 条缺失。", en=f"Event {expected} is missing.")
            findings.append(_broken("audit.gap", expected, what))
        if event.previous != previous:
            what = Text(zh=f"第 {event.seq} 条接不上前一条。", en=f"Event {event.seq} does not follow the one before.")
            findings.append(_broken("audit.link", event.seq, what))
        actual = event_hash(
            event.seq,
            event.at,
            event.actor_name,
            event.kind,
            event.subject,
            event.customer_id,
            event.payload,
            event.previous,
        )
        if actual != event.hash:
            what = Text(zh=f"第 {event.seq} 条被改动过。", en=f"Event {event.seq} was changed after it was written.")
            findings.append(_broken("audit.changed", event.seq, what))
        if len(findings) >= 10:
            break
        previous, expected = event.hash, event.seq + 1
    return count, findings


def export() -> Iterator[dict[str, Any]]:
    """All events in order as JSON-able rows, with everything that `verify` needs."""
    for event in AuditEvent.objects.order_by("seq").iterator(chunk_size=2000):
        yield {
            "seq": event.seq,
            "at": event.at.isoformat(),
            "actor": event.actor_name,
            "kind": event.kind,
            "subject": event.subject,
            "customer": event.customer_id,
            "payload": event.payload,
            "previous": event.previous,
            "hash": event.hash,
        }
