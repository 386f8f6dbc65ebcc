"""The guard and the sample facts with which a line is tried out before anybody says it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from fairdue.dialogue import sample_values
from fairdue.guard import RedLine, check_text
from fairdue.playbook import Line, RenderValues
from fairdue.playbook.lint import guard_facts

WITHOUT: dict[str, dict[str, Any]] = {
    "quote": {"quote": None},
    "account": {"card_tail": "", "due_day": None},
    "debt": {"product": ""},
    "plan": {"plan": "", "plan_first_fen": 0, "plan_first_day": None},
    "promise": {"last_promise": ""},
    "debit": {"debit_bank": "", "debit_tail": "", "debit_fen": 0, "debit_time": ""},
    "service": {"service_number": "", "service_months": "", "service_stops": None},
    "outlet": {"outlet": "", "outlet_hours": ""},
    "next_step": {"next_step": ""},
    "case": {"case_days": 0},
    "agency": {"agency": ""},
}
"""What is emptied when a fact is missing."""


def verdicts(text: str, channel: str, party: str, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The guard in the form that the linter and the guidance take: label and why of each red line."""
    return [(red.label, red.why.zh) for red in check_text(text, channel, party, facts)]


def red_lines(line: Line, text: str) -> list[RedLine]:
    """What the guard says about the line's words."""
    return check_text(text, line.channels[0] if line.channels else "call", line.party, guard_facts(line))


def sample(missing: Sequence[str] = ()) -> RenderValues:
    """Made-up facts of a customer; those in `missing` are not known."""
    values = sample_values()
    emptied = {key: value for need in missing for key, value in WITHOUT.get(need, {}).items()}
    return replace(values, **emptied, proven=values.proven - set(missing))
