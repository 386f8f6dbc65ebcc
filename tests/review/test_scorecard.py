"""The scorecard is data whose weights must sum to 100; a fatal item zeroes the call."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairdue.cli import app
from fairdue.packs import PackError
from fairdue.review import load_scorecard, review_call, score
from fairdue.review.when import find_amount

CALL = {
    "id": "s1",
    "start_local": "2026-03-02T10:15:00",
    "turns": [
        {"role": "agent", "start": 0, "end": 6, "text": "您好,请问是王先生本人吗?"},
        {"role": "customer", "start": 6, "end": 7, "text": "是我"},
        {"role": "agent", "start": 7, "end": 20, "text": "我是示例银行的,我姓张,通话会录音。"},
        {"role": "customer", "start": 20, "end": 24, "text": "我请了律师,以后跟我律师谈"},
        {"role": "agent", "start": 24, "end": 30, "text": "今天必须还清。"},
    ],
}


def test_the_weights_sum_to_100() -> None:
    items = load_scorecard()
    assert sum(item.weight for item in items) == 100
    assert score(items, frozenset()) == 100
    assert score(items, frozenset({"recording"})) == 90
    assert score(items, frozenset({"language"})) == 0


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("items: [{code: closing, weight: 99, fatal: false, zh: 甲, en: A}]", "99"),
        ("items: [{code: charm, weight: 100, fatal: false, zh: 甲, en: A}]", "charm"),
    ],
)
def test_a_bad_scorecard_is_refused(tmp_path: Path, text: str, word: str) -> None:
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(PackError, match=word):
        load_scorecard(tmp_path / "s.yaml")


def test_pressing_on_after_a_lawyer_was_named_is_a_breach() -> None:
    verdict = review_call(CALL)
    assert [(turn, f.label) for turn, f in verdict.violations] == [(4, "V25")]
    assert verdict.band == "poor"
    assert verdict.score < 100


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("尾号0001的账户应还5412元", 541_200),
        ("两千五百", 250_000),
        ("三百五十块", 35_000),
        ("一千零五十元", 105_000),
        ("1.2万", 1_200_000),
        ("24,612.00元", 2_461_200),
        ("十天之内", None),
    ],
)
def test_amounts_as_spoken(text: str, fen: int | None) -> None:
    assert find_amount(text) == fen


def test_the_command(tmp_path: Path) -> None:
    (tmp_path / "c.json").write_text(json.dumps(CALL), encoding="utf-8")
    result = CliRunner().invoke(app, ["review", str(tmp_path / "c.json")])
    assert result.exit_code == 0
    assert json.loads(result.output)["id"] == "s1"


@pytest.mark.parametrize("text", ["{", "[]", "{}", None])
def test_unusable_calls_end_with_2(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / "c.json").write_text(text, encoding="utf-8")
    result = CliRunner().invoke(app, ["review", str(tmp_path / "c.json")])
    assert result.exit_code == 2
    assert "c.json" in result.output
