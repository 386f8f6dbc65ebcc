"""Requests for the gate's tests: one that passes, and small changes to it."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Any

from fairdue.policy.cases import history_row

BASE: dict[str, Any] = {
    "id": "r1",
    "jurisdiction": "CN",
    "at": "2026-03-02T10:15:00+08:00",
    "channel": "voice_human",
    "mode": "interactive",
    "purpose": "collect",
    "party": {"role": "debtor", "tz": ["Asia/Shanghai"]},
    "line": {"id": "L1", "kind": "mobile", "source": "contract", "valid": True},
    "debtor": {"id": "D1", "status": "reachable", "lender_type": "bank"},
    "debt": {"id": "A1", "product": "credit_card", "dpd": 12},
    "agent": {"id": "zhang", "certificates": ["first"]},
}
"""A Shanghai debtor, own mobile from the contract, Monday 2 March 2026, 10:15."""


def request(**changes: Any) -> dict[str, Any]:
    """The base request with top-level fields changed."""
    return {**copy.deepcopy(BASE), **changes}


def with_value(raw: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    """The request with the field at a dotted path set."""
    out = copy.deepcopy(raw)
    *parts, last = path.split(".")
    part = out
    for name in parts:
        part = part.setdefault(name, {})
    part[last] = value
    return out


def without(raw: dict[str, Any], path: str) -> dict[str, Any]:
    """The request with the field at a dotted path taken away."""
    out = copy.deepcopy(raw)
    *parts, last = path.split(".")
    part: Any = out
    for name in parts:
        part = part[name]
    del part[last]
    return out


def calls(raw: dict[str, Any], *short: Mapping[str, Any]) -> dict[str, Any]:
    """The request with a history written in the short form of the packs' cases."""
    return {**raw, "history": [history_row(raw, call, index) for index, call in enumerate(short)]}
