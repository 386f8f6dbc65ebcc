"""The commands of the playbook room: what they print, where they exit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from packs_of_tests import CONVERSATION, FLOW, HINT, LINE, PACK, RED, write
from typer.testing import CliRunner

from fairdue.cli import app
from fairdue.playbook import load_library

LIBRARY, _ = load_library()


def line_with(*says: str, needs: set[str]) -> str:
    """A line that says all of these placeholders and needs nothing beyond `needs`."""
    return next(n.id for n in LIBRARY.lines.values() if set(says) <= set(n.placeholders) and set(n.needs) <= needs)


QUOTED = line_with("日息", "应还金额", needs={"quote"})
PLANNED = line_with("分期安排", needs={"plan", "quote"})
DEPARTMENT = line_with("部门", needs={"debt", "quote", "account"})
ACCOUNT = """account_id: "6001"
product: credit_card
lender_type: bank
minimum_fen: 240000
cycles: 1
first_contact: 2026-03-02
closing: 2026-03-31
due_items:
  - {due_date: 2026-01-30, principal_fen: 2400000}
"""


def run(*args: object) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, ["playbook", *map(str, args)])
    return result.exit_code, result.stdout, result.stderr


# -- lint and test


def test_the_packs_that_ship_pass_lint_with_the_guard_and_their_conversations() -> None:
    code, out, err = run("lint")
    assert (code, out, err) == (0, "playbook: nothing wrong\n", "")
    code, out, err = run("test")
    assert (code, err) == (0, "")
    assert out.endswith("conversations as expected\n")


def test_lint_of_a_pack_or_of_a_folder_of_packs(tmp_path: Path) -> None:
    folder = write(tmp_path / "t", red=RED, hints=HINT)
    assert run("lint", folder)[0] == 0
    write(folder, lines=LINE.replace("您好", "再不还就告诉你单位"))
    for target in (folder, tmp_path):
        code, _, err = run("lint", target)
        assert code == 1
        assert "t/lines/one.yaml:1" in err
        assert "playbook.guard" in err
    assert "踩了红线" in run("lint", folder, "--lang", "zh")[2]
    code, out, _ = run("lint", folder, "--json")
    assert code == 1
    assert {row["code"] for row in json.loads(out)} >= {"playbook.guard"}


def test_conversations_of_a_pack_of_ones_own(tmp_path: Path) -> None:
    folder = write(tmp_path / "t", tests=CONVERSATION)
    assert run("test", folder)[:2] == (0, "playbook: 1 conversations as expected\n")
    write(folder, tests=CONVERSATION.replace("party: customer", "party: family"))
    code, _, err = run("test", folder)
    assert code == 1
    assert "t/tests/one.yaml:4" in err
    assert "party customer ≠ family" in err
    code, out, _ = run("test", folder, "--json")
    assert code == 1
    assert json.loads(out)[0]["row"] == 4


@pytest.mark.parametrize("command", ["lint", "test"])
def test_a_folder_without_packs_is_unusable(tmp_path: Path, command: str) -> None:
    for folder in (tmp_path, tmp_path / "nowhere"):
        code, _, err = run(command, folder)
        assert code == 2
        assert "no pack.yaml" in err
        assert err.count("\n") == 1


# -- show and stats


def test_show_an_act_a_line_a_situation_a_step() -> None:
    for what in ("stall.payday", QUOTED, "disputed", "verify"):
        code, out, _ = run("show", what)
        assert code == 0, what
        assert "source:" in out
        assert "why:" in out
    assert QUOTED in run("show", QUOTED)[1]
    assert run("show", "stall.lunch")[0] == 2


def test_show_can_be_narrowed() -> None:
    def ids(*args: str) -> list[str]:
        return [row["id"] for row in json.loads(run("show", "stall.payday", "--json", *args)[1])]

    whole = ids()
    repeat = ids("--stage", "repeat")
    assert set(repeat) < set(whole)
    assert all(LIBRARY.line(name).stage == "repeat" for name in repeat)
    assert ids("--party", "family") == []
    telecom = ids("--product", "telecom")
    assert set(telecom) < set(whole)
    assert not any(LIBRARY.home[name] == "p01-bank-card" for name in telecom)
    assert run("show", "stall.payday", "--stage", "later")[0] == 2
    assert run("show", "stall.payday", "--party", "dog")[0] == 2


def test_stats_count_and_name_the_thin_places() -> None:
    code, out, _ = run("stats")
    assert code == 0
    assert f"{len(LIBRARY.lines)} lines" in out
    assert "label V26" in out
    rows = json.loads(run("stats", "--json")[1])
    assert rows["lines"] == len(LIBRARY.lines)
    assert rows["thin"] == []
    assert len(rows["labels"]) == 26


# -- diff and coverage


def test_diff_shows_what_went_and_what_came(tmp_path: Path) -> None:
    old = write(tmp_path / "old" / "t", red=RED, hints=HINT)
    new = write(tmp_path / "new" / "t", lines=LINE.replace("您好", "您早"), red=RED)
    for one, other in ((old, new), (old.parent, new.parent)):
        code, out, _ = run("diff", one, other)
        assert code == 0
        assert "~ line t.1" in out
        assert "say: 您[-好-]{+早+}" in out
        assert "- hint t.hint" in out
        assert out.endswith("2 changes\n")
    assert run("diff", old, old)[1] == "playbook: no difference\n"
    rows = json.loads(run("diff", old, new, "--json")[1])
    assert rows[0]["fields"]["say"] == {"old": "您好", "new": "您早"}
    assert run("diff", old, tmp_path)[0] == 2


def test_coverage_is_shown_written_and_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, err = run("coverage")
    assert (code, err) == (0, "")
    assert "P13-3" in out
    page = tmp_path / "coverage.md"
    assert run("coverage", "--check", "--page", page)[0] == 1
    assert run("coverage", "--write", "--page", page)[0] == 0
    assert "| **P1-0.1**" in page.read_text(encoding="utf-8")
    assert run("coverage", "--check", "--page", page)[0] == 0
    assert run("coverage", "--write", "--page", tmp_path / "no" / "where.md")[0] == 2


def test_a_row_without_a_line_fails_the_check(monkeypatch: pytest.MonkeyPatch) -> None:
    from fairdue import playbook

    library, _ = load_library()
    lines = {name: n for name, n in library.lines.items() if "P2-3" not in n.source.split(", ")}
    hints = {name: n for name, n in library.hints.items() if "P2-3" not in n.source.split(", ")}
    bare = type(library)(**{**vars_of(library), "lines": lines, "hints": hints})
    monkeypatch.setattr(playbook, "load_library", lambda: (bare, []))
    code, _, err = run("coverage", "--check")
    assert code == 1
    assert "P2-3 lacks a line" in err


def vars_of(library: object) -> dict:
    from dataclasses import fields

    return {f.name: getattr(library, f.name) for f in fields(library)}  # type: ignore[arg-type]


# -- render


def test_render_says_the_line_and_refuses_an_untrue_department(tmp_path: Path) -> None:
    code, out, _ = run("render", QUOTED)
    assert code == 0
    assert "9.25元" in out
    assert "Q-SAMPLE" in out
    facts = tmp_path / "facts.yaml"
    facts.write_text("department: 司法调查组\n", encoding="utf-8")
    code, _, err = run("render", DEPARTMENT, "--facts", facts)
    assert code == 1
    assert "playbook.unfilled" in err


def test_render_with_an_accounts_own_figures(tmp_path: Path) -> None:
    account = tmp_path / "account.yaml"
    account.write_text(ACCOUNT, encoding="utf-8")
    code, out, err = run("render", QUOTED, "--account", account, "--at", "2026-03-02T10:15:00+08:00")
    assert (code, err) == (0, "")
    assert "12.00元" in out  # 24 000 × 0.05 %
    assert "quote: Q20260302-000000-" in out
    later = run("render", QUOTED, "--account", account, "--at", "2026-03-09T10:15:00+08:00")[1]
    assert "Q20260309" in later
    code, out, err = run("render", PLANNED, "--account", account, "--at", "2026-03-02T10:15:00+08:00")
    assert (code, err) == (0, "")
    assert "3月4日" in out
    assert "3月24日" in out


def test_an_account_knows_nothing_that_its_file_does_not_say(tmp_path: Path) -> None:
    account = tmp_path / "account.yaml"
    account.write_text(ACCOUNT.replace("closing: 2026-03-31\n", ""), encoding="utf-8")
    code, _, err = run("render", PLANNED, "--account", account)
    assert code == 1
    assert "分期安排" in err
    facts = tmp_path / "facts.yaml"
    facts.write_text("plan: 3月4日 100.00元\nplan_first_fen: 10000\nproven: [recorded]\n", encoding="utf-8")
    assert run("render", PLANNED, "--account", account, "--facts", facts)[0] == 0


@pytest.mark.parametrize(
    "body",
    ["star: 1\n", "[1]\n", "department: 3\n", "a: [\n", "plan_first_fen: -1\n", "plan_first_fen: 1.5\n", "proven: [luck]\n", "due_day: soon\n", "case_days: true\n"],
)  # fmt: skip
def test_render_wants_known_facts(tmp_path: Path, body: str) -> None:
    facts = tmp_path / "facts.yaml"
    facts.write_text(body, encoding="utf-8")
    code, _, err = run("render", QUOTED, "--facts", facts)
    assert code == 2
    assert err.count("\n") == 1


def test_render_wants_a_known_line_an_account_and_an_instant(tmp_path: Path) -> None:
    assert run("render", "no.line")[0] == 2
    assert run("render", QUOTED, "--at", "noon")[0] == 2
    assert run("render", QUOTED, "--account", tmp_path / "none.yaml")[0] == 2
    account = tmp_path / "account.yaml"
    account.write_text("account_id: 1\n", encoding="utf-8")
    assert run("render", QUOTED, "--account", account)[0] == 2
    account.write_text(ACCOUNT.replace("credit_card", "pawn"), encoding="utf-8")
    assert run("render", QUOTED, "--account", account)[0] == 2


def test_another_instant_moves_the_samples_quote_with_it() -> None:
    code, out, _ = run("render", QUOTED, "--at", "2026-05-06T09:00:00+08:00")
    assert code == 0
    assert "Q-SAMPLE" in out


def test_packs_of_tests_are_clean(tmp_path: Path) -> None:
    assert PACK and FLOW
    assert run("lint", write(tmp_path / "t", tests=CONVERSATION))[0] == 0
