"""The guided call in progress: opened with the permit, its state, turns and draft saved as the agent works."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from fairdue.desk import clock
from fairdue.desk.accounts.models import Quote
from fairdue.desk.audit import services as audit
from fairdue.desk.call.models import CallSession, Permit
from fairdue.desk.people.models import User

from .permits import lock

DRAFT_FIELDS = 60
DRAFT_LENGTH = 4000
THIRD = "third:"
"""Prefix of what was typed while somebody else may be on the line."""


class StaleDraftError(ValueError):
    """Another tab saved a later draft; `revision` is the one to build on."""

    def __init__(self, revision: int) -> None:
        super().__init__(f"the draft is at revision {revision}")
        self.revision = revision


MOST_TURNS = 2000
"""A call longer than this many turns keeps its last ones; nobody speaks that long, a broken feed may."""
SIGNALS = 8
"""How many past signals a session remembers for pages that come back after a lost connection."""


@transaction.atomic
def open_session(permit: Permit, *, playbook: str, release: int = 0, stage: str, state: dict[str, Any]) -> CallSession:
    """The session of a permit with the playbook release it keeps; asking twice gives the same one."""
    session, _made = CallSession.objects.get_or_create(
        permit=permit,
        defaults={
            "playbook": playbook[:120],
            "release": release,
            "stage": stage,
            "state": state,
            "updated_at": clock.now(),
        },
    )
    return session


def lock_session(session: CallSession) -> CallSession:
    """The session as it stands, held until the transaction ends: customer first, then session, as everywhere.

    Whoever changes a call computes the change from what this returns, so that a telephone system and an agent who act at
    the same moment never undo each other.
    """
    lock(session.permit.customer)
    related = ("permit__line", "permit__customer", "permit__account", "permit__agent__agency")
    return CallSession.objects.select_for_update(of=("self",)).select_related(*related).get(pk=session.pk)


def log_turn(held: CallSession, state: dict[str, Any], turn: dict[str, Any] | None, signal: str = "") -> CallSession:
    """Append one turn (`{"who": "customer"|"agent", …}`), keep the state that it leads to, tell open pages.

    `held` comes from `lock_session`; `signal` ("warn", "crisis") is what open pages are told besides that something changed.
    """
    now = clock.now()
    held.revision += 1
    held.state = {**held.state, **state}
    if signal:
        held.state["signals"] = [*held.state.get("signals", ()), [held.revision, signal]][-SIGNALS:]
    if turn is not None:
        held.turns = [*held.turns, {"at": now.isoformat(), **turn}][-MOST_TURNS:]
    held.updated_at = now
    held.save(update_fields=["state", "turns", "revision", "updated_at"])
    return held


def keep_quote(session: CallSession, quote: Quote, stamp: str) -> None:
    """Remember the quote that this call uses and the facts it was computed from."""
    session.quote, session.quote_stamp = quote, stamp
    CallSession.objects.filter(pk=session.pk).update(quote=quote, quote_stamp=stamp)


def confirm_identity(
    held: CallSession, agent: User, confirmed: bool, state: dict[str, Any], turn: dict[str, Any]
) -> None:
    """Say that the customer came to the phone (or did not, after all): only then may debt facts be shown and said."""
    log_turn(held, {**state, "with_customer": confirmed}, turn)
    audit.write(
        "call.identity",
        actor=agent,
        subject=f"permit:{held.permit_id}",
        customer=held.permit.customer_id,
        payload={"confirmed": confirmed},
    )


@transaction.atomic
def save_draft(session: CallSession, draft: dict[str, Any], revision: int, part: str = "") -> CallSession:
    """Keep the outcome form as typed so far. `revision` must be above the stored one, else `StaleDraftError`.

    Only short texts are kept: a draft is a form, not a store. `part` "third" is what was typed while somebody else may be
    on the line: kept apart, so that neither shows on the other's page and neither is lost.
    """
    held = CallSession.objects.select_for_update().get(pk=session.pk)
    if revision <= held.draft_revision:
        raise StaleDraftError(held.draft_revision)
    typed = {str(k)[:60]: _storable(str(v))[:DRAFT_LENGTH] for k, v in list(draft.items())[:DRAFT_FIELDS]}
    other = {k: v for k, v in held.draft.items() if k.startswith(THIRD) != (part == "third")}
    held.draft = other | {f"{THIRD}{k}" if part == "third" else k: v for k, v in typed.items()}
    held.draft_revision = revision
    held.updated_at = clock.now()
    held.save(update_fields=["draft", "draft_revision", "updated_at"])
    return held


def _storable(text: str) -> str:
    """Without the characters that a database refuses."""
    return text.replace("\x00", "").encode("utf-8", "ignore").decode()
