"""`fairdue import` into a database: the same service as the page, so twice changes nothing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.conf import settings as configured
from small_mapping import HEADER, SMALL
from typer.testing import CliRunner

from fairdue.cli import app

pytestmark = pytest.mark.django_db
runner = CliRunner()
GOOD = f"{HEADER}\nC1,张三,A1,信用卡,2026-02-01,1234.50\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(configured, "FAIRDUE_HOME", tmp_path / "home")
    (tmp_path / "m.yaml").write_text(SMALL, encoding="utf-8")
    return tmp_path


def _import(folder: Path, content: str, *more: str) -> tuple[int, str, str]:
    (folder / "feed.csv").write_text(content, encoding="utf-8")
    command = ["import", str(folder / "feed.csv"), "--mapping", str(folder / "m.yaml"), "--as-of", "2026-03-02", *more]
    result = runner.invoke(app, command)
    return result.exit_code, result.stdout, result.stderr


def test_the_second_import_changes_nothing(folder: Path) -> None:
    first = json.loads(_import(folder, GOOD, "--json")[1])["counts"]
    second = json.loads(_import(folder, GOOD, "--json")[1])["counts"]
    assert (first["new"], first["unchanged"]) == (1, 0)
    assert (second["new"], second["changed"], second["unchanged"]) == (0, 0, 1)


def test_refused_rows_are_handed_back(folder: Path) -> None:
    bad = GOOD + "C2,李四,A2,信用卡,2026-02-01,abc\n"
    code, out, err = _import(folder, bad, "--reject", str(folder / "back.csv"))
    assert code == 1
    assert "import.cell.money" in err
    assert "back.csv" in out
    assert (folder / "back.csv").read_text(encoding="utf-8") == f"{HEADER}\nC2,李四,A2,信用卡,2026-02-01,abc\n"
    assert "import.cell.money" in (folder / "back.csv.findings.csv").read_text(encoding="utf-8-sig")
    assert _import(folder, bad, "--reject", str(folder / "no" / "folder.csv"))[0] == 2


def test_an_unusable_file_exits_with_2(folder: Path) -> None:
    code, _, err = _import(folder, "a,b\n1,2\n")
    assert code == 2
    assert "import.column.missing" in err


def test_a_running_import_is_not_disturbed(folder: Path) -> None:
    from fairdue.desk import clock
    from fairdue.desk.accounts.models import ImportBatch

    ImportBatch.objects.create(
        kind="accounts", file_name="x", file_digest="x", mapping="x", state="running", started_at=clock.now()
    )
    code, _, err = _import(folder, GOOD)
    assert code == 2
    assert "another import is running" in err
