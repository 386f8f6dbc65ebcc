"""Commands of the audit trail: verify it or a range of it, export it with a signature, verify an export offline."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from fairdue.core.findings import Finding

from .io import opened, stderr, stdout, unusable

if TYPE_CHECKING:
    from fairdue.desk.audit.selectors import Range

FROM = typer.Option("", "--from", help="First event: its number, or a day such as 2026-03-02.")
TO = typer.Option("", "--to", help="Last event: its number, or a day.")


def register_audit(app: typer.Typer) -> None:
    """Add `fairdue audit …` to `app`."""
    audit = typer.Typer(help="The audit trail.", no_args_is_help=True)
    audit.command("verify")(audit_verify)
    audit.command("export")(audit_export)
    audit.command("key")(audit_key)
    app.add_typer(audit, name="audit")


def audit_verify(
    start: str = FROM,
    end: str = TO,
    file: str = typer.Option("", "--file", help="Check this export instead; needs no database."),
    signature: str = typer.Option("", "--signature", help="Its signature file; default the export's name with .sig."),
    key: str = typer.Option("", "--key", help="The public key that must have signed it (fairdue audit key)."),
    lang: str = typer.Option("en", help="Language of the findings: en or zh."),
) -> None:
    """Check the audit trail: hashes, links and gaps; the whole of it also against permits, denials and contacts.

    Exit 1 at the first breaks.
    """
    if file:
        if start or end:
            unusable("--from and --to choose events of the database; an export (--file) is always checked as a whole")
        _verify_file(Path(file), Path(signature or f"{file}.sig"), key, lang)
        return
    if signature or key:
        unusable("--signature and --key belong to an export; name it with --file")
    from .desk import ready

    ready()
    from fairdue.desk.audit import selectors
    from fairdue.desk.audit.crosscheck import crosscheck

    chosen = _range(start, end)
    count, findings = selectors.verify(chosen)
    if chosen is None:
        findings = [*findings, *crosscheck()]
        _answer(count, findings, "", lang)
    else:
        _answer(count, findings, f" ({chosen.first} to {chosen.last}, after {chosen.anchor[:16]}…)", lang)


def audit_export(
    start: str = FROM,
    end: str = TO,
    out: str = typer.Option("-", "-o", "--out", help="JSONL file to write, - for standard output (not signed)."),
) -> None:
    """Write the audit trail as JSONL, with everything that its verification needs, and a signature beside it (.sig)."""
    from .desk import ready

    ready()
    from fairdue.desk.audit import exports, selectors, signing

    if out != "-" and not Path(out).resolve().parent.is_dir():
        unusable(f"{out}: its folder does not exist; give a path that can be written")
    chosen = _range(start, end) or selectors.find_range()
    with opened(out, "w") as handle:
        manifest = exports.write(handle, selectors.export(chosen), first=chosen.first, anchor=chosen.anchor)
    if out == "-":
        stderr.print(f"{manifest.count} events written")
        return
    beside = f"{out}.sig"
    try:
        text = exports.signature_file(manifest)
    except signing.SigningKeyError as exc:
        unusable(str(exc))
    with opened(beside, "w") as handle:
        handle.write(text)
    stderr.print(f"{manifest.count} events written, signed in {beside}", markup=False)


def audit_key() -> None:
    """Print the public key of this installation's signatures, and its fingerprint: give both to whoever checks exports."""
    from .desk import boot

    boot()
    from fairdue.desk.audit import signing

    try:
        public = signing.public_key()
    except signing.SigningKeyError as exc:
        unusable(str(exc))
    typer.echo(public)
    stderr.print(f"fingerprint {signing.fingerprint(public)}")


def _range(start: str, end: str) -> Range | None:
    if not start and not end:
        return None
    from fairdue.desk.audit import selectors

    try:
        return selectors.find_range(start, end)
    except selectors.RangeError as exc:
        unusable(str(exc))


def _verify_file(path: Path, signature: Path, key: str, lang: str) -> None:
    from fairdue.desk.audit import exports, signing

    try:
        count, findings, public = exports.verify_file(path, signature, public_key=key or None)
    except OSError as exc:
        unusable(f"{exc.filename or path}: {exc.strerror or exc}; give an existing, readable export")
    except (exports.ExportFormatError, signing.SignatureFormatError) as exc:
        unusable(str(exc) if isinstance(exc, exports.ExportFormatError) else f"--key: not a public key ({exc})")
    said = f", signed by {signing.fingerprint(public)}" if public else ""
    if public and not key:
        said += " (compare with: fairdue audit key)"
    _answer(count, findings, said, lang)


def _answer(count: int, findings: list[Finding], more: str, lang: str) -> None:
    for finding in findings:
        stderr.print(finding.line(lang), markup=False)
    word = "the chain is whole" if not findings else "the chain is broken"
    stdout.print(f"{count} events checked{more}, {word}", markup=False)
    if findings:
        raise typer.Exit(1)
