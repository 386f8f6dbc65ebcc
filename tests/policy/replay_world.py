"""Small, nasty histories for the back-test: few debtors, shared lines, caps, midnights, changes of the clock."""

from __future__ import annotations

import random
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pyarrow as pa

from fairdue.core.dates import at_local
from fairdue.policy.request import HOLDS, ROLES, SOURCES, STATUSES

ZONES = {
    "CN": ["Asia/Shanghai", "Asia/Shanghai", "Asia/Urumqi"],
    "US": ["America/New_York", "America/Los_Angeles", "America/Phoenix"],
    "AU": ["Australia/Sydney", "Australia/Perth", "Australia/Lord_Howe"],
    "ID": ["Asia/Jakarta", "Asia/Jayapura"],
    "UK": ["Europe/London"],
    "IN": ["Asia/Kolkata"],
    "PH": ["Asia/Manila"],
    "MX": ["America/Mexico_City", "America/Tijuana"],
    "JP": ["Asia/Tokyo"],
    "HK": ["Asia/Hong_Kong"],
    "SG": ["Asia/Singapore"],
    "EU": ["Europe/Berlin", "Europe/Athens"],
}
DAYS = {
    "CN": [date(2026, 3, 2), date(2026, 1, 28), date(2025, 2, 26)],
    "US": [date(2026, 3, 5), date(2026, 10, 29), date(2021, 11, 26)],
    "AU": [date(2026, 4, 1), date(2026, 10, 2), date(2021, 6, 28)],
    "ID": [date(2026, 3, 17), date(2026, 8, 15), date(2023, 12, 19)],
}
_SPRING = [date(2026, 3, 25), date(2026, 6, 28)]
"""First days of short spans around a change of the clock, public holidays, and the first day of a rule."""

_EDGES = [(0, 0, 0), (7, 59, 59), (8, 0, 0), (8, 0, 1), (20, 0, 59), (20, 59, 59), (21, 0, 0), (22, 0, 0), (23, 59, 59)]


def _when(rng: random.Random, country: str, zone: str) -> datetime:
    day = rng.choice(DAYS.get(country, _SPRING)) + timedelta(days=int(rng.random() ** 2 * 12))
    if rng.random() < 0.25:
        return at_local(day, time(*rng.choice(_EDGES)), zone)
    hour = rng.choice([1, 2, 3, 7, 9, 9, 9, 10, 11, 14, 15, 17, 20, 21, 22, 23])
    return at_local(
        day, time(hour, rng.choice([0, 1, 30, rng.randrange(60)]), rng.choice([0, rng.randrange(60)])), zone
    )


def _some(rng: random.Random, names: list[str], share: float) -> str:
    return ";".join(name for name in names if rng.random() < share)


