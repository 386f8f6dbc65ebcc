"""The lead's board."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from fairdue.desk.pages import page, render
from fairdue.desk.people.models import Role
from fairdue.desk.promises import selectors as promises
from fairdue.desk.worklist.selectors import latest_night
from fairdue.desk.worklist.stages import stage_name

from . import selectors


def _charts() -> dict[str, Any]:
    """Data of the two charts, with their labels in the page's language (the script has no words of its own)."""
    hours = selectors.calls_by_hour()
    curve = selectors.recovery_curve()
    return {
        "hours": [f"{hour}:00" for hour, _calls, _through in hours],
        "calls": [calls for _hour, calls, _through in hours],
        "through": [through for _hour, _calls, through in hours],
        "days": [point.day for point in curve],
        "recovered": [None if point.per_mille is None else point.per_mille / 10 for point in curve],
        "targets": [[day, percent] for day, percent in selectors.TARGETS.items()],
        "words": {
            "calls": _("Calls"),
            "through": _("Put through"),
            "recovered": _("Recovered share (%)"),
            "target": _("Target"),
            "day": _("Day %(n)s"),
        },
    }


def _context() -> dict[str, Any]:
    stages = selectors.stages()
    curve = selectors.recovery_curve()
    return {
        "today": selectors.today(),
        "agents": selectors.agents(),
        "stages": [(row, stage_name(row.stage)) for row in stages],
        "stage_total": {
            "accounts": sum(row.accounts for row in stages),
            "principal_fen": sum(row.principal_fen for row in stages),
            "interest_fen": sum(row.interest_fen for row in stages),
            "penalty_fen": sum(row.penalty_fen for row in stages),
            "due_fen": sum(row.due_fen for row in stages),
        },
        "targets": [(day, percent, curve[day]) for day, percent in selectors.TARGETS.items()],
        "charts": _charts(),
        "night": latest_night(),
        "due_promises": promises.due_today()[:20],
    }


@page(roles=(Role.LEAD, Role.COMPLIANCE, Role.TRAINER, Role.ADMIN))
@require_GET
def board(request: HttpRequest) -> HttpResponse:
    """Today's contacts, promises, cash; recovered share against the targets; accounts by stage."""
    return render(request, "reports/board.html", _context())


@page(roles=(Role.LEAD, Role.COMPLIANCE, Role.TRAINER, Role.ADMIN))
@require_GET
def figures(request: HttpRequest) -> HttpResponse:
    """The part of the board that refreshes by itself."""
    return render(request, "reports/_figures.html", _context())
