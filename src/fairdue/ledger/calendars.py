"""Load the work calendar from its pack (core does no input or output)."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from fairdue.core.calendar import WorkCalendar
from fairdue.packs import PACKS, PackError, line_of, read_yaml


def load_calendar(path: Path | None = None) -> WorkCalendar:
    """The calendar of packs/calendars/cn.yaml: per year `source, rest: [{name, from, to}], worked: [dates], provisional`.

    Raises `PackError` with file and line for a year without source, a day of another year, a range that runs backwards,
    or a day that is both rest and worked: a calendar with a wrong day is worse than none.
    """
    file = path or PACKS / "calendars" / "cn.yaml"
    rest: dict[date, str] = {}
    worked: set[date] = set()
    years = read_yaml(file)["years"]
    for year, body in years.items():

        def refuse(why: str, line: int | None, year: int = year) -> PackError:
            return PackError(f"{file.name}:{line or '?'}: {year}: {why}", file, line)

        if not str(body.get("source", "")).strip():
            raise refuse("no source; name the State Council notice", line_of(body))
        for holiday in body["rest"]:
            day, last = holiday["from"], holiday["to"]
            if not day <= last or {day.year, last.year} != {int(year)}:
                raise refuse(f"{holiday['name']} runs from {day} to {last}; keep it inside the year", line_of(holiday))
            while day <= last:
                rest[day] = holiday["name"]
                day += timedelta(days=1)
        for day in body["worked"]:
            if day in rest or day.year != int(year):
                raise refuse(f"{day} cannot be a worked weekend day here", line_of(body, "worked"))
            worked.add(day)
    provisional = frozenset(int(year) for year, body in years.items() if body.get("provisional"))
    return WorkCalendar(rest, frozenset(worked), frozenset(int(y) for y in years), provisional)
