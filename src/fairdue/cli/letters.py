"""Commands of the letters room."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from .io import unusable


def register(app: typer.Typer) -> None:
    """Add `fairdue letter statement` and `reminder`."""
    group = typer.Typer(help="Letters and statements as PDF.", no_args_is_help=True)
    app.add_typer(group, name="letter")

    @group.callback()
    def _group() -> None:
        """Letters and statements as PDF."""

    def written(kind: str, quote: Path, out: Path, names: dict[str, str], lang: str) -> None:
        from fairdue.ledger import Quote
        from fairdue.letters import FontMissingError, LetterError, StatementFacts, render_reminder, render_statement

        try:
            body = Quote.from_dict(json.loads(quote.read_text(encoding="utf-8")))
        except OSError as exc:
            unusable(f"{quote}: {exc.strerror}; give an existing quote file")
        except (ValueError, KeyError, TypeError) as exc:
            unusable(f"{quote}: not a quote ({exc}); make one with: fairdue quote ACCOUNT --as-of DATE --json")
        facts = StatementFacts(account_shown=body.account_id, **names)
        render = render_reminder if kind == "reminder" else render_statement
        try:
            out.write_bytes(render(body, facts, lang))
        except (FontMissingError, LetterError, OSError) as exc:
            unusable(str(exc))

    def command(kind: str, says: str) -> None:
        @group.command(kind, help=says)
        def run(
            quote: Path = typer.Argument(
                ..., metavar="QUOTE.json", help="A quote as `fairdue quote --json` writes it."
            ),
            out: Path = typer.Option(..., "-o", help="The PDF to write."),
            customer: str = typer.Option("", help="Name as printed."),
            institution: str = typer.Option("", help="Institution as printed."),
            hotline: str = typer.Option("", help="Number for objections."),
            channels: str = typer.Option("", help="Official ways to pay."),
            lang: str = typer.Option("zh", help="zh or en."),
        ) -> None:
            names = {"customer": customer, "institution": institution, "hotline": hotline, "channels": channels}
            written(kind, quote, out, names, lang)

    command("statement", "Print every fen of a quote on one page.")
    command("reminder", "Print a reminder letter with every field that the law requires.")
