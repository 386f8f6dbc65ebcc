"""The commands of the dialogue room: what they print, where they exit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairdue.cli import app


def run(*args: str, text: str | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(args), input=text)
    return result.exit_code, result.stdout, result.stderr


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
    [
        ('{"id": 1}', []),
        ('{"text": "好", "party": "dog"}', []),
        ('{"text": "好", "context": 3}', []),
        ('{"text": "好", "after": "pay.now"}', []),
        ('{"text": "好", "last_step": 1}', []),
        ('{"text": "好"}', ["--top", "0"]),
        ("x", []),
    ],
)
def test_recognise_refuses_unusable_input(tmp_path: Path, line: str, extra: list[str]) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(line + "\n", encoding="utf-8")
    assert run("recognise", str(source), *extra)[0] == 2
