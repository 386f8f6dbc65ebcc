"""The packs' own conversations hold, and a conversation that does not hold says where and why."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairdue.dialogue import load_recogniser, run_conversations, sample_values
from fairdue.guard import check_text
from fairdue.packs import read_yaml
from fairdue.playbook import PackSource, load_library, load_sources, render

CASES = Path(__file__).parent / "cases"
LIBRARY, _ = load_library()
PACK = PackSource.folder(CASES / "guide-pack")
WRONG = read_yaml(CASES / "wrong_expectations.yaml")


def guard(text: str, channel: str, party: str, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(red.label, red.why.zh) for red in check_text(text, channel, party, facts)]


def one_line(text: str, channel: str, party: str, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """A guard that objects to one line of the pack."""
    return [("V03", "试")] if text == "您说,我听着。" else []


def play(told: Any, **how: Any) -> list[str]:
    """What is found wrong with conversations told as JSON, which is YAML, in the pack's own tests folder."""
    source = PackSource("guide-pack", {**PACK.files, "tests/c.yaml": json.dumps(told, ensure_ascii=False, indent=0)})
    library, problems = load_sources([source])
    assert problems == []
    outcomes = run_conversations(library, load_recogniser(), **how)
    findings = [f for outcome in outcomes for f in outcome.findings]
    assert all(f.place.file == "guide-pack/tests/c.yaml" and f.place.row for f in findings)
    return [f.what.en for f in findings]


def test_every_conversation_of_the_packs_holds() -> None:
    outcomes = run_conversations(LIBRARY, load_recogniser(), guard=guard)
    assert len(outcomes) >= 60
    assert {outcome.pack for outcome in outcomes} >= {name for name, pack in LIBRARY.packs.items() if pack.calls}
    assert [f.line() for outcome in outcomes for f in outcome.findings] == []


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case["name"])
def test_a_wrong_expectation_is_named_with_file_and_line(case: dict) -> None:
    turns = [
        {"acts": ["identity.confirm"]},
        {"say": "purpose"},
        {"acts": case["acts"], "expect": case["expect"]},
    ]
    found = play([{"name": case["name"], "stage": "first", "turns": turns}], guard=one_line)
    assert len(found) >= 1
    assert case["says"] in found[0]


def test_a_conversation_can_set_everything_that_a_call_has() -> None:
    told = {
        "name": "all keys",
        "stage": "repeat",
        "product": "cash_loan",
        "agency": True,
        "broken_promises": 2,
        "types": ["stalling"],
        "situations": ["hardship"],
        "turns": [
            {"acts": ["identity.confirm"], "expect": {"strategy": True, "situation": "hardship", "must": "recording"}},
            {"say": "purpose.again"},
            {"acts": ["stall.broken_excuse"], "expect": {"offers_any": ["broken.listen"], "held": "broken.next"}},
        ],
    }
    assert play([told]) == []


def test_what_is_heard_goes_through_the_recogniser() -> None:
    turns = [{"hear": "你打错了,没有这个人", "expect": {"mode": "wrong", "offers": ["wrong"]}}]
    assert play([{"name": "heard", "stage": "first", "turns": turns}]) == []


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"name": "x", "turns": []}, "needs name, stage and turns"),
        ({"name": "x", "stage": "later", "turns": [{}]}, "no such stage or situation"),
        ({"name": "x", "stage": "first", "situations": ["lottery"], "turns": [{}]}, "no such stage or situation"),
        ({"name": "x", "stage": "first", "turns": [{"say": "nothing"}]}, "no such line or act"),
        ({"name": "x", "stage": "first", "turn": 1, "turns": [{}]}, "unknown key turn"),
        ({"name": "x", "stage": "first", "turns": [{"says": "verify"}]}, "unknown key says"),
    ],
)
def test_a_conversation_that_cannot_be_played_says_why(told: dict, says: str) -> None:
    assert any(says in what for what in play([told]))


def test_red_lines_are_told_when_no_guard_is_there_to_judge() -> None:
    turns = [{"acts": ["identity.confirm"], "expect": {"redline_free": True}}]
    assert "none was given" in play([{"name": "x", "stage": "first", "turns": turns}])[0]


def test_conversations_of_some_packs_only() -> None:
    some = run_conversations(LIBRARY, load_recogniser(), packs={"p08-reminder"})
    assert {outcome.pack for outcome in some} == {"p08-reminder"}


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40))
def test_any_text_gets_probabilities_and_known_acts(text: str) -> None:
    found = load_recogniser().recognise(text)
    assert found.acts
    assert all(0 <= guess.p <= 1 for guess in found.acts)
    assert {guess.act for guess in found.acts} <= {*LIBRARY.acts, "unclear"}
    assert set(found.multi) <= set(LIBRARY.acts)


@pytest.mark.parametrize("agency", [None, True, False])
def test_sample_facts_fill_what_such_a_caller_may_say(agency: bool | None) -> None:
    values = sample_values("telecom", agency)
    assert values.product == "通信账单"
    if agency is None:
        assert all(render(line, values)[0] is not None for line in LIBRARY.lines.values())
    else:
        assert bool(values.agency) == agency
        assert ("in_house" in values.proven) != agency
    assert sample_values("something new").product == "信用卡"
