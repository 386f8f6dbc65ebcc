"""Language guard: red lines in what our side says, required disclosures, redaction of personal data."""

from .redact import redact

__all__ = ["redact"]
