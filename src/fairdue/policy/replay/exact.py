"""Requests under two packs, decided one by one: exact by definition, and the only way for requests with their own history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from fairdue.core.dates import local_day

from ..decide import Decision, decide
from ..request import Request
from ..schema import Pack
from .comparison import Comparison, Row, Tally

Packs = Callable[[Request], tuple[Pack, Pack]]
Agent = Callable[[Request], str | None]


def broken(decision: Decision) -> tuple[str, ...]:
    """The rules that a decision found broken, as sorted `id verdict`, each once."""
    return tuple(sorted({f"{rule.id} {rule.verdict}" for rule in decision.rules if rule.verdict != "pass"}))


def tallied(
    requests: Iterable[Request], packs: Packs, tally: Tally, agent_of: Agent | None = None
) -> Iterator[tuple[Request, Decision, Decision]]:
    """Decide each request under its two packs, count it, and hand it on with its decisions."""
    for request in requests:
        first, second = packs(request)
        one = decide(request, first)
        two = one if second is first else decide(request, second)
        row = Row(request.id, one.verdict, two.verdict, broken(one), broken(two))
        zone = request.zones[0] if request.zones else "UTC"
        day = "" if request.at is None else local_day(request.at, zone).isoformat()
        tally.add(row, request.debtor_id, agent_of(request) if agent_of else None, day)
        yield request, one, two


def compare_requests(
    requests: Iterable[Request], first: Pack, second: Pack, agent_of: Agent | None = None
) -> Comparison:
    """What each pack says of each request. `agent_of` names the agent, whom a request does not carry."""
    tally = Tally(first.label, second.label)
    for _ in tallied(requests, lambda request: (first, second), tally, agent_of):
        pass
    return tally.done()
