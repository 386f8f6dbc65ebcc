"""Every change of state of a call: permits, contacts, the guided call."""

from .contacts import record_contact
from .outcomes import Details
from .permits import expire_permits, keep_alive, release_permit, take_permit

__all__ = [
    "Details",
    "expire_permits",
    "keep_alive",
    "record_contact",
    "release_permit",
    "take_permit",
]
