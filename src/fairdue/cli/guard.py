"""Commands of the guard."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import typer

from .io import read_jsonl, stderr, stdout, unusable, write_jsonl

REPORT_PAGE = Path("docs/reference/guard.md")


def register(app: typer.Typer) -> None:
    """Add `fairdue guard` and `fairdue guard-report`."""
    _register_report(app)

    @app.command()
    def guard(
        source: str = typer.Argument(
            ..., metavar="IN.jsonl", help="Utterances of our side: id, text, channel, party, facts."
        ),
        out: str = typer.Option("-", "-o", help="Where the findings go; - is stdout."),
        jurisdiction: str = typer.Option("CN", help="Whose labels apply; CN."),
        lang: str = typer.Option("zh", help="Language of the reasons: zh or en."),
    ) -> None:
        """Find red lines in what the collector's side says or sends."""
        from fairdue.guard import check_text

        rows = list(read_jsonl(source))
        for number, row in enumerate(rows, 1):
            if not isinstance(row.get("text"), str):
                unusable(f"{source}:{number}: text is missing or not a text; give what was said as text")
            if not isinstance(row.get("facts", {}), dict):
                unusable(f"{source}:{number}: facts is not an object; give facts as an object or leave it out")
        if jurisdiction != "CN":
            unusable(f"--jurisdiction {jurisdiction}: no labels for it; known: CN")

        def found(row: dict[str, Any]) -> dict[str, Any]:
            findings = check_text(
                row["text"], row.get("channel", "call"), row.get("party"), row.get("facts"), jurisdiction
            )
            return {"id": row.get("id"), "findings": [f.as_dict(lang) for f in findings]}

        write_jsonl(out, (found(row) for row in rows))


def _register_report(app: typer.Typer) -> None:
    @app.command("guard-report")
    def guard_report(
        split: str = typer.Option("held", help="Which part of the labelled set: held, dev or train."),
        missed: bool = typer.Option(
            False, "--missed", help="List what was missed or wrongly raised (dev and train only)."
        ),
        write: bool = typer.Option(False, "--write", help="Write the page about the held-back part."),
        page: Path = typer.Option(REPORT_PAGE, help="The page that is written."),
    ) -> None:
        """Say how well the guard does on the open labelled set: recall, precision and alarms by label."""
        from fairdue.guard.measure import measure
        from fairdue.guard.report import page as as_page
        from fairdue.guard.speech import SPEECH, SPLITS, load_speech

        if split not in SPLITS:
            unusable(f"--split {split}: there is no such part; known: {', '.join(SPLITS)}")
        if split == "held" and missed:
            unusable(
                "--missed: what is held back is not looked at row by row, or it would be tuned on; use --split dev"
            )
        rows = load_speech(SPEECH, split)
        measured = measure(rows)
        text = as_page(rows, measured)
        if write:
            if split != "held":
                unusable("--write: the page is about the held-back part; leave --split out")
            try:
                page.write_text(text, encoding="utf-8")
            except OSError as exc:
                unusable(f"{page}: {exc.strerror or exc}; run it from the repository, or name a page with --page")
            stdout.print(f"wrote {page}", markup=False)
            return
        stdout.print(text[text.index(f"{len(rows)} utterances") :], markup=False, highlight=False)
        if missed:
            said = {row.id: row.text for row in rows}
            for kind, found in (("missed", measured.missed), ("wrong", measured.wrong)):
                for name, label in found:
                    stderr.print(f"{kind} {label} {name}: {said[name]}", markup=False, highlight=False)
