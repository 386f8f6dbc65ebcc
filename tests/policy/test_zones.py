"""Every plausible local time of a person: by address, by number, by what the feed says."""

from __future__ import annotations

import pytest

from fairdue.policy import jurisdictions
from fairdue.policy.zones import countries, plausible_zones

PLACES = [
    ("CN", {}, {"Asia/Shanghai"}),
    ("CN", {"number": "19900010001"}, {"Asia/Shanghai"}),
    ("CN", {"address": "新疆维吾尔自治区喀什市人民路1号"}, {"Asia/Shanghai", "Asia/Urumqi"}),
    ("CN", {"address": "上海市浦东新区世纪大道1号", "known": ["Asia/Shanghai"]}, {"Asia/Shanghai"}),
    ("US", {"address": "12 Main St, Miami, FL 33101"}, {"America/New_York", "America/Chicago"}),
    ("US", {"address": "1 Elm St, Kansas City, KS"}, {"America/Chicago", "America/Denver"}),
    (
        "US",
        {"address": "1 Elm St, Fargo, ND", "number": "+12125550100"},
        {"America/Chicago", "America/Denver", "America/New_York"},
    ),
    ("US", {"number": "+12125550100"}, {"America/New_York"}),
    ("US", {"address": "PO Box 7 in the woods"}, None),  # "in" is not Indiana: all zones of the country remain
    ("AU", {"address": "1 George St, Perth WA 6000"}, {"Australia/Perth"}),
    ("MX", {"address": "Calle 1, La Paz, Baja California Sur"}, {"America/Mazatlan"}),
    ("MX", {"address": "Calle 1, Tijuana, Baja California"}, {"America/Tijuana"}),
    ("ID", {"address": "Jl. Sunset Road, Denpasar, Bali"}, {"Asia/Makassar"}),
    ("ZZ", {"known": ["Asia/Tokyo"]}, {"Asia/Tokyo"}),
    ("ZZ", {}, set()),
]


@pytest.mark.parametrize(("country", "facts", "zones"), PLACES)
def test_plausible_zones(country: str, facts: dict, zones: set[str] | None) -> None:
    expected = set(countries()[country].zones) if zones is None else zones
    assert set(plausible_zones(country, **facts)) == expected


def test_a_number_that_is_none_says_nothing() -> None:
    assert plausible_zones("US", number="call me") == tuple(sorted(countries()["US"].zones))


def test_every_jurisdiction_has_zones() -> None:
    assert set(jurisdictions()) <= set(countries())
