"""Every change of state of the trainer's room."""

from .decisions import approve, discard, go_live, reject, roll_back, run_checks, submit, withdraw
from .drafts import (
    Seen,
    StaleEditError,
    UnreadableFileError,
    retire_line,
    save_file,
    save_line,
    seen_now,
    start_draft,
    undo_line,
)
from .gaps import answer_gap, dismiss_gap, report_gap, take_gap

__all__ = [
    "Seen",
    "StaleEditError",
    "UnreadableFileError",
    "answer_gap",
    "approve",
    "discard",
    "dismiss_gap",
    "go_live",
    "reject",
    "report_gap",
    "retire_line",
    "roll_back",
    "run_checks",
    "save_file",
    "save_line",
    "seen_now",
    "start_draft",
    "submit",
    "take_gap",
    "undo_line",
    "withdraw",
]
