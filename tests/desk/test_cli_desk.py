"""Commands of the desk: users, keys, the audit trail, and what the demo refuses."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from call_world import make_user
from django.db import connection, transaction
from typer.testing import CliRunner

from fairdue.cli import app
from fairdue.cli.demo import shift_seconds
from fairdue.cli.demo_check import fault, untranslated
from fairdue.desk.audit import services as audit
from fairdue.desk.people.models import User

run = CliRunner()


def fairdue(*arguments: str, typed: str | None = None):
    return run.invoke(app, list(arguments), input=typed)


def test_new_keys_are_usable_and_differ() -> None:
    lines = dict(line.split("=", 1) for line in fairdue("keys", "new").stdout.split())
    assert set(lines) == {"FAIRDUE_SECRET_KEY", "FAIRDUE_FIELD_KEY", "FAIRDUE_INDEX_KEY"}
    assert {len(base64.urlsafe_b64decode(value)) for value in lines.values()} == {32}
    assert len(set(lines.values())) == 3


def test_the_first_administrator_is_made_at_the_terminal(db: None) -> None:
    made = fairdue("user", "create", "root", "--role", "admin", "--password", "-", typed="A-long-passphrase-7\n")
    assert made.exit_code == 0, made.output
    user = User.objects.get()
    assert (user.role, user.must_change_password) == ("admin", False)
    assert user.check_password("A-long-passphrase-7")
    assert "root" in fairdue("user", "list").stdout


def test_a_generated_password_must_be_changed(db: None) -> None:
    made = fairdue("user", "create", "wu", "--generate")
    user = User.objects.get()
    assert user.must_change_password
    assert user.check_password(made.stdout.split()[-1])


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("user", "create", "x", "--role", "king", "--generate"), "not a role"),
        (("user", "create", "lin", "--generate"), "there is such a user already"),
        (("user", "create", "x", "--language", "fr", "--generate"), "zh-hans or en"),
        (("user", "create", "x", "--password", "-"), "the password is not accepted"),
        (("user", "password", "nobody", "--generate"), "no such user"),
        (("audit", "export", "-o", "/no/such/folder/a.jsonl"), "its folder does not exist"),
        (("demo", "--mapping", "standard-zh"), "without --portfolio"),
        (("demo", "--portfolio", "/no/such.csv", "--mapping", "standard-zh"), "no such file"),
        (("demo", "--portfolio", __file__), "needs --mapping"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(db: None, arguments: tuple[str, ...], said: str) -> None:
    make_user("lin")
    answer = fairdue(*arguments, typed="123\n")
    assert answer.exit_code == 2
    assert said in answer.stderr
    assert len(answer.stderr.strip().splitlines()) == 1


def test_a_password_set_at_the_terminal_holds(db: None) -> None:
    make_user("lin")
    assert fairdue("user", "password", "lin", "--password", "-", typed="A-long-passphrase-7\n").exit_code == 0
    assert User.objects.get().check_password("A-long-passphrase-7")


def test_the_audit_trail_is_verified_and_exported(db: None, tmp_path: Path) -> None:
    with transaction.atomic():
        audit.write("test.happened", actor=None)
        audit.write("test.happened", actor=None)
    good = fairdue("audit", "verify")
    assert good.exit_code == 0
    assert "2 events checked, the chain is whole" in good.stdout
    out = tmp_path / "audit.jsonl"
    assert fairdue("audit", "export", "-o", str(out)).exit_code == 0
    assert [json.loads(line)["seq"] for line in out.read_text().splitlines()] == [1, 2]
    with connection.cursor() as cursor:
        trigger = "audit_no_change ON audit_auditevent" if connection.vendor == "postgresql" else "audit_no_update"
        cursor.execute(f"DROP TRIGGER {trigger}")
        cursor.execute("UPDATE audit_auditevent SET kind = 'x' WHERE seq = 1")
    bad = fairdue("audit", "verify")
    assert bad.exit_code == 1
    assert "audit.changed" in bad.stderr


@pytest.mark.parametrize(
    ("china", "day", "hour", "shown"),
    [((2026, 11, 24, 8, 0), 24, 8, 0), ((2026, 11, 24, 21, 59), 24, 21, 59), ((2026, 11, 24, 22, 0), 24, 9, 30),
     ((2026, 11, 24, 3, 15), 24, 9, 30)],
)  # fmt: skip
def test_the_demo_day_starts_at_half_past_nine_only_outside_calling_hours(china, day, hour, shown) -> None:
    from fairdue.core.dates import at_local, local

    real = at_local(datetime(*china[:3], tzinfo=UTC).date(), datetime(*china, tzinfo=UTC).time(), "Asia/Shanghai")
    moved = local(datetime.fromtimestamp(real.timestamp() + shift_seconds(real), UTC), "Asia/Shanghai")
    assert (moved.day, moved.hour, moved.minute) == (day, hour, shown)


def test_the_demo_check_notices_what_is_wrong_with_a_page() -> None:
    page = '<html lang="zh-CN"><script>var a = "My day";</script><p>My day</p>'
    assert untranslated(page, ["My day", "Sign out"]) == ["My day"]
    assert fault(200, page, "zh", ["My day"]) == "untranslated: My day"
    assert fault(500, page, "zh", []) == "status 500"
    assert fault(200, page, "en", []) == "not in en"
    assert fault(200, page, "zh", ["Sign out"]) == ""
