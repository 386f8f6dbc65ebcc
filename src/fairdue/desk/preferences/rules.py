"""The rules of this room as plain functions: what protects and what loosens, windows of the day, what counts on a day.

No database, no clock. `effective` is written so that the gate can use it on what it has read anyway.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple

DAY = 1440
"""Minutes of a day."""
Span = tuple[int, int]
"""Minutes of the local day, half-open, start before end."""

PROTECTIVE = frozenset({"inconvenient", "opt_out", "wrong_number", "workplace", "refused"})
"""Kinds that only ever close something: anybody who sees the customer sets them, at once."""
OF_LINE = frozenset({"wrong_number", "workplace", "refused", "source", "evidence"})
MAY_EXPIRE = frozenset({"agreed_hours", "consent", "inconvenient"})
NO_SOURCE = "other"
"""Not a lawful source: to say so of a number protects the person."""

CONSENTS = ("late_hours", "third_party_disclosure", "agreed_cap")
CHANNELS = ("voice_human", "voice_ai", "sms", "im", "email", "letter", "visit")
SOURCES = ("contract", "reserved", "in_contact", "public", "contact_told", NO_SOURCE)
ROLE_OF = {"joint_debt": "spouse", "estate": "heir", "guarantee_contract": "guarantor"}
"""The role that a piece of evidence proves (Civil Code Art. 1064, 1161; card measures Art. 68)."""
OF_ONE_DEBT = frozenset({"joint_debt", "guarantee_contract"})
"""Evidence that speaks of one debt and counts for no other; an heir answers for all, within the estate."""

VALUES: dict[str, Sequence[str]] = {
    "consent": CONSENTS, "opt_out": CHANNELS, "source": SOURCES, "evidence": tuple(ROLE_OF),
}  # fmt: skip
HOWS: dict[tuple[str, str], frozenset[str]] = {
    ("evidence", "joint_debt"): frozenset({"contract", "writing"}),
    ("evidence", "guarantee_contract"): frozenset({"contract"}),
    ("evidence", "estate"): frozenset({"writing", "public"}),
    ("source", "contract"): frozenset({"contract"}),
    ("source", "reserved"): frozenset({"contract", "writing", "portal"}),
    ("source", "in_contact"): frozenset({"call", "writing", "portal"}),
    ("source", "contact_told"): frozenset({"call", "writing"}),
    ("source", "public"): frozenset({"public"}),
}
"""Where only some forms prove it: a joint debt by a signature, a guarantee by its contract (Civil Code Art. 685)."""
ANY = frozenset({"call", "writing", "portal", "contract"})


def hows(kind: str, value: str) -> frozenset[str]:
    """The forms in which this may have been given."""
    return HOWS.get((kind, value), ANY)


def protects(kind: str, value: str) -> bool:
    """Whether setting this only closes something."""
    return kind in PROTECTIVE or (kind == "source" and value == NO_SOURCE)


class WindowError(ValueError):
    """A text that is no window of the day; `code` is `form` or `empty`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def minute_of(text: str) -> int:
    """`"08:30"` as minutes of the day; `"24:00"` is its end. Raises `WindowError`."""
    hour, colon, minute = text.partition(":")
    if not (colon and len(hour) == 2 and len(minute) == 2 and hour.isdecimal() and minute.isdecimal()):
        raise WindowError("form")
    found = int(hour) * 60 + int(minute)
    if int(minute) > 59 or found > DAY:
        raise WindowError("form")
    return found


def text_of(minute: int) -> str:
    """Minutes of the day as `"08:30"`."""
    return f"{minute // 60:02}:{minute % 60:02}"


def window(value: str) -> tuple[str, str]:
    """`"20:00-23:00"` as its two ends. The end may lie before the start (over midnight), not be it. Raises `WindowError`."""
    start, dash, end = value.partition("-")
    if not dash:
        raise WindowError("form")
    if minute_of(start) % DAY == minute_of(end) % DAY and (start, end) != ("00:00", "24:00"):
        raise WindowError("empty")
    return start, end


def stored_window(value: str) -> tuple[str, str]:
    """The ends of a window as it is stored, which may be the empty one that `closed_rest` leaves."""
    start, _dash, end = value.partition("-")
    return start, end


def spans(pair: Sequence[str]) -> list[Span]:
    """A stored window as spans of one day: two when it passes midnight, none when it is empty."""
    start, end = minute_of(pair[0]), minute_of(pair[1])
    if start == end:
        return []
    parts = [(start, end)] if start < end else [(start, DAY), (0, end)]
    return [part for part in parts if part[0] < part[1]]


def common(one: Iterable[Span], other: Iterable[Span]) -> list[Span]:
    """What lies in both."""
    others = list(other)
    found = [(max(a, c), min(b, d)) for a, b in one for c, d in others]
    return sorted(span for span in found if span[0] < span[1])


def without(what: Iterable[Span], gone: Iterable[Span]) -> list[Span]:
    """`what` less `gone`."""
    left = sorted(what)
    for start, end in gone:
        left = [p for a, b in left for p in ((a, min(b, start)), (max(a, end), b)) if p[0] < p[1]]
    return left


def closed_rest(pair: Sequence[str], ordinary: Iterable[Span]) -> tuple[str, str]:
    """What stays of an agreed window when the consent to unusual hours is gone: its part within the ordinary hours.

    One window can be stored, so of two parts the longer stays; with none it is empty (start = end), which lets nothing
    through. Never wider than what was agreed: taking a consent back must not open an hour.
    """
    parts = common(spans(pair), ordinary)
    start, end = max(parts, key=lambda part: part[1] - part[0], default=(minute_of(pair[0]),) * 2)
    return text_of(start), text_of(end)


class Wish(NamedTuple):
    """A standing row, as far as it decides: `line` and `account` in any form that the caller compares with its own."""

    kind: str
    value: str
    line: Hashable
    account: Hashable
    valid_until: date | str | None


def _over(wish: Wish, day: date) -> bool:
    return bool(wish.valid_until) and str(wish.valid_until) < day.isoformat()


def effective(
    *,
    consents: Iterable[str],
    agreed_hours: Sequence[str] | None,
    inconvenient: Iterable[Sequence[str]],
    wishes: Iterable[Wish],
    day: date,
    line: Hashable,
    account: Hashable = None,
) -> dict[str, Any]:
    """What counts on this local day: the fields as they stand, less what ran out before `day`, and the evidence of `line`.

    Evidence of one debt counts for `account` only. Keys: consents, agreed_hours, inconvenient, evidence.
    """
    rows = list(wishes)
    over = {(wish.kind, wish.value) for wish in rows if _over(wish, day)}
    kept = agreed_hours if agreed_hours is None or ("agreed_hours", "-".join(agreed_hours)) not in over else None
    evidence = {
        wish.value
        for wish in rows
        if wish.kind == "evidence" and wish.line == line and not _over(wish, day)
        and (wish.value not in OF_ONE_DEBT or (account is not None and wish.account == account))
    }  # fmt: skip
    return {
        "consents": [name for name in consents if ("consent", name) not in over],
        "agreed_hours": kept,
        "inconvenient": [list(pair) for pair in inconvenient if ("inconvenient", "-".join(pair)) not in over],
        "evidence": sorted(evidence),
    }
