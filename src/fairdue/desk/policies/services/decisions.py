"""From draft to force: submission, the decision of a second person, withdrawal; each revision is what every process reads."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Max

from fairdue.core.findings import Severity
from fairdue.core.ids import digest
from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.people.models import User
from fairdue.desk.policies import packing, selectors
from fairdue.desk.policies.models import DraftState, PolicyDraft, PolicyRevision
from fairdue.desk.policies.problems import problems_of
from fairdue.desk.refusals import RefusedError

from .rights import held, need_compliance, need_state, need_text, note, refuse

TRIES = 5
COMMENT = Text(zh="要写明理由。", en="A reason is needed.")


@transaction.atomic
def submit(number: int, by: User, comment: str = "") -> PolicyDraft:
    """Hand a draft to a colleague for the decision. Raises `RefusedError` while anything is wrong with it."""
    need_compliance(by)
    draft = held(number)
    need_state(draft, DraftState.DRAFT)
    refuse(problems_of(draft))
    draft.state, draft.submitted_at = DraftState.SUBMITTED, clock.now()
    draft.save(update_fields=["state", "submitted_at"])
    note(draft, by, "submitted", comment.strip()[:2000], rows=len(draft.changes), endings=len(draft.endings))
    return draft


@transaction.atomic
def take_back(number: int, by: User) -> PolicyDraft:
    """Make a submitted change a draft again."""
    need_compliance(by)
    draft = held(number)
    need_state(draft, DraftState.SUBMITTED)
    draft.state = DraftState.DRAFT
    draft.save(update_fields=["state"])
    note(draft, by, "taken_back")
    return draft


def _to_decide(number: int, by: User) -> PolicyDraft:
    need_compliance(by)
    draft = held(number)
    need_state(draft, DraftState.SUBMITTED)
    if selectors.written_by(draft, by):
        raise RefusedError(
            "policies.own",
            Text(zh="自己写的改动不能自己批。", en="Nobody decides on their own change."),
            Text(zh="请另一位合规人员决定。", en="Ask another colleague of compliance."),
        )
    draft.decided_by, draft.decided_at = by, clock.now()
    return draft


@transaction.atomic
def send_back(number: int, by: User, comment: str) -> PolicyDraft:
    """Return a submitted change to its authors with a comment; it is a draft again."""
    said = need_text(comment, "comment", COMMENT)
    draft = _to_decide(number, by)
    draft.state = DraftState.DRAFT
    draft.save(update_fields=["state", "decided_by", "decided_at"])
    note(draft, by, "returned", said)
    return draft


def approve(number: int, by: User, comment: str) -> PolicyDraft:
    """Approve a submitted change: it holds from its day on, without anything more to be done.

    Raises `RefusedError` for one's own change, and when it cannot be applied any more (its day has passed, the pack changed).
    """
    return _with_revision(lambda: _approved(number, by, comment), "approved", by)


def _approved(number: int, by: User, comment: str) -> PolicyDraft:
    said = need_text(comment, "comment", COMMENT)
    draft = _to_decide(number, by)
    refuse(problems_of(draft))
    draft.state = DraftState.APPROVED
    draft.overlay = selectors.overlay_of(draft).model_dump(mode="json", by_alias=True)
    draft.save(update_fields=["state", "overlay", "decided_by", "decided_at"])
    note(draft, by, "approved", said, overlay=digest(draft.overlay)[:16])
    return draft


def withdraw(number: int, by: User, reason: str) -> PolicyDraft:
    """Take an approved change back before its day. Raises `RefusedError` once it is in force: end it by a new change."""
    return _with_revision(lambda: _withdrawn(number, by, reason), "withdrawn", by)


def _withdrawn(number: int, by: User, reason: str) -> PolicyDraft:
    need_compliance(by)
    said = need_text(reason, "reason", COMMENT)
    draft = held(number)
    need_state(draft, DraftState.APPROVED)
    if draft.effective_from <= clock.today():
        raise RefusedError(
            "policies.in_force",
            Text(zh="已经生效，不能撤回。", en="It is in force and cannot be withdrawn."),
            Text(zh="另写一份改动，从以后某天起结束它。", en="Write a new change that ends it from a later day on."),
        )
    draft.state = DraftState.WITHDRAWN
    draft.save(update_fields=["state"])
    note(draft, by, "withdrawn", said)
    return draft


def _with_revision(step, what: str, by: User) -> PolicyDraft:
    """Carry out a step and make the revision that follows from it, in one transaction. Two at the same moment come one
    after the other: the later one is done again with the earlier one in sight."""
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                draft = step()
                _revise(draft, what, by)
                return draft
        except IntegrityError:
            if attempt == TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _revise(draft: PolicyDraft, what: str, by: User) -> PolicyRevision:
    overlays = selectors.layers(selectors.approved(draft.jurisdiction))
    base, _findings = packing.shipped(draft.jurisdiction)
    problems = packing.compose(base, overlays, base.version, clock.today())[1]
    if what == "approved" and not draft.endings:  # one that ends a broken row is the way out
        refuse([found for found in problems if found.severity is Severity.ERROR])
    stored = [overlay.model_dump(mode="json", by_alias=True) for overlay in overlays]
    return PolicyRevision.objects.create(
        number=(PolicyRevision.objects.aggregate(n=Max("number"))["n"] or 0) + 1,
        jurisdiction=draft.jurisdiction,
        overlays=stored,
        digest=digest(stored),
        draft=draft,
        what=what,
        made_by=by,
        made_at=clock.now(),
    )
