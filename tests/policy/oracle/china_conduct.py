"""China: where the number comes from, who collects, letters and visits."""

from . import china_dates as since
from .case import WARN, Case, Findings, Moment, read_date
from .house import held, opted_out

LAWFUL_SOURCES = ("contract", "reserved", "in_contact", "public", "contact_told")
LETTER_GAP_DAYS = 7


def facts(case: Case, now: Moment, out: Findings) -> None:
    _source(case, out)
    if case.opt_outs:
        out.judge("CN-CIV-1033", opted_out(case), since.CIVIL_CODE)
    if case.product == "credit_card":
        out.judge("CN-CC-69", held(case, "dispute"), since.CARD)
        out.judge("CN-CC-70c", held(case, "plan_kept"), since.CARD)
    told = case.debt.get("transfer_notice_sent")
    if case.lender == "debt_buyer" and told is not None:
        out.judge("CN-CIV-546", told is not True, since.CIVIL_CODE)
    out.judge("CN-GBT-15", not case.certificates, since.GBT)
    if case.agency is not None:
        _agency(case, now, out)
    if case.channel == "visit":
        _visit(case, out)


def _source(case: Case, out: Findings) -> None:
    source = case.line.get("source")
    if source is None:
        return  # FD-FACTS has said so
    unlawful = source not in LAWFUL_SOURCES
    out.judge("CN-PIPL-10", unlawful, since.PIPL)
    out.judge("CN-CRIM-253-1", unlawful, since.CRIM_253_1)
    out.judge("CN-GBT-11", unlawful, since.GBT, WARN)
    out.judge("CN-CBA-04", unlawful, since.CBA, WARN)


def _agency(case: Case, now: Moment, out: Findings) -> None:
    assert case.agency is not None
    unlisted = case.agency.get("listed") is not True
    out.judge("CN-CBA-08", unlisted, since.CBA)
    if case.lender == "bank" and case.product == "credit_card":
        out.judge("CN-13-01", unlisted, since.CARD_NOTICE_13, WARN)
    until = read_date(case.agency.get("contract_until"))
    ended = until is None or any(until < today for today in now.dates)
    out.judge("CN-GBT-17", ended, since.GBT)
    out.judge("CN-CP-41", case.agency.get("placement_notice_sent") is not True, since.CONSUMER_RIGHTS, WARN)


def _visit(case: Case, out: Findings) -> None:
    intrusion = case.into_private_place()
    not_shown = intrusion or case.visit.get("private_place") is None
    out.judge("CN-CRIM-245", not_shown, since.CRIM_245)
    out.judge("CN-GBT-05", not_shown, since.GBT, WARN)
    staff = case.visit.get("staff")
    out.judge("CN-CBA-06", not_shown or staff is None or staff < 2, since.CBA, WARN)
    out.judge("CN-NIFA-21", case.visit.get("recording") is not True, since.NIFA)


def days(case: Case, now: Moment, out: Findings) -> None:
    if case.channel == "visit":
        met_today = 0
        for row in case.rows:
            if row.channel == "visit" and row.out and case.same_debtor(row) and row.put_through() and row.today(now):
                met_today += 1
        out.judge("CN-GBT-05", met_today >= 1, since.GBT, WARN)
    if case.channel == "letter":
        too_soon = False
        for row in case.rows:
            if row.channel != "letter" or not row.out or not case.same_debtor(row):
                continue
            same_product = row.product is None or case.product is None or row.product == case.product
            if same_product and any(back < LETTER_GAP_DAYS for back in row.days_back(now)):
                too_soon = True
        out.judge("CN-GBT-06", too_soon, since.GBT, WARN)
