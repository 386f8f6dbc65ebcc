"""Run the night's steps in order and time them."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from .allocate import Agent, Waiting, allocate
from .checks import row_findings
from .inputs import NightInputError, made_up_agents, read_agents
from .output import NightReport, make_report, write_files
from .prepare import load

STEPS = sorted((Path(__file__).parent / "steps").glob("*.sql"))
LISTS_STEP = "09_lists"


class _Clock:
    """Seconds per named step; tells `progress` what begins. Durations only, never the time of day."""

    def __init__(self, progress: Callable[[str], None] | None) -> None:
        self.progress = progress
        self.seconds: dict[str, float] = {}

    @contextmanager
    def step(self, name: str) -> Iterator[None]:
        if self.progress:
            self.progress(name)
        begun = time.perf_counter()
        yield
        self.seconds[name] = round(time.perf_counter() - begun, 3)


def run_night(
    accounts: Path,
    events: Path,
    *,
    as_of: date,
    out: Path,
    agents: int = 0,
    per_agent: int = 0,
    agents_file: Path | None = None,
    tasks: Path | None = None,
    holds: Path | None = None,
    engine: str = "duckdb",
    progress: Callable[[str], None] | None = None,
) -> NightReport:
    """Prepare the lists of `as_of` (a local calendar day) and write the files of formats.md into `out`.

    Either `agents` × `per_agent` made-up agents, or `agents_file` (agent_id, capacity; optional lists `groups`, `skills`).
    `tasks`: debtor_id, kind, due_at; optional amount_fen, agent. `holds`: debtor_id of people on hold. Raises
    `NightInputError` when an input cannot be used at all; odd rows become findings.
    """
    if engine != "duckdb":
        raise NightInputError(
            f"engine {engine!r} cannot run here: the steps are kept in the subset that SQLGlot turns into Spark SQL, "
            "but this release runs them on DuckDB and has no extra for Spark; use --engine duckdb"
        )
    out.mkdir(parents=True, exist_ok=True)
    clock = _Clock(progress)
    with duckdb.connect() as con:
        con.execute("SET TimeZone = 'UTC'")
        with clock.step("00_load"):
            found = load(con, accounts, events, as_of, tasks, holds)
            if agents_file is None:
                dealt = made_up_agents(agents, per_agent)
            else:
                dealt, odd = read_agents(con, agents_file)
                found += odd
            found += row_findings(con)
        for step in STEPS:
            if step.stem == LISTS_STEP:
                with clock.step("08_seats"):
                    _seats(con, dealt)
            with clock.step(step.stem):
                con.execute(step.read_text(encoding="utf-8"))
        with clock.step("99_write"):
            write_files(con, out, found)
        report = make_report(con, as_of, engine, clock.seconds, found)
    (out / "report.json").write_text(json.dumps(report.as_dict(), ensure_ascii=False, indent=2), encoding="utf-8")
    return report


def _seats(con: duckdb.DuckDBPyConnection, agents: Sequence[Agent]) -> None:
    """Table `seats(debtor_id, agent_id, kept)`: the queue is read only as far as there are seats."""
    queue = con.cursor()
    queue.execute("SELECT debtor_id, wish, agent_group, product FROM waiting ORDER BY place")
    rows = list(allocate(_waiting(queue), agents))
    table = pa.table(
        {
            "debtor_id": pa.array([s.debtor_id for s in rows], pa.string()),
            "agent_id": pa.array([s.agent_id for s in rows], pa.string()),
            "kept": pa.array([s.kept for s in rows], pa.bool_()),
        }
    )
    con.register("seats_arrow", table)
    con.execute("CREATE TABLE seats AS SELECT * FROM seats_arrow")
    con.unregister("seats_arrow")


def _waiting(queue: duckdb.DuckDBPyConnection) -> Iterator[Waiting]:
    while rows := queue.fetchmany(10_000):
        for debtor, wish, group, product in rows:
            yield Waiting(debtor, wish, (group, product))
