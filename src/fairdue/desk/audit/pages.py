"""The audit trail as a page, for compliance."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from fairdue.desk.pages import page, render
from fairdue.desk.people.models import Role

from . import selectors
from .crosscheck import crosscheck


@page(roles=(Role.COMPLIANCE, Role.ADMIN))
@require_GET
def trail(request: HttpRequest) -> HttpResponse:
    """Search the trail, newest first; `verify=1` checks the whole chain, and it against permits, denials and contacts."""
    text = request.GET.get("q", "").strip()
    paged = Paginator(selectors.search(text), 100).get_page(request.GET.get("page"))
    context = {"paged": paged, "q": text}
    if request.GET.get("verify"):
        context["checked"], findings = selectors.verify()
        context["findings"] = [*findings, *crosscheck()]
    return render(request, "audit/list.html", context)
