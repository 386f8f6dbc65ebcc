"""Payments that stayed, and how they are spread over what was agreed. Pure reads and sums; nothing is written here."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from fairdue.desk.accounts.models import LedgerEntry


@dataclass(frozen=True, slots=True)
class Paid:
    """A payment less what was reversed of it: its value date and what stayed (fen, above 0)."""

    day: date
    amount_fen: int


@dataclass(frozen=True, slots=True)
class Due:
    """Something agreed: its key, the days (both inclusive) whose payments count for it, and its amount in fen."""

    key: int
    start: date
    end: date
    amount_fen: int


def payments_of(account_ids: Iterable[int], as_of: date) -> dict[int, list[Paid]]:
    """Per account the payments dated up to `as_of`, net of reversals, in order of value date."""
    rows = LedgerEntry.objects.filter(
        account_id__in=list(account_ids), kind__in=("payment", "reversal"), value_date__lte=as_of
    ).order_by("value_date", "pk")
    back: dict[tuple[int, str], int] = defaultdict(int)
    entries = list(rows)
    for entry in entries:
        if entry.kind == "reversal":
            back[entry.account_id, entry.reverses] += abs(entry.amount_fen)
    paid: dict[int, list[Paid]] = defaultdict(list)
    for entry in entries:
        if entry.kind == "payment":
            stayed = entry.amount_fen - back[entry.account_id, entry.reference]
            if stayed > 0:
                paid[entry.account_id].append(Paid(entry.value_date, stayed))
    return paid


def spread(payments: Iterable[Paid], dues: Iterable[Due]) -> dict[int, int]:
    """How much (fen) came in for each due: every fen counts once, for the earliest end whose days include it.

    What is more than the due's amount goes on to the next due; what fits none is left over.
    """
    ordered = sorted(dues, key=lambda due: (due.end, due.start, due.key))
    got = {due.key: 0 for due in ordered}
    for payment in payments:
        left = payment.amount_fen
        for due in ordered:
            if left and due.start <= payment.day <= due.end:
                taken = min(left, due.amount_fen - got[due.key])
                got[due.key] += taken
                left -= taken
    return got
