"""Turn the JSON of a request into facts. A value of the wrong type is refused with the name of its field, because
guessing what was meant could allow an unlawful contact.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from math import floor
from typing import Any

from fairdue.core.dates import DateError, parse_instant, zone

from .request import (
    CHANNELS,
    HOLDS,
    MODES,
    PURPOSES,
    ROLES,
    STATUSES,
    VOICE,
    History,
    HistoryRow,
    Request,
    RequestError,
    Window,
)

_DIRECTIONS = frozenset({"in", "out"})
DAY = 24 * 3600


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
    return value or None


def _flag(raw: Mapping[str, Any], name: str, where: str) -> bool | None:
    value = raw.get(name)
    if value is not None and not isinstance(value, bool):
        raise RequestError(where + name, "true or false", value)
    return value


def _flags(part: Mapping[str, Any], names: tuple[str, ...], where: str) -> Mapping[str, Any]:
    for name in names:
        _flag(part, name, where)
    return part


def _names(raw: Mapping[str, Any], name: str, where: str = "") -> tuple[str, ...]:
    value = raw.get(name)
    if value is None:
        return ()
    if isinstance(value, str) or not isinstance(value, Sequence) or not all(isinstance(v, str) for v in value):
        raise RequestError(where + name, "a list of texts", value)
    return tuple(value)


def _whole(raw: Mapping[str, Any], name: str, where: str = "") -> int | None:
    value = raw.get(name)
    if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
        raise RequestError(where + name, "a whole number", value)
    return value


def seconds_of(value: str) -> int:
    """`"08:30"` or `"08:00:01"` as seconds of the day; `"24:00"` is the end of the day. Raises `ValueError`."""
    if value == "24:00":
        return DAY
    moment = time.fromisoformat(value)
    return moment.hour * 3600 + moment.minute * 60 + moment.second


def window_of(value: Any, field: str) -> Window:
    """A pair of local times as a half-open window of seconds. Raises `RequestError` with the name of the field."""
    try:
        start, end = value
        return seconds_of(start) % DAY, seconds_of(end)
    except (TypeError, ValueError) as exc:
        raise RequestError(field, 'a pair of local times such as ["20:00","23:00"]', value) from exc


def _instant(value: Any, field: str) -> datetime:
    try:
        return parse_instant(value).replace(microsecond=0)
    except DateError as exc:
        raise RequestError(field, "an ISO 8601 instant with an offset", value) from exc


def row_of(raw: Any, index: int) -> HistoryRow:
    """One row of `history`; what is absent takes the plainest meaning (outbound human call to the debtor, not connected)."""
    try:
        row = _plain_row(raw, index)
    except (AttributeError, KeyError, TypeError, ValueError):
        row = None
    return row or _checked_row(raw, index)


def _plain_row(raw: dict[str, Any], index: int) -> HistoryRow | None:
    """A row that is as it should be, read quickly; None for any other, which `_checked_row` then refuses by name.

    A request may bring hundreds of rows, and reading them is most of what a decision costs.
    """
    get = raw.get
    moment = datetime.fromisoformat(raw["at"])
    seconds, channel, mode, role = get("talk_seconds", 0), get("channel"), get("mode"), get("role")
    direction, line, debtor, debt, product = get("direction"), get("line"), get("debtor"), get("debt"), get("product")
    flags = (get("connected"), get("two_way"), get("consented"), get("reserved"))
    if (
        moment.tzinfo is None
        or type(seconds) is not int
        or seconds < 0
        or not (channel is None or channel in CHANNELS)
        or not (mode is None or mode in MODES)
        or not (role is None or role in ROLES)
        or not (direction is None or direction in _DIRECTIONS)
        or not _FLAG_TYPES.issuperset(map(type, flags))
        or not all(map(_is_text, (line, debtor, debt, product)))
    ):
        return None
    connected, two_way, consented, reserved = flags
    return HistoryRow(
        str(get("id", index)),
        floor(moment.timestamp()),
        channel or "voice_human",
        mode,
        direction or "out",
        line or None,
        role or "debtor",
        connected is True,
        seconds,
        two_way is True,
        consented is True,
        debtor or None,
        debt or None,
        product or None,
        reserved is True,
    )


_FLAG_TYPES = frozenset({bool, type(None)})


def _is_text(value: Any) -> bool:
    return value is None or type(value) is str


def _checked_row(raw: Any, index: int) -> HistoryRow:
    """The same with every field looked at by itself, so that the one that cannot be used is named."""
    where = f"history[{index}]."
    if not isinstance(raw, Mapping):
        raise RequestError(f"history[{index}]", "an object", raw)
    seconds = raw.get("talk_seconds", 0)
    if isinstance(seconds, bool) or not isinstance(seconds, int) or seconds < 0:
        raise RequestError(where + "talk_seconds", "a number of seconds", seconds)
    return HistoryRow(
        id=str(raw.get("id", index)),
        stamp=floor(_instant(raw.get("at"), where + "at").timestamp()),
        channel=_one_of(raw, "channel", CHANNELS, where) or "voice_human",
        mode=_one_of(raw, "mode", MODES, where),
        direction=_one_of(raw, "direction", _DIRECTIONS, where) or "out",
        line=_text(raw, "line", where),
        role=_one_of(raw, "role", ROLES, where) or "debtor",
        connected=_flag(raw, "connected", where) is True,
        talk_seconds=seconds,
        two_way=_flag(raw, "two_way", where) is True,
        consented=_flag(raw, "consented", where) is True,
        debtor=_text(raw, "debtor", where),
        debt=_text(raw, "debt", where),
        product=_text(raw, "product", where),
        reserved=_flag(raw, "reserved", where) is True,
    )


def _zones(party: Mapping[str, Any]) -> tuple[str, ...]:
    names = _names(party, "tz", "party.")
    for name in names:
        try:
            zone(name)
        except DateError as exc:
            raise RequestError("party.tz", "IANA zone names such as Asia/Shanghai", name) from exc
    return tuple(dict.fromkeys(names))


def _holds(raw: Mapping[str, Any]) -> frozenset[str]:
    holds = frozenset(_names(raw, "holds"))
    if holds - HOLDS:
        raise RequestError("holds", "names out of " + ", ".join(sorted(HOLDS)), sorted(holds - HOLDS))
    return holds


def _opt_outs(party: Mapping[str, Any]) -> frozenset[str]:
    """Channels that the person does not want; `voice`, as people say it, means both kinds of call."""
    named = frozenset(_names(party, "opt_outs", "party."))
    if "voice" in named:
        named = named - {"voice"} | VOICE
    if named - CHANNELS:
        allowed = ", ".join(sorted(CHANNELS | {"voice"}))
        raise RequestError("party.opt_outs", f"names out of {allowed}", sorted(named - CHANNELS))
    return named


def _windows(party: Mapping[str, Any]) -> tuple[Window, ...]:
    value = party.get("inconvenient") or ()
    if isinstance(value, str) or not isinstance(value, Sequence):
        raise RequestError("party.inconvenient", "a list of pairs of local times", value)
    return tuple(window_of(pair, "party.inconvenient") for pair in value)


def _history(raw: Mapping[str, Any]) -> History:
    rows = raw.get("history") or ()
    if isinstance(rows, str) or not isinstance(rows, Sequence):
        raise RequestError("history", "a list of contacts", rows)
    return History(row_of(row, index) for index, row in enumerate(rows))


def parse_request(raw: Mapping[str, Any]) -> Request:
    """The request of formats.md as facts. Raises `RequestError` for a value that cannot be used."""
    if not isinstance(raw, Mapping):
        raise RequestError("request", "an object", raw)
    party, debtor = _part(raw, "party"), _part(raw, "debtor")
    line = _flags(_part(raw, "line"), ("valid", "employer_prohibits", "employer_provided"), "line.")
    debt = _flags(_part(raw, "debt"), ("limitation_passed", "validation_sent", "transfer_notice_sent"), "debt.")
    agent = _part(raw, "agent")
    agreed = party.get("agreed_hours")
    return Request(
        id=str(raw.get("id", "")),
        jurisdiction=_text(raw, "jurisdiction"),
        at=_instant(raw["at"], "at") if raw.get("at") is not None else None,
        channel=_one_of(raw, "channel", CHANNELS),
        mode=_one_of(raw, "mode", MODES),
        purpose=_one_of(raw, "purpose", PURPOSES),
        role=_one_of(party, "role", ROLES, "party."),
        zones=_zones(party),
        refused=_flag(party, "refused", "party.") is True,
        consents=frozenset(_names(party, "consents", "party.")),
        evidence=frozenset(_names(party, "evidence", "party.")),
        agreed_hours=None if agreed is None else window_of(agreed, "party.agreed_hours"),
        inconvenient=_windows(party),
        opt_outs=_opt_outs(party),
        line=line,
        line_id=_text(line, "id", "line."),
        line_kind=_text(line, "kind", "line."),
        line_source=_text(line, "source", "line."),  # a source that is no known one is simply not lawful
        debtor_id=_text(debtor, "id", "debtor."),
        debtor_status=_one_of(debtor, "status", STATUSES, "debtor."),
        lender_type=_text(debtor, "lender_type", "debtor."),
        debt=debt,
        debt_id=_text(debt, "id", "debt."),
        product=_text(debt, "product", "debt."),
        dpd=_whole(debt, "dpd", "debt."),
        agency=_part(raw, "agency") if raw.get("agency") is not None else None,
        certificates=_names(agent, "certificates", "agent.") if agent.get("certificates") is not None else None,
        holds=_holds(raw),
        visit=_part(raw, "visit"),
        history=_history(raw),
    )


def day_of(value: Any) -> date | None:
    """An ISO date of the facts, or None when it is missing or unreadable (which then denies)."""
    if isinstance(value, date):
        return value
    try:
        return date.fromisoformat(value or "")
    except (TypeError, ValueError):
        return None
