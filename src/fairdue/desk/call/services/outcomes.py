"""What each outcome sets in motion, besides the contact row itself. One function per outcome; all in one transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.accounts.models import Account
from fairdue.desk.call.models import Contact, CrisisAlert, Outcome
from fairdue.desk.cases.models import Case, HoldKind
from fairdue.desk.cases.services import open_case, set_hold
from fairdue.desk.people.models import Role, User
from fairdue.desk.plans.models import PlanKind
from fairdue.desk.plans.services import Part, agree_plan
from fairdue.desk.promises.services import make_promise
from fairdue.desk.refusals import RefusedError
from fairdue.desk.worklist import services as worklist
from fairdue.desk.worklist.models import TaskKind

PAID_CHECK_AFTER = timedelta(days=1)

WITH_CUSTOMER_ONLY = frozenset({Outcome.PROMISE, Outcome.PLAN, Outcome.DISPUTE, Outcome.HARDSHIP, Outcome.PAID_CLAIMED})
"""Outcomes that speak of the debt: possible only when the customer was on the line."""

NOT_CONNECTED = frozenset({Outcome.NO_ANSWER, Outcome.BUSY})

OPENS_CASE = {
    Outcome.DISPUTE: "dispute",
    Outcome.HARDSHIP: "hardship",
    Outcome.COMPLAINT: "complaint",
    Outcome.VULNERABLE: "vulnerable",
}


@dataclass(frozen=True)
class Details:
    """What the outcome form adds. Only the fields of the outcome at hand are read; amounts in fen, `callback_at` UTC."""

    amount_fen: int = 0
    due_on: date | None = None
    due_time: time | None = None
    pay_channel: str = ""
    read_back: bool = False
    callback_at: datetime | None = None
    summary: str = ""
    plan_kind: str = PlanKind.COMMISSION
    parts: Sequence[Part] = ()
    terms: dict[str, str] = field(default_factory=dict)


def apply(contact: Contact, details: Details, account: Account | None, case_number: str | None) -> None:
    """Do what the outcome asks for; an outcome without consequences does nothing. Raises `RefusedError` on bad details."""
    handler = _HANDLERS.get(Outcome(contact.outcome))
    if handler is not None:
        handler(contact, details, account, case_number)


def _needs_account(account: Account | None) -> Account:
    if account is None:
        raise RefusedError(
            "outcome.account",
            Text(zh="这位客户没有在催账户。", en="This customer has no open account."),
            Text(zh="刷新页面,或改选别的结果。", en="Reload the page, or choose another outcome."),
        )
    return account


def _promise(contact: Contact, details: Details, account: Account | None, _number: str | None) -> None:
    if details.due_on is None:
        raise RefusedError(
            "promise.day",
            Text(zh="还没有填承诺日期。", en="The promised day is missing."),
            Text(zh="填写客户答应的日期。", en="Enter the day the customer agreed to."),
            field="due_on",
        )
    make_promise(
        _needs_account(account),
        contact.agent,
        amount_fen=details.amount_fen,
        due_on=details.due_on,
        due_time=details.due_time,
        pay_channel=details.pay_channel,
        read_back=details.read_back,
        contact=contact,
        quote=contact.quote,
    )


def _plan(contact: Contact, details: Details, account: Account | None, _number: str | None) -> None:
    agree_plan(
        details.plan_kind,
        _needs_account(account),
        contact.agent,
        details.parts,
        terms=details.terms,
        contact=contact,
        quote=contact.quote,
    )


def _dispute(contact: Contact, details: Details, account: Account | None, number: str | None) -> None:
    hold = set_hold(HoldKind.DISPUTE, contact.customer, contact.agent, reason=details.summary, account=account)
    _case(contact, details, account, number, "dispute", hold)


def _hardship(contact: Contact, details: Details, account: Account | None, number: str | None) -> None:
    hold = set_hold(HoldKind.HARDSHIP_REVIEW, contact.customer, contact.agent, reason=details.summary)
    _case(contact, details, account, number, "hardship", hold)


def _complaint(contact: Contact, details: Details, account: Account | None, number: str | None) -> None:
    hold = set_hold(HoldKind.COMPLAINT, contact.customer, contact.agent, reason=details.summary)
    _case(contact, details, account, number, "complaint", hold)


def _vulnerable(contact: Contact, details: Details, account: Account | None, number: str | None) -> None:
    hold = set_hold(HoldKind.CRISIS, contact.customer, contact.agent, reason=details.summary)
    case = crisis_case(contact.permit_id)
    if case is None:
        case = _case(contact, details, account, number, "vulnerable", hold)
    else:  # opened while the call went on: the contact and the agent's words are added to it
        case.contact = contact
        case.summary = f"{case.summary}\n{details.summary or contact.note}".strip()
        case.save(update_fields=["contact", "summary"])
    worklist.add_task(
        TaskKind.REVIEW,
        contact.customer,
        clock.now(),
        agent=_a_lead(),
        account=account,
        note=case.number,
        subject=f"case:{case.number}",
    )


def crisis_case(permit_id: int) -> Case | None:
    """The case that the crisis of this very call has opened already; None when there is none."""
    alert = CrisisAlert.objects.filter(session__permit_id=permit_id).select_related("case").order_by("-pk").first()
    return alert.case if alert else None


def _case(contact: Contact, details: Details, account: Account | None, number: str | None, kind: str, hold):
    return open_case(
        kind,
        contact.customer,
        contact.agent,
        account=account,
        contact=contact,
        hold=hold,
        summary=details.summary or contact.note,
        number=number,
    )


def _a_lead() -> User | None:
    return User.objects.filter(role=Role.LEAD, is_active=True).order_by("pk").first()


def _paid_claimed(contact: Contact, details: Details, account: Account | None, _number: str | None) -> None:
    set_hold(HoldKind.PAID_CLAIMED, contact.customer, contact.agent, reason=details.summary, account=account)
    worklist.add_task(
        TaskKind.PAID_CHECK,
        contact.customer,
        clock.now() + PAID_CHECK_AFTER,
        agent=contact.agent,
        account=account,
        amount_fen=details.amount_fen or None,
        subject=f"contact:{contact.pk}",
    )


def _stop(contact: Contact, details: Details, _account: Account | None, _number: str | None) -> None:
    if contact.role == "debtor":
        set_hold(HoldKind.STOP_CONTACT, contact.customer, contact.agent, reason=details.summary)
    elif contact.line.role != "debtor":
        _wish("refused", contact)


def _refused(contact: Contact, _details: Details, _account: Account | None, _number: str | None) -> None:
    if contact.role != "debtor" and contact.line.role != "debtor":
        _wish("refused", contact)


def _wrong_number(contact: Contact, _details: Details, _account: Account | None, _number: str | None) -> None:
    _wish("wrong_number", contact)


def _wish(kind: str, contact: Contact) -> None:
    """Write down what was said about the line, with this contact as its evidence."""
    from fairdue.desk.preferences.evidence import Given
    from fairdue.desk.preferences.services import record  # it asks the gate, so it stands above this module

    record(kind, contact.customer, contact.agent, line=contact.line, given=Given(contact=contact))


def _callback(contact: Contact, details: Details, account: Account | None, _number: str | None) -> None:
    if details.callback_at is None or details.callback_at <= clock.now():
        raise RefusedError(
            "callback.when",
            Text(zh="回拨时间要在现在之后。", en="The time to call back has to lie ahead."),
            Text(zh="填写客户方便的时间。", en="Enter when it suits the customer."),
            field="callback_at",
        )
    worklist.add_task(
        TaskKind.CALLBACK,
        contact.customer,
        details.callback_at,
        agent=contact.agent,
        account=account,
        subject=f"contact:{contact.pk}",
    )


Handler = Callable[[Contact, Details, Account | None, str | None], None]
_HANDLERS: dict[Outcome, Handler] = {
    Outcome.PROMISE: _promise,
    Outcome.PLAN: _plan,
    Outcome.DISPUTE: _dispute,
    Outcome.HARDSHIP: _hardship,
    Outcome.COMPLAINT: _complaint,
    Outcome.VULNERABLE: _vulnerable,
    Outcome.PAID_CLAIMED: _paid_claimed,
    Outcome.STOP_CONTACT: _stop,
    Outcome.REFUSED: _refused,
    Outcome.WRONG_NUMBER: _wrong_number,
    Outcome.CALLBACK: _callback,
}
