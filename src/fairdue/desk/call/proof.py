"""What is proven about an account and its customer, and which special accounts are at hand before a word is said."""

from __future__ import annotations

from datetime import date

from django.conf import settings

from fairdue.core.dates import add_months
from fairdue.desk.accounts.models import Account, Customer, CustomerStatus
from fairdue.desk.cases.models import HoldKind
from fairdue.desk.cases.selectors import hold_kinds
from fairdue.desk.people.models import User

from .facts import LIMITATION_MONTHS
from .models import Contact, PastContact
from .process import facts_in

SITUATION_OF_HOLD = {
    HoldKind.DISPUTE: "disputed",
    HoldKind.PAID_CLAIMED: "paid_claimed",
    HoldKind.COMPLAINT: "complaint",
    HoldKind.HARDSHIP_REVIEW: "hardship",
    HoldKind.BEREAVEMENT: "deceased",
    HoldKind.GRAVE_ILLNESS: "grave_illness",
    HoldKind.CRISIS: "crisis",
    HoldKind.LAWYER: "represented",
    HoldKind.BANKRUPTCY: "bankrupt",
}
"""The special account (situations.yaml) that an active hold tells of."""

SITUATION_OF_STATUS = {
    CustomerStatus.DEAD: "deceased",
    CustomerStatus.INCAPACITATED: "grave_illness",
    CustomerStatus.UNREACHABLE: "lost_contact",
}

CONSENTS = {"visit": "visit_consent", "third_party_disclosure": "customer_consent_disclose"}
"""Consents of the customer that prove a fact of the playbook."""

AGREEMENT_PRODUCTS = frozenset({"credit_card"})
"""Products with the personalised agreement of card measures Art. 70 (CN-CC-70a)."""


def limitation_passed(account: Account, day: date) -> bool:
    """True when the claim is time-barred on that day; without a date from the feed three years from the due date."""
    end = account.limitation_end
    if end is None and account.due_date is not None:
        end = add_months(account.due_date, LIMITATION_MONTHS)
    return end is not None and end < day


def situations_of(customer: Customer, account: Account | None, day: date) -> tuple[str, ...]:
    """Special accounts known before the call, from active holds, the customer's status and limitation."""
    found = [SITUATION_OF_HOLD[HoldKind(kind)] for kind in hold_kinds(customer) if kind in SITUATION_OF_HOLD]
    status = SITUATION_OF_STATUS.get(CustomerStatus(customer.status))
    found += [status] if status else []
    if account is not None and limitation_passed(account, day):
        found.append("time_barred")
    return tuple(dict.fromkeys(found))


def proven_facts(agent: User, customer: Customer, account: Account | None, day: date) -> frozenset[str]:
    """Facts a line may rest on, beyond the figures; what the data does not say is not proven.

    Besides the playbook's own facts these are `letter_sent` and `placed`, which move the process on.
    """
    found = {fact for consent, fact in CONSENTS.items() if consent in customer.consents}
    if settings.FAIRDUE_CALLS_RECORDED:
        found.add("recorded")
    if agent.agency_id is None:
        found.add("in_house")
    if account is None:
        return frozenset(found)
    found |= facts_in(account.extra)
    if account.product in AGREEMENT_PRODUCTS:
        found.add("agreement_open")
    if limitation_passed(account, day):
        found.add("limitation_passed")
    if account.agency_id is not None or agent.agency_id is not None:
        found.add("placed")
    if _letter_sent(customer, account):
        found.add("letter_sent")
    return frozenset(found)


def _letter_sent(customer: Customer, account: Account) -> bool:
    if account.due_date is None:
        return False
    since = {"customer": customer, "channel": "letter"}
    return (
        PastContact.objects.filter(**since, at__date__gt=account.due_date).exists()
        or Contact.objects.filter(**since, started_at__date__gt=account.due_date).exists()
    )
