"""`fairdue gate …` as a person runs it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from gate_requests import calls, request, with_value
from small_packs import CAP, HOURS, small_pack
from typer.testing import CliRunner, Result

from fairdue.cli import app


def run(*words: str) -> Result:
    return CliRunner().invoke(app, ["gate", *words])


def check(tmp_path: Path, *raws: dict[str, Any], more: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    source, out = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    source.write_text("".join(json.dumps(raw) + "\n" for raw in raws), encoding="utf-8")
    result = run("check", str(source), "-o", str(out), *more)
    assert result.exit_code == 0, result.output
    return [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]


def test_each_request_is_decided_by_the_pack_of_its_jurisdiction(tmp_path: Path) -> None:
    us = with_value(
        request(id="u", jurisdiction="US", at="2026-03-02T07:30:00-05:00"), "party.tz", ["America/New_York"]
    )
    one, two, three = check(tmp_path, request(id="c"), us, request(id="x", jurisdiction="ZZ"))
    assert (one["id"], one["verdict"], one["pack"]) == ("c", "pass", "cn@2026.2")
    assert (two["id"], two["verdict"], two["next_lawful"]) == ("u", "deny", "2026-03-02T08:00:01-05:00")
    assert (three["allow"], three["rules"][0]["id"], three["pack"]) == (False, "FD-SCOPE", "none")


def test_a_decision_says_what_was_counted_and_left_out_in_both_languages(tmp_path: Path) -> None:
    raw = calls(request(), {"talk": 30}, {"talk": 60}, {"talk": 6}, {"talk": 5}, {"miss": True})
    (zh,) = check(tmp_path, raw)
    (en,) = check(tmp_path, raw, more=("--lang", "en"))
    rule = next(rule for rule in zh["rules"] if rule["id"] == "CN-GBT-03")
    assert rule["verdict"] == "deny"
    assert rule["counted"] == ["h0", "h1", "h2"]
    assert [row["id"] for row in rule["excluded"]] == ["h3", "h4"]
    assert "有效通话" in rule["why"]
    assert "effective calls" in next(rule for rule in en["rules"] if rule["id"] == "CN-GBT-03")["why"]


def test_another_instant_pack_and_overlay(tmp_path: Path) -> None:
    (late,) = check(tmp_path, request(), more=("--at", "2026-03-02T22:30:00+08:00"))
    assert late["next_lawful"] == "2026-03-03T08:00:00+08:00"
    folder = small_pack(tmp_path, HOURS % "")
    (own,) = check(tmp_path, request(), more=("--pack", str(folder)))
    assert own["pack"] == "t@1"
    overlay = tmp_path / "strict.yaml"
    overlay.write_text('- {rule: CN-GBT-01, params: {opens: "11:00"}}\n', encoding="utf-8")
    (tighter,) = check(tmp_path, request(), more=("--overlay", str(overlay)))
    assert (tighter["verdict"], tighter["pack"]) == ("deny", "cn@2026.2+strict")


@pytest.mark.parametrize(
    ("line", "words", "said"),
    [
        ("{}", ("--at", "tomorrow"), "--at"),
        ("{}", ("--pack", "/nowhere"), "give the folder of a policy pack"),
        ("{}", ("--overlay", "/nowhere.yaml"), "there is no such file"),
        ('{"channel": "fax"}', (), "in.jsonl:1: channel"),
        ("[]", (), "in.jsonl"),
        ("{", (), "in.jsonl"),
    ],
)
def test_unusable_input_is_said_in_one_line_with_status_2(
    tmp_path: Path, line: str, words: tuple[str, ...], said: str
) -> None:
    source = tmp_path / "in.jsonl"
    source.write_text(line + "\n", encoding="utf-8")
    result = run("check", str(source), "-o", str(tmp_path / "out.jsonl"), *words)
    assert result.exit_code == 2
    assert said in result.output
    assert result.output.startswith("fairdue: ")
    assert result.output.count("\n") == 1


def test_a_pack_with_findings_does_not_decide(tmp_path: Path) -> None:
    folder = small_pack(tmp_path, CAP.replace("at_most: 3", "at_most: 0"))
    source = tmp_path / "in.jsonl"
    source.write_text(json.dumps(request()) + "\n", encoding="utf-8")
    result = run("check", str(source), "--pack", str(folder))
    assert result.exit_code == 1
    assert "policy.param" in result.output


def test_rules_are_listed_with_their_source() -> None:
    result = run("rules", "--lang", "en")
    assert result.exit_code == 0
    assert "CN-GBT-03" in result.output
    assert "5.3.2.2.2" in result.output
    assert "US-7IN7" in run("rules", "-j", "us").output


def test_lint_and_cases_of_a_pack(tmp_path: Path) -> None:
    assert run("lint", "-j", "SG").exit_code == 0
    result = run("test", "-j", "SG")
    assert result.exit_code == 0
    assert "0 not as expected" in result.output
    folder = small_pack(tmp_path, HOURS % "")
    untested = run("lint", "--pack", str(folder), "--lang", "en")
    assert untested.exit_code == 1
    assert "No case breaks X-1" in untested.output
    assert "FD-HOLD" not in untested.output


def test_a_wrong_case_is_named(tmp_path: Path) -> None:
    folder = small_pack(tmp_path, HOURS % "")
    (folder / "cases").mkdir()
    (folder / "cases" / "base.yaml").write_text(json.dumps(request()), encoding="utf-8")
    (folder / "cases" / "c.yaml").write_text("- {name: 白天可以, expect: {verdict: deny}}\n", encoding="utf-8")
    result = run("test", "--pack", str(folder))
    assert result.exit_code == 1
    assert "pack/cases/c.yaml:1" in result.output
    assert "白天可以" in result.output
    (folder / "cases" / "c.yaml").write_text("- {name: 没写期望}\n", encoding="utf-8")
    assert run("test", "--pack", str(folder)).exit_code == 2


@pytest.mark.parametrize("words", [("rules", "-j", "ZZ"), ("lint", "--pack", "/nowhere"), ("test", "-j", "ZZ")])
def test_a_pack_that_is_not_there_is_said_with_status_2(words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.exit_code == 2
    assert result.output.startswith("fairdue: ")


def test_coverage_is_written_and_checked(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    assert run("coverage", "--write", "--page", str(page)).exit_code == 0
    assert run("coverage", "--check", "--page", str(page)).exit_code == 0
    page.write_text("old", encoding="utf-8")
    assert run("coverage", "--check", "--page", str(page)).exit_code == 1
    assert run("coverage", "--write", "--page", str(tmp_path / "no" / "page.md")).exit_code == 2
    listed = run("coverage").output
    assert "CN-GBT-03" in listed
    assert "MISSING" not in listed
