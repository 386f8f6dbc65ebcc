"""Documents set with Typst: the account statement (对账单) from a quote. The first of the letters."""

from .statement import FontMissingError, StatementFacts, render_statement

__all__ = ["FontMissingError", "StatementFacts", "render_statement"]
