"""Commands of the practice room."""

from __future__ import annotations

import json

import typer

from .io import opened, read_jsonl, stdout, unusable


def register(app: typer.Typer) -> None:
    """Add `fairdue practice lesson`, `exam`, `grade` and `opening`."""
    group = typer.Typer(help="A first exam from the playbook, and the opening recital.", no_args_is_help=True)
    app.add_typer(group, name="practice")

    @group.command("lesson")
    def lesson(
        code: str = typer.Argument("p1-1", help="Code of the lesson."),
        answers: str = typer.Option(
            "", metavar="ANSWERS.jsonl", help="Grade these answers to its quiz: id and choice."
        ),
    ) -> None:
        """Read a lesson and its quiz, or grade answers to the quiz."""
        from fairdue.practice import grade, load_lesson

        try:
            read = load_lesson(code)
        except LookupError as exc:
            unusable(str(exc.args[0]))
        if answers:
            given = {str(row.get("id")): row.get("choice") for row in read_jsonl(answers)}
            stdout.print(f"score {grade(read.quiz, given)[0]}")
            return
        stdout.print(read.text, markup=False)
        for question in read.quiz.questions:
            stdout.print(f"\n{question.id}  {question.ask.zh}", markup=False)
            for number, choice in enumerate(question.choices):
                stdout.print(f"  {number}  {choice}", markup=False)

    @group.command("exam")
    def exam(
        seed: int = typer.Option(1, help="The same seed gives the same exam."),
        size: int = typer.Option(10, help="How many questions."),
        lang: str = typer.Option("zh", help="Language of the questions: zh or en."),
        out: str = typer.Option("-", "-o", help="Where the questions go, one a line; the answers are not in them."),
    ) -> None:
        """Write an exam without its answers."""
        from fairdue.playbook import load_library
        from fairdue.practice import make_exam

        try:
            paper = make_exam(load_library()[0], seed, size)
        except ValueError as exc:
            unusable(f"--size {size}: {exc}")
        with opened(out, "w") as handle:
            for q in paper.questions:
                row = {"id": q.id, "ask": q.ask.in_(lang), "choices": list(q.choices)}
                handle.write(json.dumps(row, ensure_ascii=False) + "\n")

    @group.command("grade")
    def grade_(
        answers: str = typer.Argument(..., metavar="ANSWERS.jsonl", help="One object a line: id and choice (0-based)."),
        seed: int = typer.Option(1, help="Seed of the exam."),
        size: int = typer.Option(10, help="Size of the exam."),
    ) -> None:
        """Grade answers to an exam; a missed red line fails it."""
        from fairdue.playbook import load_library
        from fairdue.practice import grade, make_exam

        try:
            paper = make_exam(load_library()[0], seed, size)
        except ValueError as exc:
            unusable(f"--size {size}: {exc}")
        given = {str(row.get("id")): row.get("choice") for row in read_jsonl(answers)}
        score, results = grade(paper, given)
        by_id = {q.id: q for q in paper.questions}
        for result in results:
            mark = "right" if result.right else "wrong"
            stdout.print(f"{mark}  {result.question}  {by_id[result.question].why}", markup=False)
        stdout.print(f"score {score}")

    @group.command("opening")
    def opening(text: str = typer.Argument(..., help="The opening as you would say it.")) -> None:
        """Say which elements of the opening are missing or out of order."""
        from fairdue.practice import ELEMENTS, missing_elements

        missing = missing_elements(text)
        for name in missing:
            stdout.print(f"missing: {ELEMENTS[name][1].zh} ({ELEMENTS[name][1].en})", markup=False)
        if missing:
            raise typer.Exit(1)
        stdout.print("the opening stands")
