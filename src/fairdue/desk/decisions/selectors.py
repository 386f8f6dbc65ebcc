"""Which decisions there are: permits and denials as one list, filtered, a page at a time."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.conf import settings
from django.db import connection
from django.db.models import BooleanField, CharField, F, QuerySet, Value
from django.db.models.expressions import RawSQL

from fairdue.core.dates import at_local
from fairdue.core.text import Text
from fairdue.desk.accounts.models import Customer
from fairdue.desk.call.models import Denial, Permit
from fairdue.desk.people.models import Role, User
from fairdue.policy.request import CHANNELS

from .words import VERDICTS

RELATED = ("customer", "line", "agent__agency")


@dataclass(frozen=True)
class Filters:
    """What the list is narrowed to; empty means all. Days are the desk's, both included."""

    since: date | None = None
    until: date | None = None
    agent: str = ""
    customer: str = ""
    rule: str = ""
    verdict: str = ""
    channel: str = ""

    @classmethod
    def read(cls, given: dict[str, str]) -> tuple[Filters, list[Text]]:
        """From a query string; what cannot be used is left out and said."""
        problems: list[Text] = []
        days: dict[str, date | None] = {}
        for name in ("since", "until"):
            text = given.get(name, "").strip()
            try:
                days[name] = date.fromisoformat(text) if text else None
            except ValueError:
                days[name] = None
                problems.append(
                    Text(
                        f"看不懂日期“{text[:20]}”，请写成 2026-03-02。", f"{text[:20]!r} is no date; write 2026-03-02."
                    )
                )
        since, until = days["since"], days["until"]
        if since and until and until < since:
            problems.append(
                Text("结束日期早于开始日期，已对调。", "The last day was before the first; they are swapped.")
            )
            since, until = until, since
        words = {name: given.get(name, "").strip()[:80] for name in ("agent", "customer", "rule", "verdict", "channel")}
        if words["verdict"] not in VERDICTS:
            words["verdict"] = ""
        if words["channel"] not in CHANNELS:
            words["channel"] = ""
        words["rule"] = words["rule"].upper() if words["rule"] != "desk.facts" else words["rule"]
        return cls(since, until, **words), problems


@dataclass(frozen=True)
class Row:
    """One decision in the list. `at` is UTC, `zone` the customer's."""

    kind: str  # denial permit
    record: Denial | Permit
    at: datetime
    zone: str
    verdict: str
    rules: tuple[dict[str, Any], ...]

    @property
    def reasons(self) -> list[dict[str, str]]:
        """Why, each reason once."""
        return list({rule["why"]["zh"]: rule["why"] for rule in self.rules}.values())

    @property
    def verdict_name(self) -> Text:
        return VERDICTS[self.verdict]


def zone_of(record: Denial | Permit) -> str:
    """The zone in which its times are shown: the line's, the customer's, or the desk's when none is known."""
    lines = record.line.zones if record.line is not None else []
    return (lines or record.customer.zones or [settings.FAIRDUE_ZONE])[0]


def visible(user: User) -> tuple[QuerySet[Denial], QuerySet[Permit]]:
    """The decisions this user may see: an agent those that were asked for by themself."""
    denials, permits = Denial.objects.all(), Permit.objects.all()
    if user.role == Role.AGENT:
        return denials.filter(agent=user), permits.filter(agent=user)
    return denials, permits


def _spoke(table: str, rule: str) -> RawSQL:
    """Whether a rule refused or warned in the stored decision; both databases can look into JSON, each in its way."""
    if connection.vendor == "postgresql":
        sql = f"({table}.decision -> 'rules') @> %s::jsonb"
        params = [json.dumps([{"id": rule}])]
    else:
        sql = f"EXISTS (SELECT 1 FROM json_each({table}.decision, '$.rules') r WHERE r.value ->> '$.id' = %s)"  # noqa: S608 - a table's own name
        params = [rule]
    return RawSQL(sql, params, output_field=BooleanField())  # noqa: S611 - the rule is a parameter


@dataclass(frozen=True)
class Listing:
    """Denials and permits as one list, newest first; a `Paginator` counts and slices it.

    The order is the time and the table's own number, so that a database with an index on both times merges two walks and
    sorts nothing. Counting goes to each table on its own, because the rows of a UNION cannot be counted by an index.
    """

    parts: tuple[tuple[str, str, QuerySet], ...]  # kind, time column, rows

    def count(self) -> int:
        return sum(rows.count() for _kind, _at, rows in self.parts)

    def __len__(self) -> int:
        return self.count()

    def __getitem__(self, wanted: slice) -> list[tuple[str, int]]:
        """(kind, pk) of a span of positions."""
        found = [
            rows.order_by()
            .annotate(moment=F(column), kind=Value(kind, output_field=CharField()))
            .values_list("moment", "pk", "kind")
            for kind, column, rows in self.parts
        ]
        merged = found[0].union(*found[1:], all=True).order_by("-moment", "-pk")[wanted]
        return [(kind, pk) for _at, pk, kind in merged]


def listed(user: User, wanted: Filters) -> Listing:
    """The decisions that this user may see and the filters let through; `rows` reads what a page needs of them."""
    denials, permits = visible(user)
    parts = []
    for kind, some, at in (("denial", denials, "at"), ("permit", permits, "taken_at")):
        parts.append((kind, at, _narrowed(kind, some, at, wanted)))
    return Listing(tuple(parts))


def _narrowed(kind: str, some: QuerySet, at: str, wanted: Filters) -> QuerySet:
    if wanted.since:
        some = some.filter(**{f"{at}__gte": at_local(wanted.since, time(0), settings.FAIRDUE_ZONE)})
    if wanted.until:
        end = at_local(wanted.until + timedelta(days=1), time(0), settings.FAIRDUE_ZONE)
        some = some.filter(**{f"{at}__lt": end})
    if wanted.agent:
        some = some.filter(agent__in=User.objects.filter(username=wanted.agent))
    if wanted.customer:
        some = some.filter(customer__in=Customer.objects.filter(debtor_id=wanted.customer))
    if wanted.channel:
        some = some.filter(channel=wanted.channel)
    if wanted.rule:
        some = some.filter(_spoke(some.model._meta.db_table, wanted.rule))
    if not wanted.verdict:
        return some
    if kind == "denial" or wanted.verdict == "deny":
        return some if (kind == "denial") == (wanted.verdict == "deny") else some.none()
    return some.filter(decision__verdict=wanted.verdict)


def rows(page: Any) -> list[Row]:
    """The rows of one page of `listed`, read with one statement for each table."""
    keys = list(page)
    wanted = {kind: [pk for k, pk in keys if k == kind] for kind in ("denial", "permit")}
    denials = Denial.objects.select_related(*RELATED).in_bulk(wanted["denial"])
    permits = Permit.objects.select_related(*RELATED).in_bulk(wanted["permit"])
    return [row(kind, denials[pk] if kind == "denial" else permits[pk]) for kind, pk in keys]


def row(kind: str, record: Denial | Permit) -> Row:
    """A stored decision as a row; refusals before warnings."""
    verdict = record.decision.get("verdict", "deny")
    rules = [rule for rule in record.decision.get("rules", []) if rule["verdict"] == verdict]
    at = record.at if isinstance(record, Denial) else record.taken_at
    return Row(kind, record, at, zone_of(record), verdict if verdict in VERDICTS else "deny", tuple(rules))
