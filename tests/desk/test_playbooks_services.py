"""From a trainer's draft to words that are live, and back: what each step allows, refuses and writes down."""

from __future__ import annotations

import pytest
from playbook_world import LINE, PACK, WORDS, Room, drafted, live, make_room, reworded, shipped, submitted

from fairdue.core.findings import has_errors
from fairdue.desk.audit.models import AuditEvent
from fairdue.desk.people.models import Role
from fairdue.desk.playbooks import libraries, overlay, selectors, services
from fairdue.desk.playbooks.models import PlaybookRelease, PlaybookRevision, RevisionState
from fairdue.desk.playbooks.services import Seen, StaleEditError
from fairdue.desk.playbooks.stack import stack
from fairdue.desk.refusals import RefusedError
from fairdue.playbook import PackSource, load_sources
from fairdue.playbook.loader import read_folder
from fairdue.playbook.sources import shipped as shipped_folders

pytestmark = pytest.mark.usefixtures("checks_find_nothing")


@pytest.fixture
def room(db: None, noon) -> Room:
    return make_room()


def kinds() -> list[str]:
    return list(AuditEvent.objects.order_by("seq").values_list("kind", flat=True))


# -- drafts


def test_a_changed_line_stands_in_an_overlay_and_what_ships_stays(room: Room) -> None:
    before = shipped().say
    revision = drafted(room.trainer)
    assert (revision.pack, revision.number, revision.state) == (PACK, 1, RevisionState.DRAFT)
    assert WORDS in revision.files["lines/first.yaml"]
    assert "overlays: p01-bank-card" in revision.files["pack.yaml"]
    library, refused = selectors.draft_library(revision)
    assert not has_errors(refused)
    assert library.lines[LINE].say.strip() == WORDS
    assert library.pack_of[LINE] == "org-p01-bank-card"
    assert libraries.base()[0].lines[LINE].say == before
    assert kinds() == ["playbook.draft_started", "playbook.line_saved"]


def test_the_same_lines_always_give_the_same_text(room: Room) -> None:
    first = drafted(room.trainer).files
    second = services.save_line(PACK, room.trainer, reworded(), seen=services.seen_now(PACK)).files
    assert first == second


def test_a_line_saved_as_it_ships_needs_no_entry(room: Room) -> None:
    drafted(room.trainer)
    revision = services.save_line(PACK, room.trainer, shipped(), seen=services.seen_now(PACK))
    assert list(revision.files) == ["pack.yaml"]


def test_a_retired_line_is_gone_from_the_draft_and_undo_brings_it_back(room: Room) -> None:
    gone = services.retire_line(PACK, room.trainer, LINE, seen=Seen())
    assert LINE not in selectors.draft_library(gone)[0].lines
    assert selectors.changed_lines(gone) == {LINE: "gone"}
    back = services.undo_line(PACK, room.trainer, LINE, seen=Seen.of(gone))
    assert selectors.draft_library(back)[0].lines[LINE] == shipped()
    assert selectors.changed_lines(back) == {}


def test_undo_goes_back_to_what_the_draft_began_from(room: Room) -> None:
    live(room)
    draft = drafted(room.trainer, "第二种说法,{期限}前{应还金额}可以吗?")
    assert draft.number == 2
    back = services.undo_line(PACK, room.trainer, LINE, seen=Seen.of(draft))
    assert selectors.draft_library(back)[0].lines[LINE].say.strip() == WORDS


def test_a_new_line_needs_an_id_that_nobody_has(room: Room) -> None:
    fresh = reworded(id="p01.first.payday.o1")
    revision = services.save_line(PACK, room.trainer, fresh, seen=Seen(), new=True)
    assert selectors.changed_lines(revision) == {"p01.first.payday.o1": "new"}
    for taken in ("p01.first.payday.o1", LINE, next(i for i, home in libraries.base()[0].home.items() if home != PACK)):
        with pytest.raises(RefusedError) as refused:
            services.save_line(PACK, room.trainer, reworded(id=taken), seen=Seen.of(revision), new=True)
        assert refused.value.finding.code == "playbook.id.taken"
    with pytest.raises(RefusedError) as refused:
        services.save_line(PACK, room.trainer, reworded(id="first.call.13800138000"), seen=Seen(), new=True)
    assert refused.value.finding.code == "playbook.id.personal"


