"""India, Indonesia, the Philippines, Japan, Hong Kong and Singapore."""

from datetime import date
from functools import cache

import holidays

from .case import WARN, Case, Findings, Moment
from .hours import HOUR, MINUTE, inconvenient, outside

IN_2022 = date(2022, 8, 12)
IN_2026 = date(2026, 7, 1)
POJK_22 = date(2023, 12, 22)
SEC_MC_18 = date(2019, 8, 19)
MONEY_LENDING_ACT = date(2010, 6, 18)
DCA = date(2023, 12, 1)
SUNDAY = 6


def wrong_payer(case: Case) -> bool:
    """Asked to pay: only debtor and guarantor; the lawyer may be served and answered."""
    known = case.role is not None and case.asks_for_payment()
    return known and case.role not in ("debtor", "guarantor") and not case.for_lawyers()


@cache
def indonesian_holiday(day: date) -> bool:
    return day in holidays.country_holidays("ID", years=day.year)


def facts(case: Case, now: Moment, out: Findings) -> None:
    if case.country == "IN":
        stranger_to_debt = case.role is not None and case.role not in ("debtor", "guarantor")
        out.judge("IN-2026", stranger_to_debt or not case.certificates, IN_2026, WARN)
    if case.country == "PH" and case.role is not None:
        out.judge("PH-18", case.role not in ("debtor", "guarantor", "lawyer"), SEC_MC_18)
    if case.country == "JP":
        out.judge("JP-21", wrong_payer(case) or case.line.get("kind") == "office", MONEY_LENDING_ACT)
    if case.country == "HK":
        out.judge("HK-43", wrong_payer(case))
    if case.country == "SG":
        unlisted = case.agency is not None and case.agency.get("listed") is not True
        out.judge("SG-DCA", unlisted or not case.certificates, DCA)


def days(case: Case, now: Moment, out: Findings) -> None:
    """Indonesia: Monday to Saturday, no national holiday, unless otherwise agreed."""
    if case.country == "ID" and not case.agreed_hours and "late_hours" not in case.consents:
        closed = any(day.weekday() == SUNDAY or indonesian_holiday(day) for day in now.dates)
        out.judge("ID-62", closed, POJK_22)


def clock(case: Case, now: Moment, out: Findings) -> None:
    """The closing minute is still lawful in India, Indonesia and the Philippines, not in Japan."""
    late = "late_hours" in case.consents
    if case.country == "IN":
        closed = outside(case, now, 8 * HOUR, 19 * HOUR + MINUTE)
        out.judge("IN-HOURS", closed, IN_2022)
        out.judge("IN-2026", closed, IN_2026, WARN)
    if case.country == "ID":
        out.judge("ID-62", outside(case, now, 8 * HOUR, 20 * HOUR + MINUTE, lifted=late), POJK_22)
    if case.country == "PH":
        long_due = case.dpd is not None and case.dpd > 15
        out.judge("PH-18", outside(case, now, 6 * HOUR, 22 * HOUR + MINUTE, lifted=late or long_due), SEC_MC_18)
    if case.country == "JP":
        out.judge("JP-21", outside(case, now, 8 * HOUR, 21 * HOUR) or inconvenient(case, now), MONEY_LENDING_ACT)
