"""A generated portfolio for demos and benchmarks: people, debts, lines, consents, holds, and a history of contacts.

Nothing in it is real: names come from `identities`, numbers from ranges that cannot be assigned, lenders are made up.
The same customers, seed and day give the same sample. Rates follow published figures: 7.39 % of attempts reach the
customer, 35 % of contacts give a promise (Sánchez et al. 2022); hours and lines differ, so that a best hour per line can
be found (P1-4.9). Amounts are as of the due date; what was paid since is in `events`, so a replay counts it once.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from fairdue.core.findings import Place

from . import records as rec
from .sample_history import make_history
from .sample_people import make_accounts, make_holds, make_lines, make_people

PLACE = Place("sample")


@dataclass(frozen=True)
class Sample:
    """Six frames whose columns are the fields of the record types; the properties give them as records."""

    as_of: date
    seed: int
    people: pl.DataFrame
    account_rows: pl.DataFrame
    line_rows: pl.DataFrame
    event_rows: pl.DataFrame
    history_rows: pl.DataFrame
    hold_rows: pl.DataFrame

    @cached_property
    def customers(self) -> tuple[rec.CustomerRecord, ...]:
        """Customers in order of their number; identities are generated and say so."""
        return tuple(
            rec.CustomerRecord(**_tupled(row), generated_identity=True, source=PLACE) for row in _rows(self.people)
        )

    @cached_property
    def accounts(self) -> tuple[rec.AccountRecord, ...]:
        """Accounts in order of their number."""
        return tuple(rec.account_record(**row, source=PLACE) for row in _rows(self.account_rows))

    @cached_property
    def lines(self) -> tuple[rec.LineRecord, ...]:
        """Own lines and contact persons."""
        return tuple(rec.LineRecord(**row, place=PLACE) for row in _rows(self.line_rows))

    @cached_property
    def events(self) -> tuple[rec.EventRecord, ...]:
        """Payments and reversals."""
        return tuple(rec.EventRecord(**row, source=PLACE) for row in _rows(self.event_rows))

    @cached_property
    def history(self) -> tuple[rec.HistoryRecord, ...]:
        """Attempts, conversations and promises, in order of time."""
        return tuple(rec.HistoryRecord(**row, source=PLACE) for row in _rows(self.history_rows))

    @cached_property
    def holds(self) -> tuple[rec.HoldRecord, ...]:
        """Reasons for which collection rests."""
        return tuple(rec.HoldRecord(**row, source=PLACE) for row in _rows(self.hold_rows))


def _rows(frame: pl.DataFrame) -> list[dict[str, Any]]:
    return frame.to_dicts()


def _tupled(row: dict[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in row.items()}


def make_sample(customers: int, seed: int, as_of: date) -> Sample:
    """A portfolio of `customers` people on the day `as_of`. Raises `ValueError` for fewer than one customer."""
    if customers < 1:
        raise ValueError(f"a sample needs at least 1 customer, not {customers}")
    rng = np.random.default_rng(seed)
    people = make_people(rng, customers, as_of)
    accounts = make_accounts(rng, customers, as_of)
    lines = make_lines(rng, people)
    history, events = make_history(rng, accounts, lines, as_of)
    holds = make_holds(rng, accounts, as_of)
    return Sample(as_of, seed, people.drop("number"), accounts, lines, events, history, holds)
