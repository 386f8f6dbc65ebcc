"""What every template may use: the clock notice, demo notice, the signed-in role."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from . import clock


def desk(request: HttpRequest) -> dict[str, Any]:
    """`demo`, `clock_shifted` (bool) and `desk_now` (aware UTC)."""
    return {
        "demo": settings.FAIRDUE_DEMO,
        "clock_shifted": bool(settings.FAIRDUE_CLOCK_OFFSET),
        "desk_now": clock.now(),
    }
