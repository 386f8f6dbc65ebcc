"""The night: accounts and events in, today's lists out. SQL step files on DuckDB over Parquet (formats.md, "The night").

    report = run_night(accounts, events, as_of=day, out=folder, agents=20, per_agent=80)

writes `lists.parquet`, `snapshot.parquet`, `left_out.parquet`, `findings.parquet` and `report.json`. Money is BIGINT fen,
half-up written out; no file uses a float for money. One person is one entry. Every row says why it is there.
"""

from .inputs import NightInputError
from .output import NightReport
from .packs import Round, load_rhythm, load_script_names, load_stage_names
from .reasons import render_left_out, render_rank, render_reason
from .rhythm import Person, PlannedRound, call_order, plan_rounds
from .run import run_night

__all__ = [
    "NightInputError",
    "NightReport",
    "Person",
    "PlannedRound",
    "Round",
    "call_order",
    "load_rhythm",
    "load_script_names",
    "load_stage_names",
    "plan_rounds",
    "render_left_out",
    "render_rank",
    "render_reason",
    "run_night",
]
