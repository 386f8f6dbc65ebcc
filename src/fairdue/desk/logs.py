"""Log lines pass the redactor before they are written: personal data never reaches a log."""

from __future__ import annotations

import logging

from fairdue.guard import redact


class MaskedFormatter(logging.Formatter):
    """The usual format with personal data masked, also inside tracebacks."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))
