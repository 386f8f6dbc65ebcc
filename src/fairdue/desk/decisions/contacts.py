"""The contacts that a decision speaks of, and those of its day: from the ids it stored (`contact:12`, `past:7`,
`permit:9`) back to rows, with masked lines and who made them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q

from fairdue.core.dates import at_local
from fairdue.core.text import Text
from fairdue.desk.accounts.models import Customer, Line
from fairdue.desk.call.models import Contact, PastContact, Permit
from fairdue.desk.people.models import Agency, User

from .words import OTHER_FILE, OUTSIDE


@dataclass(frozen=True)
class Touch:
    """One contact as a table shows it. `at` None: the record is gone. `note` says what is special about it."""

    id: str
    at: datetime | None
    channel: str = ""
    direction: str = "out"
    connected: bool = False
    two_way: bool = False
    seconds: int | None = None
    role: str = ""
    line: str = ""
    made_by: Text = OUTSIDE
    reserved: bool = False
    note: Text | None = None


def touches(ids: Iterable[str], customer: Customer) -> dict[str, Touch]:
    """The contacts of these ids, three statements for any number; an id without a row gives a `Touch` without a time."""
    wanted: dict[str, list[int]] = {"contact": [], "past": [], "permit": []}
    names = list(dict.fromkeys(ids))
    for name in names:
        kind, _colon, number = name.partition(":")
        if kind in wanted and number.isdecimal():
            wanted[kind].append(int(number))
    found: dict[str, Touch] = {}
    if wanted["contact"]:
        rows = Contact.objects.filter(pk__in=wanted["contact"]).select_related("line", "agent__agency")
        found |= {f"contact:{row.pk}": _contact(row, customer) for row in rows}
    if wanted["past"]:
        agencies = _agencies()
        pasts = PastContact.objects.filter(pk__in=wanted["past"]).select_related("line")
        found |= {f"past:{row.pk}": _past(row, customer, agencies) for row in pasts}
    if wanted["permit"]:
        permits = Permit.objects.filter(pk__in=wanted["permit"]).select_related("line", "agent__agency")
        found |= {f"permit:{row.pk}": _permit(row, customer) for row in permits}
    return {name: found.get(name) or Touch(name, None) for name in names}


def of_day(customer: Customer, line: Line | None, day: date, zone: str) -> list[Touch]:
    """Contacts of the customer, and of the number with anybody, on this local day, in order."""
    start, end = at_local(day, time(0), zone), at_local(day + timedelta(days=1), time(0), zone)
    mine = Q(customer=customer)
    if line is not None:
        mine |= Q(line__value_index=line.value_index)
    made = Contact.objects.filter(mine, started_at__gte=start, started_at__lt=end)
    past = PastContact.objects.filter(mine, at__gte=start, at__lt=end)
    rows = [_contact(row, customer) for row in made.select_related("line", "agent__agency")]
    agencies = _agencies()
    rows += [_past(row, customer, agencies) for row in past.select_related("line")]
    return sorted(rows, key=lambda row: (row.at, row.id))


def _agencies() -> dict[str, str]:
    return dict(Agency.objects.values_list("code", "name"))


def _agent(agent: User) -> Text:
    name = agent.get_full_name() or agent.get_username()
    where = f"（{agent.agency.name}）" if agent.agency else ""
    return Text(f"{name}{where}", f"{name} ({agent.agency.name})" if agent.agency else name)


def _note(customer_id: int, customer: Customer) -> Text | None:
    return OTHER_FILE if customer_id != customer.pk else None


def _contact(row: Contact, customer: Customer) -> Touch:
    return Touch(
        id=f"contact:{row.pk}",
        at=row.started_at,
        channel=row.channel,
        direction=row.direction,
        connected=row.connected,
        two_way=row.two_way,
        seconds=row.talk_seconds,
        role=row.role,
        line=row.line.value_masked,
        made_by=_agent(row.agent),
        note=_note(row.customer_id, customer),
    )


def _past(row: PastContact, customer: Customer, agencies: dict[str, str]) -> Touch:
    name = agencies.get(row.agency, row.agency)
    return Touch(
        id=f"past:{row.pk}",
        at=row.at,
        channel=row.channel,
        direction=row.direction,
        connected=row.connected,
        two_way=row.two_way,
        seconds=row.talk_seconds,
        role=row.role,
        line=row.line.value_masked if row.line else "",
        made_by=Text(name, name) if name else OUTSIDE,
        note=_note(row.customer_id, customer),
    )


def _permit(row: Permit, customer: Customer) -> Touch:
    return Touch(
        id=f"permit:{row.pk}",
        at=row.taken_at,
        channel=row.channel,
        role=row.line.role,
        line=row.line.value_masked,
        made_by=_agent(row.agent),
        reserved=True,
        note=_note(row.customer_id, customer),
    )
