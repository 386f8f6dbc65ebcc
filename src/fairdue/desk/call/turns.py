"""The script panel of a running call: what was heard, what was said, who is speaking, what has to stop."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fairdue.desk.cases.models import HoldKind
from fairdue.desk.cases.services import set_hold
from fairdue.desk.pages import page, render
from fairdue.desk.people.models import Role
from fairdue.desk.playbooks.services import report_gap
from fairdue.desk.refusals import RefusedError

from . import talk
from .live import session_or_404
from .models import CallSession
from .stream import Stream, TooManyStreamsError
from .view import GAP_REASONS, view
from .words import plain


def _panel(request: HttpRequest, session: CallSession) -> HttpResponse:
    """The panel again; the whole page without scripts, and when who may see what has changed."""
    if not request.htmx:
        return redirect("call:case", session.permit.customer_id)
    shown = view(session)
    context = {"session": session, "guide": shown, "gap_reasons": GAP_REASONS, "again": True}
    response = render(request, "call/_guide.html", context)
    before = request.headers.get("X-Call-Mode", "")
    if before and before != shown.frame:
        response["HX-Refresh"] = "true"
    return response


@page(roles=(Role.AGENT,))
def guide(request: HttpRequest, permit_id: int) -> HttpResponse:
    """The script panel as it stands."""
    return _panel(request, session_or_404(request, permit_id))


@page(roles=(Role.AGENT,))
@require_POST
def hear(request: HttpRequest, permit_id: int) -> HttpResponse:
    """What the other side said, typed or chosen; gives the replies."""
    session = session_or_404(request, permit_id)
    text, act = plain(request.POST.get("text", ""), 500), request.POST.get("act", "").strip()
    if text or act:
        session = talk.hear(session, text=text, act=act)
    return _panel(request, session)


@page(roles=(Role.AGENT,))
@require_POST
def say(request: HttpRequest, permit_id: int) -> HttpResponse:
    """The agent says this line, or its matter in words of their own; the line's id is kept."""
    session = session_or_404(request, permit_id)
    line_id = request.POST.get("line", "")
    if line_id:
        session = talk.say(session, line_id, own=plain(request.POST.get("own", ""), 500))
    return _panel(request, session)


@page(roles=(Role.AGENT,))
@require_POST
def types(request: HttpRequest, permit_id: int) -> HttpResponse:
    """A kind of customer on or off, for this call."""
    session = talk.choose_types(session_or_404(request, permit_id), request.POST.get("type", ""))
    return _panel(request, session)


@page(roles=(Role.AGENT,))
@require_POST
def identity(request: HttpRequest, permit_id: int) -> HttpResponse:
    """On a contact person's line: the customer came to the phone, or did not after all."""
    session = session_or_404(request, permit_id)
    talk.confirm_customer(session, request.POST.get("confirmed") == "1")
    return redirect("call:case", session.permit.customer_id)


@page(roles=(Role.AGENT,))
@require_POST
def hold(request: HttpRequest, permit_id: int) -> HttpResponse:
    """Stop collection for what was just said, with one press."""
    session = session_or_404(request, permit_id)
    shown = view(session)
    kind = request.POST.get("kind", "")
    if shown.matter is not None and shown.matter.hold == kind and kind in HoldKind.values:
        permit = session.permit
        set_hold(kind, permit.customer, request.user, reason=shown.matter.name.zh)
        messages.success(request, _("Collection is stopped for this customer."))
    return redirect("call:case", session.permit.customer_id)


@page(roles=(Role.AGENT,))
@require_POST
def misheard(request: HttpRequest, permit_id: int) -> HttpResponse:
    """It was no crisis: the lines come back, the hold stays."""
    session = session_or_404(request, permit_id)
    try:
        talk.misheard(session, plain(request.POST.get("reason", ""), 300))
        messages.info(request, _("The lines are back. Collection stays stopped until compliance lifts the hold."))
    except RefusedError as refused:
        messages.error(request, refused.message(get_language() or "zh"))
    return redirect("call:case", session.permit.customer_id)


@page(roles=(Role.AGENT,))
@require_POST
def gap(request: HttpRequest, permit_id: int) -> HttpResponse:
    """Nothing fits: a report for the trainers with what was heard and offered."""
    session = session_or_404(request, permit_id)
    reason = request.POST.get("reason", "")
    if reason in dict(GAP_REASONS):
        state = talk.state_of(session)
        heard = next((turn["text"] for turn in reversed(session.turns) if turn["who"] == "customer"), "")
        report_gap(
            request.user,
            session_id=session.pk,
            stage=session.stage,
            product=state.product,
            acts=list(session.state.get("last", ())),
            heard=heard,
            offered=[reply.line_id for reply in view(session).replies],
            reason=reason,
            wish=plain(request.POST.get("wish", ""), 500),
        )
    return _panel(request, session)


@page(roles=(Role.AGENT,))
@require_GET
def stream(request: HttpRequest, permit_id: int) -> HttpResponse:
    """Tells the open page that something changed; 503 when too many streams are open."""
    session = session_or_404(request, permit_id)
    known = request.headers.get("Last-Event-ID") or request.GET.get("since", "")
    try:
        events = Stream(request.user.pk, permit_id, int(known) if known.isdecimal() else session.revision)
    except TooManyStreamsError:
        return HttpResponse(status=503, headers={"Retry-After": "30"})
    response = StreamingHttpResponse(events, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response
