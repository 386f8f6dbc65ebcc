"""The linter of playbook packs: everything that can be wrong is named with file, line and how to mend it."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from fairdue.core.findings import Finding, Place

from .library import Library
from .lint_cases import hint_findings, redline_findings
from .lint_flow import flow_findings, pack_findings
from .lint_lines import line_findings
from .loader import load_among_shipped, problem, read_folder
from .render import RenderValues, render
from .schema import Line
from .sources import PackSource

Guard = Callable[[str, str, str, Mapping[str, Any]], Iterable[tuple[str, str]]]
"""`(text, channel, party, facts)` → (label, why) of each red line in it. The guard's room stands above this one, so the
caller brings it."""


def _jumps(library: Library) -> list[Finding]:
    """Acts of a stage whose replies rise by more than one step from the stage's opening (P1-0.5)."""
    out = []
    stages = {stage for pack in library.packs.values() for stage in pack.stages}
    for stage in sorted(stages - {"special", "third_party"}):
        opening = min((n.pressure for n in library.step("purpose", stage=stage)), default=0)
        for act in library.acts:
            reached = opening
            for line in sorted(library.replies(act, stage=stage), key=lambda n: n.pressure):
                if line.pressure > reached + 1:
                    out.append(
                        problem(
                            "playbook.jump",
                            library.where.get(line.id, Place()),
                            f"{line.id}:{act} 的施压从 {reached} 跳到 {line.pressure}。",
                            f"{line.id}: pressure jumps from {reached} to {line.pressure} for {act}.",
                            "补一条中间力度的话术,或降低 pressure。",
                            "Write a line in between, or lower the pressure.",
                        )
                    )
                reached = max(reached, line.pressure)
    return out


def guard_facts(line: Line) -> dict[str, Any]:
    """The facts (labels.md) under which a line is offered: what it needs is proven, the party is who it is written for."""
    return {"identity_verified": True, "own_number": line.party == "customer", **dict.fromkeys(line.needs, True)}


def _guarded(lines: Iterable[Line], library: Library, values: RenderValues, guard: Guard) -> list[Finding]:
    out = []
    for line in lines:
        rendered, _unfilled = render(line, values)
        if rendered is None:
            continue
        for label, why in guard(rendered.text, line.channels[0], line.party, guard_facts(line)):
            text = f"{line.id} breaks {label}: {why}"
            out.append(
                problem(
                    "playbook.guard",
                    library.where.get(line.id, Place()),
                    f"{line.id} 踩了红线 {label}:{why}",
                    text,
                    "改写;红线用语只能放在 redlines 里。",
                    "Reword it; red-line words belong into redlines only.",
                )
            )
    return out


def lint_library(
    library: Library,
    *,
    values: RenderValues | None = None,
    guard: Guard | None = None,
    folders: Collection[str] | None = None,
) -> list[Finding]:
    """All findings about a loaded library; with `values` and `guard` also about what the lines really say.

    With `folders` the lines of those packs alone are read (a draft among packs that did not change).
    """
    lines = [
        line
        for line in library.lines.values()
        if not folders or _folder(library.where.get(line.id, Place())) in folders
    ]
    findings = [found for line in lines for found in line_findings(line, library)]
    findings += redline_findings(library) + hint_findings(library) + pack_findings(library)
    findings += _jumps(library) + flow_findings(library)
    if values is not None and guard is not None:
        findings += _guarded(lines, library, values, guard)
    return findings


def _folder(place: Place) -> str:
    return str(place.file).split("/", maxsplit=1)[0]


def lint_sources(
    mine: Sequence[PackSource], *, values: RenderValues | None = None, guard: Guard | None = None
) -> tuple[Library, list[Finding]]:
    """Read these packs together with the packs that ship (one of the same name is replaced), because packs share lines.

    Returns the library and the findings about the given packs only; with none given, about all that ship.
    """
    names = {source.name for source in mine}
    library, findings = load_among_shipped(mine)
    findings = [*findings, *lint_library(library, values=values, guard=guard, folders=names)]
    return library, [f for f in findings if not names or _folder(f.place) in names]


def lint(
    folders: Sequence[Path] | None = None, *, values: RenderValues | None = None, guard: Guard | None = None
) -> list[Finding]:
    """`lint_sources` for folders; empty when everything is well."""
    return lint_sources([read_folder(folder.resolve()) for folder in folders or ()], values=values, guard=guard)[1]
