"""`fairdue quote` and `fairdue plan` as a person runs them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from fairdue.cli import app

ACCOUNT = """\
account_id: "6001"
product: credit_card
lender_type: bank
opened: 2019-05-01
due_items: [{due_date: 2026-01-30, principal_fen: 2400000}]
"""

PLAN = ("plan", "24,000.00", "--first-contact", "2026-03-03", "--closing", "2026-03-31")


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


@pytest.fixture
def account(tmp_path: Path) -> str:
    path = tmp_path / "account.yaml"
    path.write_text(ACCOUNT, encoding="utf-8")
    return str(path)


def test_a_quote_explains_every_fen(account: str) -> None:
    result = run("quote", account, "--as-of", "2026-03-02")
    assert result.exit_code == 0, result.output
    assert "24,000.00 × 0.05% × 31 天 = 372.00" in result.output
    assert "合计  24,612.00    贰万肆仟陆佰壹拾贰元整" in result.output
    english = run("quote", account, "--as-of", "2026-03-02", "--lang", "en").output
    assert "24,000.00 × 0.05% × 31 days = 372.00" in english


def test_a_quote_as_json(account: str) -> None:
    body = json.loads(run("quote", account, "--as-of", "2026-03-02", "--json").output)
    assert body["total_fen"] == sum(line["amount_fen"] for line in body["lines"]) == 2_461_200
    assert body["findings"] == []


def test_a_claim_above_the_cap_exits_1(account: str, tmp_path: Path) -> None:
    path = tmp_path / "private.yaml"
    path.write_text(ACCOUNT.replace("bank", "private").replace("2019-05-01", "2025-06-01"), encoding="utf-8")
    result = run("quote", str(path), "--as-of", "2026-03-02", "--lang", "en")
    assert result.exit_code == 1
    assert "rate.private" in result.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("quote", "nowhere.yaml", "--as-of", "2026-03-02"), "no such file"),
        (("quote", "{account}", "--as-of", "2 March"), "--as-of 2 March: not a date"),
        (("quote", "{bad}", "--as-of", "2026-03-02"), "bad.yaml:5"),
        (("quote", "{unknown}", "--as-of", "2026-03-02"), "no product 'boat'"),
        (("quote", "{account}", "--as-of", "2026-03-02", "--products", "{folder}"), "use one of none"),
        (("plan", "12x", "--first-contact", "2026-03-03", "--closing", "2026-03-31"), "is not an amount"),
        (("plan", "12", "--first-contact", "2026-03-03", "--closing", "soon"), "--closing soon: not a date"),
        (
            ("plan", "12", "--first-contact", "2026-03-03", "--closing", "2026-03-31", "--income", "2026-03-04"),
            "is not an amount",
        ),
        (
            (*PLAN, "--income", "2026-03-04=5", "--monthly", "5"),
            "give one of them",
        ),
    ],
)
def test_unusable_input_exits_2_with_one_clear_line(
    words: tuple[str, ...], said: str, account: str, tmp_path: Path
) -> None:
    bad, unknown, folder = tmp_path / "bad.yaml", tmp_path / "unknown.yaml", tmp_path / "products"
    bad.write_text(ACCOUNT.replace("2400000", "24000.00") + "colour: red\n", encoding="utf-8")
    unknown.write_text(ACCOUNT.replace("credit_card", "boat"), encoding="utf-8")
    folder.mkdir()
    (folder / "broken.yaml").write_text("code: x\n", encoding="utf-8")
    result = run(*(w.format(account=account, bad=bad, unknown=unknown, folder=folder) for w in words))
    assert result.exit_code == 2
    assert said in result.output
    assert result.output.splitlines()[-1].startswith("fairdue: ")


@pytest.mark.django_db
def test_an_account_of_the_desk_is_quoted_by_its_number() -> None:
    from fairdue.desk.accounts.models import Account, Customer

    at = datetime(2026, 3, 1, tzinfo=UTC)
    customer = Customer.objects.create(debtor_id="D1", name_masked="示**", created_at=at)
    Account.objects.create(
        number="A1",
        customer=customer,
        product="credit_card",
        lender="示例银行",
        lender_type="bank",
        opened=date(2024, 1, 5),
        due_date=date(2026, 1, 30),
        cycles=1,
        principal_fen=2_400_000,
        due_fen=240_000,
        digest="d",
        as_of=date(2026, 3, 1),
        updated_at=at,
        due_items=[{"number": 1, "due_date": "2026-01-30", "principal_fen": 2_400_000}],
    )
    result = run("quote", "A1", "--as-of", "2026-03-02")
    assert result.exit_code == 0, result.output
    assert "24,000.00 × 0.05% × 31 天 = 372.00" in result.output


@pytest.mark.django_db
def test_an_account_number_that_the_desk_does_not_know() -> None:
    result = run("quote", "6222", "--as-of", "2026-03-02")
    assert result.exit_code == 2
    assert "6222: no such account" in result.output


def test_the_plan_of_the_practice() -> None:
    result = run(*PLAN, "--cycles", "4")
    assert result.exit_code == 0, result.output
    rows = [line.split()[1:3] for line in result.output.splitlines()]
    assert rows == [["2026-03-05", "10,000.00"], ["2026-03-10", "7,000.00"], ["2026-03-24", "7,000.00"]]


def test_a_plan_within_means_as_json_and_one_beyond_them() -> None:
    body = json.loads(run(*PLAN, "--income", "2026-03-03=20000", "--income", "2026-03-20=4000", "--json").output)
    assert [part["amount_fen"] for part in body["parts"]] == [1_000_000, 700_000, 700_000]
    beyond = run(*PLAN, "--monthly", "1000", "--lang", "en")
    assert beyond.exit_code == 1
    assert "plan.means: 23,000.00 has no source" in beyond.output


def test_a_desk_without_its_tables_is_said_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError

    from fairdue.desk.accounts import selectors

    def broken(number: str) -> None:
        raise OperationalError(f"no such table, asked for {number}")

    monkeypatch.setattr(selectors, "account_facts", broken)
    result = run("quote", "A1", "--as-of", "2026-03-02")
    assert result.exit_code == 2
    assert "the desk's database is not set up" in result.output


def test_one_day_is_singular(account: str) -> None:
    output = run("quote", account, "--as-of", "2026-01-31", "--lang", "en").output
    assert "1 day late" in output
    assert "× 1 day = 12.00" in output
