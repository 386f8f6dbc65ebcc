"""Reveal one piece of personal data: looked at by someone who may see the customer, and written down."""

from __future__ import annotations

from django.db import transaction

from fairdue.desk.audit import services as audit
from fairdue.desk.crypto import unseal
from fairdue.desk.people.models import User
from fairdue.desk.people.permissions import visible_customers

from ..models import Customer, Line

FIELDS = {
    "name": ("name_sealed", "customer.name"),
    "id_card": ("id_card_sealed", "customer.id_card"),
    "address": ("address_sealed", "customer.address"),
}


class RevealRefusedError(PermissionError):
    """The user may not see this customer, or there is nothing to see."""


@transaction.atomic
def reveal(user: User, customer: Customer, field: str, line: Line | None = None, reason: str = "") -> str:
    """The plain value of `field` (name, id_card, address, or line with `line`). Raises `RevealRefusedError`."""
    if not visible_customers(user).filter(pk=customer.pk).exists():
        raise RevealRefusedError("this customer is not one of yours")
    if field == "line":
        if line is None or line.customer_id != customer.pk:
            raise RevealRefusedError("there is no such line")
        value, subject = unseal(line.value_sealed, "line.value"), f"line:{line.pk}"
    else:
        column, bound = FIELDS.get(field, ("", ""))
        sealed = getattr(customer, column, None) if column else None
        if not sealed:
            raise RevealRefusedError("there is nothing to reveal")
        value, subject = unseal(sealed, bound), f"customer:{customer.pk}"
    audit.write(
        "personal.revealed",
        actor=user,
        subject=subject,
        customer=customer,
        payload={"field": field, "reason": reason[:80]},
    )
    return value
