"""Which local times are plausible for a person: by address, by number, by country (packs/zones.yaml).

The gate asks every plausible zone: an hour must be lawful in all of them. So a zone too many only makes contact rarer, while
a zone too few may wake somebody. Where address and number disagree (a mobile from the old home), both count.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import phonenumbers
from phonenumbers import timezone as numbering_plan

from fairdue.core.dates import zone
from fairdue.packs import PACKS, read_yaml


@dataclass(frozen=True, slots=True)
class Region:
    """Zones that hold when the address names the region."""

    names: re.Pattern[str]
    zones: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Country:
    """The zones of a country, its regions, and whether its numbers say more."""

    zones: tuple[str, ...]
    regions: tuple[Region, ...]
    numbers: bool


@lru_cache(maxsize=1)
def countries() -> dict[str, Country]:
    """Country (jurisdiction code) → its zones. Raises `DateError` for a zone that does not exist: the pack is wrong."""
    out = {}
    for code, row in read_yaml(PACKS / "zones.yaml").items():
        regions = tuple(Region(_names(region["names"]), tuple(region["zones"])) for region in row.get("regions", ()))
        out[code] = Country(tuple(row["zones"]), regions, bool(row.get("numbers")))
        for name in (*out[code].zones, *(name for region in regions for name in region.zones)):
            zone(name)
    return out


def _names(names: Iterable[str]) -> re.Pattern[str]:
    """Chinese names stand anywhere; others as whole words, abbreviations (all capitals) only in capitals."""
    parts = []
    for name in sorted(names, key=len, reverse=True):
        if not name.isascii() and not re.search(r"[A-Za-z]", name):
            parts.append(re.escape(name))
        else:
            flag = "" if name.isupper() else "i"
            parts.append(rf"(?{flag}:\b{re.escape(name)}\b)")
    return re.compile("|".join(parts))


def plausible_zones(country: str, *, number: str = "", address: str = "", known: Iterable[str] = ()) -> tuple[str, ...]:
    """Every plausible IANA zone, in alphabetical order; () for a country of which nothing is known (which then denies).

    `known`: zones that the feed gives; they are kept. The longest names of an address win ("Baja California Sur").
    """
    found = {name for name in known if name}
    place = countries().get(country)
    if place is None:
        return tuple(sorted(found))
    regional = _regions(place, address)
    found |= regional
    if number and place.numbers:
        found |= _of_number(number, country)
    return tuple(sorted(found or place.zones))


def _regions(place: Country, address: str) -> set[str]:
    best: tuple[int, tuple[str, ...]] = (0, ())
    for region in place.regions:
        for match in region.names.finditer(address):
            best = max(best, (len(match.group()), region.zones))
    return set(best[1])


@lru_cache(maxsize=100_000)
def _of_number(number: str, country: str) -> frozenset[str]:
    try:
        parsed = phonenumbers.parse(number, "GB" if country == "UK" else country)
    except phonenumbers.NumberParseException:
        return frozenset()
    zones = numbering_plan.time_zones_for_number(parsed)
    return frozenset(name for name in zones if name != numbering_plan.UNKNOWN_TIMEZONE)
