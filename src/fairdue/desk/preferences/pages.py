"""The contact preferences of one customer: what holds, what follows from it, and the forms that change it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_GET, require_POST

from fairdue.desk import clock
from fairdue.desk.accounts.models import Customer
from fairdue.desk.pages import page, render
from fairdue.desk.people.models import Role
from fairdue.desk.people.permissions import visible_customers
from fairdue.desk.refusals import RefusedError

from . import selectors, services, words
from .evidence import DECIDE
from .forms import FORMS, GivenForm, TakeBackForm, offered, today_first
from .models import Kind

WORKERS = (Role.AGENT, Role.LEAD, Role.COMPLIANCE, Role.ADMIN)
HOURS = [(hour * 60, f"{hour:02}") for hour in range(0, 25, 4)]
TITLES = {
    "hours": _l("Agree hours of contact"),
    "inconvenient": _l("Hours that do not suit"),
    "consent": _l("Record a consent"),
    "line": _l("Something about a number"),
    "source": _l("Record the lawful source of a number"),
    "evidence": _l("Spouse, heir or guarantor: record the evidence"),
}
HINTS = {
    "hours": _l("From then on contact is made in these hours only, by day as well."),
    "inconvenient": _l("Takes effect at once; that the person said so is enough. The window may pass midnight."),
    "consent": _l("Needs the customer's own agreement. It can be taken back at any time."),
    "line": _l("Takes effect at once; that the person said so is enough."),
    "source": _l("Without a lawful source a number must not be used (PIPL Art. 10)."),
    "evidence": _l("Without evidence they are contact persons and are not asked to pay."),
}


def _found(request: HttpRequest, customer_id: int) -> Customer:
    return get_object_or_404(visible_customers(request.user).select_related("assigned_to__agency"), pk=customer_id)


def _context(request: HttpRequest, customer: Customer, bound: dict[str, GivenForm]) -> dict[str, Any]:
    user, day = request.user, selectors.day_of(clock.now(), customer)
    facts = selectors.standing(customer, day)
    decides = user.role in DECIDE
    forms = {
        name: bound.get(name)
        or FORMS[name](prefix=name, customer=customer, user=user, initial=today_first(day) | _initial(request, name))
        for name in offered(user)
    }
    back = TakeBackForm(customer=customer, user=user, initial=today_first(day), auto_id=False)
    closed = {fact.value for fact in facts if fact.kind == Kind.OPT_OUT and fact.line is None}
    hours = selectors.open_hours(customer, day)
    return {
        "customer": customer,
        "rows": [
            {"fact": fact, "says": words.sentence(fact), "basis": words.basis(fact.row),
             "whose": words.line_words(fact.line) if fact.line else "",
             "until": words.day_words(fact.row.valid_until) if fact.row and fact.row.valid_until else ""}
            for fact in facts
        ],
        "stops": [(code, label, closed.issuperset(ways)) for code, label, ways in words.STOPS],
        "forms": [(name, TITLES[name], HINTS[name], form) for name, form in forms.items()],
        "back": back,
        "decides": decides,
        "outlook": selectors.outlook(customer, user),
        "hours": hours,
        "hours_words": words.span_words(hours) if hours else "",
        "spans": [(start + 20, end - start) for start, end in hours or ()],
        "ticks": [(minute + 20, label) for minute, label in HOURS],
        "provenances": [
            (one, words.line_words(one.line), words.SOURCES.get(one.line.source, one.line.source), words.basis(one.row))
            for one in selectors.provenances(customer)
        ],
        "history": [
            {"row": row, "what": words.value_words(row.kind, row.value), "basis": words.basis(row), "ended": words.ended(row),
             "whose": words.line_words(row.line) if row.line else ""}
            for row in selectors.history(customer)
        ],
        "zone": selectors.zone_of(customer),
        "may_work": user.role == Role.AGENT,
    }  # fmt: skip


def _initial(request: HttpRequest, name: str) -> dict[str, Any]:
    """The line that a link of the sources table asks for."""
    line = request.GET.get("line", "")
    return {"line": line} if name == "source" and line.isdecimal() else {}


@page(roles=WORKERS)
@require_GET
def customer(request: HttpRequest, customer_id: int) -> HttpResponse:
    """What holds for this customer now, what follows for contact, the sources of the numbers, the history, the forms."""
    found = _found(request, customer_id)
    return render(request, "preferences/customer.html", _context(request, found, {}))


@page(roles=WORKERS)
@require_POST
def record(request: HttpRequest, customer_id: int, form: str) -> HttpResponse:
    """Record what one of the forms says; what is refused comes back with the form as it was typed."""
    found = _found(request, customer_id)
    if form not in offered(request.user):
        raise Http404
    typed = FORMS[form](request.POST, prefix=form, customer=found, user=request.user)
    if typed.is_valid():
        wishes = typed.wishes() if form == "line" else [typed.wish()]
        try:
            with transaction.atomic():
                for wish in wishes:
                    row = services.record(customer=found, by=request.user, given=typed.given(), **wish)
            messages.success(request, _("Recorded; it takes effect at once."))
            found.refresh_from_db()
            _warn(request, found, row.kind, row.value)
            return redirect("preferences:customer", found.pk)
        except RefusedError as refused:
            field = refused.finding.place.field
            typed.add_error(field if field in typed.fields else None, refused.message(get_language() or "zh"))
    return render(request, "preferences/customer.html", _context(request, found, {form: typed}), status=422)


def _warn(request: HttpRequest, customer: Customer, kind: str, value: str) -> None:
    """What the new row leads to that the person who entered it should see at once."""
    if kind not in (Kind.AGREED_HOURS, Kind.INCONVENIENT):
        return
    other = selectors.overlapping(customer, kind, value)
    if other:
        names = ", ".join(words.window_words(one) for one in other)
        messages.warning(
            request, _("This overlaps with hours that do not suit: %(hours)s. Both hold.") % {"hours": names}
        )
    if selectors.open_hours(customer, selectors.day_of(clock.now(), customer)) == []:
        messages.warning(
            request,
            _("No hour is left in which this customer may be called. Ask, when they get in touch, which hours suit."),
        )


@page(roles=WORKERS)
@require_POST
def stop(request: HttpRequest, customer_id: int) -> HttpResponse:
    """One press: this way of contact is not used any more."""
    found = _found(request, customer_id)
    ways = next((ways for code, _label, ways in words.STOPS if code == request.POST.get("way", "")), ())
    try:
        with transaction.atomic():
            for way in ways:
                services.record(Kind.OPT_OUT, found, request.user, value=way)
        if ways:
            messages.success(request, _("Recorded; it takes effect at once."))
    except RefusedError as refused:
        messages.error(request, refused.message(get_language() or "zh"))
    return redirect("preferences:customer", found.pk)


@page(roles=WORKERS)
@require_POST
def take_back(request: HttpRequest, customer_id: int) -> HttpResponse:
    """End what stands: a consent at once, a protection on the person's renewed wish."""
    found = _found(request, customer_id)
    form = TakeBackForm(request.POST, customer=found, user=request.user)
    if form.is_valid():
        try:
            services.take_back(
                request.POST.get("fact", ""),
                found,
                request.user,
                given=form.given(),
                reason=form.cleaned_data["reason"],
            )
            messages.success(request, _("Taken back; it takes effect at once."))
        except RefusedError as refused:
            messages.error(request, refused.message(get_language() or "zh"))
    else:
        messages.error(request, _("The day or the text cannot be read. Enter the day as in the calendar."))
    return redirect("preferences:customer", found.pk)
