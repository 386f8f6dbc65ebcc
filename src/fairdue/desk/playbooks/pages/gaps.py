"""Reports that nothing fits: the trainers' queue, one report, and an agent's own with their answers."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from fairdue.desk.pages import page, render
from fairdue.desk.people.models import Role
from fairdue.desk.playbooks import selectors, services, words
from fairdue.desk.playbooks.models import Gap, GapState
from fairdue.desk.playbooks.services.rights import may_edit
from fairdue.playbook import Library

from .common import PAGE_SIZE, READERS, WATCHERS, attempt

SHOWS = ("waiting", "mine", "closed", "all")


def _acts(library: Library, gap: Gap) -> list[str]:
    return [words.plain(library.acts[act].name) if act in library.acts else act for act in gap.acts]


@page(roles=WATCHERS)
@require_GET
def gaps(request: HttpRequest) -> HttpResponse:
    """The queue, oldest first, with how often the same came in within 30 days."""
    show = request.GET.get("show", "waiting")
    show = show if show in SHOWS else "waiting"
    paged = Paginator(selectors.gaps(request.user, show=show), PAGE_SIZE).get_page(request.GET.get("page"))
    library = selectors.library_of(selectors.current_release())
    alike = selectors.alike(list(paged))
    context = {
        "rows": [(gap, _acts(library, gap), words.stage_name(gap.stage), alike[gap.pk]) for gap in paged],
        "paged": paged,
        "show": show,
        "shows": {"waiting": _("Waiting"), "mine": _("Mine"), "closed": _("Closed"), "all": _("All")},
        "may_edit": may_edit(request.user),
    }
    return render(request, "playbooks/gaps.html", context)


@page(roles=WATCHERS)
@require_GET
def gap(request: HttpRequest, pk: int) -> HttpResponse:
    """One report: what was heard and offered, and the forms to answer it."""
    found = get_object_or_404(Gap.objects.select_related("agent", "taken_by", "closed_by"), pk=min(pk, 2**62))
    library = selectors.library_of(selectors.current_release())
    pack = selectors.pack_for(library, found)
    context = {
        "gap": found,
        "acts": _acts(library, found),
        "act": found.acts[0] if found.acts else "",
        "stage": words.stage_name(found.stage),
        "alike": selectors.alike([found])[found.pk],
        "offered": [(line_id, library.lines.get(line_id), library.home.get(line_id)) for line_id in found.offered],
        "pack": pack,
        "waiting": found.state in (GapState.OPEN, GapState.TAKEN),
        "may_edit": may_edit(request.user),
        "mine": found.taken_by_id == request.user.pk,
        "line": request.GET.get("line", "")[:120],
        "answer_pack": library.home.get(found.answer_line),
    }
    return render(request, "playbooks/gap.html", context)


@page(roles=(Role.TRAINER,))
@require_POST
def gap_step(request: HttpRequest, pk: int, what: str) -> HttpResponse:
    """Take, answer or set aside a report."""
    get_object_or_404(Gap, pk=min(pk, 2**62))
    text, line = request.POST.get("text", ""), request.POST.get("line", "")
    steps = {
        "take": (_("It is yours now."), lambda: services.take_gap(pk, request.user)),
        "answer": (_("The agent sees the answer."), lambda: services.answer_gap(pk, request.user, text, line=line)),
        "dismiss": (_("Set aside; the agent sees why."), lambda: services.dismiss_gap(pk, request.user, text)),
    }
    if what not in steps:
        raise Http404
    done = attempt(request, *steps[what])
    return redirect("playbooks:gaps") if done and what != "take" else redirect("playbooks:gap", pk)


@page(roles=READERS)
@require_GET
def my_reports(request: HttpRequest) -> HttpResponse:
    """The signed-in user's own reports with their answers."""
    paged = Paginator(selectors.own_gaps(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    library = selectors.library_of(selectors.current_release())
    rows = [
        (gap, _acts(library, gap), words.stage_name(gap.stage), library.lines.get(gap.answer_line), library.home.get(gap.answer_line))
        for gap in paged
    ]  # fmt: skip
    return render(request, "playbooks/my_reports.html", {"rows": rows, "paged": paged})
