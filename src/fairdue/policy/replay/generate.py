"""Generated histories for measurements: as many contacts as wanted, the same for the same seed.

Shaped like a collection shop, not like any real one: about six contacts a debtor and month, heavy debtors, redials
within minutes, own staff and agencies, several lines of which a few are shared, third parties, some contacts beyond hours
and caps. Nothing in it is personal: ids are counted.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

Ints = npt.NDArray[np.int64]
START = date(2026, 3, 2)
DAYS = 90
PER_DEBTOR = DAYS // 30 * 6
CHUNK = 1_000_000

ZONES: dict[str, tuple[tuple[str, float], ...]] = {
    "US": (
        ("America/New_York", 0.47),
        ("America/Chicago", 0.29),
        ("America/Denver", 0.07),
        ("America/Los_Angeles", 0.17),
    ),
    "AU": (("Australia/Sydney", 0.6), ("Australia/Brisbane", 0.2), ("Australia/Perth", 0.2)),
    "ID": (("Asia/Jakarta", 0.8), ("Asia/Makassar", 0.15), ("Asia/Jayapura", 0.05)),
    "CN": (("Asia/Shanghai", 0.99), ("Asia/Urumqi", 0.01)),
}
_OFFSET = {"CN": 8, "US": -6, "AU": 10, "ID": 7}

CHANNELS = (
    ("voice_human", 0.56),
    ("voice_ai", 0.16),
    ("sms", 0.18),
    ("im", 0.03),
    ("email", 0.03),
    ("letter", 0.03),
    ("visit", 0.01),
)
ROLES = (
    ("debtor", 0.94),
    ("guarantor", 0.01),
    ("spouse", 0.01),
    ("family", 0.02),
    ("colleague", 0.01),
    ("agreed_contact", 0.01),
)
PRODUCTS = (("credit_card", 0.5), ("cash_loan", 0.3), ("instalment", 0.2))
LENDERS = (("bank", 0.6), ("consumer_finance", 0.3), ("microloan", 0.1))
STATUSES = (("reachable", 0.9), ("unreachable", 0.095), ("dead", 0.003), ("incapacitated", 0.002))
HOLDS = (
    ("", 0.96),
    ("dispute", 0.012),
    ("plan_kept", 0.012),
    ("hardship_review", 0.006),
    ("complaint", 0.005),
    ("stop_contact", 0.005),
)
SOURCES = (("contract", 0.55), ("reserved", 0.4), ("in_contact", 0.03), ("contact_told", 0.015), ("other", 0.005))
HOURS = np.array([0.001] * 7 + [0.008, 0.07, 0.11, 0.12, 0.1, 0.04, 0.06, 0.1, 0.1, 0.09, 0.08, 0.05, 0.04, 0.015])
HOURS = np.append(HOURS, [0.006, 0.002, 0.001])


class _World(NamedTuple):
    """What stays the same for a debtor: arrays over the debtors."""

    product: Ints
    lender: Ints
    status: Ints
    hold: Ints
    zone: Ints
    agency: Ints


def _pick(rng: np.random.Generator, shares: tuple[tuple[str, float], ...], count: int) -> Ints:
    edges = np.cumsum([share for _, share in shares])
    return np.minimum(np.searchsorted(edges / edges[-1], rng.random(count)), len(shares) - 1)


def _world(rng: np.random.Generator, debtors: int, zones: tuple[tuple[str, float], ...]) -> _World:
    placed = np.where(rng.random(debtors) < 0.4, rng.integers(1, 13, debtors), 0)
    parts = [_pick(rng, shares, debtors) for shares in (PRODUCTS, LENDERS, STATUSES, HOLDS, zones)]
    return _World(parts[0], parts[1], parts[2], parts[3], parts[4], placed)


def tables(contacts: int, seed: int = 1, jurisdiction: str = "CN") -> Iterator[pa.Table]:
    """The history in pieces of at most a million rows; contacts of one debtor may lie in any of them.

    Columns are those of `columns.py`. Raises `ValueError` for a jurisdiction for which no zones are written down here.
    """
    zones = ZONES.get(jurisdiction)
    if zones is None:
        raise ValueError(f"histories are generated for {', '.join(sorted(ZONES))}; not for {jurisdiction}")
    debtors = max(1, contacts // PER_DEBTOR)
    world = _world(np.random.default_rng([seed, 0]), debtors, zones)
    for number, first in enumerate(range(0, contacts, CHUNK)):
        size = min(CHUNK, contacts - first)
        yield _piece(np.random.default_rng([seed, number + 1]), world, first, size, debtors, jurisdiction, zones)


def _piece(
    rng: np.random.Generator,
    world: _World,
    first: int,
    size: int,
    debtors: int,
    jurisdiction: str,
    zones: tuple[tuple[str, float], ...],
) -> pa.Table:
    debtor = np.minimum((rng.random(size) ** 1.3 * debtors).astype(np.int64), debtors - 1)
    day = rng.integers(0, DAYS, size)
    day -= ((day % 7 == 6) & (rng.random(size) < 0.7)).astype(np.int64)  # most Sundays are free
    second = _pick(rng, tuple(("", float(share)) for share in HOURS), size) * 3600 + rng.integers(0, 3600, size)
    redial = np.flatnonzero(rng.random(size) < 0.3)
    redial = redial[redial > 0]
    for _ in range(3):  # runs of redials grow by one each time
        debtor[redial], day[redial] = debtor[redial - 1], day[redial - 1]
        second[redial] = np.minimum(second[redial - 1] + rng.integers(60, 1800, len(redial)), 86399)
    pushed = _pushed(rng, debtor, day, second)
    epoch = (START - date(1970, 1, 1)).days * 86400 - _OFFSET[jurisdiction] * 3600
    channel = _pick(rng, CHANNELS, size)
    voice = channel <= 1
    role = _pick(rng, ROLES, size)
    role = np.where((role > 1) & (world.status[debtor] == 0) & (rng.random(size) < 0.8), 0, role)
    reach = np.where(voice, 0.28, np.where(channel == 6, 0.5, 0.0))
    connected = rng.random(size) < np.where(pushed & voice, 0.4, reach)
    notify = rng.random(size) < np.where(channel == 1, 0.7, np.where(voice, 0.03, 0.8))
    share = debtor % 50 == 0
    line = np.where(share, debtor // 100, debtor * 3 + (rng.random(size) ** 3 * 3).astype(np.int64) * ~pushed)
    asks = np.where(role <= 1, 0, np.where(rng.random(size) < 0.9, 1, 2))
    agency = world.agency[debtor]
    agent = agency * 40 + rng.integers(0, 40, size)
    columns: dict[str, Any] = {
        "id": _named("C", first + np.arange(size)),
        "at": pa.array(epoch + day * 86400 + second, pa.timestamp("s", "UTC")),
        "debtor": _named("D", debtor),
        "debt": _named("A", debtor * 2 + (rng.random(size) < 0.15)),
        "line": _named("L", line),
        "agent": _coded([f"G{n // 40:02d}-{n % 40:02d}" for n in range(13 * 40)], agent),
        "agency": _coded([f"G{n:02d}" for n in range(1, 13)], agency - 1, agency == 0),
        "agency_listed": pa.array(agency != 12),
        "channel": _coded([name for name, _ in CHANNELS], channel),
        "mode": _coded(["interactive", "notify"], notify.astype(np.int64)),
        "purpose": _coded(["collect", "relay", "ask_contact"], asks),
        "direction": _coded(["out", "in"], (rng.random(size) < 0.04).astype(np.int64)),
        "role": _coded([name for name, _ in ROLES], role),
        "connected": pa.array(connected),
        "talk_seconds": pa.array(np.where(connected & voice, rng.lognormal(3.6, 1.2, size).astype(np.int32), 0)),
        "two_way": pa.array(connected & (rng.random(size) < 0.9)),
        "consented": pa.array(rng.random(size) < 0.01),
        "tz": _coded([name for name, _ in zones], world.zone[debtor]),
        "status": _coded([name for name, _ in STATUSES], world.status[debtor]),
        "lender_type": _coded([name for name, _ in LENDERS], world.lender[debtor]),
        "product": _coded([name for name, _ in PRODUCTS], world.product[debtor]),
        "holds": _coded([name for name, _ in HOLDS], world.hold[debtor]),
        "source": _coded([name for name, _ in SOURCES], _pick(rng, SOURCES, size)),
        "dpd": pa.array((1 + debtor % 120 + day).astype(np.int32)),
        "jurisdiction": _coded([jurisdiction], np.zeros(size, np.int64)),
    }
    return pa.table(columns)


def _pushed(rng: np.random.Generator, debtor: Ints, day: Ints, second: Ints) -> npt.NDArray[np.bool_]:
    """Changes some runs of twelve contacts into one debtor's on one day: what caps are there to stop."""
    starts = np.flatnonzero(rng.random(max(0, len(debtor) - 12)) < 0.003)
    pushed = np.zeros(len(debtor), np.bool_)
    for step in range(1, 12):
        rows = starts + step
        debtor[rows], day[rows] = debtor[starts], day[starts]
        second[rows] = np.minimum(second[starts] + step * rng.integers(300, 1200, len(starts)), 86399)
        pushed[rows] = True
    return pushed


def _named(letter: str, numbers: Ints) -> pa.Array:
    """`C000000012` and so on; texts of one length, so that their order is that of the numbers."""
    digits = pc.utf8_slice_codeunits(pc.cast(pa.array(numbers + 10**9), pa.string()), 1)
    return pc.binary_join_element_wise(letter, digits, "")


def _coded(names: list[str], codes: npt.NDArray[Any], empty: npt.NDArray[np.bool_] | None = None) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype(np.int32), mask=empty), pa.array(names))


def generate(contacts: int, seed: int = 1, jurisdiction: str = "CN") -> pa.Table:
    """The whole history in memory."""
    return pa.concat_tables(list(tables(contacts, seed, jurisdiction)))


def write(path: Path, contacts: int, seed: int = 1, jurisdiction: str = "CN") -> int:
    """Write the history as Parquet, piece by piece, and return how many contacts it has."""
    written = 0
    writer: pq.ParquetWriter | None = None
    try:
        for table in tables(contacts, seed, jurisdiction):
            writer = writer or pq.ParquetWriter(path, table.schema)
            writer.write_table(table)
            written += table.num_rows
    finally:
        if writer is not None:
            writer.close()
    return written
