"""Every change of state of the policy room."""

from .decisions import approve, send_back, submit, take_back, withdraw
from .drafts import Head, begin, change_head, discard, judged, put_ending, put_row, row_of, take_out
from .duties import record_check
from .effects import fail_abandoned, run_effect, start_effect

__all__ = [
    "Head",
    "approve",
    "begin",
    "change_head",
    "discard",
    "fail_abandoned",
    "judged",
    "put_ending",
    "put_row",
    "record_check",
    "row_of",
    "run_effect",
    "send_back",
    "start_effect",
    "submit",
    "take_back",
    "take_out",
    "withdraw",
]
