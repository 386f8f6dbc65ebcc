"""The commands of the playbook and dialogue rooms: what they print, where they exit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairdue.cli import app


def run(*args: str, text: str | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(args), input=text)
    return result.exit_code, result.stdout, result.stderr


def test_lint_and_conversations_of_the_packs_that_ship() -> None:
    assert run("playbook", "lint")[:2] == (0, "playbook: nothing wrong\n")
    code, out, _ = run("playbook", "test")
    assert code == 0
    assert out.endswith("conversations as expected\n")


def test_lint_wants_a_pack(tmp_path: Path) -> None:
    code, _, err = run("playbook", "lint", str(tmp_path))
    assert code == 2
    assert "no pack.yaml" in err


def test_show_an_act_or_a_line() -> None:
    code, out, _ = run("playbook", "show", "stall.payday")
    assert code == 0
    assert "first.payday.1" in out
    assert "P1-2.2a" in out
    assert run("playbook", "show", "stall.lunch")[0] == 2


def test_render_says_the_line_and_refuses_an_untrue_department(tmp_path: Path) -> None:
    code, out, _ = run("playbook", "render", "first.payday.1")
    assert code == 0
    assert "9.25元" in out
    assert "Q-SAMPLE" in out
    facts = tmp_path / "facts.yaml"
    facts.write_text("department: 司法调查组\n", encoding="utf-8")
    code, _, err = run("playbook", "render", "first.purpose.1", "--facts", str(facts))
    assert code == 1
    assert "playbook.unfilled" in err


@pytest.mark.parametrize("body", ["star: 1\n", "[1]\n", "department: 3\n", "a: [\n"])
def test_render_wants_known_facts(tmp_path: Path, body: str) -> None:
    facts = tmp_path / "facts.yaml"
    facts.write_text(body, encoding="utf-8")
    assert run("playbook", "render", "first.payday.1", "--facts", str(facts))[0] == 2


def test_render_wants_a_known_line() -> None:
    assert run("playbook", "render", "no.line")[0] == 2


def test_recognise_reads_and_writes_jsonl(tmp_path: Path) -> None:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    row = {"id": "1", "text": "等发工资再还你", "party": "customer", "context": "reason"}
    source.write_text(json.dumps(row, ensure_ascii=False) + "\n", encoding="utf-8")
    assert run("recognise", str(source), "-o", str(out), "--top", "2")[0] == 0
    [answer] = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert answer["id"] == "1"
    assert answer["acts"][0]["act"] == "stall.payday"
    assert len(answer["acts"]) == 2
    assert "stall.payday" in answer["multi"]


@pytest.mark.parametrize(
    ("line", "extra"),
    [('{"id": 1}', []), ('{"text": "好", "party": "dog"}', []), ('{"text": "好"}', ["--top", "0"]), ("x", [])],
)
def test_recognise_refuses_unusable_input(tmp_path: Path, line: str, extra: list[str]) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(line + "\n", encoding="utf-8")
    assert run("recognise", str(source), *extra)[0] == 2


def test_recogniser_figures() -> None:
    code, out, _ = run("recogniser", "evaluate", "--folds", "2")
    assert code == 0
    assert "top-1" in out
    assert "safety acts" in out
    assert run("recogniser", "evaluate", "--folds", "1")[0] == 2
    assert "phrases of" in run("recogniser", "train")[1]
