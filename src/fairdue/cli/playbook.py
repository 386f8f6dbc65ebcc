"""Commands of the playbook room."""

from __future__ import annotations

from pathlib import Path

import typer

from .io import report, stdout, unusable


def register(app: typer.Typer) -> None:
    """Add `fairdue playbook lint`, `show`, `render` and `test`."""
    group = typer.Typer(help="Playbook packs: check and read them.", no_args_is_help=True)
    app.add_typer(group, name="playbook")
    _reading(group)
    _trying(group)


def _reading(group: typer.Typer) -> None:

    @group.command("lint")
    def lint_(
        folder: Path | None = typer.Argument(None, help="One pack's folder; default: all packs that ship."),
        lang: str = typer.Option("en", help="Language of the findings: zh or en."),
    ) -> None:
        """Name everything that is wrong with file, line and how to mend it."""
        from fairdue.playbook import lint

        if folder is not None and not (folder / "pack.yaml").is_file():
            unusable(f"{folder}: no pack.yaml in it; give the folder of a playbook pack")
        report(lint([folder] if folder else None), lang)
        stdout.print("playbook: nothing wrong")

    @group.command("show")
    def show(what: str = typer.Argument(..., help="An act such as stall.payday, or a line id.")) -> None:
        """Show the lines that answer an act, or one line with its reason, law and source."""
        from fairdue.playbook import load_library

        library, _findings = load_library()
        lines = [n for n in library.lines.values() if n.id == what or what in n.answers]
        if not lines:
            unusable(f"{what}: no such act or line; see docs/reference/formats.md for the acts")
        for line in lines:
            stdout.print(f"{line.id}  [{line.stage}, {line.party}, pressure {line.pressure}]", markup=False)
            stdout.print(f"  {line.say.strip()}", markup=False)
            stdout.print(f"  why: {line.why}", markup=False)
            stdout.print(f"  cites: {', '.join(line.cites) or '-'}   source: {line.source}", markup=False)


def _trying(group: typer.Typer) -> None:
    @group.command("render")
    def render_(
        line_id: str = typer.Argument(..., metavar="LINE", help="A line id such as first.payday.1."),
        facts: Path | None = typer.Option(None, help="YAML or JSON of facts that replace the sample's, by field name."),
    ) -> None:
        """Show a line as it would be said; a fact that is missing or untrue is a finding (exit status 1)."""
        from dataclasses import fields, replace

        from fairdue.dialogue import sample_values
        from fairdue.packs import PackError, read_yaml
        from fairdue.playbook import RenderValues, load_library, render

        library, _findings = load_library()
        if line_id not in library.lines:
            unusable(f"{line_id}: no such line; `fairdue playbook show ACT` lists lines")
        values = sample_values()
        if facts is not None:
            try:
                raw = read_yaml(facts)
            except PackError as exc:
                unusable(str(exc))
            plain = {f.name for f in fields(RenderValues)} - {"now", "quote"}
            if not isinstance(raw, dict) or set(raw) - plain or not all(isinstance(v, str) for v in raw.values()):
                unusable(f"{facts}: give texts for any of {', '.join(sorted(plain))}")
            values = replace(values, **{str(key): value for key, value in raw.items()})
        rendered, problems = render(library.line(line_id), values)
        report(problems)
        if rendered is not None:
            stdout.print(rendered.text, markup=False)
            stdout.print(f"quote: {rendered.quote_number or '-'}   check at: {rendered.deadline or '-'}", markup=False)

    @group.command("test")
    def test_() -> None:
        """Play the conversations of all packs and name each expectation that is not met."""
        from fairdue.dialogue import load_recogniser, run_conversations
        from fairdue.playbook import load_library
        from fairdue.playbook.library import shipped

        library, _findings = load_library()
        outcomes = run_conversations(shipped(), library, load_recogniser())
        report(finding for outcome in outcomes for finding in outcome.findings)
        stdout.print(f"playbook: {len(outcomes)} conversations as expected")
