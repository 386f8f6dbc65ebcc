"""The guided call in progress: opened with the permit, its state, turns and draft saved as the agent works."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from fairdue.desk import clock
from fairdue.desk.audit import services as audit
from fairdue.desk.call.models import CallSession, Permit
from fairdue.desk.people.models import User

DRAFT_FIELDS = 60
DRAFT_LENGTH = 4000


class StaleDraftError(ValueError):
    """Another tab saved a later draft; `revision` is the one to build on."""

    def __init__(self, revision: int) -> None:
        super().__init__(f"the draft is at revision {revision}")
        self.revision = revision


@transaction.atomic
def open_session(permit: Permit, *, playbook: str, stage: str, state: dict[str, Any]) -> CallSession:
    """The session of a permit; asking twice gives the same one."""
    session, _made = CallSession.objects.get_or_create(
        permit=permit,
        defaults={"playbook": playbook, "stage": stage, "state": state, "updated_at": clock.now()},
    )
    return session


@transaction.atomic
def log_turn(session: CallSession, state: dict[str, Any], turn: dict[str, Any]) -> CallSession:
    """Append one turn (`{"who": "customer"|"agent", …}`) and keep the state that it leads to."""
    held = CallSession.objects.select_for_update().get(pk=session.pk)
    now = clock.now()
    held.state = {**held.state, **state}
    held.turns = [*held.turns, {"at": now.isoformat(), **turn}]
    held.updated_at = now
    held.save(update_fields=["state", "turns", "updated_at"])
    return held


@transaction.atomic
def confirm_identity(session: CallSession, agent: User, confirmed: bool) -> CallSession:
    """Say that the customer came to the phone (or did not, after all): only then may debt facts be shown and said."""
    held = CallSession.objects.select_for_update().get(pk=session.pk)
    held.state = {**held.state, "with_customer": confirmed}
    held.updated_at = clock.now()
    held.save(update_fields=["state", "updated_at"])
    audit.write(
        "call.identity",
        actor=agent,
        subject=f"permit:{held.permit_id}",
        customer=held.permit.customer_id,
        payload={"confirmed": confirmed},
    )
    return held


@transaction.atomic
def save_draft(session: CallSession, draft: dict[str, Any], revision: int) -> CallSession:
    """Keep the outcome form as typed so far. `revision` must be above the stored one, else `StaleDraftError`.

    Only short texts are kept: a draft is a form, not a store.
    """
    held = CallSession.objects.select_for_update().get(pk=session.pk)
    if revision <= held.draft_revision:
        raise StaleDraftError(held.draft_revision)
    held.draft = {str(k)[:60]: str(v)[:DRAFT_LENGTH] for k, v in list(draft.items())[:DRAFT_FIELDS]}
    held.draft_revision = revision
    held.updated_at = clock.now()
    held.save(update_fields=["draft", "draft_revision", "updated_at"])
    return held
