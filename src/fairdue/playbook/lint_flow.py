"""What can be wrong with a pack's head and its call flow: targets, dead ends, steps without lines, acts without replies."""

from __future__ import annotations

from collections.abc import Iterator

from fairdue.core.findings import Finding, Place

from .library import Library
from .loader import problem
from .render import FORBIDDEN_DEPARTMENT
from .schema import PARTIES, STAGES, Flow, PackInfo, State

OUTCOMES = frozenset(
    {"promise", "plan", "callback", "dispute", "refused", "wrong_number", "relay_left", "hardship", "vulnerable"}
    | {"paid_claimed", "complaint", "stop_contact", "reached", "no_answer", "busy"}
)
UNSPOKEN = frozenset({"talk.silence"})
"""Acts that may go without a written reply."""


def flow_findings(library: Library) -> list[Finding]:
    """All findings about flows; a pack of calls is read with the lines of its whole scope."""
    out: list[Finding] = []
    for name, flow in library.flows.items():
        out += _walk(library, name, flow)
        out += _steps(library, name, flow)
        for state in flow.states:
            out += _replies(library, name, state)
        if library.packs[name].calls:
            out += _silent(library, name)
    return out


def _at(library: Library, name: str, state: str = "") -> Place:
    whole = library.where.get(f"flow:{name}", Place())
    return library.where.get(f"flow:{name}:{state}", whole)


def _walk(library: Library, name: str, flow: Flow) -> Iterator[Finding]:
    ids = [state.id for state in flow.states]
    reachable = {ids[0]}
    for state in flow.states:
        at = _at(library, name, state.id)
        for key, target in state.on.items():
            reachable.add(target)
            if target not in ids:
                yield problem(
                    "playbook.flow.target",
                    at,
                    f"{state.id} 指向不存在的 {target}。",
                    f"{state.id} leads to {target}, which does not exist.",
                    "改正目标。",
                    "Correct the target.",
                )
            if key not in library.acts and not any(act.startswith(f"{key}.") for act in library.acts):
                yield problem(
                    "playbook.act",
                    at,
                    f"{state.id} 的 on 里有未知行为或组 {key}。",
                    f"{state.id} moves on unknown act or group {key}.",
                    "改正编号。",
                    "Correct the id.",
                )
        if not state.end and not state.on:
            yield problem(
                "playbook.flow.dead_end",
                at,
                f"{state.id} 没有出口。",
                f"{state.id} is a dead end.",
                "写 on 或 end。",
                "Give `on` or `end`.",
            )
        for outcome in state.outcomes:
            if outcome not in OUTCOMES:
                yield problem(
                    "playbook.flow.outcome",
                    at,
                    f"{state.id} 有未知结果 {outcome}。",
                    f"{state.id} names unknown outcome {outcome}.",
                    "、".join(sorted(OUTCOMES)),
                    ", ".join(sorted(OUTCOMES)),
                )
    for missing in [i for i in ids if i not in reachable]:
        yield problem(
            "playbook.flow.unreachable",
            _at(library, name, missing),
            f"{missing} 到不了。",
            f"{missing} cannot be reached.",
            "补一条路或删掉。",
            "Lead to it or delete it.",
        )


def _steps(library: Library, name: str, flow: Flow) -> Iterator[Finding]:
    named = {step for state in flow.states for step in state.say}
    order = {*flow.before, *(step for steps in flow.before.values() for step in steps)}
    stages = (*library.packs[name].stages, "third_party")
    for step in sorted(named | order | set(flow.must)):
        known = any(
            library.step(step, stage=stage, party=party, scope=library.scope(name))
            for stage in stages
            for party in PARTIES
        )
        if not known:
            yield problem(
                "playbook.flow.step",
                _at(library, name),
                f"步骤 {step} 没有话术。",
                f"step {step} has no line.",
                "补一条话术。",
                "Write a line for it.",
            )


def _answered(library: Library, name: str, act: str) -> bool:
    scope = library.scope(name)
    stages = library.packs[name].stages
    return any(library.replies(act, stage=stage, party=party, scope=scope) for stage in stages for party in PARTIES)


def _replies(library: Library, name: str, state: State) -> Iterator[Finding]:
    for act in state.expects:
        if act not in library.acts:
            yield problem(
                "playbook.act",
                _at(library, name, state.id),
                f"{state.id} 期待未知行为 {act}。",
                f"{state.id} expects unknown act {act}.",
                "改正编号。",
                "Correct the id.",
            )
        elif act not in state.on and act not in UNSPOKEN and not _answered(library, name, act):
            yield problem(
                "playbook.no_reply",
                _at(library, name, state.id),
                f"{name} 的 {state.id} 里没有回应 {act} 的话术。",
                f"nothing answers {act} in {state.id} of {name}.",
                "补一条话术。",
                "Write a line.",
            )


def _silent(library: Library, name: str) -> Iterator[Finding]:
    """Acts that can occur in a call and that nothing in the pack's scope answers, per stage."""
    scope = library.scope(name)
    for stage in (s for s in library.packs[name].stages if s != "special"):  # lines, not calls, have the stage special
        for act in library.acts:
            party = "family" if act.startswith("third_party.") or stage == "third_party" else "customer"
            if stage == "third_party" and not act.startswith(("third_party.", "identity.", "vulnerable.")):
                continue
            if act in UNSPOKEN or library.replies(act, stage=stage, party=party, scope=scope):
                continue
            yield problem(
                "playbook.unanswered",
                library.where.get(f"pack:{name}", Place()),
                f"{name} 在 {stage} 阶段没有回应 {act} 的话术。",
                f"{name} has no answer to {act} in stage {stage}.",
                "在本包或它包含的包里补一条。",
                "Write one in this pack or one it includes.",
            )


def pack_findings(library: Library) -> list[Finding]:
    """All findings about pack heads."""
    return [found for name, pack in library.packs.items() for found in _head(library, name, pack)]


def _head(library: Library, name: str, pack: PackInfo) -> Iterator[Finding]:
    at = library.where.get(f"pack:{name}", Place())
    for department in pack.departments:
        if any(word in department for word in FORBIDDEN_DEPARTMENT):
            yield problem(
                "playbook.department",
                at,
                f"部门名 {department} 让人误会是司法机关。",
                f"department {department} suggests an authority.",
                "用真实批准的部门名。",
                "Use the approved name.",
            )
    for other in (*pack.includes, *([pack.overlays] if pack.overlays else [])):
        if other not in library.packs:
            yield problem(
                "playbook.include",
                at,
                f"包含了不存在的包 {other}。",
                f"includes {other}, which does not exist.",
                "改正包名。",
                "Correct the name.",
            )
    for stage in pack.stages:
        if stage not in STAGES:
            yield problem(
                "playbook.stage",
                at,
                f"未知阶段 {stage}。",
                f"unknown stage {stage}.",
                "、".join(STAGES),
                ", ".join(STAGES),
            )
    if not pack.overlays and name not in library.flows and pack.practice != "common":
        yield problem(
            "playbook.flow.missing",
            at,
            f"{name} 没有 flow.yaml。",
            f"{name} has no flow.yaml.",
            "写出通话流程。",
            "Write the call flow.",
        )
