"""Who may do what here, and the refusals that several services share."""

from __future__ import annotations

from fairdue.core.text import Text
from fairdue.desk import refusals
from fairdue.desk.people.models import Role, User
from fairdue.desk.playbooks.models import PlaybookRevision, RevisionState
from fairdue.desk.refusals import RefusedError


def may_edit(user: User) -> bool:
    """Trainers write."""
    return user.role == Role.TRAINER


def may_decide(user: User) -> bool:
    """Compliance approves, rejects, puts live and rolls back.

    A roll-back is theirs too: it puts words live, and the older words may be the ones that a later release took out for a
    legal reason. A trainer who sees a mistake asks, or submits a revision that mends it.
    """
    return user.role == Role.COMPLIANCE


def edited_by(revision: PlaybookRevision, user: User) -> bool:
    """Whether the user wrote any part of the revision."""
    return revision.author_id == user.pk or revision.editors.filter(pk=user.pk).exists()


def need_trainer(user: User) -> None:
    """Raises `RefusedError` for anybody but a trainer."""
    if not may_edit(user):
        raise RefusedError(
            "playbook.role.trainer",
            Text(zh="只有培训师可以改话术。", en="Only trainers change the playbook."),
            Text(zh="把建议写成“没有合适的话术”报告,或找培训师。", en="Send a “none fits” report, or ask a trainer."),
        )


def need_compliance(user: User) -> None:
    """Raises `RefusedError` for anybody but compliance."""
    if not may_decide(user):
        raise RefusedError(
            "playbook.role.compliance",
            Text(zh="只有合规人员可以决定话术上线。", en="Only compliance decides what goes live."),
            Text(zh="请合规人员处理。", en="Ask compliance."),
        )


def need_state(revision: PlaybookRevision, *states: RevisionState) -> None:
    """Raises `RefusedError` when the revision is not in one of these states."""
    if revision.state not in states:
        wanted = "、".join(str(state.label) for state in states)
        raise RefusedError(
            "playbook.state",
            Text(
                zh=f"{revision.pack} 第 {revision.number} 版现在是“{revision.get_state_display()}”,不能这样做。",
                en=f"Revision {revision.number} of {revision.pack} is in state {revision.state}; that is not possible now.",
            ),
            Text(
                zh=f"可以这样做的状态:{wanted}。刷新页面再看。",
                en=f"It is possible in state {', '.join(states)}. Reload the page.",
            ),
        )


def need_text(text: str, field: str, what: Text, limit: int = 2000) -> str:
    """`refusals.need_text` with the codes of this room."""
    return refusals.need_text(text, f"playbook.{field}.needed", what, field=field, limit=limit)
