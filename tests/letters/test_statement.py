"""The statement prints every fen of its quote."""

from __future__ import annotations

import shutil
import subprocess
from datetime import date
from pathlib import Path

import pytest

from fairdue.ledger import AccountFacts, DueItem, load_products, make_quote
from fairdue.letters import FontMissingError, StatementFacts, fonts, render_statement

FACTS = StatementFacts("王**", "示例银行", "400-000-0000", "手机银行", "6001")


def quote():
    products, _ = load_products()
    account = AccountFacts("6001", "credit_card", "bank", (DueItem(1, date(2026, 1, 30), 2_400_000),))
    made, _ = make_quote(account, [], products["credit_card"], date(2026, 3, 2), "Q20260302-000017-4")
    return made


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_statement_is_a_pdf(lang: str) -> None:
    pdf = render_statement(quote(), FACTS, lang)
    assert pdf.startswith(b"%PDF-")
    assert len(pdf) > 5_000


@pytest.mark.skipif(shutil.which("pdftotext") is None, reason="poppler-utils is not installed")
def test_the_statement_says_what_the_quote_says(tmp_path: Path) -> None:
    (tmp_path / "s.pdf").write_bytes(render_statement(quote(), FACTS))
    text = subprocess.run(
        ["pdftotext", "-layout", str(tmp_path / "s.pdf"), "-"], capture_output=True, text=True, check=True
    ).stdout
    for word in ("Q20260302-000017-4", "24000.00", "372.00", "400-000-0000", "异议", "手机银行"):
        assert word in text


def test_without_a_font_it_says_which_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fonts, "has_font", lambda: False)
    with pytest.raises(FontMissingError, match="fonts-noto-cjk"):
        render_statement(quote(), FACTS)
