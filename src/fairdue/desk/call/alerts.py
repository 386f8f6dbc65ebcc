"""The supervisors' red banner: who may be in danger on which call, taken note of with one press."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from fairdue.desk.pages import page, render

from . import selectors, services
from .models import CrisisAlert
from .services.crisis import SUPERVISORS


def crisis_alerts(request: HttpRequest) -> dict[str, Any]:
    """For every page of a supervisor: `supervises`, and `crisis_alerts` that nobody has taken note of."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated or user.role not in SUPERVISORS:
        return {"supervises": False}
    return {"supervises": True, "crisis_alerts": selectors.alerts_waiting()}


@page(roles=SUPERVISORS)
@require_GET
def banner(request: HttpRequest) -> HttpResponse:
    """The banner alone, for open pages that ask every few seconds."""
    return render(request, "call/_alerts.html")


@page(roles=SUPERVISORS)
@require_POST
def seen(request: HttpRequest, alert_id: int) -> HttpResponse:
    """This supervisor has taken note and takes over."""
    services.acknowledge(get_object_or_404(CrisisAlert, pk=alert_id).pk, request.user)
    if request.htmx:
        return render(request, "call/_alerts.html")
    back = request.headers.get("Referer", "")
    safe = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    return redirect(back if safe else "worklist:home")
