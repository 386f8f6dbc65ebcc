"""Commands of the guard."""

from __future__ import annotations

from typing import Any

import typer

from .io import read_jsonl, unusable, write_jsonl


def register(app: typer.Typer) -> None:
    """Add `fairdue guard`."""

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
