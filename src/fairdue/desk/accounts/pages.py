"""Customers: search, one customer with debts, quotes and ledger, revealed data, the portfolio report."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fairdue.desk import clock
from fairdue.desk.cases.models import HoldKind
from fairdue.desk.pages import page, render
from fairdue.desk.people.models import Role
from fairdue.desk.people.permissions import visible_customers
from fairdue.desk.placements.judging import may_place

from . import report as figures
from . import selectors, services
from .models import Line
from .products import products

WORKERS = (Role.AGENT, Role.LEAD, Role.COMPLIANCE, Role.ADMIN)
PAGE_SIZE = 50


@page(roles=WORKERS)
@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Find customers among those the user may see; without a search, the user's own list by name."""
    text = request.GET.get("q", "").strip()[:80]
    found = selectors.find_customers(request.user, text) if text else visible_customers(request.user).order_by("pk")
    found = found.select_related("assigned_to").prefetch_related("accounts")
    paged = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "accounts/search.html", {"paged": paged, "q": text})


@page(roles=WORKERS)
@require_GET
def customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """One customer; everything masked until it is revealed."""
    found = get_object_or_404(visible_customers(request.user).select_related("assigned_to"), pk=customer_id)
    names = {code: product.title for code, product in products().items()}
    accounts = []
    for account in found.accounts.select_related("batch", "agency").order_by("due_date", "pk"):
        accounts.append(
            {
                "account": account,
                "product": names.get(account.product),
                "quote": account.quotes.order_by("-pk").first(),
                "entries": list(account.entries.all()),
                "versions": account.versions.count(),
            }
        )
    context = {
        "customer": found,
        "accounts": accounts,
        "lines": found.lines.order_by("role", "kind", "pk"),
        "holds": found.holds.filter(lifted_at=None),
        "hold_kinds": HoldKind.choices,
        "today": clock.today(),
        "may_work": request.user.role == Role.AGENT,
        "may_place": may_place(request.user),
    }
    return render(request, "accounts/customer.html", context)


@page(roles=WORKERS)
@require_POST
def reveal(request: HttpRequest, customer_id: int) -> HttpResponse:
    """One plain value, for this answer only; the look is written to the audit trail."""
    found = get_object_or_404(visible_customers(request.user), pk=customer_id)
    number = request.POST.get("line", "")
    line = Line.objects.filter(pk=int(number), customer=found).first() if number.isdecimal() else None
    try:
        value = services.reveal(
            request.user, found, request.POST.get("field", ""), line=line, reason=request.POST.get("reason", "")
        )
    except services.RevealRefusedError as refused:
        raise PermissionDenied from refused
    if not request.htmx:
        messages.info(request, value)
        return redirect("accounts:customer", found.pk)
    return render(request, "accounts/_revealed.html", {"value": value})


@page(roles=WORKERS)
@require_POST
def quote(request: HttpRequest, customer_id: int, account_id: int) -> HttpResponse:
    """Issue today's quote of an account."""
    found = get_object_or_404(visible_customers(request.user), pk=customer_id)
    account = get_object_or_404(found.accounts.select_related("batch"), pk=account_id)
    try:
        issued = services.issue_quote(account, actor=request.user)
        messages.success(request, _("Quote %(number)s is ready.") % {"number": issued.number})
    except services.NoQuoteError as refused:
        messages.error(request, refused.findings[0].line(get_language() or "zh"))
    except LookupError:
        messages.error(request, _("The product of this account is not known, so no figure may be named."))
    return redirect("accounts:customer", found.pk)


@page(roles=(Role.LEAD, Role.COMPLIANCE, Role.ADMIN))
@require_GET
def report(request: HttpRequest) -> HttpResponse:
    """Accounts by stage and amount, reconciled with the files they came from."""
    return render(request, "accounts/report.html", figures.report())
