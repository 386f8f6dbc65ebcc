"""The layers one by one: evasive spelling, excuses, conditions on facts, masked log events."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from fairdue.cli import app
from fairdue.guard import check_text, masking_processor
from fairdue.guard.context import proven
from fairdue.guard.normalise import normalise


@given(st.text(max_size=60))
def test_any_text_keeps_its_places(text: str) -> None:
    plain = normalise(text)
    assert len(plain.places) == len(plain.text)
    assert all(0 <= start < end <= len(text) for start, end in plain.places)
    for finding in check_text(text, "call", "customer"):
        assert 0 <= finding.span[0] < finding.span[1] <= len(text)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("老·赖", "老赖"), ("加我VX", "加我微信"), ("氵去院", "法院"), ("A1", "A1"), ("坐😀牢", "坐牢")],
)
def test_evasive_spelling(written: str, meant: str) -> None:
    assert normalise(written).text == meant


def test_the_span_points_at_what_was_written() -> None:
    text = "你就是个老·赖"
    (finding,) = [f for f in check_text(text, "call", "customer") if f.label == "V03"]
    assert text[slice(*finding.span)] == "老·赖"


@pytest.mark.parametrize(
    ("condition", "facts", "holds"),
    [
        ("a", {"a": True}, True),
        ("a", {}, False),
        ("!a", {"a": False}, True),
        ("!a", {}, False),
        ("n>=3 and m>2", {"n": 3, "m": 3}, True),
        ("n>3", {"n": 3}, False),
        ("n>3", {"n": True}, False),
        ("p=private", {"p": "private"}, True),
    ],
)
def test_only_a_proven_fact_counts(condition: str, facts: dict, holds: bool) -> None:
    assert proven(condition, facts) is holds


def test_a_condition_that_cannot_be_read_is_an_error() -> None:
    with pytest.raises(ValueError, match="condition"):
        proven("a <", {})


def test_odd_facts_prove_nothing() -> None:
    facts = {"local_time": "99:99", "amount_due": True, "agreed_window": "x"}
    assert check_text("您一共欠32000元", "call", "customer", facts) == []
    assert [
        f.label for f in check_text("您好", "call", "customer", {"local_time": "23:00", "agreed_window": ["x", "y"]})
    ] == ["V15"]


def test_a_log_event_is_masked_through_and_through() -> None:
    event = {"event": "call 13800001234", "rows": [{"phone": "13800001234"}], "pair": ("13800001234",), "count": 3}
    assert masking_processor(None, "info", event) == {
        "event": "call 138****1234",
        "rows": [{"phone": "138****1234"}],
        "pair": ["138****1234"],
        "count": 3,
    }


def run(tmp_path: Path, row: object, *options: str) -> tuple[int, str]:
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps(row) + "\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["guard", str(source), *options])
    return result.exit_code, result.output


def test_the_command_keeps_ids_and_findings(tmp_path: Path) -> None:
    code, out = run(tmp_path, {"id": "a", "text": "你就是个老赖", "channel": "call", "party": "customer"})
    assert code == 0
    row = json.loads(out)
    assert row["id"] == "a"
    assert row["findings"][0]["label"] == "V03"
    assert row["findings"][0]["layer"] == "pattern"


@pytest.mark.parametrize(
    ("row", "options"),
    [({"id": 1}, ()), ({"text": "x", "facts": 3}, ()), ([1], ()), ({"text": "x"}, ("--jurisdiction", "ZZ"))],
)
def test_unusable_input_ends_with_2(tmp_path: Path, row: object, options: tuple[str, ...]) -> None:
    assert run(tmp_path, row, *options)[0] == 2
