"""Writing a change: a new value for a parameter, an earlier change that ends, the head, rows taken out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fairdue.desk import clock
from fairdue.desk.pages import page, render
from fairdue.desk.policies import judging, packing, selectors, services, words
from fairdue.desk.policies.forms import HeadForm, ValueForm, head_initial
from fairdue.desk.policies.models import DraftState, PolicyDraft
from fairdue.desk.refusals import RefusedError

from .common import WRITERS, attempt, draft_or_404, language

JURISDICTION = selectors.JURISDICTION


def _into(request: HttpRequest) -> PolicyDraft | None:
    """The draft that the page adds to (`?into=3`); None: a new one."""
    wanted = request.GET.get("into", "")
    if not wanted.isdecimal():
        return None
    draft = draft_or_404(int(wanted))
    if draft.state != DraftState.DRAFT:
        raise Http404
    return draft


def _save(request: HttpRequest, head: HeadForm | None, into: PolicyDraft | None, form: Any, put: Callable) -> Any:
    """Put a row into the draft, or into a new one with this head, in one transaction; None when it was refused: the reason
    then stands beside its field."""
    try:
        with transaction.atomic():
            draft = into or services.begin(request.user, head.head(), jurisdiction=JURISDICTION)
            return put(draft.number)
    except RefusedError as refused:
        field = refused.finding.place.field
        shown = next((one for one in (form, head) if one is not None and field in one.fields), None)
        if shown is not None:
            shown.add_error(field, refused.message(language()))
        else:
            messages.error(request, refused.message(language()))
        return None


@page(roles=WRITERS)
def change(request: HttpRequest, rule_id: str, param: str) -> HttpResponse:
    """Give a parameter a stricter value, in a new change or in one that is being written."""
    base, _findings = packing.shipped(JURISDICTION)
    into = _into(request)
    day = into.effective_from if into else clock.today()
    part = request.GET.get("part")
    choice = judging.choices(base.rules, day).get(judging.key_of(rule_id, param, part))
    if choice is None:
        raise Http404
    posted = request.POST if request.method == "POST" else None
    form = ValueForm(choice, posted)
    head = None if into else HeadForm(posted, initial=head_initial())
    if posted is not None and form.is_valid() and (head is None or head.is_valid()):
        row = services.row_of(rule_id, param, form.value(), form.proof(), part)
        saved = _save(request, head, into, form, lambda number: services.put_row(number, request.user, row))
        if saved is not None:
            messages.success(request, _("Saved in change %(n)s.") % {"n": saved.number})
            return redirect("policies:draft", saved.number)
    context = {
        "choice": choice,
        "title": choice.rule.title.text(),
        "why": choice.rule.why.text() if choice.rule.why else None,
        "name": words.param_name(param),
        "now": [words.value_text(param, rule.params[param]) for rule in choice.rules],
        "additions": [
            (one, words.value_text(one.param, one.value), words.scope_text(one.draft.scope))
            for one in selectors.additions(JURISDICTION, rule_id)
            if one.param == param and one.part in (None, part) and one.state != "ended"
        ],
        "form": form,
        "head": head,
        "into": into,
        "others": [one for one in selectors.open_drafts(JURISDICTION) if into is None or one.pk != into.pk],
        "part": part,
    }
    return render(request, "policies/change.html", context)


@page(roles=WRITERS)
def end(request: HttpRequest, number: int, row: int) -> HttpResponse:
    """Let a row of an approved change end, so that the pack's own value holds again from a later day."""
    one = selectors.addition(JURISDICTION, number, row)
    if one is None:
        raise Http404
    into = _into(request)
    posted = request.POST if request.method == "POST" else None
    head = None if into else HeadForm(posted, initial=head_initial())
    if posted is not None and (head is None or head.is_valid()):
        saved = _save(request, head, into, None, lambda n: services.put_ending(n, request.user, number, row))
        if saved is not None:
            messages.success(request, _("Saved in change %(n)s.") % {"n": saved.number})
            return redirect("policies:draft", saved.number)
    base, _findings = packing.shipped(JURISDICTION)
    rule = next((r for r in base.rules if one.of(r)), None)
    context = {
        "one": one,
        "title": rule.title.text() if rule else one.rule,
        "name": words.param_name(one.param),
        "value": words.value_text(one.param, one.value),
        "back_to": words.value_text(one.param, rule.params[one.param]) if rule else None,
        "scope": words.scope_text(one.draft.scope),
        "head": head,
        "into": into,
        "others": [draft for draft in selectors.open_drafts(JURISDICTION) if into is None or draft.pk != into.pk],
    }
    return render(request, "policies/end.html", context)


@page(roles=WRITERS)
@require_GET
def choose(request: HttpRequest) -> HttpResponse:
    """From a draft's list of parameters to the page of the chosen one."""
    base, _findings = packing.shipped(JURISDICTION)
    chosen = judging.choices(base.rules, clock.today()).get(request.GET.get("what", ""))
    if chosen is None:
        raise Http404
    asked = {"part": chosen.part, "into": request.GET.get("into", "")}
    kept = urlencode({name: value for name, value in asked.items() if value not in (None, "")})
    where = reverse("policies:change", args=[chosen.rule.id, chosen.param])
    return redirect(f"{where}?{kept}" if kept else where)


@page(roles=WRITERS)
def head(request: HttpRequest, number: int) -> HttpResponse:
    """Change scope, day, reason and basis of a draft."""
    draft = draft_or_404(number)
    if draft.state != DraftState.DRAFT:
        raise Http404
    posted = request.POST if request.method == "POST" else None
    form = HeadForm(posted, initial=head_initial(draft))
    if posted is not None and form.is_valid():
        edits = request.POST.get("edits", "")
        seen = int(edits) if edits.isdecimal() else None
        try:
            services.change_head(number, request.user, form.head(), edits=seen)
            messages.success(request, _("Saved."))
            return redirect("policies:draft", number)
        except RefusedError as refused:
            field = refused.finding.place.field
            form.add_error(field if field in form.fields else None, refused.message(language()))
    return render(request, "policies/head.html", {"draft": draft, "head": form})


@page(roles=WRITERS)
@require_POST
def take_out(request: HttpRequest, number: int, kind: str, index: int) -> HttpResponse:
    """Take a row out of a draft."""
    if kind not in ("changes", "endings"):
        raise Http404
    draft_or_404(number)
    edits = request.POST.get("edits", "")
    seen = int(edits) if edits.isdecimal() else None
    attempt(request, _("Taken out."), lambda: services.take_out(number, request.user, kind, index, edits=seen))
    return redirect("policies:draft", number)
