"""The desk's attempts of some days as the gate was asked for them, and the contacts and holds before each."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Q

from fairdue.core.dates import at_local
from fairdue.desk.accounts.models import Line
from fairdue.desk.call import reading
from fairdue.desk.call.facts import gate_request, number_key
from fairdue.desk.call.models import Contact, Denial, PastContact, Permit
from fairdue.desk.cases.models import Hold
from fairdue.desk.people.models import User
from fairdue.policy import History, HistoryRow, Request


@dataclass(frozen=True, slots=True)
class Attempt:
    """One time that the gate was asked. `kind` is contact, permit (nothing was dialled) or denial; `row` its id."""

    kind: str
    row: int
    at: datetime
    customer: int
    agent: int

    @property
    def own(self) -> str:
        """Its own row in a history; "" when nothing was dialled."""
        return f"contact:{self.row}" if self.kind == "contact" else ""


Asked = tuple[Attempt, dict[str, Any] | None]
"""An attempt with the request of formats.md, without its history; None when its number is gone."""


def instants(since: date, until: date) -> tuple[datetime, datetime]:
    """The desk's days from `since` to `until`, both included, as a half-open span of instants (UTC)."""
    zone = settings.FAIRDUE_ZONE
    return at_local(since, time(0), zone), at_local(until + timedelta(days=1), time(0), zone)


def in_span(since: date, until: date) -> tuple[list[int], int]:
    """The customers with an attempt in these days, in order, and how many attempts there are."""
    start, end = instants(since, until)
    permits = Permit.objects.filter(taken_at__gte=start, taken_at__lt=end)
    denials = Denial.objects.filter(at__gte=start, at__lt=end)
    customers = {*permits.values_list("customer_id", flat=True), *denials.values_list("customer_id", flat=True)}
    return sorted(customers), permits.count() + denials.count()


def attempts(
    customers: Sequence[int], span: tuple[datetime, datetime], past: PastContacts, agents: dict[int, User]
) -> Iterator[Asked]:
    """The attempts of these customers in order of time. `agents` is filled with the users that were read."""
    start, end = span
    asked = [*_permits(customers, start, end), *_denials(customers, start, end)]
    wanted = {row["agent_id"] for row in asked} - agents.keys()
    agents.update(User.objects.select_related("agency").in_bulk(wanted))
    subjects: dict[tuple[int, int | None], reading.Subject | None] = {}
    for row in sorted(asked, key=lambda one: (one["at"], one["kind"], one["row"])):
        attempt = Attempt(row["kind"], row["row"], row["at"], row["customer_id"], row["agent_id"])
        place = (row["line_id"], row["account_id"])
        if place not in subjects:
            subjects[place] = reading.subject(row["line_id"], account_id=row["account_id"]) if row["line_id"] else None
        subject = subjects[place]
        if subject is None:
            yield attempt, None
            continue
        yield (
            attempt,
            gate_request(
                agents[attempt.agent],
                subject,
                past.holds(attempt.customer, attempt.at),
                channel=row["channel"],
                mode=row["mode"],
                purpose=row["purpose"],
                at=attempt.at.astimezone(UTC),
            ),
        )


_ASKED = ("customer_id", "agent_id", "line_id", "account_id", "channel", "mode", "purpose")


