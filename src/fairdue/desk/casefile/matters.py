"""The complaint itself, the person, holds and other cases, and the audit rows of this customer."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q

from fairdue.desk.accounts.models import Customer, Line
from fairdue.desk.audit.chain import GENESIS
from fairdue.desk.audit.models import AuditEvent
from fairdue.desk.audit.selectors import as_row
from fairdue.desk.call.figures import zone_of
from fairdue.desk.cases.models import Case, Hold

from .masking import Mask
from .times import iso, moment, until, who

Row = dict[str, Any]

MOST_BETWEEN = 20_000
"""Events of other customers whose digests a file carries, at most (66 bytes each)."""


def case_row(case: Case, as_of: datetime, mask: Mask) -> Row:
    """One case; closed only if it was by then."""
    zone = zone_of(case.customer)
    closed = until(case.closed_at, as_of)
    state = "answered" if case.state == "closed" and closed is None else case.state
    return {
        "number": case.number,
        "kind": case.kind,
        "state": state,
        "opened": moment(case.opened_at, zone),
        "due_on": iso(case.due_on),
        "closed": moment(closed, zone),
        "account": mask.text(case.account.number) if case.account else None,
        "contact": f"contact:{case.contact_id}" if case.contact_id else None,
        "hold": f"hold:{case.hold_id}" if case.hold_id else None,
        "summary": mask.text(case.summary),
        "answer": mask.text(case.answer),
    }


def cases(customer: Customer, as_of: datetime, mask: Mask) -> list[Row]:
    """Every case of the customer opened by `as_of`, in order."""
    found = Case.objects.filter(customer=customer, opened_at__lte=as_of).order_by("opened_at", "pk")
    return [case_row(case, as_of, mask) for case in found.select_related("customer", "account")]


def person(customer: Customer, lines: list[Line], mask: Mask) -> Row:
    """Who it is about and how they may be reached; plain values only in an unmasked export."""
    return {
        "debtor": mask.text(customer.debtor_id),
        "name": mask.sealed(customer.name_sealed, "customer.name", customer.name_masked),
        "honorific": customer.honorific,
        "id_card": mask.sealed(customer.id_card_sealed, "customer.id_card", customer.id_card_masked) or None,
        "address": mask.sealed(customer.address_sealed, "customer.address", "***" if customer.address_sealed else "")
        or None,
        "zones": customer.zones,
        "status": customer.status,
        "consents": customer.consents,
        "opt_outs": customer.opt_outs,
        "agreed_hours": customer.agreed_hours,
        "inconvenient": customer.inconvenient,
        "lines": [
            {
                "id": f"line:{line.pk}",
                "kind": line.kind,
                "shown": mask.sealed(line.value_sealed, "line.value", line.value_masked),
                "role": line.role,
                "name": mask.sealed(line.contact_name_sealed, "line.contact_name", line.contact_name_masked) or None,
                "source": line.source,
                "zones": line.zones,
                "valid": line.valid,
                "refused": line.refused,
                "opt_outs": line.opt_outs,
            }
            for line in lines
        ],
    }


def holds(customer: Customer, as_of: datetime, mask: Mask) -> list[Row]:
    """Every hold set by `as_of`: what for, by whom, and by whom it was lifted on which ground."""
    zone = zone_of(customer)
    found = Hold.objects.filter(customer=customer, set_at__lte=as_of).order_by("set_at", "pk")
    rows = []
    for hold in found.select_related("account", "set_by", "lifted_by", "lift_asked_by", "owner"):
        lifted, asked = until(hold.lifted_at, as_of), until(hold.lift_asked_at, as_of)
        rows.append(
            {
                "id": f"hold:{hold.pk}",
                "kind": hold.kind,
                "account": mask.text(hold.account.number) if hold.account else None,
                "reason": mask.text(hold.reason),
                "set": moment(hold.set_at, zone),
                "set_by": who(hold.set_by),
                "origin": hold.origin,
                "owner": who(hold.owner),
                "review_on": iso(hold.review_on),
                "lift_asked": moment(asked, zone),
                "lift_asked_by": who(hold.lift_asked_by) if asked else None,
                "lift_evidence": hold.lift_evidence if lifted or asked else "",
                "lifted": moment(lifted, zone),
                "lifted_by": who(hold.lifted_by) if lifted else None,
                "lift_reason": mask.text(hold.lift_reason) if lifted else "",
            }
        )
    return rows


def audit(customer: Customer, as_of: datetime) -> Row:
    """The customer's rows of the audit trail with everything their hashes cover, and the chain between them.

    `anchor` is the hash before the first row, `head` that of the last one: a signed export of the range `first`-`last`
    (`fairdue audit export`) is tied to the same hashes. `between` has, for each event of other customers that lies between
    the rows, its digest ("=" and its hash where it was written before events had one), so that the chain can be followed
    from row to row without their content; None when more than `MOST_BETWEEN` lie between. Payloads carry no personal data.
    """
    of_an_export = Q(kind__startswith="casefile.") | Q(kind="personal.revealed", subject__startswith="case:")
    found = AuditEvent.objects.filter(customer_id=customer.pk, at__lte=as_of).order_by("seq")
    found = found.exclude(Q(at=as_of) & of_an_export)  # what this very export writes about itself comes after it
    rows = [as_row(event) for event in found]
    first, last = (rows[0], rows[-1]) if rows else (None, None)
    return {
        "first": first["seq"] if first else None,
        "last": last["seq"] if last else None,
        "anchor": first["previous"] if first else GENESIS,
        "head": last["hash"] if last else GENESIS,
        "between": _between(rows),
        "rows": rows,
    }


def _between(rows: list[Row]) -> list[str] | None:
    """Digests of the events that lie between the rows, in order; None when they are too many."""
    if not rows:
        return []
    first, last, own = rows[0]["seq"], rows[-1]["seq"], {row["seq"] for row in rows}
    if last - first + 1 - len(own) > MOST_BETWEEN:
        return None
    links = AuditEvent.objects.filter(seq__gt=first, seq__lt=last).order_by("seq")
    return [
        digest or f"={hashed}" for seq, digest, hashed in links.values_list("seq", "digest", "hash") if seq not in own
    ]
