"""What the gate must know about one intended contact, in the form of formats.md, "Ask the gate".

A field that is not known is left out, so that the pack denies and says what is missing. An open permit stands in the
history as a contact that may be happening right now (`reserved`).
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import F

from fairdue.core.dates import add_months, days_past_due, local_day
from fairdue.desk import sql
from fairdue.desk.accounts.models import Account, AccountStatus, Customer, Line
from fairdue.desk.people.models import User
from fairdue.desk.preferences.rules import Wish, effective
from fairdue.policy.agency import AgencyFacts, PlacementFacts, request_part

from .reading import Past, Subject

LIMITATION_MONTHS = 36
"""Civil Code Art. 188: three years from the due date, when the feed does not say when it ends."""
_KINDS = {"contact": 0, "past": 1, "permit": 2}


def main_account(customer: Customer) -> Account | None:
    """The open account that a call is first about: the one longest overdue, then the largest."""
    accounts = customer.accounts.filter(status=AccountStatus.OPEN)
    return accounts.order_by(F("due_date").asc(nulls_last=True), "-due_fen", "pk").first()


def number_key(line: Line) -> str:
    """The number itself, whoever's line it is: the same number on two customers' files counts as one."""
    return _key(line.value_index)


def _key(index: str) -> str:
    return f"n{index[:24]}"


def zones_of(subject: Subject) -> list[str]:
    """Every plausible zone of who may answer: for the customer's own lines the customer's and the line's; for a contact
    person only what is known of that line."""
    if subject.role == "debtor":
        return sorted({*subject.customer_zones, *subject.line_zones})
    return sorted(set(subject.line_zones))


def gate_request(
    agent: User, subject: Subject, past: Iterable[Past], *, channel: str, mode: str, purpose: str, at: datetime
) -> dict[str, Any]:
    """One request in the shape of formats.md from what was read. A plain function: no database."""
    zones = zones_of(subject)
    own = subject.role == "debtor"
    rows = list(past)
    now = effective(
        consents=subject.consents,
        agreed_hours=subject.agreed_hours if own else None,
        inconvenient=subject.inconvenient if own else (),
        wishes=[
            Wish(row.channel, row.mode, row.value_index, row.account_number, row.until)
            for row in rows
            if row.kind == "wish"
        ],
        day=max((local_day(at, zone) for zone in zones), default=at.date()),
        line=subject.value_index,
        account=subject.account_number,
    )
    today = local_day(at, zones[0]) if zones else at.date()
    unproven = subject.role == "guarantor" and "guarantee_contract" not in now["evidence"]
    request: dict[str, Any] = {
        "id": f"{subject.debtor_id}/{subject.line_id}",
        "jurisdiction": "CN",
        "at": at.isoformat(),
        "channel": channel,
        "mode": mode,
        "purpose": purpose,
        "party": {
            "role": "stranger" if unproven else subject.role,
            "refused": bool(subject.refused),
            "consents": now["consents"],
            "evidence": now["evidence"],
            "agreed_hours": now["agreed_hours"],
            "inconvenient": now["inconvenient"],
            "opt_outs": sorted({*(subject.opt_outs if own else ()), *subject.line_opt_outs}),
        },
        "line": {
            "id": _key(subject.value_index),
            "kind": subject.line_kind,
            "valid": bool(subject.valid),
            "employer_prohibits": bool(subject.employer_prohibits),
        },
        "debtor": {"id": subject.debtor_id, "status": subject.status},
        "agent": {"id": agent.get_username(), "certificates": list(agent.certificates)},
        "holds": sorted({row.channel for row in rows if row.kind == "hold"}),
        "visit": None,
        "agency": _agency(agent, subject, today),
        "history": history(rows, subject, at),
    }
    if zones:
        request["party"]["tz"] = zones
    if subject.source:
        request["line"]["source"] = subject.source
    if subject.account_id is not None:
        request["debtor"]["lender_type"] = subject.lender_type
        request["debt"] = _debt(subject, today)
    return request


def _agency(agent: User, subject: Subject, day: date) -> dict[str, Any] | None:
    """The agency that calls, on this placement; for the lender's own staff the one that the debt is placed with, if any.

    A notice that is dated after `day` has not been sent yet, whatever the feed says.
    """
    own = agent.agency if agent.agency_id is not None else None
    caller = AgencyFacts(own.code, own.listed, own.contract_until, own.contract_from) if own else None
    placed = None
    if subject.agency_code is not None:
        listed, until, start = bool(subject.agency_listed), subject.contract_until, subject.contract_from
        placed = AgencyFacts(subject.agency_code, listed, until, start)
    notice_on = subject.placement_notice_on
    told = bool(subject.placement_notice_sent) and (notice_on is None or notice_on <= day)
    window = PlacementFacts(None, subject.placed_on, subject.closing_on, told, notice_on)
    return request_part(caller, placed, window)


def _debt(subject: Subject, day: date) -> dict[str, Any]:
    out: dict[str, Any] = {"id": subject.account_number, "product": subject.product}
    if subject.due_date is not None:
        out["dpd"] = days_past_due(subject.due_date, day)
        end = subject.limitation_end or add_months(subject.due_date, LIMITATION_MONTHS)
        out["limitation_passed"] = end < day
    return out


def history(past: Iterable[Past], subject: Subject, at: datetime) -> list[dict[str, Any]]:
    """The rows of formats.md: contacts made here, those of earlier systems and agencies, the permits that are open (each
    counts as the call it may become), oldest first within each kind.

    What our own clock wrote for a moment after `at` counts as of `at`: the clock was set back, the contact took place.
    """
    now, rows = at.isoformat(), list(past)
    lines = {row.id: row for row in rows if row.kind == "line"}
    found = [
        (_KINDS[row.kind], min(sql.iso(row.at), now), row.id, row)
        for row in rows
        if row.kind in _KINDS and not (row.kind == "permit" and sql.iso(row.until) <= now)
    ]
    found.sort()
    return [_row(row, when, subject.debtor_id, lines.get(row.line_id)) for _order, when, _id, row in found]


def _row(row: Past, at: str, debtor: str, line: Past | None) -> dict[str, Any]:
    number = row.value_index or (line.value_index if line else None)
    out = {
        "channel": row.channel,
        "mode": row.mode,
        "direction": row.direction,
        "role": row.role or (line.role if line else "debtor"),
        "connected": bool(row.connected),
        "talk_seconds": row.talk_seconds,
        "two_way": bool(row.two_way),
        "id": f"{row.kind}:{row.id}",
        "at": at,
        "debtor": row.debtor_id or debtor,
    }
    if number:
        out["line"] = _key(number)
    if row.account_number:
        out["debt"], out["product"] = row.account_number, row.product
    if row.agency:
        out["agency"] = row.agency
    if row.kind == "permit":
        out["reserved"] = True
    return out
