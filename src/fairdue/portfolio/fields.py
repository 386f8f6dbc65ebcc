"""Which fields each kind of feed knows, with the type a field has unless the mapping says otherwise."""

from __future__ import annotations

KINDS = ("accounts", "payments", "contacts", "history", "holds")

TYPES = ("text", "person", "money", "integer", "date", "instant", "flag", "enum", "phone", "id_card", "email", "list")
"""`person` is text that must not be quoted in findings; `list` is text parts separated by `;`, `,` or `、`."""

FIELDS: dict[str, dict[str, str]] = {
    "accounts": {
        "debtor_id": "text",
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
        "account_id": "text",
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
    },
    "payments": {
        "account_id": "text",
        "value_date": "date",
        "amount_fen": "money",
        "reference": "text",
        "kind": "enum",
        "reversal": "flag",
        "reverses": "text",
        "booked_on": "date",
        "note": "text",
    },
    "contacts": {
        "debtor_id": "text",
        "kind": "enum",
        "value": "person",
        "role": "enum",
        "contact_name": "person",
        "source": "enum",
        "zone": "text",
    },
    "history": {
        "debtor_id": "text",
        "account_id": "text",
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
        "debtor_id": "text",
        "kind": "enum",
        "since": "date",
        "until": "date",
        "account_id": "text",
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

KEY: dict[str, str] = {"accounts": "account_id", "payments": "reference"}
"""The field by which a row of this kind is known again (duplicates); the other kinds have none."""