def test_an_existing_line_cannot_be_saved_into_another_pack(room: Room) -> None:
    foreign = next(
        i for i, home in libraries.base()[0].home.items() if home == "common" and i in libraries.base()[0].lines
    )
    with pytest.raises(RefusedError) as refused:
        services.save_line(PACK, room.trainer, reworded(line_id=foreign), seen=Seen())
    assert refused.value.finding.code == "playbook.id.unknown"


def test_unknown_packs_and_overlays_of_overlays_are_refused(room: Room) -> None:
    for pack in ("nowhere", "org-p01-bank-card", ""):
        with pytest.raises(RefusedError):
            services.start_draft(pack, room.trainer)
    assert PlaybookRevision.objects.count() == 0


# -- two trainers, one draft


def test_two_trainers_share_a_draft_and_different_lines_do_not_disturb(room: Room) -> None:
    first = drafted(room.trainer)
    opened_by_both = Seen.of(first)
    services.save_line(PACK, room.other, reworded(line_id="first.payday.2"), seen=opened_by_both)
    again = services.save_line(PACK, room.trainer, reworded("另一句,{期限}前{应还金额}行吗?"), seen=opened_by_both)
    assert set(selectors.changed_lines(again)) == {LINE, "first.payday.2"}
    assert set(again.editors.all()) == {room.trainer, room.other}


def test_the_later_of_two_changes_of_one_line_is_refused_and_nothing_is_lost(room: Room) -> None:
    opened_by_both = Seen.of(services.start_draft(PACK, room.trainer))
    services.save_line(PACK, room.other, reworded("她的说法,{期限}前{应还金额}行吗?"), seen=opened_by_both)
    with pytest.raises(StaleEditError) as stale:
        services.save_line(PACK, room.trainer, reworded(), seen=opened_by_both)
    assert stale.value.by == "wu"
    held = PlaybookRevision.objects.get()
    assert "她的说法" in held.files["lines/first.yaml"]
    services.save_line(PACK, room.trainer, reworded(), seen=Seen.of(held))


def test_a_page_older_than_the_draft_does_not_overwrite_it(room: Room) -> None:
    drafted(room.other)
    with pytest.raises(StaleEditError):
        services.save_line(PACK, room.trainer, reworded("没看到草稿就写,{期限}前{应还金额}"), seen=Seen())


def test_a_page_of_an_earlier_revision_does_not_overwrite_what_followed(room: Room) -> None:
    opened = [services.seen_now(PACK), Seen.of(services.start_draft(PACK, room.trainer))]
    live(room)
    opened.append(services.seen_now(PACK))
    live(room, "第二种说法。账上一天多{日息},{期限}前先放{应还金额},可以吗?")
    for old in opened:
        with pytest.raises(StaleEditError):
            services.save_line(PACK, room.other, reworded("很早打开的页面,{期限}前{应还金额}"), seen=old)
    services.save_line(PACK, room.other, reworded("刚打开的页面,{期限}前{应还金额}"), seen=services.seen_now(PACK))


def test_a_draft_started_again_counts_as_changed_since_a_page_that_was_open(room: Room) -> None:
    revision = submitted(room.trainer)
    services.reject(revision.pk, room.compliance, "再想想")
    opened = services.seen_now(PACK)
    services.start_draft(PACK, room.other, again=PlaybookRevision.objects.get())
    with pytest.raises(StaleEditError):
        services.save_line(PACK, room.trainer, reworded("没看到,{期限}前{应还金额}"), seen=opened)


