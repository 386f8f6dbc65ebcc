"""What holds for a customer now, what the gate may see of it, and what follows for contact."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.dateparse import parse_datetime

from fairdue.core.dates import local, local_day
from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.accounts.models import Account, AccountStatus, Customer, Line
from fairdue.desk.call import gate
from fairdue.desk.call.facts import main_account
from fairdue.desk.call.models import Contact
from fairdue.desk.call.selectors import phone_lines
from fairdue.desk.decisions.timeline import permitted_hours
from fairdue.desk.people.models import Role, User

from . import rules
from .evidence import NOT_A_TALK, contact_day
from .models import Kind, Preference

TALK_DAYS = 90
"""How far back a talk may lie to be offered as evidence."""
PACK = "cn"


@dataclass(frozen=True)
class Fact:
    """Something that stands: of the customer, or of `line`. `row` None: it came with the data or from a call's outcome
    and has no evidence here. `over`: its last day has passed, so it does not count any more."""

    kind: str
    value: str
    line: Line | None = None
    row: Preference | None = None
    over: bool = False

    @property
    def key(self) -> str:
        """What a form sends back to name it."""
        account = self.row.account_id if self.row else None
        return f"{self.kind}:{self.value}:{self.line.pk if self.line else ''}:{account or ''}"

    @property
    def protects(self) -> bool:
        return rules.protects(self.kind, self.value)


def zone_of(customer: Customer) -> str:
    """The zone in which a customer's days are counted: the first that is known, else the institution's."""
    return customer.zones[0] if customer.zones else settings.FAIRDUE_ZONE


def day_of(at: datetime, customer: Customer) -> date:
    """The customer's local date."""
    return local_day(at, zone_of(customer))


def standing_rows(customer: Customer) -> QuerySet[Preference]:
    """Rows that have not ended."""
    related = ("line", "account", "contact", "set_by")
    return Preference.objects.filter(customer=customer, withdrawn_at=None).select_related(*related)


def history(customer: Customer) -> QuerySet[Preference]:
    """Every row, newest first."""
    related = ("line", "account", "contact", "set_by", "withdrawn_by", "withdrawn_contact")
    return Preference.objects.filter(customer=customer).select_related(*related)


def standing(customer: Customer, day: date) -> list[Fact]:
    """What stands in the fields of the customer and the lines, each with its row, and the evidence; by kind."""
    rows = list(standing_rows(customer).order_by("pk"))
    by_fact = {(row.kind, row.value, row.line_id): row for row in rows}

    def fact(kind: Kind, value: str = "", line: Line | None = None) -> Fact:
        row = by_fact.get((kind, value, line.pk if line else None))
        return Fact(kind, value, line, row, over=_over(row, day))

    found: list[Fact] = []
    if customer.agreed_hours:
        found.append(fact(Kind.AGREED_HOURS, "-".join(customer.agreed_hours)))
    found += [fact(Kind.INCONVENIENT, "-".join(pair)) for pair in customer.inconvenient]
    found += [fact(Kind.CONSENT, name) for name in customer.consents]
    found += [fact(Kind.OPT_OUT, name) for name in customer.opt_outs]
    for line in lines(customer):
        found += [fact(Kind.OPT_OUT, name, line) for name in line.opt_outs]
        if not line.valid:
            found.append(fact(Kind.WRONG_NUMBER, line=line))
        if line.employer_prohibits:
            found.append(fact(Kind.WORKPLACE, line=line))
        if line.refused:
            found.append(fact(Kind.REFUSED, line=line))
        source = by_fact.get((Kind.SOURCE, line.source, line.pk))
        if source is not None:
            found.append(fact(Kind.SOURCE, line.source, line))
    found += [
        Fact(row.kind, row.value, row.line, row, over=_over(row, day)) for row in rows if row.kind == Kind.EVIDENCE
    ]
    return found


def _over(row: Preference | None, day: date) -> bool:
    return row is not None and row.valid_until is not None and row.valid_until < day


def lines(customer: Customer) -> list[Line]:
    """All lines: the customer's own first."""
    return sorted(customer.lines.all(), key=lambda line: (line.role != "debtor", line.kind, line.pk))


def gate_facts(customer: Customer, line: Line, day: date, account: Account | None = None) -> dict[str, Any]:
    """What the gate may know of wishes and evidence for a contact on this line on this local day of the person.

    Keys: consents, agreed_hours (None when nothing is agreed), inconvenient, opt_outs, evidence. What ran out before `day`
    is not there. `account` is the debt that the contact is about; None takes the customer's main account. Reads only.
    """
    debt = account or main_account(customer)
    wishes = [
        rules.Wish(row.kind, row.value, row.line_id, row.account_id, row.valid_until) for row in standing_rows(customer)
    ]
    own = line.role == "debtor"
    found = rules.effective(
        consents=customer.consents, agreed_hours=customer.agreed_hours if own else None,
        inconvenient=customer.inconvenient if own else (), wishes=wishes, day=day, line=line.pk,
        account=debt.pk if debt else None,
    )  # fmt: skip
    return {**found, "opt_outs": sorted({*(customer.opt_outs if own else ()), *line.opt_outs})}


