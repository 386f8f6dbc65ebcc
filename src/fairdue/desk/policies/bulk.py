"""The bulk way of an effect: attempts as rows of a table of contacts, compared by `policy.replay.compare_contacts`.

A table holds one plain row a contact. What it cannot say exactly (several zones, agreed or inconvenient hours, facts that it
has no column for, a contact whose person was not the one it was meant for) goes the exact way, attempt by attempt.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pyarrow as pa

from fairdue.policy import HistoryRow, Pack
from fairdue.policy.replay import COLUMNS, ContactsError, compare_contacts
from fairdue.policy.request import CHANNELS, HOLDS, PURPOSES

_AGENCY = {
    "id": "agency",
    "listed": "agency_listed",
    "contract_until": "agency_contract_until",
    "placement_notice_sent": "agency_notice_sent",
    "agrees": "agency_agrees",
    "placed_from": "agency_placed_from",
    "placed_until": "agency_placed_until",
}
_LINE = {
    "kind": "line_kind",
    "source": "source",
    "valid": "line_valid",
    "employer_prohibits": "employer_prohibits",
    "employer_provided": "employer_provided",
}
_DEBT = {"id", "product", "dpd", "limitation_passed"}
_PARTY = {"role", "refused", "consents", "evidence", "agreed_hours", "inconvenient", "opt_outs", "tz"}
_TYPES = {
    "text": pa.string(),
    "flag": pa.bool_(),
    "number": pa.int64(),
    "list": pa.string(),
    "windows": pa.string(),
    "instant": pa.timestamp("s", "UTC"),
}
_NAMES = {
    column.name: column.names
    for column in COLUMNS
    if column.names is not None and column.name not in ("direction", "purpose")
} | {"purpose": PURPOSES}
"""Columns whose values are out of a list."""
_UNTOLD = frozenset(
    {
        "evidence",
        "validation_sent",
        "transfer_notice_sent",
        "email_notice_sent",
        "email_opt_out_by",
        "consented",
        "reserved",
    }
)
"""Columns about which the desk's requests say nothing: not known, or no."""


_PLACEMENT = ("agrees", "placed_from", "placed_until")
"""Here not known is not the same as not said, and a table cannot tell them apart."""


def standing(raw: Mapping[str, Any], row: HistoryRow) -> dict[str, Any] | None:
    """A gate request as the standing columns of the contact that it led to; None when a table cannot say it exactly."""
    party, line, debt = raw["party"], raw["line"], raw.get("debt") or {}
    told_of_agency = raw["agency"] or {}
    agency = {name: value for name, value in told_of_agency.items() if value is not None}
    agency.pop("placement_notice_on", None)  # the gate does not ask for it
    zones = party.get("tz") or ()
    exact = (
        row.direction == "out"
        and len(zones) == 1
        and not party["agreed_hours"]
        and not party["inconvenient"]
        and not raw["visit"]
        and raw["channel"] != "visit"
        and (row.role, row.channel, row.mode) == (party["role"], raw["channel"], raw["mode"])
        and (row.line, row.debtor) == (line["id"], raw["debtor"]["id"])
        and (row.debt, row.product) == (debt.get("id"), debt.get("product"))
        and not party["evidence"]
        and agency.keys() <= _AGENCY.keys()
        and not any(name in told_of_agency and name not in agency for name in _PLACEMENT)
        and debt.keys() <= _DEBT
        and party.keys() <= _PARTY
        and line.keys() <= {"id", *_LINE}
    )
    if not exact:
        return None
    told = {
        "jurisdiction": raw["jurisdiction"],
        "purpose": raw["purpose"],
        "tz": zones[0],
        "status": raw["debtor"]["status"],
        "lender_type": raw["debtor"].get("lender_type"),
        "dpd": debt.get("dpd"),
        "limitation_passed": debt.get("limitation_passed"),
        "holds": ";".join(raw["holds"]),
        "refused": party["refused"],
        "consents": ";".join(party["consents"]),
        "opt_outs": ";".join(party["opt_outs"]),
        "certificates": ";".join(raw["agent"]["certificates"]),
        **{column: line.get(name) for name, column in _LINE.items()},
        **{column: agency.get(name) for name, column in _AGENCY.items()},
    }
    return told if _known(told, row, raw) else None


def _known(told: Mapping[str, Any], row: HistoryRow, raw: Mapping[str, Any]) -> bool:
    """Whether every name is one that the gate knows; it refuses a request with another one, a table would let it pass."""
    named = {**told, "channel": row.channel, "mode": row.mode, "role": row.role}
    return (
        all(named.get(name) is None or named[name] in names for name, names in _NAMES.items())
        and set(raw["holds"]) <= HOLDS
        and set(raw["party"]["opt_outs"]) <= CHANNELS | {"voice"}
    )


def compare(
    history: Iterable[HistoryRow], asked: Mapping[str, Mapping[str, Any]], first: Pack, second: Pack
) -> dict[str, tuple[str, str, tuple[str, ...], tuple[str, ...]]] | None:
    """Verdicts and broken rules (`id verdict`) under both packs of each contact in `asked` (id → standing columns).

    `history` is every contact that may count, those asked among them. None when the table cannot be read (a value that the
    gate does not know): the caller then asks one by one, which says which attempt it was.
    """
    rows = list(history)
    columns = {column.name: _column(column.name, column.kind, rows, asked) for column in COLUMNS}
    table = pa.table({name: values for name, values in columns.items() if values is not None})
    try:
        comparison = compare_contacts(table, first, second)
        return {
            row.id: (row.first, row.second, row.rules_first, row.rules_second)
            for row in comparison.rows()
            if row.id in asked
        }
    except ContactsError:
        return None


_OWN = {
    "id": "id",
    "debtor": "debtor",
    "debt": "debt",
    "line": "line",
    "product": "product",
    "channel": "channel",
    "mode": "mode",
    "direction": "direction",
    "role": "role",
    "connected": "connected",
    "two_way": "two_way",
    "talk_seconds": "talk_seconds",
}
"""Columns that every contact of the history has of itself."""


def _column(
    name: str, kind: str, rows: Sequence[HistoryRow], asked: Mapping[str, Mapping[str, Any]]
) -> pa.Array | None:
    if name == "at":
        return pa.array([datetime.fromtimestamp(row.stamp, UTC) for row in rows], _TYPES["instant"])
    if name in _OWN:
        return pa.array([getattr(row, _OWN[name]) for row in rows], _TYPES[kind])
    if name in _UNTOLD:
        nothing = False if kind == "flag" and name in ("consented", "reserved") else None
        return pa.array([nothing] * len(rows), _TYPES[kind])
    nobody: Mapping[str, Any] = {}
    return pa.array([asked.get(row.id, nobody).get(name) for row in rows], _TYPES[kind])