def test_a_file_saved_as_text_marks_its_lines_as_changed(room: Room) -> None:
    first = drafted(room.trainer)
    text = first.files["lines/first.yaml"].replace("可以吗", "行不行")
    services.save_file(PACK, room.other, "lines/first.yaml", text, seen=Seen.of(first))
    with pytest.raises(StaleEditError):
        services.save_line(PACK, room.trainer, reworded(), seen=Seen.of(first))
    with pytest.raises(StaleEditError):
        services.save_file(PACK, room.trainer, "lines/first.yaml", text, seen=Seen.of(first))


# -- files as text


@pytest.mark.parametrize(
    ("path", "text", "code", "row"),
    [
        ("lines/first.yaml", "- id: a\n  say: 'x' y\n", "playbook.file", 2),
        ("lines/first.yaml", "id: a", "playbook.file", 1),
        ("lines/first.yaml", "- say: 没有编号", "playbook.file", 1),
        ("lines/first.yaml", "- &a {id: x}\n- *a", "playbook.file", 1),
        ("lines/first.yaml", "x" * 200_001, "playbook.file", None),
        ("lines/first.yaml", "[" * 150_000, "playbook.file", 1),
        ("flow.yaml", "- a", "playbook.file", 1),
        ("pack.yaml", "name: mine", "playbook.path", None),
        ("../../etc/passwd", "a: 1", "playbook.path", None),
        ("lines/13800138000.yaml", "- id: a", "playbook.path", None),
    ],
)
def test_text_that_is_no_pack_file_is_refused_with_its_row(
    room: Room, path: str, text: str, code: str, row: int | None
) -> None:
    with pytest.raises(RefusedError) as refused:
        services.save_file(PACK, room.trainer, path, text, seen=Seen())
    assert refused.value.finding.code == code
    assert refused.value.finding.place.row == row
    assert PlaybookRevision.objects.count() == 0


def test_comments_of_a_file_written_by_hand_stay_when_a_line_changes(room: Room) -> None:
    by_hand = (
        "# 我们分行的说法\n"
        + overlay.line_text(reworded())
        + "\n# 下面这条给月底用\n"
        + overlay.line_text(reworded(line_id="first.payday.2"))
    )
    draft = services.save_file(PACK, room.trainer, "lines/mine.yaml", by_hand, seen=Seen())
    after = services.save_line(PACK, room.trainer, reworded("换一句,{期限}前{应还金额}行吗?"), seen=Seen.of(draft))
    text = after.files["lines/mine.yaml"]
    assert text.startswith("# 我们分行的说法\n- id: first.payday.1")
    assert "# 下面这条给月底用\n- id: first.payday.2" in text
    assert "换一句" in text and WORDS in text
    assert "lines/first.yaml" not in after.files


def test_an_empty_text_takes_the_file_away(room: Room) -> None:
    draft = drafted(room.trainer)
    after = services.save_file(PACK, room.trainer, "lines/first.yaml", "  \n", seen=Seen.of(draft))
    assert list(after.files) == ["pack.yaml"]


# -- submission


def test_nothing_changed_is_not_submitted(room: Room) -> None:
    draft = services.start_draft(PACK, room.trainer)
    with pytest.raises(RefusedError) as refused:
        services.submit(draft.pk, room.trainer, "没改")
    assert refused.value.finding.code == "playbook.nothing"


def test_a_submission_says_what_changed_and_why(room: Room) -> None:
    with pytest.raises(RefusedError):
        services.submit(drafted(room.trainer).pk, room.trainer, "   ")


# -- decisions


def test_compliance_puts_a_submitted_revision_live(room: Room) -> None:
    revision = live(room)
    assert revision.state == RevisionState.LIVE
    assert selectors.current_release() == 1
    assert selectors.library_of(1).lines[LINE].say.strip() == WORDS
    assert selectors.library_of(0).lines[LINE] == shipped()
    release = PlaybookRelease.objects.get()
    assert release.revisions == {PACK: revision.pk}
    assert release.library == selectors.library_of(1).version
    assert kinds()[-4:] == ["playbook.checked", "playbook.submitted", "playbook.approved", "playbook.released"]


