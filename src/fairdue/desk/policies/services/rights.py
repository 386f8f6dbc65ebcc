"""Who may do what here, and the refusals that several services share."""

from __future__ import annotations

from typing import Any

from fairdue.core.findings import Finding
from fairdue.core.text import Text
from fairdue.desk import clock, refusals
from fairdue.desk.audit import services as audit
from fairdue.desk.people.models import User
from fairdue.desk.policies.models import DraftState, PolicyDraft, PolicyStep
from fairdue.desk.policies.selectors import may_write
from fairdue.desk.refusals import RefusedError


def need_compliance(user: User) -> None:
    """Raises `RefusedError` for anybody but compliance."""
    if not may_write(user):
        raise RefusedError(
            "policies.role",
            Text(zh="只有合规人员可以改动规则参数。", en="Only compliance changes parameters of rules."),
            Text(zh="请把建议告诉合规人员。", en="Tell compliance what you propose."),
        )


def need_state(draft: PolicyDraft, *states: DraftState) -> None:
    """Raises `RefusedError` when the change is not in one of these states."""
    if draft.state not in states:
        raise RefusedError(
            "policies.state",
            Text(
                zh=f"第 {draft.number} 号改动现在是“{draft.get_state_display()}”，不能这样做。",
                en=f"Change {draft.number} is in state {draft.state}; that is not possible now.",
            ),
            Text(zh="刷新页面再看。", en="Reload the page."),
        )


def need_text(text: str, field: str, what: Text, limit: int = 2000) -> str:
    """`refusals.need_text` with the codes of this room."""
    return refusals.need_text(text, f"policies.{field}.needed", what, field=field, limit=limit)


def refuse(findings: list[Finding]) -> None:
    """Raises `RefusedError` with the first of the findings, if there is one."""
    if findings:
        first = findings[0]
        raise RefusedError(first.code, first.what, first.mend, why=first.why, field=first.place.field)


def held(number: int) -> PolicyDraft:
    """A change, locked until the transaction ends. Raises `PolicyDraft.DoesNotExist`."""
    return PolicyDraft.objects.select_for_update(of=("self",)).get(number=number)


def note(draft: PolicyDraft, by: User, what: str, text: str = "", **payload: Any) -> None:
    """Write the step and its audit event; the comment itself stays in the step, it may name people."""
    PolicyStep.objects.create(draft=draft, at=clock.now(), by=by, what=what, text=text)
    body = {"number": draft.number, "edits": draft.edits, "from": draft.effective_from.isoformat(), **payload}
    audit.write(f"policy.{what}", actor=by, subject=f"policy:{draft.number}", payload=body)
