"""Odd input: every row is either used or named; a file nobody can use is refused with a sentence."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small_night import ACCOUNTS, AS_OF, EVENTS, Night, Row, account, event, pay, table
from typer.testing import CliRunner

from fairdue.cli import app
from fairdue.portfolio.night import NightInputError, run_night

At = Callable[..., Night]


def write(folder: Path, accounts: pa.Table, events: pa.Table | None = None) -> tuple[Path, Path]:
    files = folder / "accounts.parquet", folder / "events.parquet"
    pq.write_table(accounts, files[0])
    pq.write_table(table([], EVENTS) if events is None else events, files[1])
    return files


@pytest.mark.parametrize(
    ("rows", "events", "codes"),
    [
        ([account("A"), account("A", due_fen=5)], [], ["night.account.duplicate"]),
        ([account("A", due_fen=-1)], [], ["night.account.amount"]),
        ([account("A", principal_fen=None)], [], ["night.account.amount"]),
        ([account("A", due_fen=10**12)], [], ["night.account.amount"]),
        ([account("A") | {"debtor_id": None}], [], ["night.account.id"]),
        ([account("A", due_date=None)], [], ["night.account.due_date"]),
        ([account("A", product="mortgage")], [], ["night.account.product"]),
        ([account("A", zone="Mars/Base")], [], ["night.account.zone"]),
        ([account("A")], [pay("B", 5, ago=1)], ["night.event.account"]),
        ([account("A")], [pay("A", 0, ago=1)], ["night.event.amount"]),
        ([account("A")], [pay("A", 5, ago=-1)], ["night.event.future"]),
        ([account("A")], [event("attempt", "D-gone")], ["night.event.debtor"]),
        ([account("A")], [event("fax", "D-A")], ["night.event.kind"]),
        ([account("A")], [event("attempt", "D-A") | {"ts": None}], ["night.event.time"]),
    ],
)
def test_an_odd_row_is_named(night: At, rows: Sequence[Row], events: Sequence[Row], codes: list[str]) -> None:
    assert night(rows, events).codes() == codes


def test_refused_rows_stay_in_the_report_so_that_it_adds_up(night: At) -> None:
    result = night([account("A"), account("A", due_fen=7, principal_fen=7), account("B", due_fen=-3)])
    refused = next(s for s in result.report.stages if s["stage"] == "refused")
    assert (refused["accounts"], refused["fed_due_fen"]) == (2, 4)
    assert sum(s["accounts"] for s in result.report.stages) == 3


def test_do_not_contact_on_a_refused_row_still_protects(night: At) -> None:
    assert night([account("A"), account("A", due_fen=7, do_not_contact=True)]).left_out == {"D-A": "do_not_contact"}


def test_events_after_the_day_are_not_counted(night: At) -> None:
    result = night([account("A")], [pay("A", 100_000, ago=-1)])
    assert result.snapshot["A"]["paid_fen"] == 0


def test_a_task_without_an_account_is_named(night: At) -> None:
    task = {"debtor_id": "D-x", "kind": "callback", "due_at": event("x", "x")["ts"]}
    assert night([account("A")], tasks=[task]).codes() == ["night.task.debtor"]


def test_a_repeated_agent_is_named_and_used_once(night: At) -> None:
    people = [{"agent_id": "li", "capacity": 1}, {"agent_id": "li", "capacity": 9}, {"agent_id": "no", "capacity": -1}]
    result = night([account("A"), account("B")], people=people)
    assert result.codes() == ["night.agent"]
    assert result.debtors() == ["D-A"]


def test_more_than_a_thousand_of_a_kind_are_counted(night: At) -> None:
    result = night([account(f"A{n}", due_fen=-1) for n in range(1_003)])
    assert len(result.findings) == 1_001
    assert result.findings[-1]["what_en"].startswith("3 more")


def test_a_fraction_is_never_taken_as_fen(tmp_path: Path) -> None:
    rows = table([account("A"), account("B")], ACCOUNTS)
    rows = rows.set_column(4, "due_fen", pa.array([100_000.0, 10.5]))
    files = write(tmp_path, rows)
    report = run_night(*files, as_of=AS_OF, out=tmp_path / "out", agents=1, per_agent=9)
    assert [f.code for f in report.findings] == ["night.column.type", "night.account.amount"]
    assert report.findings[0].place.row == 2
    assert report.rows["accounts_in"] == 1


def test_a_column_that_may_be_absent_is_named(tmp_path: Path) -> None:
    files = write(tmp_path, table([account("A")], ACCOUNTS).drop_columns(["limit_fen"]))
    report = run_night(*files, as_of=AS_OF, out=tmp_path / "out", agents=1, per_agent=9)
    assert [(f.code, f.place.field) for f in report.findings] == [("night.column.missing", "limit_fen")]


def test_instants_without_a_zone_are_taken_as_utc_and_named(tmp_path: Path) -> None:
    events = table([event("conversation", "D-A", hour=h, talk_seconds=60) for h in (8, 9, 10)], EVENTS)
    files = write(
        tmp_path, table([account("A")], ACCOUNTS), events.set_column(0, "ts", events["ts"].cast(pa.timestamp("us")))
    )
    report = run_night(*files, as_of=AS_OF, out=tmp_path / "out", agents=1, per_agent=9)
    assert [f.code for f in report.findings] == ["night.column.zone"]
    assert report.left_out == {"effective_cap": 1}


def test_a_file_without_groups_and_skills_gives_agents_who_take_everything(tmp_path: Path) -> None:
    files = write(tmp_path, table([account("A", agent_group="west")], ACCOUNTS))
    people = tmp_path / "agents.parquet"
    pq.write_table(pa.table({"agent_id": ["li"], "capacity": [3]}), people)
    seen: list[str] = []
    report = run_night(*files, as_of=AS_OF, out=tmp_path / "o", agents_file=people, progress=seen.append)
    assert report.rows["lists"] == 1
    assert list(report.seconds) == seen


def test_unusable_inputs_say_what_and_how_to_mend(tmp_path: Path) -> None:
    files = write(tmp_path, table([account("A")], ACCOUNTS).drop_columns(["do_not_contact"]))
    out = tmp_path / "out"
    with pytest.raises(NightInputError, match="do_not_contact is missing"):
        run_night(*files, as_of=AS_OF, out=out)
    files[0].write_text("not parquet")
    with pytest.raises(NightInputError, match="not a readable Parquet"):
        run_night(*files, as_of=AS_OF, out=out)
    files = write(tmp_path, table([account("A")], ACCOUNTS))
    with pytest.raises(NightInputError, match="cannot be negative"):
        run_night(*files, as_of=AS_OF, out=out, agents=-1)
    with pytest.raises(NightInputError, match="spark"):
        run_night(*files, as_of=AS_OF, out=out, engine="spark")


def test_the_command_writes_the_files_and_uses_the_exit_codes(tmp_path: Path) -> None:
    files = write(tmp_path, table([account("A"), account("B", due_fen=-1)], ACCOUNTS))
    base = ["night", "--accounts", str(files[0]), "--events", str(files[1]), "--agents", "1", "--per-agent", "5"]
    run = CliRunner().invoke
    done = run(app, [*base, "--as-of", "2026-03-02", "-o", str(tmp_path / "o")])
    assert done.exit_code == 1
    names = {"lists.parquet", "snapshot.parquet", "findings.parquet", "left_out.parquet", "line_hours.parquet"}
    assert {p.name for p in (tmp_path / "o").iterdir()} == names | {"report.json"}
    assert run(app, [*base, "--as-of", "2 March", "-o", str(tmp_path / "o")]).exit_code == 2
    assert run(app, [*base, "--as-of", "2026-03-02", "-o", str(tmp_path), "--engine", "spark"]).exit_code == 2
    assert run(app, [*base, "--as-of", "2026-03-02", "-o", str(tmp_path), "--tasks", "no.parquet"]).exit_code == 2
    write(tmp_path, table([account("A")], ACCOUNTS))
    assert run(app, [*base, "--as-of", "2026-03-02", "-o", str(tmp_path / "o")]).exit_code == 0
