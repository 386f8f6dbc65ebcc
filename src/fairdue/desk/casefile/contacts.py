"""Every contact with its permit and the decision behind it, every refusal of the gate, every guided call."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fairdue.core.dates import parse_instant
from fairdue.desk.accounts.models import Customer, Line
from fairdue.desk.call.figures import zone_of
from fairdue.desk.call.models import CallSession, Contact, CrisisAlert, Denial, PastContact, Permit
from fairdue.desk.playbooks.models import PlaybookRelease

from .masking import Mask
from .times import moment, until, who

Row = dict[str, Any]
EFFECTIVE_SECONDS = 6
"""有效通话: at least this long and both sides spoke (GB/T 45251-2025, CN-GBT-04)."""

LETTERS = ("letter", "sms", "im", "email")
"""Channels on which something written was sent."""


def zone_for(customer: Customer, line: Line | None) -> str:
    """The wall clock that counted: the line's own for somebody else's number, else the customer's."""
    if line is not None and line.role != "debtor" and line.zones:
        return str(line.zones[0])
    return zone_of(customer)


def line_row(line: Line | None, mask: Mask) -> Row | None:
    """A line as a contact names it."""
    if line is None:
        return None
    shown = mask.sealed(line.value_sealed, "line.value", line.value_masked)
    return {"id": f"line:{line.pk}", "kind": line.kind, "shown": shown, "role": line.role}


def decision_row(decision: Row, zone: str) -> Row:
    """The decision as the gate stored it, with the next lawful moment on the local clock too."""
    after = decision.get("next_lawful")
    return {**decision, "next_lawful_at": moment(parse_instant(after), zone) if after else None}


def permit_row(permit: Permit, zone: str, mask: Mask) -> Row:
    """A permit with its decision."""
    return {
        "id": f"permit:{permit.pk}",
        "number": permit.number,
        "taken": moment(permit.taken_at, zone),
        "expires": moment(permit.expires_at, zone),
        "state": permit.state,
        "channel": permit.channel,
        "mode": permit.mode,
        "purpose": permit.purpose,
        "account": mask.text(permit.account.number) if permit.account else None,
        "agent": who(permit.agent),
        "decision": decision_row(permit.decision, zone),
    }


def standing(contact: Contact) -> str:
    """Was this contact allowed when it was made: `allowed`, `warned` (allowed with a remark) or `outside`."""
    permit, decision = contact.permit, contact.permit.decision
    fits = permit.customer_id == contact.customer_id and permit.line_id == contact.line_id
    if not decision.get("allow") or not fits or not permit.taken_at <= contact.started_at <= permit.expires_at:
        return "outside"
    return "warned" if decision.get("verdict") == "warn" else "allowed"


def contacts(customer: Customer, as_of: datetime, mask: Mask) -> list[Row]:
    """All contacts recorded by `as_of` in order, ours and those of earlier systems, numbered from 1."""
    rows: list[tuple[datetime, int, int, Row]] = []
    made = Contact.objects.filter(customer=customer, recorded_at__lte=as_of)
    for contact in made.select_related("line", "agent", "quote", "permit__account", "permit__agent"):
        zone = zone_for(customer, contact.line)
        row = _made(contact, zone, mask) | {
            "id": f"contact:{contact.pk}",
            "origin": "desk",
            "at": moment(contact.started_at, zone),
            "purpose": contact.permit.purpose,
            "agent": who(contact.agent),
            "agency": None,
            "outcome": contact.outcome,
            "note": mask.text(contact.note),
            "quote": contact.quote.number if contact.quote else None,
            "recorded": moment(contact.recorded_at, zone),
            "standing": standing(contact),
            "permit": permit_row(contact.permit, zone, mask),
        }
        rows.append((contact.started_at, 1, contact.pk, row))
    for past in PastContact.objects.filter(customer=customer, at__lte=as_of).select_related("line"):
        zone = zone_for(customer, past.line)
        row = _made(past, zone, mask) | {
            "id": f"past:{past.pk}",
            "origin": "earlier",
            "at": moment(past.at, zone),
            "purpose": None,
            "agent": None,
            "agency": past.agency or None,
            "outcome": None,
            "note": "",
            "quote": None,
            "recorded": None,
            "standing": "not_judged",
            "permit": None,
        }
        rows.append((past.at, 0, past.pk, row))
    rows.sort(key=lambda item: item[:3])
    return [{"no": number, **row} for number, (*_key, row) in enumerate(rows, 1)]


