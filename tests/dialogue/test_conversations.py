"""The packs' own conversations hold, and a conversation that does not hold says where and why."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairdue.dialogue import load_recogniser, run_conversations, sample_values
from fairdue.packs import read_yaml
from fairdue.playbook import load_library, render
from fairdue.playbook.library import shipped

LIBRARY, _ = load_library()
WRONG = read_yaml(Path(__file__).parent / "cases" / "wrong_expectations.yaml")


def test_every_conversation_of_the_packs_holds() -> None:
    outcomes = run_conversations(shipped(), LIBRARY, load_recogniser())
    assert len(outcomes) >= 20
    assert [f.line() for outcome in outcomes for f in outcome.findings] == []


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case["name"])
def test_a_wrong_expectation_is_named_with_file_and_line(case: dict, tmp_path: Path) -> None:
    folder = tmp_path / "pack"
    (folder / "tests").mkdir(parents=True)
    turns = [
        {"acts": ["identity.confirm"]},
        {"say": "first.purpose.1"},
        {"acts": case["acts"], "expect": case["expect"]},
    ]
    told = [{"name": case["name"], "stage": "first", "turns": turns}]
    (folder / "tests" / "c.yaml").write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
    [outcome] = run_conversations([folder], LIBRARY, load_recogniser())
    assert len(outcome.findings) == 1
    [finding] = outcome.findings
    assert case["says"] in finding.what.en
    assert finding.place.file == "pack/tests/c.yaml"
    assert finding.place.row


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=40))
def test_any_text_gets_probabilities_and_known_acts(text: str) -> None:
    found = load_recogniser().recognise(text)
    assert found.acts
    assert all(0 <= guess.p <= 1 for guess in found.acts)
    assert {guess.act for guess in found.acts} <= {*LIBRARY.acts, "unclear"}
    assert set(found.multi) <= set(LIBRARY.acts)


def test_sample_facts_fill_every_line() -> None:
    for line in LIBRARY.lines.values():
        rendered, findings = render(line, sample_values())
        assert findings == [], line.id
        assert rendered is not None
        assert "{" not in rendered.text
