"""Every read of the trainer's room."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, QuerySet

from fairdue.core.findings import Finding
from fairdue.desk import clock
from fairdue.desk.people.models import Role, User
from fairdue.playbook import Flow, Library, Line, PackInfo

from . import checks, differences, libraries, overlay
from .models import OPEN_STATES, Gap, GapState, PlaybookRelease, PlaybookRevision, RevisionState

RECENT = timedelta(days=30)


# -- what is live


def current_release() -> int:
    """Number of the release that new calls begin with; 0 while only the shipped packs (and the folder) are used."""
    latest = PlaybookRelease.objects.order_by("-number").values_list("number", flat=True).first()
    return latest or 0


def library_of(release: int) -> Library:
    """The library of a release, kept per process: a release never changes. Raises `LookupError` for an unknown one."""
    return libraries.of_release(release)


def forget_libraries() -> None:
    """Empty the caches of this process (tests, whose database forgets its releases)."""
    libraries.of_release.cache_clear()
    libraries._of_files.cache_clear()


def live_layers() -> libraries.Layers:
    """Pack and revision id of everything that is live."""
    latest = PlaybookRelease.objects.order_by("-number").values_list("revisions", flat=True).first()
    return libraries.layers(latest or {})


def base_findings() -> tuple[Finding, ...]:
    """What could not be read of the shipped packs and the organisation's folder."""
    return libraries.base()[1]


def draft_library(revision: PlaybookRevision) -> tuple[Library, tuple[Finding, ...]]:
    """The library as it would be with this revision live, and what was refused in reading it."""
    return libraries.of_files(live_layers(), revision.pack, revision.files)


def has_fresh_checks(revision: PlaybookRevision) -> bool:
    """Whether the last check was run on these very files, and on what is live beside them now."""
    return revision.checks.get("digest") == checks.digest_of(live_layers(), revision.pack, revision.files)


# -- packs


@dataclass(frozen=True)
class PackRow:
    """One row of the list of packs."""

    info: PackInfo
    lines: int
    live: PlaybookRevision | None
    open: PlaybookRevision | None
    gaps: int


def home_packs(library: Library) -> list[PackInfo]:
    """Packs that can be overlaid, by name."""
    return sorted((info for info in library.packs.values() if not info.overlays), key=lambda info: info.name)


def pack_rows() -> list[PackRow]:
    """All packs with how many lines are live, the live and the open revision, and gaps that wait."""
    library = library_of(current_release())
    by_pack = {revision.pack: revision for revision in live_revisions()}
    opened = {r.pack: r for r in PlaybookRevision.objects.filter(state__in=OPEN_STATES).select_related("author")}
    count: dict[str, int] = {}
    for line_id in library.lines:
        count[library.home[line_id]] = count.get(library.home[line_id], 0) + 1
    waiting = waiting_by_pack(library)
    return [
        PackRow(info, count.get(info.name, 0), by_pack.get(info.name), opened.get(info.name), waiting.get(info.name, 0))
        for info in home_packs(library)
    ]


def open_revision(pack: str) -> PlaybookRevision | None:
    """The revision of the pack that is on its way, if any."""
    return PlaybookRevision.objects.filter(pack=pack, state__in=OPEN_STATES).select_related("author").first()


def live_revision(pack: str) -> PlaybookRevision | None:
    """The revision of the pack that is live, if any."""
    found = dict(live_layers()).get(pack)
    return PlaybookRevision.objects.filter(pk=found).first() if found else None


def live_revisions() -> list[PlaybookRevision]:
    """The revisions that are live, by pack."""
    return list(PlaybookRevision.objects.filter(pk__in=[pk for _pack, pk in live_layers()]).order_by("pack"))


def shown_library(pack: str, user: User, *, live: bool = False) -> tuple[Library, PlaybookRevision | None]:
    """What a pack's page shows: the open revision for those who work on it, else (or when `live`) what is live."""
    revision = open_revision(pack) if not live and sees_drafts(user) else None
    return (draft_library(revision)[0] if revision else library_of(current_release())), revision


def sees_drafts(user: User) -> bool:
    """Whether this user sees words that are not live; an agent must not say them."""
    return user.role in (Role.TRAINER, Role.COMPLIANCE)


@dataclass(frozen=True)
class LineFilter:
    """What a pack's lines are narrowed to; empty means all."""

    act: str = ""
    stage: str = ""
    party: str = ""
    text: str = ""
    need: str = ""
    source: str = ""

    def keeps(self, line: Line) -> bool:
        """Whether the line is shown."""
        words = f"{line.id}\n{line.say}\n{line.gist_en}\n{line.why}".lower()
        rows = {part.strip() for part in line.source.replace("、", ",").split(",")}
        return (
            (not self.act or self.act in (*line.answers, line.step, *line.situation))
            and (not self.stage or line.stage == self.stage)
            and (not self.party or line.party == self.party)
            and (not self.text or self.text.lower() in words)
            and (not self.need or self.need in line.needs)
            and (not self.source or self.source in rows)
        )


