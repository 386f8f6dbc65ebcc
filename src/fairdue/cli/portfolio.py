"""Commands of the portfolio: import a feed, check a mapping, write a sample."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from fairdue.core.findings import Finding, Severity
from fairdue.core.money import format_plain

from .desk import ready
from .io import report, stderr, stdout, unusable

if TYPE_CHECKING:
    from fairdue.portfolio import Mapping

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
    outcome = _read(file, plan, day, reject, lang) if check else _store(file, plan, day, reject, lang)
    _print(outcome, as_json, lang)
    if any(body["severity"] == "error" for body in outcome.findings):
        raise typer.Exit(1)


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


@dataclass
class _Outcome:
    """What both ways report. Findings in their JSON form; `rejects` is set when a reject file was written."""

    file: str
    mapping: str
    totals: dict[str, Any]
    counts: dict[str, Any]
    findings: list[dict[str, Any]]
    rejects: Path | None = None


def _read(file: Path, plan: Mapping, day: date | None, reject: Path | None, lang: str) -> _Outcome:
    """Read only. Exits with status 2 when the file as a whole cannot be used."""
    from fairdue.portfolio import read_portfolio, write_rejects

    with _progress(f"reading {file.name}") as step:
        result = read_portfolio(file, plan, day, progress=step)
    if not result.usable:
        _refused(list(result.findings), lang)
    written = 0
    if reject is not None:
        try:
            written = write_rejects(result, reject)
        except OSError as exc:
            unusable(f"{reject}: {exc.strerror or exc}; give a path that can be written")
    findings = [finding.as_dict() for finding in result.findings]
    return _Outcome(result.file, plan.name, result.totals.as_dict(), {}, findings, reject if written else None)


def _store(file: Path, plan: Mapping, day: date | None, reject: Path | None, lang: str) -> _Outcome:
    """Import into the database through the desk's service, the same one the page uses."""
    ready()
    from django.conf import settings

    from fairdue.desk.accounts.models import ImportFinding
    from fairdue.desk.accounts.services import ImportBusyError, ImportRefusedError, import_portfolio

    try:
        with _progress(f"importing {file.name}") as step:
            batch = import_portfolio(file, plan, by=None, progress=step, as_of=day)
    except ImportBusyError as exc:
        unusable(str(exc))
    except ImportRefusedError as exc:
        _refused(exc.findings, lang)
    written = None
    if reject is not None and batch.reject_file:
        kept = Path(settings.FAIRDUE_HOME) / "rejects" / batch.reject_file
        try:
            shutil.copyfile(kept, reject)
            shutil.copyfile(findings_path(kept), findings_path(reject))
        except OSError as exc:
            unusable(f"{reject}: {exc.strerror or exc}; give a path that can be written")
        written = reject
    findings = [row.body for row in ImportFinding.objects.filter(batch=batch).order_by("pk")]
    return _Outcome(batch.file_name, batch.mapping, batch.totals, batch.counts, findings, written)


def findings_path(path: Path) -> Path:
    """The findings file beside a reject file (as `portfolio.rejects` names it)."""
    from fairdue.portfolio.rejects import findings_path as beside

    return beside(path)


def _refused(findings: list[Finding], lang: str) -> NoReturn:
    """Everything but the decisive finding first, then that one as the line of an unusable input."""
    decisive = next(f for f in findings if f.severity is Severity.ERROR)
    for finding in findings:
        if finding is not decisive:
            stderr.print(finding.line(lang), markup=False)
    unusable(decisive.line(lang))


def _print(outcome: _Outcome, as_json: bool, lang: str) -> None:
    if as_json:
        head = {"file": outcome.file, "mapping": outcome.mapping, "counts": outcome.counts}
        typer.echo(json.dumps(head | {"totals": outcome.totals, "findings": outcome.findings}, ensure_ascii=False))
        return
    totals = outcome.totals
    stdout.print(
        f"{outcome.file}: {totals['rows']} rows = {totals['taken']} taken + {totals['rejected']} rejected"
        f" + {totals['excluded']} excluded",
        markup=False,
    )
    for name, column in totals["columns"].items():
        file, taken, rejected, excluded = (
            format_plain(column[f"{part}_fen"]) for part in ("file", "taken", "rejected", "excluded")
        )
        unread = f", {column['unreadable']} unreadable" if column["unreadable"] else ""
        stdout.print(
            f"  {name}: {file} = {taken} taken + {rejected} rejected + {excluded} excluded{unread}", markup=False
        )
    for key, value in outcome.counts.items():
        stdout.print(f"  {key}: {value}", markup=False)
    if outcome.rejects is not None:
        stdout.print(
            f"  refused rows: {outcome.rejects} (reasons in {findings_path(outcome.rejects).name})", markup=False
        )
    for body in outcome.findings[:SHOWN]:
        place = ":".join(str(part) for part in (body["file"], body["row"], body["field"]) if part)
        said = " ".join(body[part]["zh" if lang.startswith("zh") else "en"] for part in ("what", "why", "mend"))
        stderr.print(f"{place}: {body['severity']} {body['code']}: {said}", markup=False)
    if len(outcome.findings) > SHOWN:
        stderr.print(f"… and {len(outcome.findings) - SHOWN} more findings", markup=False)
