"""Rate caps by lender type (packs/products caps are not enough: the law caps the whole, per lender).

* micro-loan companies: all-in cost at most 24 % a year (CN-RATE-03)
* private lenders: at most four times the one-year LPR of the contract date (CN-RATE-01)
  the cap covers interest, late charges and fees together, so `check_claim_cap` also says by how many fen a claim is above
* licensed institutions: no fixed cap; above 24 % the excess may be cut by a court, so it is flagged (CN-RATE-02, recalled)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fairdue.core.findings import Finding, Severity
from fairdue.core.money import divide_half_up, format_grouped
from fairdue.core.text import Text
from fairdue.packs import PACKS, read_yaml

from .book import percent_text
from .facts import AccountFacts
from .replay import Position

LICENSED = ("bank", "consumer_finance")
CAP_PPM = 240_000
LPR_FILE = PACKS / "rates" / "lpr-1y.yaml"


@dataclass(frozen=True, slots=True)
class LprPoint:
    """One-year LPR in parts per million a year, valid from `start`."""

    start: date
    ppm: int


def load_lpr(path: Path | None = None) -> tuple[LprPoint, ...]:
    """The dated LPR table in date order."""
    rows = read_yaml(path or LPR_FILE)["values"]
    return tuple(sorted((LprPoint(row["from"], row["ppm"]) for row in rows), key=lambda p: p.start))


def _cap(code: str, what: Text, cite: str, severity: Severity) -> Finding:
    why = Text(zh=f"依据 {cite}。", en=f"Basis: {cite}.")
    mend = Text(
        zh="超出部分不得主张;请核对合同利率与全部费用。",
        en="Do not claim the excess; check the contract rate and every fee.",
    )
    return Finding(code=code, what=what, why=why, mend=mend, severity=severity)


def lpr_on(day: date, lpr: tuple[LprPoint, ...] | None = None) -> LprPoint | None:
    """The one-year LPR in force on a day; None before the first point of the table."""
    known = [p for p in (lpr if lpr is not None else load_lpr()) if p.start <= day]
    return known[-1] if known else None


def check_rate_cap(
    lender_type: str, annual_ppm: int, contract_date: date | None, lpr: tuple[LprPoint, ...] | None = None
) -> list[Finding]:
    """Findings for an all-in yearly rate (parts per million: 24 % is 240 000) of a lender type; empty when within."""
    rate = percent_text(annual_ppm)
    if lender_type == "microloan" and annual_ppm > CAP_PPM:
        what = Text(zh=f"综合成本年化 {rate} 超过 24%。", en=f"All-in cost of {rate} a year is above 24 %.")
        return [_cap("rate.microloan", what, "CN-RATE-03", Severity.ERROR)]
    if lender_type == "private":
        if contract_date is None:
            what = Text(zh="缺合同日期,无法核对四倍 LPR。", en="Without a contract date 4 × LPR cannot be checked.")
            return [_cap("rate.private.date", what, "CN-RATE-01", Severity.ERROR)]
        point = lpr_on(contract_date, lpr)
        if point is None:
            what = Text(zh=f"{contract_date} 还没有 LPR 数据。", en=f"No LPR is on file for {contract_date}.")
            return [_cap("rate.private.lpr", what, "CN-RATE-01", Severity.WARNING)]
        cap = 4 * point.ppm
        if annual_ppm > cap:
            what = Text(
                zh=f"年化 {rate} 超过合同成立时四倍 LPR({percent_text(cap)})。",
                en=f"{rate} a year is above four times the LPR of the contract date ({percent_text(cap)}).",
            )
            return [_cap("rate.private", what, "CN-RATE-01", Severity.ERROR)]
    if lender_type in LICENSED and annual_ppm > CAP_PPM:
        what = Text(zh=f"综合年化 {rate} 高于 24%,请复核。", en=f"All-in {rate} a year is above 24 %: review it.")
        return [_cap("rate.licensed", what, "CN-RATE-02", Severity.WARNING)]
    return []


def check_claim_cap(facts: AccountFacts, position: Position, lpr: tuple[LprPoint, ...] | None = None) -> list[Finding]:
    """Whether late interest, late charges and fees together stay within the cap of the lender type, to the fen.

    The limit is cap × principal × days / 365, over the days on which principal was late. Private lenders: an error, the
    excess cannot be claimed (CN-RATE-01, Art. 29). Micro-loan companies: a warning, because the part of the guideline on
    contingent cost was not available (CN-RATE-03). Others: none, see `check_rate_cap`.
    """
    point = lpr_on(facts.opened, lpr) if facts.opened else None
    if facts.lender_type == "private" and point is not None:
        cap, cite, severity = 4 * point.ppm, "CN-RATE-01", Severity.ERROR
    elif facts.lender_type == "microloan":
        cap, cite, severity = CAP_PPM, "CN-RATE-03", Severity.WARNING
    else:
        return []
    charges = ("billed.interest", "late_charge", "charged.penalty", "charged.fee")
    late = sum(s.principal_fen * s.daily_ppm * s.days for s in position.segments)
    claimed = divide_half_up(late, 1_000_000) + sum(s.amount_fen for s in position.steps if s.code in charges)
    limit = divide_half_up(sum(s.principal_fen * s.days for s in position.segments) * cap, 365 * 1_000_000)
    if claimed <= limit:
        return []
    sums = format_grouped(claimed), format_grouped(limit), format_grouped(claimed - limit)
    what = Text(
        zh=f"逾期利息、违约金和费用合计 {sums[0]},年化 {percent_text(cap)} 只允许 {sums[1]},超出 {sums[2]}。",
        en=f"Interest, late charges and fees are {sums[0]}; {percent_text(cap)} a year allows {sums[1]}: {sums[2]} too much.",
    )
    return [_cap("rate.claim", what, cite, severity)]
