"""The day of a decision as a picture: permitted hours, the contacts of the day, the instant that was asked for.

Positions are minutes of the local day (0–1440), so that a page can draw them on a bar of 24 hours. The permitted hours
are found by asking the gate itself about an otherwise spotless contact, minute by minute where its answer changes: a
picture with hours of its own could differ from what the gate decides.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import lru_cache
from typing import Any

from fairdue.core.dates import at_local, local
from fairdue.core.findings import has_errors
from fairdue.packs import PackError
from fairdue.policy import Pack, decide, load_pack, parse_request

DAY = 1440
STEP = 30
NEAR = 14
"""Contacts closer than so many minutes are drawn above each other."""
LANES = 3


@dataclass(frozen=True, slots=True)
class Mark:
    """A contact on the bar: minute, lane from the bar upwards, whether it was put through, whether a rule counted it."""

    minute: int
    lane: int
    connected: bool
    counted: bool
    label: str

    @property
    def y(self) -> int:
        """Height in the drawing, whose bar begins at 70."""
        return 58 - 17 * self.lane


@dataclass(frozen=True, slots=True)
class Day:
    """The picture. `permitted` None: the hours are not known. `next_minute` None: not on this day."""

    day: date
    permitted: tuple[tuple[int, int], ...] | None
    marks: tuple[Mark, ...]
    asked: int
    next_minute: int | None

    @property
    def spans(self) -> list[tuple[int, int]]:
        """The permitted hours as (minute, length)."""
        return [(start, end - start) for start, end in self.permitted or ()]

    @property
    def asked_anchor(self) -> str:
        return anchor(self.asked)

    @property
    def next_anchor(self) -> str:
        return anchor(self.next_minute or 0)


def anchor(minute: int) -> str:
    """Where a label stands to its line, so that it stays inside the drawing."""
    return "start" if minute < 120 else "end" if minute > DAY - 120 else "middle"


@lru_cache(maxsize=16)
def pack_of(name: str) -> Pack | None:
    """The pack of a decision's label as it ships today (`cn@2026.1` → CN); None when there is none that can be read."""
    try:
        pack, findings = load_pack(jurisdiction=(name.partition("@")[0] or "cn").upper())
    except (PackError, OSError):
        return None
    return None if has_errors(findings) else pack


def day_of(
    at: datetime,
    zone: str,
    contacts: Iterable[tuple[datetime, bool, bool, str]],
    next_lawful: datetime | None,
    permitted: tuple[tuple[int, int], ...] | None,
) -> Day:
    """The picture of the local day of `at`; contacts are (instant, put through, counted, label)."""
    there = local(at, zone)
    marks: list[Mark] = []
    ends = [-NEAR] * LANES
    for instant, connected, counted, label in sorted(contacts):
        minute = _minute(local(instant, zone))
        lane = next((n for n in range(LANES) if minute - ends[n] >= NEAR), LANES - 1)
        ends[lane] = minute
        marks.append(Mark(minute, lane, connected, counted, label))
    later = local(next_lawful, zone) if next_lawful else None
    same = later is not None and later.date() == there.date()
    return Day(there.date(), permitted, tuple(marks), _minute(there), _minute(later) if same and later else None)


def _minute(moment: datetime) -> int:
    return moment.hour * 60 + moment.minute


def permitted_hours(
    label: str,
    day: date,
    zones: Iterable[str],
    channel: str,
    consents: Iterable[str] = (),
    agreed: list[str] | None = None,
    inconvenient: Iterable[list[str]] = (),
) -> tuple[tuple[int, int], ...] | None:
    """Spans of minutes of this day in which the pack of `label` lets a spotless contact through; None: not known."""
    names = tuple(zones)
    if not names:
        return None
    windows = tuple(tuple(window) for window in inconvenient)
    return _permitted(label, day, names, channel, frozenset(consents), tuple(agreed) if agreed else None, windows)


@lru_cache(maxsize=256)
def _permitted(
    label: str,
    day: date,
    zones: tuple[str, ...],
    channel: str,
    consents: frozenset[str],
    agreed: tuple[str, ...] | None,
    inconvenient: tuple[tuple[str, ...], ...],
) -> tuple[tuple[int, int], ...] | None:
    pack = pack_of(label)
    if pack is None:
        return None
    raw = _spotless(pack.jurisdiction, channel, zones, consents, agreed, inconvenient)

    def open_at(minute: int) -> bool:
        instant = at_local(day, time(*divmod(min(minute, DAY - 1), 60), 30), zones[0])
        return decide(parse_request({**raw, "at": instant.isoformat()}), pack).allow

    spans: list[tuple[int, int]] = []
    begun: int | None = 0 if open_at(0) else None
    for minute in range(STEP, DAY + 1, STEP):
        now = open_at(minute) if minute < DAY else False
        if now == (begun is not None):
            continue
        edge = DAY if minute == DAY else _edge(open_at, minute - STEP, minute)
        if begun is None:
            begun = edge
        else:
            spans.append((begun, edge))
            begun = None
    return tuple(spans)


def _edge(open_at: Any, before: int, after: int) -> int:
    """The first minute in (before, after] whose answer is that of `after`."""
    wanted = open_at(after)
    while after - before > 1:
        middle = (before + after) // 2
        if open_at(middle) == wanted:
            after = middle
        else:
            before = middle
    return after


def _spotless(
    jurisdiction: str,
    channel: str,
    zones: tuple[str, ...],
    consents: frozenset[str],
    agreed: tuple[str, ...] | None,
    inconvenient: tuple[tuple[str, ...], ...],
) -> dict[str, Any]:
    """A contact against which nothing speaks but the hour."""
    return {
        "id": "hours",
        "jurisdiction": jurisdiction,
        "channel": channel,
        "mode": "interactive",
        "purpose": "collect",
        "party": {
            "role": "debtor",
            "tz": list(zones),
            "consents": sorted(consents | {channel}),
            "agreed_hours": list(agreed) if agreed else None,
            "inconvenient": [list(window) for window in inconvenient],
        },
        "line": {"id": "L", "kind": "mobile", "source": "contract", "valid": True},
        "debtor": {"id": "D", "status": "reachable", "lender_type": "bank"},
        "debt": {"id": "A", "product": "credit_card", "dpd": 1, "limitation_passed": False},
        "agent": {"id": "x", "certificates": ["first"]},
        "visit": {"staff": 2, "private_place": False, "consent": True, "recording": True},
    }
