"""Commands of the playbook room: check packs, read them, compare them, try them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from fairdue.core.findings import Finding, has_errors

from . import playbook_read, playbook_render
from .io import report, stderr, stdout, unusable

if TYPE_CHECKING:
    from fairdue.playbook import Library

COVERAGE_PAGE = Path("docs/reference/coverage.md")
HOW = {"added": "+", "removed": "-", "changed": "~"}


def register(app: typer.Typer) -> None:
    """Add `fairdue playbook lint`, `show`, `stats`, `diff`, `coverage`, `render` and `test`."""
    group = typer.Typer(help="Playbook packs: check, read, compare and try them.", no_args_is_help=True)
    app.add_typer(group, name="playbook")
    _checking(group)
    playbook_read.register(group)
    _comparing(group)
    playbook_render.register(group)


def guard_in(lang: str) -> Any:
    """The guard as the linter and the guidance take it: text, channel, party, facts → (label, why)."""
    from fairdue.guard import check_text

    def guard(text: str, channel: str, party: str, facts: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        return [(red.label, red.why.in_(lang)) for red in check_text(text, channel, party, facts)]

    return guard


def pack_folders(folder: Path) -> list[Path]:
    """The packs a path names; exits with status 2 when there are none."""
    from fairdue.playbook.loader import packs_in

    found = packs_in(folder) if folder.is_dir() else []
    if not found:
        unusable(f"{folder}: no pack.yaml in it; give the folder of a playbook pack, or a folder of such folders")
    return found


def _told(findings: list[Finding], lang: str, as_json: bool, well: str) -> None:
    """Findings as lines on stderr or as JSON on stdout; exit 1 when one is an error."""
    if as_json:
        typer.echo(json.dumps([finding.as_dict() for finding in findings], ensure_ascii=False, indent=1))
        if has_errors(findings):
            raise typer.Exit(1)
        return
    report(findings, lang)
    stdout.print(well, markup=False)


def _checking(group: typer.Typer) -> None:
    @group.command("lint")
    def lint_(
        folder: Path | None = typer.Argument(
            None, help="A pack's folder or a folder of packs; default: all that ship."
        ),
        lang: str = typer.Option("en", help="Language of the findings: zh or en."),
        as_json: bool = typer.Option(False, "--json", help="Print the findings as JSON on standard output."),
    ) -> None:
        """Name everything that is wrong with file, line and how to mend it, also what the guard finds in what would be said."""
        from fairdue.dialogue import sample_values
        from fairdue.playbook import lint

        folders = pack_folders(folder) if folder is not None else None
        findings = lint(folders, values=sample_values(), guard=guard_in(lang))
        _told(findings, lang, as_json, "playbook: nothing wrong")

    @group.command("test")
    def test_(
        folder: Path | None = typer.Argument(
            None, help="A pack's folder or a folder of packs; default: all that ship."
        ),
        lang: str = typer.Option("en", help="Language of the findings: zh or en."),
        as_json: bool = typer.Option(False, "--json", help="Print the findings as JSON on standard output."),
    ) -> None:
        """Play the conversations of packs and name each expectation that is not met."""
        from fairdue.dialogue import load_recogniser, run_conversations
        from fairdue.playbook.loader import load_among_shipped, read_folder

        folders = pack_folders(folder) if folder is not None else []
        library, unread = load_among_shipped([read_folder(path.resolve()) for path in folders])
        names = {path.resolve().name for path in folders}
        packs = {pack for pack, file, _case in library.conversations() if file.split("/", maxsplit=1)[0] in names}
        outcomes = run_conversations(
            library, load_recogniser(), guard=guard_in(lang), packs=packs if folder is not None else None
        )
        findings = [f for f in unread if not names or str(f.place.file).split("/", maxsplit=1)[0] in names]
        findings += [finding for outcome in outcomes for finding in outcome.findings]
        _told(findings, lang, as_json, f"playbook: {len(outcomes)} conversations as expected")


def _comparing(group: typer.Typer) -> None:
    @group.command("diff")
    def diff_(
        old: Path = typer.Argument(..., help="A pack's folder or a folder of packs, as it was."),
        new: Path = typer.Argument(..., help="The same, as it is now."),
        as_json: bool = typer.Option(False, "--json", help="Print the changes as JSON on standard output."),
    ) -> None:
        """Show what changed between two packs, or two folders of packs: `[-gone-]` and `{+come+}` mark the words."""
        from fairdue.playbook import compare

        changes = compare(_library(old), _library(new))
        if as_json:
            rows = [
                {
                    "kind": change.kind,
                    "id": change.id,
                    "how": change.how,
                    "say": change.say,
                    "fields": {f.name: {"old": f.old, "new": f.new} for f in change.fields},
                }
                for change in changes
            ]
            typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for change in changes:
            say = f"  {change.say}" if change.say else ""
            stdout.print(f"{HOW[change.how]} {change.kind} {change.id}{say}", markup=False)
            for field in change.fields:
                stdout.print(f"    {field.name}: {field.marked}", markup=False)
        stdout.print(f"playbook: {len(changes)} changes" if changes else "playbook: no difference", markup=False)

    @group.command("coverage")
    def coverage_(
        check: bool = typer.Option(
            False, "--check", help="Exit 1 when a row is uncovered or the page is not up to date."
        ),
        write: bool = typer.Option(False, "--write", help="Write the page."),
        page: Path = typer.Option(COVERAGE_PAGE, help="The page that is written or checked."),
    ) -> None:
        """Show which rows of the practice are carried by lines, red-line cases, hints and rules."""
        from fairdue.playbook import coverage, load_library
        from fairdue.playbook.coverage import page as as_page

        library, _findings = load_library()
        covers = coverage(library)
        text = as_page(covers)
        if write:
            try:
                page.write_text(text, encoding="utf-8")
            except OSError as exc:
                unusable(f"{page}: {exc.strerror or exc}; run it from the repository, or name a page with --page")
            stdout.print(f"wrote {page}", markup=False)
        elif not check:
            for cover in covers:
                counts = f"lines {len(cover.lines):>3}  red {len(cover.redlines):>2}  hints {len(cover.hints):>2}  rules {len(cover.rules)}"
                lacks = f"  MISSING {', '.join(cover.missing)}" if cover.missing else ""
                stdout.print(f"{cover.row.id:<8} {counts}  {cover.row.title.zh}{lacks}", markup=False)
        holes = [f"{cover.row.id} lacks a {what}" for cover in covers for what in cover.missing]
        for hole in holes:
            stderr.print(f"fairdue: {hole}", markup=False)
        stdout.print(f"playbook: {len(covers) - len({h.split()[0] for h in holes})} of {len(covers)} rows covered")
        stale = check and (not page.is_file() or page.read_text(encoding="utf-8") != text)
        if stale:
            stderr.print(
                f"fairdue: {page} is not what the packs say; run: fairdue playbook coverage --write", markup=False
            )
        if check and (holes or stale):
            raise typer.Exit(1)


def _library(folder: Path) -> Library:
    """The packs of a folder by themselves; what cannot be read is told on stderr and left out."""
    from fairdue.playbook import load_library

    library, findings = load_library([path.resolve() for path in pack_folders(folder)])
    for finding in findings:
        stderr.print(finding.line(), markup=False)
    return library
