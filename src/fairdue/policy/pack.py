"""Load a policy pack: `pack.yaml`, `rules/*.yaml`, the rules of the house, and overlays.

    packs/policies/cn/pack.yaml            name, version, jurisdiction, title, our own choices where the text leaves one
    packs/policies/cn/rules/*.yaml         what the gate decides
    packs/policies/cn/cases/*.yaml         for each rule a case that breaks it and one that keeps it (lint runs them)
    packs/policies/cn/obligations.yaml     process duties, checked by a report or a checklist
    packs/policies/cn/elsewhere.yaml       rules that another room keeps (guard, ledger, letters …)
    packs/policies/common/                 the house: what must be known, holds, refusals; part of every pack

What cannot be read exactly is a finding and is not used; a pack with findings must not decide (callers fail closed).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from fairdue.core.findings import Finding, Place
from fairdue.core.text import Text
from fairdue.packs import PACKS, PackError, line_of, pack_files, read_yaml

from .checks import CHECKS, PARAMS, ParamError
from .schema import Pack, PackHead, Rule

STANDARD = PACKS / "policies"
HOUSE = STANDARD / "common"

WHY = Text(
    zh="规则包决定能不能联系一个人，读不准就不能用。",
    en="The pack decides whether a person may be contacted; what cannot be read exactly cannot be used.",
)


def problem(code: str, path: Path, line: int | None, what: Text, mend: Text) -> Finding:
    """A finding about a pack file."""
    return Finding(
        code=code, what=what, why=WHY, mend=mend, place=Place(f"{path.parent.parent.name}/{path.name}", line)
    )


def schema_problems(error: ValidationError, row: Any, path: Path, name: str) -> list[Finding]:
    """One finding for each thing that pydantic refused, with the line of the field."""
    findings = []
    for part in error.errors():
        where = ".".join(str(step) for step in part["loc"])
        line = line_of(row, str(part["loc"][0]) if part["loc"] else None)
        what = Text(f"{name} 的 {where or '整体'}：{part['msg']}", f"{name} {where or 'as a whole'}: {part['msg']}")
        mend = Text("对照规则格式改正这一项。", "Correct the field as the rule format says.")
        findings.append(problem("policy.field", path, line, what, mend))
    return findings


def read_rows(path: Path) -> tuple[list[Any], list[Finding]]:
    """The list in a YAML file, or the finding that there is none."""
    try:
        rows = read_yaml(path)
    except PackError as exc:
        what = Text(f"读不了：{exc}", f"cannot be read: {exc}")
        return [], [problem("policy.file", path, exc.line, what, Text("改正 YAML。", "Mend the YAML."))]
    if rows is not None and not isinstance(rows, list):
        what = Text("应当是一个列表。", "It should be a list.")
        return [], [problem("policy.file", path, 1, what, Text("每条以“- ”开头。", "Begin each entry with `- `."))]
    return rows or [], []


def read_rule(row: Any, path: Path) -> tuple[Rule | None, list[Finding]]:
    """One rule, or why it cannot be used."""
    name = row.get("id", "?") if isinstance(row, dict) else "?"
    try:
        rule = Rule.model_validate(row)
    except ValidationError as exc:
        return None, schema_problems(exc, row, path, name)
    fix = Text("对照规则格式改正这一项。", "Correct the field as the rule format says.")
    if rule.check not in CHECKS:
        what = Text(f"{rule.id} 用了未知检查 {rule.check}。", f"{rule.id} names an unknown check {rule.check}.")
        known = ", ".join(sorted(CHECKS))
        mend = Text(f"可用：{known}。", f"Known: {known}.")
        return None, [problem("policy.check", path, line_of(row, "check"), what, mend)]
    unknown = sorted(set(rule.params) - PARAMS[rule.check])
    if unknown:
        names = ", ".join(unknown)
        what = Text(f"{rule.id} 的 {rule.check} 不认识参数 {names}。", f"{rule.id}: {rule.check} takes no {names}.")
        known = ", ".join(sorted(PARAMS[rule.check])) or "none"
        mend = Text(f"可用参数：{known}。", f"It takes: {known}.")
        return None, [problem("policy.param", path, line_of(row, "params"), what, mend)]
    try:
        CHECKS[rule.check](rule.params)
    except ParamError as exc:
        what = Text(f"{rule.id} 的参数不能用：{exc}", f"{rule.id}: a parameter cannot be used: {exc}")
        return None, [problem("policy.param", path, line_of(row, "params"), what, fix)]
    if rule.effective.end and rule.effective.end < rule.effective.start:
        what = Text(f"{rule.id} 的止日早于起日。", f"{rule.id} ends before it begins.")
        return None, [problem("policy.dates", path, line_of(row, "effective"), what, fix)]
    return rule, []


def read_rules(folder: Path) -> tuple[list[Rule], list[Finding]]:
    """All rules below a folder in the order of the files."""
    rules: list[Rule] = []
    findings: list[Finding] = []
    for path in pack_files(folder):
        rows, problems = read_rows(path)
        findings += problems
        for row in rows:
            rule, problems = read_rule(row, path)
            findings += problems
            if rule is not None:
                rules.append(rule)
    return rules, findings


def read_head(root: Path) -> PackHead:
    """`pack.yaml`; raises `PackError` when it is missing or wrong, because then nothing can be decided."""
    path = root / "pack.yaml"
    try:
        return PackHead.model_validate(read_yaml(path))
    except ValidationError as exc:
        first = exc.errors()[0]
        where = ".".join(str(step) for step in first["loc"])
        raise PackError(f"{path}: {where}: {first['msg']}", path) from exc


def load_pack(
    folder: Path | None = None, jurisdiction: str = "CN", overlays: Sequence[Path] = ()
) -> tuple[Pack, list[Finding]]:
    """The pack of a folder (default: the one that ships for the jurisdiction) with overlays, and what was refused.

    Raises `packs.PackError` when there is no pack at all: without a pack nothing can be decided.
    """
    from .dates import date_problems
    from .overlay import overlaid

    root = folder or STANDARD / jurisdiction.lower()
    head = read_head(root)
    rules, findings = read_rules(root / "rules")
    if root != HOUSE:
        house, wrong = house_rules()
        rules, findings = [*rules, *house], [*findings, *wrong]
    findings += date_problems(rules, root)
    version = head.version
    for overlay in overlays:
        rules, problems, name = overlaid(rules, overlay)
        findings += problems
        version += f"+{name}"
    notes = tuple(note.text() for note in head.notes)
    return Pack(head.name, version, head.jurisdiction, tuple(rules), head.title.text(), notes), findings


@lru_cache(maxsize=1)
def house_rules() -> tuple[tuple[Rule, ...], tuple[Finding, ...]]:
    """The rules that every pack has: files that ship, read once."""
    rules, findings = read_rules(HOUSE / "rules")
    return tuple(rules), tuple(findings)


def jurisdictions() -> list[str]:
    """The jurisdictions for which a pack ships, in alphabetical order."""
    return sorted(p.parent.name.upper() for p in STANDARD.glob("*/pack.yaml") if p.parent != HOUSE)
