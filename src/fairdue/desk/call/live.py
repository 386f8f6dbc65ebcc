"""A running call as a form: permit given back, keep-alive, draft, note check, outcome."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from fairdue.desk.accounts.models import Account
from fairdue.desk.pages import page, render
from fairdue.desk.people.models import Role
from fairdue.desk.refusals import RefusedError
from fairdue.guard import check_text

from . import selectors, services
from .models import CallSession, Outcome, PermitState
from .screen import outcome_context, outcome_form, quotes_of, screen


def session_or_404(request: HttpRequest, permit_id: int) -> CallSession:
    """The agent's own call; 404 for any other."""
    session = selectors.session_of(request.user, permit_id)
    if session is None:
        raise Http404
    return session


@page(roles=(Role.AGENT,))
@require_POST
def release(request: HttpRequest, permit_id: int) -> HttpResponse:
    """Nothing was dialled: give the permit back."""
    session = session_or_404(request, permit_id)
    try:
        services.release_permit(permit_id, request.user)
        messages.success(request, _("Permit given back. Nothing was dialled, nothing is counted."))
    except RefusedError as refused:
        messages.error(request, refused.message(get_language() or "zh"))
    return redirect("call:case", session.permit.customer_id)


@page(roles=(Role.AGENT,))
@require_POST
def alive(request: HttpRequest, permit_id: int) -> HttpResponse:
    """The call still runs."""
    session_or_404(request, permit_id)
    permit = services.keep_alive(permit_id, request.user)
    return JsonResponse({"open": permit.state == PermitState.OPEN, "expires_at": permit.expires_at.isoformat()})


@page(roles=(Role.AGENT,))
@require_POST
def draft(request: HttpRequest, permit_id: int) -> HttpResponse:
    """Keep what is typed; 409 with the stored revision when another tab was later."""
    session = session_or_404(request, permit_id)
    try:
        body = json.loads(request.body)
        typed, revision = dict(body["draft"]), int(body["revision"])
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"error": "body must be {draft: {...}, revision: n}"}, status=400)
    try:
        part = "third" if selectors.hides_debt(session) else ""
        saved = services.save_draft(session, typed, revision, part)
    except services.StaleDraftError as stale:
        return JsonResponse({"revision": stale.revision}, status=409)
    return JsonResponse({"revision": saved.draft_revision})


@page(roles=(Role.AGENT,))
@require_POST
def note(request: HttpRequest, permit_id: int) -> HttpResponse:
    """Check the note for words that must not stand in a file, and say what to write instead."""
    session = session_or_404(request, permit_id)
    party = "customer" if session.permit.line.role == "debtor" else "third"
    found = check_text(request.POST.get("note", ""), "call", party, {})
    return render(request, "call/_note.html", {"found": found[:3]})


@page(roles=(Role.AGENT,))
@require_POST
def outcome(request: HttpRequest, permit_id: int) -> HttpResponse:
    """Record the outcome, once. A script gets JSON `{next}` or the form again with 422; without scripts a redirect."""
    session = session_or_404(request, permit_id)
    by_script = request.headers.get("X-Requested-With") == "fetch"
    form = outcome_form(session, request.POST)
    if session.permit.state == PermitState.USED:
        return _recorded(request, session, by_script)
    if form.is_valid():
        try:
            _record(request, session, form)
            messages.success(request, _("Recorded: %(what)s.") % {"what": Outcome(form.cleaned_data["outcome"]).label})
            return _recorded(request, session, by_script)
        except RefusedError as refused:
            field = refused.finding.place.field
            form.add_error(field if field in form.fields else None, refused.message(get_language() or "zh"))
    context: dict[str, Any] = outcome_context(session, form)
    if by_script:
        return render(request, "call/_outcome.html", context, status=422)
    whole = screen(request, session.permit.customer)
    return render(request, "call/case.html", {**whole, **context}, status=422)


def _record(request: HttpRequest, session: CallSession, form) -> None:
    data = form.cleaned_data
    account: Account | None = data.get("account") or session.permit.account
    quotes = quotes_of(session.permit.customer, request.user)
    services.record_contact(
        session.permit_id,
        request.user,
        data["outcome"],
        details=form.details(),
        note=data.get("note", ""),
        talk_seconds=data.get("talk_seconds"),
        with_customer=not selectors.hides_debt(session),
        account=account,
        quote=quotes.get(account.pk) if account else None,
    )


def _recorded(request: HttpRequest, session: CallSession, by_script: bool) -> HttpResponse:
    where = reverse("call:case", args=[session.permit.customer_id])
    return JsonResponse({"next": where}) if by_script else redirect(where)
