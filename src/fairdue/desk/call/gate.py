"""Ask the policy pack, and keep the answer in a form that pages and the audit can read in both languages."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache
from typing import Any

from fairdue.core.findings import has_errors
from fairdue.core.text import Text
from fairdue.desk.accounts.models import Account, Customer, Line
from fairdue.desk.people.models import User
from fairdue.policy import Decision, Pack, RequestError, decide, load_pack, parse_request

from .facts import gate_request

PURPOSE_OF = {"debtor": "collect", "guarantor": "collect"}
"""What a call on a line is for when nothing else is said; every other role is asked to pass a message on."""


class UnusablePackError(RuntimeError):
    """The policy pack has errors: nothing may be allowed until it is mended."""


@lru_cache(maxsize=1)
def pack() -> Pack:
    """The policy pack of this process; raises `UnusablePackError` when it has errors (fail closed)."""
    loaded, findings = load_pack()
    if has_errors(findings):
        raise UnusablePackError("; ".join(f.line() for f in findings))
    return loaded


def purpose_of(line: Line) -> str:
    """`collect` for those who owe, `relay` for everyone else."""
    return PURPOSE_OF.get(line.role, "relay")


def ask(
    agent: User,
    customer: Customer,
    line: Line,
    *,
    at: datetime,
    account: Account | None = None,
    channel: str = "voice_human",
    mode: str = "interactive",
    purpose: str | None = None,
) -> dict[str, Any]:
    """The decision for this contact at this instant, as stored and shown: see `stored`. Takes nothing, reserves nothing.

    A request that the pack cannot read is denied, with what is missing as the reason.
    """
    raw = gate_request(
        agent,
        customer,
        line,
        account=account,
        channel=channel,
        mode=mode,
        purpose=purpose or purpose_of(line),
        at=at,
    )
    try:
        request = parse_request(raw)
    except RequestError as unusable:
        return _unusable(str(unusable))
    return stored(decide(request, pack()))


def stored(decision: Decision) -> dict[str, Any]:
    """JSON form with both languages: verdict, allow, next_lawful (ISO or None), pack, rules that did not simply pass."""
    rules = [
        {
            "id": rule.id,
            "verdict": str(rule.verdict),
            "why": rule.why.as_dict(),
            "title": rule.title.as_dict(),
            "citation": rule.citation.as_dict(),
            "counted": list(rule.counted),
            "excluded": [{"id": row, "why": why.as_dict()} for row, why in rule.excluded],
        }
        for rule in decision.rules
    ]
    return {
        "verdict": str(decision.verdict),
        "allow": decision.allow,
        "next_lawful": decision.next_lawful.isoformat() if decision.next_lawful else None,
        "pack": decision.pack,
        "rules": [rule for rule in rules if rule["verdict"] != "pass"],
        "passed": [rule["id"] for rule in rules if rule["verdict"] == "pass"],
    }


def _unusable(message: str) -> dict[str, Any]:
    why = Text(zh=f"资料不足,不能判断:{message}", en=f"Not enough is known to decide: {message}")
    title = Text(zh="资料不全,不得联系", en="What is not known is denied")
    rule = {
        "id": "desk.facts",
        "verdict": "deny",
        "why": why.as_dict(),
        "title": title.as_dict(),
        "citation": Text(zh="本系统规则", en="House rule").as_dict(),
        "counted": [],
        "excluded": [],
    }
    return {"verdict": "deny", "allow": False, "next_lawful": None, "pack": "", "rules": [rule], "passed": []}
