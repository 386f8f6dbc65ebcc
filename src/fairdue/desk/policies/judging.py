"""What may be changed, and what is wrong with a change: beside the field, in words that a reader of rules understands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import quote

from fairdue.core.findings import Finding, Place, Severity
from fairdue.core.text import Text
from fairdue.policy import Rule
from fairdue.policy.checks import TIGHTER
from fairdue.policy.checks.registry import FIXED
from fairdue.policy.checks.standing import FACTS
from fairdue.policy.checks.times import WEEK
from fairdue.policy.overlay import Change, Overlay, Scope, apply_overlay

from .packing import PLACE

WHOLE = frozenset(
    {"at_most", "at_least", "days", "inbound_days", "effective_seconds", "failed_calls", "lifted_over_dpd"}
)
CLOCK = frozenset({"opens", "closes"})
FEWER = frozenset({"allowed", "roles", "consents", "lifted_by"})
MORE: dict[str, tuple[str, ...]] = {"needs": tuple(FACTS), "closed": WEEK}
"""Lists that are tightened by naming more, with everything that can be named."""

WHY = Text(
    "法律和标准是底线：内部规定只能更严，不能更松。",
    "Law and standard are the floor: the house may be stricter, never more lenient.",
)


@dataclass(frozen=True)
class Choice:
    """A parameter that may be changed: the shipped entries that have it, how it is entered (`kind`: whole, clock, fewer,
    more, flag), and of which `part` of the rule; None where the rule has one part only."""

    rules: tuple[Rule, ...]
    param: str
    kind: str
    part: str | None = None

    @property
    def rule(self) -> Rule:
        """The first entry."""
        return self.rules[0]

    @property
    def value(self) -> Any:
        """Its value today."""
        return self.rule.params[self.param]

    @property
    def by_agreement(self) -> bool:
        """Whether every entry lets the parties agree otherwise."""
        return all(self.param in rule.agreement for rule in self.rules)

    @property
    def options(self) -> tuple[str, ...]:
        """What a list may name."""
        return MORE.get(self.param) or tuple(self.value)

    @property
    def key(self) -> str:
        """`CN-GBT-03:at_most`, `CN-NIFA-17:at_most:talk`."""
        return key_of(self.rule.id, self.param, self.part)

    @property
    def place(self) -> str:
        """The last part of its page's address: `at_most/?part=talk`."""
        return f"{self.param}/change/" + (f"?part={quote(self.part)}" if self.part is not None else "")


def kind_of(param: str) -> str:
    """How a parameter is entered."""
    if param in WHOLE:
        return "whole"
    if param in CLOCK:
        return "clock"
    if param in FEWER:
        return "fewer"
    return "more" if param in MORE else "flag"


def may_change(rule: Rule, param: str) -> bool:
    """Whether an overlay may touch this parameter at all."""
    return param in rule.params and param in TIGHTER and (rule.check, param) not in FIXED


def key_of(rule: str, param: str, part: str | None) -> str:
    """How a parameter is named on pages and in addresses."""
    return f"{rule}:{param}" if part is None else f"{rule}:{param}:{part}"


def key_of_row(row: Mapping[str, Any]) -> str:
    """The same of a row of a change."""
    return key_of(row["rule"], next(iter(row["params"])), row.get("part"))


def choices(rules: Sequence[Rule], day: date) -> dict[str, Choice]:
    """Everything that may be changed from `day` on, by `Choice.key`, in the pack's order.

    A list that differs between dated entries is left out: no single new list would be stricter than each.
    """
    found: dict[str, Choice] = {}
    for rule in rules:
        for param in rule.params:
            entries = [
                other
                for other in rules
                if other.id == rule.id
                and may_change(other, param)
                and (other.effective.end is None or other.effective.end >= day)
            ]
            part = rule.part if len({other.part for other in entries}) > 1 else None
            mine = tuple(other for other in entries if part is None or other.part == part)
            key = key_of(rule.id, param, part)
            lists = {tuple(other.params[param]) for other in mine if isinstance(other.params[param], list)}
            if mine and rule in mine and len(lists) < 2 and key not in found:
                found[key] = Choice(mine, param, kind_of(param), part)
    return found


