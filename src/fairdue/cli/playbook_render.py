"""`fairdue playbook render`: a line as it would be said, with sample facts or with an account's own figures."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from fairdue.core.dates import DateError, local_day, parse_instant
from fairdue.core.ids import numbered
from fairdue.core.money import format_grouped

from .io import report, stderr, stdout, unusable

if TYPE_CHECKING:
    from fairdue.ledger import Product, Quote
    from fairdue.playbook import QuoteView, RenderValues

NOT_A_FACT = ("now", "zone", "quote")


def register(group: typer.Typer) -> None:
    """Add `render`."""

    @group.command("render")
    def render_(
        line_id: str = typer.Argument(..., metavar="LINE", help="A line id such as first.payday.1."),
        facts: Path | None = typer.Option(None, help="YAML or JSON of facts that replace the others, by field name."),
        account: Path | None = typer.Option(
            None, help="An account file (as for `fairdue quote`): its quote, its plan."
        ),
        at: str | None = typer.Option(None, help="The instant of the call, ISO 8601 with an offset."),
        lang: str = typer.Option("en", help="Language of the findings: zh or en."),
    ) -> None:
        """Show a line as it would be said; a fact that is missing or untrue is a finding (exit status 1).

        Without --account all facts are the sample's. With it the figures are a real quote of that day, the plan is made
        from the closing date, and nothing else about the account is known unless --facts says so.
        """
        from fairdue.dialogue import sample_values
        from fairdue.playbook import load_library, render

        library, _findings = load_library()
        if line_id not in library.lines:
            unusable(f"{line_id}: no such line; `fairdue playbook show ACT` lists lines")
        values = sample_values()
        if at is not None:
            values = replace(values, now=_instant(at))
            if account is None and values.quote is not None:
                quote = replace(values.quote, as_of=local_day(values.now, values.zone))
                values = replace(values, quote=quote)
        if account is not None:
            values = _of_account(account, values, lang)
        if facts is not None:
            values = _with_facts(facts, values)
        rendered, problems = render(library.line(line_id), values)
        report(problems, lang)
        if rendered is not None:
            stdout.print(rendered.text, markup=False)
            stdout.print(f"quote: {rendered.quote_number or '-'}   check at: {rendered.deadline or '-'}", markup=False)


def _instant(text: str) -> datetime:
    try:
        return parse_instant(text)
    except DateError as exc:
        unusable(f"--at {text}: {exc}")


def _of_account(path: Path, values: RenderValues, lang: str) -> RenderValues:
    """Who is speaking stays the sample's; what is said about the account is the account's."""
    from fairdue.ledger import load_products, make_quote, read_account
    from fairdue.playbook import RenderValues

    if not path.is_file():
        unusable(f"{path}: no such file; give an account file as for `fairdue quote`")
    read, findings = read_account(path)
    if read is None:
        for finding in findings[1:]:
            stderr.print(finding.line(lang), markup=False)
        unusable(findings[0].line(lang))
    account, events = read
    products, _found = load_products()
    product = products.get(account.product)
    if product is None:
        unusable(f"{path}: no product {account.product!r}; use one of {', '.join(sorted(products))}")
    day = local_day(values.now, values.zone)
    quote, found = make_quote(account, events, product, day, numbered("Q", day, 0))
    report(found, lang)
    late = [item.due_date for item in account.due_items if item.due_date <= day]
    known = RenderValues(
        now=values.now,
        zone=values.zone,
        honorific=values.honorific,
        agent_surname=values.agent_surname,
        institution=values.institution,
        department=values.department,
        hotline=values.hotline,
        channels=values.channels,
        quote=_view(quote, product),
        product=product.title.zh,
        due_day=min(late) if late else None,
    )
    return _with_plan(path, quote, known, lang)


def _view(quote: Quote, product: Product) -> QuoteView:
    from fairdue.ledger.book import percent_text
    from fairdue.playbook import QuoteView

    lines = {line.code: line for line in quote.lines}
    yearly = product.annual_ppm(quote.as_of)
    interest = lines.get("interest")
    return QuoteView(
        number=quote.number,
        total_fen=quote.total_fen,
        overdue_fen=quote.overdue_fen,
        daily_interest_fen=quote.daily_interest_fen,
        penalty_fen=lines["penalty"].amount_fen if "penalty" in lines else 0,
        dpd=quote.dpd,
        as_of=quote.as_of,
        interest_fen=interest.amount_fen if interest else 0,
        cycles=quote.cycles,
        annual_rate=percent_text(yearly) if yearly else "",
        formula=interest.formula.zh if interest else "",
    )


def _with_plan(path: Path, quote: Quote, values: RenderValues, lang: str) -> RenderValues:
    """The plan inside the commission period, when the file names its closing date."""
    from fairdue.ledger import commission_plan
    from fairdue.packs import read_yaml

    raw = read_yaml(path)
    if raw.get("closing") is None:
        return values
    first, closing = _day(raw.get("first_contact")) or quote.as_of, _day(raw["closing"])
    assert closing is not None
    plan, findings = commission_plan(quote.overdue_fen, first, closing, quote.cycles or None)
    for finding in findings:
        stderr.print(finding.line(lang), markup=False)
    if plan is None:
        return values
    words = ",".join(f"{p.due_on.month}月{p.due_on.day}日 {format_grouped(p.amount_fen)}元" for p in plan.parts)
    part = plan.parts[0]
    return replace(values, plan=words, plan_first_fen=part.amount_fen, plan_first_day=part.due_on)


def _day(value: Any) -> date | None:
    """A date of the account file, which JSON writes as text; the file was validated before."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def _with_facts(path: Path, values: RenderValues) -> RenderValues:
    from fairdue.packs import PackError, read_yaml
    from fairdue.playbook import PROVEN, RenderValues

    try:
        raw = read_yaml(path)
    except PackError as exc:
        unusable(str(exc))
    kinds = {f.name: _kind(f.name) for f in fields(RenderValues) if f.name not in NOT_A_FACT}
    names = ", ".join(sorted(kinds))
    if not isinstance(raw, dict):
        unusable(f"{path}: not a mapping; give any of {names}")
    given: dict[str, Any] = {}
    for key, value in raw.items():
        if key not in kinds:
            unusable(f"{path}: unknown fact {key}; give any of {names}")
        if key == "proven":
            if not isinstance(value, list) or not set(value) <= set(PROVEN):
                unusable(f"{path}: proven: give a list of {', '.join(PROVEN)}")
            given[key] = frozenset(value)
            continue
        if type(value) is not kinds[key] or (isinstance(value, int) and value < 0):
            unusable(f"{path}: {key}: give {WANTED[kinds[key]]}")
        given[key] = value
    return replace(values, **given)


WANTED = {str: "a text", int: "a whole number (fen for money), not below zero", date: "a date YYYY-MM-DD"}


def _kind(name: str) -> type:
    if name.endswith(("_fen", "_days")):
        return int
    return date if name in ("due_day", "plan_first_day", "service_stops") else str
