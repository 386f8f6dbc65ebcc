"""Names of stages, from the phase packs."""

from __future__ import annotations

from functools import lru_cache

from fairdue.core.text import Text
from fairdue.portfolio.night import load_stage_names


@lru_cache(maxsize=1)
def _names() -> dict[str, Text]:
    return load_stage_names()


def stage_name(code: str) -> Text:
    """The stage's name in both languages; an unknown code shows itself, so that it can be found."""
    return _names().get(code, Text(code, code))
