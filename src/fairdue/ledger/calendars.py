"""Load the work calendar from its pack."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from fairdue.core.calendar import WorkCalendar
from fairdue.packs import PACKS, read_yaml


def load_calendar(path: Path | None = None) -> WorkCalendar:
    """The calendar of packs/calendars/cn.yaml: per year `rest: [{name, from, to}]`, `worked: [dates]`, `provisional`."""
    rest: dict[date, str] = {}
    worked: set[date] = set()
    years = read_yaml(path or PACKS / "calendars" / "cn.yaml")["years"]
    for body in years.values():
        for holiday in body["rest"]:
            day = holiday["from"]
            while day <= holiday["to"]:
                rest[day] = holiday["name"]
                day += timedelta(days=1)
        worked |= set(body["worked"])
    provisional = frozenset(int(year) for year, body in years.items() if body.get("provisional"))
    return WorkCalendar(rest, frozenset(worked), frozenset(int(y) for y in years), provisional)
