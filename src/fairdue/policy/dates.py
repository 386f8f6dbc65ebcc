"""Dates of rules: two entries of one rule must neither overlap (which one holds?) nor leave a day between them (none)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

from fairdue.core.findings import Finding
from fairdue.core.text import Text

from .schema import Effective, Pack, Rule


def date_problems(rules: Sequence[Rule], root: Path) -> list[Finding]:
    """Overlaps and gaps between the dated entries of one rule (same id, check and part)."""
    from .pack import problem

    dated: dict[tuple[str, str, str], list[Rule]] = defaultdict(list)
    for rule in rules:
        dated[rule.id, rule.check, rule.part].append(rule)
    findings = []
    path = root / "rules" / "*"
    for (rule_id, _check, _part), entries in dated.items():
        entries.sort(key=lambda rule: rule.effective.start)
        for one, two in pairwise(entries):
            end = one.effective.end or date.max
            if two.effective.start <= end:
                what = Text(f"{rule_id} 的有效期重叠。", f"The periods of {rule_id} overlap.")
                mend = Text(
                    "让前一段在后一段开始前结束；若是同一规则的不同部分，用 part 区分。",
                    "End the earlier one before the later begins, or tell parts of the rule apart with `part`.",
                )
                findings.append(problem("policy.overlap", path, None, what, mend))
            elif two.effective.start > end + timedelta(days=1):
                what = Text(
                    f"{rule_id} 在 {end} 之后到 {two.effective.start} 之前没有规定。",
                    f"{rule_id} says nothing after {end} and before {two.effective.start}.",
                )
                mend = Text("让两段首尾相接。", "Let the periods follow each other without a gap.")
                findings.append(problem("policy.gap", path, None, what, mend))
    return findings


def as_on(pack: Pack, day: date) -> Pack:
    """The pack as it stands on a day, for ever: what a history would have met had these rules always been in force.

    Used to compare two dates of one pack: `as_on(pack, date(2025, 12, 1))` against `as_on(pack, date(2026, 12, 1))`.
    """
    always = Effective.model_validate({"from": date.min, "to": None})
    rules = tuple(rule.model_copy(update={"effective": always}) for rule in pack.rules if rule.in_force(day))
    return replace(pack, version=f"{pack.version}:{day.isoformat()}", rules=rules)
