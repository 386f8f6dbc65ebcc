"""Every read of the policy room: the pack that decides, its rules, changes and their standing."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db.models import QuerySet

from fairdue.core.findings import Finding, has_errors
from fairdue.core.ids import digest
from fairdue.desk import clock, sql
from fairdue.desk.people.models import Role, User
from fairdue.packs import PackError
from fairdue.policy import Pack, Rule
from fairdue.policy.cases import Case, load_cases
from fairdue.policy.dates import as_on
from fairdue.policy.overlay import Change, Overlay, Scope
from fairdue.policy.schema import Effective, Source

from . import packing, words
from .models import DraftState, PolicyDraft, PolicyRevision, PolicyStep
from .packing import MARK, UnusablePackError

__all__ = ["UnusablePackError", "current_pack"]

JURISDICTION = "CN"
OPEN = (DraftState.DRAFT, DraftState.SUBMITTED)

# -- the pack that decides

_LATEST = "SELECT number, digest FROM policies_policyrevision WHERE jurisdiction = %s ORDER BY number DESC LIMIT 1"
_COMPOSED: dict[tuple[str, int, str], tuple[Pack, tuple[Finding, ...]]] = {}


def current_pack(jurisdiction: str = JURISDICTION, day: date | None = None) -> Pack:
    """The shipped pack with all approved changes, each with its dates; with `day`, as it stands on that day for ever.

    One short query a call: an approval counts from the next decision of every process. Raises `UnusablePackError` when the
    pack or a change has errors, or there is no pack (fail closed).
    """
    try:
        pack, findings = composed(jurisdiction)
    except PackError as missing:
        raise UnusablePackError(str(missing)) from missing
    if has_errors(findings):
        raise UnusablePackError("; ".join(finding.line() for finding in findings))
    return pack if day is None else as_on(pack, day)


def composed(jurisdiction: str) -> tuple[Pack, tuple[Finding, ...]]:
    """The same, and what is wrong with it. Kept per process under the revision's number and the digest of its content."""
    latest = sql.rows(_LATEST, [jurisdiction])
    if not latest:
        return packing.shipped(jurisdiction)
    number, content = latest[0]
    key = (str(packing.folder_of(jurisdiction)), number, content)
    known = _COMPOSED.get(key)
    if known is None:
        known = _compose(jurisdiction, number)
        if has_errors(known[1]):
            return known  # looked at again next time: a broken row may have ended meanwhile
        if len(_COMPOSED) >= 8:
            _COMPOSED.clear()
        _COMPOSED[key] = known
    return known


def _compose(jurisdiction: str, number: int) -> tuple[Pack, tuple[Finding, ...]]:
    base, findings = packing.shipped(jurisdiction)
    made = PolicyRevision.objects.get(number=number)
    overlays = [Overlay.model_validate(raw) for raw in made.overlays]
    pack, problems = packing.compose(base, overlays, f"{base.version}+{MARK}{number}", clock.today())
    return pack, (*findings, *problems)


def current_revision(jurisdiction: str = JURISDICTION) -> int:
    """Number of the revision in use; 0 while the house has added nothing."""
    latest = sql.rows(_LATEST, [jurisdiction])
    return int(latest[0][0]) if latest else 0


def pack_of(revision: PolicyRevision) -> Pack:
    """The pack as it was made by a revision, on today's shipped rules."""
    return _compose(revision.jurisdiction, revision.number)[0]


# -- changes as overlays


def name_of(draft: PolicyDraft) -> str:
    """The overlay's name, part of every rule that it makes."""
    return f"{MARK}{draft.number}"


def overlay_of(draft: PolicyDraft, rows: Sequence[dict[str, Any]] | None = None, end: date | None = None) -> Overlay:
    """A change (or some of its rows, until `end`) as an overlay."""
    return Overlay(
        name=name_of(draft),
        scope=Scope.model_validate(draft.scope or {}),
        effective=Effective.model_validate({"from": draft.effective_from, "to": end}),
        source=Source(instrument=draft.instrument, article=draft.article, confidence="house"),
        rules=tuple(Change.model_validate(row) for row in (draft.changes if rows is None else rows)),
    )