def lines_of(library: Library, pack: str) -> list[Line]:
    """The lines that belong to a pack, in file order."""
    return [line for line in library.lines.values() if library.home[line.id] == pack]


def flow_of(library: Library, pack: str) -> Flow | None:
    """The pack's flow, if it has one."""
    return library.flows.get(pack)


def changed_lines(revision: PlaybookRevision) -> dict[str, str]:
    """Line ids that this revision changes against its own beginning: new, changed or gone."""
    before = revision.based_on.files if revision.based_on else {}
    then, now = overlay.entries(before), overlay.entries(revision.files)
    base = libraries.base()[0].lines
    out = {
        key: "changed" if key in then or key in base else "new"
        for key, entry in now.items()
        if key not in then or dict(then[key].row) != dict(entry.row)
    }
    gone = set(overlay.dropped(revision.files)) - set(overlay.dropped(before))
    out |= {key: "gone" for key in [*gone, *(then.keys() - now.keys())] if key not in now}
    return out


def changes_of(revision: PlaybookRevision) -> list[differences.Change]:
    """What would change against what is live now."""
    return differences.compare(library_of(current_release()), draft_library(revision)[0], revision.pack)


def changes_then(revision: PlaybookRevision) -> list[differences.Change]:
    """What a closed revision changed against the one it began from, read on today's packs."""
    begun = revision.based_on.files if revision.based_on else {}
    before = libraries.of_files((), revision.pack, begun)[0] if begun else libraries.base()[0]
    return differences.compare(before, libraries.of_files((), revision.pack, revision.files)[0], revision.pack)


# -- history


def revisions_of(pack: str = "") -> QuerySet[PlaybookRevision]:
    """Revisions, newest first, of one pack or of all."""
    found = PlaybookRevision.objects.select_related("author", "decided_by", "based_on").order_by("-pk")
    return found.filter(pack=pack) if pack else found


def releases() -> QuerySet[PlaybookRelease]:
    """Releases, newest first."""
    return PlaybookRelease.objects.select_related("made_by").order_by("-number")


def waiting_for_approval() -> int:
    """Revisions that compliance has to decide on."""
    return PlaybookRevision.objects.filter(state=RevisionState.SUBMITTED).count()


# -- reports that nothing fits


def gaps(user: User, *, show: str = "waiting") -> QuerySet[Gap]:
    """Reports, oldest first: `waiting` (open or taken), `mine` (taken by this user), `closed`, `all`."""
    found = Gap.objects.select_related("agent", "taken_by", "closed_by").order_by("reported_at", "pk")
    if show == "mine":
        return found.filter(taken_by=user, state=GapState.TAKEN)
    if show == "closed":
        return found.filter(state__in=(GapState.ANSWERED, GapState.DISMISSED)).order_by("-closed_at", "-pk")
    return found if show == "all" else found.filter(state__in=(GapState.OPEN, GapState.TAKEN))


def own_gaps(agent: User) -> QuerySet[Gap]:
    """An agent's own reports, newest first, with their answers."""
    return Gap.objects.filter(agent=agent).select_related("closed_by").order_by("-reported_at", "-pk")


def waiting_gaps() -> int:
    """Reports that nobody has closed."""
    return Gap.objects.filter(state__in=(GapState.OPEN, GapState.TAKEN)).count()


def alike(found: Sequence[Gap]) -> dict[int, int]:
    """For each report, how many came in within 30 days before now with the same first act and stage (itself included)."""
    recent = Gap.objects.filter(reported_at__gte=clock.now() - RECENT).values_list("stage", "acts")
    count: dict[tuple[str, str], int] = {}
    for stage, acts in recent:
        key = (stage, acts[0] if acts else "")
        count[key] = count.get(key, 0) + 1
    return {gap.pk: count.get((gap.stage, gap.acts[0] if gap.acts else ""), 0) for gap in found}


def _leads(library: Library, stage: str, product: str) -> str:
    try:
        return library.lead(stage, product or None)
    except KeyError:  # a stage that no pack leads, such as third_party
        return "common"


def pack_for(library: Library, gap: Gap) -> str:
    """The pack in which an answer to this report would be written: the one that leads calls of its stage and product."""
    return _leads(library, gap.stage, gap.product)


def waiting_by_pack(library: Library) -> dict[str, int]:
    """Reports that wait, by pack (`pack_for`)."""
    out: dict[str, int] = {}
    rows = Gap.objects.filter(state__in=(GapState.OPEN, GapState.TAKEN))
    for row in rows.values("stage", "product").annotate(n=Count("pk")):
        pack = _leads(library, row["stage"], row["product"])
        out[pack] = out.get(pack, 0) + row["n"]
    return out


def line_exists(line_id: str) -> bool:
    """Whether a line with this id is live or stands in an open draft."""
    if line_id in library_of(current_release()).lines:
        return True
    opened = PlaybookRevision.objects.filter(state__in=OPEN_STATES)
    return any(line_id in overlay.entries(revision.files) for revision in opened)
