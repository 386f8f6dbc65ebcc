"""Ask the policy pack, and keep the answer in a form that pages and the audit can read in both languages."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from fairdue.core.text import Text
from fairdue.desk.accounts.models import Account, Customer, Line
from fairdue.desk.people.models import User
from fairdue.desk.policies.selectors import current_pack
from fairdue.policy import Decision, Pack, RequestError, RuleResult, decide, parse_request

from . import reading
from .facts import gate_request
from .reading import Past, Subject

PURPOSE_OF = {"debtor": "collect", "guarantor": "collect"}
"""What a call on a line is for when nothing else is said; every other role is asked to pass a message on."""


def pack() -> Pack:
    """The pack that holds now: the one that ships with the changes that compliance approved. Raises `UnusablePackError`
    when it has errors (fail closed)."""
    return current_pack()


def purpose_of(role: str) -> str:
    """`collect` for those who owe, `relay` for everyone else; `role` is that of the line."""
    return PURPOSE_OF.get(role, "relay")


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

    Reads customer and line as the database has them. A request that the pack cannot read is denied, with what is missing
    as the reason.
    """
    found = reading.subject(line.pk, account_id=account.pk if account else None)
    if found is None or found.customer_id != customer.pk:
        return _unusable("line")
    return answer(agent, found, reading.history(found, at), at=at, channel=channel, mode=mode, purpose=purpose)


def answer(
    agent: User,
    subject: Subject,
    past: Iterable[Past],
    *,
    at: datetime,
    channel: str,
    mode: str,
    purpose: str | None = None,
) -> dict[str, Any]:
    """The decision on what was read already, in the form of `stored`; no database."""
    wanted = purpose or purpose_of(subject.role)
    raw = gate_request(agent, subject, past, channel=channel, mode=mode, purpose=wanted, at=at.astimezone(UTC))
    try:
        request = parse_request(raw)
    except RequestError as unusable:
        return _unusable(str(unusable))
    return {**stored(decide(request, pack())), "facts": _facts(raw)}


def stored(decision: Decision) -> dict[str, Any]:
    """JSON form with both languages: verdict, allow, next_lawful (ISO or None), pack, rules that did not simply pass."""
    return {
        "verdict": str(decision.verdict),
        "allow": decision.allow,
        "next_lawful": decision.next_lawful.isoformat() if decision.next_lawful else None,
        "pack": decision.pack,
        "rules": [_spoken(rule) for rule in decision.rules if rule.verdict != "pass"],
        "passed": [rule.id for rule in decision.rules if rule.verdict == "pass"],
    }


def _spoken(rule: RuleResult) -> dict[str, Any]:
    return {
        "id": rule.id,
        "verdict": str(rule.verdict),
        "why": rule.why.as_dict(),
        "title": rule.title.as_dict(),
        "citation": rule.citation.as_dict(),
        "counted": list(rule.counted),
        "excluded": [{"id": row, "why": why.as_dict()} for row, why in rule.excluded],
    }


def _facts(raw: dict[str, Any]) -> dict[str, Any]:
    """What the decision rested on, kept beside it: customer, line and agency may look otherwise when somebody asks. No names,
    no numbers."""
    party, line, debtor, debt = raw["party"], raw["line"], raw["debtor"], raw.get("debt") or {}
    return {
        "zones": party.get("tz", []),
        "role": party["role"],
        "purpose": raw["purpose"],
        "consents": party["consents"],
        "evidence": party["evidence"],
        "agreed_hours": party["agreed_hours"],
        "inconvenient": party["inconvenient"],
        "opt_outs": party["opt_outs"],
        "line": {"kind": line["kind"], "source": line.get("source"), "valid": line["valid"]},
        "status": debtor["status"],
        "lender_type": debtor.get("lender_type"),
        "product": debt.get("product"),
        "dpd": debt.get("dpd"),
        "agency": raw["agency"],
        "certificates": raw["agent"]["certificates"],
        "holds": raw["holds"],
    }


def _unusable(message: str) -> dict[str, Any]:
    why = Text(zh=f"资料不足，不能判断：{message}", en=f"Not enough is known to decide: {message}")
    title = Text(zh="资料不全，不得联系", en="What is not known is denied")
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
