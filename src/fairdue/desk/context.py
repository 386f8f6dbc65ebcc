"""What every template may use: navigation for the role, the desk's time, demo and clock notices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from fairdue.desk.people.models import Role

from . import clock

LINKS = (
    (_("My day"), "worklist:day", (Role.AGENT,)),
    (_("Board"), "reports:board", (Role.LEAD, Role.COMPLIANCE, Role.TRAINER, Role.ADMIN)),
    (_("Team lists"), "worklist:team", (Role.LEAD, Role.ADMIN)),
    (_("Promises"), "promises:list", (Role.AGENT, Role.LEAD, Role.COMPLIANCE, Role.ADMIN)),
    (_("Plans"), "plans:list", (Role.AGENT, Role.LEAD, Role.COMPLIANCE, Role.ADMIN)),
    (_("Cases"), "cases:list", (Role.AGENT, Role.LEAD, Role.COMPLIANCE, Role.ADMIN)),
    (_("Customers"), "accounts:search", (Role.AGENT, Role.LEAD, Role.COMPLIANCE, Role.ADMIN)),
    (_("Playbooks"), "playbooks:list", (Role.AGENT, Role.LEAD, Role.COMPLIANCE, Role.TRAINER)),
    (_("Rules"), "policies:rules", (Role.AGENT, Role.LEAD, Role.COMPLIANCE, Role.TRAINER, Role.ADMIN)),
    (_("Decisions"), "decisions:list", (Role.AGENT, Role.LEAD, Role.COMPLIANCE, Role.ADMIN)),
    (_("Placements"), "placements:list", (Role.LEAD, Role.COMPLIANCE, Role.ADMIN)),
    (_("Portfolio"), "accounts:report", (Role.LEAD, Role.COMPLIANCE, Role.ADMIN)),
    (_("Import"), "accounts:imports", (Role.LEAD, Role.ADMIN)),
    (_("Audit trail"), "audit:list", (Role.COMPLIANCE, Role.ADMIN)),
    (_("Agencies"), "people:agencies", (Role.COMPLIANCE, Role.ADMIN)),
    (_("Users"), "people:list", (Role.ADMIN,)),
)


@dataclass(frozen=True)
class Link:
    """One entry of the navigation."""

    label: Any
    url: str
    active: bool


def navigation(request: HttpRequest) -> list[Link]:
    """The links the signed-in role may use."""
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:
        return []
    here = request.path
    links = [(label, reverse(name)) for label, name, roles in LINKS if user.role in roles]
    best = max((url for _label, url in links if here.startswith(url)), key=len, default="")
    return [Link(label, url, url == best) for label, url in links]


def desk(request: HttpRequest) -> dict[str, Any]:
    """`demo`, `clock_shifted` (bool), `desk_now` (aware UTC), `navigation`, `echarts_file`."""
    return {
        "demo": settings.FAIRDUE_DEMO,
        "clock_shifted": bool(settings.FAIRDUE_CLOCK_OFFSET),
        "desk_now": clock.now(),
        "navigation": navigation(request),
        "echarts_file": "vendor/echarts-6.1.0/echarts.common.min.js",
    }
