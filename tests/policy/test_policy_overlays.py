"""A lender's, product's or agency's overlay may only tighten, and its source stays cited beside the law's."""

from __future__ import annotations

from pathlib import Path

import pytest
from gate_requests import calls, request, with_value
from small_packs import CAP, HOURS, overlay, small_pack

from fairdue.policy import decide, load_pack, parse_request

TALKS = ({"talk": 30}, {"talk": 60})


def test_a_tighter_value_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    folder = small_pack(tmp_path, HOURS % "")
    tight = overlay(tmp_path, '- {rule: X-1, params: {opens: "10:00"}}\n', "tight")
    pack, findings = load_pack(folder, overlays=[tight])
    assert findings == []
    assert pack.rules[0].params == {"opens": "10:00", "closes": "18:00"}
    assert pack.label == "t@1+tight"
    assert "tight" in pack.rules[0].citation.en


@pytest.mark.parametrize(
    "row",
    [
        '{rule: X-1, params: {closes: "21:00"}}',
        '{rule: X-9, params: {opens: "10:00"}}',
        '{rule: X-1, params: {opens: "soon"}}',
        '{rule: X-1, params: {opens: "18:00"}}',
        "{rule: X-2, params: {at_most: 5}}",
        "{rule: X-2, params: {of: unanswered}}",
        "{rule: X-2, params: {effective_seconds: 60}}",
    ],
)
def test_what_would_allow_more_is_refused(tmp_path: Path, row: str) -> None:
    folder = small_pack(tmp_path, HOURS % "" + CAP)
    before, _none = load_pack(folder)
    pack, findings = load_pack(folder, overlays=[overlay(tmp_path, f"- {row}\n")])
    assert [finding.code for finding in findings] == ["policy.overlay.loosens"]
    assert pack.rules == before.rules
    assert "o.yaml:1" in findings[0].line()


def test_where_the_rule_allows_agreement_a_proof_opens_it(tmp_path: Path) -> None:
    folder = small_pack(tmp_path, CAP)
    agreed = overlay(tmp_path, "- {rule: X-2, params: {at_most: 5}, proof: 合同第 8.2 条}\n")
    pack, findings = load_pack(folder, overlays=[agreed])
    assert findings == []
    assert pack.rules[0].params["at_most"] == 5
    assert "合同第 8.2 条" in pack.rules[0].citation.zh


def test_an_overlay_for_one_product_leaves_the_others_alone(tmp_path: Path) -> None:
    folder = small_pack(tmp_path, CAP)
    text = "name: card\nscope: {product: [credit_card]}\nrules:\n  - {rule: X-2, params: {at_most: 2}}\n"
    pack, findings = load_pack(folder, overlays=[overlay(tmp_path, text)])
    assert findings == []
    card = calls(request(), *TALKS)
    loan = with_value(card, "debt.product", "cash_loan")
    assert not decide(parse_request(card), pack).allow
    assert decide(parse_request(loan), pack).allow


def test_an_overlay_begins_on_its_day(tmp_path: Path) -> None:
    folder = small_pack(tmp_path, CAP)
    text = "name: june\neffective: {from: 2026-06-01}\nrules:\n  - {rule: X-2, params: {at_most: 2}}\n"
    pack, _findings = load_pack(folder, overlays=[overlay(tmp_path, text)])
    march = calls(request(), *TALKS)
    june = calls(request(at="2026-06-01T10:15:00+08:00"), *TALKS)
    assert decide(parse_request(march), pack).allow
    assert not decide(parse_request(june), pack).allow


def test_an_overlay_ends_on_its_day(tmp_path: Path) -> None:
    folder = small_pack(tmp_path, CAP)
    text = "name: m\neffective: {from: 2026-03-01, to: 2026-03-31}\nrules:\n  - {rule: X-2, params: {at_most: 2}}\n"
    pack, _findings = load_pack(folder, overlays=[overlay(tmp_path, text)])
    march = calls(request(), *TALKS)
    june = calls(request(at="2026-06-01T10:15:00+08:00"), *TALKS)
    assert not decide(parse_request(march), pack).allow
    assert decide(parse_request(june), pack).allow


def test_an_overlay_may_add_a_rule(tmp_path: Path) -> None:
    folder = small_pack(tmp_path, CAP)
    added = (HOURS % "").replace("X-1", "FD-BANK").replace("\n", "\n  ").replace("- id", "  - id").rstrip()
    pack, findings = load_pack(folder, overlays=[overlay(tmp_path, "name: bank\nadd:\n" + added + "\n")])
    assert findings == []
    early = request(at="2026-03-02T08:30:00+08:00")
    assert {r.id for r in decide(parse_request(early), pack).rules if r.verdict == "deny"} == {"FD-BANK"}


@pytest.mark.parametrize("text", ["colour: red\n", "- 3\n", "rules: [{rule: X-2}]\n", "- [\n"])
def test_an_overlay_that_cannot_be_read_changes_nothing(tmp_path: Path, text: str) -> None:
    folder = small_pack(tmp_path, CAP)
    pack, findings = load_pack(folder, overlays=[overlay(tmp_path, text)])
    assert {finding.code for finding in findings} <= {"policy.field", "policy.file"}
    assert findings
    assert pack.rules[0].params["at_most"] == 3
