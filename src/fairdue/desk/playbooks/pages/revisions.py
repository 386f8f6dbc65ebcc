"""One revision: what it changes, its checks, the decision; and the history with roll-back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fairdue.desk.pages import page, render
from fairdue.desk.people.models import Role
from fairdue.desk.playbooks import overlay, selectors, services, words
from fairdue.desk.playbooks.models import OPEN_STATES, PlaybookRevision, RevisionState
from fairdue.desk.playbooks.services.rights import edited_by, may_decide, may_edit

from .common import PAGE_SIZE, WATCHERS, WORKERS, attempt, revision_or_404


@page(roles=WATCHERS)
@require_GET
def revision(request: HttpRequest, pk: int) -> HttpResponse:
    """What a revision changes, what its checks said, and what may be done with it."""
    found = revision_or_404(pk)
    opened = found.state in OPEN_STATES
    changes = selectors.changes_of(found) if opened else selectors.changes_then(found)
    context = {
        "revision": found,
        "opened": opened,
        "changes": [
            (change, [(words.FIELDS.get(f.name, f.name), f.pieces) for f in change.fields]) for change in changes
        ],
        "editors": list(found.editors.order_by("username")),
        "fresh": opened and selectors.has_fresh_checks(found),
        "live_number": _live_number(found.pack),
        **_checks(found),
        **_rights(request, found),
        "seen": str(services.seen_now(found.pack)),
    }
    return render(request, "playbooks/revision.html", context)


def _live_number(pack: str) -> int | None:
    live = selectors.live_revision(pack)
    return live.number if live else None


def _checks(found: PlaybookRevision) -> dict[str, Any]:
    """Findings with the page to mend them on; conversations, those that fail first."""
    prefix = f"{overlay.name_of(found.pack)}/"
    findings = [
        (row, str(row["file"] or "").removeprefix(prefix) if str(row["file"] or "").startswith(prefix) else "")
        for row in found.checks.get("findings", ())
    ]
    talks = sorted(found.checks.get("conversations", ()), key=lambda talk: (talk["ok"], not talk["before"]))
    at = found.checks.get("at")
    return {
        "checked_at": datetime.fromisoformat(at) if at else None,
        "findings": findings,
        "bad_talks": [talk for talk in talks if not talk["ok"]],
        "old_talks": [talk for talk in talks if talk["ok"] and talk["before"]],
        "good_talks": [talk for talk in talks if talk["ok"] and not talk["before"]],
    }


def _rights(request: HttpRequest, found: PlaybookRevision) -> dict[str, bool]:
    user, state = request.user, found.state
    return {
        "may_check": (may_edit(user) or may_decide(user)) and state in OPEN_STATES,
        "may_submit": may_edit(user) and state == RevisionState.DRAFT,
        "may_withdraw": may_edit(user) and state in (RevisionState.SUBMITTED, RevisionState.APPROVED),
        "may_again": may_edit(user) and state in (RevisionState.REJECTED, RevisionState.RETIRED),
        "may_decide": may_decide(user) and state == RevisionState.SUBMITTED and not edited_by(found, user),
        "own": may_decide(user) and state == RevisionState.SUBMITTED and edited_by(found, user),
        "may_release": may_decide(user) and state == RevisionState.APPROVED,
    }


@page(roles=WORKERS)
@require_POST
def step(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Carry out one step on a revision: check, submit, withdraw, discard, approve, reject, live."""
    found, user, text = revision_or_404(pk), request.user, request.POST.get("text", "")
    steps = {
        "check": (_("The checks have run."), lambda: services.run_checks(pk, user)),
        "submit": (_("Submitted: compliance decides now."), lambda: services.submit(pk, user, text)),
        "withdraw": (_("Taken back: it is a draft again."), lambda: services.withdraw(pk, user)),
        "discard": (_("The draft is given up."), lambda: services.discard(pk, user)),
        "approve": (
            _("Approved."),
            lambda: services.approve(pk, user, text, live=request.POST.get("live") == "1"),
        ),
        "reject": (_("Sent back with the reason."), lambda: services.reject(pk, user, text)),
        "live": (_("It is live: new calls use it."), lambda: services.go_live(pk, user, text)),
    }
    if what not in steps:
        raise Http404
    attempt(request, *steps[what])
    return redirect("playbooks:revision", found.pk)


@page(roles=WATCHERS)
@require_GET
def history(request: HttpRequest) -> HttpResponse:
    """Releases and revisions with who, when and why."""
    pack = request.GET.get("pack", "")[:60]
    releases = list(selectors.releases()[:100])
    made = PlaybookRevision.objects.in_bulk({pk for row in releases for pk in row.revisions.values()})
    paged = Paginator(selectors.revisions_of(pack), PAGE_SIZE).get_page(request.GET.get("page"))
    context = {
        "releases": [(row, [made[pk] for pk in row.revisions.values() if pk in made]) for row in releases],
        "current": selectors.current_release(),
        "paged": paged,
        "pack": pack,
        "may_decide": may_decide(request.user),
    }
    return render(request, "playbooks/history.html", context)


@page(roles=(Role.COMPLIANCE,))
@require_POST
def roll_back(request: HttpRequest, number: int) -> HttpResponse:
    """Make the mapping of an earlier release live again."""
    reason = request.POST.get("text", "")
    attempt(
        request,
        _("Rolled back: new calls use the earlier words."),
        lambda: services.roll_back(number, request.user, reason),
    )
    return redirect("playbooks:history")
