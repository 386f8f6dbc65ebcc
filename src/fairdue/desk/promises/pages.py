"""The promise list: filters, totals, the definitions of kept and broken."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fairdue.desk.pages import page, render
from fairdue.desk.people.models import Role, User
from fairdue.desk.refusals import RefusedError

from . import selectors, services

PAGE_SIZE = 50


@page(roles=(Role.AGENT, Role.LEAD, Role.COMPLIANCE, Role.ADMIN))
@require_GET
def promises(request: HttpRequest) -> HttpResponse:
    """Promises by state, with totals."""
    show = request.GET.get("show", "due")
    show = show if show in selectors.FILTERS else "due"
    agent = request.GET.get("agent", "")
    found = selectors.listed(request.user, show, agent)
    paged = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "paged": paged,
        "show": show,
        "agent": agent,
        "agents": User.objects.filter(role=Role.AGENT).order_by("username") if request.user.role != Role.AGENT else [],
        "totals": selectors.totals(found),
        "shows": {
            "due": _("Due by today"),
            "open": _("Open"),
            "kept": _("Kept"),
            "part_kept": _("Partly kept"),
            "broken": _("Broken"),
            "withdrawn": _("Withdrawn"),
            "all": _("All"),
        },
        "kept_percent": services.KEPT_PERCENT,
        "grace_days": services.GRACE_DAYS,
        "may_withdraw": request.user.role in (Role.LEAD, Role.COMPLIANCE),
    }
    return render(request, "promises/list.html", context)


@page(roles=(Role.LEAD, Role.COMPLIANCE))
@require_POST
def withdraw(request: HttpRequest, promise_id: int) -> HttpResponse:
    """Take back a promise that was recorded by mistake."""
    get_object_or_404(selectors.visible(request.user), pk=promise_id)
    try:
        services.withdraw_promise(promise_id, request.user, request.POST.get("reason", ""))
        messages.success(request, _("Promise withdrawn."))
    except RefusedError as refused:
        messages.error(request, refused.message(get_language() or "zh"))
    return redirect("promises:list")
