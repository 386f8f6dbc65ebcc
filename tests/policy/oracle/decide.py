"""The decision, and the first later moment at which it would be another.

A country's rules come in three parts: `facts` (broken until somebody does something), `days` (broken until a later
local date) and `clock` (broken until a later time of day). Only the search for the next lawful moment needs the parting.
"""

from datetime import UTC, datetime, timedelta
from types import ModuleType
from typing import Any

from . import asia, australia, china, elsewhere, house, united_states
from .case import DENY, PASS, Case, Findings, Moment, read_time, strictest

COUNTRIES: dict[str, ModuleType] = {
    "CN": china,
    "US": united_states,
    "AU": australia,
    "UK": elsewhere,
    "EU": elsewhere,
    "MX": elsewhere,
    "IN": asia,
    "ID": asia,
    "PH": asia,
    "JP": asia,
    "HK": asia,
    "SG": asia,
}
HORIZON = timedelta(days=40)
MINUTE = timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def decide(raw: dict[str, Any], at: str | None = None) -> dict[str, Any]:
    """Decide one request (`at` stands in for the request's own time).

    `rules` are all that were in force and concerned the request, with `pass` where kept; `next_lawful` is null for an
    allowed request, and for one that only an event can mend.
    """
    opened = _open(raw, at)
    if isinstance(opened, str):
        return _answer({opened: DENY}, None)
    case, law = opened
    said = _say(case, law)
    return _answer(said, next_lawful(case, law) if DENY in said.values() else None)


def said_at(raw: dict[str, Any], at: str | None = None) -> dict[str, str]:
    """What each rule says of the request at its moment, without a look ahead: rule id → pass, warn or deny."""
    opened = _open(raw, at)
    return {opened: DENY} if isinstance(opened, str) else _say(*opened)


def _open(raw: dict[str, Any], at: str | None) -> tuple[Case, ModuleType] | str:
    """The case and its country's law, or the rule that denies because there is no saying which law or when."""
    law = COUNTRIES.get(raw.get("jurisdiction") or "")
    if law is None:
        return "FD-SCOPE"
    asked_at = read_time(at or raw.get("at"))
    if asked_at is None:
        return "FD-TIME"
    return Case(raw, asked_at), law


def _say(case: Case, law: ModuleType) -> dict[str, str]:
    now = case.moment(case.at)
    out = Findings(now.law_date)
    for rules in (house, law):
        rules.facts(case, now, out)
        rules.days(case, now, out)
        rules.clock(case, now, out)
    return out.said


def _answer(said: dict[str, str], following: datetime | None) -> dict[str, Any]:
    verdict = strictest(list(said.values()))
    return {
        "allow": verdict != DENY,
        "verdict": verdict,
        "rules": [{"id": rule, "verdict": said[rule]} for rule in sorted(said)],
        "next_lawful": following.isoformat() if following else None,
    }


def next_lawful(case: Case, law: ModuleType) -> datetime | None:
    """Walk forward minute by minute to the first moment that is not denied.

    Every window opens and closes on a whole minute or one second after, so those two are looked at. What facts deny
    stays denied (rules come into force and terms run out, never the other way), so the walk ends there. What a date
    denies stays denied until a local midnight, which in every zone in use falls on a quarter of an hour: meanwhile
    the walk goes by quarters.
    """
    by_date: dict[tuple[object, ...], tuple[bool, bool]] = {}
    minute = case.at.astimezone(UTC).replace(second=0)
    end = minute + HORIZON
    while minute <= end:
        now = case.moment(minute)
        if now.dates not in by_date:
            by_date[now.dates] = _facts_deny(case, law, now), _days_deny(case, law, now)
        for_good, for_the_day = by_date[now.dates]
        if for_good:
            return None
        if for_the_day:
            minute += (15 - minute.minute % 15) * MINUTE
            continue
        for later in (now, case.moment(minute + SECOND)):
            if later.instant > case.at and not _clock_denies(case, law, later):
                return later.instant.astimezone(case.zones[0])
        minute += MINUTE
    return None


def _facts_deny(case: Case, law: ModuleType, now: Moment) -> bool:
    out = Findings(now.law_date)
    house.facts(case, now, out)
    law.facts(case, now, out)
    return out.denies()


def _days_deny(case: Case, law: ModuleType, now: Moment) -> bool:
    out = Findings(now.law_date)
    house.days(case, now, out)
    law.days(case, now, out)
    return out.denies()


def _clock_denies(case: Case, law: ModuleType, now: Moment) -> bool:
    out = Findings(now.law_date)
    house.clock(case, now, out)
    law.clock(case, now, out)
    return out.denies()


def compare(decision: dict[str, Any], raw: dict[str, Any], at: str | None = None) -> list[str]:
    """Where another decider's answer differs from ours, in words; an empty list when they agree.

    Compared are allow, verdict, next_lawful (as instants) and the rules that warn or deny. Differences of a request
    that lacks a needed fact begin with "incomplete request: ", as the conventions do not say which further rules
    speak once FD-FACTS has.
    """
    ours = decide(raw, at)
    differences = []
    for key in ("allow", "verdict"):
        if decision.get(key) != ours[key]:
            differences.append(f"{key}: {decision.get(key)!r}, the oracle says {ours[key]!r}")
    theirs_next, our_next = decision.get("next_lawful"), ours["next_lawful"]
    if theirs_next is None or our_next is None:
        same = theirs_next is our_next
    else:
        same = read_time(theirs_next) == read_time(our_next)
    if not same:
        differences.append(f"next_lawful: {theirs_next}, the oracle says {our_next}")
    spoken, expected = _speaking(decision), _speaking(ours)
    for rule, verdict in sorted(spoken - expected):
        differences.append(f"rules: {rule} {verdict}, not said by the oracle")
    for rule, verdict in sorted(expected - spoken):
        differences.append(f"rules: {rule} {verdict} said by the oracle only")
    if ("FD-FACTS", DENY) in expected:
        differences = [f"incomplete request: {difference}" for difference in differences]
    return differences


def _speaking(decision: dict[str, Any]) -> set[tuple[str, str]]:
    return {(rule["id"], rule["verdict"]) for rule in decision.get("rules") or () if rule["verdict"] != PASS}
