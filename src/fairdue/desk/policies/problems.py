"""What forbids to submit or approve a change: dates, rows that loosen, endings of what is not in force."""

from __future__ import annotations

from datetime import date, timedelta

from fairdue.core.findings import Finding, Place, Severity, has_errors
from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.policy.overlay import Scope

from . import judging, packing, selectors
from .models import PolicyDraft

LONGEST_AHEAD = timedelta(days=731)
"""How far in the future a change may begin: a mistyped year should not look approved for ever."""


def problems_of(draft: PolicyDraft) -> list[Finding]:
    """What forbids to submit or approve: dates, rows that loosen, endings of what is not in force. `place.row` is the row."""
    today = clock.today()
    found = _date_problems(draft, today)
    base, _findings = packing.shipped(draft.jurisdiction)
    open_to_change = judging.choices(base.rules, draft.effective_from)
    scope = Scope.model_validate(draft.scope or {})
    for index, row in enumerate(draft.changes):
        found += judging.judge(open_to_change.get(judging.key_of_row(row)), row, scope, Place(row=index))
    known = {(one.draft.number, one.row): one for one in selectors.additions(draft.jurisdiction)}
    for index, ending in enumerate(draft.endings):
        found += _ending_problems(draft, known.get((ending["draft"], ending["row"])), index, today)
    if not draft.changes and not draft.endings:
        what = Text("这份改动还没有内容。", "Nothing is changed yet.")
        found.append(_problem("policies.empty", what, Text("先加一条。", "Add a row first."), "changes"))
    return found


def _date_problems(draft: PolicyDraft, today: date) -> list[Finding]:
    if draft.effective_from < today:
        what = Text(f"生效日 {draft.effective_from} 已经过去。", f"{draft.effective_from} lies in the past.")
        return [_problem("policies.date", what, Text("改为今天或以后。", "Choose today or later."), "effective_from")]
    if draft.effective_from > today + LONGEST_AHEAD:
        what = Text("生效日在两年以后。", "It would begin more than two years ahead.")
        return [_problem("policies.date.far", what, Text("核对年份。", "Check the year."), "effective_from")]
    return []


def _ending_problems(draft: PolicyDraft, one: selectors.Addition | None, index: int, today: date) -> list[Finding]:
    if one is None:
        what = Text("要结束的改动不存在或没有批准。", "The change to be ended is not there, or not approved.")
        return [_problem("policies.end.unknown", what, Text("删掉这一条。", "Take the row out."), "endings", index)]
    if one.last is not None and one.ended_by is not None and one.ended_by.pk != draft.pk:
        what = Text(
            f"第 {one.draft.number} 号改动的这一条已经定在 {one.last} 结束。",
            f"This row of change {one.draft.number} ends on {one.last} already.",
        )
        return [_problem("policies.end.twice", what, Text("删掉这一条。", "Take the row out."), "endings", index)]
    if draft.effective_from <= one.draft.effective_from:
        what = Text("结束日早于它的生效日。", "It would end before it begins.")
        mend = Text("还没生效的改动请撤回。", "Withdraw a change that has not begun.")
        return [_problem("policies.end.early", what, mend, "effective_from", index)]
    if draft.effective_from <= today and not is_broken(one):
        what = Text(
            "放回原来的规定，最早从明天起。", "Going back to the pack's own value begins tomorrow at the earliest."
        )
        mend = Text(
            "当天的联系已按较严的规定计数，请改为明天或以后。",
            "Today's contacts were counted strictly: choose a later day.",
        )
        return [_problem("policies.end.today", what, mend, "effective_from", index)]
    return []


def is_broken(one: selectors.Addition) -> bool:
    """Whether a row cannot be applied to the shipped pack any more (its rule is gone): ending it may not wait."""
    base, _findings = packing.shipped(one.draft.jurisdiction)
    row = one.draft.changes[one.row]
    return has_errors(packing.compose(base, [selectors.overlay_of(one.draft, [row])], base.version, clock.today())[1])


def _problem(code: str, what: Text, mend: Text, field: str, row: int | None = None) -> Finding:
    return Finding(
        code=code, what=what, why=judging.WHY, mend=mend, place=Place("", row, field), severity=Severity.ERROR
    )
