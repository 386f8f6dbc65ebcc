"""Commands about policy packs: their rules, what is wrong with them, their cases, and how every rule is kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

from .io import stderr, stdout, unusable

if TYPE_CHECKING:
    from fairdue.core.findings import Finding

COVERAGE_PAGE = Path("docs/reference/policy-rules.md")
JURISDICTION = typer.Option("CN", "--jurisdiction", "-j", help="CN, US, UK, … or ALL.")


def _folders(pack: Path | None, jurisdiction: str) -> list[Path]:
    from fairdue.policy import jurisdictions
    from fairdue.policy.pack import STANDARD

    if pack is not None:
        if not (pack / "pack.yaml").is_file():
            unusable(f"{pack}: no pack.yaml in it; give the folder of a policy pack")
        return [pack]
    names = jurisdictions() if jurisdiction.upper() == "ALL" else [jurisdiction.upper()]
    if names[0] not in jurisdictions():
        unusable(f"--jurisdiction {jurisdiction}: there is no pack; known: {', '.join(jurisdictions())}, ALL")
    return [STANDARD / name.lower() for name in names]


def _print(findings: list[Finding], lang: str) -> None:
    for finding in findings:
        stderr.print(finding.line(lang), markup=False, highlight=False)


def register(group: typer.Typer) -> None:
    """Add `fairdue gate rules`, `lint`, `test` and `coverage`."""
    _register_rules(group)
    _register_checks(group)
    _register_coverage(group)


def _register_rules(group: typer.Typer) -> None:
    from .gate import LANG, OVERLAY, PACK, load

    @group.command("rules")
    def rules(
        pack: Path | None = PACK,
        overlay: list[Path] | None = OVERLAY,
        jurisdiction: str = JURISDICTION,
        lang: str = LANG,
    ) -> None:
        """List the rules with verdict, dates, parameters and source."""
        for folder in _folders(pack, jurisdiction):
            loaded = load(folder, overlays=overlay)
            stdout.print(f"{loaded.label}  {loaded.title.in_(lang)}", markup=False, highlight=False)
            for rule in loaded.rules:
                until = f"–{rule.effective.end}" if rule.effective.end else ""
                params = " ".join(f"{key}={value}" for key, value in rule.params.items() if key not in ("zh", "en"))
                text = f"{rule.title.text().in_(lang)}  {params}  [{rule.citation.in_(lang)}]"
                head = f"{rule.id:18} {rule.verdict:5} {rule.effective.start}{until}"
                stdout.print(f"{head}  {text}", markup=False, highlight=False, soft_wrap=True)


def _register_checks(group: typer.Typer) -> None:
    from .gate import LANG, OVERLAY, PACK, load

    @group.command("lint")
    def lint(
        pack: Path | None = PACK,
        overlay: list[Path] | None = OVERLAY,
        jurisdiction: str = typer.Option("ALL", "--jurisdiction", "-j", help="CN, US, UK, … or ALL."),
        lang: str = LANG,
    ) -> None:
        """Say what is wrong with packs: syntax, dates, sources, contradictory hours, rules without cases."""
        from fairdue.packs import PackError
        from fairdue.policy import lint as linter

        count = 0
        for folder in _folders(pack, jurisdiction):
            try:
                findings = linter.lint(folder, overlay or [])
            except PackError as exc:
                unusable(f"{exc}; mend the file")
            _print(findings, lang)
            count += len(findings)
            stdout.print(f"{folder.name}: {len(findings) or 'no'} findings", markup=False, highlight=False)
        raise typer.Exit(1 if count else 0)

    @group.command("test")
    def test(
        pack: Path | None = PACK,
        jurisdiction: str = typer.Option("ALL", "--jurisdiction", "-j", help="CN, US, UK, … or ALL."),
        lang: str = LANG,
    ) -> None:
        """Decide the packs' own cases and say which are not as expected."""
        from fairdue.packs import PackError
        from fairdue.policy.cases import load_cases, run_cases

        wrong = total = 0
        for folder in _folders(pack, jurisdiction):
            loaded = load(folder)
            try:
                cases = load_cases(folder)
            except PackError as exc:
                unusable(f"{exc}; mend the file")
            findings, _hits = run_cases(cases, loaded)
            _print(findings, lang)
            failed = len({str(finding.place) for finding in findings})
            wrong, total = wrong + failed, total + len(cases)
            stdout.print(f"{loaded.label}: {len(cases)} cases, {failed} not as expected", highlight=False)
        stdout.print(f"{total} cases, {wrong} not as expected", highlight=False)
        raise typer.Exit(1 if wrong else 0)


def _register_coverage(group: typer.Typer) -> None:
    @group.command("coverage")
    def coverage(
        check: bool = typer.Option(
            False, "--check", help="Exit 1 when a rule is kept by nothing or the page is stale."
        ),
        write: bool = typer.Option(False, "--write", help="Write the page."),
        page: Path = typer.Option(COVERAGE_PAGE, help="The page that is written or checked."),
    ) -> None:
        """Say for every rule of the catalogue how it is kept: by the gate, by another room, or as an obligation."""
        from fairdue.policy.coverage_page import page as as_page
        from fairdue.policy.obligations import coverage as covered

        rows, findings = covered()
        _print(findings, "en")
        missing = [row.id for row in rows if row.missing]
        stale = False
        if write:
            try:
                page.write_text(as_page(rows), encoding="utf-8")
            except OSError as exc:
                unusable(f"{page}: {exc.strerror or exc}; run it from the repository, or name a page with --page")
            stdout.print(f"wrote {page}", markup=False)
        elif check:
            stale = not page.is_file() or page.read_text(encoding="utf-8") != as_page(rows)
            if stale:
                stderr.print(
                    f"fairdue: {page} is not what the packs say; run: fairdue gate coverage --write", markup=False
                )
        else:
            for row in rows:
                ways = [*(f"gate {way}" for way in row.gate), *(f"by {'+'.join(e.rooms)}" for e in row.elsewhere)]
                ways += [f"obligation {duty.who} {duty.every}" for duty in row.obligations]
                text = f"{row.id:16} {row.confidence}  {'; '.join(ways) or 'MISSING'}"
                stdout.print(text, markup=False, highlight=False)
        for rule_id in missing:
            stderr.print(f"fairdue: {rule_id} is kept by nothing", markup=False)
        stdout.print(f"gate: {len(rows) - len(missing)} of {len(rows)} rules kept", highlight=False)
        raise typer.Exit(1 if missing or findings or stale else 0)
