"""Commands of the playbook room."""

from __future__ import annotations

from pathlib import Path

import typer

from .io import report, stdout, unusable


def register(app: typer.Typer) -> None:
    """Add `fairdue playbook lint` and `show`."""
    group = typer.Typer(help="Playbook packs: check and read them.", no_args_is_help=True)
    app.add_typer(group, name="playbook")

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