def judge(choice: Choice | None, row: Mapping[str, Any], scope: Scope, place: Place | None = None) -> list[Finding]:
    """What is wrong with one row {rule, params, proof}; the engine has the last word. `place.row` says which row it is."""
    where = place or Place()
    if choice is None:
        what = Text(
            f"{row['rule']} 的这个参数不能由本机构改动。",
            f"This parameter of {row['rule']} is not the house's to change.",
        )
        return [_finding("policies.param", what, Text("删掉这一条。", "Take the row out."), where, "value")]
    findings = [finding for rule in choice.rules if (finding := _against(choice, rule, row, where)) is not None][:1]
    findings += _speaks(choice.rules, scope, where)
    if findings:
        return findings
    change = Change.model_validate(dict(row))
    for rule in choice.rules:
        for refused in apply_overlay([rule], Overlay(scope=scope, rules=(change,)), "desk", PLACE, [])[1]:
            return [_finding("policies.refused", refused.what, refused.mend, where, "value")]
    if scope != Scope() and any(_is_looser(rule, row, choice.param) for rule in choice.rules):
        what = Text("按约定放宽只能对全部联系生效。", "Loosening by agreement holds for all contacts only.")
        mend = Text("把范围改为全部。", "Take the scope away.")
        return [_finding("policies.loosen.scope", what, mend, where, "scope")]
    return []


def _is_looser(rule: Rule, row: Mapping[str, Any], param: str) -> bool:
    return not TIGHTER[param](row["params"][param], rule.params[param])


def _against(choice: Choice, rule: Rule, row: Mapping[str, Any], where: Place) -> Finding | None:
    """What one entry of the rule says to the new value."""
    from .words import value_text

    new, old = row["params"].get(choice.param), rule.params[choice.param]
    shown, now = value_text(choice.param, new), value_text(choice.param, old)
    try:
        looser = _is_looser(rule, row, choice.param)
    except (TypeError, ValueError):
        what = Text(f"“{new}”不能作为新值。", f"“{new}” is no value for this.")
        return _finding(
            "policies.value", what, Text("照旧值的样子填写。", "Write it like the present value."), where, "value"
        )
    if not looser:
        if all(other.params[choice.param] == new for other in choice.rules):
            what = Text(f"和现在一样，都是{_set(now.zh)}。", f"It is {now.en} already.")
            return _finding("policies.same", what, Text("填一个更严的值。", "Enter a stricter value."), where, "value")
        return None
    if choice.param in rule.agreement:
        if str(row.get("proof") or "").strip():
            return None
        what = Text(
            f"由{_set(now.zh)}改为{_set(shown.zh)}是放宽，只有双方另有约定才可以。",
            f"From {now.en} to {shown.en} is more lenient: only where the parties agreed so.",
        )
        mend = Text("写明约定的出处，例如合同编号和条款。", "Name the agreement: contract and clause.")
        return _finding("policies.proof", what, mend, where, "proof")
    what = Text(
        f"由{_set(now.zh)}改为{_set(shown.zh)}会放宽 {rule.id}，不能保存。",
        f"From {now.en} to {shown.en} would loosen {rule.id}; that is refused.",
    )
    return _finding("policies.loosens", what, Text("填一个更严的值。", "Enter a stricter value."), where, "value")


def _set(value: str) -> str:
    """A value inside a Chinese sentence: blanks stand between it and the characters where it is a figure or a name."""
    before = " " if value[:1].isascii() else ""
    return f"{before}{value}{' ' if value[-1:].isascii() else ''}"


def _speaks(rules: Sequence[Rule], scope: Scope, where: Place) -> list[Finding]:
    """A scope to which the rule does not speak would turn its change into a bar for others."""
    for rule in rules:
        own = rule.applies
        apart = (
            (own.product and scope.product and not set(own.product) & set(scope.product))
            or (own.lender and scope.lender and not set(own.lender) & set(scope.lender))
            or (own.agency is not None and scope.agency is not None and own.agency != scope.agency)
        )
        if apart:
            what = Text(f"{rule.id} 不适用于所选范围。", f"{rule.id} does not speak to the chosen scope.")
            mend = Text("改范围，或把这一条放进另一份改动。", "Change the scope, or put the row into another change.")
            return [_finding("policies.scope", what, mend, where, "scope")]
    return []


def _finding(code: str, what: Text, mend: Text, where: Place, field: str) -> Finding:
    return Finding(code=code, what=what, why=WHY, mend=mend, place=Place("", where.row, field), severity=Severity.ERROR)