def test_approved_and_live_may_be_two_steps(room: Room) -> None:
    revision = services.approve(submitted(room.trainer).pk, room.compliance, "下周一上线", live=False)
    assert (revision.state, selectors.current_release()) == (RevisionState.APPROVED, 0)
    services.go_live(revision.pk, room.compliance, "到日子了")
    revision.refresh_from_db()
    assert (revision.state, selectors.current_release()) == (RevisionState.LIVE, 1)


def test_rejecting_needs_a_reason_and_the_trainer_starts_again_from_it(room: Room) -> None:
    revision = submitted(room.trainer)
    with pytest.raises(RefusedError):
        services.reject(revision.pk, room.compliance, " ")
    services.reject(revision.pk, room.compliance, "“先定数目”像逼迫")
    revision.refresh_from_db()
    assert (revision.state, revision.reason) == (RevisionState.REJECTED, "“先定数目”像逼迫")
    again = services.start_draft(PACK, room.trainer, again=revision)
    assert (again.number, again.state) == (2, RevisionState.DRAFT)
    assert WORDS in again.files["lines/first.yaml"]
    assert "version: '2'" in again.files["pack.yaml"]


def test_nobody_decides_on_their_own_change(room: Room) -> None:
    revision = submitted(room.trainer)
    room.other.role = Role.COMPLIANCE
    room.other.save()
    services.withdraw(revision.pk, room.trainer)
    room.other.role = Role.TRAINER
    services.save_line(PACK, room.other, reworded(line_id="first.payday.2"), seen=Seen(revision.pk, revision.edits))
    services.submit(revision.pk, room.trainer, "两条一起")
    for editor in (room.trainer, room.other):
        editor.role = Role.COMPLIANCE
        editor.save()
        with pytest.raises(RefusedError) as refused:
            services.approve(revision.pk, editor, "好")
        assert refused.value.finding.code == "playbook.own"
    services.approve(revision.pk, room.compliance, "好")


def test_approval_is_refused_when_what_is_live_has_changed_since_the_checks(room: Room) -> None:
    revision = submitted(room.trainer)
    line = selectors.lines_of(libraries.base()[0], "common")[0]
    other = services.save_line("common", room.other, line.model_copy(update={"why": "换个理由。"}), seen=Seen())
    services.submit(other.pk, room.other, "理由写清")
    services.approve(other.pk, room.compliance, "好")
    with pytest.raises(RefusedError) as refused:
        services.approve(revision.pk, room.compliance, "好")
    assert refused.value.finding.code == "playbook.checks.stale"
    services.run_checks(revision.pk, room.compliance)
    services.approve(revision.pk, room.compliance, "好")
    assert set(PlaybookRelease.objects.get(number=2).revisions) == {PACK, "common"}


def test_what_waits_for_a_decision_is_not_changed_but_can_be_withdrawn(room: Room) -> None:
    revision = submitted(room.trainer)
    with pytest.raises(RefusedError) as refused:
        services.save_line(PACK, room.trainer, reworded("再改,{期限}前{应还金额}"), seen=Seen.of(revision))
    assert refused.value.finding.code == "playbook.state"
    services.withdraw(revision.pk, room.trainer)
    services.save_line(PACK, room.trainer, reworded("再改,{期限}前{应还金额}"), seen=Seen.of(revision))


def test_a_draft_that_is_given_up_stays_readable(room: Room) -> None:
    revision = services.discard(drafted(room.trainer).pk, room.trainer)
    assert revision.state == RevisionState.RETIRED
    assert WORDS in PlaybookRevision.objects.get().files["lines/first.yaml"]
    assert services.start_draft(PACK, room.trainer).number == 2


