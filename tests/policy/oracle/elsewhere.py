"""United Kingdom, European Union and Mexico."""

from datetime import date

from .asia import wrong_payer
from .case import WARN, Case, Findings, Moment
from .hours import HOUR, MINUTE, inconvenient, outside

CONC = date(2014, 4, 1)
EU_2021_2167 = date(2023, 12, 29)
REDECO = date(2014, 10, 7)


def facts(case: Case, now: Moment, out: Findings) -> None:
    if case.country == "UK":
        out.judge("UK-PRIV", wrong_payer(case), CONC)
        if case.channel == "visit":
            unknown_place = case.visit.get("private_place") is None
            out.judge("UK-VISIT", case.into_private_place() or unknown_place, CONC)
    if case.country == "EU" and (case.lender == "debt_buyer" or case.agency is not None):
        placed = (case.agency or {}).get("placement_notice_sent") is True
        transferred = case.debt.get("transfer_notice_sent") is True
        out.judge("EU-10", not (placed or transferred), EU_2021_2167)


def days(case: Case, now: Moment, out: Findings) -> None:
    """No rule here counts days."""


def clock(case: Case, now: Moment, out: Findings) -> None:
    if case.country == "UK":
        out.judge("UK-CONTACT", outside(case, now, 8 * HOUR, 21 * HOUR) or inconvenient(case, now), CONC)
    if case.country == "MX":  # the closing minute is still lawful
        out.judge("MX-REDECO", outside(case, now, 7 * HOUR, 22 * HOUR + MINUTE), REDECO, WARN)
