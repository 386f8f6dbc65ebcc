"""Changes of the portfolio: imports, quotes, revealed personal data."""

from .imports import ImportBusyError, ImportRefusedError, import_portfolio
from .quotes import issue_quote
from .reveal import reveal

__all__ = ["ImportBusyError", "ImportRefusedError", "import_portfolio", "issue_quote", "reveal"]
