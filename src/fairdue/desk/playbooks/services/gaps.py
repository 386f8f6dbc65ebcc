"""Reports that none of the offered lines fits: sent from the call, worked on by trainers, answered to the agent."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction

from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.audit import services as audit
from fairdue.desk.people.models import User
from fairdue.desk.playbooks import selectors
from fairdue.desk.playbooks.models import Gap, GapReason, GapState
from fairdue.desk.refusals import RefusedError
from fairdue.guard import redact
from fairdue.playbook.schema import STAGES

from .rights import need_text, need_trainer

LONGEST = 2000
MOST = 12
"""Acts and offered lines that are kept of one report."""


@transaction.atomic
def report_gap(
    agent: User,
    *,
    session_id: int | None,
    stage: str,
    product: str,
    acts: Sequence[str],
    heard: str,
    offered: Sequence[str],
    reason: str,
    wish: str = "",
) -> Gap:
    """Keep an agent's report. `heard` and `wish` are redacted before they are stored; unknown acts and lines are left out.

    `reason` is one of `GapReason`. Raises `RefusedError` for another reason or an unknown stage.
    """
    if reason not in GapReason.values:
        raise RefusedError(
            "playbook.gap.reason",
            Text(zh="请选一个原因。", en="Choose a reason."),
            Text(zh="、".join(str(r.label) for r in GapReason), en=", ".join(GapReason.values)),
            field="reason",
        )
    if stage not in STAGES:
        raise RefusedError(
            "playbook.gap.stage",
            Text(zh="没有这个阶段。", en="There is no such stage."),
            Text(zh="、".join(STAGES), en=", ".join(STAGES)),
            field="stage",
        )
    library = selectors.library_of(selectors.current_release())
    known = [act for act in acts if act in library.acts][:MOST]
    gap = Gap.objects.create(
        agent=agent,
        session_id=session_id,
        stage=stage,
        product=product[:40],
        acts=known,
        heard=_kept(heard),
        offered=[str(line)[:120] for line in offered if redact(str(line)) == str(line)][:MOST],
        reason=reason,
        wish=_kept(wish),
        reported_at=clock.now(),
    )
    audit.write(
        "playbook.gap_reported",
        actor=agent,
        subject=f"gap:{gap.pk}",
        payload={"reason": reason, "stage": stage, "acts": known},
    )
    return gap


def _kept(text: str) -> str:
    return redact(text.replace("\x00", "").strip())[:LONGEST]


def _lock(gap_id: int, by: User) -> Gap:
    need_trainer(by)
    gap = Gap.objects.select_for_update(of=("self",)).get(pk=gap_id)
    if gap.state in (GapState.ANSWERED, GapState.DISMISSED):
        raise RefusedError(
            "playbook.gap.closed",
            Text(zh="这份报告已经处理完了。", en="This report is closed."),
            Text(zh="刷新列表看结果。", en="Reload the list to see how."),
        )
    return gap


@transaction.atomic
def take_gap(gap_id: int, by: User) -> Gap:
    """A trainer works on it. Taking one's own again changes nothing; one that a colleague has is refused."""
    gap = _lock(gap_id, by)
    if gap.state == GapState.TAKEN:
        if gap.taken_by_id == by.pk:
            return gap
        name = gap.taken_by.get_username() if gap.taken_by else "?"
        raise RefusedError(
            "playbook.gap.taken",
            Text(zh=f"{name} 已经在处理。", en=f"{name} is working on it."),
            Text(zh="换一份,或和同事说一声。", en="Take another, or speak with your colleague."),
        )
    gap.state, gap.taken_by, gap.taken_at = GapState.TAKEN, by, clock.now()
    gap.save(update_fields=["state", "taken_by", "taken_at"])
    audit.write("playbook.gap_taken", actor=by, subject=f"gap:{gap.pk}", payload={})
    return gap


@transaction.atomic
def answer_gap(gap_id: int, by: User, answer: str, *, line: str = "") -> Gap:
    """Answer the agent, naming the line that fits when there is one: a live line, or one of an open draft."""
    said = need_text(answer, "answer", Text(zh="要写给催收员的答复。", en="The agent needs an answer."))
    gap = _lock(gap_id, by)
    line = line.strip()
    if line and not selectors.line_exists(line):
        raise RefusedError(
            "playbook.gap.line",
            Text(zh=f"没有编号为 {line[:80]} 的话术。", en=f"There is no line {line[:80]}."),
            Text(zh="写一个已有的编号,或先把新话术写好。", en="Name a line that exists, or write the new one first."),
            field="line",
        )
    return _close(gap, by, GapState.ANSWERED, said, line)


@transaction.atomic
def dismiss_gap(gap_id: int, by: User, reason: str) -> Gap:
    """Set it aside with a reason that the agent sees."""
    said = need_text(reason, "answer", Text(zh="要写明为什么不改。", en="Say why nothing is changed."))
    return _close(_lock(gap_id, by), by, GapState.DISMISSED, said, "")


def _close(gap: Gap, by: User, state: GapState, answer: str, line: str) -> Gap:
    gap.state, gap.answer, gap.answer_line = state, answer, line
    gap.closed_by, gap.closed_at = by, clock.now()
    gap.save(update_fields=["state", "answer", "answer_line", "closed_by", "closed_at"])
    audit.write(f"playbook.gap_{state}", actor=by, subject=f"gap:{gap.pk}", payload={"line": line})
    return gap
