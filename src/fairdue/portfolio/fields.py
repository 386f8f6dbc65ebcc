"""Which fields each kind of feed knows, with the type a field has unless the mapping says otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

KINDS = ("accounts", "payments", "contacts", "history", "holds")

TYPES = (
    "text",
    "id",
    "person",
    "money",
    "integer",
    "date",
    "instant",
    "flag",
    "enum",
    "phone",
    "id_card",
    "email",
    "list",
)
"""`id` is text that a spreadsheet must not have rounded; `person` is text that must not be quoted; `list` is text parts separated by `;`, `,` or `、`."""

SORTS = {"money": "number", "integer": "number", "date": "date", "instant": "instant", "flag": "flag", "list": "list"}
"""What a type gives: a number, a date, …; every other type gives text."""


def sort_of(kind: str, values: Iterable[object] = ()) -> str:
    """What a column of type `kind` gives; an enumeration gives what its values are."""
    if kind != "enum":
        return SORTS.get(kind, "text")
    found = {sort_of_value(value) for value in values} or {"text"}
    return found.pop() if len(found) == 1 else "mixed"


def sort_of_value(value: object) -> str:
    """What a value written in a mapping is."""
    if isinstance(value, bool):
        return "flag"
    if isinstance(value, int):
        return "number"
    return {str: "text", date: "date"}.get(type(value), "mixed")


FIELDS: dict[str, dict[str, str]] = {
    "accounts": {
        "debtor_id": "id",
        "name": "person",
        "id_card": "id_card",
        "address": "person",
        "gender": "enum",
        "birth_year": "integer",
        "language": "text",
        "zone": "text",
        "customer_status": "enum",
        "consents": "list",
        "opt_outs": "list",
        "generated_identity": "flag",
        "account_id": "id",
        "product": "enum",
        "lender_type": "enum",
        "lender": "text",
        "opened": "date",
        "due_date": "date",
        "cycles": "integer",
        "dpd": "integer",
        "principal_fen": "money",
        "due_fen": "money",
        "credit_fen": "money",
        "limit_fen": "money",
        "card_tail": "text",
        "status": "enum",
        "agency": "id",
        "placed_on": "date",
        "closing_on": "date",
        "placement_notice_on": "date",
        "placement_notice_sent": "flag",
    },
    "payments": {
        "account_id": "id",
        "value_date": "date",
        "amount_fen": "money",
        "reference": "id",
        "kind": "enum",
        "reversal": "flag",
        "reverses": "id",
        "booked_on": "date",
        "note": "text",
    },
    "contacts": {
        "debtor_id": "id",
        "kind": "enum",
        "value": "person",
        "role": "enum",
        "contact_name": "person",
        "source": "enum",
        "zone": "text",
    },
    "history": {
        "debtor_id": "id",
        "account_id": "id",
        "at": "instant",
        "kind": "enum",
        "line": "person",
        "connected": "flag",
        "talk_seconds": "integer",
        "outcome": "text",
        "amount_fen": "money",
        "promised_for": "date",
        "agent": "text",
    },
    "holds": {
        "debtor_id": "id",
        "kind": "enum",
        "since": "date",
        "until": "date",
        "account_id": "id",
        "note": "text",
    },
}

NEEDED: dict[str, tuple[str, ...]] = {
    "accounts": ("debtor_id", "account_id", "product", "lender_type", "principal_fen"),
    "payments": ("account_id", "value_date", "amount_fen", "reference"),
    "contacts": ("debtor_id", "kind", "value", "role", "source"),
    "history": ("debtor_id", "at", "kind"),
    "holds": ("debtor_id", "kind", "since"),
}
"""Fields that a column or a computed rule must give, else the mapping itself is refused."""

KEY: dict[str, tuple[str, ...]] = {"accounts": ("account_id",), "payments": ("account_id", "reference")}
"""The fields by which a row of this kind is known again (duplicates); the other kinds have none. One transfer may pay
several accounts under one reference, so a payment is known by both."""
