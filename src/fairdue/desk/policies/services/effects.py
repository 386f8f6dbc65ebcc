"""Running a change over the desk's own attempts: a short history at once, a long one in a thread that the page watches."""

from __future__ import annotations

import logging
import threading
from datetime import date, timedelta

from django.db import IntegrityError, connection, transaction

from fairdue.core.findings import has_errors
from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.audit import services as audit
from fairdue.desk.people.models import User
from fairdue.desk.policies import effects, selectors
from fairdue.desk.policies.models import AffectedContact, DraftState, EffectRun, PolicyDraft
from fairdue.desk.refusals import RefusedError
from fairdue.desk.workers import is_gone, worker_name

from .rights import need_compliance, need_state

log = logging.getLogger(__name__)
AT_ONCE = 500
"""Attempts that are asked while the page waits; more go to a thread."""
HERE: set[int] = set()
"""Runs that this process is working on now."""
SILENT = timedelta(minutes=15)
"""A run on another machine that gave no sign of life for so long counts as gone."""
ABANDONED = Text(
    zh="计算中断：运行它的进程已不在。请重新计算。", en="The run stopped: its process is gone. Start it again."
)


def start_effect(number: int, by: User, since: date, until: date) -> EffectRun:
    """Begin to compute the effect of a change on the attempts from `since` to `until` (both included).

    A short history is done when this returns, a long one goes on in a thread. Raises `RefusedError` for days that cannot
    be, a change that cannot be applied, and while another run of this change goes on.
    """
    need_compliance(by)
    draft = PolicyDraft.objects.get(number=number)
    need_state(draft, DraftState.DRAFT, DraftState.SUBMITTED)
    _need_days(since, until)
    if has_errors(selectors.with_and_without(draft)[2]) or not (draft.changes or draft.endings):
        raise RefusedError(
            "policies.effect.wrong",
            Text(zh="这份改动现在不能套用。", en="The change cannot be applied as it is."),
            Text(zh="先按提示改正，再看影响。", en="Mend it as it says, then look at its effect."),
        )
    fail_abandoned()
    _customers, total = effects.in_span(since, until)
    try:
        with transaction.atomic():
            now = clock.now()
            run = EffectRun.objects.create(
                draft=draft,
                since=since,
                until=until,
                digest=selectors.digest_of(draft),
                total=total,
                worker=worker_name(),
                beat_at=now,
                by=by,
                started_at=now,
            )
            payload = {
                "number": draft.number,
                "since": since.isoformat(),
                "until": until.isoformat(),
                "attempts": total,
            }
            audit.write("policy.effect", actor=by, subject=f"policy:{draft.number}", payload=payload)
    except IntegrityError as busy:
        raise RefusedError(
            "policies.effect.busy",
            Text(zh="这份改动的影响正在计算。", en="The effect of this change is being computed already."),
            Text(zh="等它完成。", en="Wait until it is done."),
        ) from busy
    HERE.add(run.pk)
    if total <= AT_ONCE:
        run_effect(run.pk)
    else:
        threading.Thread(target=_work, args=(run.pk,), name=f"effect-{run.pk}", daemon=True).start()
    run.refresh_from_db()
    return run


def _need_days(since: date, until: date) -> None:
    if not (since <= until <= clock.today() and (until - since).days < effects.LONGEST):
        raise RefusedError(
            "policies.effect.days",
            Text(zh="起止日期不对。", en="These days cannot be."),
            Text(
                zh=f"起日不晚于止日，止日不晚于今天，最多 {effects.LONGEST} 天。",
                en=f"The first not after the last, the last not after today, at most {effects.LONGEST} days.",
            ),
            field="since",
        )


def run_effect(run_id: int) -> None:
    """Compute a run that was started. What goes wrong ends it as failed, with the error's name; it never hangs."""
    run = EffectRun.objects.select_related("draft").get(pk=run_id)
    try:
        first, second, _findings = selectors.with_and_without(run.draft)
        customers, _total = effects.in_span(run.since, run.until)
        outcome = effects.Outcome()
        for done in effects.effect(customers, run.since, run.until, first, second, outcome):
            EffectRun.objects.filter(pk=run_id).update(done=done, beat_at=clock.now())
        _store(run, outcome)
    except Exception as wrong:
        log.exception("effect %s failed", run_id)
        error = type(wrong).__name__
        EffectRun.objects.filter(pk=run_id).update(state="failed", error=error, ended_at=clock.now())
    finally:
        HERE.discard(run_id)


@transaction.atomic
def _store(run: EffectRun, outcome: effects.Outcome) -> None:
    AffectedContact.objects.bulk_create(
        [
            AffectedContact(
                run=run,
                kind=one.attempt.kind,
                row=one.attempt.row,
                at=one.attempt.at,
                customer_id=one.attempt.customer,
                agent_id=one.attempt.agent,
                change=one.change,
                rules=list(one.rules),
            )
            for one in outcome.affected
        ],
        batch_size=500,
    )
    EffectRun.objects.filter(pk=run.pk).update(
        state="done",
        result=outcome.as_dict(),
        done=outcome.attempts + sum(outcome.unread.values()),
        ended_at=clock.now(),
    )


def _work(run_id: int) -> None:
    try:
        run_effect(run_id)
    finally:
        connection.close()


def _gone(run: EffectRun) -> bool:
    return is_gone(run.worker, last_sign=run.beat_at or run.started_at, silent=SILENT, here=run.pk in HERE)


def fail_abandoned() -> int:
    """Mark running effects whose process is gone as failed; returns how many. Called before every start and page."""
    count = 0
    for run in EffectRun.objects.filter(state="running"):
        if _gone(run):
            count += EffectRun.objects.filter(pk=run.pk, state="running").update(
                state="failed", error=f"{ABANDONED.zh} {ABANDONED.en}", ended_at=clock.now()
            )
    return count
