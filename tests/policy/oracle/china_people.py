"""China: whom one may ask to pay, and when one may speak to somebody else at all."""

from . import china_dates as since
from .case import WARN, Case, Findings, Moment, Row
from .house import refusal

CONTACTS = ("family", "friend", "colleague", "agreed_contact")
GONE = ("dead", "incapacitated")


def answers_for_debt(case: Case) -> bool:
    """Debtor, guarantor, a spouse whose joint debt is shown, an heir whose estate is shown."""
    if case.role == "spouse":
        return "joint_debt" in case.evidence
    if case.role == "heir":
        return "estate" in case.evidence
    return case.role in ("debtor", "guarantor")


def contact_person(case: Case) -> bool:
    """Somebody who may at most be asked for news of the debtor. (A stranger may not even be asked that.)"""
    return case.role in CONTACTS or (case.role in ("spouse", "heir") and not answers_for_debt(case))


def third_failed_call(case: Case) -> Row | None:
    """The third call of the run of failed calls to the debtor that goes up to now; None when there are fewer.

    A call with the debtor in either direction, or a visit that met the debtor, ends a run. So does a permit still
    open: its call may just now be a conversation.
    """
    run: list[Row] = []
    for row in case.rows:
        if row.role != "debtor" or not case.same_debtor(row):
            continue
        if (row.voice and (row.connected is not False or row.reserved)) or (
            row.channel == "visit" and row.connected is not False
        ):
            run = []
        elif row.voice and row.out:
            run.append(row)
    return run[2] if len(run) >= 3 else None


def facts(case: Case, now: Moment, out: Findings) -> None:
    if case.role is None:
        return  # FD-FACTS has said so
    if case.asks_for_payment():
        wrong_person = not (answers_for_debt(case) or case.for_lawyers())
        out.judge("CN-GBT-07", wrong_person, since.GBT)
        out.judge("CN-NIFA-13", wrong_person, since.NIFA, WARN)
        if case.product == "credit_card":
            out.judge("CN-CC-68a", wrong_person, since.CARD)
        if case.lender == "consumer_finance":
            out.judge("CN-CFC-01", wrong_person, since.CONSUMER_FINANCE, WARN)
        if case.role == "spouse":
            out.judge("CN-CIV-1064", not answers_for_debt(case), since.CIVIL_CODE)
        if case.role == "heir":
            out.judge("CN-CIV-1161", not answers_for_debt(case), since.CIVIL_CODE)
    if contact_person(case):
        out.judge("CN-GBT-10", case.asks_for_payment(), since.GBT)
    if contact_person(case) or case.role == "stranger":
        not_allowed = case.role == "stranger" or case.status not in (*GONE, "unreachable")
        out.judge("CN-GBT-08", not_allowed, since.GBT)
        out.judge("CN-NIFA-14", not_allowed, since.NIFA)
        never_lost = case.status not in GONE and third_failed_call(case) is None
        out.judge("CN-CBA-03", case.role == "stranger" or never_lost, since.CBA)
    if case.role != "debtor":
        out.judge("CN-GBT-09", refusal(case), since.GBT)


def days(case: Case, now: Moment, out: Findings) -> None:
    """The debtor is lost only from the day after the third failed call."""
    if not contact_person(case) or case.status in GONE:
        return
    third = third_failed_call(case)
    if third is not None:
        out.judge("CN-CBA-03", any(back < 1 for back in third.days_back(now)), since.CBA)
