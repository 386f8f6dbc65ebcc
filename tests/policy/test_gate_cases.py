"""The gate's cases, written to be read by a compliance officer (cases.yaml), and what must hold for all requests."""

from __future__ import annotations

import copy
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairdue.core.dates import parse_instant
from fairdue.packs import PackError, read_yaml
from fairdue.policy import RequestError, decide, load_pack, parse_request

CASES = read_yaml(Path(__file__).parent / "cases.yaml")
PACK, PROBLEMS = load_pack()

BASE: dict[str, Any] = {
    "id": "r1",
    "jurisdiction": "CN",
    "at": "2026-03-02T10:15:00+08:00",
    "channel": "voice_human",
    "mode": "interactive",
    "purpose": "collect",
    "party": {"role": "debtor", "tz": ["Asia/Shanghai"]},
    "line": {"id": "L1", "kind": "mobile", "source": "contract", "valid": True},
    "debtor": {"id": "D1", "status": "reachable", "lender_type": "bank"},
    "debt": {"id": "A1", "product": "credit_card", "dpd": 12},
    "agent": {"id": "zhang", "certificates": ["first"]},
}


def _set(raw: dict[str, Any], path: str, value: Any) -> None:
    *parts, last = path.split(".")
    for part in parts:
        raw = raw.setdefault(part, {})
    raw[last] = value


def _call(index: int, row: dict[str, Any]) -> dict[str, Any]:
    day = 2 - row.get("day", 0)
    at = f"2026-03-{day:02d}" if day > 0 else f"2026-02-{28 + day:02d}"
    miss = row.get("miss", False)
    return {
        "id": f"h{index}",
        "at": f"{at}T09:{index:02d}:00+08:00",
        "channel": row.get("channel", "voice_human"),
        "mode": row.get("mode", "interactive"),
        "direction": row.get("direction", "out"),
        "line": "L1",
        "role": "debtor",
        "connected": not miss and not row.get("reserved", False),
        "talk_seconds": row.get("talk", 0),
        "two_way": row.get("two_way", not miss),
        "consented": row.get("consented", False),
        "debtor": row.get("debtor"),
        "product": "credit_card",
        "reserved": row.get("reserved", False),
    }


def request_of(case: dict[str, Any]) -> dict[str, Any]:
    raw = copy.deepcopy(BASE)
    for path, value in case.get("set", {}).items():
        _set(raw, path, value)
    for path in case.get("unset", []):
        *parts, last = path.split(".")
        part = raw
        for name in parts:
            part = part[name]
        del part[last]
    raw["history"] = [_call(i, dict(row)) for i, row in enumerate(case.get("calls", []))]
    return raw


def test_the_pack_loads_without_findings() -> None:
    assert [p.line() for p in PROBLEMS] == []


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["name"])
def test_case(case: dict[str, Any]) -> None:
    decision = decide(parse_request(request_of(case)), PACK)
    expect = case["expect"]
    assert decision.verdict == expect["verdict"], [r.as_dict() for r in decision.rules if r.verdict != "pass"]
    assert decision.allow is (expect["verdict"] != "deny")
    spoke = {r.id for r in decision.rules if r.verdict != "pass"}
    assert set(expect.get("rules", [])) <= spoke
    if "next" in expect:
        told = decision.as_dict()["next_lawful"]
        assert told == expect["next"]


def test_every_rule_is_broken_by_some_case_and_kept_by_another() -> None:
    broken: set[str] = set()
    kept: set[str] = set()
    for case in CASES:
        for result in decide(parse_request(request_of(case)), PACK).rules:
            (kept if result.verdict == "pass" else broken).add(result.id)
    spoken = {rule.id for rule in PACK.rules}
    never = {rule_id for rule_id in spoken if rule_id.startswith("FD-HOLD") and rule_id != "FD-HOLD-CRISIS"}
    sources = {"CN-GBT-11", "CN-CBA-04"}
    assert spoken - broken - never - sources == {"CN-NIFA-14"} - broken


@pytest.mark.parametrize("case", [c for c in CASES if c["expect"]["verdict"] == "deny"], ids=lambda c: c["name"])
def test_the_next_lawful_moment_is_lawful_and_the_second_before_is_not(case: dict[str, Any]) -> None:
    request = parse_request(request_of(case))
    decision = decide(request, PACK)
    if decision.next_lawful is None:
        return
    assert decide(request, PACK, decision.next_lawful).allow
    assert not decide(request, PACK, decision.next_lawful - timedelta(seconds=1)).allow


@settings(max_examples=150, deadline=None)
@given(
    minute=st.integers(0, 3 * 24 * 60),
    calls=st.lists(
        st.fixed_dictionaries(
            {"talk": st.integers(0, 40), "miss": st.booleans(), "day": st.integers(0, 2), "reserved": st.booleans()}
        ),
        max_size=8,
    ),
    role=st.sampled_from(["debtor", "family", "guarantor"]),
    status=st.sampled_from(["reachable", "unreachable"]),
    data=st.data(),
)
def test_properties(minute: int, calls: list[dict[str, Any]], role: str, status: str, data: st.DataObject) -> None:
    case = {
        "set": {"party.role": role, "debtor.status": status, "purpose": "collect" if role != "family" else "relay"},
        "calls": calls,
    }
    raw = request_of(case)
    at = parse_instant("2026-03-01T00:00:00+08:00") + timedelta(minutes=minute)
    decision = decide(parse_request(raw), PACK, at)
    shuffled = {**raw, "history": data.draw(st.permutations(raw["history"]))}
    assert decide(parse_request(shuffled), PACK, at).verdict == decision.verdict
    if decision.next_lawful is not None:
        assert decision.next_lawful > at
        assert decide(parse_request(raw), PACK, decision.next_lawful).allow
        assert not decide(parse_request(raw), PACK, decision.next_lawful - timedelta(seconds=1)).allow
    if role != "family":
        more = {**raw, "history": [*raw["history"], _call(50, {"talk": 60})]}
        assert decision.allow or not decide(parse_request(more), PACK, at).allow


