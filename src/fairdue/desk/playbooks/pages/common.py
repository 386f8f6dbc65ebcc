"""What these pages share: roles, refusals with the right status, look-ups that answer 404."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest
from django.shortcuts import get_object_or_404
from django.utils.translation import get_language

from fairdue.desk.people.models import Role
from fairdue.desk.playbooks import libraries
from fairdue.desk.playbooks.models import PlaybookRevision
from fairdue.desk.refusals import RefusedError
from fairdue.playbook import PackInfo

READERS = (Role.AGENT, Role.LEAD, Role.COMPLIANCE, Role.TRAINER)
WATCHERS = (Role.LEAD, Role.COMPLIANCE, Role.TRAINER)
WORKERS = (Role.COMPLIANCE, Role.TRAINER)
PAGE_SIZE = 30


def language() -> str:
    """The page's language."""
    return get_language() or "zh"


def tell(request: HttpRequest, refused: RefusedError) -> None:
    """Show a refusal in the page's language."""
    messages.error(request, refused.message(language()))


def attempt(request: HttpRequest, done: str, step: Callable[[], Any]) -> bool:
    """Carry a step out; tell what was done, or why it was refused."""
    try:
        step()
    except RefusedError as refused:
        tell(request, refused)
        return False
    messages.success(request, done)
    return True


def pack_or_404(pack: str) -> PackInfo:
    """A pack that can be overlaid."""
    found = libraries.base()[0].packs.get(pack)
    if found is None or found.overlays:
        raise Http404
    return found


def revision_or_404(pk: int) -> PlaybookRevision:
    """A revision with the people in it."""
    rows = PlaybookRevision.objects.select_related("author", "decided_by", "based_on")
    return get_object_or_404(rows, pk=pk) if pk < 2**62 else get_object_or_404(rows, pk=0)
