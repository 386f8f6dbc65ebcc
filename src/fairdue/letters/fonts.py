"""Is there a font with Chinese characters? Without one a document would show boxes, so none is made."""

from __future__ import annotations

import typst

FAMILIES = ("noto sans cjk", "wenquanyi", "noto sans sc", "source han sans")


class FontMissingError(RuntimeError):
    """No Chinese font was found; the message names the Debian package to install."""


def has_font() -> bool:
    """True when one of the families that the templates name is installed."""
    return any(name in family.lower() for family in typst.Fonts().families() for name in FAMILIES)


def require_font() -> None:
    """Raise `FontMissingError` when Chinese could not be set."""
    if not has_font():
        raise FontMissingError("no Chinese font found; install fonts-noto-cjk (or fonts-wqy-microhei) and try again")