@pytest.mark.parametrize(
    "path",
    ["party.tz", "party.role", "channel", "purpose", "mode", "line.source", "debtor.id", "at", "agent", "jurisdiction"],
)
def test_a_missing_fact_denies(path: str) -> None:
    assert not decide(parse_request(request_of({"unset": [path]})), PACK).allow


@pytest.mark.parametrize(
    ("path", "value", "field"),
    [
        ("party", "x", "party"),
        ("channel", "fax", "channel"),
        ("channel", 3, "channel"),
        ("party.tz", ["Mars/Base"], "party.tz"),
        ("party.tz", "Asia/Shanghai", "party.tz"),
        ("party.refused", "yes", "party.refused"),
        ("party.agreed_hours", ["x"], "party.agreed_hours"),
        ("holds", ["sleepy"], "holds"),
        ("at", "tomorrow", "at"),
        ("at", 5, "at"),
        ("history", "none", "history"),
        ("history", [1], "history[0]"),
        ("history", [{"at": "2026-03-02T10:15:00+08:00", "talk_seconds": -1}], "history[0].talk_seconds"),
        ("debtor.id", 5, "debtor.id"),
    ],
)
def test_an_unusable_value_is_refused_with_its_name(path: str, value: Any, field: str) -> None:
    raw = request_of({"set": {path: value}})
    if path == "history":
        raw["history"] = value
    with pytest.raises(RequestError) as refused:
        parse_request(raw)
    assert refused.value.field == field
    assert field in str(refused.value)


def test_an_answer_names_clause_and_pack_in_both_languages() -> None:
    decision = decide(parse_request(request_of({"set": {"at": "2026-03-02T22:05:00+08:00"}})), PACK)
    zh, en = decision.as_dict("zh"), decision.as_dict("en")
    assert zh["pack"] == "cn@2026.1"
    assert "GB/T 45251-2025" in zh["rules"][0]["citation"]
    assert "22:05" in zh["rules"][0]["why"]
    assert "22:05" in en["rules"][0]["why"]


def _pack(tmp_path: Path, rules: str) -> Path:
    (tmp_path / "rules").mkdir()
    (tmp_path / "pack.yaml").write_text('name: t\nversion: "1"\njurisdiction: CN\n', encoding="utf-8")
    (tmp_path / "rules" / "r.yaml").write_text(rules, encoding="utf-8")
    return tmp_path


RULE = """- id: X-1
  title: {zh: 时段, en: Hours}
  source: {instrument: T, article: "1", confidence: A}
  effective: {from: 2025-01-01%s}
  force: must
  check: %s
  params: {opens: "09:00", closes: "18:00"%s}
"""


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        (RULE % ("", "telepathy", ""), "policy.check"),
        (RULE % (", to: 2024-01-01", "hours", ""), "policy.dates"),
        (RULE % ("", "hours", "") + RULE % ("", "hours", ""), "policy.overlap"),
        ("- id: X\n  colour: red\n", "policy.field"),
        ("- id: [", "policy.file"),
    ],
)
def test_a_bad_rule_is_a_finding(tmp_path: Path, rules: str, code: str) -> None:
    _loaded, findings = load_pack(_pack(tmp_path, rules))
    assert code in {f.code for f in findings}


def test_no_pack_at_all_is_an_error() -> None:
    with pytest.raises(PackError):
        load_pack(jurisdiction="ZZ")


def test_a_pack_head_that_is_wrong_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "pack.yaml").write_text("name: t\n", encoding="utf-8")
    with pytest.raises(PackError):
        load_pack(tmp_path)


def test_an_overlay_may_only_tighten(tmp_path: Path) -> None:
    folder = _pack(tmp_path, RULE % ("", "hours", ""))
    tight, loose = tmp_path / "tight.yaml", tmp_path / "loose.yaml"
    tight.write_text('- {rule: X-1, params: {opens: "10:00"}}\n', encoding="utf-8")
    loose.write_text(
        '- {rule: X-1, params: {closes: "21:00"}}\n- {rule: X-9, params: {opens: "10:00"}}\n', encoding="utf-8"
    )
    pack, findings = load_pack(folder, overlays=[tight, loose])
    assert pack.rules[0].params == {"opens": "10:00", "closes": "18:00"}
    assert [f.code for f in findings] == ["policy.overlay.loosens"] * 2
    assert pack.label == "t@1+tight+loose"


def test_a_tighter_pack_never_allows_more(tmp_path: Path) -> None:
    overlay = tmp_path / "o.yaml"
    overlay.write_text(
        '- {rule: CN-GBT-01, params: {opens: "09:00", closes: "20:00"}}\n- {rule: CN-GBT-03, params: {at_most: 1}}\n',
        encoding="utf-8",
    )
    tighter, findings = load_pack(overlays=[overlay])
    assert findings == []
    for case in CASES:
        request = parse_request(request_of(case))
        assert decide(request, PACK).allow or not decide(request, tighter).allow
