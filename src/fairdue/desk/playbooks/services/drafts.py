"""Changing a draft: lines through the form, files as text, undo. Every save is counted, so that nobody's work is lost."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import IntegrityError, transaction

from fairdue.core.findings import Finding
from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.audit import services as audit
from fairdue.desk.people.models import User
from fairdue.desk.playbooks import checks, libraries, overlay, selectors
from fairdue.desk.playbooks.models import OPEN_STATES, PlaybookRevision, RevisionState
from fairdue.desk.refusals import RefusedError
from fairdue.guard import redact
from fairdue.playbook import Line, PackInfo

from .rights import need_state, need_trainer

LARGEST = 1_000_000
"""Characters of one overlay."""


@dataclass(frozen=True)
class Seen:
    """What the editor had before it: the revision (None: neither an open nor a live one) and its count of saves then."""

    revision: int | None = None
    edits: int = 0

    @classmethod
    def of(cls, revision: PlaybookRevision | None) -> Seen:
        """What a page that shows this revision has seen."""
        return cls(revision.pk, revision.edits) if revision else cls()

    @classmethod
    def parse(cls, text: str) -> Seen:
        """Inverse of `str`; anything else counts as having seen nothing."""
        revision, _, edits = text.partition(":")
        if not (revision.isascii() and revision.isdigit() and edits.isascii() and edits.isdigit()):
            return cls()
        return cls(int(revision[:15]), int(edits[:15]))

    def __str__(self) -> str:
        return f"{self.revision}:{self.edits}" if self.revision else ""


class StaleEditError(RefusedError):
    """Somebody else changed the same line or file meanwhile; nothing was written. `by` is their user name."""

    def __init__(self, what: str, by: str) -> None:
        super().__init__(
            "playbook.stale",
            Text(zh=f"您打开之后,{by} 已经改过 {what}。", en=f"{by} has changed {what} since you opened it."),
            Text(
                zh="您写的还在下面:对照现在的内容,需要的话再保存一次。",
                en="What you wrote is kept below: compare it with what stands now and save again if it is still right.",
            ),
        )
        self.by = by


class UnreadableFileError(RefusedError):
    """A file's text cannot be kept; `finding` names the row."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(finding.code, finding.what, finding.mend, why=finding.why, field="text")
        self.finding = finding


def _home(pack: str) -> PackInfo:
    found = libraries.base()[0].packs.get(pack)
    if found is None or found.overlays:
        raise RefusedError(
            "playbook.pack",
            Text(zh="没有这个话术包。", en="There is no such pack."),
            Text(zh="从话术包列表里选。", en="Choose one from the list of packs."),
        )
    return found


@transaction.atomic
def start_draft(pack: str, by: User, *, again: PlaybookRevision | None = None) -> PlaybookRevision:
    """The open revision of the pack, made from what is live when there is none; `again` starts from another revision's
    files (one that was rejected or retired). Raises `RefusedError` for an unknown pack or anybody but a trainer."""
    need_trainer(by)
    home = _home(pack)
    opened = selectors.open_revision(pack)
    if opened is not None:
        return opened
    live = selectors.live_revision(pack)
    last = PlaybookRevision.objects.filter(pack=pack).order_by("-number").values_list("number", flat=True).first() or 0
    begun = again.files if again else live.files if live else {}
    now = clock.now()
    try:
        with transaction.atomic():
            revision = PlaybookRevision.objects.create(
                pack=pack,
                number=last + 1,
                based_on=live,
                files=overlay.head(begun, home, last + 1),
                edits=1 if again else 0,
                touched={key: [1, by.get_username()] for key in again.touched} if again else {},
                author=by,
                created_at=now,
                updated_at=now,
            )
    except IntegrityError:  # another trainer began one at the same moment
        return PlaybookRevision.objects.get(pack=pack, state__in=OPEN_STATES)
    payload = {"pack": pack, "number": revision.number, "again": again.number if again else None}
    audit.write("playbook.draft_started", actor=by, subject=f"revision:{revision.pk}", payload=payload)
    return revision


def seen_now(pack: str) -> Seen:
    """What somebody who opens the pack now has before them: the open revision, else the one that is live."""
    return Seen.of(selectors.open_revision(pack) or selectors.live_revision(pack))


def _held(pack: str, by: User, key: str, seen: Seen) -> PlaybookRevision:
    """The pack's draft, locked, after making sure that nobody changed `key` since `seen`, in it or in what it began from."""
    revision = PlaybookRevision.objects.select_for_update(of=("self",)).get(pk=start_draft(pack, by).pk)
    need_state(revision, RevisionState.DRAFT)
    since: PlaybookRevision | None = revision
    while since is not None and since.pk >= (seen.revision or 0):
        mark = since.touched.get(key)
        if mark and mark[0] > (seen.edits if since.pk == seen.revision else 0):
            raise StaleEditError(key, mark[1])
        since = since.based_on
    return revision


def _write(revision: PlaybookRevision, by: User, files: overlay.Files, keys: list[str], kind: str, **payload) -> None:
    if sum(map(len, files.values())) > LARGEST:
        raise RefusedError(
            "playbook.size",
            Text(zh="这份改动太大了。", en="This overlay is too large."),
            Text(
                zh="最多一百万字;把不用的行退回去。", en="At most a million characters; undo lines that are not needed."
            ),
        )
    revision.edits += 1
    mark = [revision.edits, by.get_username()]
    revision.files = files
    revision.touched = {**revision.touched, **dict.fromkeys(keys, mark)}
    revision.updated_at = clock.now()
    revision.save(update_fields=["files", "edits", "touched", "updated_at"])
    revision.editors.add(by)
    body = {"pack": revision.pack, "number": revision.number, "edit": revision.edits, **payload}
    audit.write(f"playbook.{kind}", actor=by, subject=f"revision:{revision.pk}", payload=body)


