"""The reminder letter: all fields of the law, clean words, and one clear line when something lacks."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairdue.cli import app
from fairdue.guard import check_text
from fairdue.ledger import AccountFacts, DueItem, Quote, load_products, make_quote
from fairdue.letters import LetterError, StatementFacts, reminder_body, reminder_text, render_reminder

FACTS = StatementFacts("王**", "示例银行", "400-000-0000", "手机银行", "6001")


def quote() -> Quote:
    products, _ = load_products()
    account = AccountFacts("6001", "credit_card", "bank", (DueItem(1, date(2026, 1, 30), 2_400_000),))
    made, _ = make_quote(account, [], products["credit_card"], date(2026, 3, 2), "Q20260302-000017-4")
    assert made is not None
    return made


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_letter_is_a_pdf(lang: str) -> None:
    assert render_reminder(quote(), FACTS, lang).startswith(b"%PDF-")


def test_the_letter_passes_the_language_guard() -> None:
    text = reminder_text(reminder_body(quote(), FACTS))
    assert "{" not in text
    assert check_text(text, "letter", "customer", {"whole_message": True}) == []


def test_the_letter_says_what_the_quote_says() -> None:
    text = reminder_text(reminder_body(quote(), FACTS))
    for word in ("24,612.00", "Q20260302-000017-4", "400-000-0000", "手机银行", "异议", "示例银行", "王**"):
        assert word in text


@pytest.mark.parametrize("name", ["customer", "institution", "hotline", "channels"])
def test_a_fact_that_lacks_is_named(name: str) -> None:
    facts: StatementFacts = replace(FACTS, **{name: " "})
    with pytest.raises(LetterError, match=name):
        reminder_body(quote(), facts)


def test_a_letter_without_a_required_field_is_not_made(tmp_path: Path) -> None:
    path = tmp_path / "letter.yaml"
    path.write_text("sections: [{field: name_and_balance}]", encoding="utf-8")
    with pytest.raises(LetterError, match="dispute_and_evidence"):
        reminder_body(quote(), FACTS, path=path)


OPTIONS = ["--customer", "王**", "--institution", "示例银行", "--hotline", "400-000-0000", "--channels", "手机银行"]


@pytest.mark.parametrize("kind", ["statement", "reminder"])
def test_the_command_writes_a_pdf(tmp_path: Path, kind: str) -> None:
    source, out = tmp_path / "q.json", tmp_path / "l.pdf"
    source.write_text(json.dumps(quote().as_dict()), encoding="utf-8")
    result = CliRunner().invoke(app, ["letter", kind, str(source), "-o", str(out), *OPTIONS])
    assert result.exit_code == 0, result.output
    assert out.read_bytes().startswith(b"%PDF-")


@pytest.mark.parametrize("text", [None, "{", "{}"])
def test_unusable_quotes_end_with_2(tmp_path: Path, text: str | None) -> None:
    source = tmp_path / "q.json"
    if text is not None:
        source.write_text(text, encoding="utf-8")
    result = CliRunner().invoke(app, ["letter", "reminder", str(source), "-o", str(tmp_path / "l.pdf")])
    assert result.exit_code == 2
    assert "q.json" in result.output


def test_a_letter_that_lacks_a_fact_ends_with_2(tmp_path: Path) -> None:
    source = tmp_path / "q.json"
    source.write_text(json.dumps(quote().as_dict()), encoding="utf-8")
    result = CliRunner().invoke(app, ["letter", "reminder", str(source), "-o", str(tmp_path / "l.pdf")])
    assert result.exit_code == 2
    assert "customer" in result.output
