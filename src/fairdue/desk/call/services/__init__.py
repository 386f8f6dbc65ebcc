"""Every change of state of a call: permits, contacts, the guided call."""

from .contacts import record_contact
from .outcomes import Details
from .permits import expire_permits, keep_alive, release_permit, take_permit
from .sessions import StaleDraftError, confirm_identity, log_turn, open_session, save_draft

__all__ = [
    "Details",
    "StaleDraftError",
    "confirm_identity",
    "expire_permits",
    "keep_alive",
    "log_turn",
    "open_session",
    "record_contact",
    "release_permit",
    "save_draft",
    "take_permit",
]
