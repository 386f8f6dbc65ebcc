"""Commands of the portfolio: import a feed, check a mapping, write a sample."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from fairdue.core.findings import Finding, Severity, has_errors

from .io import report, stderr, stdout, unusable

if TYPE_CHECKING:
    from fairdue.portfolio import ImportResult, Mapping

SHOWN = 50
"""Findings printed in full; the rest are counted (all of them are in the JSON and beside the reject file)."""


def register(app: typer.Typer) -> None:
    """Add `fairdue import`, `fairdue mapping lint` and `fairdue sample`."""
    app.command("import")(import_)
    mapping = typer.Typer(help="Mapping files: how the columns of a feed become accounts.", no_args_is_help=True)
    mapping.command("lint")(lint)
    mapping.command("list")(listed)
    app.add_typer(mapping, name="mapping")
    app.command()(sample)


def import_(
    file: Path = typer.Argument(..., help="The feed: .csv, .txt, .tsv, .xlsx or .parquet."),
    mapping: str = typer.Option(..., "--mapping", help="A mapping file, or the name of a shipped one."),
    as_of: str = typer.Option(
        "", "--as-of", help="The day the data speaks of, YYYY-MM-DD; default: the mapping's own."
    ),
    check: bool = typer.Option(False, "--check", help="Only read and report; the database is not touched."),
    reject: Path | None = typer.Option(None, "--reject", help="Write refused rows here, in the layout of the feed."),
    as_json: bool = typer.Option(False, "--json", help="Print totals and findings as JSON."),
    lang: str = typer.Option("en", help="Language of the findings: en or zh."),
) -> None:
    """Import a portfolio, or payments, contacts, history and holds, through a mapping."""
    plan, day = _mapping(mapping, lang), _day(as_of)
    if not file.is_file():
        unusable(f"{file}: no such file; give an existing .csv, .xlsx or .parquet file")
    if check:
        with _progress(f"reading {file.name}") as step:
            from fairdue.portfolio import read_portfolio

            result = read_portfolio(file, plan, day, progress=step)
        _finish(result, None, reject, as_json, lang)
        return
    import fairdue.desk

    fairdue.desk.boot()
    from fairdue.desk.accounts.services import import_portfolio

    with _progress(f"importing {file.name}") as step:
        stored = import_portfolio(file, plan, by=None, progress=step, as_of=day)
    _finish(stored.result, stored.counts, reject, as_json, lang)


def lint(
    files: list[Path] = typer.Argument(..., help="Mapping files, or names of shipped ones."),
    lang: str = typer.Option("en", help="Language of the findings: en or zh."),
) -> None:
    """Check mapping files: unknown keys, rules, fields and values, by file and line."""
    from fairdue.portfolio import load_mapping

    findings: list[Finding] = []
    for file in files:
        mapping, found = load_mapping(file)
        findings += found
        if mapping is not None:
            stdout.print(f"{mapping.name}: {mapping.title.in_(lang)}, {mapping.kind}", markup=False)
    report(findings, lang)


def listed(lang: str = typer.Option("en", help="Language of the titles: en or zh.")) -> None:
    """List the mappings that ship with Fairdue."""
    from fairdue.portfolio import load_mapping, shipped

    for name in shipped():
        mapping, _ = load_mapping(name)
        if mapping is not None:
            stdout.print(f"{name:22} {mapping.kind:9} {mapping.title.in_(lang)}", markup=False)


def sample(
    out: Path = typer.Option(..., "-o", "--out", help="Folder to write into."),
    customers: int = typer.Option(300, min=1, help="How many people."),
    seed: int = typer.Option(1, min=0, help="The same seed and day give the same files."),
    as_of: str = typer.Option(..., "--as-of", help="The day the portfolio stands at, YYYY-MM-DD."),
    form: str = typer.Option("csv", "--format", help="csv or parquet."),
) -> None:
    """Write a generated portfolio: accounts, lines, payments, history, holds, and the night's two Parquet files."""
    from fairdue.portfolio.sample import make_sample
    from fairdue.portfolio.sample_writer import FORMATS, write_sample

    day = _day(as_of)
    if form not in FORMATS or day is None:
        unusable(
            f"--format {form}: not known; use {' or '.join(FORMATS)}" if day else "--as-of is empty; give YYYY-MM-DD"
        )
    try:
        counts = write_sample(make_sample(customers, seed, day), out, form)
    except OSError as exc:
        unusable(f"{out}: {exc.strerror or exc}; give a folder that can be written")
    for name, rows in counts.items():
        stdout.print(f"{out / name}: {rows} rows", markup=False)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        unusable(f"--as-of {text}: not a date; write it as YYYY-MM-DD")


def _mapping(name: str, lang: str) -> Mapping:
    from fairdue.portfolio import load_mapping, shipped

    plan, findings = load_mapping(name)
    if plan is None:
        for finding in findings:
            stderr.print(finding.line(lang), markup=False)
        unusable(
            f"--mapping {name}: cannot be used; mend it (fairdue mapping lint) or take one of {', '.join(shipped())}"
        )
    return plan


@contextmanager
def _progress(what: str) -> Iterator[Callable[[int, int], None] | None]:
    """A progress bar on stderr when it is a terminal."""
    if not stderr.is_terminal:
        yield None
        return
    with Progress(TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), console=stderr) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def _finish(result: ImportResult, counts: dict[str, Any] | None, reject: Path | None, as_json: bool, lang: str) -> None:
    """Write rejects, print the summary and the findings; exit 2 for an unusable file, 1 for errors, else 0."""
    from fairdue.portfolio import write_rejects

    written = 0
    if reject is not None:
        try:
            written = write_rejects(result, reject)
        except OSError as exc:
            unusable(f"{reject}: {exc.strerror or exc}; give a path that can be written")
    if as_json:
        body = {"file": result.file, "mapping": result.mapping.name, "usable": result.usable, "counts": counts}
        body |= {"totals": result.totals.as_dict(), "findings": [f.as_dict() for f in result.findings]}
        typer.echo(json.dumps(body, ensure_ascii=False))
    else:
        _summary(result, counts, reject if written else None)
        for finding in result.findings[:SHOWN]:
            stderr.print(finding.line(lang), markup=False)
        if len(result.findings) > SHOWN:
            stderr.print(f"… and {len(result.findings) - SHOWN} more findings", markup=False)
    if not result.usable:
        first = next(f for f in result.findings if f.severity is Severity.ERROR)
        unusable(first.line(lang))
    if has_errors(result.findings):
        raise typer.Exit(1)


def _summary(result: ImportResult, counts: dict[str, Any] | None, reject: Path | None) -> None:
    totals = result.totals
    stdout.print(
        f"{result.file}: {totals.rows} rows = {totals.taken} taken + {totals.rejected} rejected + {totals.excluded} excluded",
        markup=False,
    )
    from fairdue.core.money import format_plain

    for name, column in totals.columns.items():
        parts = (column.file_fen, column.taken_fen, column.rejected_fen, column.excluded_fen)
        file, taken, rejected, excluded = (format_plain(part) for part in parts)
        unread = f", {column.unreadable} unreadable" if column.unreadable else ""
        stdout.print(
            f"  {name}: {file} = {taken} taken + {rejected} rejected + {excluded} excluded{unread}", markup=False
        )
    for key, value in (counts or {}).items():
        stdout.print(f"  {key}: {value}", markup=False)
    if reject is not None:
        stdout.print(f"  refused rows: {reject} (reasons in {reject.name}.findings.csv)", markup=False)
