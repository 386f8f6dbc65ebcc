"""A pack made ready for speed: which rules speak to a request is looked up, not searched.

The rules that speak depend on a handful of standing facts (channel, role, purpose …) and on the date. For each
combination that occurs the list is made once. Checks are bound to their parameters once.
"""

from __future__ import annotations

from bisect import bisect_right
from datetime import date

from fairdue.core.text import Text

from .checks import CHECKS, Check, Found, edges_of
from .request import Request
from .schema import Pack, Rule

_LIFTED = Found(False, Text("对方同意或双方另有约定，本条不限制。", "The person agreed, so this rule does not bind."))


class Bound:
    """A rule with its check: what is asked about every request."""

    __slots__ = ("check", "citation", "deny", "edges", "last", "rule", "title", "verdict")

    def __init__(self, rule: Rule) -> None:
        self.rule = rule
        self.check: Check = _unless(CHECKS[rule.check](rule.params), frozenset(rule.unless))
        self.verdict = rule.verdict
        self.deny = self.verdict == "deny"
        self.title = rule.title.text()
        self.citation = rule.citation
        self.edges = edges_of(rule.check, rule.params)
        self.last: tuple[Found, object] | None = None
        """The last answer and its result: most answers are one of a few constants, and need not be put in words again."""


def _unless(check: Check, consents: frozenset[str]) -> Check:
    if not consents:
        return check
    return lambda request, moment: _LIFTED if consents & request.consents else check(request, moment)


class Compiled:
    """The bound rules of a pack, by date and by the standing facts of a request."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self._bound = [Bound(rule) for rule in pack.rules]
        starts = {rule.effective.start.toordinal() for rule in pack.rules}
        ends = {rule.effective.end.toordinal() + 1 for rule in pack.rules if rule.effective.end}
        self.changes = sorted(starts | ends)
        self._chosen: dict[tuple[object, ...], tuple[tuple[Bound, ...], tuple[Bound, ...]]] = {}
        self.edges = tuple(sorted({second for bound in self._bound for second in bound.edges}))

    def speaking(self, request: Request, ordinal: int) -> tuple[tuple[Bound, ...], tuple[Bound, ...]]:
        """The rules that speak to this request on this local date: all of them, and those that deny."""
        key = (
            bisect_right(self.changes, ordinal),
            request.channel,
            request.mode,
            request.purpose,
            request.role,
            request.line_kind,
            request.product,
            request.lender_type,
            request.agency is None,
        )
        chosen = self._chosen.get(key)
        if chosen is None:
            day = date.fromordinal(ordinal)
            every = tuple(b for b in self._bound if b.rule.in_force(day) and b.rule.applies.to(request))
            if len(self._chosen) > 20_000:  # products and lenders are free text: a feed must not grow this for ever
                self._chosen.clear()
            chosen = self._chosen[key] = (every, tuple(b for b in every if b.deny))
        return chosen


_CACHE: dict[int, tuple[Pack, Compiled]] = {}


def compiled(pack: Pack) -> Compiled:
    """The compiled form of a pack, made on first use and kept while the pack is among the last few used."""
    known = _CACHE.get(id(pack))
    if known is not None and known[0] is pack:
        return known[1]
    if len(_CACHE) >= 64:
        _CACHE.pop(next(iter(_CACHE)))
    made = Compiled(pack)
    _CACHE[id(pack)] = (pack, made)
    return made
