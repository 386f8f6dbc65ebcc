"""Write the database's facts as the Parquet files the night reads (formats.md, "The night").

Payments that were reversed are left out together with their reversal, so that the night only sees money that stayed.
The organisation's clock decides nothing here: the caller passes `day`, and events up to the moment of export go in.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from django.conf import settings
from django.db.models import Count, F

from fairdue.core.dates import at_local
from fairdue.desk.accounts.models import Account, AccountStatus, LedgerEntry
from fairdue.desk.call.models import Contact, PastContact
from fairdue.desk.cases.models import Hold
from fairdue.desk.people.models import Role, User
from fairdue.desk.promises.models import Promise

from .models import Task

ACCOUNTS = pa.schema(
    [
        ("account_id", pa.string()),
        ("debtor_id", pa.string()),
        ("product", pa.string()),
        ("principal_fen", pa.int64()),
        ("due_fen", pa.int64()),
        ("due_date", pa.date32()),
        ("opened", pa.date32()),
        ("cycles", pa.int32()),
        ("limit_fen", pa.int64()),
        ("agent_group", pa.string()),
        ("do_not_contact", pa.bool_()),
        ("zone", pa.string()),
        ("last_agent", pa.string()),
        ("status", pa.string()),
        ("broken", pa.int32()),
    ]
)
EVENTS = pa.schema(
    [
        ("ts", pa.timestamp("us", tz="UTC")),
        ("debtor_id", pa.string()),
        ("account_id", pa.string()),
        ("kind", pa.string()),
        ("amount_fen", pa.int64()),
        ("connected", pa.bool_()),
        ("talk_seconds", pa.int32()),
        ("line_id", pa.string()),
    ]
)
AGENTS = pa.schema([("agent_id", pa.string()), ("capacity", pa.int32()), ("skills", pa.list_(pa.string()))])
TASKS = pa.schema(
    [
        ("debtor_id", pa.string()),
        ("kind", pa.string()),
        ("due_at", pa.timestamp("us", tz="UTC")),
        ("amount_fen", pa.int64()),
        ("agent", pa.string()),
    ]
)


def _write(rows: Iterable[tuple[Any, ...]], schema: pa.Schema, path: Path) -> int:
    columns: list[tuple[Any, ...]] = list(zip(*rows, strict=True)) or [()] * len(schema)
    arrays = [pa.array(values, type=field.type) for values, field in zip(columns, schema, strict=True)]
    table = pa.Table.from_arrays(arrays, schema=schema)
    pq.write_table(table, path)
    return int(table.num_rows)


def write_accounts(path: Path) -> int:
    """Open accounts with their customer's first zone, last agent and whether a hold stops collection."""
    broken = dict(
        Promise.objects.filter(state="broken")
        .values_list("customer_id")
        .annotate(n=Count("pk"))
        .values_list("customer_id", "n")
    )
    held = set(Hold.objects.filter(lifted_at=None).values_list("customer_id", flat=True))
    accounts = (
        Account.objects.filter(status=AccountStatus.OPEN)
        .order_by("number")
        .values(
            "number",
            "product",
            "principal_fen",
            "due_fen",
            "due_date",
            "opened",
            "cycles",
            "limit_fen",
            "status",
            "customer_id",
            debtor=F("customer__debtor_id"),
            zones=F("customer__zones"),
            agent=F("customer__assigned_to__username"),
        )
    )
    return _write(
        (
            (
                a["number"],
                a["debtor"],
                a["product"],
                a["principal_fen"],
                a["due_fen"],
                a["due_date"],
                a["opened"],
                a["cycles"],
                a["limit_fen"],
                None,
                a["customer_id"] in held,
                a["zones"][0] if a["zones"] else None,
                a["agent"],
                a["status"],
                broken.get(a["customer_id"], 0),
            )
            for a in accounts.iterator(chunk_size=5000)
        ),
        ACCOUNTS,
        path,
    )


def _midday(day: date) -> datetime:
    """A payment has a value date and no hour; noon keeps it on that date in every Chinese zone."""
    return at_local(day, time(12), settings.FAIRDUE_ZONE)


def _payments() -> Iterable[tuple[Any, ...]]:
    reversed_ = set(LedgerEntry.objects.filter(kind="reversal").values_list("account_id", "reverses"))
    rows = LedgerEntry.objects.filter(kind="payment").values_list(
        "account_id", "reference", "value_date", "amount_fen", "account__number", "account__customer__debtor_id"
    )
    for account, reference, day, fen, number, debtor in rows.iterator(chunk_size=5000):
        if (account, reference) not in reversed_:
            yield _midday(day), debtor, number, "payment", fen, None, None, None


def _contacts() -> Iterable[tuple[Any, ...]]:
    made = Contact.objects.values_list(
        "started_at", "customer__debtor_id", "connected", "talk_seconds", "two_way", "line_id"
    )
    past = PastContact.objects.filter(direction="out").values_list(
        "at", "customer__debtor_id", "connected", "talk_seconds", "two_way", "line_id"
    )
    for rows in (made, past):
        for at, debtor, connected, seconds, two_way, line in rows.iterator(chunk_size=5000):
            kind = "conversation" if connected and two_way else "attempt"
            yield at, debtor, None, kind, None, connected, seconds, str(line) if line else None


def _promises() -> Iterable[tuple[Any, ...]]:
    rows = Promise.objects.values_list("created_at", "customer__debtor_id", "account__number", "amount_fen")
    for at, debtor, number, fen in rows.iterator(chunk_size=5000):
        yield at, debtor, number, "promise", fen, None, None, None


def write_events(path: Path) -> int:
    """Payments that stayed, contacts of this desk and of earlier systems, promises; in time order."""
    rows = [*_payments(), *_contacts(), *_promises()]
    rows.sort(key=lambda row: row[0])
    return _write(rows, EVENTS, path)


def write_agents(path: Path) -> int:
    """Active agents with their daily capacity and skills."""
    rows = User.objects.filter(role=Role.AGENT, is_active=True).order_by("username")
    return _write(rows.values_list("username", "capacity", "skills"), AGENTS, path)


def write_tasks(path: Path, day: date) -> int:
    """Open tasks that fall due by the end of `day` (organisation's zone), late ones included."""
    end = at_local(day + timedelta(days=1), time(0), settings.FAIRDUE_ZONE)
    rows = (
        Task.objects.filter(done_at=None, due_at__lt=end)
        .exclude(kind="review")
        .annotate(debtor=F("customer__debtor_id"), who=F("agent__username"))
        .order_by("due_at", "id")
    )
    return _write(rows.values_list("debtor", "kind", "due_at", "amount_fen", "who"), TASKS, path)
