"""Every change of state of a call: permits, contacts, the guided call."""

from .contacts import record_contact
from .crisis import acknowledge, raise_crisis, withdraw_crisis
from .outcomes import Details
from .permits import expire_permits, keep_alive, release_permit, take_permit
from .sessions import (
    StaleDraftError,
    confirm_identity,
    keep_quote,
    lock_session,
    log_turn,
    open_session,
    save_draft,
)

__all__ = [
    "Details",
    "StaleDraftError",
    "acknowledge",
    "confirm_identity",
    "expire_permits",
    "keep_alive",
    "keep_quote",
    "lock_session",
    "log_turn",
    "open_session",
    "raise_crisis",
    "record_contact",
    "release_permit",
    "save_draft",
    "take_permit",
    "withdraw_crisis",
]
