"""Proofs that leave the house: ranges, signed exports, and the trail held against the tables."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from call_world import NOON, Clock, World
from django.db import connection, transaction
from typer.testing import CliRunner

from fairdue.cli import app
from fairdue.desk.audit import selectors, services, signing
from fairdue.desk.audit.crosscheck import crosscheck
from fairdue.desk.call.models import Contact, Denial, Permit
from fairdue.desk.call.services import record_contact, release_permit, take_permit

run = CliRunner()


def fairdue(*arguments: str):
    return run.invoke(app, ["audit", *arguments])


@pytest.fixture
def trail(db: None, noon: Clock, settings, tmp_path: Path) -> Path:
    """Six events: two on each of three days; signatures are made with a key of this test's own."""
    settings.FAIRDUE_HOME = tmp_path
    for day in range(3):
        noon.at = NOON + timedelta(days=day)
        with transaction.atomic():
            services.write("test.happened", actor=None, subject=f"thing:{day}a", payload={"n": day})
            services.write("test.happened", actor=None, subject=f"thing:{day}b", payload={"说": "人"})
    return tmp_path / "trail.jsonl"


def unlock() -> None:
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP TRIGGER audit_no_change ON audit_auditevent")
        else:
            cursor.execute("DROP TRIGGER audit_no_update")
            cursor.execute("DROP TRIGGER audit_no_delete")


def change(statement: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [("", "", 1, 6), ("2", "5", 2, 5), ("2026-03-03", "2026-03-03", 3, 4), ("2026-03-03", "", 3, 6), ("", "3", 1, 3)],
)
def test_a_range_is_chosen_by_place_or_by_day(trail: Path, start: str, end: str, first: int, last: int) -> None:
    chosen = selectors.find_range(start, end)
    assert (chosen.first, chosen.last) == (first, last)
    assert selectors.verify(chosen) == (last - first + 1, [])


def test_a_range_is_tied_to_the_event_before_it(trail: Path) -> None:
    chosen = selectors.find_range("3", "4")
    assert chosen.anchor == selectors.search().get(seq=2).hash
    unlock()
    change("DELETE FROM audit_auditevent WHERE seq = 2")
    assert [f.code for f in selectors.verify(selectors.find_range("3", "4"))[1]] == ["audit.link"]


def test_the_last_event_of_a_range_cannot_be_missing(trail: Path) -> None:
    chosen = selectors.find_range("2", "6")
    unlock()
    change("DELETE FROM audit_auditevent WHERE seq = 6")
    assert [f.code for f in selectors.verify(chosen)[1]] == ["audit.gap"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("verify", "--from", "yesterday"), "neither a number of an event nor a day"),
        (("verify", "--from", "5", "--to", "2"), "no event lies in between"),
        (("verify", "--from", "7"), "no event lies in between"),
        (("verify", "--to", "99"), "the trail holds events 1 to 6"),
        (("verify", "--from", "2027-01-01"), "no event since that day"),
        (("verify", "--to", "2026-13-01"), "neither a number of an event nor a day"),
        (("export", "--from", "0"), "the trail holds events 1 to 6"),
        (("verify", "--file", "/no/such.jsonl"), "No such file"),
        (("verify", "--file", "x.jsonl", "--from", "2"), "always checked as a whole"),
        (("verify", "--key", "x"), "name it with --file"),
    ],
)
def test_bad_input_is_one_clear_line(trail: Path, arguments: tuple[str, ...], said: str) -> None:
    answer = fairdue(*arguments)
    assert (answer.exit_code, answer.stdout) == (2, "")
    assert said in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1


def test_an_export_of_a_range_proves_itself_without_the_database(trail: Path) -> None:
    assert fairdue("export", "--from", "3", "--to", "2026-03-04", "-o", str(trail)).exit_code == 0
    manifest = json.loads(Path(f"{trail}.sig").read_text())
    assert (manifest["first"], manifest["last"], manifest["count"]) == (3, 6, 4)
    assert manifest["anchor"] == json.loads(trail.read_text().splitlines()[0])["previous"]
    key = fairdue("key").stdout.strip()
    script = "import sys; from fairdue.cli import main; sys.argv[0] = 'fairdue'; main()"
    command = [sys.executable, "-c", script, "audit", "verify", "--file", str(trail), "--key", key]
    bare = {
        **os.environ,
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "FAIRDUE_HOME": str(trail.parent / "new"),
    }
    done = subprocess.run(command, capture_output=True, text=True, env=bare, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert f"4 events checked, signed by {signing.fingerprint(key)}, the chain is whole" in done.stdout
    assert not (trail.parent / "new").exists()


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        ("thing:1a", "thing:9a", "audit.changed"),
        ('"customer": null', '"customer": 7', "audit.changed"),
        ('"说": "人"', '"说": "入"', "audit.changed"),
        (" ", "  ", "audit.file"),
    ],
)
def test_any_change_of_an_export_is_found(trail: Path, old: str, new: str, code: str) -> None:
    fairdue("export", "-o", str(trail))
    trail.write_text(trail.read_text().replace(old, new, 1))
    answer = fairdue("verify", "--file", str(trail))
    assert answer.exit_code == 1
    assert code in answer.stderr
    assert "audit.file" in answer.stderr


@pytest.mark.parametrize("keep", [slice(1, None), slice(None, -1), slice(None, None, -1), slice(0, 0)])
def test_lines_that_were_taken_or_turned_are_found(trail: Path, keep: slice) -> None:
    fairdue("export", "-o", str(trail))
    lines = trail.read_text().splitlines(keepends=True)
    trail.write_text("".join(lines[keep]))
    assert fairdue("verify", "--file", str(trail)).exit_code == 1


