"""From draft to live: checks, submission, the decision of compliance, releases and roll-backs."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, transaction

from fairdue.core.findings import has_errors
from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.audit import services as audit
from fairdue.desk.people.models import User
from fairdue.desk.playbooks import checks, libraries, selectors
from fairdue.desk.playbooks.models import OPEN_STATES, PlaybookRelease, PlaybookRevision, RevisionState
from fairdue.desk.playbooks.stack import stack
from fairdue.desk.refusals import RefusedError

from .rights import edited_by, may_decide, may_edit, need_compliance, need_state, need_text, need_trainer

TRIES = 5
REASON = Text(zh="要写明理由。", en="A reason is needed.")


def _lock(revision_id: int) -> PlaybookRevision:
    return PlaybookRevision.objects.select_for_update(of=("self",)).get(pk=revision_id)


def _note(kind: str, by: User, revision: PlaybookRevision, **payload) -> None:
    body = {"pack": revision.pack, "number": revision.number, **payload}
    audit.write(f"playbook.{kind}", actor=by, subject=f"revision:{revision.pk}", payload=body)


def run_checks(revision_id: int, by: User) -> PlaybookRevision:
    """Lint, guard and conversations of the revision as it stands; the result is kept with the digest of its files.

    Takes seconds and holds no lock meanwhile: files that are saved during the run make its result a stale one.
    """
    if not (may_edit(by) or may_decide(by)):
        need_trainer(by)
    revision = PlaybookRevision.objects.get(pk=revision_id)
    need_state(revision, *OPEN_STATES)
    result = checks.check(selectors.live_layers(), revision.pack, revision.files)
    with transaction.atomic():
        held = _lock(revision_id)
        held.checks = {**result, "at": clock.now().isoformat(), "by": by.get_username()}
        held.save(update_fields=["checks"])
        _note("checked", by, held, errors=result["errors"], digest=result["digest"][:12])
    return held


def submit(revision_id: int, by: User, comment: str) -> PlaybookRevision:
    """Hand the draft to compliance with a comment on what changed and why. The checks run first when they are not of
    these very files. Raises `RefusedError` while there is an error, nothing is changed, or the comment is missing."""
    need_trainer(by)
    what = Text(zh="写明改了什么、为什么。", en="Say what changed and why.")
    said = need_text(comment, "comment", what)
    revision = PlaybookRevision.objects.get(pk=revision_id)
    need_state(revision, RevisionState.DRAFT)
    if not selectors.changes_of(revision):
        raise RefusedError(
            "playbook.nothing",
            Text(zh="和现在上线的内容没有区别。", en="Nothing differs from what is live."),
            Text(zh="先改一条话术。", en="Change a line first."),
        )
    if not selectors.has_fresh_checks(revision):
        run_checks(revision_id, by)
    with transaction.atomic():
        held = _lock(revision_id)
        need_state(held, RevisionState.DRAFT)
        _need_good_checks(held)
        held.state, held.comment, held.submitted_at = RevisionState.SUBMITTED, said, clock.now()
        held.save(update_fields=["state", "comment", "submitted_at"])
        _note("submitted", by, held, edits=held.edits)
    return held


def _need_good_checks(revision: PlaybookRevision) -> None:
    if not selectors.has_fresh_checks(revision):
        raise RefusedError(
            "playbook.checks.stale",
            Text(
                zh="检查结果不是这些文件的:检查之后又有改动,或者别的包换了版本。",
                en="The checks are not of these very files: something changed since they were run.",
            ),
            Text(zh="再运行一次检查。", en="Run the checks again."),
        )
    errors = revision.checks.get("errors", 1)
    if errors:
        raise RefusedError(
            "playbook.checks.errors",
            Text(zh=f"检查有 {errors} 处错误。", en=f"The checks found {errors} errors."),
            Text(zh="按提示逐条改正,再提交。", en="Mend each as it says, then submit."),
        )


@transaction.atomic
def withdraw(revision_id: int, by: User) -> PlaybookRevision:
    """Take a submitted revision back to the desk, or an approved one that is not live, so that it can be changed."""
    need_trainer(by)
    held = _lock(revision_id)
    need_state(held, RevisionState.SUBMITTED, RevisionState.APPROVED)
    was = held.state
    held.state, held.decided_by, held.decided_at, held.reason = RevisionState.DRAFT, None, None, ""
    held.save(update_fields=["state", "decided_by", "decided_at", "reason"])
    _note("withdrawn", by, held, was=was)
    return held


@transaction.atomic
def discard(revision_id: int, by: User) -> PlaybookRevision:
    """Give a draft up. It stays readable in the history and can be started again from there."""
    need_trainer(by)
    held = _lock(revision_id)
    need_state(held, RevisionState.DRAFT)
    held.state = RevisionState.RETIRED
    held.save(update_fields=["state"])
    _note("discarded", by, held)
    return held


def _decide(revision_id: int, by: User) -> PlaybookRevision:
    need_compliance(by)
    held = _lock(revision_id)
    need_state(held, RevisionState.SUBMITTED)
    if edited_by(held, by):
        raise RefusedError(
            "playbook.own",
            Text(zh="自己写的改动不能自己审。", en="Nobody decides on their own change."),
            Text(zh="请另一位合规人员审。", en="Ask another colleague of compliance."),
        )
    held.decided_by, held.decided_at = by, clock.now()
    return held


@transaction.atomic
def reject(revision_id: int, by: User, reason: str) -> PlaybookRevision:
    """Send a submitted revision back with the reason; a trainer may start again from it."""
    said = need_text(reason, "reason", REASON)
    held = _decide(revision_id, by)
    held.state, held.reason = RevisionState.REJECTED, said
    held.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    _note("rejected", by, held)
    return held


@transaction.atomic
def approve(revision_id: int, by: User, reason: str, *, live: bool = True) -> PlaybookRevision:
    """Approve a submitted revision and, when `live`, release it in the same transaction.

    Raises `RefusedError` when the checks are not of these very files or found an error, and for one's own change.
    """
    said = need_text(reason, "reason", REASON)
    held = _decide(revision_id, by)
    _need_good_checks(held)
    held.state, held.reason = RevisionState.APPROVED, said
    held.save(update_fields=["state", "reason", "decided_by", "decided_at"])
    _note("approved", by, held, digest=held.checks["digest"][:12])
    if live:
        _release(by, said, add=held)
        held.refresh_from_db()
    return held


@transaction.atomic
def go_live(revision_id: int, by: User, reason: str) -> PlaybookRelease:
    """Release an approved revision; what is live of the other packs stays."""
    need_compliance(by)
    said = need_text(reason, "reason", REASON)
    held = _lock(revision_id)
    need_state(held, RevisionState.APPROVED)
    return _release(by, said, add=held)


@transaction.atomic
def roll_back(to: int, by: User, reason: str) -> PlaybookRelease:
    """A new release with the mapping of release `to` (0: only what ships). Raises `RefusedError` when that is what is live,
    when there is no such release, or when it can no longer be read on today's packs."""
    need_compliance(by)
    said = need_text(reason, "reason", REASON)
    earlier = PlaybookRelease.objects.filter(number=to).first()
    if to != 0 and earlier is None:
        raise RefusedError(
            "playbook.release.unknown",
            Text(zh="没有这个版本。", en="There is no such release."),
            Text(zh="从历史里选一个。", en="Choose one from the history."),
        )
    return _release(by, said, back_to=to, mapping=dict(earlier.revisions) if earlier else {})


