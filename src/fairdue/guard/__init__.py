"""Language guard: red lines in what our side says, and redaction of personal data."""

from .check import RedLine, check_text, load_labels
from .redact import redact

__all__ = ["RedLine", "check_text", "load_labels", "redact"]