def test_a_manifest_cannot_be_bent_to_a_shortened_file(trail: Path) -> None:
    fairdue("export", "--to", "4", "-o", str(trail))
    signed = Path(f"{trail}.sig")
    manifest = json.loads(signed.read_text())
    signed.write_text(json.dumps({**manifest, "last": 3}))
    assert "audit.signature" in fairdue("verify", "--file", str(trail)).stderr


def test_a_signature_of_another_key_is_not_trusted(trail: Path, settings, tmp_path: Path) -> None:
    mine = signing.public_key()
    settings.FAIRDUE_HOME = tmp_path / "stranger"
    settings.FAIRDUE_HOME.mkdir()
    fairdue("export", "-o", str(trail))
    assert fairdue("verify", "--file", str(trail)).exit_code == 0
    answer = fairdue("verify", "--file", str(trail), "--key", mine)
    assert answer.exit_code == 1
    assert "audit.signature" in answer.stderr


def test_an_export_without_its_signature_is_said_to_be_unsigned(trail: Path) -> None:
    fairdue("export", "-o", str(trail))
    Path(f"{trail}.sig").unlink()
    answer = fairdue("verify", "--file", str(trail))
    assert answer.exit_code == 1
    assert "audit.unsigned" in answer.stderr


@pytest.mark.parametrize("text", ["no json\n", "[1]\n", '{"seq": 1}\n', "\xff\n"])
def test_what_is_no_export_is_one_clear_line(trail: Path, text: str) -> None:
    fairdue("export", "-o", str(trail))
    trail.write_bytes(text.encode("latin-1"))
    answer = fairdue("verify", "--file", str(trail))
    assert answer.exit_code == 2
    assert f"{trail}:1: not " in answer.stderr


@pytest.mark.parametrize("text", ["", "{}", '{"signature": 1}', '{"signature": {"algorithm": "none"}}'])
def test_what_is_no_signature_file_is_one_clear_line(trail: Path, text: str) -> None:
    fairdue("export", "-o", str(trail))
    Path(f"{trail}.sig").write_text(text)
    answer = fairdue("verify", "--file", str(trail))
    assert answer.exit_code == 2
    assert len(answer.stderr.strip().splitlines()) == 1


class TestAgainstTheTables:
    """The chain alone cannot know of an event that was never sealed: the tables can."""

    @pytest.fixture(autouse=True)
    def day(self, world: World) -> None:
        record_contact(
            take_permit(world.agent, world.customer, world.mobile, request_key="1"), world.agent, "no_answer"
        )
        release_permit(take_permit(world.agent, world.customer, world.mobile, request_key="2").pk, world.agent)
        type(world.mobile).objects.update(source="")
        assert isinstance(take_permit(world.agent, world.customer, world.mobile, request_key="3"), Denial)

    def test_they_agree(self) -> None:
        assert crosscheck() == []

    @pytest.mark.parametrize("kind", ["permit.taken", "permit.released", "permit.denied", "contact.recorded"])
    def test_an_event_that_is_gone_is_missed(self, kind: str) -> None:
        unlock()
        change(f"DELETE FROM audit_auditevent WHERE kind = '{kind}'")
        assert {f.code for f in crosscheck()} == {"audit.no_event"}
        answer = fairdue("verify")
        assert answer.exit_code == 1
        assert f"has no event {kind}" in answer.stderr

    def test_a_row_that_is_gone_is_missed(self) -> None:
        Denial.objects.all().delete()
        Contact.objects.all().delete()
        assert {f.code for f in crosscheck()} == {"audit.no_row", "audit.unfit"}
        Permit.objects.all().delete()
        assert [f.code for f in crosscheck()] == ["audit.no_row"] * 4


def test_the_signing_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    """Eight processes start at the same moment in a fresh home: one key, mode 0600, nothing left lying about."""
    script = (
        "import sys; from pathlib import Path; from fairdue.desk.audit.signing import load_key;"
        "print(load_key(Path(sys.argv[1])).public_key().public_bytes_raw().hex())"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        for _n in range(8)
    ]
    keys = {process.communicate()[0].strip() for process in started}
    assert len(keys) == 1
    assert len(keys.pop()) == 64
    assert [path.name for path in tmp_path.iterdir()] == [signing.FILE]
    assert stat.S_IMODE((tmp_path / signing.FILE).stat().st_mode) == 0o600


def test_a_signature_holds_for_exactly_these_bytes_and_this_key(settings, tmp_path: Path) -> None:
    settings.FAIRDUE_HOME = tmp_path
    signed = signing.sign(b"what was said")
    assert signing.verify(b"what was said", signed)
    assert signing.verify(b"what was said", signed, public_key=signing.public_key())
    assert not signing.verify(b"what was said.", signed)
    assert signing.Signature.from_dict(json.loads(json.dumps(signed.as_dict()))) == signed
    (tmp_path / "other").mkdir()
    settings.FAIRDUE_HOME = tmp_path / "other"
    assert not signing.verify(b"what was said", signed, public_key=signing.public_key())


@pytest.mark.parametrize("text", ["", "{}", '{"FAIRDUE_SIGNING_KEY": "short"}', "[]", '{"FAIRDUE_SIGNING_KEY": 5}'])
def test_an_unusable_key_file_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / signing.FILE).write_text(text)
    with pytest.raises(signing.SigningKeyError, match=signing.FILE):
        signing.load_key(tmp_path)


@pytest.mark.parametrize("key", ["", "x", "a" * 44, "é" * 43])
def test_what_is_no_signature_is_refused(key: str) -> None:
    with pytest.raises(signing.SignatureFormatError):
        signing.verify(b"", signing.Signature(key, key))
