"""The shipped pack with the house's approved changes laid over it.

Every overlay is applied to the shipped rules by itself and stands beside them: the strictest of all holds, whatever came
first. (Laid one upon the other, a change for cards would be measured against an earlier one for loans.) What an overlay
loosens by agreement takes the place of the shipped rule for its days, because beside it it would do nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from fairdue.core.findings import Finding, Severity
from fairdue.core.text import Text
from fairdue.policy import Pack, Rule, load_pack
from fairdue.policy.checks import TIGHTER
from fairdue.policy.overlay import Change, Overlay, Scope, apply_overlay
from fairdue.policy.pack import STANDARD, problem
from fairdue.policy.schema import Effective

MARK = "desk-"
"""Overlays of the desk are named `desk-3` after the number of the change; the name is part of the rule's `part`."""
DAY = timedelta(days=1)


class UnusablePackError(RuntimeError):
    """The pack, or what the house adds to it, has errors: nothing may be allowed until that is mended."""


def folder_of(jurisdiction: str) -> Path:
    """Where the shipped pack of a jurisdiction lies."""
    return STANDARD / jurisdiction.lower()


def shipped(jurisdiction: str) -> tuple[Pack, tuple[Finding, ...]]:
    """The pack as it ships and what could not be read of it. Raises `PackError` when there is none."""
    return _shipped(folder_of(jurisdiction))


@lru_cache(maxsize=32)
def _shipped(folder: Path) -> tuple[Pack, tuple[Finding, ...]]:
    pack, findings = load_pack(folder)
    return pack, tuple(findings)


def base_part(rule: Rule) -> str:
    """The part of the shipped rule that a rule stands for or was tightened from."""
    return rule.part.partition(f"+{MARK}")[0]


def change_number(rule: Rule) -> int | None:
    """The number of the change that a rule comes from; None for a shipped rule."""
    _part, _mark, number = rule.part.rpartition(f"+{MARK}")
    return int(number) if number.isdecimal() else None


def loosens(rule: Rule, change: Change) -> bool:
    """Whether a value allows more than the rule's own (raises `TypeError` or `ValueError` for one of another kind)."""
    return any(not TIGHTER[key](value, rule.params[key]) for key, value in change.params.items())


def compose(pack: Pack, overlays: Sequence[Overlay], version: str, today: date) -> tuple[Pack, list[Finding]]:
    """The pack with all overlays, and what is wrong with them.

    A row that ended before `today` and whose rule is gone is left out silently. One that is no stricter than
    the shipped rule any more (the law caught up) is a warning and left out; any other row that cannot be applied is an error, because leaving it out would allow more than was approved.
    """
    findings: list[Finding] = []
    added: list[Rule] = []
    gaps: dict[int, list[tuple[date, date]]] = {}
    for overlay in overlays:
        for change in overlay.rules:
            found, gap, problems = _laid(pack.rules, overlay, change, today)
            added += found
            findings += problems
            for index in gap:
                gaps.setdefault(index, []).append(_days(overlay))
    kept = [part for index, rule in enumerate(pack.rules) for part in _without(rule, gaps.get(index, ()))]
    return replace(pack, version=version, rules=(*kept, *added)), findings


def _laid(
    rules: Sequence[Rule], overlay: Overlay, change: Change, today: date
) -> tuple[list[Rule], list[int], list[Finding]]:
    """What one row makes of the shipped rules: rules to add, places of those they stand in for, what is wrong."""
    start, end = _days(overlay)
    row = overlay.model_copy(update={"rules": (change,), "add": ()})
    named = [
        index
        for index, rule in enumerate(rules)
        if rule.id == change.rule and change.part in (None, rule.part) and set(change.params) <= set(rule.params)
    ]
    if not named and end < today:
        return [], [], []
    if not named:
        return [], [], apply_overlay(list(rules), row, overlay.name, PLACE, [])[1]
    added: list[Rule] = []
    instead: list[int] = []
    findings: list[Finding] = []
    for index in named:
        rule = rules[index]
        if rule.effective.end is not None and rule.effective.end < start:
            continue
        (*_kept, made), refused = apply_overlay([rule], row, overlay.name, PLACE, [])
        if refused:
            findings += [_overtaken(rule, change)] if _is_overtaken(rule, change) else refused
            continue
        if loosens(rule, change):
            if overlay.scope != Scope():
                findings.append(_not_for_some(rule))
                continue
            instead.append(index)
        if made.effective.start <= end:
            added.append(_until(made, end))
    return added, instead, findings


def _days(overlay: Overlay) -> tuple[date, date]:
    if overlay.effective is None:
        return date.min, date.max
    return overlay.effective.start, overlay.effective.end or date.max


def _until(rule: Rule, end: date) -> Rule:
    if end == date.max or (rule.effective.end is not None and rule.effective.end <= end):
        return rule
    return _dated(rule, rule.effective.start, end)


def _dated(rule: Rule, start: date, end: date | None) -> Rule:
    return rule.model_copy(update={"effective": Effective.model_validate({"from": start, "to": end})})


def _without(rule: Rule, gaps: Sequence[tuple[date, date]]) -> list[Rule]:
    """The rule on the days that lie in none of the gaps."""
    parts, begin, last = [], rule.effective.start, rule.effective.end or date.max
    for start, end in sorted(gaps):
        if start > begin:
            parts.append(_dated(rule, begin, min(start - DAY, last)))
        if end >= last:
            return parts
        begin = max(begin, end + DAY)
    return [*parts, _dated(rule, begin, rule.effective.end)] if gaps else [rule]


def _is_overtaken(rule: Rule, change: Change) -> bool:
    try:
        return not change.proof.strip() and loosens(rule, change)
    except (KeyError, TypeError, ValueError):
        return False


PLACE = Path("desk/policies/changes")
"""What findings about a change of the desk name as their file."""


def _overtaken(rule: Rule, change: Change) -> Finding:
    what = Text(
        f"{rule.id} 自带的规定现在比本机构的改动更严，该改动不再起作用。",
        f"{rule.id} as it ships is stricter now than the house's change, which does nothing any more.",
    )
    mend = Text("提交一份改动，结束这一条。", "End that row with a further change.")
    return replace(problem("policies.overtaken", PLACE, None, what, mend), severity=Severity.WARNING)


def _not_for_some(rule: Rule) -> Finding:
    what = Text(
        f"{rule.id} 按约定放宽只能对全部联系生效，不能只对一部分。",
        f"{rule.id} can be loosened by agreement for all contacts only, not for some of them.",
    )
    mend = Text("把范围改为全部，或改用客户本人的同意。", "Take the scope away, or record the consent of each person.")
    return problem("policies.loosen.scope", PLACE, None, what, mend)
