"""What is wrong with a pack beyond its syntax: rules without tests, windows that contradict each other, wrong sources.

`load_pack` refuses what cannot be read; `lint` asks whether the pack can be relied upon. Run by `fairdue gate lint` and in
the test suite, not at every start: it decides all cases.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations
from pathlib import Path

from fairdue.core.findings import Finding
from fairdue.core.text import Text
from fairdue.packs import PackError

from .cases import load_cases, run_cases
from .checks.times import window_of_rule
from .obligations import known_rules, load_elsewhere, load_obligations
from .pack import HOUSE, STANDARD, house_rules, load_pack, problem
from .schema import Applies, Pack, Rule


def lint(folder: Path, overlays: Sequence[Path] = ()) -> list[Finding]:
    """All findings about a pack folder. Raises `PackError` when there is no pack or its cases cannot be read."""
    pack, findings = load_pack(folder, overlays=overlays)
    path = folder / "rules" / "*"
    findings += [*source_problems(pack, path), *window_problems(pack, path)]
    for load in (load_obligations, load_elsewhere):
        findings += load(folder)[1]
    if not overlays:  # the cases speak of the pack as it ships
        findings += case_problems(pack, folder)
    return findings


def case_problems(pack: Pack, folder: Path) -> list[Finding]:
    """Cases that are not as expected, and rules that no case breaks or none keeps."""
    if folder == HOUSE:
        return []  # the house's cases run on the base of each jurisdiction
    try:
        findings, hits = run_cases(load_cases(folder), pack)
    except PackError as exc:
        what = Text(f"例子读不了：{exc}", f"the cases cannot be read: {exc}")
        return [problem("policy.case.file", folder / "cases" / "*", exc.line, what, _MEND_YAML)]
    path = folder / "cases" / "*"
    speaks_only = {rule.id for rule in pack.rules if rule.check in _SPEAKS_ONLY}
    ways = ((hits.broken, "违反", "breaks"), (hits.kept, "遵守", "keeps"))
    house = () if folder.parent == STANDARD else house_rules()[0]  # the house's cases ship with our packs
    for rule_id in dict.fromkeys(rule.id for rule in pack.rules if rule not in house):
        for found, zh, en in ways:
            if rule_id not in found and not (en == "breaks" and rule_id in speaks_only):
                what = Text(f"没有一个例子{zh} {rule_id}。", f"No case {en} {rule_id}.")
                mend = Text("在 cases/ 里补一个。", "Add one in cases/.")
                findings.append(problem("policy.untested", path, None, what, mend))
    return findings


_MEND_YAML = Text("改正 YAML。", "Mend the YAML.")
_SPEAKS_ONLY = frozenset({"limitation"})
"""Checks that never break: their rules need no case that does."""


def source_problems(pack: Pack, path: Path) -> list[Finding]:
    """Rules whose id is neither the house's nor in the catalogue, or whose confidence is not the catalogue's."""
    findings = []
    known = known_rules()
    for rule in pack.rules:
        if rule.id.startswith("FD-") or rule.source.confidence == "house":
            if not (rule.id.startswith("FD-") and rule.source.confidence == "house"):
                what = Text(f"{rule.id}：内部规则须以 FD- 开头。", f"{rule.id}: rules of the house begin with FD-.")
                findings.append(problem("policy.source", path, None, what, _MEND_SOURCE))
            continue
        entry = known.get(rule.id)
        if entry is None:
            what = Text(f"{rule.id} 不在引用目录里。", f"{rule.id} is not in packs/citations.yaml.")
            findings.append(problem("policy.source", path, None, what, _MEND_SOURCE))
        elif entry["confidence"] != rule.source.confidence or entry["jurisdiction"] != pack.jurisdiction:
            what = Text(
                f"{rule.id} 的出处与引用目录不符（可信度 {entry['confidence']}，法域 {entry['jurisdiction']}）。",
                f"{rule.id} disagrees with packs/citations.yaml (confidence {entry['confidence']}, {entry['jurisdiction']}).",
            )
            findings.append(problem("policy.source", path, None, what, _MEND_SOURCE))
    return findings


_MEND_SOURCE = Text("改正编号、出处或可信度。", "Correct the id, the source or its confidence.")


def window_problems(pack: Pack, path: Path) -> list[Finding]:
    """Two hours rules that speak to the same contacts on the same days and leave no common hour."""
    findings = []
    for one, two in combinations([rule for rule in pack.rules if rule.check == "hours" and rule.verdict == "deny"], 2):
        if not (_meet(one.applies, two.applies) and _overlap(one, two) and _same_days(one, two)):
            continue
        first, second = window_of_rule(one.params), window_of_rule(two.params)
        if max(first[0], second[0]) >= min(first[1], second[1]):
            what = Text(
                f"{one.id} 和 {two.id} 没有共同的允许时段。", f"{one.id} and {two.id} leave no hour that both permit."
            )
            mend = Text("核对两条的时段。", "Check the hours of both.")
            findings.append(problem("policy.windows", path, None, what, mend))
    return findings


def _meet(one: Applies, two: Applies) -> bool:
    names = ("channel", "mode", "purpose", "role", "product", "lender", "line_kind")
    pairs = [(set(getattr(one, name)), set(getattr(two, name))) for name in names]
    return all(not a or not b or a & b for a, b in pairs) and (
        one.agency is None or two.agency is None or one.agency == two.agency
    )


def _overlap(one: Rule, two: Rule) -> bool:
    starts = max(one.effective.start, two.effective.start)
    ends = [rule.effective.end for rule in (one, two) if rule.effective.end is not None]
    return not ends or starts <= min(ends)


def _same_days(one: Rule, two: Rule) -> bool:
    first, second = one.params.get("weekdays"), two.params.get("weekdays")
    return not first or not second or bool(set(first) & set(second))
