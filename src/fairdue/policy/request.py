"""A request to the gate, parsed once into frozen facts (formats.md, "Ask the gate").

A missing field stays None (or empty where absence plainly means none); a field of the wrong type is refused with its
name, because guessing what was meant could allow an unlawful contact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from fairdue.core.dates import DateError, parse_instant, zone

CHANNELS = frozenset({"voice_human", "voice_ai", "sms", "im", "email", "letter", "visit"})
VOICE = frozenset({"voice_human", "voice_ai"})
MODES = frozenset({"notify", "interactive"})
PURPOSES = frozenset({"collect", "relay", "ask_contact", "reminder", "service", "dispute_reply"})
ROLES = frozenset(
    {
        "debtor",
        "guarantor",
        "spouse",
        "family",
        "friend",
        "colleague",
        "agreed_contact",
        "heir",
        "lawyer",
        "stranger",
    }
)
STATUSES = frozenset({"reachable", "unreachable", "dead", "incapacitated"})
SOURCES = frozenset({"contract", "reserved", "in_contact", "public", "contact_told", "other"})
HOLDS = frozenset(
    {
        "dispute",
        "paid_claimed",
        "plan_kept",
        "complaint",
        "hardship_review",
        "bereavement",
        "grave_illness",
        "crisis",
        "lawyer",
        "stop_contact",
        "bankruptcy",
    }
)

Window = tuple[time, time]


class RequestError(ValueError):
    """A field has an unusable value; `field` names it, the message says what is expected."""

    def __init__(self, field: str, expected: str, got: object) -> None:
        super().__init__(f"{field}: {got!r} is not usable; expected {expected}")
        self.field = field


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """A past contact, or a permit that is still open (`reserved`). `at` is UTC."""

    id: str
    at: datetime
    channel: str
    mode: str
    direction: str
    line: str | None
    role: str
    connected: bool
    talk_seconds: int
    two_way: bool
    consented: bool
    debtor: str | None
    product: str | None
    reserved: bool


@dataclass(frozen=True, slots=True)
class Request:
    """All facts of one request. `at` is UTC; zones are IANA names; None means not known."""

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
    agreed_hours: Window | None
    inconvenient: tuple[Window, ...]
    opt_outs: frozenset[str]
    line_id: str | None
    line_kind: str | None
    line_source: str | None
    line_valid: bool | None
    employer_prohibits: bool
    debtor_id: str | None
    debtor_status: str | None
    lender_type: str | None
    product: str | None
    agency: Mapping[str, Any] | None
    certificates: tuple[str, ...] | None
    holds: frozenset[str]
    visit: Mapping[str, Any] | None
    history: tuple[HistoryRow, ...]


def _part(raw: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = raw.get(name)
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise RequestError(name, "an object", value)
    return value


def _one_of(raw: Mapping[str, Any], name: str, allowed: frozenset[str], where: str = "") -> str | None:
    value = raw.get(name)
    if value is not None and (not isinstance(value, str) or value not in allowed):
        raise RequestError(where + name, "one of " + ", ".join(sorted(allowed)), value)
    return value


def _text(raw: Mapping[str, Any], name: str, where: str = "") -> str | None:
    value = raw.get(name)
    if value is not None and not isinstance(value, str):
        raise RequestError(where + name, "text", value)
    return value


def _flag(raw: Mapping[str, Any], name: str, where: str, default: bool | None) -> bool | None:
    value = raw.get(name)
    if value is None:
        return default
    if not isinstance(value, bool):
        raise RequestError(where + name, "true or false", value)
    return value


def _names(raw: Mapping[str, Any], name: str, where: str = "") -> tuple[str, ...]:
    value = raw.get(name)
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Sequence) or not all(isinstance(v, str) for v in value):
        raise RequestError(where + name, "a list of texts", value)
    return tuple(value)


def _window(value: Any, field: str) -> Window:
    try:
        start, end = value
        return time.fromisoformat(start), time.fromisoformat("00:00" if end == "24:00" else end)
    except (TypeError, ValueError) as exc:
        raise RequestError(field, 'a pair of local times such as ["20:00","23:00"]', value) from exc


def _instant(value: Any, field: str) -> datetime:
    try:
        return parse_instant(value)
    except DateError as exc:
        raise RequestError(field, "an ISO 8601 instant with an offset", value) from exc


def _row(raw: Any, index: int) -> HistoryRow:
    where = f"history[{index}]."
    if not isinstance(raw, Mapping):
        raise RequestError(f"history[{index}]", "an object", raw)
    seconds = raw.get("talk_seconds", 0)
    if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds < 0:
        raise RequestError(where + "talk_seconds", "a number of seconds", seconds)
    return HistoryRow(
        id=str(raw.get("id", index)),
        at=_instant(raw.get("at"), where + "at"),
        channel=_one_of(raw, "channel", CHANNELS, where) or "voice_human",
        mode=_one_of(raw, "mode", MODES, where) or "interactive",
        direction=_one_of(raw, "direction", frozenset({"in", "out"}), where) or "out",
        line=_text(raw, "line", where),
        role=_one_of(raw, "role", ROLES, where) or "debtor",
        connected=bool(_flag(raw, "connected", where, False)),
        talk_seconds=seconds,
        two_way=bool(_flag(raw, "two_way", where, False)),
        consented=bool(_flag(raw, "consented", where, False)),
        debtor=_text(raw, "debtor", where),
        product=_text(raw, "product", where),
        reserved=bool(_flag(raw, "reserved", where, False)),
    )


def _zones(party: Mapping[str, Any]) -> tuple[str, ...]:
    names = _names(party, "tz", "party.")
    for name in names:
        try:
            zone(name)
        except DateError as exc:
            raise RequestError("party.tz", "IANA zone names such as Asia/Shanghai", name) from exc
    return names


def parse_request(raw: Mapping[str, Any]) -> Request:
    """The request of formats.md as facts. Raises `RequestError` for a value that cannot be used."""
    party, line, debtor, debt = _part(raw, "party"), _part(raw, "line"), _part(raw, "debtor"), _part(raw, "debt")
    agent = _part(raw, "agent")
    history = raw.get("history") or ()
    if isinstance(history, str) or not isinstance(history, Sequence):
        raise RequestError("history", "a list of contacts", history)
    agreed = party.get("agreed_hours")
    inconvenient = party.get("inconvenient") or ()
    holds = frozenset(_names(raw, "holds"))
    if holds - HOLDS:
        raise RequestError("holds", "names out of " + ", ".join(sorted(HOLDS)), sorted(holds - HOLDS))
    return Request(
        id=str(raw.get("id", "")),
        jurisdiction=_text(raw, "jurisdiction"),
        at=_instant(raw["at"], "at") if raw.get("at") is not None else None,
        channel=_one_of(raw, "channel", CHANNELS),
        mode=_one_of(raw, "mode", MODES),
        purpose=_one_of(raw, "purpose", PURPOSES),
        role=_one_of(party, "role", ROLES, "party."),
        zones=_zones(party),
        refused=bool(_flag(party, "refused", "party.", False)),
        consents=frozenset(_names(party, "consents", "party.")),
        agreed_hours=None if agreed is None else _window(agreed, "party.agreed_hours"),
        inconvenient=tuple(_window(w, "party.inconvenient") for w in inconvenient),
        opt_outs=frozenset(_names(party, "opt_outs", "party.")),
        line_id=_text(line, "id", "line."),
        line_kind=_text(line, "kind", "line."),
        line_source=_one_of(line, "source", SOURCES, "line."),
        line_valid=_flag(line, "valid", "line.", None),
        employer_prohibits=bool(_flag(line, "employer_prohibits", "line.", False)),
        debtor_id=_text(debtor, "id", "debtor."),
        debtor_status=_one_of(debtor, "status", STATUSES, "debtor."),
        lender_type=_text(debtor, "lender_type", "debtor."),
        product=_text(debt, "product", "debt."),
        agency=_part(raw, "agency") if raw.get("agency") is not None else None,
        certificates=_names(agent, "certificates", "agent.") if agent.get("certificates") is not None else None,
        holds=holds,
        visit=_part(raw, "visit") if raw.get("visit") is not None else None,
        history=tuple(_row(row, index) for index, row in enumerate(history)),
    )


def contract_end(agency: Mapping[str, Any]) -> date | None:
    """The last day of the agency's contract, or None when it is missing or unreadable."""
    try:
        return date.fromisoformat(agency.get("contract_until") or "")
    except (TypeError, ValueError):
        return None
