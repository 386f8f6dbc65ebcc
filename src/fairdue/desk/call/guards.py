"""The language guard as the dialogue wants it, and what is checked in the words an agent really said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import get_language

from fairdue.dialogue import CallState, Guard
from fairdue.dialogue.reflexes import reflexes
from fairdue.guard import RedLine, check_text
from fairdue.playbook import RenderValues


def _in(lang: str) -> Guard:
    def guard(text: str, channel: str, party: str, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
        return [(red.label, red.why.in_(lang)) for red in check_text(text, channel, party, facts)]

    return guard


_GUARDS = {"zh": _in("zh"), "en": _in("en")}


def guard_now() -> Guard:
    """The guard with its reasons in the page's language; one object a language, so that verdicts are remembered."""
    return _GUARDS["en" if (get_language() or "zh").startswith("en") else "zh"]


def spoken_facts(state: CallState, values: RenderValues) -> dict[str, Any]:
    """The facts (labels.md) under which words spoken in this call are judged."""
    facts: dict[str, Any] = {
        "identity_verified": state.verified,
        "own_number": state.side == "customer",
        "contact_is_agency": state.agency,
    }
    if values.quote is not None:
        facts["amount_due"] = -(-values.quote.total_fen // 100)
    at_hand = {*state.heard, *state.situations}
    facts |= {fact: True for name, fact in reflexes().guard_facts.items() if name in at_hand}
    return facts | dict.fromkeys(sorted(values.proven), True)


def red_lines_in(text: str, state: CallState, values: RenderValues) -> list[RedLine]:
    """Red lines in words that were spoken to whoever is on the line."""
    return check_text(text, "call", state.side, spoken_facts(state, values))
