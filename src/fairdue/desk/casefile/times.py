"""Instants as the file gives them: UTC for machines, the wall clock of whoever was contacted for people."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from fairdue.core.dates import local, utc


def moment(at: datetime | None, zone: str) -> dict[str, str] | None:
    """`{"utc", "local", "zone"}` (ISO 8601 with offsets); None for None."""
    if at is None:
        return None
    return {"utc": utc(at).isoformat(), "local": local(at, zone).isoformat(), "zone": zone}


def until(at: datetime | None, as_of: datetime) -> datetime | None:
    """The instant if it was known by then, else None: a file does not know what happened after it."""
    return at if at is not None and at <= as_of else None


def iso(day: date | None) -> str | None:
    """An ISO date, or None."""
    return day.isoformat() if day else None


def who(user: Any) -> str | None:
    """The user name; None is the system itself."""
    return user.get_username() if user else None
