"""Commands of the case file: export one complaint as signed JSON and PDF, check a file that came from anywhere."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import typer

from .io import stderr, stdout, unusable


def register(app: typer.Typer) -> None:
    """Add `fairdue casefile export` and `verify`."""
    group = typer.Typer(help="The signed case file of a complaint.", no_args_is_help=True)
    group.command("export")(export)
    group.command("verify")(verify)
    app.add_typer(group, name="casefile")


def export(
    number: str = typer.Argument(..., metavar="CASE_NUMBER", help="Number of the case, as on its page."),
    out: Path = typer.Option(..., "-o", "--out", help="Folder to write to; made when it is not there."),
    lang: str = typer.Option("zh", help="Language of the PDF: zh or en."),
    as_of: str = typer.Option("", help="Only what was known then: an ISO 8601 instant with its offset; default now."),
) -> None:
    """Write CASE_NUMBER.json (signed) and CASE_NUMBER.pdf, personal data masked; the export is kept and audited."""
    if lang not in ("zh", "en"):
        unusable(f"--lang {lang}: not known; use zh or en")
    at = _instant(as_of) if as_of else None
    if out.exists() and not out.is_dir():
        unusable(f"{out}: not a folder; give a folder to write to")
    from .desk import ready

    ready()
    from fairdue.desk.audit.signing import SigningKeyError
    from fairdue.desk.casefile import selectors, services
    from fairdue.desk.refusals import RefusedError
    from fairdue.letters import FontMissingError
    from fairdue.letters.case_file import render_case_file
    from fairdue.letters.fonts import require_font

    try:
        require_font()
        case = selectors.case_by_number(number)
        made = services.export_case(case, None, as_of=at)
        document = services.body_of(made)
        out.mkdir(parents=True, exist_ok=True)
        (out / f"{case.number}.json").write_bytes(document)
        (out / f"{case.number}.pdf").write_bytes(render_case_file(document, lang))
    except (LookupError, SigningKeyError, FontMissingError) as exc:
        unusable(str(exc.args[0] if exc.args else exc))
    except RefusedError as refused:
        unusable(refused.message("en"))
    except OSError as exc:
        unusable(
            f"{out}: {exc.strerror or exc}; give a folder that can be written (the export itself is kept in the desk)"
        )
    stdout.print(f"{out / f'{case.number}.json'}: {made.size} bytes, {made.contacts} contacts", markup=False)
    stdout.print(f"SHA-256 {made.digest}", markup=False)


def _instant(text: str) -> datetime:
    from fairdue.core.dates import DateError, parse_instant

    try:
        return parse_instant(text)
    except DateError as exc:
        unusable(f"--as-of: {exc}")


def verify(
    file: Path = typer.Argument(..., metavar="FILE.json", help="The JSON of a case file."),
    key: str = typer.Option("", help="The issuer's public key, got from another source than the file."),
    lang: str = typer.Option("en", help="Language of the findings: en or zh."),
) -> None:
    """Check every section, the signature and the audit rows, offline; exit 1 when anything was changed, naming it."""
    from fairdue.desk.audit.signing import SignatureFormatError, fingerprint
    from fairdue.desk.casefile.checking import NotACaseFileError, check

    try:
        checked = check(file.read_bytes(), public_key=key or None)
    except OSError as exc:
        unusable(f"{file}: {exc.strerror or exc}; give the JSON file of a case file")
    except NotACaseFileError as exc:
        unusable(f"{file}: {exc}; give the JSON file of a case file, not the PDF")
    except SignatureFormatError as exc:
        unusable(f"--key: {exc}; give the public key as the issuer printed it")
    for name, state in checked.sections.items():
        if state != "whole":
            stdout.print(f"section {name}: {state}", markup=False)
    for finding in checked.findings:
        stderr.print(finding.line(lang), markup=False)
    whole = sum(state == "whole" for state in checked.sections.values())
    stdout.print(f"{whole} of {len(checked.sections)} sections whole", markup=False)
    stdout.print(f"SHA-256 {checked.digest}", markup=False)
    if not checked.whole:
        raise typer.Exit(1)
    known = "the given key" if key else f"key {fingerprint(checked.public_key)}, to be compared with the issuer's"
    stdout.print(f"{checked.head.get('case')}: unchanged since it was signed with {known}", markup=False)
