"""The exam is fair: seeded, one right answer, no leak; a missed red line fails."""

from __future__ import annotations

import pytest

from fairdue.playbook import Library, load_library
from fairdue.practice import grade, make_exam, missing_elements

LIBRARY, _ = load_library()


@pytest.mark.parametrize("seed", range(20))
def test_every_question_has_one_right_answer_among_four(seed: int) -> None:
    exam = make_exam(LIBRARY, seed)
    assert len(exam.questions) == len({q.id for q in exam.questions}) == 10
    for question in exam.questions:
        assert len(set(question.choices)) == 4
        assert 0 <= question.right < 4
        assert question.why
        assert question.source
    assert sum(q.kind == "red_line" for q in exam.questions) == 3


def test_the_same_seed_gives_the_same_exam_and_another_another() -> None:
    assert make_exam(LIBRARY, 7) == make_exam(LIBRARY, 7)
    assert make_exam(LIBRARY, 7).questions != make_exam(LIBRARY, 8).questions


def test_grading() -> None:
    exam = make_exam(LIBRARY, 3)
    right = {q.id: q.right for q in exam.questions}
    assert grade(exam, right)[0] == 100
    reply = next(q for q in exam.questions if q.kind == "reply")
    assert grade(exam, {**right, reply.id: None})[0] == 90
    red = next(q for q in exam.questions if q.kind == "red_line")
    assert grade(exam, {**right, red.id: (red.right + 1) % 4})[0] == 0


def test_too_small_a_playbook_says_so() -> None:
    with pytest.raises(ValueError, match="questions"):
        make_exam(Library({}, {}, {}, {}, {}, {}), 1)
    with pytest.raises(ValueError, match="asked for"):
        make_exam(LIBRARY, 1, size=10_000)


def test_the_opening_by_elements() -> None:
    good = "王先生您好,我是示例银行信用卡服务中心的,我姓张,您的账户截至今天欠24612.00元,请问是什么原因没有还?"
    assert missing_elements(good) == []
    assert missing_elements("您好,欠钱为什么不还") == ["institution", "department", "surname", "purpose", "amount"]
