"""What somebody brings forward when they record a wish or take one back, and whether it is enough."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.conf import settings

from fairdue.core.dates import local_day
from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.accounts.models import Customer
from fairdue.desk.call.models import Contact, Outcome
from fairdue.desk.people.models import Role, User
from fairdue.desk.refusals import RefusedError

from . import rules
from .models import How, Kind

DECIDE = (Role.LEAD, Role.COMPLIANCE)
"""Who may loosen a protection on evidence."""
AGENT_MAY = frozenset({(Kind.AGREED_HOURS, ""), (Kind.CONSENT, "late_hours")})
"""What an agent may record alone, when it was said in a talk of theirs today."""
NOT_A_TALK = (Outcome.NO_ANSWER, Outcome.BUSY, Outcome.WRONG_NUMBER)

WHY = Text(
    "放宽保护要有本人同意的凭证；收紧保护随时可以，当场生效。",
    "Loosening a protection needs proof that the person agreed; tightening one is possible at any time, at once.",
)


@dataclass(frozen=True)
class Given:
    """How it was given: `contact` is the talk, `reference` where else the proof is found, `said_on` the person's day
    (a talk brings its own)."""

    how: str = How.CALL
    contact: Contact | None = None
    reference: str = ""
    said_on: date | None = None


def refuse(code: str, zh: str, en: str, mend_zh: str, mend_en: str, field: str | None = None) -> RefusedError:
    """A refusal of this room; `code` without its prefix."""
    return RefusedError(f"preference.{code}", Text(zh, en), Text(mend_zh, mend_en), why=WHY, field=field)


def contact_day(contact: Contact, customer: Customer) -> date:
    """The person's local day of a talk."""
    zone = customer.zones[0] if customer.zones else settings.FAIRDUE_ZONE
    return local_day(contact.started_at, zone)


def talk_with(contact: Contact, customer: Customer, role: str | None = "debtor") -> bool:
    """Whether this contact is a talk in which this customer (or a person of that role; None: anybody) could say it."""
    real = contact.connected and contact.two_way and contact.outcome not in NOT_A_TALK
    return real and contact.customer_id == customer.pk and role in (None, contact.role)


def check_plain(given: Given, customer: Customer) -> date:
    """Evidence of a protective wish: whatever there is. Returns the day it was said; raises `RefusedError` when what is
    there is not true (another customer's contact, a day to come)."""
    today = clock.today()
    if given.contact is not None:
        if given.contact.customer_id != customer.pk:
            raise refuse(
                "contact", "这次通话不是与这位客户的。", "This contact is not one with this customer.",
                "从列表里选这位客户的通话。", "Choose one of this customer's contacts.", "contact",
            )  # fmt: skip
        return contact_day(given.contact, customer)
    day = given.said_on or today
    if day > today:
        raise refuse(
            "day", "提出的日期还没到。", "The day on which it was said lies ahead.",
            "填写对方提出的那一天。", "Enter the day on which the person said it.", "said_on",
        )  # fmt: skip
    return day


def check_full(
    given: Given, customer: Customer, by: User | None, kind: str, value: str, role: str | None = "debtor"
) -> date:
    """Evidence that the person agreed: a form that proves it, with a talk or a reference. Returns the day it was given."""
    day = check_plain(given, customer)
    if given.how not in rules.hows(kind, value):
        raise refuse(
            "form", "这种形式证明不了这件事。", "This form does not prove it.",
            "换成列出的形式，再写明凭证在哪里。", "Choose one of the forms listed and say where the proof is.", "how",
        )  # fmt: skip
    if given.contact is not None and (given.how != How.CALL or not talk_with(given.contact, customer, role)):
        raise refuse(
            "talk", "选的这次联系里，本人没有通过话。", "In the contact chosen the person did not talk with us.",
            "选一次与本人接通并谈过的通话；书面提出的不用选通话。",
            "Choose a talk with the person; what came in writing needs none.", "contact",
        )  # fmt: skip
    if by is not None and by.role == Role.AGENT:
        _check_agent(given, customer, by)
    elif given.contact is None and not given.reference.strip():
        raise refuse(
            "evidence", "还没有写明凭证。", "The evidence is missing.",
            "选出对方表示同意的那次通话，或写明录音、函件、合同条款的编号。",
            "Choose the talk in which it was said, or give the number of the recording, letter or clause.", "reference",
        )  # fmt: skip
    if given.contact is None and given.said_on is None:
        raise refuse(
            "day", "还没有填提出的日期。", "The day on which it was given is missing.",
            "填写对方同意或文件签署的那一天。", "Enter the day of the agreement or of the paper.", "said_on",
        )  # fmt: skip
    return day


def _check_agent(given: Given, customer: Customer, by: User) -> None:
    contact = given.contact
    today = contact is not None and contact.agent_id == by.pk and contact_day(contact, customer) == clock.today()
    if given.how != How.CALL or not today:
        raise refuse(
            "agent.talk", "催收员只能登记今天自己通话中客户说的。",
            "An agent may record only what the customer said in a talk of theirs today.",
            "先登记这次通话的结果，再回来选它；其他凭证请组长或合规人员登记。",
            "Record the outcome of the call first and choose it here; with other evidence ask the team lead or compliance.",
            "contact",
        )  # fmt: skip


def may_loosen(by: User | None, kind: str, value: str) -> bool:
    """Whether this user may record this on evidence; `by` None is the customer on their own page."""
    if by is None:
        return kind in (Kind.AGREED_HOURS, Kind.CONSENT)
    if by.role == Role.AGENT:
        return (kind, "" if kind == Kind.AGREED_HOURS else value) in AGENT_MAY
    return by.role in DECIDE


def check_role(by: User | None, kind: str, value: str) -> None:
    """Raises `RefusedError` for who may not loosen this, whatever the evidence."""
    if not may_loosen(by, kind, value):
        raise refuse(
            "role", "这一项不能由您登记。", "This is not yours to record.",
            "请组长或合规人员核实凭证后登记。",
            "Ask the team lead or compliance to verify the evidence and record it.",
        )  # fmt: skip
