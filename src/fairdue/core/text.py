"""One sentence in Chinese and English.

Everything that a person may read out of a domain package (a gate's reason, a finding, a quote line) is a `Text`, so
that the page, the API and the CLI pick the language at the last moment and none of them translates by itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Lang = Literal["zh", "en"]


@dataclass(frozen=True, slots=True)
class Text:
    """A sentence in `zh` and `en`; both are required, because a missing one would show as a hole on a page."""

    zh: str
    en: str

    def in_(self, lang: str) -> str:
        """The sentence in `lang`: anything starting with "en" gives English, all else Chinese (the default)."""
        return self.en if lang.lower().startswith("en") else self.zh

    def as_dict(self) -> dict[str, str]:
        """`{"zh": …, "en": …}`, the form in which a text is stored and sent."""
        return {"zh": self.zh, "en": self.en}

    @classmethod
    def from_dict(cls, raw: dict[str, str]) -> Text:
        """Inverse of `as_dict`."""
        return cls(zh=raw["zh"], en=raw["en"])

    def __str__(self) -> str:
        return self.zh
