"""Cases and holds: the lists with their deadlines, one case, answering and lifting."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fairdue.desk import clock
from fairdue.desk.pages import page, render
from fairdue.desk.people.models import Role
from fairdue.desk.people.permissions import visible_customers
from fairdue.desk.refusals import RefusedError

from . import selectors, services
from .models import Hold, HoldKind
from .words import CHANNELS, KINDS, STATES

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
        "hold": selectors.hold_view(found.hold, request.user, clock.today()) if found.hold else None,
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
        evidence = request.POST.get("evidence", "")
        closed = services.close_case(case_id, request.user, lift=request.POST.get("lift") == "1", evidence=evidence)
        messages.success(request, _("Case closed."))
        if closed.hold is not None and closed.hold.lift_asked_by_id and closed.hold.lifted_at is None:
            messages.info(request, _("The hold stands until a second person has verified."))
    except RefusedError as refused:
        tell(request, refused)
    return redirect("cases:detail", case_id)


@page(roles=WORKERS)
@require_GET
def holds(request: HttpRequest) -> HttpResponse:
    """Holds that stand: all, overdue, one's own, waiting for the second person; with counts by kind."""
    show, kind = request.GET.get("show", "all"), request.GET.get("kind", "")
    show = show if show in selectors.SHOWS else "all"
    paged = Paginator(selectors.standing_holds(request.user, show, kind), PAGE_SIZE).get_page(request.GET.get("page"))
    counts = selectors.hold_counts(request.user)
    shows = {
        "all": _("All"),
        "overdue": _("Review overdue"),
        "mine": _("Owned by me"),
        "second": _("Waiting for a second person"),
    }
    context = {
        "rows": selectors.views(paged, request.user),
        "paged": paged,
        "show": show,
        "kind": kind,
        "tabs": [(code, name, counts[code]) for code, name in shows.items()],
        "counts": counts,
    }
    return render(request, "cases/holds.html", context)


@page(roles=WORKERS)
@require_GET
def customer_holds(request: HttpRequest, customer_id: int) -> HttpResponse:
    """A customer's holds and rights: what each stops, what may still be done, till when, who may end it on what proof."""
    customer = get_object_or_404(visible_customers(request.user), pk=customer_id)
    standing, lifted = selectors.customer_holds(customer, request.user)
    context = {
        "customer": customer,
        "standing": standing,
        "lifted": lifted,
        "rights": selectors.rights(customer),
        "channels": CHANNELS,
    }
    return render(request, "cases/customer_holds.html", context)


@page(roles=WORKERS)
@require_POST
def set_hold(request: HttpRequest, customer_id: int) -> HttpResponse:
    """Stop collection for a customer."""
    customer = get_object_or_404(visible_customers(request.user), pk=customer_id)
    kind = request.POST.get("kind", "")
    if kind in HoldKind.values:
        try:
            services.set_hold(kind, customer, request.user, reason=request.POST.get("reason", ""))
            messages.success(request, _("Collection is stopped for this customer."))
        except RefusedError as refused:
            tell(request, refused)
    else:
        messages.error(request, _("Choose why collection stops."))
    return redirect("call:case" if request.user.role == Role.AGENT else "accounts:customer", customer.pk)


@page(roles=(Role.LEAD, Role.COMPLIANCE))
@require_POST
def lift(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Lift a hold on a proof, or be the first of two who do."""
    hold = get_object_or_404(Hold, pk=hold_id)
    reason, evidence = request.POST.get("reason", ""), request.POST.get("evidence", "")
    try:
        lifted = services.lift_hold(hold.pk, request.user, reason, evidence=evidence)
        if lifted.lifted_at is None:
            messages.info(request, _("Noted. The hold stands until a second person has verified."))
        else:
            messages.success(request, _("Hold lifted."))
    except RefusedError as refused:
        tell(request, refused)
    return redirect("cases:customer-holds", hold.customer_id)


@page(roles=(Role.LEAD, Role.COMPLIANCE))
@require_POST
def keep(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Looked at again, and it stays."""
    hold = get_object_or_404(Hold, pk=hold_id)
    try:
        services.keep_hold(hold.pk, request.user, request.POST.get("note", ""))
        messages.success(request, _("The hold stays; the next review is booked."))
    except RefusedError as refused:
        tell(request, refused)
    return redirect("cases:customer-holds", hold.customer_id)
