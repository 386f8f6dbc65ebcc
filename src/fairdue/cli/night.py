"""Commands of the night."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import typer

from .io import report as report_findings
from .io import stderr, unusable


def register(app: typer.Typer) -> None:
    """Add `fairdue night`."""

    @app.command()
    def night(
        accounts: Path = typer.Option(..., help="Accounts, Parquet."),
        events: Path = typer.Option(..., help="Events, Parquet."),
        agents: int = typer.Option(0, help="How many agents there are."),
        per_agent: int = typer.Option(0, "--per-agent", help="How many customers each takes."),
        agents_file: Path | None = typer.Option(
            None, "--agents-file", help="Parquet with agent_id, capacity and optional lists groups, skills, instead."
        ),
        tasks: Path | None = typer.Option(None, help="Tasks due, Parquet."),
        holds: Path | None = typer.Option(None, help="People on hold, Parquet with debtor_id."),
        as_of: str = typer.Option(..., "--as-of", help="The day the lists are for, YYYY-MM-DD."),
        out: Path = typer.Option(..., "-o", help="Folder for lists, snapshot, findings and report."),
        engine: str = typer.Option("duckdb", help="duckdb, the only engine of this release."),
    ) -> None:
        """Prepare a day's lists from accounts and events."""
        from fairdue.portfolio.night import NightInputError, run_night

        try:
            day = date.fromisoformat(as_of)
        except ValueError:
            unusable(f"--as-of {as_of}: not a date; write it as YYYY-MM-DD")
        for path in (accounts, events, *(p for p in (agents_file, tasks, holds) if p)):
            if not path.is_file():
                unusable(f"{path}: no such file; give a Parquet file")
        show = stderr.print if stderr.is_terminal else None
        try:
            result = run_night(
                accounts,
                events,
                as_of=day,
                out=out,
                agents=agents,
                per_agent=per_agent,
                agents_file=agents_file,
                tasks=tasks,
                holds=holds,
                engine=engine,
                progress=show,
            )
        except NightInputError as exc:
            unusable(str(exc))
        total = sum(result.seconds.values())
        stderr.print(
            f"{result.rows['lists']} customers on lists, {sum(result.left_out.values())} left out, {total:.2f} s"
        )
        report_findings(result.findings)
