"""The parts of a running call that the browser asks for: guide, draft, keep-alive, note check, outcome."""

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

from . import guide as guided
from . import selectors, services
from .models import CallSession, Outcome, PermitState
from .screen import outcome_context, outcome_form, quotes_of, screen


def _session(request: HttpRequest, permit_id: int) -> CallSession:
    session = selectors.session_of(request.user, permit_id)
    if session is None:
        raise Http404
    return session


@page(roles=(Role.AGENT,))
@require_POST
def release(request: HttpRequest, permit_id: int) -> HttpResponse:
    """Nothing was dialled: give the permit back."""
    session = _session(request, permit_id)
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
    _session(request, permit_id)
    permit = services.keep_alive(permit_id, request.user)
    return JsonResponse({"open": permit.state == PermitState.OPEN, "expires_at": permit.expires_at.isoformat()})


@page(roles=(Role.AGENT,))
@require_POST
def draft(request: HttpRequest, permit_id: int) -> HttpResponse:
    """Keep what is typed; 409 with the stored revision when another tab was later."""
    session = _session(request, permit_id)
    try:
        body = json.loads(request.body)
        typed, revision = dict(body["draft"]), int(body["revision"])
    except (ValueError, KeyError, TypeError):
        return JsonResponse({"error": "body must be {draft: {...}, revision: n}"}, status=400)
    try:
        saved = services.save_draft(session, typed, revision)
    except services.StaleDraftError as stale:
        return JsonResponse({"revision": stale.revision}, status=409)
    return JsonResponse({"revision": saved.draft_revision})


def _guide(request: HttpRequest, session: CallSession) -> HttpResponse:
    """The panel again; the whole page without scripts, and when who may see what has changed, or when the call has turned into a crisis."""
    if not request.htmx:
        return redirect("call:case", session.permit.customer_id)
    shown = guided.view(session)
    response = render(request, "call/_guide.html", {"session": session, "guide": shown})
    before = request.headers.get("X-Call-Mode", "")
    now = f"{int(selectors.hides_debt(session))}{shown.crisis}"
    if before and before != now:
        response["HX-Refresh"] = "true"
    return response


@page(roles=(Role.AGENT,))
def guide(request: HttpRequest, permit_id: int) -> HttpResponse:
    """The script panel as it stands."""
    return _guide(request, _session(request, permit_id))


@page(roles=(Role.AGENT,))
@require_POST
def hear(request: HttpRequest, permit_id: int) -> HttpResponse:
    """What the other side said, typed or chosen; gives the replies."""
    session = _session(request, permit_id)
    said, act = request.POST.get("text", "").strip(), request.POST.get("act", "").strip()
    if said or act:
        session = guided.hear(session, text=said[:500], act=act)
    return _guide(request, session)


@page(roles=(Role.AGENT,))
@require_POST
def say(request: HttpRequest, permit_id: int) -> HttpResponse:
    """The agent says this line; its id is kept."""
    session = _session(request, permit_id)
    line_id = request.POST.get("line", "")
    if line_id:
        session = guided.say(session, line_id)
    return _guide(request, session)


@page(roles=(Role.AGENT,))
@require_POST
def identity(request: HttpRequest, permit_id: int) -> HttpResponse:
    """On a contact person's line: the customer came to the phone, or did not after all."""
    session = _session(request, permit_id)
    guided.confirm_customer(session, request.POST.get("confirmed") == "1")
    return redirect("call:case", session.permit.customer_id)


@page(roles=(Role.AGENT,))
@require_POST
def note(request: HttpRequest, permit_id: int) -> HttpResponse:
    """Check the note for words that must not stand in a file, and say what to write instead."""
    session = _session(request, permit_id)
    party = "customer" if session.permit.line.role == "debtor" else "third"
    found = check_text(request.POST.get("note", ""), "call", party, {})
    return render(request, "call/_note.html", {"found": found[:3]})


@page(roles=(Role.AGENT,))
@require_POST
def outcome(request: HttpRequest, permit_id: int) -> HttpResponse:
    """Record the outcome, once. A script gets JSON `{next}` or the form again with 422; without scripts a redirect."""
    session = _session(request, permit_id)
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
