"""Plans: list, one plan with its schedule, live preview for the call screen."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fairdue.desk.accounts.models import Account
from fairdue.desk.pages import page, render
from fairdue.desk.people.models import Role
from fairdue.desk.people.permissions import visible_customers
from fairdue.desk.refusals import RefusedError

from . import selectors, services
from .forms import PlanForm

WORKERS = (Role.AGENT, Role.LEAD, Role.COMPLIANCE, Role.ADMIN)
PAGE_SIZE = 50


def state_names() -> dict[str, str]:
    """Plan states in the page's language."""
    return {"active": _("Running"), "kept": _("Kept"), "broken": _("Broken"), "cancelled": _("Cancelled")}


def part_names() -> dict[str, str]:
    """Part states in the page's language."""
    return {"open": _("Open"), "kept": _("Kept"), "part_kept": _("Partly kept"), "broken": _("Broken")}


@page(roles=WORKERS)
@require_GET
def plans(request: HttpRequest) -> HttpResponse:
    """Plans by state."""
    show = request.GET.get("show", "active")
    paged = Paginator(selectors.listed(request.user, show), PAGE_SIZE).get_page(request.GET.get("page"))
    names = state_names()
    rows = [(plan, names[plan.state], selectors.next_step_waits_until(plan)) for plan in paged]
    context = {"rows": rows, "paged": paged, "show": show, "shows": {**names, "all": _("All")}}
    return render(request, "plans/list.html", context)


@page(roles=WORKERS)
@require_GET
def plan(request: HttpRequest, plan_id: int) -> HttpResponse:
    """One plan: schedule, what was paid, what keeping each part postpones."""
    found = get_object_or_404(selectors.visible(request.user), pk=plan_id)
    names = selectors.term_names()
    words = part_names()
    context = {
        "plan": found,
        "state": state_names()[found.state],
        "parts": [(part, words[part.state], why, postpones) for part, why, postpones in selectors.schedule(found)],
        "terms": [(names[key], text) for key, text in found.terms.get("terms", {}).items() if key in names],
        "waits_until": selectors.next_step_waits_until(found),
        "grace_days": services.GRACE_DAYS,
        "may_cancel": request.user.role in (Role.LEAD, Role.COMPLIANCE) and found.state == "active",
    }
    return render(request, "plans/detail.html", context)


@page(roles=(Role.LEAD, Role.COMPLIANCE))
@require_POST
def cancel(request: HttpRequest, plan_id: int) -> HttpResponse:
    """End a plan with a reason."""
    get_object_or_404(selectors.visible(request.user), pk=plan_id)
    try:
        services.cancel_plan(plan_id, request.user, request.POST.get("reason", ""))
        messages.success(request, _("Plan cancelled."))
    except RefusedError as refused:
        messages.error(request, refused.message(get_language() or "zh"))
    return redirect("plans:detail", plan_id)


@page(roles=WORKERS)
@require_GET
def preview(request: HttpRequest, account_id: int) -> HttpResponse:
    """The planner's figures for what is typed so far; a part of the call screen."""
    account = get_object_or_404(Account, pk=account_id, customer__in=visible_customers(request.user))
    form = PlanForm(request.GET)
    shown = None
    if form.is_valid():
        typed = form.cleaned_data
        shown = selectors.preview(
            typed["plan_kind"],
            account,
            typed["plan_amount"],
            closing=typed["plan_closing"],
            months=typed["plan_months"] or 12,
            first_due=typed["plan_first_due"],
            terms=form.terms(),
        )
    return render(request, "plans/_preview.html", {"form": form, "preview": shown})
