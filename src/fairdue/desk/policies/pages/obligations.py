"""The checklist of duties: what must be done, by whom, how often, when last and when next; entries and an export."""

from __future__ import annotations

import csv
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.pages import page, render
from fairdue.desk.people.models import User
from fairdue.desk.policies import duties, services, words
from fairdue.desk.policies.duties import Duty
from fairdue.desk.policies.forms import CheckForm
from fairdue.desk.policies.models import ObligationCheck
from fairdue.desk.templatetags.fairdue import said

from .common import DUTY_ROLES, attempt, jurisdiction_of

SHOWS = ("all", "overdue", "never", "mine")


def every_text(duty: Duty) -> str:
    """How often, in the page's language."""
    days = duties.every_days(duty.obligation)
    if duty.obligation.every == "each_day" or days is None:
        return str(words.EVERY[duty.obligation.every])
    return _("every %(n)s days") % {"n": days} if days > 1 else str(words.EVERY["each_day"])


def _row(duty: Duty, user: User) -> dict[str, Any]:
    return {
        "duty": duty,
        "who": words.WHO[duty.obligation.who],
        "every": every_text(duty),
        "state": words.DUE[duty.state],
        "colour": words.DUE_COLOURS[duty.state],
        "may_record": duties.may_record(user, duty.obligation.who),
    }


def _shown(listed: list[Duty], show: str, user: User) -> list[Duty]:
    if show == "mine":
        return [duty for duty in listed if duty.obligation.who == user.role]
    return listed if show == "all" else [duty for duty in listed if duty.state == show]


@page(roles=DUTY_ROLES)
@require_GET
def obligations(request: HttpRequest) -> HttpResponse:
    """All duties by who answers for them, and the rules that other rooms keep."""
    jurisdiction = jurisdiction_of(request)
    listed = duties.all_duties(jurisdiction)
    show = request.GET.get("show", "all")
    show = show if show in SHOWS else "all"
    shown = _shown(listed, show, request.user)
    groups = [
        (name, [_row(d, request.user) for d in shown if d.obligation.who == who]) for who, name in words.WHO.items()
    ]
    counts = {**duties.counts(listed), "mine": len(_shown(listed, "mine", request.user))}
    names = {"all": _("All"), "overdue": _("Overdue duties"), "never": _("No entry yet"), "mine": _("Mine")}
    context = {
        "groups": [(name, rows) for name, rows in groups if rows],
        "counts": counts,
        "tabs": [(code, names[code], counts[code]) for code in SHOWS],
        "show": show,
        "listed": listed,
        "elsewhere": [
            (one, duties.citation(one.rule), [words.ROOMS.get(room) or Text(room, room) for room in one.rooms])
            for one in duties.elsewhere(jurisdiction)
        ],
        "findings": duties.load_findings(jurisdiction),
        "jurisdiction": jurisdiction,
    }
    return render(request, "policies/obligations.html", context)


def _duty_or_404(jurisdiction: str, key: str) -> Duty:
    found = next((duty for duty in duties.all_duties(jurisdiction) if duty.key == key), None)
    if found is None:
        raise Http404
    return found


@page(roles=DUTY_ROLES)
def duty(request: HttpRequest, key: str) -> HttpResponse:
    """One duty with all its entries, and the form for a new one."""
    jurisdiction = jurisdiction_of(request)
    found = _duty_or_404(jurisdiction, key)
    posted = request.POST if request.method == "POST" else None
    form = CheckForm(posted, initial={"done_on": clock.today()})
    open_entries = [entry.pk for entry in found.entries if not hasattr(entry, "corrected_by")]
    form.fields["corrects"].queryset = ObligationCheck.objects.filter(pk__in=open_entries).order_by("-pk")
    form.fields["corrects"].label_from_instance = _entry_name
    if posted is not None and form.is_valid():
        data = form.cleaned_data
        made = attempt(request, _("Recorded."), lambda: _record(request.user, key, data, jurisdiction))
        if made is not None:
            return redirect(request.get_full_path())
    context = {**_row(found, request.user), "form": form, "entries": found.entries, "jurisdiction": jurisdiction}
    return render(request, "policies/duty.html", context)


def _record(user: User, key: str, data: dict[str, Any], jurisdiction: str) -> ObligationCheck:
    corrects = data["corrects"].pk if data["corrects"] else None
    return services.record_check(
        user, key, data["done_on"], data["note"], data["reference"], corrects=corrects, jurisdiction=jurisdiction
    )


def _entry_name(entry: ObligationCheck) -> str:
    return f"{entry.pk} · {entry.done_on or '—'} · {entry.by.username}"


@page(roles=DUTY_ROLES)
@require_GET
def export(request: HttpRequest) -> HttpResponse:
    """The checklist as CSV (UTF-8 with a mark, so that a spreadsheet reads the Chinese)."""
    jurisdiction = jurisdiction_of(request)
    response = HttpResponse(content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="obligations-{jurisdiction}-{clock.today():%Y%m%d}.csv"'
    response["Cache-Control"] = "no-store"
    response.write("\ufeff")
    out = csv.writer(response)
    heads = [
        _("Rule"),
        _("Where it stands"),
        _("Duty"),
        _("What to do"),
        _("Answers for it"),
        _("How often"),
        _("State"),
    ]
    heads += [_("Last done"), _("By"), _("Note"), _("Evidence"), _("Next due")]
    out.writerow(heads)
    for one in duties.all_duties(jurisdiction):
        out.writerow([plain(cell) for cell in _cells(one)])
    return response


def _cells(one: Duty) -> list[Any]:
    entry = one.last
    last = [entry.done_on, entry.by.username, entry.note, entry.reference] if entry else ["", "", "", ""]
    texts = [one.citation, one.obligation.title.text(), one.obligation.duty.text(), words.WHO[one.obligation.who]]
    fixed = [one.obligation.rule, *(said(text) for text in texts), every_text(one), str(words.DUE[one.state])]
    return [*fixed, *last, one.next_due or ""]


def plain(cell: Any) -> str:
    """A cell that a spreadsheet takes for text: what looks like a formula gets an apostrophe."""
    text = cell.isoformat() if isinstance(cell, date) else str(cell)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text
