"""The overlay's files as text, with line numbers and what is wrong at each line."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from fairdue.desk.pages import page, render
from fairdue.desk.people.models import Role
from fairdue.desk.playbooks import checks, overlay, selectors, services
from fairdue.desk.playbooks.models import PlaybookRevision, RevisionState
from fairdue.desk.playbooks.services import Seen, StaleEditError, UnreadableFileError
from fairdue.desk.refusals import RefusedError
from fairdue.playbook.lint_lines import line_findings

from .common import WORKERS, pack_or_404, tell

STARTERS = ("lines/mine.yaml", "redlines/mine.yaml", "hints/mine.yaml", "tests/mine.yaml", "flow.yaml")


@page(roles=WORKERS)
@require_http_methods(["GET", "POST"])
def files(request: HttpRequest, pack: str) -> HttpResponse:
    """Show or replace one file of the open revision."""
    pack_or_404(pack)
    revision = selectors.open_revision(pack)
    path = (request.POST.get("path") or request.GET.get("path") or "").strip()[:120]
    if request.method == "GET":
        return _show(request, pack, revision, path)
    if request.user.role != Role.TRAINER:
        raise Http404
    text = request.POST.get("text", "")
    try:
        services.save_file(pack, request.user, path, text, seen=Seen.parse(request.POST.get("seen", "")))
    except UnreadableFileError as refused:
        return _show(request, pack, revision, path, text=text, refused=refused, status=422)
    except StaleEditError as stale:
        tell(request, stale)
        now = selectors.open_revision(pack)
        return _show(request, pack, now, path, text=text, theirs=now.files.get(path, "") if now else "", status=409)
    except RefusedError as refused:
        tell(request, refused)
        return _show(request, pack, selectors.open_revision(pack), path, text=text, status=409)
    messages.success(request, _("Saved into the draft.") if text.strip() else _("The file is taken away."))
    return redirect(f"{reverse('playbooks:files', args=[pack])}?{urlencode({'path': path})}")


def _show(
    request: HttpRequest,
    pack: str,
    revision: PlaybookRevision | None,
    path: str,
    *,
    text: str | None = None,
    refused: UnreadableFileError | None = None,
    theirs: str | None = None,
    status: int = 200,
) -> HttpResponse:
    below = None if revision else selectors.live_revision(pack)
    held = revision.files if revision else below.files if below else {}
    path = path or next((name for name in sorted(held) if name != overlay.HEAD), "lines/mine.yaml")
    shown = held.get(path, "") if text is None else text
    found = [refused.finding.as_dict()] if refused else _found(revision, path) if text is None else []
    context = {
        "pack": pack,
        "revision": revision,
        "path": path,
        "paths": sorted({*held, path}),
        "starters": [name for name in STARTERS if name not in held and name != path],
        "text": shown,
        "rows": range(1, max(shown.count("\n") + 2, 2)),
        "found": sorted(found, key=lambda f: f.get("row") or 0),
        "theirs": theirs,
        "writable": request.user.role == Role.TRAINER
        and path != overlay.HEAD
        and (revision is None or revision.state == RevisionState.DRAFT),
        "live": below,
        "seen": str(services.seen_now(pack)),
    }
    return render(request, "playbooks/files.html", context, status)


def _found(revision: PlaybookRevision | None, path: str) -> list[dict[str, Any]]:
    """What the loader and the linter of lines say of this file now, and what the last check said if it is still true."""
    if revision is None:
        return []
    library, refused = selectors.draft_library(revision)
    file = f"{overlay.name_of(revision.pack)}/{path}"
    found = [*refused, *checks.doubles(revision.pack, revision.files)]
    for line in library.lines.values():
        if library.where[line.id].file == file:
            found += line_findings(line, library)
    rows = [f.as_dict() for f in found if f.place.file == file]
    if selectors.has_fresh_checks(revision):
        known = {(row["code"], str(row["what"])) for row in rows}
        rows += [
            row
            for row in revision.checks.get("findings", ())
            if row["file"] == file and (row["code"], str(row["what"])) not in known
        ]
    return rows
