"""The linter of playbook packs: everything that can be wrong is named with file, line and how to mend it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from fairdue.core.findings import Finding, Place

from .library import Library, load_library, problem, shipped
from .render import FORBIDDEN_DEPARTMENT
from .schema import CEILING, FIRST_DEADLINE, PARTIES, PLACEHOLDERS, STAGES, Line


def _line_findings(line: Line, library: Library) -> list[Finding]:  # noqa: PLR0912 - a list of independent checks
    at = library.where.get(line.id, Place())
    out = []

    def say(code: str, zh: str, en: str, mend_zh: str, mend_en: str) -> None:
        out.append(problem(f"playbook.{code}", at, f"{line.id}:{zh}", f"{line.id}: {en}", mend_zh, mend_en))

    for act in line.answers:
        if act not in library.acts:
            say(
                "act",
                f"未知的行为 {act}。",
                f"unknown act {act}.",
                "改用 acts.yaml 里的编号。",
                "Use an id of acts.yaml.",
            )
    if not line.answers and not line.step:
        say(
            "purpose",
            "既不答话也不属于步骤。",
            "answers nothing and belongs to no step.",
            "写 answers 或 step。",
            "Give answers or step.",
        )
    if line.stage not in STAGES:
        say("stage", f"未知阶段 {line.stage}。", f"unknown stage {line.stage}.", "、".join(STAGES), ", ".join(STAGES))
    if line.party not in PARTIES:
        say("party", f"未知对象 {line.party}。", f"unknown party {line.party}.", "、".join(PARTIES), ", ".join(PARTIES))
    if not line.why.strip() or not line.source.strip() or not line.gist_en.strip():
        say(
            "reason",
            "缺 why、source 或 gist_en。",
            "why, source or gist_en is empty.",
            "写上原因、出处和英文大意。",
            "Write why, the source and the English gist.",
        )
    if (line.pressure >= 2 or line.lever == "law") and not line.cites:
        say(
            "citation",
            "讲后果或讲法却没写依据。",
            "states a consequence or the law without citing it.",
            "写 cites。",
            "Give cites.",
        )
    for name in line.placeholders:
        if name not in PLACEHOLDERS:
            say(
                "placeholder",
                f"未知占位 {name}。",
                f"unknown placeholder {name}.",
                "、".join(PLACEHOLDERS),
                ", ".join(PLACEHOLDERS),
            )
            continue
        need = PLACEHOLDERS[name]
        if need == "deadline" and line.deadline is None:
            say(
                "deadline",
                "用了期限却没有 deadline。",
                "says a deadline but has none.",
                "写 deadline。",
                "Give deadline.",
            )
        elif need not in (None, "deadline") and need not in line.needs:
            say(
                "needs",
                f"用了「{name}」却没在 needs 里写 {need}。",
                f"says {name} without {need} in needs.",
                f"needs 里加 {need}。",
                f"Add {need} to needs.",
            )
    if line.stage in CEILING and line.pressure > CEILING[line.stage]:
        say(
            "pressure",
            f"施压 {line.pressure} 超过本阶段上限。",
            f"pressure {line.pressure} is above the stage's ceiling.",
            "降低 pressure 或换阶段。",
            "Lower the pressure or move the line.",
        )
    if line.stage == "first" and line.deadline and line.deadline.span > FIRST_DEADLINE:
        say(
            "deadline.long",
            "首次联系的期限超过两天。",
            "a first contact sets at most two days.",
            "改为 2d 以内。",
            "Use at most 2d.",
        )
    if line.party != "customer" and line.debt_facts:
        say(
            "disclosure",
            "对第三人说了欠款信息。",
            "tells a third party about the debt.",
            "去掉债务事实。",
            "Take the debt facts out.",
        )
    return out


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


def _flow_findings(library: Library) -> list[Finding]:
    out = []
    for name, flow in library.flows.items():
        at = library.where.get(f"flow:{name}", Place())
        ids = [state.id for state in flow.states]
        reachable = {ids[0]} if ids else set()
        for state in flow.states:
            for target in state.on.values():
                reachable.add(target)
                if target not in ids:
                    out.append(
                        problem(
                            "playbook.flow.target",
                            at,
                            f"{state.id} 指向不存在的 {target}。",
                            f"{state.id} leads to {target}, which does not exist.",
                            "改正目标。",
                            "Correct the target.",
                        )
                    )
            if not state.end and not state.on:
                out.append(
                    problem(
                        "playbook.flow.dead_end",
                        at,
                        f"{state.id} 没有出口。",
                        f"{state.id} is a dead end.",
                        "写 on 或 end。",
                        "Give `on` or `end`.",
                    )
                )
            stages = library.packs[name].stages
            for step in state.say:
                if not any(library.step(step, stage=stage, party=party) for stage in stages for party in PARTIES):
                    out.append(
                        problem(
                            "playbook.flow.step",
                            at,
                            f"步骤 {step} 没有话术。",
                            f"step {step} has no line.",
                            "补一条话术。",
                            "Write a line for it.",
                        )
                    )
            for act in state.expects:
                if act not in library.acts:
                    out.append(
                        problem(
                            "playbook.act",
                            at,
                            f"{state.id} 期待未知行为 {act}。",
                            f"{state.id} expects unknown act {act}.",
                            "改正编号。",
                            "Correct the id.",
                        )
                    )
                elif act not in state.on and not any(
                    library.replies(act, stage=stage, party=party) for stage in stages for party in PARTIES
                ):
                    out.append(
                        problem(
                            "playbook.no_reply",
                            at,
                            f"{name} 的 {state.id} 里没有回应 {act} 的话术。",
                            f"nothing answers {act} in {state.id} of {name}.",
                            "补一条话术。",
                            "Write a line.",
                        )
                    )
        for missing in set(ids) - reachable:
            out.append(
                problem(
                    "playbook.flow.unreachable",
                    at,
                    f"{missing} 到不了。",
                    f"{missing} cannot be reached.",
                    "补一条路或删掉。",
                    "Lead to it or delete it.",
                )
            )
    return out


def _redline_findings(library: Library) -> list[Finding]:
    out = []
    for case in library.redlines.values():
        at = library.where.get(case.id, Place())
        if case.instead not in library.lines:
            out.append(
                problem(
                    "playbook.instead",
                    at,
                    f"{case.id} 指向不存在的 {case.instead}。",
                    f"{case.id} names {case.instead}, which does not exist.",
                    "写一条合规话术的编号。",
                    "Name a lawful line.",
                )
            )
        if not case.breaks or not case.cites or not case.say:
            out.append(
                problem(
                    "playbook.redline",
                    at,
                    f"{case.id} 缺 say、breaks 或 cites。",
                    f"{case.id} lacks say, breaks or cites.",
                    "补全。",
                    "Complete it.",
                )
            )
    return out


def _department_findings(library: Library) -> list[Finding]:
    return [
        problem(
            "playbook.department",
            library.where.get(f"pack:{name}", Place()),
            f"部门名 {department} 让人误会是司法机关。",
            f"department {department} suggests an authority.",
            "用真实批准的部门名。",
            "Use the approved name.",
        )
        for name, pack in library.packs.items()
        for department in pack.departments
        if any(word in department for word in FORBIDDEN_DEPARTMENT)
    ]


def lint(folders: Sequence[Path] | None = None) -> list[Finding]:
    """All findings of the packs, loading problems included; empty when everything is well.

    Given folders are read together with the packs that ship (one of the same folder name is replaced), because packs share
    the common lines; only findings about the given folders are returned.
    """
    mine = {folder.resolve().name for folder in folders or ()}
    around = [folder for folder in shipped() if folder.name not in mine]
    library, findings = load_library([*around, *(folder.resolve() for folder in folders or ())])
    for line in library.lines.values():
        findings += _line_findings(line, library)
    findings += _redline_findings(library) + _department_findings(library) + _jumps(library) + _flow_findings(library)
    return [f for f in findings if not mine or str(f.place.file).split("/", maxsplit=1)[0] in mine]