@pytest.mark.parametrize("who", ["agent", "compliance"])
def test_only_trainers_write(room: Room, who: str) -> None:
    user = getattr(room, who)
    draft = drafted(room.trainer)
    for step in (
        lambda: services.start_draft("common", user),
        lambda: services.save_line(PACK, user, reworded(), seen=Seen.of(draft)),
        lambda: services.retire_line(PACK, user, LINE, seen=Seen.of(draft)),
        lambda: services.undo_line(PACK, user, LINE, seen=Seen.of(draft)),
        lambda: services.save_file(PACK, user, "lines/a.yaml", "", seen=Seen.of(draft)),
        lambda: services.submit(draft.pk, user, "我来"),
        lambda: services.discard(draft.pk, user),
    ):
        with pytest.raises(RefusedError) as refused:
            step()
        assert refused.value.finding.code == "playbook.role.trainer"


@pytest.mark.parametrize("who", ["agent", "other"])
def test_only_compliance_decides(room: Room, who: str) -> None:
    user = getattr(room, who)
    revision = submitted(room.trainer)
    for step in (
        lambda: services.approve(revision.pk, user, "好"),
        lambda: services.reject(revision.pk, user, "不好"),
        lambda: services.go_live(revision.pk, user, "上"),
        lambda: services.roll_back(0, user, "退"),
    ):
        with pytest.raises(RefusedError) as refused:
            step()
        assert refused.value.finding.code == "playbook.role.compliance"


# -- releases


def test_a_roll_back_is_a_new_release_with_the_earlier_words(room: Room) -> None:
    first = live(room)
    second = live(room, "第二种说法。账上一天多{日息},{期限}前先放{应还金额},可以吗?")
    first.refresh_from_db()
    assert first.state == RevisionState.RETIRED
    back = services.roll_back(1, room.compliance, "客户听不懂第二种说法")
    assert (back.number, back.back_to, back.revisions) == (3, 1, {PACK: first.pk})
    assert selectors.library_of(3).lines[LINE].say.strip() == WORDS
    assert "第二种" in selectors.library_of(2).lines[LINE].say
    states = dict(PlaybookRevision.objects.values_list("number", "state"))
    assert states == {1: RevisionState.LIVE, 2: RevisionState.RETIRED}
    assert second.pk != first.pk
    last = AuditEvent.objects.order_by("-seq").first()
    assert (last.kind, last.actor_name, last.payload["back_to"]) == ("playbook.released", "zhao", 1)


def test_a_roll_back_to_what_ships_and_to_what_is_live(room: Room) -> None:
    live(room)
    with pytest.raises(RefusedError):
        services.roll_back(1, room.compliance, "没变")
    with pytest.raises(RefusedError):
        services.roll_back(99, room.compliance, "没有")
    with pytest.raises(RefusedError):
        services.roll_back(0, room.compliance, "")
    services.roll_back(0, room.compliance, "先回到内置话术")
    assert selectors.library_of(selectors.current_release()).lines[LINE] == shipped()


def test_a_draft_begun_before_a_roll_back_is_compared_with_what_is_live_then(room: Room) -> None:
    live(room)
    draft = drafted(room.trainer, line_id="first.payday.2")
    services.roll_back(0, room.compliance, "先回到内置话术")
    assert {change.id for change in selectors.changes_of(draft)} == {LINE, "first.payday.2"}


def test_two_releases_at_the_same_moment_come_one_after_the_other(room: Room, monkeypatch) -> None:
    live(room)
    draft = submitted(room.trainer, "第二种说法。账上一天多{日息},{期限}前先放{应还金额},可以吗?")
    behind = [0]  # what the later of two transactions still reads while the earlier one commits
    now = selectors.current_release
    monkeypatch.setattr(selectors, "current_release", lambda: behind.pop() if behind else now())
    services.approve(draft.pk, room.compliance, "好")
    assert list(PlaybookRelease.objects.order_by("number").values_list("number", flat=True)) == [1, 2]