def _permits(customers: Sequence[int], start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
    rows = Permit.objects.filter(customer_id__in=customers, taken_at__gte=start, taken_at__lt=end)
    for row in rows.values("pk", "taken_at", "contact__pk", *_ASKED):
        contact = row["contact__pk"]
        yield {**row, "kind": "contact" if contact else "permit", "row": contact or row["pk"], "at": row["taken_at"]}


def _denials(customers: Sequence[int], start: datetime, end: datetime) -> Iterator[dict[str, Any]]:
    rows = Denial.objects.filter(customer_id__in=customers, at__gte=start, at__lt=end)
    for row in rows.values("pk", "at", "customer_id", "agent_id", "line_id", "channel", "purpose"):
        mode = "notify" if row["channel"] == "voice_ai" else "interactive"
        yield {**row, "account_id": None, "mode": mode, "kind": "denial", "row": row["pk"]}


@lru_cache(maxsize=100_000)
def _key(index: str) -> str:
    return number_key(Line(value_index=index))


_MADE = ("channel", "mode", "direction", "role", "connected", "talk_seconds", "two_way")


_HELD = reading.Past._make([None] * len(reading.Past._fields))._replace(kind="hold")


class PastContacts:
    """The contacts and holds of some customers, and the contacts of their numbers with anybody, ready to be cut off."""

    def __init__(self, customers: Sequence[int], start: datetime, end: datetime) -> None:
        since = start - timedelta(days=reading.HISTORY_DAYS)
        numbers = set(Line.objects.filter(customer_id__in=customers).values_list("value_index", flat=True))
        mine = Q(customer_id__in=customers) | Q(line__value_index__in=numbers)
        shared = ("pk", "customer__debtor_id", "line__value_index", *_MADE)
        debt = ("permit__account__number", "permit__account__product")
        made = Contact.objects.filter(mine, started_at__gte=since, started_at__lt=end)
        found = [
            _row("contact", row, row["started_at"], row[debt[0]], row[debt[1]])
            for row in made.values("started_at", *shared, *debt)
        ]
        elsewhere = PastContact.objects.filter(mine, at__gte=since, at__lt=end)
        found += [_row("past", row, row["at"], None, None) for row in elsewhere.values("at", *shared)]
        found.sort(key=lambda row: (row.stamp, row.id))
        self.by_id = {row.id: row for row in found}
        self._debtors: dict[str | None, list[HistoryRow]] = {}
        self._lines: dict[str, list[HistoryRow]] = {}
        for row in found:
            self._debtors.setdefault(row.debtor, []).append(row)
            if row.line is not None:
                self._lines.setdefault(row.line, []).append(row)
        self._holds: dict[int, list[tuple[str, datetime, datetime | None]]] = {}
        for customer, kind, set_at, lifted_at in Hold.objects.filter(customer_id__in=customers).values_list(
            "customer_id", "kind", "set_at", "lifted_at"
        ):
            self._holds.setdefault(customer, []).append((kind, set_at, lifted_at))

    def holds(self, customer: int, at: datetime) -> list[reading.Past]:
        """The holds that stood then, as `facts.gate_request` reads them."""
        return [
            _HELD._replace(channel=kind)
            for kind, set_at, lifted_at in self._holds.get(customer, ())
            if set_at <= at and (lifted_at is None or lifted_at > at)
        ]

    def before(self, attempt: Attempt, request: Request) -> History:
        """The contacts of the debtor or of the number before an attempt: earlier seconds, and of its own second those that
        come before it by id, as the replay of a table has it."""
        end = (int(attempt.at.timestamp()), attempt.own)
        found = {row.id: row for row in _until(self._debtors.get(request.debtor_id, []), end)}
        if request.line_id is not None:
            found |= {row.id: row for row in _until(self._lines.get(request.line_id, []), end)}
        return History(found.values())


def _until(rows: list[HistoryRow], end: tuple[int, str]) -> list[HistoryRow]:
    return rows[: bisect_left(rows, end, key=lambda row: (row.stamp, row.id))]


def _row(kind: str, row: dict[str, Any], at: datetime, debt: str | None, product: str | None) -> HistoryRow:
    index = row["line__value_index"]
    return HistoryRow(
        id=f"{kind}:{row['pk']}",
        stamp=int(at.timestamp()),
        line=_key(index) if index else None,
        consented=False,
        debtor=row["customer__debtor_id"],
        debt=debt,
        product=product,
        reserved=False,
        **{name: row[name] for name in _MADE},
    )
