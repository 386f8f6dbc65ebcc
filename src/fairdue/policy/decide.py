"""Decide a request, and find the first later instant at which it would pass."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

from fairdue.core.dates import local
from fairdue.core.text import Text

from .checks import Found
from .compiled import Bound, Compiled, compiled
from .moment import Moment, edges
from .request import Request
from .schema import Pack

_HOUSE = Text("内部规则", "house rule")
_UNKNOWN_DENIES = Text("缺少依据时一律不联系", "What is not known denies")
_SCOPE = Text(
    "没有适用于该法域的规则包，不能联系。", "There is no policy pack for this jurisdiction, so no contact is allowed."
)
_NO_TIME = Text("缺少联系时间，无法判断。", "Without the time of contact nothing can be decided.")


class RuleResult(NamedTuple):
    """One rule that spoke: its verdict, why, what it counted, what it left out and why."""

    id: str
    verdict: str
    title: Text
    citation: Text
    why: Text
    counted: tuple[str, ...] = ()
    excluded: tuple[tuple[str, Text], ...] = ()
    confidence: str = "house"

    def as_dict(self, lang: str = "zh") -> dict[str, Any]:
        """formats.md form; `title`, `citation` and `needs_review` added for people."""
        return {
            "id": self.id,
            "verdict": self.verdict,
            "why": self.why.in_(lang),
            "title": self.title.in_(lang),
            "citation": self.citation.in_(lang),
            "needs_review": self.confidence in ("C", "R"),
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


def decide(request: Request, pack: Pack, at: datetime | None = None) -> Decision:
    """Decide at `at` (UTC; default the request's own time). Rules that deny come first, then warnings, then the rest."""
    moment_at = at or request.at
    if request.jurisdiction != pack.jurisdiction:
        return house_denial(request, pack.label, "FD-SCOPE", _SCOPE)
    if moment_at is None:
        return house_denial(request, pack.label, "FD-TIME", _NO_TIME)
    ready = compiled(pack)
    now = Moment(moment_at.replace(microsecond=0) if moment_at.microsecond else moment_at, request.zones)
    ordinal = now.ordinals[0] if now.ordinals else now.at.toordinal()
    denied: list[RuleResult] = []
    warned: list[RuleResult] = []
    passed: list[RuleResult] = []
    waits = True
    barred: Bound | None = None
    for bound in ready.speaking(request, ordinal)[0]:
        found = bound.check(request, now)
        if found is None:
            continue
        if not found.broken:
            passed.append(_result(bound, "pass", found))
        elif bound.deny:
            denied.append(_result(bound, "deny", found))
            barred = bound
            waits = waits and not found.event
        else:
            warned.append(_result(bound, "warn", found))
    zone = request.zones[0] if request.zones else "UTC"
    if not (denied or warned or passed):
        return house_denial(request, pack.label, "FD-SCOPE", _SCOPE)
    verdict = "deny" if denied else "warn" if warned else "pass"
    later = _next(request, ready, now.at, barred) if denied and waits else None
    return Decision(request.id, verdict, (*denied, *warned, *passed), later, pack.label, zone)


def next_lawful(request: Request, pack: Pack, at: datetime) -> datetime | None:
    """The first instant after `at` at which the same request is not denied; None when only an event can lift it."""
    return _next(request, compiled(pack), at)


def house_denial(request: Request, pack_label: str, rule: str, why: Text) -> Decision:
    """A denial that no pack gives: there is none, or there is no time to decide for."""
    result = RuleResult(rule, "deny", _UNKNOWN_DENIES, _HOUSE, why)
    return Decision(request.id, "deny", (result,), None, pack_label, "UTC")


def no_pack(request: Request) -> Decision:
    """The denial of a request whose jurisdiction has no pack, or names none."""
    return house_denial(request, "none", "FD-SCOPE", _SCOPE)


def _result(bound: Bound, verdict: str, found: Found) -> RuleResult:
    last = bound.last
    if last is not None and last[0] is found:
        return cast(RuleResult, last[1])
    rule = bound.rule
    result = RuleResult(
        rule.id,
        verdict,
        bound.title,
        bound.citation,
        found.why,
        found.counted,
        found.excluded,
        rule.source.confidence,
    )
    bound.last = (found, result)
    return result


def _next(request: Request, ready: Compiled, at: datetime, suspect: Bound | None = None) -> datetime | None:
    wanted = {*ready.edges, *(edge % 86400 for window in request.inconvenient for edge in window)}
    if request.agreed_hours is not None:
        wanted.add(request.agreed_hours[0])
    for instant in edges(at, request.zones, tuple(sorted(wanted))):
        then = Moment(instant, request.zones)
        if (
            suspect is not None and suspect.rule.effective.end is None
        ):  # most moments are barred by the rule that barred the one before: ask it first
            found = suspect.check(request, then)
            if found is not None and found.broken and not found.event:
                continue
        barring = _bars(request, ready, then)
        if barring is None:
            return instant.astimezone(UTC)
        suspect, found = barring
        if found.event:
            return None
    return None


def _bars(request: Request, ready: Compiled, then: Moment) -> tuple[Bound, Found] | None:
    """The first breach that denies at this moment, one that only an event can lift before the others."""
    first: tuple[Bound, Found] | None = None
    for bound in ready.speaking(request, then.ordinals[0])[1]:
        found = bound.check(request, then)
        if found is not None and found.broken:
            if found.event:
                return bound, found
            first = first or (bound, found)
    return first
