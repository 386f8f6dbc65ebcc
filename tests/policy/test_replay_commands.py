"""`fairdue gate replay` as a person runs it, and the commands that make histories for it."""

from __future__ import annotations

import copy
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pytest
import typer
from gate_requests import request as plain_request
from replay_world import history
from small_packs import overlay
from typer.testing import CliRunner, Result

from fairdue.cli import gate_replay

TIGHT = "name: tight\nrules:\n  - {rule: CN-GBT-03, params: {at_most: 1}}\n"


@pytest.fixture(scope="module")
def app() -> typer.Typer:
    group = typer.Typer()
    gate_replay.register(group)
    return group


def run(app: typer.Typer, *words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def call(index: int) -> dict[str, Any]:
    """An earlier effective call of the same day."""
    return {
        "id": f"h{index}",
        "at": f"2026-03-02T09:0{index}:00+08:00",
        "connected": True,
        "talk_seconds": 60,
        "two_way": True,
    }


@pytest.fixture
def lines(tmp_path: Path) -> Path:
    """Three requests of two agents: after no call, after one, after three."""
    path = tmp_path / "history.jsonl"
    rows = []
    for index, (agent, calls) in enumerate((("zhang", 0), ("zhang", 1), ("li", 3))):
        raw = copy.deepcopy(plain_request())
        raw |= {"id": f"r{index}", "at": "2026-03-02T10:15:00+08:00", "history": [call(n) for n in range(calls)]}
        raw["agent"] = {"id": agent, "certificates": ["first"]}
        rows.append(json.dumps(raw))
    path.write_text("\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_requests_come_out_with_both_decisions_and_a_report(app: typer.Typer, lines: Path, tmp_path: Path) -> None:
    out, report = tmp_path / "out.jsonl", tmp_path / "report.json"
    tight = overlay(tmp_path, TIGHT)
    result = run(app, "replay", lines, "-o", out, "--overlay2", tight, "--report", report)
    assert result.exit_code == 0, result.output
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [(row["id"], row["same"]) for row in rows] == [("r0", True), ("r1", False), ("r2", True)]
    assert [row["first"]["verdict"] for row in rows] == ["pass", "pass", "deny"]
    assert [row["second"]["verdict"] for row in rows] == ["pass", "deny", "deny"]
    assert {rule["id"] for rule in rows[1]["second"]["rules"] if rule["verdict"] == "deny"} == {"CN-GBT-03"}
    found = json.loads(report.read_text("utf-8"))
    assert found["matrix"] == {"pass>pass": 1, "pass>deny": 1, "deny>deny": 1}
    assert found["agents"]["zhang"] == {"pass>pass": 1, "pass>deny": 1}
    assert found["second"].endswith("+tight")
    assert "2 the same, 1 different" in result.stderr


def test_without_a_second_pack_everything_is_the_same(app: typer.Typer, lines: Path) -> None:
    result = run(app, "replay", lines)
    assert result.exit_code == 0, result.output
    assert [json.loads(line)["same"] for line in result.stdout.splitlines()] == [True, True, True]
    assert "3 the same, 0 different" in result.stderr


def test_each_request_meets_the_pack_of_its_own_jurisdiction(app: typer.Typer, lines: Path, tmp_path: Path) -> None:
    raw = json.loads(lines.read_text("utf-8").splitlines()[0])
    raw |= {"id": "us", "jurisdiction": "US"}
    raw["party"]["tz"] = ["America/New_York"]
    mixed = tmp_path / "mixed.jsonl"
    mixed.write_text(lines.read_text("utf-8") + json.dumps(raw) + "\n", encoding="utf-8")
    result = run(app, "replay", mixed)
    assert result.exit_code == 0, result.output
    packs = [json.loads(line)["first"]["pack"].split("@")[0] for line in result.stdout.splitlines()]
    assert packs == ["cn", "cn", "cn", "us"]
    fixed = run(app, "replay", mixed, "--jurisdiction", "CN")
    last = json.loads(fixed.stdout.splitlines()[-1])["first"]
    assert [rule["id"] for rule in last["rules"]] == ["FD-SCOPE"]


def test_two_dates_of_one_pack(app: typer.Typer, lines: Path, tmp_path: Path) -> None:
    result = run(app, "replay", lines, "-o", tmp_path / "o", "--on", "2017-01-01", "--on2", "2026-03-02")
    assert result.exit_code == 0, result.output
    rows = [json.loads(line) for line in (tmp_path / "o").read_text("utf-8").splitlines()]
    assert [(row["first"]["verdict"], row["second"]["verdict"]) for row in rows][2] == ("pass", "deny")
    assert rows[0]["first"]["pack"].endswith(":2017-01-01") and rows[0]["second"]["pack"].endswith(":2026-03-02")


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_a_table_takes_the_bulk_path(app: typer.Typer, tmp_path: Path, kind: str) -> None:
    table, path = history("CN", 2, 300), tmp_path / f"h.{kind}"
    (pq.write_table if kind == "parquet" else arrow_csv.write_csv)(table, path)
    out, rows = tmp_path / "report.json", tmp_path / "rows.parquet"
    result = run(app, "replay", path, "-o", out, "--rows", rows, "--overlay2", overlay(tmp_path, TIGHT))
    assert result.exit_code == 0, result.output
    report = json.loads(out.read_text("utf-8"))
    written = pq.read_table(rows)
    assert written.num_rows == report["total"] == sum(report["matrix"].values()) > 200
    denied = pa.compute.sum(pa.compute.equal(written["second"], "deny")).as_py()
    assert denied == sum(n for pair, n in report["matrix"].items() if pair.endswith(">deny"))
    assert report["newly_denied"] > 0


def test_generated_contacts_can_be_replayed(app: typer.Typer, tmp_path: Path) -> None:
    path = tmp_path / "g.parquet"
    assert run(app, "generate", "--contacts", 2000, "-o", path).exit_code == 0
    result = run(app, "replay", path)
    assert result.exit_code == 0, result.output
    report = json.loads(result.stdout)
    assert report["total"] == sum(sum(matrix.values()) for matrix in report["days"].values()) > 1800
    assert "taken as default" in result.stderr and "certificates" in result.stderr


def test_the_campaign_becomes_attempts(app: typer.Typer, tmp_path: Path) -> None:
    bank, path = tmp_path / "bank.csv", tmp_path / "c.parquet"
    bank.write_text("contact,day,month,duration,campaign\ncellular,5,may,261,9\n", encoding="utf-8")
    result = run(app, "campaign", bank, "-o", path)
    assert result.exit_code == 0, result.output
    assert "9 attempts" in result.stderr and "invented" in result.stderr
    report = json.loads(run(app, "replay", path).stdout)
    assert report["total"] == 9 and report["debtors"]["all"] == 1


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("replay", "none.parquet"), "none.parquet: there is no such file"),
        (("replay", "none.jsonl"), "none.jsonl"),
        (("replay", "{lines}", "--on", "yesterday"), "--on: 'yesterday' is no date"),
        (("replay", "{lines}", "--rows", "r.parquet"), "--rows goes with a table"),
        (("replay", "{bad}"), "bad.jsonl:1: channel"),
        (("replay", "{csv}"), "no column at, debtor"),
        (("replay", "{lines}", "--pack", "nowhere"), "nowhere"),
        (("generate", "-o", "{out}", "--jurisdiction", "FR"), "not for FR"),
        (("campaign", "{csv}", "-o", "{out}"), "no column month"),
        (("campaign", "{csv}", "-o", "{out}", "--tz", "Nowhere"), "unknown time zone"),
    ],
)
def test_unusable_input_is_said_in_one_line_with_status_2(
    app: typer.Typer, lines: Path, tmp_path: Path, words: tuple[str, ...], said: str
) -> None:
    files = {"lines": lines, "bad": tmp_path / "bad.jsonl", "csv": tmp_path / "t.csv", "out": tmp_path / "o.parquet"}
    files["bad"].write_text('{"channel": "fax"}\n', encoding="utf-8")
    files["csv"].write_text("id,colour\n1,red\n", encoding="utf-8")
    result = run(app, *(word.format(**files) for word in words))
    assert result.exit_code == 2, result.output
    assert said in result.stderr
    assert len(result.stderr.strip().splitlines()) == 1


def test_an_overlay_that_loosens_ends_with_status_1(app: typer.Typer, lines: Path, tmp_path: Path) -> None:
    loose = overlay(tmp_path, TIGHT.replace("at_most: 1", "at_most: 9"))
    result = run(app, "replay", lines, "--overlay2", loose)
    assert result.exit_code == 1 and "CN-GBT-03" in result.stderr
