"""Random, well-formed requests, biased so that every rule is both broken and kept often.

`requests(seed, count)` gives the same requests for the same seed and touches no global random state. A request starts
out ordinary, at a moment drawn near the edges that matter, and then one to three *scenes* bend it.
"""

import copy
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from random import Random
from typing import Any
from zoneinfo import ZoneInfo

from . import scenes
from .case import CHANNELS, PAYING, ROLES, VOICE
from .rows import History

ZONES: dict[str, list[list[str]]] = {
    "CN": [["Asia/Shanghai"]] * 8 + [["Asia/Shanghai", "Asia/Urumqi"], ["Asia/Urumqi"], ["America/New_York"]],
    "US": [
        *([["America/New_York"], ["America/Chicago"], ["America/Denver"], ["America/Los_Angeles"]] * 2),
        *[["America/Phoenix"], ["Pacific/Honolulu"], ["America/Anchorage"]],
        *[["America/New_York", "America/Los_Angeles"], ["America/Chicago", "America/Denver", "America/Phoenix"]],
    ],
    "UK": [["Europe/London"]],
    "IN": [["Asia/Kolkata"]],
    "ID": [["Asia/Jakarta"], ["Asia/Jakarta"], ["Asia/Makassar"], ["Asia/Jayapura"], ["Asia/Jakarta", "Asia/Jayapura"]],
    "PH": [["Asia/Manila"]],
    "MX": [["America/Mexico_City"], ["America/Tijuana"], ["America/Cancun"], ["America/Mexico_City", "America/Cancun"]],
    "AU": [
        *[["Australia/Sydney"], ["Australia/Perth"], ["Australia/Adelaide"], ["Australia/Brisbane"]],
        *[["Australia/Lord_Howe"], ["Australia/Sydney", "Australia/Perth"]],
    ],
    "JP": [["Asia/Tokyo"]],
    "HK": [["Asia/Hong_Kong"]],
    "SG": [["Asia/Singapore"]],
    "EU": [["Europe/Berlin"], ["Europe/Lisbon"], ["Europe/Athens"], ["Europe/Berlin", "Europe/Lisbon"]],
}
OTHERS = ("UK", "IN", "ID", "PH", "MX", "AU", "JP", "HK", "SG", "EU")

# The days on which a rule took effect; requests fall on them, the day before and the day after.
TURNING_DAYS: dict[str, list[str]] = {
    "CN": [
        *["2018-03-28", "2021-01-01", "2021-11-01", "2022-07-07", "2023-03-01", "2024-04-18"],
        *["2025-02-28", "2025-02-28", "2026-01-30", "2026-01-30"],
    ],
    "US": ["2021-11-30", "2024-02-08"],
    "IN": ["2022-08-12", "2026-07-01"],
    "ID": ["2023-12-22"],
    "PH": ["2019-08-19"],
    "AU": ["2021-07-01"],
    "SG": ["2023-12-01"],
    "EU": ["2023-12-29"],
}
# Clock changes, and days that are national holidays (Easter, Eid, Christmas, Independence Day, Australia Day).
ODD_DAYS: dict[str, list[str]] = {
    "CN": ["2025-03-09", "2025-11-02", "2026-03-08", "2026-02-17", "2026-10-01"],
    "US": ["2025-03-09", "2025-11-02", "2026-03-08", "2026-11-01", "2027-03-14", "2026-07-04"],
    "UK": ["2025-03-30", "2025-10-26", "2026-03-29", "2026-10-25"],
    "EU": ["2025-03-30", "2025-10-26", "2026-03-29", "2026-10-25"],
    "AU": ["2025-04-06", "2025-10-05", "2026-04-05", "2026-10-04", "2026-01-26", "2026-04-03", "2026-12-25"],
    "MX": ["2022-04-03", "2022-10-30", "2026-03-08", "2026-11-01"],
    "ID": ["2026-08-17", "2026-05-01", "2026-12-25", "2026-03-20", "2025-12-25", "2026-06-01"],
}
EDGES: dict[str, list[str]] = {
    "CN": ["08:00", "22:00"],
    "US": ["08:00", "21:00"],
    "UK": ["08:00", "21:00"],
    "IN": ["08:00", "19:00", "19:01"],
    "ID": ["08:00", "20:00", "20:01"],
    "PH": ["06:00", "22:00", "22:01"],
    "MX": ["07:00", "22:00", "22:01"],
    "AU": ["07:30", "09:00", "17:00", "21:00"],
    "JP": ["08:00", "21:00"],
}

MISSING = (
    *("at", "jurisdiction", "channel", "mode", "purpose", "party", "line", "debtor", "debt", "agent", "agency"),
    *("holds", "history", "visit", "party.tz", "party.role", "party.consents", "party.refused", "line.id"),
    *("line.source", "line.kind", "line.valid", "debtor.id", "debtor.status", "debtor.lender_type", "debt.id"),
    *("debt.product", "debt.dpd", "agency.listed", "agency.contract_until", "agency.placement_notice_sent"),
    *("agent.certificates", "visit.staff", "visit.private_place", "visit.consent", "visit.recording"),
)


