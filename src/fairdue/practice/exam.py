"""A seeded exam from the playbook: choose the reply that fits, spot what may never be said."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from fairdue.core.text import Text
from fairdue.playbook import Library, Line

CHOICES = 4


@dataclass(frozen=True, slots=True)
class Question:
    """One question: what is asked, the choices in shown order, the index of the right one, and why (with its source)."""

    id: str
    kind: str
    ask: Text
    choices: tuple[str, ...]
    right: int
    why: str
    source: str


@dataclass(frozen=True, slots=True)
class Exam:
    """Questions of one sitting; the same library, seed and size give the same exam."""

    seed: int
    library: str
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """The result of one question; `chosen` is None when it was left open."""

    question: str
    chosen: int | None
    right: bool


def _reply_question(line: Line, library: Library, dice: random.Random) -> Question | None:
    act = line.answers[0]
    others = [
        n.say.strip()
        for n in library.lines.values()
        if n.party == line.party and n.stage == line.stage and not set(n.answers) & set(line.answers) and n.answers
    ]
    if len(others) < CHOICES - 1:
        return None
    choices = [line.say.strip(), *dice.sample(sorted(set(others)), CHOICES - 1)]
    dice.shuffle(choices)
    name = library.acts[act].name
    ask = Text(f"客户:{name.zh}。哪一句最合适?", f"The customer: {name.en}. Which reply fits?")
    return Question(
        f"reply:{line.id}", "reply", ask, tuple(choices), choices.index(line.say.strip()), line.why, line.source
    )


def _red_question(case_id: str, library: Library, dice: random.Random) -> Question:
    case = library.redlines[case_id]
    wrong = dice.choice(case.say)
    lawful = [n.say.strip() for n in library.lines.values() if n.party == "customer"]
    choices = [wrong, *dice.sample(sorted(set(lawful)), CHOICES - 1)]
    dice.shuffle(choices)
    ask = Text("哪一句绝对不能说?", "Which of these may never be said?")
    why = f"{case.why}({'、'.join(case.breaks)};{'、'.join(case.cites)})"
    return Question(f"red:{case.id}", "red_line", ask, tuple(choices), choices.index(wrong), why, case.source)


def make_exam(library: Library, seed: int, size: int = 10) -> Exam:
    """`size` questions, about a third on red lines. Raises ValueError when the playbooks do not hold that many."""
    dice = random.Random(seed)  # noqa: S311 - an exam, not a secret
    reds = sorted(library.redlines)
    lines = sorted((n for n in library.lines.values() if n.answers), key=lambda n: n.id)
    dice.shuffle(reds)
    dice.shuffle(lines)
    questions = [_red_question(case, library, dice) for case in reds[: size // 3]]
    for line in lines:
        if len(questions) >= size:
            break
        question = _reply_question(line, library, dice)
        if question is not None:
            questions.append(question)
    if len(questions) < size:
        raise ValueError(f"the playbooks give {len(questions)} questions, {size} were asked for")
    dice.shuffle(questions)
    return Exam(seed, library.version, tuple(questions))


def grade(exam: Exam, answers: Mapping[str, int | None]) -> tuple[int, tuple[Answer, ...]]:
    """Whole percent right, and each answer; a missed red line fails the exam (0), whatever the rest."""
    results: Sequence[Answer] = [Answer(q.id, answers.get(q.id), answers.get(q.id) == q.right) for q in exam.questions]
    kinds = {q.id: q.kind for q in exam.questions}
    if any(kinds[a.question] == "red_line" and not a.right for a in results):
        return 0, tuple(results)
    return 100 * sum(a.right for a in results) // len(results), tuple(results)
