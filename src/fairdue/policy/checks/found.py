"""What a check finds."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from fairdue.core.text import Text

from ..moment import Moment
from ..request import Request


class Found(NamedTuple):
    """What a check found; see the package."""

    broken: bool
    why: Text
    event: bool = False
    counted: tuple[str, ...] = ()
    excluded: tuple[tuple[str, Text], ...] = ()


Check = Callable[[Request, Moment], Found | None]


class ParamError(ValueError):
    """A rule's parameter has an unusable value; the message says what is expected."""


def kept(zh: str, en: str) -> Found:
    """A constant answer of a rule that is kept."""
    return Found(False, Text(zh, en))


def broken(zh: str, en: str) -> Found:
    """A constant answer of a rule that is broken until something happens."""
    return Found(True, Text(zh, en), event=True)


def missing(zh: str, en: str) -> Found:
    """A fact that the rule needs is not known."""
    return broken(f"缺少{zh}，无法证明可以联系。", f"Without {en} the contact cannot be shown to be lawful.")
