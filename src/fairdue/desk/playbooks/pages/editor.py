"""The line editor with its preview."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST

from fairdue.desk.pages import page, render
from fairdue.desk.people.models import Role
from fairdue.desk.playbooks import differences, selectors, services, words
from fairdue.desk.playbooks.forms import LineForm, fresh_id
from fairdue.desk.playbooks.models import PlaybookRevision, RevisionState
from fairdue.desk.playbooks.preview import palette, preview
from fairdue.desk.playbooks.services import Seen, StaleEditError
from fairdue.desk.refusals import RefusedError
from fairdue.playbook import Library, Line, PackInfo

from .common import attempt, pack_or_404, tell

LISTS = ("answers", "situation", "needs", "cites", "source", "fits", "products", "channels")


@page(roles=(Role.TRAINER,))
@require_http_methods(["GET", "POST"])
def line(request: HttpRequest, pack: str, line_id: str) -> HttpResponse:
    """Edit one line of the pack; saving begins a draft when none is open."""
    info = pack_or_404(pack)
    library, revision = selectors.shown_library(pack, request.user)
    found = library.lines.get(line_id)
    if found is None or library.home[line_id] != pack:
        raise Http404
    if request.method == "GET":
        return _editor(request, info, library, revision, LineForm(library, line=found), found)
    form = LineForm(library, {**request.POST.dict(), **_lists(request), "id": line_id}, line=found)
    return _save(request, info, form, found)


@page(roles=(Role.TRAINER,))
@require_http_methods(["GET", "POST"])
def new_line(request: HttpRequest, pack: str) -> HttpResponse:
    """Write a new line; `act`, `stage` and `gap` prefill it from a report."""
    info = pack_or_404(pack)
    library, revision = selectors.shown_library(pack, request.user)
    if request.method == "POST":
        return _save(request, info, LineForm(library, {**request.POST.dict(), **_lists(request)}), None)
    act, stage = request.GET.get("act", ""), request.GET.get("stage", "")
    act = act if act in library.acts else ""
    stage = stage if stage in words.STAGES else info.stages[0]
    start = {
        "id": fresh_id(library, pack, stage, act),
        "answers": [act] if act else [],
        "stage": stage,
        "party": "family" if stage == "third_party" else "customer",
        "channels": ["call"],
        "pressure": "0",
    }
    return _editor(request, info, library, revision, LineForm(library, initial=start), None)


def _lists(request: HttpRequest) -> dict[str, list[str]]:
    return {name: request.POST.getlist(name) for name in LISTS}


def _save(request: HttpRequest, info: PackInfo, form: LineForm, found: Line | None) -> HttpResponse:
    library, revision = selectors.shown_library(info.name, request.user)
    if not form.is_valid():
        return _editor(request, info, library, revision, form, found, status=422)
    written, seen = form.line(), Seen.parse(request.POST.get("seen", ""))
    try:
        services.save_line(info.name, request.user, written, seen=seen, new=found is None)
    except StaleEditError as stale:
        tell(request, stale)
        library, revision = selectors.shown_library(info.name, request.user)
        stands = library.lines.get(written.id)
        return _editor(request, info, library, revision, form, found, status=409, stands=_compared(stands, written))
    except RefusedError as refused:
        if refused.finding.place.field in form.fields:
            form.add_error(refused.finding.place.field, refused.message(request.LANGUAGE_CODE))
        else:
            tell(request, refused)
        return _editor(request, info, library, revision, form, found, status=409)
    library, _revision = selectors.shown_library(info.name, request.user)
    left = preview(written, library).problems
    done = _("Saved into the draft. Nothing to mend.")
    if left:
        done = ngettext(
            "Saved into the draft. %(n)d thing to mend.", "Saved into the draft. %(n)d things to mend.", left
        )
        done %= {"n": left}
    messages.success(request, done)
    gap = request.POST.get("gap", "")
    if gap.isdecimal():
        return redirect(f"{_gap_page(gap)}?line={written.id}")
    return redirect("playbooks:line", info.name, written.id)


def _gap_page(gap: str) -> str:
    return reverse("playbooks:gap", args=[int(gap[:15])])


def _compared(stands: Line | None, written: Line) -> list[tuple[Any, Any]]:
    """What stands in the draft now against what was written, by field."""
    if stands is None:
        return []
    was, now = stands.model_dump(mode="json"), written.model_dump(mode="json")
    return [
        (words.FIELDS.get(name, name), differences.marked(differences.shown(was[name]), differences.shown(now[name])))
        for name in now
        if differences.shown(was[name]) != differences.shown(now[name])
    ]


def _editor(
    request: HttpRequest,
    info: PackInfo,
    library: Library,
    revision: PlaybookRevision | None,
    form: LineForm,
    found: Line | None,
    *,
    status: int = 200,
    stands: list[tuple[Any, Any]] | None = None,
) -> HttpResponse:
    tried = form.line() if form.is_bound and form.is_valid() else found
    context = {
        "info": info,
        "line": found,
        "form": form,
        "lists": {name: form.options(name) for name in LISTS},
        "revision": revision,
        "locked": revision is not None and revision.state != RevisionState.DRAFT,
        "seen": str(services.seen_now(info.name)),
        "change": selectors.changed_lines(revision).get(found.id, "") if revision and found else "",
        "palette": [(name, need, words.fact_name(need) if need else "", meaning) for name, need, meaning in palette()],
        "stands": stands,
        "gap": request.GET.get("gap") or request.POST.get("gap", ""),
        **_tried(tried, library, request.POST.get("missing", "")),
        "fields": words.FIELDS,
    }
    return render(request, "playbooks/line.html", context, status)


def _tried(tried: Line | None, library: Library, missing: str) -> dict[str, Any]:
    if tried is None:
        return {"tried": None, "preview": None, "facts": [], "beside": {}, "missing": ""}
    facts = [(need, words.fact_name(need)) for need in tried.needs]
    missing = missing if missing in tried.needs else ""
    shown = preview(tried, library, [missing] if missing else [])
    return {"tried": tried, "preview": shown, "facts": facts, "beside": shown.beside, "missing": missing}


@page(roles=(Role.TRAINER,))
@require_POST
def try_line(request: HttpRequest, pack: str) -> HttpResponse:
    """The preview of what is typed, and the findings beside their fields; nothing is written."""
    info = pack_or_404(pack)
    library, _revision = selectors.shown_library(pack, request.user)
    form = LineForm(library, {**request.POST.dict(), **_lists(request)})
    tried = form.line() if form.is_valid() else None
    context = {
        **_tried(tried, library, request.POST.get("missing", "")),
        "form": form,
        "info": info,
        "fields": words.FIELDS,
        "swap": True,
    }
    return render(request, "playbooks/_tried.html", context)


@page(roles=(Role.TRAINER,))
@require_POST
def undo(request: HttpRequest, pack: str, line_id: str) -> HttpResponse:
    """Discard what the draft did to this line."""
    pack_or_404(pack)
    seen = Seen.parse(request.POST.get("seen", ""))
    done = _("The draft's change to %(line)s is discarded.") % {"line": line_id}
    attempt(request, done, lambda: services.undo_line(pack, request.user, line_id, seen=seen))
    return redirect("playbooks:pack", pack)


@page(roles=(Role.TRAINER,))
@require_POST
def retire(request: HttpRequest, pack: str, line_id: str) -> HttpResponse:
    """Do without this line in the draft."""
    pack_or_404(pack)
    seen = Seen.parse(request.POST.get("seen", ""))
    done = _("%(line)s is retired in the draft.") % {"line": line_id}
    attempt(request, done, lambda: services.retire_line(pack, request.user, line_id, seen=seen))
    return redirect("playbooks:pack", pack)