@transaction.atomic
def save_line(pack: str, by: User, line: Line, *, seen: Seen, new: bool = False) -> PlaybookRevision:
    """Put a line into the pack's draft (begun when none is open). A line equal to the one below the overlay needs no entry.

    Raises `StaleEditError` when somebody changed this line since `seen`; `RefusedError` for an id that is taken (`new`) or
    unknown, or while the open revision waits for a decision.
    """
    need_trainer(by)
    revision = _held(pack, by, line.id, seen)
    library, _refused = selectors.draft_library(revision)
    _check_id(line.id, pack, library.home.get(line.id) if line.id in library.lines else None, new)
    below = libraries.base()[0]
    files = overlay.head(
        revision.files, _home(pack), revision.number, [i for i in overlay.dropped(revision.files) if i != line.id]
    )
    if below.lines.get(line.id) == line:
        files = overlay.take_out(files, line.id)
    else:
        files = overlay.put(files, line.id, f"lines/{line.stage}.yaml", overlay.line_text(line))
    _write(revision, by, files, [line.id, f"lines/{line.stage}.yaml"], "line_saved", line=line.id)
    return revision


def _check_id(line_id: str, pack: str, home: str | None, new: bool) -> None:
    taken = libraries.base()[0].home.get(line_id) not in (None, pack)
    if new and (home is not None or taken):
        raise RefusedError(
            "playbook.id.taken",
            Text(zh=f"编号 {line_id} 已经有了。", en=f"The id {line_id} is taken."),
            Text(zh="换一个编号,例如末尾的数字加一。", en="Choose another, for example the next number."),
            field="id",
        )
    if not new and home != pack:
        raise RefusedError(
            "playbook.id.unknown",
            Text(zh=f"{pack} 里没有 {line_id}。", en=f"{pack} has no line {line_id}."),
            Text(
                zh="它可能已停用;从话术包页面重新打开。", en="It may have been retired; open it from the pack's page."
            ),
        )
    if redact(line_id) != line_id:
        raise RefusedError(
            "playbook.id.personal",
            Text(zh="编号里不能有像电话或证件号的数字。", en="An id may not look like a telephone or identity number."),
            Text(zh="换一个编号。", en="Choose another id."),
            field="id",
        )


@transaction.atomic
def retire_line(pack: str, by: User, line_id: str, *, seen: Seen) -> PlaybookRevision:
    """The draft does without this line. It stays in older releases; `undo_line` brings it back."""
    need_trainer(by)
    revision = _held(pack, by, line_id, seen)
    library, _refused = selectors.draft_library(revision)
    _check_id(line_id, pack, library.home.get(line_id) if line_id in library.lines else None, new=False)
    drop = list(overlay.dropped(revision.files))
    if line_id in libraries.base()[0].lines:
        drop.append(line_id)
    files = overlay.head(overlay.take_out(revision.files, line_id), _home(pack), revision.number, drop)
    _write(revision, by, files, [line_id], "line_retired", line=line_id)
    return revision


@transaction.atomic
def undo_line(pack: str, by: User, line_id: str, *, seen: Seen) -> PlaybookRevision:
    """Discard what the draft did to this line: it is again as in the revision that the draft began from."""
    need_trainer(by)
    revision = _held(pack, by, line_id, seen)
    begun = revision.based_on.files if revision.based_on else {}
    drop = {i for i in overlay.dropped(revision.files) if i != line_id}
    drop |= {line_id} & set(overlay.dropped(begun))
    files = overlay.head(revision.files, _home(pack), revision.number, sorted(drop))
    text = overlay.entry_text(begun, line_id)
    if text is None:
        files = overlay.take_out(files, line_id)
    else:
        files = overlay.put(files, line_id, overlay.entries(begun)[line_id].path, text)
    _write(revision, by, files, [line_id], "line_undone", line=line_id)
    return revision


@transaction.atomic
def save_file(pack: str, by: User, path: str, text: str, *, seen: Seen) -> PlaybookRevision:
    """Replace one of the overlay's files by this text; an empty text takes the file away.

    Raises `UnreadableFileError` (with the row) for text that is no YAML of the right shape, `StaleEditError` when somebody
    changed the file since `seen`, `RefusedError` for a path that an overlay does not have.
    """
    need_trainer(by)
    if not overlay.PATH.fullmatch(path) or redact(path) != path:
        raise RefusedError(
            "playbook.path",
            Text(zh="没有这样的文件名。", en="A pack has no such file."),
            Text(
                zh="用 lines/、redlines/、hints/、tests/ 下面的小写英文名加 .yaml,或 flow.yaml。",
                en="Use a lower-case name ending in .yaml below lines/, redlines/, hints/ or tests/, or flow.yaml.",
            ),
            field="path",
        )
    text = text.replace("\r\n", "\n")
    if text.strip():
        unreadable = checks.unreadable(path, text)
        if unreadable is not None:
            raise UnreadableFileError(unreadable)
    revision = _held(pack, by, path, seen)
    files = {key: value for key, value in revision.files.items() if key != path}
    if text.strip():
        files[path] = text if text.endswith("\n") else f"{text}\n"
    before, after = overlay.entries(revision.files), overlay.entries(files)
    changed = [key for key in {*before, *after} if _row(before.get(key)) != _row(after.get(key))]
    _write(revision, by, files, [path, *sorted(changed)], "file_saved", file=path)
    return revision


def _row(entry: overlay.Entry | None) -> dict | None:
    return None if entry is None else dict(entry.row)
