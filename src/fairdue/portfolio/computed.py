"""The closed vocabulary of computed fields: pure functions of a row's values, the mapping's arguments and `as_of`.

| rule | value |
|---|---|
| `constant` | `value` |
| `copy` | the field `of` |
| `clip_positive` | the field `of` when it is above zero, else 0 (a bill that is owed) |
| `clip_negative` | what the field `of` lies below zero, as a positive number (a credit balance) |
| `cycles_from_status` | missed cycles: the status `of` through `table`, or itself when positive, else 0 |
| `minimum_missed` | `ppm` of the bill `of` for every cycle in `cycles`, at most the bill; half up |
| `due_date_from_cycles` | `as_of` minus the days that `table` gives for `cycles`; see below |
| `days_since` | days from the date `of` to `as_of`, 0 before it |
| `sum` | the fields `of` added up (empty ones count 0) |

`due_date_from_cycles`: beyond the table's last entry each further cycle adds `cycle_days` (30). A monthly feed gives no
day of the month; `spread_days: 30` then moves the due date back by 0–29 days, worked out from the account number, so
that the same account always falls on the same day. Accounts at 0 cycles use the table's entry 0 (negative: not yet due)
and are not spread.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from fairdue.core.dates import days_past_due
from fairdue.core.money import share_ppm

Row = Mapping[str, Any]
Problems = list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Rule:
    """`run(values, args, as_of)`; `args`: name → (needed, names a field); `lint(args)` gives what is wrong (zh, en).

    `needs`: what its fields must hold (number, date; empty: anything); `gives`: what it makes (empty: what it was given).
    """

    run: Callable[[Row, Mapping[str, Any], date | None], Any]
    args: Mapping[str, tuple[bool, bool]]
    lint: Callable[[Mapping[str, Any]], Problems] = lambda args: []
    dated: bool = False
    needs: str = ""
    gives: str = ""


def _constant(values: Row, args: Mapping[str, Any], as_of: date | None) -> Any:
    return args["value"]


def _copy(values: Row, args: Mapping[str, Any], as_of: date | None) -> Any:
    return values.get(args["of"])


def _clip_positive(values: Row, args: Mapping[str, Any], as_of: date | None) -> int | None:
    amount = values.get(args["of"])
    return None if amount is None else max(0, amount)


def _clip_negative(values: Row, args: Mapping[str, Any], as_of: date | None) -> int:
    return max(0, -(values.get(args["of"]) or 0))


def _cycles(values: Row, args: Mapping[str, Any], as_of: date | None) -> int:
    status: int = values.get(args["of"]) or 0
    table: Mapping[int, int] = args.get("table") or {}
    return table.get(status, max(0, status))


def _minimum(values: Row, args: Mapping[str, Any], as_of: date | None) -> int:
    bill = max(0, values.get(args["of"]) or 0)
    cycles = values.get(args["cycles"]) or 0
    return min(bill, share_ppm(bill, args["ppm"]) * cycles)


def _due_date(values: Row, args: Mapping[str, Any], as_of: date | None) -> date | None:
    if as_of is None:
        return None
    cycles = values.get(args["cycles"]) or 0
    table: Mapping[int, int] = args["table"]
    last = max(table)
    days = table[cycles] if cycles <= last else table[last] + (cycles - last) * args.get("cycle_days", 30)
    spread = args.get("spread_days", 0)
    if cycles > 0 and spread > 1:
        days += zlib.crc32(str(values.get("account_id")).encode()) % spread
    return as_of - timedelta(days=days)


def _whole_table(table: object) -> bool:
    return isinstance(table, dict) and all(type(k) is int and type(v) is int for k, v in table.items())


def _lint_cycles(args: Mapping[str, Any]) -> Problems:
    return [] if _whole_table(args.get("table") or {}) else [("table: {状态: 期数, …}", "table: {status: cycles, …}")]


def _lint_due_date(args: Mapping[str, Any]) -> Problems:
    table = args.get("table")
    counts = [args.get(key, 1) for key in ("cycle_days", "spread_days")]
    if not all(type(count) is int and 0 < count <= 366 for count in counts):
        return [("cycle_days、spread_days: 1 到 366 的整数", "cycle_days and spread_days: whole numbers from 1 to 366")]
    if not table or not _whole_table(table) or sorted(table) != list(range(max(table) + 1)):
        return [("table: {0: 天数, 1: 天数, …},期数从 0 连续", "table: {0: days, 1: days, …} without a gap from 0")]
    return []


def _lint_minimum(args: Mapping[str, Any]) -> Problems:
    ppm = args.get("ppm")
    if type(ppm) is int and 0 < ppm <= 1_000_000:
        return []
    return [("ppm: 1 到 1000000 的整数(100000 即 10%)", "ppm: a whole number from 1 to 1000000 (100000 is 10 %)")]


def _days_since(values: Row, args: Mapping[str, Any], as_of: date | None) -> int | None:
    day = values.get(args["of"])
    return None if day is None or as_of is None else days_past_due(day, as_of)


def _sum(values: Row, args: Mapping[str, Any], as_of: date | None) -> int:
    return sum(values.get(name) or 0 for name in args["of"])


def _lint_sum(args: Mapping[str, Any]) -> Problems:
    of = args.get("of")
    return (
        []
        if isinstance(of, list) and all(isinstance(name, str) for name in of)
        else [("of: [字段, 字段]", "of: [field, field]")]
    )


_OF = {"of": (True, True)}

RULES: dict[str, Rule] = {
    "constant": Rule(_constant, {"value": (True, False)}),
    "copy": Rule(_copy, _OF),
    "clip_positive": Rule(_clip_positive, _OF, needs="number", gives="number"),
    "clip_negative": Rule(_clip_negative, _OF, needs="number", gives="number"),
    "cycles_from_status": Rule(_cycles, {**_OF, "table": (False, False)}, _lint_cycles, needs="number", gives="number"),
    "minimum_missed": Rule(
        _minimum, {**_OF, "cycles": (True, True), "ppm": (True, False)}, _lint_minimum, needs="number", gives="number"
    ),
    "due_date_from_cycles": Rule(
        _due_date,
        {
            "cycles": (True, True),
            "table": (True, False),
            "cycle_days": (False, False),
            "spread_days": (False, False),
        },
        _lint_due_date,
        dated=True,
        needs="number",
        gives="date",
    ),
    "days_since": Rule(_days_since, _OF, dated=True, needs="date", gives="number"),
    "sum": Rule(_sum, {"of": (True, False)}, _lint_sum, needs="number", gives="number"),
}
