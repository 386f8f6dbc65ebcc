"""The words that calls use: the release that is live now, and the library of the release a call began with."""

from __future__ import annotations

from fairdue.desk.playbooks.selectors import current_release, library_of
from fairdue.playbook import Library

from .models import CallSession

__all__ = ["current_release", "library_for", "library_of"]


def library_for(session: CallSession) -> Library:
    """The library this call keeps, whatever goes live meanwhile."""
    return library_of(session.release)
