"""Words as they may be stored: one line, no control characters, at most so long."""

from __future__ import annotations

import re

LONGEST = 2000
_CONTROL = re.compile(r"[\x00-\x1f\x7f\ud800-\udfff]+")


def plain(text: str, longest: int = LONGEST) -> str:
    """The text on one line without control characters and broken surrogates, which databases refuse."""
    return _CONTROL.sub(" ", text).strip()[:longest]
