"""Rate caps by lender type (packs/products caps are not enough: the law caps the whole, per lender).

* micro-loan companies: all-in cost at most 24 % a year (CN-RATE-03)
* private lenders: at most four times the one-year LPR of the contract date (CN-RATE-01)
* licensed institutions: no fixed cap; above 24 % the excess may be cut by a court, so it is flagged (CN-RATE-02, recalled)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from fairdue.core.findings import Finding, Severity
from fairdue.core.text import Text
from fairdue.packs import PACKS, read_yaml

from .book import percent_text

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
        known = [p for p in (lpr if lpr is not None else load_lpr()) if p.start <= contract_date]
        if not known:
            what = Text(zh=f"{contract_date} 还没有 LPR 数据。", en=f"No LPR is on file for {contract_date}.")
            return [_cap("rate.private.lpr", what, "CN-RATE-01", Severity.WARNING)]
        cap = 4 * known[-1].ppm
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
