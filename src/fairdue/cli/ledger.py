"""Commands of the ledger: explain a quote, make a plan."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import typer

from fairdue.core.findings import Finding
from fairdue.core.ids import numbered
from fairdue.core.money import Fen, MoneyError, format_grouped, parse_money

from .io import report, stderr, stdout, unusable

if TYPE_CHECKING:
    from fairdue.ledger import AccountFacts, LedgerEvent


def register(app: typer.Typer) -> None:
    """Add `fairdue quote` and `fairdue plan`."""
    app.command()(quote)
    app.command()(plan)


def quote(
    account: str = typer.Argument(..., help="An account file (YAML or JSON), or an account number of the desk."),
    as_of: str = typer.Option(..., "--as-of", help="The day to compute for, YYYY-MM-DD."),
    products: Path | None = typer.Option(None, help="A folder of product files instead of the shipped ones."),
    lang: str = typer.Option("zh", help="Language: zh or en."),
    as_json: bool = typer.Option(False, "--json", help="Print the quote and its findings as JSON."),
) -> None:
    """Explain what is owed on a day, to the fen. The number ends in serial 000000: computed here, not issued by the desk."""
    from fairdue.ledger import (
        check_claim_cap,
        check_due_days,
        check_rate_cap,
        explain,
        load_products,
        make_quote,
        replay,
    )

    day = _day(as_of, "--as-of")
    facts, events = _account(account, lang)
    known, findings = load_products(products)
    product = known.get(facts.product)
    if product is None:
        for finding in findings:
            stderr.print(finding.line(lang), markup=False)
        unusable(f"{account}: no product {facts.product!r}; use one of {', '.join(sorted(known)) or 'none'}")
    answer, found = make_quote(facts, events, product, day, numbered("Q", day, 0))
    position, _same = replay(facts, events, product, day)
    findings += found + check_due_days(facts, product)
    findings += check_rate_cap(facts.lender_type, product.annual_ppm(day), facts.opened)
    findings += check_claim_cap(facts, position)
    if as_json:
        typer.echo(json.dumps({**answer.as_dict(), "findings": [f.as_dict() for f in findings]}, ensure_ascii=False))
    else:
        stdout.print(explain(answer, lang), markup=False)
    report(findings, lang)


def plan(
    amount: str = typer.Argument(..., help="What is owed, in yuan, such as 24000 or 24,000.00."),
    first_contact: str = typer.Option(..., "--first-contact", help="The day of the first contact, YYYY-MM-DD."),
    closing: str = typer.Option(..., help="The closing date of the commission, YYYY-MM-DD."),
    cycles: int | None = typer.Option(None, min=1, help="Cycles in arrears: the first part clears at least one."),
    monthly: str | None = typer.Option(None, help="What the customer can spare each month, in yuan."),
    income: list[str] = typer.Option([], help="Money that comes in, DATE=YUAN; may be given again."),
    lang: str = typer.Option("zh", help="Language: zh or en."),
    as_json: bool = typer.Option(False, "--json", help="Print the plan and its findings as JSON."),
) -> None:
    """Plan full repayment inside the commission period, in parts that sum exactly."""
    from fairdue.ledger import commission_plan

    start, end = _day(first_contact, "--first-contact"), _day(closing, "--closing")
    if monthly is not None and income:
        unusable("--monthly and --income: give one of them")
    ability: list[tuple[date, Fen]] | Fen | None = [_income(text) for text in income] or None
    if monthly is not None:
        ability = _money(monthly, "--monthly")
    made, findings = commission_plan(_money(amount, "AMOUNT"), start, end, cycles, ability)
    rows = made.parts if made else ()
    if as_json:
        parts = [
            {
                "number": part.number,
                "due_on": part.due_on.isoformat(),
                "amount_fen": part.amount_fen,
                "reason": part.reason.as_dict(),
                "postpones": part.postpones.as_dict(),
            }
            for part in rows
        ]
        typer.echo(json.dumps({"parts": parts, "findings": [f.as_dict() for f in findings]}, ensure_ascii=False))
    else:
        for part in rows:
            words = f"{part.reason.in_(lang)}{'; ' if lang.startswith('en') else ';'}{part.postpones.in_(lang)}"
            stdout.print(f"{part.number}  {part.due_on}  {format_grouped(part.amount_fen):>14}  {words}", markup=False)
    report(findings, lang)


def _day(text: str, option: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        unusable(f"{option} {text}: not a date; write it as YYYY-MM-DD")


def _money(text: str, name: str) -> Fen:
    try:
        return parse_money(text)
    except MoneyError as exc:
        unusable(f"{name}: {exc}; write yuan such as 24000 or 24,000.00")


def _income(text: str) -> tuple[date, Fen]:
    day, _equals, fen = text.partition("=")
    return _day(day, "--income"), _money(fen, f"--income {text}")


def _account(name: str, lang: str) -> tuple[AccountFacts, tuple[LedgerEvent, ...]]:
    """From a file when there is one of this name, else from the desk."""
    from fairdue.ledger import read_account

    path = Path(name)
    if path.is_file():
        read, findings = read_account(path)
        if read is None:
            _refuse(findings, lang)
        return read
    if path.suffix in (".yaml", ".yml", ".json"):
        unusable(f"{name}: no such file; give an account file or an account number")
    import fairdue.desk

    fairdue.desk.boot()
    from django.db import DatabaseError

    from fairdue.desk.accounts.selectors import account_facts

    try:
        return account_facts(name)
    except LookupError:
        unusable(f"{name}: no such account and no such file; check the number, or give an account file")
    except DatabaseError:
        unusable(
            f"{name}: no such file, and the desk's database is not set up; give an account file or run fairdue demo"
        )


def _refuse(findings: list[Finding], lang: str) -> NoReturn:
    for finding in findings[1:]:
        stderr.print(finding.line(lang), markup=False)
    unusable(findings[0].line(lang))
