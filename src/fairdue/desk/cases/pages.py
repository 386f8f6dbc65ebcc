"""Cases and holds: the lists with their deadlines, one case, answering and lifting."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fairdue.desk.pages import page, render
from fairdue.desk.people.models import Role
from fairdue.desk.people.permissions import visible_customers
from fairdue.desk.refusals import RefusedError

from . import selectors, services
from .models import Hold, HoldKind
from .words import KINDS, STATES

WORKERS = (Role.AGENT, Role.LEAD, Role.COMPLIANCE, Role.ADMIN)
PAGE_SIZE = 50


def tell(request: HttpRequest, refused: RefusedError) -> None:
    """Show a refusal in the page's language."""
    messages.error(request, refused.message(get_language() or "zh"))


@page(roles=WORKERS)
@require_GET
def cases(request: HttpRequest) -> HttpResponse:
    """Cases by deadline, with filters."""
    show, kind = request.GET.get("show", "open"), request.GET.get("kind", "")
    found = selectors.listed(
        request.user, state=show if show in STATES else "", kind=kind if kind in KINDS else "", late=show == "late"
    )
    paged = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "rows": [
            (case, KINDS.get(case.kind, case.kind), STATES[case.state], selectors.days_left(case)) for case in paged
        ],
        "paged": paged,
        "show": show,
        "kind": kind,
        "kinds": KINDS,
        "shows": {**STATES, "late": _("Past the deadline"), "all": _("All")},
    }
    return render(request, "cases/list.html", context)


@page(roles=WORKERS)
@require_GET
def case(request: HttpRequest, case_id: int) -> HttpResponse:
    """One case with its hold, deadline and answer."""
    found = get_object_or_404(selectors.visible_cases(request.user), pk=case_id)
    context = {
        "case": found,
        "kind": KINDS.get(found.kind, found.kind),
        "state": STATES[found.state],
        "days_left": selectors.days_left(found),
        "may_answer": services.may_answer(request.user),
        "may_lift": found.hold is not None
        and found.hold.lifted_at is None
        and services.may_lift(found.hold, request.user),
    }
    return render(request, "cases/detail.html", context)


@page(roles=(Role.LEAD, Role.COMPLIANCE))
@require_POST
def answer(request: HttpRequest, case_id: int) -> HttpResponse:
    """Record the answer."""
    get_object_or_404(selectors.visible_cases(request.user), pk=case_id)
    try:
        services.answer_case(case_id, request.user, request.POST.get("answer", ""))
        messages.success(request, _("Answer recorded."))
    except RefusedError as refused:
        tell(request, refused)
    return redirect("cases:detail", case_id)


@page(roles=(Role.LEAD, Role.COMPLIANCE))
@require_POST
def close(request: HttpRequest, case_id: int) -> HttpResponse:
    """Close a case, lifting its hold when asked to."""
    get_object_or_404(selectors.visible_cases(request.user), pk=case_id)
    try:
        services.close_case(case_id, request.user, lift=request.POST.get("lift") == "1")
        messages.success(request, _("Case closed."))
    except RefusedError as refused:
        tell(request, refused)
    return redirect("cases:detail", case_id)


@page(roles=WORKERS)
@require_GET
def holds(request: HttpRequest) -> HttpResponse:
    """Holds that stand, newest first."""
    found = Hold.objects.filter(lifted_at=None, customer__in=visible_customers(request.user))
    found = found.select_related("customer", "account", "set_by").order_by("-pk")
    paged = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(hold, services.may_lift(hold, request.user)) for hold in paged]
    return render(request, "cases/holds.html", {"rows": rows, "paged": paged})


@page(roles=WORKERS)
@require_POST
def set_hold(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Stop collection for a customer."""
    customer = get_object_or_404(visible_customers(request.user), pk=customer_id)
    kind = request.POST.get("kind", "")
    if kind in HoldKind.values:
        services.set_hold(kind, customer, request.user, reason=request.POST.get("reason", ""))
        messages.success(request, _("Collection is stopped for this customer."))
    else:
        messages.error(request, _("Choose why collection stops."))
    return redirect("call:case" if request.user.role == Role.AGENT else "accounts:customer", customer.pk)


@page(roles=(Role.LEAD, Role.COMPLIANCE))
@require_POST
def lift(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Lift a hold with a reason."""
    try:
        services.lift_hold(get_object_or_404(Hold, pk=hold_id).pk, request.user, request.POST.get("reason", ""))
        messages.success(request, _("Hold lifted."))
    except RefusedError as refused:
        tell(request, refused)
    return redirect("cases:holds")
