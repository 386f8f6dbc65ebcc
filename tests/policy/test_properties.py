"""What must hold for every request, whatever its facts."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from gate_requests import request, with_value, without
from hypothesis import given, settings
from hypothesis import strategies as st
from oracle.generate import requests as generated
from small_packs import overlay

from fairdue.policy import Pack, RequestError, decide, jurisdictions, load_pack, parse_request

PACKS: dict[str, Pack] = {name: load_pack(jurisdiction=name)[0] for name in jurisdictions()}
SAMPLE = [raw for raw in generated(seed=20261125, count=3000) if raw.get("jurisdiction") in PACKS]

PRINCIPALS = {"debtor", "guarantor"}


def decided(raw: dict[str, Any], at: datetime | None = None) -> Any:
    return decide(parse_request(raw), PACKS[raw["jurisdiction"]], at)


def test_the_sample_is_of_every_jurisdiction_and_verdict() -> None:
    verdicts = {(raw["jurisdiction"], decided(raw).verdict) for raw in SAMPLE}
    assert {name for name, _verdict in verdicts} == set(PACKS)
    assert {"pass", "warn", "deny"} <= {verdict for _name, verdict in verdicts}


def test_the_order_of_the_history_changes_nothing() -> None:
    rng = random.Random(7)
    for raw in SAMPLE:
        rows = list(raw.get("history") or [])
        shuffled = {**raw, "history": rng.sample(rows, len(rows))}
        assert decided(shuffled) == decided(raw), raw["id"]


def test_the_next_lawful_moment_is_lawful_and_nothing_before_it_is() -> None:
    rng = random.Random(8)
    seen = 0
    for raw in SAMPLE:
        decision = decided(raw)
        if decision.next_lawful is None:
            continue
        seen += 1
        at = parse_request(raw).at
        assert at is not None
        later = decision.next_lawful
        assert later > at
        assert decided(raw, later).allow
        assert not decided(raw, later - timedelta(seconds=1)).allow
        span = int((later - at).total_seconds())
        for _look in range(6):  # and at no other second before it
            assert not decided(raw, at + timedelta(seconds=rng.randrange(span))).allow
    assert seen > 100


def test_where_nothing_but_an_event_helps_no_moment_passes() -> None:
    rng = random.Random(9)
    for raw in SAMPLE:
        decision = decided(raw)
        at = parse_request(raw).at
        if decision.allow or decision.next_lawful is not None or at is None:
            continue
        for _look in range(3):
            later = at + timedelta(seconds=rng.randrange(10 * 86400))
            assert not decided(raw, later).allow, (raw["id"], later)


def test_one_more_counted_contact_never_allows_more() -> None:
    for raw in SAMPLE:
        if (raw.get("party") or {}).get("role") not in PRINCIPALS or not raw.get("history"):
            continue
        before = decided(raw)
        if before.allow:
            continue
        for row in raw["history"][:3]:
            more = {**raw, "history": [*raw["history"], {**row, "id": "again"}]}
            assert not decided(more).allow, (raw["id"], row["id"])


TIGHTER = """
- {rule: CN-GBT-01, params: {opens: "09:00", closes: "20:00"}}
- {rule: CN-GBT-02, params: {at_most: 1}}
- {rule: CN-GBT-03, params: {at_most: 1, effective_seconds: 3}}
- {rule: CN-GBT-06, params: {days: 14}}
- {rule: CN-PIPL-10, params: {allowed: [contract]}}
- {rule: CN-CBA-03, params: {failed_calls: 5}}
"""


def test_a_tighter_pack_never_allows_more(tmp_path: Path) -> None:
    tighter, findings = load_pack(overlays=[overlay(tmp_path, TIGHTER)])
    assert findings == []
    newly_denied = 0
    for raw in SAMPLE:
        if raw["jurisdiction"] != "CN":
            continue
        asked = parse_request(raw)
        before, after = decide(asked, PACKS["CN"]), decide(asked, tighter)
        assert before.allow or not after.allow, raw["id"]
        newly_denied += before.allow and not after.allow
    assert newly_denied > 10


@pytest.mark.parametrize(
    "path",
    [
        "party.tz",
        "party.role",
        "channel",
        "purpose",
        "mode",
        "line.source",
        "line.id",
        "debtor.id",
        "at",
        "agent",
        "jurisdiction",
        "party",
        "line",
        "debtor",
        "agent.certificates",
    ],
)
def test_a_missing_fact_denies_in_china(path: str) -> None:
    raw = request()
    assert decide(parse_request(raw), PACKS["CN"]).allow
    assert not decide(parse_request(without(raw, path)), PACKS["CN"]).allow


@pytest.mark.parametrize("path", ["party.tz", "party.role", "channel", "purpose", "debtor.id", "debt.id", "at"])
def test_a_missing_fact_denies_in_the_united_states(path: str) -> None:
    raw = {**with_value(request(), "party.tz", ["America/New_York"]), "jurisdiction": "US"}
    raw["at"] = "2026-03-02T10:15:00-05:00"
    assert decide(parse_request(raw), PACKS["US"]).allow
    assert not decide(parse_request(without(raw, path)), PACKS["US"]).allow


@pytest.mark.parametrize("name", ["listed", "contract_until"])
def test_an_agency_of_which_something_is_not_known_is_denied(name: str) -> None:
    agency = {"id": "G1", "listed": True, "contract_until": "2026-12-31", "placement_notice_sent": True}
    assert decide(parse_request(request(agency=agency)), PACKS["CN"]).allow
    assert not decide(parse_request(request(agency={k: v for k, v in agency.items() if k != name})), PACKS["CN"]).allow


@pytest.mark.parametrize("name", ["recording", "private_place"])
def test_a_visit_of_which_something_is_not_known_is_denied(name: str) -> None:
    visit = {"staff": 2, "private_place": False, "recording": True}
    assert decide(parse_request(request(channel="visit", visit=visit)), PACKS["CN"]).allow
    assert not decide(
        parse_request(request(channel="visit", visit={k: v for k, v in visit.items() if k != name})), PACKS["CN"]
    ).allow


JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=5)
    | st.sampled_from(["debtor", "voice_human", "08:00"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(
    path=st.sampled_from(
        [
            "party",
            "party.tz",
            "party.consents",
            "party.agreed_hours",
            "party.inconvenient",
            "party.opt_outs",
            "line",
            "line.email_notice",
            "debt",
            "debt.dpd",
            "agency",
            "agency.contract_until",
            "agency.placed_from",
            "visit",
            "visit.staff",
            "agent",
            "agent.certificates",
            "holds",
            "history",
            "channel",
            "at",
            "purpose",
        ]
    ),
    value=JUNK,
    jurisdiction=st.sampled_from(sorted(PACKS)),
)
def test_whatever_is_sent_is_decided_or_refused_by_name(path: str, value: Any, jurisdiction: str) -> None:
    raw = {**with_value(request(), path, value), "jurisdiction": jurisdiction}
    try:
        asked = parse_request(raw)
    except RequestError as refused:
        assert refused.field.split(".")[0].split("[")[0] == path.split(".")[0]
        return
    assert decide(asked, PACKS[jurisdiction]).verdict in ("pass", "warn", "deny")


def test_a_decision_at_another_instant_is_that_of_a_request_at_that_instant() -> None:
    later = datetime(2026, 3, 2, 14, 30, tzinfo=UTC)  # 22:30 in Shanghai
    one = decide(parse_request(request()), PACKS["CN"], later)
    two = decide(parse_request(request(at=later.isoformat())), PACKS["CN"])
    assert one == two
    assert one.verdict == "deny"
