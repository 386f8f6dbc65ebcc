"""The call screen: one customer, before and during a call."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fairdue.desk import clock
from fairdue.desk.accounts.models import Customer, Line
from fairdue.desk.accounts.services import reveal as reveal_value
from fairdue.desk.accounts.services.reveal import RevealRefusedError
from fairdue.desk.pages import page, render
from fairdue.desk.people.models import Role
from fairdue.desk.people.permissions import visible_customers
from fairdue.desk.refusals import RefusedError
from fairdue.desk.worklist.selectors import next_entry

from . import gate, selectors, services, talk
from .facts import main_account
from .models import Denial
from .screen import screen


def _customer(request: HttpRequest, customer_id: int) -> Customer:
    return get_object_or_404(visible_customers(request.user), pk=customer_id)


@page(roles=(Role.AGENT,))
@require_GET
def next_case(request: HttpRequest) -> HttpResponse:
    """To the next open entry of the agent's list; back to the list when it is done."""
    entry = next_entry(request.user)
    if entry is None:
        messages.success(request, _("Everything on today's list is done."))
        return redirect("worklist:day")
    return redirect("call:case", entry.customer_id)


@page(roles=(Role.AGENT,))
@require_GET
def case(request: HttpRequest, customer_id: int) -> HttpResponse:
    """One customer: who, why, what is owed, what happened, which lines may be called; the guided call when one runs."""
    return render(request, "call/case.html", screen(request, _customer(request, customer_id)))


@page(roles=(Role.AGENT,))
@require_POST
def permit(request: HttpRequest, customer_id: int, line_id: int) -> HttpResponse:
    """The agent pressed *call*: a permit and the guided call, or the refusal. A warning is confirmed first."""
    customer = _customer(request, customer_id)
    line = get_object_or_404(Line, pk=line_id, customer=customer)
    running = selectors.running_session(request.user, customer, clock.now())
    if running is not None:
        messages.warning(request, _("Record the outcome of the call that is open, or give its permit back, first."))
        return redirect("call:case", customer.pk)
    if request.POST.get("confirmed") != "1":
        decision = gate.ask(request.user, customer, line, at=clock.now(), account=main_account(customer))
        if decision["verdict"] == "warn":
            warned = {"line": line, "rules": [r for r in decision["rules"] if r["verdict"] == "warn"]}
            return render(request, "call/case.html", screen(request, customer, warned=warned))
    try:
        taken = services.take_permit(
            request.user, customer, line, request_key=request.POST.get("request_key", "")[:64] or f"page-{line.pk}"
        )
    except RefusedError as refused:
        messages.error(request, refused.message(get_language() or "zh"))
        return redirect("call:case", customer.pk)
    if isinstance(taken, Denial):
        denied = next(
            view for view in selectors.line_views(request.user, customer, taken.at) if view.line.pk == line.pk
        )
        return render(request, "call/case.html", screen(request, customer, denial=denied), status=409)
    talk.begin(taken)
    return redirect("call:case", customer.pk)


@page(roles=(Role.AGENT,))
@require_POST
def reveal(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Show one masked value; the look is written to the audit trail."""
    customer = _customer(request, customer_id)
    field = request.POST.get("field", "")
    line = Line.objects.filter(pk=request.POST.get("line") or 0, customer=customer).first()
    try:
        value = reveal_value(request.user, customer, field, line=line, reason="call")
    except RevealRefusedError:
        value = _("Not available.")
    return render(request, "call/_revealed.html", {"value": value})
