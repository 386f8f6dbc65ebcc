"""Decide a request, and find the first later instant at which it would pass."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from fairdue.core.dates import at_local, local, local_day
from fairdue.core.text import Text

from .checks import CHECKS, HORIZON, Found
from .pack import Pack, Rule
from .request import Request

ORDER = {"pass": 0, "warn": 1, "deny": 2}
SCOPE = Text(
    "没有适用于该法域的规则包,不能联系。", "There is no policy pack for this jurisdiction, so no contact is allowed."
)
NO_TIME = Text("缺少联系时间,无法判断。", "Without the time of contact nothing can be decided.")


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One rule that spoke: its verdict, why, what it counted, what it left out and why."""

    id: str
    verdict: str
    title: Text
    citation: Text
    why: Text
    counted: tuple[str, ...] = ()
    excluded: tuple[tuple[str, Text], ...] = ()

    def as_dict(self, lang: str = "zh") -> dict[str, Any]:
        """formats.md form; `title`, `citation` added for people."""
        return {
            "id": self.id,
            "verdict": self.verdict,
            "why": self.why.in_(lang),
            "title": self.title.in_(lang),
            "citation": self.citation.in_(lang),
            "counted": list(self.counted),
            "excluded": [{"id": row, "why": why.in_(lang)} for row, why in self.excluded],
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """The gate's answer. `allow` is true unless the verdict is deny. `next_lawful` is UTC, None when an event must come."""

    id: str
    verdict: str
    rules: tuple[RuleResult, ...]
    next_lawful: datetime | None
    pack: str
    zone: str

    @property
    def allow(self) -> bool:
        """True for pass and warn."""
        return self.verdict != "deny"

    def as_dict(self, lang: str = "zh") -> dict[str, Any]:
        """formats.md form; `next_lawful` in the person's local time with its offset."""
        moment = None if self.next_lawful is None else local(self.next_lawful, self.zone).isoformat()
        return {
            "id": self.id,
            "allow": self.allow,
            "verdict": self.verdict,
            "rules": [rule.as_dict(lang) for rule in self.rules],
            "next_lawful": moment,
            "pack": self.pack,
        }


def _in_force(rule: Rule, day: date) -> bool:
    return rule.effective.start <= day and (rule.effective.end is None or day <= rule.effective.end)


def _evaluate(request: Request, pack: Pack, at: datetime) -> list[tuple[Rule, Found]]:
    day = local_day(at, request.zones[0]) if request.zones else at.date()
    out = []
    for rule in pack.rules:
        if _in_force(rule, day):
            found = CHECKS[rule.check](request, at, rule.params)
            if found is not None:
                out.append((rule, found))
    return out


def _denied(spoken: list[tuple[Rule, Found]]) -> list[Found]:
    return [found for rule, found in spoken if found.broken and rule.verdict == "deny"]


def _moments(request: Request, pack: Pack, at: datetime) -> list[datetime]:
    """Every instant after `at` at which an answer can change: openings, edges of windows, local midnights.

    Between two of them all checks are constant, so the first that passes is the first lawful moment.
    """
    times = {time(0)} | {time.fromisoformat(rule.params["opens"]) for rule in pack.rules if "opens" in rule.params}
    times |= {edge for window in request.inconvenient for edge in window} | set(request.agreed_hours or ())
    moments = {
        at_local(local_day(at, name) + timedelta(days=offset), moment, name)
        for name in request.zones
        for offset in range(HORIZON.days + 1)
        for moment in times
    }
    return sorted(m for m in moments if m > at)


def next_lawful(request: Request, pack: Pack, at: datetime) -> datetime | None:
    """The first instant after `at` at which the same request is not denied; None when only an event can lift it."""
    for moment in _moments(request, pack, at):
        denied = _denied(_evaluate(request, pack, moment))
        if not denied:
            return moment.astimezone(UTC)
        if any(found.event_only for found in denied):
            return None
    return None


def _result(rule: Rule, found: Found) -> RuleResult:
    title = Text(rule.title.zh, rule.title.en)
    verdict = rule.verdict if found.broken else "pass"
    return RuleResult(rule.id, verdict, title, rule.citation, found.why, found.counted, found.excluded)


def _house(request: Request, pack: Pack, rule: str, why: Text) -> Decision:
    title = Text("缺少依据时一律不联系", "Unknown denies")
    result = RuleResult(rule, "deny", title, Text("内部规则", "house rule"), why)
    return Decision(request.id, "deny", (result,), None, pack.label, "UTC")


def decide(request: Request, pack: Pack, at: datetime | None = None) -> Decision:
    """Decide at `at` (UTC; default the request's own time). Rules that deny come first, then warnings, then the rest."""
    moment = at or request.at
    if request.jurisdiction != pack.jurisdiction:
        return _house(request, pack, "FD-SCOPE", SCOPE)
    if moment is None:
        return _house(request, pack, "FD-TIME", NO_TIME)
    spoken = _evaluate(request, pack, moment)
    results = sorted((_result(rule, found) for rule, found in spoken), key=lambda r: -ORDER[r.verdict])
    verdict = max((r.verdict for r in results), key=lambda v: ORDER[v], default="deny")
    denied = _denied(spoken)
    later = None
    if denied and not any(found.event_only for found in denied):
        later = next_lawful(request, pack, moment)
    zone = request.zones[0] if request.zones else "UTC"
    return Decision(request.id, verdict, tuple(results), later, pack.label, zone)
