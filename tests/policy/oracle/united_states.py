"""United States: the Fair Debt Collection Practices Act and Regulation F. Counters are per person and per debt."""

from datetime import date, timedelta

from .case import WARN, WRITTEN, Case, Findings, Moment, read_date
from .hours import HOUR, inconvenient, outside
from .house import held, opted_out, work_barred

FDCPA = date(1978, 3, 20)
REG_F = date(2021, 11, 30)
TCPA = date(2024, 2, 8)
CALLS_IN_SEVEN_DAYS = 7
SMS_DAYS = 60
NOTICE_DAYS = 35
VALIDATION_DAYS = 5


def third_person(case: Case) -> bool:
    return case.role is not None and case.role not in ("debtor", "guarantor", "lawyer")


def facts(case: Case, now: Moment, out: Findings) -> None:
    out.judge("US-DISP", held(case, "dispute"), FDCPA)
    out.judge("US-ATTY", held(case, "lawyer"), FDCPA)
    out.judge("US-CEASE", held(case, "stop_contact"), FDCPA)
    if case.line.get("kind") == "office":
        out.judge("US-PLACE", work_barred(case), FDCPA)
    if case.opt_outs:
        out.judge("US-MEDIUM", opted_out(case), REG_F)
    if third_person(case):
        told_lawfully = "third_party_disclosure" in case.consents or case.purpose == "ask_contact"
        out.judge("US-3P", not told_lawfully, FDCPA)
        if case.purpose == "ask_contact":
            out.judge("US-LOC", asked_before(case) and "location_again" not in case.consents, FDCPA)
    if case.channel == "sms":
        out.judge("US-SMS60", not ("sms" in case.consents or texted_us(case, now)), REG_F)
    if case.channel == "email":
        if case.line.get("email_notice"):
            out.judge("US-EMAIL35", notice_too_short(case), REG_F)
        out.judge("US-WORKEMAIL", case.line.get("employer_provided") is True, REG_F, WARN)
    if case.channel == "voice_ai":
        out.judge("US-TCPA", "voice_ai" not in case.consents, TCPA, WARN)
    if case.debt.get("validation_sent") is False:
        out.judge("US-VAL", validation_overdue(case, now), FDCPA)


def asked_before(case: Case) -> bool:
    """Was this person already asked where the debtor is?"""
    return any(row.out and row.put_through() and row.role == case.role and case.same_line(row) for row in case.rows)


def texted_us(case: Case, now: Moment) -> bool:
    """A text from this very number, at most sixty local days ago in every zone."""
    for row in case.rows:
        if row.channel != "sms" or row.out or not case.same_debtor(row):
            continue
        same_number = row.line is not None and row.line == case.line_id
        if same_number and now.dates and all(back <= SMS_DAYS for back in row.days_back(now)):
            return True
    return False


def notice_too_short(case: Case) -> bool:
    notice = case.line["email_notice"]
    sent, opt_out_by = read_date(notice.get("sent")), read_date(notice.get("opt_out_by"))
    return sent is None or opt_out_by is None or opt_out_by < sent + timedelta(days=NOTICE_DAYS)


def validation_overdue(case: Case, now: Moment) -> bool:
    """The first communication about this debt, a connected contact or anything sent, lies more than five days back."""
    for row in case.rows:  # the oldest first
        if not (case.same_debt(row) and case.same_debtor(row)):
            continue
        if row.connected is True or (row.channel in WRITTEN and row.out):
            return any(back > VALIDATION_DAYS for back in row.days_back(now))
    return False


def days(case: Case, now: Moment, out: Findings) -> None:
    if not case.by_voice():
        return
    calls, conversation = 0, False
    for row in case.rows:
        if not (row.voice and row.role == case.role and case.same_debt(row) and case.same_debtor(row)):
            continue
        if row.out and not row.consented and row.in_last_days(7, now):
            calls += 1
        talked = (
            row.connected is True and row.two_way is True
        ) or row.reserved  # an open permit may be a talk right now
        if talked and any(back < 7 for back in row.days_back(now)):
            conversation = True
    asked_to_call = "call" in case.consents
    out.judge("US-7IN7", calls >= CALLS_IN_SEVEN_DAYS and not asked_to_call, REG_F)
    out.judge("US-7AFTER", conversation and not asked_to_call, REG_F)


def clock(case: Case, now: Moment, out: Findings) -> None:
    """After eight (so from 08:00:01) and before nine, and not when the consumer said that it does not suit."""
    out.judge("US-HOURS", outside(case, now, 8 * HOUR + 1, 21 * HOUR) or inconvenient(case, now), FDCPA)