def test_a_release_is_read_once_and_an_unknown_one_says_so(room: Room, django_assert_num_queries) -> None:
    live(room)
    library = selectors.library_of(1)
    with django_assert_num_queries(0):
        assert selectors.library_of(1) is library
    with pytest.raises(LookupError, match="release 7"):
        selectors.library_of(7)


# -- the stack


def test_stacking_gives_what_reading_everything_gives(room: Room) -> None:
    draft = services.save_line(PACK, room.trainer, reworded(), seen=Seen())
    draft = services.save_line(PACK, room.trainer, reworded(id="p01.first.payday.o1"), seen=Seen.of(draft), new=True)
    draft = services.retire_line(PACK, room.trainer, "first.payday.2", seen=Seen.of(draft))
    source = PackSource("org-p01-bank-card", draft.files)
    packs = [read_folder(folder) for folder in shipped_folders()]
    below, known = load_sources(packs)
    at_once, refused = load_sources([*packs, source])
    stacked, found = stack(below, [source])
    assert (refused, found) == (known, [])
    assert stacked.version == at_once.version
    assert list(stacked.lines) == list(at_once.lines)
    for name in ("packs", "flows", "lines", "redlines", "hints", "where", "tests"):
        theirs = getattr(at_once, name)
        assert {key: value for key, value in getattr(stacked, name).items() if key in theirs} == theirs, name
    assert all(stacked.home[key] == at_once.home[key] for key in stacked.lines)


def test_an_overlay_may_not_reach_into_another_pack(room: Room) -> None:
    base = libraries.base()[0]
    foreign = selectors.lines_of(base, "common")[0]
    files = overlay.head({}, base.packs[PACK], 1, [foreign.id, "no.such.line"])
    files = overlay.put(
        files, foreign.id, "lines/a.yaml", overlay.line_text(foreign.model_copy(update={"say": "偷换"}))
    )
    whole, found = stack(base, [PackSource("org-p01-bank-card", files)])
    assert whole.lines[foreign.id] == foreign
    assert sorted(f.code for f in found) == ["playbook.drop", "playbook.duplicate", "playbook.duplicate"]


def test_an_organisations_folder_lies_between_what_ships_and_the_desk(room: Room, tmp_path, settings) -> None:
    base, before = libraries.base()[0], [f.code for f in selectors.base_findings()]
    folder = tmp_path / "branch-p01"
    (folder / "lines").mkdir(parents=True)
    head = overlay.head({}, base.packs[PACK], 1)["pack.yaml"].replace("org-p01-bank-card", "branch-p01")
    (folder / "pack.yaml").write_text(head, encoding="utf-8")
    (folder / "lines/a.yaml").write_text(
        overlay.line_text(reworded("分行的说法,{期限}前{应还金额}")) + "\n" + overlay.line_text(reworded("分行第二句,{期限}前{应还金额}", "first.payday.2")),
        encoding="utf-8",
    )  # fmt: skip
    (tmp_path / "org-taken").mkdir()
    (tmp_path / "org-taken/pack.yaml").write_text(head, encoding="utf-8")
    settings.FAIRDUE_PLAYBOOKS = str(tmp_path)
    selectors.forget_libraries()
    library = selectors.library_of(0)
    assert "分行的说法" in library.lines[LINE].say
    assert [f.code for f in selectors.base_findings()] == [*before, "playbook.folder"]
    drafted(room.trainer, WORDS)
    over = selectors.draft_library(PlaybookRevision.objects.get())[0]
    assert over.lines[LINE].say.strip() == WORDS
    assert "分行第二句" in over.lines["first.payday.2"].say
    settings.FAIRDUE_PLAYBOOKS = str(tmp_path / "missing")
    assert [f.code for f in selectors.base_findings()] == [*before, "playbook.folder"]
