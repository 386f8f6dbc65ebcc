"""Lessons from packs/courses: text in Markdown, a quiz beside it, figures computed by the ledger when it is read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from fairdue.core.money import format_plain
from fairdue.core.text import Text
from fairdue.ledger import AccountFacts, DueItem, load_products, replay
from fairdue.packs import PACKS, PackError, line_of, pack_files, read_yaml

from .exam import Exam, Question

COURSES = PACKS / "courses"
PERIOD_DAYS = 30
START = date(2026, 1, 1)


@dataclass(frozen=True, slots=True)
class Lesson:
    """One lesson: `text` is Markdown with figures filled in, `quiz` an exam whose questions stand in file order."""

    code: str
    title: Text
    text: str
    quiz: Exam


def interest_table(product: str, principal_fen: int) -> str:
    """Interest on a principal (fen) over one to four cycles of thirty days, as a Markdown table; from the ledger."""
    known = load_products()[0][product]
    facts = AccountFacts("lesson", product, "bank", (DueItem(1, START, principal_fen),))
    rows = ["| 期数 | 天数 | 利息(元) |", "|---|---|---|"]
    for cycle in range(1, 5):
        days = cycle * PERIOD_DAYS
        position, _findings = replay(facts, [], known, START + timedelta(days=days))
        rows.append(f"| {cycle} | {days} | {format_plain(position.interest_fen)} |")
    return "\n".join(rows)


def _question(row: Any, path: Path) -> Question:
    choices = tuple(row["choices"])
    if len(set(choices)) != len(choices) or not 0 <= row["right"] < len(choices) or not row["why"] or not row["source"]:
        where = line_of(row)
        message = f"{path}:{where}: {row['id']} needs different choices, one right index, a reason and a source"
        raise PackError(message, path, where)
    return Question(row["id"], "lesson", Text.from_dict(row["ask"]), choices, row["right"], row["why"], row["source"])


def load_lesson(code: str, folder: Path = COURSES) -> Lesson:
    """The lesson with this code. Raises `LookupError` naming the known codes, `PackError` for a quiz that is not sound."""
    known: list[str] = []
    for path in pack_files(folder):
        raw = read_yaml(path)
        known.append(raw["code"])
        if raw["code"] != code:
            continue
        text = (path.parent / raw["text"]).read_text(encoding="utf-8")
        text = text.replace("{{interest_table}}", interest_table(raw["product"], raw["principal_fen"]))
        quiz = Exam(0, code, tuple(_question(row, path) for row in raw["quiz"]))
        return Lesson(code, Text.from_dict(raw["title"]), text, quiz)
    raise LookupError(f"no lesson {code!r}; known: {', '.join(known)}")
