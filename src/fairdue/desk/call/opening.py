"""Where a call starts: the dialogue's state before a word is said, from what the desk knows of the customer."""

from __future__ import annotations

from datetime import date

from fairdue.desk.accounts.models import Account, Customer, Line
from fairdue.desk.people.models import User
from fairdue.desk.promises.selectors import broken_count
from fairdue.dialogue import CallState, begin_call
from fairdue.playbook import Library

from . import selectors
from .proof import situations_of

COMMON_PRODUCT = "credit_card"
"""Whose pack leads the call of a product that has no pack of its own yet; lines of other products stay held back."""


def first_state(
    library: Library, agent: User, customer: Customer, account: Account | None, line: Line, day: date
) -> CallState:
    """The state of a new call on this line about this account, on this (customer-local) day."""
    own = line.role == "debtor"
    known = {
        "stage": selectors.playbook_stage(customer, account, line, day),
        "agency": agent.agency_id is not None,
        "party": "unknown" if own else "family",
        "broken_promises": broken_count(customer),
        "situations": situations_of(customer, account, day),
    }
    product = account.product if account else COMMON_PRODUCT
    try:
        return begin_call(library, product=product, **known)
    except KeyError:
        return begin_call(library, product=COMMON_PRODUCT, **known)
