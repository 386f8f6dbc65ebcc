"""What a change would have done to the desk's own attempts: each is asked again, without and with the change.

An attempt is a permit (used by a contact or not) or a denial. It is asked at its own instant, with the contacts that lay
before it (from a hundred days before the span on) and the holds that stood then; what is known of customer, number, debt
and agency is as it stands now, because that is not kept by the day. The rules are taken as on the change's first day and as
if they had always been so. What would have been denied still counts in the history of later attempts: the figures say what
each attempt met, not another past.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.conf import settings

from fairdue.core.dates import local_day
from fairdue.desk.people.models import User
from fairdue.policy import Pack, RequestError, decide, parse_request
from fairdue.policy.replay.exact import broken

from . import bulk
from .attempts import Asked, Attempt, PastContacts, attempts, in_span, instants

__all__ = ["Affected", "Outcome", "effect", "in_span"]

LONGEST = 100
"""Days that one effect may cover."""
CHUNK = 1000
"""Customers whose history is in memory at a time."""
BULK_FROM = 300
"""Attempts of a chunk from which on a table is worth making."""
KEPT = 2000
"""Affected attempts that are stored with a result; all are counted."""


@dataclass(frozen=True, slots=True)
class Affected:
    """An attempt that is decided otherwise: `change` is denied or allowed, by these rules."""

    attempt: Attempt
    change: str
    rules: tuple[str, ...]


Rules = tuple[str, ...]
"""Broken rules as `id verdict`, each once, as the replay names them."""


@dataclass
class Outcome:
    """Counts over all attempts. `matrix` is "pass>deny" → n; `rules` rule id → {denied, allowed, warned}; `agents` agent id →
    and `days` ISO day → {attempts, denied, allowed}; `unread` attempts that could not be asked, by what was wrong."""

    attempts: int = 0
    denied: int = 0
    allowed: int = 0
    warned: int = 0
    matrix: Counter[str] = field(default_factory=Counter)
    rules: dict[str, Counter[str]] = field(default_factory=dict)
    agents: dict[int, Counter[str]] = field(default_factory=dict)
    days: dict[str, Counter[str]] = field(default_factory=dict)
    unread: Counter[str] = field(default_factory=Counter)
    affected: list[Affected] = field(default_factory=list)

    def add(self, attempt: Attempt, first: str, second: str, before: Rules, after: Rules) -> None:
        """Count one attempt with its two verdicts and the rules broken under each."""
        self.attempts += 1
        self.matrix[f"{first}>{second}"] += 1
        agent = self.agents.setdefault(attempt.agent, Counter())
        day = self.days.setdefault(local_day(attempt.at, settings.FAIRDUE_ZONE).isoformat(), Counter())
        agent["attempts"] += 1
        day["attempts"] += 1
        if (first == "deny") != (second == "deny"):
            change = "denied" if second == "deny" else "allowed"
            rules = _more(before, after, "deny") if second == "deny" else _more(after, before, "deny")
            setattr(self, change, getattr(self, change) + 1)
            agent[change] += 1
            day[change] += 1
            for rule in rules:
                self.rules.setdefault(rule, Counter())[change] += 1
            if len(self.affected) < KEPT:
                self.affected.append(Affected(attempt, change, rules))
        elif second != "deny" and (warned := _more(before, after, "warn")):
            self.warned += 1
            for rule in warned:
                self.rules.setdefault(rule, Counter())["warned"] += 1

    def as_dict(self) -> dict[str, Any]:
        """Everything but the affected attempts, as JSON."""
        return {
            "attempts": self.attempts,
            "denied": self.denied,
            "allowed": self.allowed,
            "warned": self.warned,
            "matrix": dict(self.matrix),
            "rules": {rule: dict(counts) for rule, counts in sorted(self.rules.items())},
            "agents": {str(agent): dict(counts) for agent, counts in self.agents.items()},
            "days": {day: dict(counts) for day, counts in sorted(self.days.items())},
            "unread": dict(self.unread),
        }


def _more(before: Rules, after: Rules, verdict: str) -> tuple[str, ...]:
    """Ids of the rules that say `verdict` afterwards and did not before."""
    said = [name.removesuffix(f" {verdict}") for name in after if name.endswith(f" {verdict}")]
    return tuple(rule for rule in said if f"{rule} {verdict}" not in before)


def effect(
    customers: Sequence[int], since: date, until: date, first: Pack, second: Pack, outcome: Outcome
) -> Iterator[int]:
    """Ask every attempt of these customers under both packs and count it in `outcome`; gives the number of attempts done
    after each chunk of customers, so that a caller can tell how far it is.

    The contacts of a large chunk go through `bulk`, all else is decided one by one; both say the same (a test holds it).
    """
    span = instants(since, until)
    agents: dict[int, User] = {}
    done = 0
    for at in range(0, len(customers), CHUNK):
        chunk = customers[at : at + CHUNK]
        past = PastContacts(chunk, *span)
        asked = list(attempts(chunk, span, past, agents))
        done += len(asked)
        for attempt, raw in _at_once(asked, past, first, second, outcome):
            _one_by_one(attempt, raw, past, first, second, outcome)
        yield done


def _at_once(asked: list[Asked], past: PastContacts, first: Pack, second: Pack, outcome: Outcome) -> list[Asked]:
    """Count what a table can say exactly; what is left must be asked one by one."""
    rows: dict[str, dict[str, Any]] = {}
    for attempt, raw in asked:
        row = past.by_id.get(attempt.own) if raw is not None and len(asked) >= BULK_FROM else None
        told = bulk.standing(raw, row) if row is not None else None
        if told is not None:
            rows[attempt.own] = told
    found = bulk.compare(past.by_id.values(), rows, first, second) if rows else None
    left = []
    for attempt, raw in asked:
        answer = found.get(attempt.own) if found is not None else None
        if answer is None:
            left.append((attempt, raw))
        else:
            outcome.add(attempt, *answer)
    return left


def _one_by_one(
    attempt: Attempt, raw: dict[str, Any] | None, past: PastContacts, first: Pack, second: Pack, outcome: Outcome
) -> None:
    try:
        request = parse_request(raw) if raw is not None else None
    except RequestError as unusable:
        outcome.unread[unusable.field] += 1
        return
    if request is None:
        outcome.unread["line"] += 1
        return
    request = replace(request, history=past.before(attempt, request))
    one, two = decide(request, first), decide(request, second)
    outcome.add(attempt, one.verdict, two.verdict, broken(one), broken(two))
