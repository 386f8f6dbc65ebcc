"""The request as the rules read it: who, how, when, and what was done before.

Everything is read from the raw JSON dict here, once, so that the rules can be written like the statute.
Times are whole seconds. A *zone* is every place where the person may plausibly be.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

VOICE = ("voice_human", "voice_ai")
WRITTEN = ("sms", "im", "email", "letter")
CHANNELS = (*VOICE, *WRITTEN, "visit")
ROLES = (
    *("debtor", "guarantor", "spouse", "family", "friend", "colleague", "agreed_contact", "heir", "lawyer"),
    "stranger",
)
NOT_PAYING = ("relay", "ask_contact")
PAYING = ("collect", "reminder", "service", "dispute_reply")

PASS, WARN, DENY = "pass", "warn", "deny"
_STRENGTH = {PASS: 0, WARN: 1, DENY: 2}


def strictest(verdicts: Sequence[str]) -> str:
    """The strictest of some verdicts; of none, `pass`."""
    return max(verdicts, key=lambda verdict: _STRENGTH[verdict], default=PASS)


def read_time(text: object) -> datetime | None:
    """An instant, to the whole second; None when it is absent, unreadable or says no offset."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return None if moment.tzinfo is None else moment.replace(microsecond=0)


def read_date(text: object) -> date | None:
    """A calendar date, None when absent or unreadable."""
    try:
        return date.fromisoformat(text[:10]) if isinstance(text, str) else None
    except ValueError:
        return None


def read_clock(text: str) -> int:
    """ "HH:MM" (or "HH:MM:SS") as seconds after midnight; "24:00" is the end of the day."""
    parts = [int(part) for part in text.split(":")]
    return parts[0] * 3600 + parts[1] * 60 + (parts[2] if len(parts) > 2 else 0)


class Moment:
    """One instant as every plausible clock shows it.

    dates: local date per zone. seconds: seconds after local midnight per zone. law_date: the date by which rules are
    in force or not (the first zone; where no zone is known, the date as the request writes it).
    """

    __slots__ = ("dates", "instant", "law_date", "seconds")

    def __init__(self, instant: datetime, zones: Sequence[ZoneInfo]) -> None:
        self.instant = instant
        local = [instant.astimezone(zone) for zone in zones]
        self.dates = tuple(there.date() for there in local)
        self.seconds = tuple(there.hour * 3600 + there.minute * 60 + there.second for there in local)
        self.law_date = self.dates[0] if self.dates else instant.date()


class Row:
    """One line of the history."""

    def __init__(self, raw: dict[str, Any], asked_at: datetime, zones: Sequence[ZoneInfo]) -> None:
        # A row without a readable time is taken as of now: it then counts, which is the stricter reading.
        self.at = (read_time(raw.get("at")) or asked_at).astimezone(UTC)
        self.dates = tuple(self.at.astimezone(zone).date() for zone in zones)
        self.channel = raw.get("channel")
        self.voice = self.channel in VOICE
        self.mode = raw.get("mode")
        self.out = raw.get("direction") != "in"
        self.line = raw.get("line")
        self.role = raw.get("role") or "debtor"
        self.debtor = raw.get("debtor")
        self.debt = raw.get("debt")
        self.product = raw.get("product")
        self.reserved = raw.get("reserved") is True
        self.consented = raw.get("consented") is True
        self.connected = raw.get("connected")
        self.two_way = raw.get("two_way")
        self.talk_seconds = raw.get("talk_seconds")

    def put_through(self) -> bool:
        """Connected, or a permit still open that may become so."""
        return self.reserved or self.connected is not False

    def effective(self) -> bool:
        """At least six seconds with both sides speaking, or a permit still open."""
        if self.reserved:
            return True
        long_enough = self.talk_seconds is None or self.talk_seconds >= 6
        return self.connected is not False and long_enough and self.two_way is not False

    def unanswered(self) -> bool:
        return self.reserved or self.connected is not True

    def today(self, now: Moment) -> bool:
        """On today's local date in any plausible zone."""
        return any(then == today for then, today in zip(self.dates, now.dates, strict=True))

    def in_last_days(self, days: int, now: Moment) -> bool:
        """In the last `days` local dates, today being one of them, in any plausible zone."""
        return any(0 <= (today - then).days < days for then, today in zip(self.dates, now.dates, strict=True))

    def days_back(self, now: Moment) -> list[int]:
        """How many local dates back, zone by zone."""
        return [(today - then).days for then, today in zip(self.dates, now.dates, strict=True)]