def ends_of(drafts: Iterable[PolicyDraft]) -> dict[tuple[int, int], tuple[date, PolicyDraft]]:
    """(number of a change, row) → its last day and the change that ends it, the earliest of several."""
    found: dict[tuple[int, int], tuple[date, PolicyDraft]] = {}
    for draft in drafts:
        last = draft.effective_from - timedelta(days=1)
        for ending in draft.endings:
            key = (ending["draft"], ending["row"])
            if key not in found or last < found[key][0]:
                found[key] = (last, draft)
    return found


def layers(drafts: Sequence[PolicyDraft]) -> list[Overlay]:
    """The overlays of these changes in order; rows that end on different days are told apart."""
    ends = ends_of(drafts)
    out = []
    for draft in sorted(drafts, key=lambda one: one.number):
        by_end: dict[date | None, list[dict[str, Any]]] = {}
        for index, row in enumerate(draft.changes):
            end = ends.get((draft.number, index), (None, None))[0]
            if end is None or end >= draft.effective_from:
                by_end.setdefault(end, []).append(row)
        out += [overlay_of(draft, rows, end) for end, rows in by_end.items()]
    return out


def approved(jurisdiction: str) -> list[PolicyDraft]:
    """All approved changes, planned, in force and ended ones."""
    rows = PolicyDraft.objects.filter(jurisdiction=jurisdiction, state=DraftState.APPROVED)
    return list(rows.select_related("author", "decided_by").order_by("number"))


def with_and_without(draft: PolicyDraft) -> tuple[Pack, Pack, list[Finding]]:
    """The pack without and with a change, both as they stand on its first day for ever, and what is wrong."""
    base, findings = packing.shipped(draft.jurisdiction)
    others = [one for one in approved(draft.jurisdiction) if one.pk != draft.pk]
    before, first = packing.compose(base, layers(others), f"{base.version}+now", draft.effective_from)
    after, second = packing.compose(
        base, layers([*others, draft]), f"{base.version}+{name_of(draft)}", draft.effective_from
    )
    day = draft.effective_from
    return as_on(before, day), as_on(after, day), [*findings, *first, *second]


def digest_of(draft: PolicyDraft) -> str:
    """Of everything that an effect depends on besides the history: the change, the changes beside it, the shipped pack."""
    base, _findings = packing.shipped(draft.jurisdiction)
    others = [one for one in approved(draft.jurisdiction) if one.pk != draft.pk]
    laid = [overlay.model_dump(mode="json", by_alias=True) for overlay in layers([*others, draft])]
    return digest([base.label, draft.effective_from, draft.endings, laid])


# -- how a change stands


def standing(draft: PolicyDraft, today: date, ends: dict[tuple[int, int], tuple[date, PolicyDraft]]) -> str:
    """draft, submitted, withdrawn, discarded as stored; an approved one is planned, in force, or ended with all its rows."""
    if draft.state != DraftState.APPROVED:
        return str(draft.state)
    if draft.effective_from > today:
        return "planned"
    rows = range(len(draft.changes))
    over = [ends.get((draft.number, row), (date.max, draft))[0] < today for row in rows]
    return "ended" if over and all(over) else "force"


@dataclass(frozen=True)
class Addition:
    """One row of an approved change: from when, until when, ended by which change, and how it stands today."""

    draft: PolicyDraft
    row: int
    rule: str
    part: str | None
    param: str
    value: Any
    proof: str
    last: date | None
    ended_by: PolicyDraft | None
    state: str  # planned force ended

    def of(self, rule: Rule) -> bool:
        """Whether it speaks of this shipped entry."""
        return self.rule == rule.id and self.param in rule.params and self.part in (None, rule.part)

    @property
    def may_end(self) -> bool:
        """Whether it can still be ended by a further change: no end is set and it has begun."""
        return self.last is None and self.state == "force"


def additions(jurisdiction: str, rule: str = "") -> list[Addition]:
    """What the house added to a rule (or to all), the latest first; planned ones too."""
    drafts, today = approved(jurisdiction), clock.today()
    ends = ends_of(drafts)
    out = []
    for draft in drafts:
        for index, row in enumerate(draft.changes):
            if rule and row["rule"] != rule:
                continue
            last, by = ends.get((draft.number, index), (None, None))
            state = "planned" if draft.effective_from > today else "ended" if last and last < today else "force"
            for param, value in row["params"].items():
                proof = str(row.get("proof") or "")
                part = row.get("part")
                out.append(Addition(draft, index, row["rule"], part, param, value, proof, last, by, state))
    return sorted(out, key=lambda one: (one.draft.effective_from, one.draft.number), reverse=True)


