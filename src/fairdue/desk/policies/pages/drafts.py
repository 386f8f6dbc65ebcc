"""Changes: the list, one change with its effect and decision, whom it would have touched, the history."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fairdue.desk import clock
from fairdue.desk.call.models import Contact
from fairdue.desk.pages import page, render
from fairdue.desk.people.models import User
from fairdue.desk.policies import effects, judging, packing, selectors, services, words
from fairdue.desk.policies.forms import DaysForm, last_month
from fairdue.desk.policies.models import AffectedContact, DraftState, EffectRun, PolicyDraft
from fairdue.desk.policies.problems import problems_of

from .common import PAGE_SIZE, WATCHERS, WRITERS, attempt, draft_or_404, shown_changes, shown_endings

SHOWS = ("all", "open", "approved", "closed")
LONGEST_LIST = 31


@page(roles=WATCHERS)
@require_GET
def drafts(request: HttpRequest) -> HttpResponse:
    """All changes of the house, the latest first."""
    show = request.GET.get("show", "all")
    show = show if show in SHOWS else "all"
    paged = Paginator(selectors.draft_rows(show), PAGE_SIZE).get_page(request.GET.get("page"))
    ends = selectors.ends_of(selectors.approved(selectors.JURISDICTION))
    today = clock.today()
    context = {
        "rows": [
            (draft, *_standing(draft, today, ends), words.scope_text(draft.scope), _what(draft)) for draft in paged
        ],
        "paged": paged,
        "show": show,
        "shows": {
            "all": _("All"),
            "open": _("Being written"),
            "approved": _("Approved"),
            "closed": _("Withdrawn or given up"),
        },
        "may_write": selectors.may_write(request.user),
        "waiting": selectors.waiting(),
    }
    return render(request, "policies/drafts.html", context)


def _standing(draft: PolicyDraft, today, ends) -> tuple[Any, str]:
    state = selectors.standing(draft, today, ends)
    return words.STANDINGS[state], words.COLOURS[state]


def _what(draft: PolicyDraft) -> list[str]:
    """The rules of a change, each once."""
    ended = [_("ends change %(n)s") % {"n": one["draft"]} for one in draft.endings]
    return list(dict.fromkeys([*(row["rule"] for row in draft.changes), *ended]))


@page(roles=WATCHERS)
@require_GET
def draft(request: HttpRequest, number: int) -> HttpResponse:
    """One change: its rows with findings, its effect, its way, and what may be done with it."""
    found = draft_or_404(number)
    services.fail_abandoned()
    opened = found.state in selectors.OPEN
    findings = problems_of(found) if opened else []
    ends = selectors.ends_of(selectors.approved(found.jurisdiction))
    standing, colour = _standing(found, clock.today(), ends)
    run = found.effects.order_by("-pk").first()
    context = {
        "draft": found,
        "standing": standing,
        "colour": colour,
        "scope": words.scope_text(found.scope),
        "changes": shown_changes(found, findings),
        "endings": shown_endings(found, findings),
        "findings": findings,
        "head_findings": [f for f in findings if f.place.row is None],
        "steps": [(step, words.STEPS[step.what]) for step in selectors.steps_of(found)],
        "choices": _choices(found) if found.state == DraftState.DRAFT else [],
        "days": DaysForm(initial=last_month()),
        **_effect(found, run),
        **_rights(request.user, found),
    }
    return render(request, "policies/draft.html", context)


def _choices(draft: PolicyDraft) -> list[tuple[str, Any, Any]]:
    base, _findings = packing.shipped(draft.jurisdiction)
    found = judging.choices(base.rules, draft.effective_from)
    return [(key, choice.rule.title.text(), words.param_name(choice.param)) for key, choice in found.items()]


def _rights(user: User, draft: PolicyDraft) -> dict[str, bool]:
    writes, state, own = selectors.may_write(user), draft.state, selectors.written_by(draft, user)
    planned = state == DraftState.APPROVED and draft.effective_from > clock.today()
    return {
        "may_edit": writes and state == DraftState.DRAFT,
        "may_measure": writes and state in selectors.OPEN,
        "may_take_back": writes and state == DraftState.SUBMITTED,
        "may_decide": writes and state == DraftState.SUBMITTED and not own,
        "own": writes and state == DraftState.SUBMITTED and own,
        "may_withdraw": writes and planned,
    }


def _effect(draft: PolicyDraft, run: EffectRun | None) -> dict[str, Any]:
    """The last effect for the page: figures by rule, agent and day with the share of each bar."""
    if run is None:
        return {"run": None}
    result = run.result or {}
    names = dict(User.objects.filter(pk__in=[int(pk) for pk in result.get("agents", {})]).values_list("pk", "username"))
    agents = [(names.get(int(pk), "?"), counts) for pk, counts in result.get("agents", {}).items()]
    touched = [(name, c) for name, c in agents if c.get("denied") or c.get("allowed")]
    days = sorted(result.get("days", {}).items())
    most = max((counts.get("attempts", 0) for _day, counts in days), default=0) or 1
    base, _findings = packing.shipped(draft.jurisdiction)
    titles = {rule.id: rule.title.text() for rule in reversed(base.rules)}
    return {
        "run": run,
        "stale": run.state == "done" and draft.state in selectors.OPEN and run.digest != selectors.digest_of(draft),
        "percent": 100 * run.done // run.total if run.total else 0,
        "by_rule": [(rule, titles.get(rule), counts) for rule, counts in result.get("rules", {}).items()],
        "by_agent": sorted(touched, key=lambda pair: (-pair[1].get("denied", 0), pair[0]))[:LONGEST_LIST],
        "by_day": [
            (day, counts, 100 * counts.get("attempts", 0) // most, 100 * counts.get("denied", 0) // most)
            for day, counts in days
        ],
        "unread": sum(result.get("unread", {}).values()),
    }


@page(roles=WRITERS)
@require_POST
def effect(request: HttpRequest, number: int) -> HttpResponse:
    """Compute the effect on the days chosen."""
    draft_or_404(number)
    form = DaysForm(request.POST)
    if not form.is_valid():
        messages.error(request, _("Enter both days."))
        return redirect("policies:draft", number)
    days = form.cleaned_data
    attempt(
        request,
        _("The attempts of these days are asked again."),
        lambda: services.start_effect(number, request.user, days["since"], days["until"]),
    )
    return redirect(reverse("policies:draft", args=[number]) + "#effect")


def _run_or_404(number: int, run_id: int) -> EffectRun:
    return get_object_or_404(EffectRun.objects.select_related("draft"), pk=run_id, draft__number=number)


@page(roles=WATCHERS)
@require_GET
def effect_status(request: HttpRequest, number: int, run_id: int) -> HttpResponse:
    """How far a running effect is; the page asks every second until it is done."""
    services.fail_abandoned()
    run = _run_or_404(number, run_id)
    context = {"draft": run.draft, **_effect(run.draft, run)}
    return render(request, "policies/_effect.html", context)


@page(roles=WATCHERS)
@require_GET
def affected(request: HttpRequest, number: int, run_id: int) -> HttpResponse:
    """The attempts that the change would have decided otherwise, with links."""
    run = _run_or_404(number, run_id)
    rows = run.affected.select_related("customer", "agent").order_by("at", "pk")
    rule = request.GET.get("rule", "")[:40]
    if rule:
        rows = [row for row in rows if rule in row.rules]
    paged = Paginator(rows, PAGE_SIZE).get_page(request.GET.get("page"))
    total = run.result.get("denied", 0) + run.result.get("allowed", 0)
    context = {
        "run": run,
        "draft": run.draft,
        "rows": list(zip(paged, _decisions(paged), strict=True)),
        "paged": paged,
        "rule": rule,
        "rules": sorted(run.result.get("rules", {})),
        "total": total,
        "cut": total > effects.KEPT,
        "kinds": {"contact": _("contact"), "permit": _("permit, not used"), "denial": _("denied then too")},
    }
    return render(request, "policies/affected.html", context)


def _decisions(rows: Iterable[AffectedContact]) -> list[str]:
    """Where the decision that was taken then is explained."""
    contacts = [row.row for row in rows if row.kind == "contact"]
    permits = dict(Contact.objects.filter(pk__in=contacts).values_list("pk", "permit_id"))
    return [
        f"/decisions/denials/{row.row}/"
        if row.kind == "denial"
        else f"/decisions/permits/{permits.get(row.row) if row.kind == 'contact' else row.row}/"
        for row in rows
    ]


@page(roles=WRITERS)
@require_POST
def step(request: HttpRequest, number: int, what: str) -> HttpResponse:
    """Carry out one step: submit, take back, approve, return, withdraw, discard."""
    draft_or_404(number)
    user, text = request.user, request.POST.get("text", "")
    steps = {
        "submit": (_("Submitted: a colleague decides now."), lambda: services.submit(number, user, text)),
        "take-back": (_("Taken back: it is a draft again."), lambda: services.take_back(number, user)),
        "approve": (_("Approved: it holds from its day on."), lambda: services.approve(number, user, text)),
        "return": (_("Returned with your comment."), lambda: services.send_back(number, user, text)),
        "withdraw": (_("Withdrawn: it will not come into force."), lambda: services.withdraw(number, user, text)),
        "discard": (_("The draft is given up."), lambda: services.discard(number, user)),
    }
    if what not in steps:
        raise Http404
    attempt(request, *steps[what])
    return redirect("policies:draft", number)


@page(roles=WATCHERS)
@require_GET
def history(request: HttpRequest) -> HttpResponse:
    """Every revision of what the house adds, with who, when and what came of it."""
    paged = Paginator(selectors.revisions(), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "rows": [(row, words.STEPS[row.what], _overlays(row.overlays)) for row in paged],
        "paged": paged,
        "current": selectors.current_revision(),
        "pack": packing.shipped(selectors.JURISDICTION)[0],
    }
    return render(request, "policies/history.html", context)


def _overlays(overlays: list[dict[str, Any]]) -> list[tuple[str, str, str, str]]:
    """Each overlay of a revision: name, rules, first and last day."""
    return [
        (
            raw["name"].removeprefix(packing.MARK),
            ", ".join(dict.fromkeys(row["rule"] for row in raw["rules"])),
            raw["effective"]["from"],
            raw["effective"]["to"] or "",
        )
        for raw in overlays
    ]
