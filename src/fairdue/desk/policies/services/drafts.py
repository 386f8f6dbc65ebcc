"""Writing a change: begun, rows added and taken out, its head changed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Max

from fairdue.core.findings import Finding, Place
from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.people.models import User
from fairdue.desk.policies import judging, packing, selectors
from fairdue.desk.policies.models import DraftState, PolicyDraft
from fairdue.desk.policies.problems import problems_of
from fairdue.desk.refusals import RefusedError
from fairdue.policy.overlay import Scope

from .rights import held, need_compliance, need_state, need_text, note, refuse

TRIES = 5
MOST_ROWS = 40
REASON = Text(zh="要写明为什么改。", en="Say why it is changed.")
SOURCE = Text(zh="要写明依据：哪份制度、合同或通知。", en="Name the basis: which policy, contract or notice.")


@dataclass(frozen=True)
class Head:
    """What holds for all rows of a change: to whom it speaks ({lender, product, agency}), from which day, why, on what
    basis (instrument and article)."""

    scope: Mapping[str, Any]
    effective_from: date
    reason: str
    instrument: str
    article: str = ""

    def checked(self) -> dict[str, Any]:
        """The fields to store. Raises `RefusedError` for an empty text, a date that cannot be, an unknown scope."""
        return {
            "scope": Scope.model_validate(dict(self.scope)).model_dump(mode="json"),
            "effective_from": self.effective_from,
            "reason": need_text(self.reason, "reason", REASON),
            "instrument": need_text(self.instrument, "instrument", SOURCE, 200),
            "article": self.article.strip()[:120],
        }


def row_of(rule: str, param: str, value: Any, proof: str = "", part: str | None = None) -> dict[str, Any]:
    """A row of `PolicyDraft.changes`; `part` only where the rule has several (`judging.Choice.part`)."""
    return {"rule": rule, "part": part, "params": {param: value}, "proof": proof.strip()[:300]}


def judged(jurisdiction: str, row: Mapping[str, Any], scope: Mapping[str, Any], day: date) -> list[Finding]:
    """What is wrong with one row before it is saved."""
    base, _findings = packing.shipped(jurisdiction)
    choice = judging.choices(base.rules, day).get(judging.key_of_row(row))
    return judging.judge(choice, row, Scope.model_validate(dict(scope)), Place())


def begin(by: User, head: Head, *, jurisdiction: str = selectors.JURISDICTION) -> PolicyDraft:
    """A new change without rows. Raises `RefusedError` (role, head, date)."""
    need_compliance(by)
    fields = head.checked()
    for attempt in range(TRIES):
        try:
            with transaction.atomic():
                number = (PolicyDraft.objects.aggregate(n=Max("number"))["n"] or 0) + 1
                made = PolicyDraft(number=number, jurisdiction=jurisdiction, author=by, **fields)
                made.created_at = made.updated_at = clock.now()
                refuse([found for found in problems_of(made) if found.code.startswith("policies.date")])
                made.save()
                made.editors.add(by)
                note(made, by, "begun")
                return made
        except IntegrityError:  # another change took the number at the same moment
            if attempt == TRIES - 1:
                raise
    raise AssertionError("unreachable")


def _saved(draft: PolicyDraft, by: User, edit: str, detail: str = "", **payload: Any) -> PolicyDraft:
    draft.edits += 1
    draft.updated_at = clock.now()
    draft.save()
    draft.editors.add(by)
    note(draft, by, "edited", detail, edit=edit, **payload)
    return draft


def _open(number: int, by: User, edits: int | None) -> PolicyDraft:
    need_compliance(by)
    draft = held(number)
    need_state(draft, DraftState.DRAFT)
    if edits is not None and edits != draft.edits:
        raise RefusedError(
            "policies.stale",
            Text(zh="您看到的页面之后，这份改动又有人改过。", en="The change was edited after the page that you see."),
            Text(zh="刷新页面，核对后再改。", en="Reload the page, look at it, and change it again."),
        )
    return draft


@transaction.atomic
def change_head(number: int, by: User, head: Head, *, edits: int | None = None) -> PolicyDraft:
    """Another scope, day, reason or basis for all rows."""
    draft = _open(number, by, edits)
    for name, value in head.checked().items():
        setattr(draft, name, value)
    refuse([found for found in problems_of(draft) if found.code.startswith("policies.date")])
    return _saved(draft, by, "head")


@transaction.atomic
def put_row(number: int, by: User, row: Mapping[str, Any], *, edits: int | None = None) -> PolicyDraft:
    """Add a row (`row_of`), or give the same parameter of the same rule its new value. Raises `RefusedError` with
    the reason when it would loosen."""
    draft = _open(number, by, edits)
    key = judging.key_of_row(row)
    refuse(judged(draft.jurisdiction, row, draft.scope, draft.effective_from))
    kept = [one for one in draft.changes if judging.key_of_row(one) != key]
    if len(kept) >= MOST_ROWS:
        raise RefusedError(
            "policies.rows",
            Text(zh=f"一份改动最多 {MOST_ROWS} 条。", en=f"A change has at most {MOST_ROWS} rows."),
            Text(zh="其余的放进另一份改动。", en="Put the others into another change."),
        )
    draft.changes = [*kept, dict(row)]
    return _saved(draft, by, "row", key, row=key)


@transaction.atomic
def put_ending(number: int, by: User, change: int, row: int, *, edits: int | None = None) -> PolicyDraft:
    """Let a row of an approved change end on the day before this one begins: the pack's own value holds again then."""
    draft = _open(number, by, edits)
    wanted = {"draft": change, "row": row}
    draft.endings = [*(one for one in draft.endings if one != wanted), wanted]
    index = len(draft.endings) - 1
    refuse(
        [found for found in problems_of(draft) if found.code.startswith("policies.end") and found.place.row == index]
    )
    return _saved(draft, by, "ending", f"← {change}", change=change, row=row)


@transaction.atomic
def take_out(number: int, by: User, kind: str, index: int, *, edits: int | None = None) -> PolicyDraft:
    """Take a row (`kind` changes or endings) out of a draft; one that is not there changes nothing."""
    draft = _open(number, by, edits)
    rows = draft.endings if kind == "endings" else draft.changes
    if not 0 <= index < len(rows):
        return draft
    gone = rows.pop(index)
    detail = f"− {judging.key_of_row(gone)}" if kind != "endings" else f"− ← {gone['draft']}"
    return _saved(draft, by, "out", detail, kind=kind)


@transaction.atomic
def discard(number: int, by: User) -> PolicyDraft:
    """Give a draft up; it stays readable."""
    draft = _open(number, by, None)
    draft.state = DraftState.DISCARDED
    draft.save(update_fields=["state"])
    note(draft, by, "discarded")
    return draft
