"""The house rules, in force in every country and always."""

from datetime import date

from .case import Case, Findings, Moment
from .hours import inconvenient, outside_agreed

HOLDS = {
    "paid_claimed": "FD-HOLD-PAID",
    "complaint": "FD-HOLD-COMPLAINT",
    "hardship_review": "FD-HOLD-HARDSHIP",
    "bereavement": "FD-HOLD-BEREAVEMENT",
    "grave_illness": "FD-HOLD-ILLNESS",
    "crisis": "FD-HOLD-CRISIS",
    "lawyer": "FD-HOLD-LAWYER",
    "stop_contact": "FD-HOLD-STOP",
    "bankruptcy": "FD-HOLD-BANKRUPTCY",
    "dispute": "FD-HOLD-DISPUTE",
    "plan_kept": "FD-HOLD-PLAN",
}


def missing(case: Case) -> list[str]:
    """The facts without which nothing may be done (the time and the country are asked for before)."""
    needed: list[tuple[str, object]] = [
        ("party.tz", case.zones),
        ("party.role", case.role),
        ("channel", case.channel),
        ("purpose", case.purpose),
        ("debtor.id", case.debtor_id),
    ]
    if case.country == "CN":
        needed.append(("line.source", case.line.get("source")))
        if case.by_voice():
            needed += [("mode", case.mode), ("line.id", case.line_id)]
        if case.channel == "letter":
            needed.append(("debt.product", case.product))
    if case.country == "US":
        needed.append(("debt.id", case.debt_id))
    return [name for name, value in needed if not value]


NO_RULE_ON_PAYERS = ("ID", "AU", "SG", "EU", "MX", "IN")
"""Countries whose own rules, as we have them, do not say who may be asked to pay."""


def owes(case: Case) -> bool:
    """A spouse with a proven joint debt, an heir with a proven estate."""
    if case.role == "spouse":
        return "joint_debt" in case.evidence
    return case.role == "heir" and "estate" in case.evidence


def held(case: Case, hold: str) -> bool:
    """Does this hold bar the request? An answer to a dispute passes the dispute; the lawyer passes the lawyer."""
    if hold not in case.holds:
        return False
    if hold == "dispute":
        return case.purpose != "dispute_reply"
    if hold == "lawyer":
        return case.role != "lawyer"
    return True


def refusal(case: Case) -> bool:
    """Somebody other than the debtor asked not to be contacted again."""
    return case.refused and case.role is not None and case.role != "debtor"


def opted_out(case: Case) -> bool:
    return case.channel in case.opt_outs


def work_barred(case: Case) -> bool:
    return case.line.get("kind") == "office" and case.line.get("employer_prohibits") is True


def facts(case: Case, now: Moment, out: Findings) -> None:
    """What only an event mends."""
    out.judge("FD-FACTS", bool(missing(case)))
    for hold, rule in HOLDS.items():
        out.judge(rule, held(case, hold))
    if case.role == "debtor":
        out.judge("FD-DEBTOR", case.status in ("dead", "incapacitated"))
    elif case.role is not None:
        out.judge("FD-REFUSED", refusal(case))
    out.judge("FD-LINE", case.line.get("valid") is False)
    if case.country in NO_RULE_ON_PAYERS and case.role not in (None, "debtor", "guarantor", "lawyer"):
        out.judge("FD-WHO", case.asks_for_payment() and not owes(case))
    if case.line.get("kind") == "office":
        out.judge("FD-WORK", work_barred(case))
    if case.opt_outs:
        out.judge("FD-OPTOUT", opted_out(case))
    if placed(case):
        assert case.agency is not None
        last = case.agency.get("placed_until")
        over = last is not None and any(today > date.fromisoformat(last) for today in now.dates)
        out.judge("FD-PLACEMENT", case.agency.get("agrees") is False or over)


def placed(case: Case) -> bool:
    """Is anything known of the placement with this agency?"""
    return case.agency is not None and any(key in case.agency for key in ("agrees", "placed_from", "placed_until"))


def days(case: Case, now: Moment, out: Findings) -> None:
    """A placement that begins later."""
    if placed(case):
        assert case.agency is not None
        first = case.agency.get("placed_from")
        out.judge("FD-PLACEMENT", first is not None and any(today < date.fromisoformat(first) for today in now.dates))


def clock(case: Case, now: Moment, out: Findings) -> None:
    if case.agreed_hours is not None:
        out.judge("FD-AGREED", outside_agreed(case, now))
    if case.inconvenient:
        out.judge("FD-TIMES", inconvenient(case, now))
