"""What may stand on a screen that somebody else may look at: nothing that tells of a debt, in either language."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from fairdue.core.text import Text
from fairdue.dialogue import CrisisProtocol
from fairdue.dialogue.reflexes import reflexes
from fairdue.playbook import Hint

_ENGLISH = re.compile(
    r"\b(debt|owe|overdue|repay|loan|interest|penalt|instalment|credit|card|money|arrears|late|quote|collect|pay)",
    re.IGNORECASE,
)

PLAIN_NAMES = {
    "third_party.probe": Text("打听是什么事", "asks what it is about"),
    "third_party.offer_pay": Text("愿意帮忙", "offers to help out"),
}
"""Names of acts that do not give the matter away."""


def tells(*texts: Text | str) -> bool:
    """True when one of the texts would tell a bystander of a debt."""
    for text in texts:
        zh, en = (text.zh, text.en) if isinstance(text, Text) else (text, text)
        if reflexes().debt_words.search(zh) or _ENGLISH.search(en):
            return True
    return False


def quiet_hints(hints: Iterable[Hint]) -> list[Hint]:
    """Hints that say nothing of the matter, neither in their words nor in their reason."""
    return [hint for hint in hints if not tells(hint.say.text, hint.why)]


def quiet_protocol(protocol: CrisisProtocol) -> CrisisProtocol:
    """The crisis protocol for a screen that others may see: every step that names no debt even to forbid it."""
    return replace(
        protocol,
        steps=tuple(step for step in protocol.steps if not tells(step.do, step.why)),
        never=tuple(text for text in protocol.never if not tells(text)),
    )
