"""The list of packs, and one pack: its lines by stage and act, red lines, hints and flow."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import pgettext
from django.views.decorators.http import require_GET, require_POST

from fairdue.desk.pages import page, render
from fairdue.desk.people.models import Role
from fairdue.desk.playbooks import selectors, services, words
from fairdue.desk.playbooks.services.rights import may_edit
from fairdue.playbook import Library, Line
from fairdue.playbook.catalogues import citations, practice_rows, source_rows

from .common import READERS, attempt, pack_or_404

TABS = ("lines", "redlines", "hints", "flow")


@dataclass(frozen=True)
class LineRow:
    """One line on the page: names instead of ids, the law behind each citation, what the draft did to it."""

    line: Line
    also: tuple[str, ...]
    facts: tuple[str, ...]
    cites: tuple[tuple[str, str], ...]
    sources: tuple[tuple[str, str], ...]
    change: str


@page(roles=READERS)
@require_GET
def packs(request: HttpRequest) -> HttpResponse:
    """All packs."""
    context = {
        "rows": [(row, [words.stage_name(stage) for stage in row.info.stages]) for row in selectors.pack_rows()],
        "release": selectors.current_release(),
        "findings": selectors.base_findings() if selectors.sees_drafts(request.user) else (),
        "waiting": selectors.waiting_for_approval(),
        "gaps": selectors.waiting_gaps(),
        "role": request.user.role,
        "sees_drafts": selectors.sees_drafts(request.user),
    }
    return render(request, "playbooks/list.html", context)


@page(roles=READERS)
@require_GET
def pack(request: HttpRequest, pack: str) -> HttpResponse:
    """One pack as it is live, or, for those who work on it, as the open revision has it."""
    info = pack_or_404(pack)
    library, revision = selectors.shown_library(pack, request.user, live=request.GET.get("show") == "live")
    tab = request.GET.get("tab", "lines")
    tab = tab if tab in TABS else "lines"
    context = {
        "info": info,
        "revision": revision,
        "open": selectors.open_revision(pack) if selectors.sees_drafts(request.user) else None,
        "release": selectors.current_release(),
        "tab": tab,
        "tabs": {
            "lines": pgettext("playbook", "Lines"),
            "redlines": _("Red lines"),
            "hints": _("Hints"),
            "flow": _("Call flow"),
        },
        "may_edit": may_edit(request.user),
        "seen": str(services.seen_now(pack)),
        **{"lines": _lines, "redlines": _redlines, "hints": _hints, "flow": _flow}[tab](
            request, library, pack, revision
        ),
    }
    return render(request, "playbooks/pack.html", context)


def _lines(request: HttpRequest, library: Library, pack: str, revision: Any) -> dict[str, Any]:
    given = {
        name: request.GET.get(name, "").strip()[:80] for name in ("act", "stage", "party", "text", "need", "source")
    }
    narrowed = selectors.LineFilter(**given)
    every = selectors.lines_of(library, pack)
    shown = [line for line in every if narrowed.keeps(line)]
    changed = selectors.changed_lines(revision) if revision else {}
    own = {act for line in every for act in line.answers}
    return {
        "groups": _grouped(library, shown, changed),
        "gone": sorted(key for key, kind in changed.items() if kind == "gone"),
        "total": len(every),
        "count": len(shown),
        "filter": given,
        "narrowed": any(given.values()),
        "acts": [(key, words.plain(act.name)) for key, act in library.acts.items() if key in own],
        "steps": sorted({line.step for line in every if line.step}),
        "situations": [
            (key, words.plain(found.name))
            for key, found in library.situations.items()
            if any(key in line.situation for line in every)
        ],
        "stages": words.STAGES,
        "parties": words.PARTIES,
        "needs": [(need, words.fact_name(need)) for need in sorted({need for line in every for need in line.needs})],
        "sources": sorted({row for line in every for row in source_rows(line.source)}, key=_natural),
    }


def _natural(row: str) -> tuple[int, str]:
    digits = "".join(ch for ch in row.partition("-")[0] if ch.isdigit())
    return int(digits or 0), row


def _grouped(
    library: Library, lines: list[Line], changed: dict[str, str]
) -> list[tuple[Any, list[tuple[str, str, list[LineRow]]]]]:
    """Stage → (act, step or situation, its id, rows), in the order of stages and of the list of acts."""
    order = {key: place for place, key in enumerate(library.acts)}
    out = []
    for stage in words.STAGES:
        groups: dict[tuple[str, str], list[LineRow]] = {}
        for line in lines:
            if line.stage == stage:
                groups.setdefault(_purpose(line), []).append(_row(library, line, changed))
        ranked = sorted(
            groups.items(), key=lambda item: (item[0][0] != "step", order.get(item[0][1], 10_000), item[0][1])
        )
        if ranked:
            out.append(
                (
                    words.STAGES[stage],
                    [(_named(library, *key), key[1] if key[0] != "step" else "", rows) for key, rows in ranked],
                )
            )
    return out


def _purpose(line: Line) -> tuple[str, str]:
    if line.step:
        return "step", line.step
    return ("act", line.answers[0]) if line.answers else ("situation", line.situation[0] if line.situation else "")


def _named(library: Library, kind: str, key: str) -> str:
    if kind == "step":
        return _("Step: %(step)s") % {"step": key}
    known = library.acts.get(key) if kind == "act" else library.situations.get(key)
    return words.plain(known.name) if known else key


def _row(library: Library, line: Line, changed: dict[str, str]) -> LineRow:
    known = citations()
    rows = practice_rows()
    first = 0 if line.step else 1
    return LineRow(
        line=line,
        also=tuple(words.plain(library.acts[act].name) if act in library.acts else act for act in line.answers[first:]),
        facts=tuple(words.fact_name(need) for need in line.needs),
        cites=tuple((c, f"{known[c]['instrument']} · {known[c]['article']}" if c in known else c) for c in line.cites),
        sources=tuple((s, words.plain(rows[s].title) if s in rows else s) for s in source_rows(line.source)),
        change=changed.get(line.id, ""),
    )


def _redlines(_request: HttpRequest, library: Library, pack: str, _revision: Any) -> dict[str, Any]:
    known = citations()
    cases = [case for case in library.redlines.values() if library.home[case.id] == pack]
    rows = [
        (case, library.lines.get(case.instead), [(c, f"{known[c]['instrument']} · {known[c]['article']}") for c in case.cites if c in known])
        for case in cases
    ]  # fmt: skip
    return {"cases": rows}


def _hints(_request: HttpRequest, library: Library, pack: str, _revision: Any) -> dict[str, Any]:
    hints = [hint for hint in library.hints.values() if library.home[hint.id] == pack]
    return {"hints": [(hint, words.HINT_KINDS.get(hint.kind, hint.kind), hint.say.text) for hint in hints]}


def _flow(_request: HttpRequest, library: Library, pack: str, _revision: Any) -> dict[str, Any]:
    flow = selectors.flow_of(library, pack)
    if flow is None:
        return {"flow": None}
    titles = {state.id: words.plain(state.title.text) for state in flow.states}
    names = {key: words.plain(act.name) for key, act in library.acts.items()}
    states = []
    for state in flow.states:
        leads: dict[str, list[str]] = {}
        for act, target in state.on.items():
            leads.setdefault(target, []).append(names.get(act, act))
        states.append(
            {
                "id": state.id,
                "title": state.title.text,
                "say": state.say,
                "expects": [names.get(act, act) for act in state.expects],
                "leads": [(titles.get(target, target), acts) for target, acts in leads.items()],
                "end": state.end,
                "outcomes": state.outcomes,
            }
        )
    return {"flow": flow, "states": states, "before": list(flow.before.items())}


@page(roles=(Role.TRAINER,))
@require_POST
def draft(request: HttpRequest, pack: str) -> HttpResponse:
    """Begin a draft, from what is live or (`again`) from an earlier revision."""
    pack_or_404(pack)
    number = request.POST.get("again", "")
    again = (
        selectors.revisions_of(pack).filter(number=int(number)).first()
        if number.isdecimal() and len(number) < 9
        else None
    )
    attempt(request, _("The draft is open."), lambda: services.start_draft(pack, request.user, again=again))
    revision = selectors.open_revision(pack)
    return redirect("playbooks:revision", revision.pk) if revision else redirect("playbooks:pack", pack)
