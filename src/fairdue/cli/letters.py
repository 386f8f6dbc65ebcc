"""Commands of the letters room."""

from __future__ import annotations

import json
from pathlib import Path

import typer

from .io import unusable


def register(app: typer.Typer) -> None:
    """Add `fairdue letter statement`."""
    group = typer.Typer(help="Letters and statements as PDF.", no_args_is_help=True)
    app.add_typer(group, name="letter")

    @group.callback()
    def _group() -> None:
        """Letters and statements as PDF."""

    @group.command("statement")
    def statement(
        quote: Path = typer.Argument(..., metavar="QUOTE.json", help="A quote as `fairdue quote --json` writes it."),
        out: Path = typer.Option(..., "-o", help="The PDF to write."),
        customer: str = typer.Option("", help="Name as printed."),
        institution: str = typer.Option("", help="Institution as printed."),
        hotline: str = typer.Option("", help="Number for objections."),
        channels: str = typer.Option("", help="Official ways to pay."),
        lang: str = typer.Option("zh", help="zh or en."),
    ) -> None:
        """Print every fen of a quote on one page."""
        from fairdue.ledger import Quote
        from fairdue.letters import FontMissingError, StatementFacts, render_statement

        try:
            body = Quote.from_dict(json.loads(quote.read_text(encoding="utf-8")))
        except OSError as exc:
            unusable(f"{quote}: {exc.strerror}; give an existing quote file")
        except (ValueError, KeyError, TypeError) as exc:
            unusable(f"{quote}: not a quote ({exc}); make one with: fairdue quote ACCOUNT --as-of DATE --json")
        facts = StatementFacts(customer, institution, hotline, channels, body.account_id)
        try:
            out.write_bytes(render_statement(body, facts, lang))
        except (FontMissingError, OSError) as exc:
            unusable(str(exc))
