"""Read and verify the audit trail, all of it or a range."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Max, Min, Q, QuerySet

from fairdue.core.dates import at_local
from fairdue.core.findings import Finding

from .chain import GENESIS
from .checking import check
from .models import AuditEvent


class RangeError(ValueError):
    """A range that cannot be read, or that holds nothing; the message says what is expected."""


@dataclass(frozen=True, slots=True)
class Range:
    """Events `first` to `last` (seq, both included) and the hash before the first: what they are tied to."""

    first: int
    last: int
    anchor: str


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


def find_range(start: str = "", end: str = "") -> Range:
    """The events from `start` to `end`: each a place in the chain (`120`) or a day (`2026-03-02`, in the organisation's
    zone); empty means from the first, or to the last. A day takes every event between its first and its last one.

    Raises `RangeError` for anything else, and when there is no such event.
    """
    bounds = AuditEvent.objects.aggregate(first=Min("seq"), last=Max("seq"))
    if bounds["last"] is None:
        if start or end:
            raise RangeError("the trail is empty")
        return Range(1, 0, GENESIS)
    first = _place(start, "first") if start else bounds["first"]
    last = _place(end, "last") if end else bounds["last"]
    if first > last:
        raise RangeError(f"from {start or first} to {end or last}: no event lies in between")
    if first < bounds["first"] or last > bounds["last"]:
        raise RangeError(f"the trail holds events {bounds['first']} to {bounds['last']}; give a range inside")
    before = AuditEvent.objects.filter(seq=first - 1).values_list("hash", flat=True).first()
    # Without the event before it, the first one of a range cannot be tied to anything: `check` says that its link is broken.
    return Range(first, last, before or (GENESIS if first == 1 else ""))


def _place(text: str, side: str) -> int:
    if re.fullmatch(r"[0-9]{1,18}", text, re.ASCII):
        return int(text)
    try:
        day = date.fromisoformat(text)
    except ValueError as exc:
        raise RangeError(f"{text}: neither a number of an event nor a day such as 2026-03-02") from exc
    midnight = at_local(day if side == "first" else day + timedelta(days=1), time(0), settings.FAIRDUE_ZONE)
    if side == "first":
        found = AuditEvent.objects.filter(at__gte=midnight).aggregate(place=Min("seq"))["place"]
    else:
        found = AuditEvent.objects.filter(at__lt=midnight).aggregate(place=Max("seq"))["place"]
    if found is None:
        raise RangeError(f"{text}: the trail holds no event {'since' if side == 'first' else 'until'} that day")
    return found


def as_row(event: AuditEvent) -> dict[str, Any]:
    """An event as a JSON-able row with everything that `check` needs."""
    return {
        "seq": event.seq,
        "at": event.at.isoformat(),
        "actor": event.actor_name,
        "kind": event.kind,
        "subject": event.subject,
        "customer": event.customer_id,
        "payload": event.payload,
        "digest": event.digest,
        "previous": event.previous,
        "hash": event.hash,
    }


def export(chosen: Range | None = None) -> Iterator[dict[str, Any]]:
    """Events of a range (default all) in order, as JSON-able rows with everything that `check` needs."""
    events = AuditEvent.objects.order_by("seq")
    if chosen is not None:
        events = events.filter(seq__gte=chosen.first, seq__lte=chosen.last)
    for event in events.iterator(chunk_size=2000):
        yield as_row(event)


def verify(chosen: Range | None = None) -> tuple[int, list[Finding]]:
    """How many events were checked, and the first breaks of the chain: a gap, a changed row, a wrong link.

    With a range, the chain is checked from its anchor (the hash of the event before) to its end.
    """
    if chosen is None:
        return check(export())
    return check(export(chosen), first=chosen.first, anchor=chosen.anchor, last=chosen.last)