def _made(contact: Contact | PastContact, zone: str, mask: Mask) -> Row:
    """What both kinds of contact have."""
    effective = contact.connected and contact.two_way and contact.talk_seconds >= EFFECTIVE_SECONDS
    return {
        "channel": contact.channel,
        "mode": contact.mode,
        "direction": contact.direction,
        "role": contact.role,
        "line": line_row(contact.line, mask),
        "connected": contact.connected,
        "talk_seconds": contact.talk_seconds,
        "two_way": contact.two_way,
        "effective": effective and contact.channel.startswith("voice"),
    }


def unused_permits(customer: Customer, as_of: datetime, mask: Mask) -> list[Row]:
    """Permits on which no contact was recorded: given back, run out, or still open."""
    found = Permit.objects.filter(customer=customer, taken_at__lte=as_of).select_related("line", "account", "agent")
    found = found.exclude(contact__recorded_at__lte=as_of).order_by("taken_at", "pk")
    return [
        permit_row(permit, zone_for(customer, permit.line), mask) | {"line": line_row(permit.line, mask)}
        for permit in found
    ]


def denials(customer: Customer, as_of: datetime, mask: Mask) -> list[Row]:
    """Contacts that were asked for and refused: none of them took place."""
    found = Denial.objects.filter(customer=customer, at__lte=as_of).select_related("line", "agent").order_by("at", "pk")
    rows = []
    for number, denial in enumerate(found, 1):
        zone = zone_for(customer, denial.line)
        rows.append(
            {
                "no": number,
                "id": f"denial:{denial.pk}",
                "at": moment(denial.at, zone),
                "channel": denial.channel,
                "purpose": denial.purpose,
                "line": line_row(denial.line, mask),
                "agent": who(denial.agent),
                "decision": decision_row(denial.decision, zone),
            }
        )
    return rows


def calls(customer: Customer, as_of: datetime, mask: Mask) -> list[Row]:
    """Guided calls with every turn that was logged by `as_of`, and the words (playbook release) they were led by."""
    found = CallSession.objects.filter(permit__customer=customer, permit__taken_at__lte=as_of)
    sessions = list(found.select_related("permit__line", "permit__contact").order_by("permit__taken_at", "pk"))
    releases = PlaybookRelease.objects.in_bulk({s.release for s in sessions}, field_name="number")
    rows = []
    for session in sessions:
        permit = session.permit
        zone, release = zone_for(customer, permit.line), releases.get(session.release)
        contact = getattr(permit, "contact", None)
        rows.append(
            {
                "permit": permit.number,
                "contact": f"contact:{contact.pk}" if contact and contact.recorded_at <= as_of else None,
                "began": moment(permit.taken_at, zone),
                "playbook": session.playbook,
                "release": session.release,
                "released": moment(release.made_at, zone) if release else None,
                "stage": session.stage,
                "turns": [_turn(t, zone, mask) for t in session.turns if parse_instant(t["at"]) <= as_of],
            }
        )
    return rows


def _turn(turn: Row, zone: str, mask: Mask) -> Row:
    """A turn as logged, its words masked, its time on the local clock too."""
    return {**mask.tree(turn), "at": moment(parse_instant(turn["at"]), zone)}


def crises(customer: Customer, as_of: datetime, mask: Mask) -> list[Row]:
    """Alarms for a person in danger: raised, seen by whom, withdrawn with which reason."""
    zone = zone_of(customer)
    found = CrisisAlert.objects.filter(customer=customer, raised_at__lte=as_of).select_related(
        "session__permit", "agent", "case", "seen_by"
    )
    rows = []
    for alert in found.order_by("raised_at", "pk"):
        seen, withdrawn = until(alert.seen_at, as_of), until(alert.withdrawn_at, as_of)
        rows.append(
            {
                "id": f"alert:{alert.pk}",
                "raised": moment(alert.raised_at, zone),
                "permit": alert.session.permit.number,
                "case": alert.case.number,
                "agent": who(alert.agent),
                "seen": moment(seen, zone),
                "seen_by": who(alert.seen_by) if seen else None,
                "withdrawn": moment(withdrawn, zone),
                "withdrawn_reason": mask.text(alert.withdrawn_reason) if withdrawn else "",
            }
        )
    return rows


def recordings() -> Row:
    """Recordings and attachments with their digests. This desk stores none, and the file says so.

    Shape of an item: `{"contact", "kind", "sha256", "bytes", "seconds"}`.
    """
    return {"stored_here": False, "items": []}


def letters(rows: list[Row]) -> Row:
    """What was sent in writing, by the numbers of the contacts it went out with. The desk keeps no copy of a document."""
    sent = [row for row in rows if row["channel"] in LETTERS and row["direction"] == "out"]
    return {
        "copies_stored_here": False,
        "items": [{"contact": row["id"], "no": row["no"], "channel": row["channel"], "at": row["at"]} for row in sent],
    }
