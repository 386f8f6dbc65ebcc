"""What these pages share: roles, the jurisdiction, refusals, look-ups that answer 404."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.utils.translation import get_language

from fairdue.core.findings import Finding, has_errors
from fairdue.desk.people.models import Role
from fairdue.desk.policies import packing, selectors, words
from fairdue.desk.policies.models import PolicyDraft
from fairdue.desk.refusals import RefusedError
from fairdue.packs import PackError
from fairdue.policy import Pack, jurisdictions

WATCHERS = (Role.LEAD, Role.COMPLIANCE, Role.ADMIN)
"""Who sees changes that are being written, and whom they would have touched."""
WRITERS = (Role.COMPLIANCE,)
DUTY_ROLES = (Role.LEAD, Role.COMPLIANCE, Role.TRAINER, Role.ADMIN)
PAGE_SIZE = 50


def language() -> str:
    """The page's language."""
    return get_language() or "zh"


def attempt(request: HttpRequest, done: str, step: Callable[[], Any]) -> Any:
    """Carry a step out and return what it gave; tell what was done, or why it was refused (then None)."""
    try:
        given = step()
    except RefusedError as refused:
        messages.error(request, refused.message(language()))
        return None
    messages.success(request, done)
    return given


def jurisdiction_of(request: HttpRequest) -> str:
    """The jurisdiction asked for (`?j=US`), else the desk's own."""
    wanted = request.GET.get("j", "").upper()
    return wanted if wanted in jurisdictions() else selectors.JURISDICTION


def pack_or_findings(jurisdiction: str) -> tuple[Pack | None, list[Finding], str]:
    """The pack as it decides now, what is wrong with it, and why there is none."""
    try:
        pack, findings = selectors.composed(jurisdiction)
    except PackError as missing:
        return None, [], str(missing)
    return pack, list(findings), ""


def stops(findings: list[Finding]) -> bool:
    """Whether the gate denies everything because of these."""
    return has_errors(findings)


def draft_or_404(number: int) -> PolicyDraft:
    """A change with the people in it."""
    found = PolicyDraft.objects.select_related("author", "decided_by").filter(number=number).first()
    if found is None:
        raise Http404
    return found


@dataclass(frozen=True)
class ShownRow:
    """One row of a change for a page: rule, what is changed, from what to what, proof, what is wrong."""

    index: int
    rule: str
    title: Any
    param: Any
    before: Any
    after: Any
    proof: str
    findings: list[Finding]


def shown_changes(draft: PolicyDraft, findings: list[Finding]) -> list[ShownRow]:
    """The rows of a change in words, each with its findings."""
    base, _problems = packing.shipped(draft.jurisdiction)
    out = []
    for index, row in enumerate(draft.changes):
        ((param, value),) = row["params"].items()
        part = row.get("part")
        named = (one for one in base.rules if one.id == row["rule"] and param in one.params)
        rule = next((one for one in named if part in (None, one.part)), None)
        wrong = [f for f in findings if f.place.row == index and f.place.field in ("value", "proof", "scope")]
        out.append(
            ShownRow(
                index,
                row["rule"],
                rule.title.text() if rule else row["rule"],
                words.param_name(param),
                words.value_text(param, rule.params[param]) if rule else "—",
                words.value_text(param, value),
                row.get("proof") or "",
                wrong,
            )
        )
    return out


def shown_endings(draft: PolicyDraft, findings: list[Finding]) -> list[ShownRow]:
    """The earlier rows that a change ends, in words."""
    base, _problems = packing.shipped(draft.jurisdiction)
    out = []
    for index, ending in enumerate(draft.endings):
        one = selectors.addition(draft.jurisdiction, ending["draft"], ending["row"])
        wrong = [f for f in findings if f.place.row == index and f.place.field in ("endings", "effective_from")]
        if one is None:
            out.append(ShownRow(index, f"{ending['draft']}", "", "", "—", "—", "", wrong))
            continue
        rule = next((r for r in base.rules if one.of(r)), None)
        out.append(
            ShownRow(
                index,
                one.rule,
                rule.title.text() if rule else one.rule,
                words.param_name(one.param),
                words.value_text(one.param, one.value),
                words.value_text(one.param, rule.params[one.param]) if rule else "—",
                str(one.draft.number),
                wrong,
            )
        )
    return out
