"""The first lesson: figures from the ledger, a sound quiz, clean words; the commands of the room."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairdue.cli import app
from fairdue.packs import PackError
from fairdue.practice import grade, interest_table, load_lesson

QUIZ = """
code: x
title: {zh: 甲, en: A}
text: x.md
product: credit_card
principal_fen: 100
quiz: [{id: q, ask: {zh: 问, en: Q}, choices: [甲, 甲], right: 0, why: 因为, source: P1-0.1}]
"""


def test_the_figures_come_from_the_ledger() -> None:
    table = interest_table("credit_card", 1_000_000)
    for interest in ("150.00", "300.00", "450.00", "600.00"):
        assert interest in table


def test_the_lesson_has_its_sources_figures_and_questions() -> None:
    lesson = load_lesson("p1-1")
    assert "{{" not in lesson.text
    for source in ("P1-0.1", "P1-0.2", "P1-0.3", "P1-0.4", "P1-0.5", "P1-0.6", "P1-2.0"):
        assert source in lesson.text
    right = {q.id: q.right for q in lesson.quiz.questions}
    assert grade(lesson.quiz, right)[0] == 100
    assert grade(lesson.quiz, {})[0] == 0
    assert len({q.right for q in lesson.quiz.questions}) > 2


def test_an_unknown_lesson_names_the_known() -> None:
    with pytest.raises(LookupError, match="p1-1"):
        load_lesson("p9")


def test_a_quiz_with_doubled_choices_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.yaml").write_text(QUIZ, encoding="utf-8")
    (tmp_path / "x.md").write_text("文", encoding="utf-8")
    with pytest.raises(PackError, match="different choices"):
        load_lesson("x", tmp_path)


def run(*args: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["practice", *args])
    return result.exit_code, result.output


def test_the_lesson_command_shows_no_answers_and_grades(tmp_path: Path) -> None:
    code, out = run("lesson")
    assert code == 0
    assert "p1-1.opening" in out
    assert "150.00" in out
    answers = tmp_path / "a.jsonl"
    rows = [{"id": q.id, "choice": q.right} for q in load_lesson("p1-1").quiz.questions]
    answers.write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    assert run("lesson", "--answers", str(answers)) == (0, "score 100\n")


def test_exam_and_grade_go_together(tmp_path: Path) -> None:
    paper = tmp_path / "exam.jsonl"
    assert run("exam", "--seed", "4", "-o", str(paper))[0] == 0
    questions = [json.loads(line) for line in paper.read_text(encoding="utf-8").splitlines()]
    assert all(set(q) == {"id", "ask", "choices"} for q in questions)
    answers = tmp_path / "a.jsonl"
    answers.write_text("\n".join(json.dumps({"id": q["id"], "choice": None}) for q in questions), encoding="utf-8")
    code, out = run("grade", str(answers), "--seed", "4")
    assert code == 0
    assert "score 0" in out


@pytest.mark.parametrize(
    "args",
    [("lesson", "p9"), ("exam", "--size", "9999"), ("grade", "/nowhere.jsonl"), ("grade", "-", "--size", "9999")],
)
def test_unusable_input_ends_with_2(args: tuple[str, ...]) -> None:
    assert run(*args)[0] == 2


def test_the_opening_command() -> None:
    assert run("opening", "您好")[0] == 1
    good = "王先生您好,我是示例银行信用卡服务中心的,我姓张,您的账户截至今天欠24612.00元,请问是什么原因没有还?"
    assert run("opening", good) == (0, "the opening stands\n")
