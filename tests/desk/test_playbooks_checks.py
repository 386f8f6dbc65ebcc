"""What the checks of a draft find: in its files, in the flows that needed what it retires, in conversations."""

from __future__ import annotations

import pytest
from playbook_world import PACK, Room, drafted, make_room, reworded

from fairdue.desk.playbooks import libraries, overlay, selectors, services
from fairdue.desk.playbooks.models import PlaybookRevision, RevisionState
from fairdue.desk.playbooks.services import Seen
from fairdue.desk.refusals import RefusedError


@pytest.fixture
def room(db: None, noon) -> Room:
    return make_room()


def test_a_draft_with_an_error_is_not_submitted_and_the_finding_names_file_and_row(room: Room) -> None:
    draft = drafted(room.trainer, "再不还就通知你单位,{期限}前还清。", needs=())
    with pytest.raises(RefusedError) as refused:
        services.submit(draft.pk, room.trainer, "试试")
    assert refused.value.finding.code == "playbook.checks.errors"
    draft.refresh_from_db()
    assert draft.state == RevisionState.DRAFT
    found = {f["code"]: f for f in draft.checks["findings"]}
    assert found["playbook.guard"]["file"] == "org-p01-bank-card/lines/first.yaml"
    assert found["playbook.guard"]["row"] == 1
    assert draft.checks["by"] == "sun"


def test_a_line_that_a_flow_needs_cannot_be_retired_unseen(room: Room) -> None:
    steps = [line for line in libraries.base()[0].lines.values() if line.step == "recording"]
    pack = libraries.base()[0].home[steps[0].id]
    seen = Seen()
    for line in steps:
        if libraries.base()[0].home[line.id] == pack:
            seen = Seen.of(services.retire_line(pack, room.trainer, line.id, seen=seen))
    draft = services.run_checks(PlaybookRevision.objects.get().pk, room.trainer)
    assert {f["code"] for f in draft.checks["findings"]} & {"playbook.flow.step", "playbook.conversation"} or any(
        not talk["ok"] for talk in draft.checks["conversations"]
    )
    assert draft.checks["errors"] > 0


def test_conversations_of_every_pack_that_can_say_the_line_are_played(room: Room) -> None:
    line = next(n for n in selectors.lines_of(libraries.base()[0], "common"))
    draft = services.save_line("common", room.trainer, line.model_copy(update={"why": "另一个理由。"}), seen=Seen())
    draft = services.run_checks(draft.pk, room.trainer)
    packs = {talk["pack"] for talk in draft.checks["conversations"]}
    library = libraries.base()[0]
    assert packs >= {name for name, tests in library.tests.items() if tests and "common" in library.scope(name)}


def test_a_conversation_of_the_overlay_replaces_the_shipped_one_of_its_name(room: Room) -> None:
    library = libraries.base()[0]
    name = library.tests[PACK][0][1]["name"]
    text = (
        f"- name: {name}\n  stage: first\n  turns:\n    - acts: [identity.confirm]\n      expect: {{state: purpose}}\n"
    )
    draft = services.save_file(PACK, room.trainer, "tests/ours.yaml", text, seen=Seen())
    talks = services.run_checks(draft.pk, room.trainer).checks["conversations"]
    assert [talk["pack"] for talk in talks if talk["name"] == name] == ["org-p01-bank-card"]


def test_checks_are_of_these_very_files(room: Room) -> None:
    draft = services.run_checks(drafted(room.trainer).pk, room.trainer)
    assert selectors.has_fresh_checks(draft)
    changed = services.save_line(PACK, room.trainer, reworded("改了,{期限}前{应还金额}行吗?"), seen=Seen.of(draft))
    assert not selectors.has_fresh_checks(changed)


def test_ids_written_twice_are_an_error(room: Room) -> None:
    text = overlay.line_text(reworded()) + "\n" + overlay.line_text(reworded())
    draft = services.save_file(PACK, room.trainer, "lines/mine.yaml", text, seen=Seen())
    draft = services.run_checks(draft.pk, room.trainer)
    rows = [f["row"] for f in draft.checks["findings"] if f["code"] == "playbook.duplicate"]
    assert rows == [1, text[: text.rindex("- id:")].count("\n") + 1]
