"""A request to the gate as frozen facts (formats.md, "Ask the gate"). `parse.py` makes them from JSON.

None means *not known*: what a rule needs and does not find denies. Times are UTC; those of the history are whole seconds
since the epoch, because counting compares thousands of them.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any, NamedTuple

VOICE = frozenset({"voice_human", "voice_ai"})
CHANNELS = VOICE | {"sms", "im", "email", "letter", "visit"}
MODES = frozenset({"notify", "interactive"})
ASKING = frozenset({"relay", "ask_contact"})
"""Purposes that ask nobody to pay: pass a message on, or learn where the debtor can be reached."""
PURPOSES = ASKING | {"collect", "reminder", "service", "dispute_reply"}
CONTACTS = frozenset({"family", "friend", "colleague", "agreed_contact"})
ROLES = CONTACTS | {"debtor", "guarantor", "spouse", "heir", "lawyer", "stranger"}
STATUSES = frozenset({"reachable", "unreachable", "dead", "incapacitated"})
SOURCES = frozenset({"contract", "reserved", "in_contact", "public", "contact_told", "other"})
HOLDS = frozenset(
    {"dispute", "paid_claimed", "plan_kept", "complaint", "hardship_review", "bereavement", "grave_illness"}
    | {"crisis", "lawyer", "stop_contact", "bankruptcy"}
)

Window = tuple[int, int]
"""Seconds of the local day, half-open; the end is before the start when the window passes midnight."""


class RequestError(ValueError):
    """A field has an unusable value; `field` names it, the message says what is expected."""

    def __init__(self, field: str, expected: str, got: object) -> None:
        super().__init__(field, expected, got)
        self.field = field

    def __str__(self) -> str:
        field, expected, got = self.args
        return f"{field}: {got!r} is not usable; expected {expected}"


class HistoryRow(NamedTuple):
    """A past contact, or a permit that is still open (`reserved`: it counts as the contact it may become).

    `stamp` is its instant in whole seconds since the epoch. A named tuple, because a request may bring hundreds of them.
    """

    id: str
    stamp: int
    channel: str
    mode: str | None
    direction: str
    line: str | None
    role: str
    connected: bool
    talk_seconds: int
    two_way: bool
    consented: bool
    debtor: str | None
    debt: str | None
    product: str | None
    reserved: bool


class History:
    """The rows in order of time, so that a window of days is found without looking at the rest.

    The order of equal times is that of the ids: the order in which a caller lists contacts changes nothing.
    """

    __slots__ = ("rows", "stamps")

    def __init__(self, rows: Iterable[HistoryRow] = ()) -> None:
        self.rows: list[HistoryRow] = sorted(rows, key=attrgetter("stamp", "id"))
        self.stamps: list[int] = [row.stamp for row in self.rows]

    def between(self, start: int, end: int) -> list[HistoryRow]:
        """Rows with start <= stamp < end."""
        return self.rows[bisect_left(self.stamps, start) : bisect_left(self.stamps, end)]

    def until(self, stamp: int) -> list[HistoryRow]:
        """Rows up to and at `stamp`."""
        return self.rows[: bisect_right(self.stamps, stamp)]

    def __len__(self) -> int:
        return len(self.rows)

    def __iter__(self) -> Iterator[HistoryRow]:
        return iter(self.rows)


@dataclass(frozen=True, slots=True)
class Request:
    """All facts of one request; see the module."""

    id: str
    jurisdiction: str | None
    at: datetime | None
    channel: str | None
    mode: str | None
    purpose: str | None
    role: str | None
    zones: tuple[str, ...]
    refused: bool
    consents: frozenset[str]
    evidence: frozenset[str]
    agreed_hours: Window | None
    inconvenient: tuple[Window, ...]
    opt_outs: frozenset[str]
    line: Mapping[str, Any]
    line_id: str | None
    line_kind: str | None
    line_source: str | None
    debtor_id: str | None
    debtor_status: str | None
    lender_type: str | None
    debt: Mapping[str, Any]
    debt_id: str | None
    product: str | None
    dpd: int | None
    agency: Mapping[str, Any] | None
    certificates: tuple[str, ...] | None
    holds: frozenset[str]
    visit: Mapping[str, Any]
    history: History
