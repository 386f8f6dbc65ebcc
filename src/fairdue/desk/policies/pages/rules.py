"""The rules in force, and one rule: why, where it stands, its parameters with their history, its cases, how it is covered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.pages import page, render
from fairdue.desk.people.models import Role
from fairdue.desk.policies import duties, judging, packing, selectors, words
from fairdue.desk.policies.selectors import Addition, RuleFilter
from fairdue.packs import PackError
from fairdue.policy import Rule, jurisdictions
from fairdue.policy.schema import CONFIDENCE

from .common import PAGE_SIZE, WATCHERS, jurisdiction_of, pack_or_findings, stops

READERS = tuple(role for role in Role if role != Role.MACHINE)
"""People; a telephone system has nothing to read here."""


@dataclass(frozen=True)
class Param:
    """A parameter of a shipped entry in words; `place` is the address at which it may be changed, "" when it may not."""

    name: Text
    value: Text
    place: str


@dataclass(frozen=True)
class RuleRow:
    """One entry for a page."""

    rule: Rule
    verdict: Any
    confidence: Text
    params: list[Param]
    applies: list[tuple[Text, Text]]
    additions: list[tuple[Addition, Text, Text]]


def _row(rule: Rule, additions: list[Addition], choices: dict[str, judging.Choice] | None = None) -> RuleRow:
    places = {(id(one), choice.param): choice.place for choice in (choices or {}).values() for one in choice.rules}
    params = [
        Param(words.param_name(name), words.value_text(name, value), places.get((id(rule), name), ""))
        for name, value in rule.params.items()
        if name not in words.SENTENCES
    ]
    mine = [
        (one, words.param_name(one.param), words.value_text(one.param, one.value)) for one in additions if one.of(rule)
    ]
    return RuleRow(
        rule,
        words.VERDICTS[rule.verdict],
        CONFIDENCE[rule.source.confidence],
        params,
        words.applies_text(rule),
        mine,
    )


@page(roles=READERS)
@require_GET
def rules(request: HttpRequest) -> HttpResponse:
    """Rules in force today, with filters."""
    jurisdiction = jurisdiction_of(request)
    pack, findings, missing = pack_or_findings(jurisdiction)
    given = request.GET
    chosen = RuleFilter(
        topic=given.get("topic", ""),
        verdict=given.get("verdict", ""),
        confidence=given.get("confidence", ""),
        review=given.get("review") == "1",
        text=given.get("text", "").strip()[:80],
    )
    entries = selectors.entries_on(pack, clock.today()) if pack else []
    kept = [rule for rule in entries if chosen.keeps(rule)]
    paged = Paginator(kept, PAGE_SIZE).get_page(given.get("page"))
    now = [one for one in selectors.additions(jurisdiction) if one.state != "ended"]
    context = {
        "pack": pack,
        "missing": missing,
        "findings": findings,
        "stops": stops(findings),
        "rows": [_row(rule, now) for rule in paged],
        "paged": paged,
        "all": len(entries),
        "chosen": chosen,
        "topics": words.TOPICS,
        "verdicts": words.VERDICTS,
        "confidences": CONFIDENCE,
        "jurisdiction": jurisdiction,
        "jurisdictions": jurisdictions(),
        "own": jurisdiction == selectors.JURISDICTION,
        "revision": selectors.current_revision(jurisdiction),
        "watches": request.user.role in WATCHERS,
        "sees_duties": request.user.role != Role.AGENT,
        "waiting": selectors.waiting() if selectors.may_write(request.user) else 0,
    }
    return render(request, "policies/rules.html", context)


@page(roles=READERS)
@require_GET
def rule(request: HttpRequest, rule_id: str) -> HttpResponse:
    """One rule with everything that is known of it."""
    jurisdiction = jurisdiction_of(request)
    pack, findings, _missing = pack_or_findings(jurisdiction)
    base = packing.shipped(jurisdiction)[0] if pack else None
    entries = selectors.rule_entries(base, rule_id) if base else []
    kept = [one for one in duties.elsewhere(jurisdiction) if one.rule == rule_id]
    asked = [one for one in duties.obligations(jurisdiction) if one.rule == rule_id]
    if not entries and not kept and not asked:
        raise Http404
    additions = selectors.additions(jurisdiction, rule_id)
    changeable = judging.choices(base.rules, clock.today()) if base else {}
    try:
        cases = selectors.cases_of(jurisdiction, rule_id)
    except PackError:
        cases = []
    first = entries[0] if entries else None
    context = {
        "rule_id": rule_id,
        "title": first.title.text() if first else duties.citation(rule_id),
        "first": first,
        "whys": list({(one.title.text(), one.why.text()): None for one in entries if one.why}),
        "rows": [(_row(one, [], changeable), one.in_force(clock.today())) for one in entries],
        "confidence": CONFIDENCE[first.source.confidence] if first else None,
        "additions": [(one, words.param_name(one.param), words.value_text(one.param, one.value)) for one in additions],
        "scopes": {one.draft.number: words.scope_text(one.draft.scope) for one in additions},
        "cases": cases[:60],
        "elsewhere": [(one, [words.ROOMS.get(room) or Text(room, room) for room in one.rooms]) for one in kept],
        "duties": [(one, words.WHO[one.who], duties.key_of(one)) for one in asked],
        "citation": duties.citation(rule_id),
        "jurisdiction": jurisdiction,
        "may_write": selectors.may_write(request.user) and jurisdiction == selectors.JURISDICTION,
        "watches": request.user.role in WATCHERS,
        "sees_duties": request.user.role != Role.AGENT,
        "stops": stops(findings),
    }
    return render(request, "policies/rule.html", context)