def _part(raw: dict[str, Any], key: str) -> dict[str, Any]:
    value = raw.get(key)
    return value if isinstance(value, dict) else {}


class Case:
    """The facts of one request. What is absent is None, or an empty tuple where absence plainly means none."""

    def __init__(self, raw: dict[str, Any], at: datetime) -> None:
        self.at = at
        self.country = raw.get("jurisdiction")
        party, debtor, debt = _part(raw, "party"), _part(raw, "debtor"), _part(raw, "debt")
        self.zones = read_zones(party.get("tz"))
        self.role = party.get("role") if party.get("role") in ROLES else None
        self.channel = raw.get("channel") if raw.get("channel") in CHANNELS else None
        self.mode = raw.get("mode")
        self.purpose = raw.get("purpose") if raw.get("purpose") in (*PAYING, *NOT_PAYING) else None
        self.refused = party.get("refused") is True
        self.consents = tuple(party.get("consents") or ())
        self.evidence = tuple(party.get("evidence") or ())
        self.opt_outs = tuple(party.get("opt_outs") or ())
        self.agreed_hours = _window(party["agreed_hours"]) if party.get("agreed_hours") else None
        self.inconvenient = [_window(pair) for pair in party.get("inconvenient") or ()]
        self.line = _part(raw, "line")
        self.line_id = self.line.get("id")
        self.debtor_id = debtor.get("id")
        self.status = debtor.get("status")
        self.lender = debtor.get("lender_type")
        self.debt = debt
        self.debt_id = debt.get("id")
        self.product = debt.get("product")
        self.dpd = debt.get("dpd")
        self.agency = raw.get("agency") if isinstance(raw.get("agency"), dict) else None
        self.certificates = tuple(_part(raw, "agent").get("certificates") or ())
        self.holds = tuple(raw.get("holds") or ())
        self.visit = _part(raw, "visit")
        self.rows = sorted((Row(row, at, self.zones) for row in raw.get("history") or ()), key=lambda row: row.at)

    def moment(self, instant: datetime) -> Moment:
        return Moment(instant, self.zones)

    def by_voice(self) -> bool:
        return self.channel in VOICE

    def asks_for_payment(self) -> bool:
        return self.purpose in PAYING

    def for_lawyers(self) -> bool:
        """A lawyer may be served, or answered on a dispute."""
        return self.role == "lawyer" and self.purpose in ("service", "dispute_reply")

    def same_debtor(self, row: Row) -> bool:
        return row.debtor is None or self.debtor_id is None or row.debtor == self.debtor_id

    def same_debt(self, row: Row) -> bool:
        return row.debt is None or self.debt_id is None or row.debt == self.debt_id

    def same_line(self, row: Row) -> bool:
        """The stricter reading where either side does not say its number: the same."""
        return row.line is None or self.line_id is None or row.line == self.line_id

    def into_private_place(self) -> bool:
        """A visit into a home or the like, without consent."""
        return self.visit.get("private_place") is True and self.visit.get("consent") is not True


def read_zones(names: object) -> list[ZoneInfo]:
    """The plausible zones; none at all when any of them is unknown, for then the hours cannot be judged."""
    if isinstance(names, str):
        names = [names]
    try:
        return [ZoneInfo(name) for name in names or ()]  # type: ignore[attr-defined]
    except (KeyError, ValueError, OSError):
        return []


def _window(pair: Sequence[str]) -> tuple[int, int]:
    return read_clock(pair[0]), read_clock(pair[1])


class Findings:
    """What the rules said at one moment: the strictest verdict of each rule that was in force and concerned it."""

    def __init__(self, law_date: date) -> None:
        self.law_date = law_date
        self.said: dict[str, str] = {}

    def judge(self, rule: str, broken: bool, since: date | None = None, verdict: str = DENY) -> None:
        """Write down one rule; `since` is the day it took effect (None: always in force)."""
        if since is not None and self.law_date < since:
            return
        now = verdict if broken else PASS
        self.said[rule] = strictest((now, self.said.get(rule, PASS)))

    def denies(self) -> bool:
        return DENY in self.said.values()
