"""Changes of the portfolio: imports, quotes, revealed personal data."""

from .imports import ImportBusyError, ImportRefusedError, import_portfolio
from .quotes import NoQuoteError, issue_quote
from .reveal import RevealRefusedError, reveal

__all__ = [
    "ImportBusyError",
    "ImportRefusedError",
    "NoQuoteError",
    "RevealRefusedError",
    "import_portfolio",
    "issue_quote",
    "reveal",
]
