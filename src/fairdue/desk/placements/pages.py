"""Placements: the list, placing and taking back with a preview, the history of one account.

Both forms are shown, previewed and carried out by the same address: nothing is changed before the preview was seen, and the
numbers that were previewed are the ones that are sent again, whatever the filter would mean by then.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from fairdue.desk import clock
from fairdue.desk.accounts.models import Account
from fairdue.desk.accounts.products import products
from fairdue.desk.pages import page, render
from fairdue.desk.people.models import Agency, Role
from fairdue.desk.refusals import RefusedError
from fairdue.policy.agency import PlacementFacts, told

from . import judging, selectors, services
from .forms import AccountsForm, PlaceForm, ReturnForm
from .judging import Outcome

READERS = (Role.LEAD, Role.COMPLIANCE, Role.ADMIN)
PAGE_SIZE = 50
SHOWN = 20
"""Accounts of a preview that are listed; the count and the sum are of all."""


def show_names() -> dict[str, str]:
    """Names of the lists."""
    return {
        "running": _("Running"),
        "soon": _("Ends soon"),
        "coming": _("Not begun"),
        "over": _("Run out"),
        "ended": _("Ended"),
        "all": _("All"),
    }


@page(roles=READERS)
@require_GET
def overview(request: HttpRequest) -> HttpResponse:
    """Placements by state and agency."""
    today = clock.today()
    asked = request.GET.get("agency", "")
    agency = Agency.objects.filter(pk=int(asked)).first() if asked.isdecimal() and len(asked) < 10 else None
    show = request.GET.get("show", "running")
    show = show if show in selectors.SHOWS else "running"
    key = agency.pk if agency else None
    paged = Paginator(selectors.listed(show, today, key), PAGE_SIZE).get_page(request.GET.get("page"))
    numbers = selectors.counts(today, key)
    context = {
        "paged": paged,
        "rows": [(row, (row.closing_on - today).days if row.closing_on else None) for row in paged],
        "tabs": [(code, name, numbers[code]) for code, name in show_names().items()],
        "show": show,
        "agency": agency,
        "sums": selectors.by_agency(today),
        "soon_days": selectors.SOON_DAYS,
        "may_place": judging.may_place(request.user),
    }
    return render(request, "placements/list.html", context)


@page(roles=READERS)
@require_GET
def account(request: HttpRequest, account_id: int) -> HttpResponse:
    """Every placement of one account."""
    found = get_object_or_404(Account.objects.select_related("customer", "agency"), pk=account_id)
    context = {
        "account": found,
        "rows": selectors.history_of(found),
        "today": clock.today(),
        "may_place": judging.may_place(request.user),
    }
    return render(request, "placements/account.html", context)


def _start(request: HttpRequest, names: dict[str, str]) -> dict[str, str]:
    """What a link to a form fills in."""
    if not judging.may_place(request.user):
        raise PermissionDenied
    return {field: request.GET[name] for name, field in names.items() if name in request.GET}


def _answer(
    request: HttpRequest,
    form: AccountsForm,
    kind: str,
    preview: Callable[[list[str]], Outcome],
    carry_out: Callable[[list[str]], Outcome],
) -> HttpResponse:
    """The form, its preview or, after the second press, what was done and what was refused."""
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        return render(request, "placements/choose.html", {"form": form, "kind": kind}, status=status)
    numbers = form.cleaned_data["chosen"]
    confirmed = request.POST.get("step") == "confirm"
    try:
        out = (carry_out if confirmed else preview)(numbers)
    except RefusedError as refused:
        field = refused.finding.place.field
        form.add_error(field if field in form.fields else None, refused.message(get_language() or "zh"))
        return render(request, "placements/choose.html", {"form": form, "kind": kind}, status=422)
    titles = {code: product.title for code, product in products().items()}
    context: dict[str, Any] = {
        "form": form,
        "kind": kind,
        "out": out,
        "confirmed": confirmed,
        "numbers": ",".join(numbers),
        "carried": [(name, form[name].value()) for name in form.TERMS],
        "customers": len({one.customer_id for one in out.done}),
        "due_fen": sum(one.due_fen for one in out.done),
        "shown": [(one, titles.get(one.product)) for one in out.done[:SHOWN]],
        "warnings": [],
        "terms": None,
    }
    if isinstance(form, PlaceForm):
        terms = form.terms()
        facts = PlacementFacts(True, terms.placed_on, terms.closing_on, terms.notice_sent, terms.notice_on)
        again = 0 if confirmed else sum(one.agency_id == terms.agency.pk for one in out.done)
        context |= {"terms": terms, "warnings": told(facts), "again": again}
    return render(request, "placements/preview.html", context)


@page(roles=judging.PLACERS)
@require_http_methods(["GET", "POST"])
def place(request: HttpRequest) -> HttpResponse:
    """Place accounts with an agency: choose, look, confirm."""
    initial = _start(request, {"account": "numbers", "agency": "agency"})
    today = clock.today()
    form = PlaceForm(request.POST or None, request.FILES or None, today=today, initial={"placed_on": today, **initial})

    def preview(numbers: list[str]) -> Outcome:
        terms = form.terms()
        judging.check_numbers(numbers)
        judging.check_terms(terms, today)
        return judging.placing(terms, numbers, today)

    return _answer(request, form, "place", preview, lambda numbers: services.place(form.terms(), numbers, request.user))


@page(roles=judging.PLACERS)
@require_http_methods(["GET", "POST"])
def take_back(request: HttpRequest) -> HttpResponse:
    """Take accounts back: choose, look, confirm."""
    initial = _start(request, {"account": "numbers", "agency": "with_agency"})
    form = ReturnForm(request.POST or None, request.FILES or None, today=clock.today(), initial=initial)

    def preview(numbers: list[str]) -> Outcome:
        judging.check_numbers(numbers)
        return judging.returning(numbers)

    def carry_out(numbers: list[str]) -> Outcome:
        return services.take_back(numbers, form.cleaned_data["reason"], request.user)

    return _answer(request, form, "return", preview, carry_out)
