"""One row of a table of contacts as the JSON of a request, and the requests of a whole table, one by one.

This is the slow and plain reading: each outbound row is asked just before it took place, with every earlier row of the
same debtor or the same line as its history. The bulk path must agree with it contact by contact.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from ..parse import parse_request, row_of
from ..request import History, HistoryRow, Request
from .columns import COLUMNS, REQUIRED, ContactsError, default_of

Row = Mapping[str, Any]

_PAYS = ("debtor", "guarantor")


def names_of(value: Any) -> list[str]:
    """A list cell: a list, or text with `;` between the names."""
    if value is None:
        return []
    return [name.strip() for name in (value.split(";") if isinstance(value, str) else value) if name.strip()]


def _windows(value: str | None) -> list[list[str]]:
    return [[part.strip() for part in name.split("-")] for name in names_of(value)]


def purpose_of(role: str | None) -> str:
    """The purpose of a row in a table that does not say it."""
    return "collect" if role in _PAYS else "relay"


def request_json(row: Row) -> dict[str, Any]:
    """A complete row (every column of `COLUMNS`, None for what is not known) as the JSON of a request, without history."""
    agreed = _windows(row["agreed_hours"])
    notice = {"sent": row["email_notice_sent"], "opt_out_by": row["email_opt_out_by"]}
    raw: dict[str, Any] = {
        "id": row["id"],
        "jurisdiction": row["jurisdiction"],
        "at": row["at"],
        "channel": row["channel"],
        "mode": row["mode"],
        "purpose": row["purpose"],
        "party": {
            "role": row["role"],
            "tz": [row["tz"]] if row["tz"] else [],
            "refused": row["refused"],
            "consents": names_of(row["consents"]),
            "evidence": names_of(row["evidence"]),
            "agreed_hours": agreed[0] if agreed else None,
            "inconvenient": _windows(row["inconvenient"]),
            "opt_outs": names_of(row["opt_outs"]),
        },
        "line": {
            "id": row["line"],
            "kind": row["line_kind"],
            "source": row["source"],
            "valid": row["line_valid"],
            "employer_prohibits": row["employer_prohibits"],
            "employer_provided": row["employer_provided"],
        },
        "debtor": {"id": row["debtor"], "status": row["status"], "lender_type": row["lender_type"]},
        "debt": {
            "id": row["debt"],
            "product": row["product"],
            "dpd": row["dpd"],
            "limitation_passed": row["limitation_passed"],
            "validation_sent": row["validation_sent"],
            "transfer_notice_sent": row["transfer_notice_sent"],
        },
        "agent": {"certificates": names_of(row["certificates"])},
        "agency": _agency(row),
        "holds": names_of(row["holds"]),
    }
    if any(notice.values()):
        raw["line"]["email_notice"] = notice
    if row["channel"] == "visit":
        raw["visit"] = {
            "staff": row["visit_staff"],
            "private_place": row["visit_private"],
            "consent": row["visit_consent"],
            "recording": row["visit_recording"],
        }
    return raw


def _agency(row: Row) -> dict[str, Any] | None:
    if row["agency"] is None:
        return None
    agency = {
        "id": row["agency"],
        "listed": row["agency_listed"],
        "contract_until": row["agency_contract_until"],
        "placement_notice_sent": row["agency_notice_sent"],
    }
    placed = {
        "agrees": row["agency_agrees"],
        "placed_from": row["agency_placed_from"],
        "placed_until": row["agency_placed_until"],
    }
    return agency | {name: value for name, value in placed.items() if value is not None}


_HISTORY = ("id", "at", "channel", "mode", "direction", "line", "role", "connected", "talk_seconds", "two_way")


def history_json(row: Row) -> dict[str, Any]:
    """A complete row as an entry of `history`."""
    names = (*_HISTORY, "consented", "debtor", "debt", "product", "reserved")
    return {name: row[name] for name in names if row[name] is not None}


def complete(raw: Row, present: frozenset[str], defaults: Row) -> dict[str, Any]:
    """A row of the table with every column: defaults where the table has none, empty texts as not known."""
    row = {name: (raw[name] if name in present else value) for name, value in defaults.items()}
    for name, value in row.items():
        if value == "":
            row[name] = None
    if isinstance(row["at"], datetime):
        row["at"] = row["at"].astimezone(UTC).replace(microsecond=0).isoformat()
    row["id"] = str(row["id"])
    if "debt" not in present:
        row["debt"] = row["debtor"]
    if "line" not in present:
        row["line"] = row["debtor"]
    if "purpose" not in present:
        row["purpose"] = purpose_of(row["role"])
    if "two_way" not in present:
        row["two_way"] = row["connected"]
    return row


def requests_of(table: pa.Table, jurisdiction: str) -> Iterator[tuple[Request, str | None]]:
    """Every outbound contact as a request with its history, in the order of the table, and its agent.

    Raises `ContactsError` for a table without the required columns and `RequestError` for an unusable value.
    """
    missing = [name for name in REQUIRED if name not in table.column_names]
    if missing:
        raise ContactsError(f"the table has no column {', '.join(missing)}; a contact needs {', '.join(REQUIRED)}")
    present = frozenset(table.column_names)
    defaults = {column.name: default_of(column, jurisdiction) for column in COLUMNS}
    rows = [complete(raw, present, defaults) for raw in table.to_pylist()]
    past = [row_of(history_json(row), index) for index, row in enumerate(rows)]
    order = sorted(range(len(rows)), key=lambda index: (past[index].stamp, past[index].id, index))
    place = {index: position for position, index in enumerate(order)}
    by_debtor: dict[str, list[int]] = defaultdict(list)
    by_line: dict[str, list[int]] = defaultdict(list)
    for index in order:
        by_debtor[rows[index]["debtor"]].append(place[index])
        if rows[index]["line"] is not None:
            by_line[rows[index]["line"]].append(place[index])
    for index, row in enumerate(rows):
        if past[index].direction != "out":
            continue
        here = place[index]
        own = by_debtor[row["debtor"]]
        shared = by_line.get(row["line"], [])
        before = {*own[: bisect_left(own, here)], *shared[: bisect_left(shared, here)]}
        history: list[HistoryRow] = [past[order[position]] for position in sorted(before)]
        yield replace(parse_request(request_json(row)), history=History(history)), row["agent"]
