"""The gate's decisions: the list with its filters, and one decision explained."""

from __future__ import annotations

from django.conf import settings
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from fairdue.core.dates import local
from fairdue.desk import clock
from fairdue.desk.pages import page, render
from fairdue.desk.people.models import Role, User
from fairdue.desk.people.permissions import visible_customers

from . import explain, selectors, words
from .timeline import DAY, pack_of

READERS = (Role.AGENT, Role.LEAD, Role.COMPLIANCE, Role.ADMIN)
SEES_AUDIT = (Role.COMPLIANCE, Role.ADMIN)
PAGE_SIZE = 50


@page(roles=READERS)
@require_GET
def decisions(request: HttpRequest) -> HttpResponse:
    """Permits and denials, newest first."""
    wanted, problems = selectors.Filters.read(request.GET.dict())
    paged = Paginator(selectors.listed(request.user, wanted), PAGE_SIZE).get_page(request.GET.get("page"))
    sees_all = request.user.role != Role.AGENT
    pack = pack_of("cn")
    context = {
        "paged": paged,
        "rows": [(row, local(row.at, row.zone)) for row in selectors.rows(paged)],
        "wanted": wanted,
        "problems": problems,
        "narrowed": wanted != selectors.Filters(),
        "agents": User.objects.filter(role=Role.AGENT).order_by("username") if sees_all else [],
        "rule_ids": sorted({rule.id for rule in pack.rules}) if pack else [],
        "verdicts": words.VERDICTS,
        "channels": words.CHANNELS,
        "purposes": words.PURPOSES,
    }
    return render(request, "decisions/list.html", context)


@page(roles=READERS)
@require_GET
def denial(request: HttpRequest, pk: int) -> HttpResponse:
    """Why a contact was refused."""
    return _explained(request, "denial", pk)


@page(roles=READERS)
@require_GET
def permit(request: HttpRequest, pk: int) -> HttpResponse:
    """Why a contact was allowed."""
    return _explained(request, "permit", pk)


def _explained(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    found = explain.page_of(request.user, kind, pk)
    if found is None:
        raise Http404
    record = found.row.record
    context = {
        "p": found,
        "record": record,
        "zone": found.row.zone,
        "local_at": local(found.row.at, found.row.zone),
        "local_next": local(found.next_lawful, found.row.zone) if found.next_lawful else None,
        "act": words.CHANNELS.get(record.channel),
        "purpose": words.PURPOSES.get(record.purpose),
        "mode": words.MODES.get(getattr(record, "mode", "")),
        "channels": words.CHANNELS,
        "roles": words.ROLES,
        "not_spoken_of": words.NOT_SPOKEN_OF,
        "gone": words.GONE,
        "bar": DAY,
        "hours": [(hour * 60, hour) for hour in range(0, 25, 2)],
        "institution": settings.FAIRDUE_INSTITUTION,
        "printed": clock.now(),
        "sees_audit": request.user.role in SEES_AUDIT,
        "sees_customer": visible_customers(request.user).filter(pk=record.customer_id).exists(),
    }
    return render(request, "decisions/detail.html", context)
