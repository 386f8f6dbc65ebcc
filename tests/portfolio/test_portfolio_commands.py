"""`fairdue import --check`, `fairdue mapping`, `fairdue sample`: what they print and how they exit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from small_mapping import HEADER, SMALL
from typer.testing import CliRunner

from fairdue.cli import app

runner = CliRunner()
GOOD = f"{HEADER}\nC1,张三,A1,信用卡,2026-02-01,1234.50\n"
BAD = GOOD + "C2,李四,A2,信用卡,2026-02-01,abc\n"


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "m.yaml").write_text(SMALL, encoding="utf-8")
    (tmp_path / "good.csv").write_text(GOOD, encoding="utf-8")
    (tmp_path / "bad.csv").write_text(BAD, encoding="utf-8")
    return tmp_path


def _import(files: Path, name: str, *more: str) -> tuple[int, str, str]:
    result = runner.invoke(app, ["import", str(files / name), "--mapping", str(files / "m.yaml"), "--check", *more])
    return result.exit_code, result.stdout, result.stderr


def test_a_clean_check_exits_with_0(files: Path) -> None:
    code, out, _ = _import(files, "good.csv")
    assert code == 0
    assert "1 rows = 1 taken + 0 rejected + 0 excluded" in out
    assert "本金: 1234.50 = 1234.50 taken" in out


def test_bad_rows_exit_with_1_and_are_written_back(files: Path) -> None:
    code, out, err = _import(files, "bad.csv", "--reject", str(files / "back.csv"))
    assert code == 1
    assert "bad.csv:3:本金: error import.cell.money" in err
    assert "back.csv.findings.csv" in out
    assert (files / "back.csv").read_text(encoding="utf-8") == f"{HEADER}\nC2,李四,A2,信用卡,2026-02-01,abc\n"


def test_findings_in_chinese(files: Path) -> None:
    assert "不是金额" in _import(files, "bad.csv", "--lang", "zh")[2]


def test_json(files: Path) -> None:
    code, out, _ = _import(files, "bad.csv", "--json")
    body = json.loads(out)
    assert code == 1
    assert body["totals"]["reconciles"] is True
    assert body["totals"]["columns"]["本金"]["file_fen"] == 123_450
    assert body["findings"][0]["code"] == "import.cell.money"


def test_many_findings_are_counted(files: Path) -> None:
    (files / "many.csv").write_text(GOOD + "C2,李四,A2,信用卡,2026-02-01,abc\n" * 60, encoding="utf-8")
    assert "and 10 more findings" in _import(files, "many.csv")[2]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["import", "none.csv", "--mapping", "standard-zh", "--check"], "no such file"),
        (["import", "good.csv", "--mapping", "standard", "--check"], "take one of payments"),
        (["import", "good.csv", "--mapping", "standard-zh", "--check", "--as-of", "today"], "YYYY-MM-DD"),
        (["import", "good.csv", "--mapping", "payments", "--check"], "import.column.missing"),
        (["import", "bad.csv", "--mapping", "m.yaml", "--check", "--reject", "no/such/folder/x.csv"], "can be written"),
        (["sample", "-o", "out", "--as-of", "soon"], "YYYY-MM-DD"),
        (["sample", "-o", "out", "--as-of", ""], "YYYY-MM-DD"),
        (["sample", "-o", "out", "--as-of", "2026-03-02", "--format", "xml"], "csv or parquet"),
        (["sample", "-o", "good.csv", "--as-of", "2026-03-02", "--customers", "3"], "can be written"),
    ],
)
def test_unusable_input_exits_with_2(
    arguments: list[str], said: str, files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(files)
    result = runner.invoke(app, arguments)
    assert result.exit_code == 2
    assert said in result.stderr


def test_lint_and_list(files: Path) -> None:
    assert runner.invoke(app, ["mapping", "lint", str(files / "m.yaml"), "standard-zh"]).exit_code == 0
    (files / "m.yaml").write_text(SMALL + "colour: red\n", encoding="utf-8")
    result = runner.invoke(app, ["mapping", "lint", str(files / "m.yaml")])
    assert result.exit_code == 1
    assert "m.yaml:" in result.stderr
    listed = runner.invoke(app, ["mapping", "list"])
    assert listed.exit_code == 0
    assert "uci-credit-card" in listed.stdout


def test_a_sample_can_be_checked_at_once(files: Path) -> None:
    made = runner.invoke(
        app, ["sample", "--customers", "40", "--seed", "3", "--as-of", "2026-03-02", "-o", str(files / "out")]
    )
    assert made.exit_code == 0
    assert "accounts.csv" in made.stdout
    checked = runner.invoke(app, ["import", str(files / "out" / "accounts.csv"), "--mapping", "standard-zh", "--check"])
    assert checked.exit_code == 0