def addition(jurisdiction: str, number: int, row: int) -> Addition | None:
    """One row of an approved change."""
    return next((one for one in additions(jurisdiction) if (one.draft.number, one.row) == (number, row)), None)


# -- lists


def draft_rows(show: str = "all") -> QuerySet[PolicyDraft]:
    """Changes, the latest first: `open` (draft or submitted), `approved`, `closed` (withdrawn, given up), `all`."""
    rows = PolicyDraft.objects.select_related("author", "decided_by").order_by("-number")
    states = {
        "open": OPEN,
        "approved": (DraftState.APPROVED,),
        "closed": (DraftState.WITHDRAWN, DraftState.DISCARDED),
    }
    return rows.filter(state__in=states[show]) if show in states else rows


def open_drafts(jurisdiction: str) -> list[PolicyDraft]:
    """Changes that are being written, to which a row may be added."""
    return list(PolicyDraft.objects.filter(jurisdiction=jurisdiction, state=DraftState.DRAFT).order_by("-number"))


def steps_of(draft: PolicyDraft) -> QuerySet[PolicyStep]:
    """What happened to a change, in order."""
    return draft.steps.select_related("by").order_by("pk")


def revisions() -> QuerySet[PolicyRevision]:
    """All revisions, the latest first."""
    return PolicyRevision.objects.select_related("made_by", "draft").order_by("-number")


def waiting() -> int:
    """Changes that wait for a decision."""
    return PolicyDraft.objects.filter(state=DraftState.SUBMITTED).count()


def may_write(user: User) -> bool:
    """Compliance writes and decides."""
    return user.role == Role.COMPLIANCE


def written_by(draft: PolicyDraft, user: User) -> bool:
    """Whether the user wrote any part of the change."""
    return draft.author_id == user.pk or draft.editors.filter(pk=user.pk).exists()


def entries_on(pack: Pack, day: date) -> list[Rule]:
    """The entries in force on a day, one for each part of a rule: the shipped one, or what stands in its place by agreement.
    Those that changes put beside them are left to `additions`."""
    found: dict[tuple[str, str, str], Rule] = {}
    for rule in sorted(pack.rules, key=lambda one: packing.change_number(one) is not None):
        if rule.in_force(day):
            found.setdefault((rule.id, rule.check, packing.base_part(rule)), rule)
    order = {rule.id: index for index, rule in reversed(list(enumerate(pack.rules)))}
    return sorted(found.values(), key=lambda one: order[one.id])


@dataclass(frozen=True)
class RuleFilter:
    """What the list of rules is narrowed to; empty means all."""

    topic: str = ""
    verdict: str = ""
    confidence: str = ""
    review: bool = False
    text: str = ""

    def keeps(self, rule: Rule) -> bool:
        """Whether the rule is shown."""
        why = rule.why.zh + rule.why.en if rule.why else ""
        written = f"{rule.id}\n{rule.title.zh}\n{rule.title.en}\n{rule.citation.zh}\n{why}".lower()
        return (
            (not self.topic or words.topic_of(rule.check) == self.topic)
            and (not self.verdict or rule.verdict == self.verdict)
            and (not self.confidence or rule.source.confidence == self.confidence)
            and (not self.review or rule.needs_review)
            and self.text.lower() in written
        )


def rule_entries(pack: Pack, rule_id: str) -> list[Rule]:
    """The shipped entries of a rule whatever their dates, in the pack's order."""
    return [rule for rule in pack.rules if rule.id == rule_id and packing.change_number(rule) is None]


@lru_cache(maxsize=32)
def _cases(folder: Path) -> tuple[Case, ...]:
    return tuple(load_cases(folder))


def cases_of(jurisdiction: str, rule_id: str) -> list[tuple[Case, bool]]:
    """The pack's own cases that name a rule: (case, whether it breaks the rule). Raises `PackError` when they cannot be read."""
    out = []
    for case in _cases(packing.folder_of(jurisdiction)):
        breaks = rule_id in case.expect.get("rules", ())
        if breaks or rule_id in case.expect.get("kept", ()):
            out.append((case, breaks))
    return sorted(out, key=lambda pair: not pair[1])
