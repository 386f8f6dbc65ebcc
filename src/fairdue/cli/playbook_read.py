"""`fairdue playbook show` and `stats`: read the packs at a terminal."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import typer

from .io import stdout, unusable

if TYPE_CHECKING:
    from fairdue.playbook import Library, Line


def register(group: typer.Typer) -> None:
    """Add `show` and `stats`."""

    @group.command("show")
    def show(
        what: str = typer.Argument(
            ..., help="An act (stall.payday), a line id, a special account (disputed) or a step."
        ),
        stage: str | None = typer.Option(None, help="Only lines of this stage."),
        party: str | None = typer.Option(None, help="Only lines for the customer or for family (any third party)."),
        product: str | None = typer.Option(None, help="Only lines that may be said about this product."),
        as_json: bool = typer.Option(False, "--json", help="Print the lines as JSON on standard output."),
    ) -> None:
        """Show lines with their reason, facts, law and source; what must never be said instead stands below each."""
        from fairdue.playbook import load_library
        from fairdue.playbook.schema import PARTIES, STAGES

        for name, value, known in (("--stage", stage, STAGES), ("--party", party, PARTIES)):
            if value is not None and value not in known:
                unusable(f"{name} {value}: unknown; use one of {', '.join(known)}")
        library, _findings = load_library()
        lines = [line for line in library.lines.values() if _is_about(line, what)]
        if not lines:
            unusable(f"{what}: no act, line, special account or step of the packs; acts stand in packs/acts.yaml")
        lines = [line for line in lines if _wanted(line, library, stage, party, product)]
        if as_json:
            rows = [{**line.model_dump(mode="json"), "pack": library.pack_of[line.id]} for line in lines]
            typer.echo(json.dumps(rows, ensure_ascii=False, indent=1))
            return
        for line in lines:
            _print(line, library)
        stdout.print(f"playbook: {len(lines)} lines", markup=False)

    @group.command("stats")
    def stats_(
        as_json: bool = typer.Option(False, "--json", help="Print the counts as JSON on standard output."),
    ) -> None:
        """Count lines per pack, stage and act, name acts with too few replies, and count red-line phrasings per label."""
        from fairdue.playbook import load_library, stats

        found = stats(load_library()[0])
        if as_json:
            typer.echo(json.dumps(_stats_rows(found), ensure_ascii=False, indent=1))
            return
        _print_stats(found)


def _is_about(line: Line, what: str) -> bool:
    return what in (line.id, line.step) or what in line.answers or what in line.situation


def _wanted(line: Line, library: Library, stage: str | None, party: str | None, product: str | None) -> bool:
    ours = library.packs[library.home[line.id]].products
    return (
        (stage is None or line.stage == stage)
        and (party is None or (line.party == "customer") == (party == "customer"))
        and (product is None or ((not line.products or product in line.products) and (not ours or product in ours)))
    )


def _print(line: Line, library: Library) -> None:
    place = library.where[line.id]
    head = f"{line.id}  [{line.stage}, {line.party}, pressure {line.pressure}, {line.lever}]  {place.file}:{place.row}"
    more = {
        "answers": ", ".join(line.answers),
        "step": line.step,
        "situation": ", ".join(line.situation),
        "argument": line.argument,
        "fits": ", ".join(line.fits),
        "deadline": line.deadline.within if line.deadline else "",
        "needs": ", ".join(line.needs),
        "never": "; ".join(case.say[0] for case in library.redlines.values() if case.instead == line.id and case.say),
    }
    stdout.print(head, markup=False)
    stdout.print(f"  {line.say.strip()}", markup=False)
    stdout.print(f"  why: {line.why}", markup=False)
    for name, value in more.items():
        if value:
            stdout.print(f"  {name}: {value}", markup=False)
    stdout.print(f"  cites: {', '.join(line.cites) or '-'}   source: {line.source}", markup=False)


def _stats_rows(found: Any) -> dict[str, Any]:
    return {
        "lines": found.lines,
        "redlines": found.redlines,
        "hints": found.hints,
        "conversations": found.conversations,
        "by_pack": dict(sorted(found.by_pack.items())),
        "by_stage": {f"{stage}/{party}": count for (stage, party), count in sorted(found.by_stage.items())},
        "by_act": dict(sorted(found.by_act.items())),
        "thin": [{"act": act, "stage": stage, "replies": count} for act, stage, count in found.thin],
        "labels": {n.label: {"cases": n.cases, "phrasings": n.phrasings, "most": n.most} for n in found.labels},
    }


def _print_stats(found: Any) -> None:
    from fairdue.playbook.stats import ENOUGH, stage_order

    totals = f"{found.lines} lines, {found.redlines} red-line cases, {found.hints} hints, {found.conversations} conversations"
    stdout.print(totals, markup=False)
    for name, count in sorted(found.by_pack.items()):
        stdout.print(f"  pack {name:<24} {count:>4}", markup=False)
    for (stage, party), count in sorted(found.by_stage.items(), key=lambda item: stage_order(item[0])):
        stdout.print(f"  stage {stage:<12} {party:<10} {count:>4}", markup=False)
    for act, count in sorted(found.by_act.items()):
        stdout.print(f"  act {act:<26} {count:>4}", markup=False)
    for act, stage, count in found.thin:
        stdout.print(f"  thin: {act} has {count} distinct replies in {stage}, {ENOUGH} are wanted", markup=False)
    for label in found.labels:
        counts = f"{label.cases:>3} cases {label.phrasings:>4} phrasings, at most {label.most} in one"
        stdout.print(f"  label {label.label}  {counts}", markup=False)