def contact(rng: random.Random, country: str, index: int, debtors: int) -> dict[str, Any]:
    """One row with every column; most are lawful in their standing facts, so that caps and hours get a say."""
    who = int(rng.random() ** 1.5 * debtors)
    own = random.Random(who)
    zone = own.choice(ZONES[country]) if rng.random() < 0.97 else rng.choice(ZONES[country])
    role = "debtor" if rng.random() < 0.8 else rng.choice(sorted(ROLES))
    channel = rng.choice(
        ["voice_human"] * 12 + ["voice_ai"] * 4 + ["sms", "sms", "im", "email", "letter", "letter", "visit", "visit"]
    )
    purpose = (
        "collect" if role in ("debtor", "guarantor") else rng.choice(["relay", "ask_contact", "ask_contact", "collect"])
    )
    if rng.random() < 0.05:
        purpose = rng.choice(["service", "dispute_reply", "reminder", None])
    connected = rng.random() < 0.4
    rare = lambda value, share=0.02: value if rng.random() < share else None  # noqa: E731
    line = rare("L-shared", 0.06) or f"L{who}-{rng.choice('aab')}"
    return {
        "id": f"{'zyxw'[index % 4]}{index}",
        "at": _when(rng, country, zone).astimezone(UTC) + timedelta(microseconds=rng.choice([0, 0, 0, 700_000])),
        "debtor": f"D{who}",
        "debt": None if rng.random() < 0.04 else rare("A-joint", 0.04) or f"A{who}-{rng.choice('aab')}",
        "line": None if rng.random() < 0.03 else line,
        "agent": rng.choice(["zhang", "li", None]),
        "dpd": rng.choice([None, -3, 0, 10, 15, 16, 90]),
        "talk_seconds": rng.choice([0, 3, 5, 6, 7, 90]) if connected else 0,
        "jurisdiction": country if rng.random() < 0.995 else "ZZ",
        "channel": None if rng.random() < 0.01 else channel,
        "mode": None if rng.random() < 0.02 else rng.choice(["interactive", "notify"]),
        "purpose": purpose,
        "direction": "in" if rng.random() < 0.1 else "out",
        "role": None if rng.random() < 0.01 else role,
        "connected": connected if rng.random() < 0.98 else None,
        "two_way": connected and rng.random() < 0.85,
        "consented": rng.random() < 0.05,
        "reserved": rng.random() < 0.03,
        "tz": None if rng.random() < 0.01 else zone,
        "status": own.choice(["reachable", "unreachable", "unreachable"])
        if rng.random() < 0.95
        else rng.choice(sorted(STATUSES)),
        "lender_type": rng.choice(["bank", "bank", "consumer_finance", "debt_buyer", None]),
        "product": rng.choice(["credit_card", "credit_card", "cash_loan", None]),
        "holds": rare(rng.choice(sorted(HOLDS)), 0.04) or "",
        "refused": rng.random() < 0.02,
        "consents": _some(rng, ["late_hours", "agreed_cap", "call", "sms", "voice_ai", "third_party_disclosure"], 0.08),
        "evidence": _some(rng, ["joint_debt", "estate"], 0.3),
        "opt_outs": rare(rng.choice(["sms", "voice", "email"])) or "",
        "agreed_hours": rare(rng.choice(["20:00-23:00", "22:00-02:00", "09:00-24:00", "10:00-10:00"]), 0.06),
        "inconvenient": rare(rng.choice(["12:00-14:00", "23:00-07:30;15:00-16:00"]), 0.1),
        "line_kind": rng.choice(["mobile", "mobile", "home", "office", None]),
        "source": None if rng.random() < 0.01 else rng.choice(["contract"] * 30 + sorted(SOURCES)),
        "line_valid": rng.choice([True, True, True, None]) if rng.random() < 0.97 else False,
        "employer_prohibits": rng.random() < 0.1,
        "employer_provided": rng.random() < 0.1,
        "email_notice_sent": rare("2026-01-01", 0.3),
        "email_opt_out_by": rare("2026-02-10", 0.3),
        "limitation_passed": rng.choice([None, False, True]),
        "validation_sent": rng.choice([None, None, True, False]),
        "transfer_notice_sent": rng.choice([None, True]),
        "certificates": "first" if rng.random() < 0.97 else "",
        "agency": rare(rng.choice(["G1", "G2"]), 0.4),
        "agency_listed": rng.random() < 0.95,
        "agency_contract_until": rng.choice(["2026-03-04", "2026-12-31", "2027-12-31", "2027-12-31", None]),
        "agency_notice_sent": rng.random() < 0.9,
        "agency_agrees": rng.choice([None, True, True, False]) if rng.random() < 0.3 else None,
        "agency_placed_from": rare("2026-03-03", 0.1),
        "agency_placed_until": rare("2026-03-08", 0.1),
        "visit_staff": rng.choice([1, 2, 2, None]),
        "visit_private": rng.choice([True, False, False, False, None]),
        "visit_consent": rng.random() < 0.3,
        "visit_recording": rng.random() < 0.9,
    }


_TYPES = {"at": pa.timestamp("us", "UTC"), "dpd": pa.int64(), "visit_staff": pa.int64(), "talk_seconds": pa.int64()}
_FLAGS = {"connected", "two_way", "consented", "reserved", "refused", "line_valid", "employer_prohibits"} | {
    "employer_provided",
    "limitation_passed",
    "validation_sent",
    "transfer_notice_sent",
    "agency_listed",
    "agency_notice_sent",
    "agency_agrees",
    "visit_private",
    "visit_consent",
    "visit_recording",
}


def table_of(rows: list[dict[str, Any]]) -> pa.Table:
    """Rows as a table with the types of a real file."""
    names = list(rows[0])
    types = [_TYPES.get(name, pa.bool_() if name in _FLAGS else pa.string()) for name in names]
    return pa.table(
        {name: pa.array([row[name] for row in rows], kind) for name, kind in zip(names, types, strict=True)}
    )


def history(country: str, seed: int, count: int, debtors: int | None = None) -> pa.Table:
    """A table of `count` contacts; the same seed gives the same table."""
    rng = random.Random(f"{country}{seed}")
    return table_of([contact(rng, country, index, debtors or max(4, count // 60)) for index in range(count)])
