"""Overlays: what a lender, a product or an agency asks beyond the law. They may only tighten.

    name: bank-x                                     # becomes part of the version: cn@2026.1+bank-x
    scope: {lender: [bank], product: [credit_card]}  # optional; else for every contact
    effective: {from: 2026-12-01}                    # optional
    source: {instrument: …, article: …, confidence: house}
    rules:
      - {rule: CN-GBT-03, params: {at_most: 2}}
      - {rule: CN-GBT-02, params: {at_most: 4}, proof: "合同第 8.2 条"}   # loosening, where the rule allows agreement
    add: [ …whole rules… ]                           # one rule more can only deny more

The strictest value wins and all sources stay cited. A row that would allow more than before is refused with a finding,
unless the rule says that the parties may agree otherwise (`agreement`) and the row names the proof. A value that holds for some
contacts or days only stands beside the shipped one, so it can only tighten, proof or not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pydantic import ValidationError

from fairdue.core.findings import Finding
from fairdue.core.text import Text
from fairdue.packs import PackError, line_of, read_yaml

from .checks import CHECKS, TIGHTER, ParamError
from .checks.registry import FIXED
from .pack import problem, read_rule, schema_problems
from .schema import Applies, Effective, Rule, Source, Strict


class Scope(Strict):
    """To whose contacts the overlay speaks."""

    lender: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    agency: bool | None = None


class Change(Strict):
    """One row: new parameters of a rule."""

    rule: str
    params: dict[str, Any]
    part: str | None = None
    """Only the entry of the rule with this part; else all entries that have these parameters."""
    proof: str = ""


class Overlay(Strict):
    """An overlay file; see the module."""

    name: str = ""
    scope: Scope = Scope()
    effective: Effective | None = None
    source: Source | None = None
    rules: tuple[Change, ...] = ()
    add: tuple[dict[str, Any], ...] = ()


def read_overlay(path: Path) -> tuple[Overlay | None, list[Any], list[Finding]]:
    """The overlay of a file, its rows with their lines, and what is wrong. A bare list is a list of `rules`."""
    try:
        raw = read_yaml(path)
    except PackError as exc:
        what = Text(f"读不了：{exc}", f"cannot be read: {exc}")
        return None, [], [problem("policy.file", path, exc.line, what, Text("改正 YAML。", "Mend the YAML."))]
    body = {"rules": raw} if isinstance(raw, list) else raw or {}
    try:
        overlay = Overlay.model_validate(body)
    except ValidationError as exc:
        return None, [], schema_problems(exc, body, path, path.stem)
    return overlay, list(body.get("rules") or []), []


def overlaid(rules: list[Rule], path: Path) -> tuple[list[Rule], list[Finding], str]:
    """The rules with the overlay's changes, what was refused, and the overlay's name."""
    overlay, rows, findings = read_overlay(path)
    if overlay is None:
        return rules, findings, path.stem
    name = overlay.name or path.stem
    out, refused = apply_overlay(rules, overlay, name, path, rows)
    return out, [*findings, *refused], name


def apply_overlay(
    rules: list[Rule], overlay: Overlay, name: str, path: Path, rows: list[Any]
) -> tuple[list[Rule], list[Finding]]:
    """Apply an overlay that was read (from a file, or composed in the desk)."""
    findings: list[Finding] = []
    out = list(rules)
    for index, change in enumerate(overlay.rules):
        line = line_of(rows[index]) if index < len(rows) else None
        found = [i for i, rule in enumerate(out) if _meant(rule, change)]
        if not found:
            findings.append(_refused(change, path, line, "no such rule with these parameters"))
        for position in found:
            old = out[position]
            why_not = _objection(old, change)
            if why_not:
                findings.append(_refused(change, path, line, why_not))
                continue
            new, more = _changed(old, change, overlay, name)
            if not more:
                out[position] = new
            else:
                out.append(new)
    for row in overlay.add:
        rule, problems = read_rule(row, path)
        findings += problems
        if rule is not None:
            out.append(_scoped(rule, overlay, name))
    return out, findings


def _meant(rule: Rule, change: Change) -> bool:
    part = change.part is None or rule.part == change.part
    return rule.id == change.rule and part and set(change.params) <= set(rule.params)


def _objection(rule: Rule, change: Change) -> str:
    for key, value in change.params.items():
        tighter = TIGHTER.get(key)
        if tighter is None or (rule.check, key) in FIXED:
            return f"{key} may not be changed by an overlay"
        try:
            stricter = tighter(value, rule.params[key])
        except (TypeError, ValueError):
            return f"{value!r} is no value for {key}"
        if not stricter and not (key in rule.agreement and change.proof.strip()):
            return f"{key}: {value} would allow more than {rule.params[key]}"
    try:
        CHECKS[rule.check]({**rule.params, **change.params})
    except ParamError as exc:
        return str(exc)
    return ""


def _changed(rule: Rule, change: Change, overlay: Overlay, name: str) -> tuple[Rule, bool]:
    """The tightened rule, and whether it stands beside the old one (it speaks to some contacts only, or later)."""
    proof = [Source(instrument=change.proof, article="", confidence="house")] if change.proof.strip() else []
    source = overlay.source or Source(instrument=name, article="", confidence="house")
    cited = (*rule.tightened_by, source, *proof)
    new = rule.model_copy(update={"params": {**rule.params, **change.params}, "tightened_by": cited})
    if overlay.scope == Scope() and overlay.effective is None:
        return new, False
    return _scoped(new, overlay, name), True


def _scoped(rule: Rule, overlay: Overlay, name: str) -> Rule:
    scope = overlay.scope
    applies = Applies.model_validate(
        {
            **rule.applies.model_dump(),
            "lender": _both(rule.applies.lender, scope.lender),
            "product": _both(rule.applies.product, scope.product),
            "agency": rule.applies.agency if scope.agency is None else scope.agency,
        }
    )
    effective = rule.effective
    if overlay.effective is not None:
        ends = [end for end in (rule.effective.end, overlay.effective.end) if end is not None]
        start = max(rule.effective.start, overlay.effective.start)
        effective = Effective.model_validate({"from": start, "to": min(ends, default=None)})
    return rule.model_copy(update={"applies": applies, "effective": effective, "part": f"{rule.part}+{name}"})


def _both(own: tuple[str, ...], scope: tuple[str, ...]) -> tuple[str, ...]:
    """Both restrictions together; an empty one means all. Nothing in common keeps the overlay's: it then adds a bar."""
    if not own or not scope:
        return own or scope
    return tuple(name for name in own if name in scope) or scope


def _refused(change: Change, path: Path, line: int | None, why: str) -> Finding:
    names = ", ".join(change.params)
    what = Text(
        f"附加包想放宽或改动 {change.rule} 的 {names}：{why}。",
        f"The overlay would loosen or change {names} of {change.rule}: {why}.",
    )
    mend = Text(
        "附加包只能收紧已有参数；规则允许另有约定的，写明证据（proof）。",
        "An overlay may only tighten a parameter that exists; where a rule allows agreement, name the `proof`.",
    )
    return problem("policy.overlay.loosens", path, line, what, mend)