def _release(
    by: User,
    reason: str,
    *,
    add: PlaybookRevision | None = None,
    mapping: Mapping[str, int] | None = None,
    back_to: int | None = None,
) -> PlaybookRelease:
    """Make the next release: a given mapping, or the present one with `add` in it. Two at the same moment come one after
    the other: the later one counts, reads and checks again."""
    for attempt in range(TRIES):
        now_live = dict(selectors.live_layers())
        wanted = dict(mapping) if mapping is not None else now_live
        if add is not None:
            _need_good_checks(add)
            wanted = {**wanted, add.pack: add.pk}
        if wanted == now_live:
            raise RefusedError(
                "playbook.release.same",
                Text(zh="这就是现在上线的版本。", en="This is what is live now."),
                Text(zh="选一个更早的版本。", en="Choose an earlier release."),
            )
        try:
            with transaction.atomic():
                release = _insert(by, reason, wanted, back_to)
            break
        except IntegrityError:
            if attempt == TRIES - 1:
                raise
    PlaybookRevision.objects.filter(pk__in=now_live.values()).exclude(pk__in=wanted.values()).update(
        state=RevisionState.RETIRED
    )
    PlaybookRevision.objects.filter(pk__in=wanted.values()).update(state=RevisionState.LIVE)
    payload = {"number": release.number, "revisions": wanted, "back_to": back_to, "library": release.library}
    audit.write("playbook.released", actor=by, subject=f"release:{release.number}", payload=payload)
    return release


def _insert(by: User, reason: str, revisions: Mapping[str, int], back_to: int | None) -> PlaybookRelease:
    library, refused = stack(libraries.base()[0], libraries.sources(libraries.layers(revisions)))
    if has_errors(refused):
        raise RefusedError(
            "playbook.release.unreadable",
            Text(
                zh=f"这个版本在现在的话术包上读不出来:{refused[0].what.zh}",
                en=f"This cannot be read on today's packs: {refused[0].what.en}",
            ),
            Text(zh="改出一版新的再上线。", en="Make a new revision of it instead."),
        )
    return PlaybookRelease.objects.create(
        number=selectors.current_release() + 1,
        revisions=dict(revisions),
        made_at=clock.now(),
        made_by=by,
        reason=reason,
        library=library.version,
        back_to=back_to,
    )