def ordinary_hours(customer: Customer, day: date) -> list[rules.Span]:
    """The hours of a day (minutes, the customer's clock) in which the pack lets one contact somebody who agreed to nothing
    else; empty when they are not known."""
    return list(permitted_hours(PACK, day, (zone_of(customer),), "voice_human") or ())


def open_hours(customer: Customer, day: date) -> list[rules.Span] | None:
    """The hours of this day in which the customer may be called, as far as only the hour speaks against it; None when no
    zone or no pack is known."""
    wishes = [rules.Wish(row.kind, row.value, None, None, row.valid_until) for row in standing_rows(customer)]
    now = rules.effective(
        consents=customer.consents, agreed_hours=customer.agreed_hours, inconvenient=customer.inconvenient,
        wishes=wishes, day=day, line=0,
    )  # fmt: skip
    found = permitted_hours(
        PACK, day, customer.zones, "voice_human", now["consents"], now["agreed_hours"], now["inconvenient"]
    )
    return None if found is None else list(found)


def overlapping(customer: Customer, kind: str, value: str) -> list[str]:
    """Windows that do not suit and share some time with this new one (for hours that do not suit: other than itself)."""
    new = rules.spans(rules.stored_window(value))
    others = ["-".join(pair) for pair in customer.inconvenient]
    return [
        other for other in others
        if (kind, other) != (Kind.INCONVENIENT, value) and rules.common(new, rules.spans(rules.stored_window(other)))
    ]  # fmt: skip


@dataclass(frozen=True)
class Outlook:
    """Whether the main line may be called now: `asked_for` is the agent the gate was asked for, `next_lawful` the local
    moment at which it would be allowed, None when only an event changes it. `reasons`: each with its rules."""

    line: Line
    allow: bool
    next_lawful: datetime | None
    reasons: tuple[tuple[dict[str, str], tuple[str, ...]], ...]
    asked_for: User


def outlook(customer: Customer, user: User) -> Outlook | None:
    """Ask the gate, read-only, about a call on the customer's main line now; None without a line of their own.

    For whom: the agent who looks, else the customer's agent, because certificates and agency belong to who calls.
    """
    own = [line for line in phone_lines(customer) if line.role == "debtor"]
    if not own:
        return None
    line = next((one for one in own if one.valid), own[0])
    caller = user if user.role == Role.AGENT or customer.assigned_to is None else customer.assigned_to
    decision = gate.ask(caller, customer, line, at=clock.now())
    moment = parse_datetime(decision["next_lawful"]) if decision["next_lawful"] else None
    reasons: dict[str, tuple[dict[str, str], list[str]]] = {}
    for rule in decision["rules"]:
        if rule["verdict"] == "deny":
            reasons.setdefault(rule["why"]["zh"], (rule["why"], []))[1].append(rule["id"])
    return Outlook(
        line, decision["allow"], local(moment, zone_of(customer)) if moment else None,
        tuple((why, tuple(ids)) for why, ids in reasons.values()), caller,
    )  # fmt: skip


@dataclass(frozen=True)
class Provenance:
    """A line with where it comes from. `usable`: the source is a lawful one; else `rules` are (id, title, why)."""

    line: Line
    usable: bool
    row: Preference | None
    rules: tuple[tuple[str, Text, Text], ...]


def lawful_sources() -> tuple[frozenset[str], tuple[tuple[str, Text, Text], ...]]:
    """The sources that every rule of the pack allows, and those rules as (id, title, why in simple words), law first."""
    found = [rule for rule in gate.pack().rules if rule.check == "source"]
    allowed = frozenset(rules.SOURCES).intersection(*(rule.params.get("allowed", ()) for rule in found))
    named = [(rule.id, rule.title.text(), (rule.why or rule.title).text()) for rule in found]
    return allowed, tuple(sorted(named, key=lambda one: one[0] != "CN-PIPL-10"))


def provenances(customer: Customer) -> list[Provenance]:
    """Every line and its source."""
    allowed, why = lawful_sources()
    rows = {(row.line_id, row.value): row for row in standing_rows(customer).filter(kind=Kind.SOURCE)}
    found = []
    for line in lines(customer):
        usable = line.source in allowed
        found.append(Provenance(line, usable, rows.get((line.pk, line.source)), () if usable else why))
    return found


def talks(customer: Customer, user: User) -> list[Contact]:
    """Talks that this user may name as evidence, newest first: an agent's own of today, else those of `TALK_DAYS`."""
    found = Contact.objects.filter(customer=customer, connected=True, two_way=True).exclude(outcome__in=NOT_A_TALK)
    found = found.select_related("line", "agent").order_by("-started_at", "-pk")
    if user.role == Role.AGENT:
        today = clock.today()
        mine = found.filter(agent=user, started_at__gte=clock.now() - timedelta(days=2))
        return [contact for contact in mine if contact_day(contact, customer) == today]
    return list(found.filter(started_at__gte=clock.now() - timedelta(days=TALK_DAYS)))


def open_accounts(customer: Customer) -> QuerySet[Account]:
    """The debts that evidence may speak of."""
    return customer.accounts.filter(status=AccountStatus.OPEN).order_by("number")