def requests(seed: int, count: int) -> Iterator[dict[str, Any]]:
    """`count` requests: half Chinese, a fifth American, the rest evenly from the ten other countries."""
    rng = Random(seed)
    for number in range(count):
        yield _request(rng, f"g{seed}-{number}")


def _request(rng: Random, name: str) -> dict[str, Any]:
    draw = rng.random()
    country = "CN" if draw < 0.5 else "US" if draw < 0.7 else rng.choice(OTHERS)
    zones = rng.choice(ZONES[country])
    local = _moment(rng, country, ZoneInfo(zones[0]))
    raw = _ordinary(rng, country, zones, local)
    raw["id"] = name
    history = History(rng, local, raw)
    history.background()
    for _ in range(rng.choices((0, 1, 2, 3), (15, 45, 28, 12))[0]):
        rng.choice(scenes.of(country))(rng, raw, history)
    if raw["channel"] == "visit" and raw["visit"] is None:
        scenes.visit(rng, raw, history)
    if rng.random() < 0.5:  # the ordinary contact is a lawful one: what was done before leaves room for it
        history.thin_out()
    raw["history"] = history.rows(shuffled=rng.random() < 0.2)
    if rng.random() < 0.1:
        _drop(raw, rng.choice(MISSING))
    return copy.deepcopy(raw)


def _moment(rng: Random, country: str, zone: ZoneInfo) -> datetime:
    """A local moment: near the turn of a rule, a clock change or a holiday, or any day of 2017 to 2027."""
    draw = rng.random()
    if draw < 0.15 and country in TURNING_DAYS:
        day = date.fromisoformat(rng.choice(TURNING_DAYS[country])) + timedelta(days=rng.choice((-1, 0, 0, 1)))
    elif draw < 0.25 and country in ODD_DAYS:
        day = date.fromisoformat(rng.choice(ODD_DAYS[country])) + timedelta(days=rng.choice((-1, 0, 0, 0, 1)))
    elif draw < 0.4:
        day = date(2017, 1, 1) + timedelta(days=rng.randrange(11 * 365))
    else:
        day = date(2026, 2, 1) + timedelta(days=rng.randrange(600))
    draw = rng.random()
    if draw < 0.58:
        clock = rng.randrange(9 * 3600 + 300, 18 * 3600 + 3000)
    elif draw < 0.85:
        hours, minutes = rng.choice([*EDGES.get(country, ["08:00"]), "00:00"]).split(":")
        near = rng.choice((-61, -60, -59, -2, -1, 0, 0, 0, 1, 1, 2, 59, 60, 61))
        clock = (int(hours) * 3600 + int(minutes) * 60 + near) % 86400
    else:
        clock = rng.randrange(86400)
    wall = datetime.combine(day, time(clock // 3600, clock % 3600 // 60, clock % 60))
    # Through UTC and back: a wall time that the clock change skips becomes the real one after it.
    return wall.replace(tzinfo=zone, fold=rng.randrange(2)).astimezone(UTC).astimezone(zone)


def _ordinary(rng: Random, country: str, zones: list[str], local: datetime) -> dict[str, Any]:
    channel = rng.choices(CHANNELS, (40, 14, 12, 5, 8, 9, 12))[0]
    at = local if rng.random() < 0.7 else local.astimezone(UTC)
    party: dict[str, Any] = {"role": "debtor", "tz": list(zones)}
    if rng.random() < 0.5:
        party.update({"refused": False, "consents": [], "agreed_hours": None, "inconvenient": [], "opt_outs": []})
    if rng.random() < 0.08:
        party["role"] = rng.choice(ROLES)
    if country == "US" and channel == "sms" and rng.random() < 0.5:
        party["consents"] = ["sms"]
    number = rng.randrange(40)
    return {
        "jurisdiction": country,
        "at": at.isoformat(),
        "channel": channel,
        "mode": rng.choice(("notify", "interactive")) if channel in VOICE else None,
        "purpose": rng.choices(PAYING, (70, 12, 10, 8))[0],
        "party": party,
        "line": {
            "id": f"199000{number:05d}",
            "kind": "address" if channel in ("letter", "visit") else "email" if channel == "email" else "mobile",
            "source": rng.choice(("contract", "reserved", "in_contact", "public", "contact_told")),
            **({"valid": True} if rng.random() < 0.5 else {}),
        },
        "debtor": {
            "id": f"D{number}",
            "status": "reachable",
            "lender_type": rng.choice(("bank", "consumer_finance", "microloan", "private", "telecom")),
        },
        "debt": {
            "id": f"B{number}",
            "product": rng.choice(("credit_card", "cash_loan", "instalment", "telecom")),
            "dpd": rng.choice((1, 5, 14, 15, 16, 40, 200)),
        },
        "agency": None,
        "agent": {"id": "A1", "certificates": ["first"]},
        "holds": [],
        "visit": None,
        "history": [],
    }


def _drop(raw: dict[str, Any], path: str) -> None:
    """Take one field away, where it is there."""
    whole, _, part = path.partition(".")
    if not part:
        raw.pop(whole, None)
    elif isinstance(raw.get(whole), dict):
        raw[whole].pop(part, None)
