"""Products as data: `packs/products/*.yaml`, each number dated and cited.

The vocabulary is small on purpose, so that the night's SQL computes the same figures (`night_parameters`).

* late interest: `rate.daily_ppm` on outstanding principal, from the day after the due date, simple, no interest on
  fees or penalties (CN-RATE-05)
* late charge (违约金, 滞纳 fee): `late_charge.ppm` of `late_charge.of` ("minimum" or "item"), between min and max,
  once per missed cycle (revolving) or once per missed item (instalment, bill)
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fairdue.core.findings import Finding, Place
from fairdue.core.ids import digest
from fairdue.core.text import Text
from fairdue.packs import PACKS, PackError, line_of, pack_files, read_yaml

from .facts import COMPONENTS

MAX_DAYS = 36_500
"""A hundred years: the longest arrears whose interest must fit 64 bits (amount × rate × days, doubled to round)."""


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(_Strict):
    """A name in both languages."""

    zh: str
    en: str


class Rate(_Strict):
    """Daily rate in parts per million (0.05 % a day is 500), valid from `start` to `end` inclusive."""

    start: date = Field(alias="from")
    end: date | None = Field(default=None, alias="to")
    daily_ppm: int = Field(ge=0, le=10_000)
    cite: str = Field(min_length=1)


class LateCharge(_Strict):
    """A one-off charge per missed cycle or item: `ppm` of the base, at least `min_fen`, at most `max_fen`."""

    ppm: int = Field(ge=0, le=1_000_000)
    of: str = Field(pattern="^(minimum|item)$")
    min_fen: int = Field(default=0, ge=0)
    max_fen: int | None = Field(default=None, ge=0)
    cite: str = Field(min_length=1)


class _ProductFile(_Strict):
    code: str
    kind: str = Field(pattern="^(revolving|instalment|bill)$")
    title: Title
    rates: tuple[Rate, ...]
    late_charge: LateCharge | None = None
    minimum_payment_ppm: int = Field(default=100_000, ge=0, le=1_000_000)
    due_days: tuple[int, ...] = ()
    allocation: tuple[str, ...] = ("cost", "interest", "penalty", "fee", "principal")
    service_stop_after_days: int | None = Field(default=None, ge=0)
    max_principal_fen: int = Field(default=10**11, gt=0)
    source: str = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Product:
    """A validated product. Rates are in date order without gap or overlap."""

    code: str
    kind: str
    title: Text
    rates: tuple[Rate, ...]
    late_charge: LateCharge | None
    minimum_payment_ppm: int
    due_days: tuple[int, ...]
    allocation: tuple[str, ...]
    service_stop_after_days: int | None
    max_principal_fen: int
    version: str

    def annual_ppm(self, on: date) -> int:
        """The rate of a day as parts per million a year (365 days), what the rate caps are checked against; 0 without."""
        rate = next((r for r in self.rates if r.start <= on and (r.end is None or on <= r.end)), None)
        return rate.daily_ppm * 365 if rate else 0


def _problem(code: str, path: Path, line: int | None, what: Text, mend: Text) -> Finding:
    why = Text(zh="产品参数决定每个人被告知的金额。", en="Product figures decide what every person is told to pay.")
    return Finding(code=code, what=what, why=why, mend=mend, place=Place(path.name, line))


def _date_findings(raw: _ProductFile, path: Path) -> list[Finding]:
    findings = []
    rates = sorted(raw.rates, key=lambda r: r.start)
    if not rates:
        what = Text(zh=f"产品 {raw.code} 没有利率。", en=f"Product {raw.code} has no rate.")
        mend = Text(zh="至少写一条 rates。", en="Give at least one entry under rates.")
        findings.append(_problem("product.rate.none", path, None, what, mend))
    for left, right in pairwise(rates):
        expected = None if left.end is None else date.fromordinal(left.end.toordinal() + 1)
        if expected != right.start:
            what = Text(
                zh=f"产品 {raw.code} 的利率在 {right.start} 前后有重叠或空档。",
                en=f"Rates of {raw.code} overlap or leave a gap before {right.start}.",
            )
            mend = Text(
                zh="让上一条的 to 恰好是下一条 from 的前一天。", en="End each rate on the day before the next begins."
            )
            findings.append(_problem("product.rate.dates", path, None, what, mend))
    if sorted(raw.allocation) != sorted(COMPONENTS):
        what = Text(zh=f"产品 {raw.code} 的冲抵顺序不完整。", en=f"The allocation order of {raw.code} is not complete.")
        names = ", ".join(COMPONENTS)
        mend = Text(zh=f"每个组成各写一次:{names}。", en=f"Name each of these once: {names}.")
        findings.append(_problem("product.allocation", path, None, what, mend))
    top = max((r.daily_ppm for r in rates), default=0)
    if 2 * raw.max_principal_fen * top * MAX_DAYS + 1_000_000 >= 2**63:  # what half-up adds up before it divides
        what = Text(zh=f"产品 {raw.code} 的上限会溢出 64 位。", en=f"Limits of {raw.code} overflow 64 bits.")
        mend = Text(zh="调低 max_principal_fen。", en="Lower max_principal_fen.")
        findings.append(_problem("product.overflow", path, None, what, mend))
    return findings


def _read(path: Path) -> tuple[Product | None, list[Finding]]:
    try:
        value: Any = read_yaml(path)
        raw = _ProductFile.model_validate(value)
    except PackError as exc:
        what = Text(zh=f"文件读不了:{exc}", en=f"The file cannot be read: {exc}")
        return None, [_problem("product.file", path, exc.line, what, Text(zh="改正 YAML。", en="Mend the YAML."))]
    except ValidationError as exc:
        findings = []
        for error in exc.errors():
            key = str(error["loc"][0]) if error["loc"] else ""
            where = ".".join(str(part) for part in error["loc"])
            what = Text(zh=f"{where}:{error['msg']}", en=f"{where}: {error['msg']}")
            mend = Text(zh="对照产品文件说明改正。", en="Correct it as the product file format says.")
            findings.append(_problem("product.field", path, line_of(value, key), what, mend))
        return None, findings
    findings = _date_findings(raw, path)
    if findings:
        return None, findings
    product = Product(
        code=raw.code,
        kind=raw.kind,
        title=Text(raw.title.zh, raw.title.en),
        rates=tuple(sorted(raw.rates, key=lambda r: r.start)),
        late_charge=raw.late_charge,
        minimum_payment_ppm=raw.minimum_payment_ppm,
        due_days=raw.due_days,
        allocation=raw.allocation,
        service_stop_after_days=raw.service_stop_after_days,
        max_principal_fen=raw.max_principal_fen,
        version=f"{raw.code}@{max(r.start for r in raw.rates)}.{digest(raw.model_dump(mode='json'))[:8]}",
    )
    return product, []


def load_products(folder: Path | None = None) -> tuple[dict[str, Product], list[Finding]]:
    """All products of a folder by code (default: those that ship), and findings for files that are refused."""
    products: dict[str, Product] = {}
    findings: list[Finding] = []
    for path in pack_files(folder or PACKS / "products"):
        product, problems = _read(path)
        findings += problems
        if product is None:
            continue
        if product.code in products:
            what = Text(zh=f"产品 {product.code} 写了两次。", en=f"Product {product.code} is written twice.")
            mend = Text(zh="一个产品只用一个文件。", en="Keep one file per product.")
            findings.append(_problem("product.twice", path, None, what, mend))
            continue
        products[product.code] = product
    return products, findings


def night_parameters(products: dict[str, Product]) -> list[dict[str, Any]]:
    """Flat integer rows from which SQL computes interest and late charge like `replay` (no payments after due date).

    A row per product and rate period: `product, kind, rate_from, rate_to, daily_ppm, charge_ppm, charge_of,
    charge_min_fen, charge_max_fen, minimum_ppm`. An account row has principal P, overdue part D, due date d and fed
    cycles c; the day asked for is a. First the row is taken apart into parts (amount, due):

    * kind "instalment" and 0 < D < P: n = max(1, c) parts, part k (0 ≤ k < n) due add_months(d, k), amount D // n,
      and the first also D % n; the rest of P is not yet due and counts for nothing here
    * else one part: P due on d

    Then, with days counted (due, a] inside each rate period:

    * interest  = half_up(Σ over parts and rates of amount × daily_ppm × days / 1 000 000), one rounding for the whole
    * missed m  = number of k ≥ 0 with add_months(d, k) < a          (0 when a ≤ d)
    * base      = half_up(amount × minimum_ppm / 1 000 000) when charge_of is "minimum", else the part's amount
    * charge    = min(max, max(min, half_up(base × charge_ppm / 1 000 000))), 0 when base is 0
    * penalty   = charge × m for kind "revolving"; for the others the charge of every part that is due before a, once
    """
    rows = []
    for product in products.values():
        charge = product.late_charge
        for rate in product.rates:
            rows.append(
                {
                    "product": product.code,
                    "kind": product.kind,
                    "rate_from": rate.start,
                    "rate_to": rate.end or date(9999, 12, 31),
                    "daily_ppm": rate.daily_ppm,
                    "charge_ppm": charge.ppm if charge else 0,
                    "charge_of": charge.of if charge else "item",
                    "charge_min_fen": charge.min_fen if charge else 0,
                    "charge_max_fen": charge.max_fen if charge and charge.max_fen is not None else 10**15,
                    "minimum_ppm": product.minimum_payment_ppm,
                }
            )
    return rows
