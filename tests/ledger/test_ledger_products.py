"""Product files: what ships is sound, and what is wrong is named with file, line and advice."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from fairdue.ledger import load_products

GOOD = """\
code: demo
kind: instalment
title: {zh: 示例, en: Demo}
rates:
  - {from: 2020-01-01, to: 2020-12-31, daily_ppm: 500, cite: 合同}
  - {from: 2021-01-01, daily_ppm: 400, cite: 合同}
source: P8-4
"""


def _load(tmp_path: Path, text: str) -> list[tuple[str, int | None, str]]:
    (tmp_path / "demo.yaml").write_text(text, encoding="utf-8")
    products, findings = load_products(tmp_path)
    assert bool(products) != bool(findings)
    return [(f.code, f.place.row, f.what.en) for f in findings]


def test_the_shipped_products_are_sound_dated_and_cited() -> None:
    products, findings = load_products()
    assert findings == []
    assert set(products) == {"credit_card", "cash_loan", "instalment", "telecom"}
    assert products["instalment"].due_days == (7, 15, 23, 30)
    assert products["credit_card"].annual_ppm(date(2026, 3, 1)) == 182_500
    assert products["credit_card"].annual_ppm(date(1999, 1, 1)) == 0
    assert all(rate.cite for product in products.values() for rate in product.rates)


def test_a_sound_file_loads_and_its_version_follows_its_content(tmp_path: Path) -> None:
    assert _load(tmp_path, GOOD) == []
    first = load_products(tmp_path)[0]["demo"].version
    assert first.startswith("demo@2021-01-01.")
    _load(tmp_path, GOOD.replace("400", "401"))
    assert load_products(tmp_path)[0]["demo"].version != first


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("to: 2020-12-31", "to: 2020-12-30", "product.rate.dates", "leave a gap before 2021-01-01"),
        ("to: 2020-12-31", "to: 2021-01-01", "product.rate.dates", "overlap"),
        (", to: 2020-12-31", "", "product.rate.dates", "overlap"),
        ("source: P8-4", "source: P8-4\nlate_fe: 1", "product.field", "late_fe"),
        (", cite: 合同}\nsource", "}\nsource", "product.field", "rates.1.cite"),
        ("daily_ppm: 400, cite: 合同", "daily_ppm: 400, cite: ''", "product.field", "rates.1.cite"),
        ("source: P8-4", "source: ''", "product.field", "source"),
        ("daily_ppm: 400", "daily_ppm: 40000", "product.field", "rates.1.daily_ppm"),
        ("kind: instalment", "kind: loan", "product.field", "kind"),
        ("source: P8-4", "source: P8-4\nallocation: [interest, principal]", "product.allocation", "not complete"),
        ("source: P8-4", "source: P8-4\nmax_principal_fen: 1000000000000", "product.overflow", "overflow 64 bits"),
        ("code: demo", "code: demo\ncode: demo", "product.file", "written twice"),
    ],
)
def test_what_is_wrong_with_a_product_file_is_named(tmp_path: Path, old: str, new: str, code: str, said: str) -> None:
    assert old in GOOD
    findings = _load(tmp_path, GOOD.replace(old, new))
    assert [f[0] for f in findings] == [code]
    assert said in findings[0][2]


def test_no_rates_at_all(tmp_path: Path) -> None:
    text = GOOD.split("rates:", maxsplit=1)[0] + "rates: []\nsource: P8-4\n"
    assert [f[0] for f in _load(tmp_path, text)] == ["product.rate.none"]


def test_the_line_of_a_wrong_field_is_given(tmp_path: Path) -> None:
    assert _load(tmp_path, GOOD.replace("kind: instalment", "kind: loan"))[0][1] == 2


def test_a_product_that_is_written_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text(GOOD, encoding="utf-8")
    (tmp_path / "b.yaml").write_text(GOOD, encoding="utf-8")
    products, findings = load_products(tmp_path)
    assert list(products) == ["demo"]
    assert [(f.code, f.place.file) for f in findings] == [("product.twice", "b.yaml")]
