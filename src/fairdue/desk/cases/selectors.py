"""Reads of holds and cases, and of the data that says what a hold means (packs/holds.yaml)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, time, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.db.models import Count, Q, QuerySet

from fairdue.core.dates import at_local, local_day
from fairdue.core.findings import has_errors
from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.accounts.models import Account, Customer, Line
from fairdue.desk.people.models import Role, User
from fairdue.desk.people.permissions import visible_customers
from fairdue.packs import PACKS, read_yaml
from fairdue.policy.holds import HOUSE, HoldPack, HoldRule, load_holds
from fairdue.policy.schema import CONFIDENCE

from .models import Case, Hold, HoldKind
from .words import ARTICLE_NOTES, WHO

STATES = ("open", "answered", "closed")
SHOWS = ("all", "overdue", "mine", "second")
JURISDICTION = "CN"
"""Whose law the desk's accounts stand under."""


class UnusableHoldsError(RuntimeError):
    """packs/holds.yaml has errors: nobody may lift anything until it is mended."""


@lru_cache(maxsize=1)
def hold_pack() -> HoldPack:
    """The rules of this process; raises `UnusableHoldsError` when the file has errors (fail closed)."""
    pack, findings = load_holds()
    if has_errors(findings):
        raise UnusableHoldsError("; ".join(finding.line() for finding in findings))
    return pack


def hold_rule(kind: str) -> HoldRule:
    """What a kind of hold means here."""
    return hold_pack().rule(str(kind), JURISDICTION)


@dataclass(frozen=True)
class HoldView:
    """A hold as its page shows it: the row, its rule, how it stands, and what this user may do with it."""

    hold: Hold
    rule: HoldRule
    overdue_days: int  # 0: not overdue
    over_longest: bool  # past the longest time: only compliance may keep it
    last_day: date | None
    waits_for_second: bool
    may_lift: bool
    may_keep: bool

    @property
    def lifters(self) -> list[Any]:
        return [WHO[role] for role in self.rule.lift_by]

    @property
    def basis(self) -> list[tuple[str, Text]]:
        return [cited(basis) for basis in self.rule.basis]

    @property
    def evidence(self) -> Text | None:
        """The kind of proof that was named when it was lifted (or when lifting was asked for)."""
        kind = self.rule.proof(self.hold.lift_evidence)
        return kind.text if kind else None


@dataclass(frozen=True)
class Right:
    """Something that binds us like a hold without being one: an opt-out, a refusal, a limitation that has passed."""

    rule: HoldRule
    what: Any

    @property
    def lifters(self) -> list[Any]:
        return [WHO[role] for role in self.rule.lift_by]

    @property
    def basis(self) -> list[tuple[str, Text]]:
        return [cited(basis) for basis in self.rule.basis]


@lru_cache(maxsize=1)
def citations() -> dict[str, dict[str, Any]]:
    """packs/citations.yaml: where each rule stands and how sure we are of its wording."""
    return read_yaml(PACKS / "citations.yaml")["citations"]


def cited(basis: str) -> tuple[str, Text]:
    """A basis as (id, article and how sure we are of its wording)."""
    row = citations().get(basis)
    if basis == HOUSE or row is None:
        return "", CONFIDENCE[HOUSE]
    sure = CONFIDENCE[row["confidence"]]
    where = f"{row['instrument']} {row['article']}"
    zh = where
    for english, chinese in ARTICLE_NOTES.items():
        zh = zh.replace(f" {english}", chinese)
    return basis, Text(f"{zh}（{sure.zh}）", f"{where} ({sure.en})")


def active_holds(customer: Customer) -> QuerySet[Hold]:
    """Holds that are not lifted, newest first."""
    return Hold.objects.filter(customer=customer, lifted_at=None).select_related("set_by", "account").order_by("-pk")


def hold_kinds(customer: Customer) -> list[str]:
    """The gate's `holds`: the distinct kinds that are open, in alphabetical order."""
    return sorted(set(Hold.objects.filter(customer=customer, lifted_at=None).values_list("kind", flat=True)))


def set_day(hold: Hold) -> date:
    """The desk's calendar day on which it was set."""
    return local_day(hold.set_at, settings.FAIRDUE_ZONE)


def review_day(hold: Hold) -> date | None:
    """The day by which it must be looked at: its own, or what the rule gives a hold that came without one."""
    return hold.review_on or hold_rule(hold.kind).review_on(set_day(hold))


def over_longest(hold: Hold, today: date) -> bool:
    """Whether it has stood longer than its rule allows without compliance."""
    last = hold_rule(hold.kind).last_day(set_day(hold))
    return last is not None and today > last


def hold_view(hold: Hold, user: User, today: date) -> HoldView:
    """How a hold stands today for this user."""
    rule = hold_rule(hold.kind)
    due = review_day(hold)
    waits = hold.lifted_at is None and hold.lift_asked_by_id is not None
    late = (today - due).days if due and hold.lifted_at is None and today > due else 0
    lifter = hold.lifted_at is None and rule.may_lift(user.role)
    return HoldView(
        hold=hold,
        rule=rule,
        overdue_days=late,
        over_longest=hold.lifted_at is None and over_longest(hold, today),
        last_day=rule.last_day(set_day(hold)),
        waits_for_second=waits,
        may_lift=lifter and not (waits and hold.lift_asked_by_id == user.pk),
        may_keep=hold.lifted_at is None and may_keep(hold, user, today),
    )


def may_keep(hold: Hold, user: User, today: date) -> bool:
    """Whether this user may look at a hold and keep it on: who may lift it; past its longest time compliance."""
    rule = hold_rule(hold.kind)
    if rule.review_days is None and hold.review_on is None:
        return False
    return user.role == Role.COMPLIANCE if over_longest(hold, today) else rule.may_lift(user.role)


def views(holds: Iterable[Hold], user: User) -> list[HoldView]:
    """`hold_view` of each, for today."""
    today = clock.today()
    return [hold_view(hold, user, today) for hold in holds]


def _overdue(today: date) -> Q:
    """Past the review day; a hold that came without one is due when its rule says."""
    late = Q(review_on__lt=today)
    for kind in HoldKind.values:
        days = hold_rule(kind).review_days
        if days is not None:
            edge = at_local(today - timedelta(days=days), time(0), settings.FAIRDUE_ZONE)
            late |= Q(review_on=None, kind=kind, set_at__lt=edge)
    return late


def standing_holds(user: User, show: str = "all", kind: str = "") -> QuerySet[Hold]:
    """Holds that stand on customers this user may see: all newest first; overdue, the longest overdue first; `mine`
    those the user owns; `second` those that wait for the second person."""
    holds = Hold.objects.filter(lifted_at=None, customer__in=visible_customers(user))
    holds = holds.select_related("customer", "account", "set_by", "owner", "lift_asked_by")
    if kind in HoldKind.values:
        holds = holds.filter(kind=kind)
    if show == "overdue":
        return holds.filter(_overdue(clock.today())).order_by("review_on", "pk")
    if show == "mine":
        return holds.filter(owner=user).order_by("review_on", "pk")
    if show == "second":
        return holds.exclude(lift_asked_by=None).order_by("lift_asked_at", "pk")
    return holds.order_by("-pk")


def hold_counts(user: User) -> dict[str, Any]:
    """How many stand: `all`, `overdue`, `mine`, `second`, and `kinds` as (kind, standing, overdue) of those with any."""
    late = Q(pk__in=Hold.objects.filter(_overdue(clock.today()), lifted_at=None).values("pk"))
    rows = standing_holds(user).order_by("kind").values("kind").annotate(n=Count("pk"), late=Count("pk", filter=late))
    kinds = [(HoldKind(row["kind"]), row["n"], row["late"]) for row in rows]
    return {
        "all": sum(n for _kind, n, _late in kinds),
        "overdue": sum(n for _kind, _n, n in kinds),
        "mine": standing_holds(user, "mine").count(),
        "second": standing_holds(user, "second").count(),
        "kinds": kinds,
    }


def overdue_holds(today: date) -> QuerySet[Hold]:
    """Every hold whose review day has passed, for the night."""
    return Hold.objects.filter(_overdue(today), lifted_at=None).select_related("customer", "account", "owner")


def customer_holds(customer: Customer, user: User) -> tuple[list[HoldView], list[HoldView]]:
    """A customer's holds as (standing, lifted), newest first."""
    related = ("account", "set_by", "owner", "lift_asked_by", "lifted_by", "customer")
    found = Hold.objects.filter(customer=customer).select_related(*related).order_by("-pk")
    shown = views(found, user)
    return [v for v in shown if v.hold.lifted_at is None], [v for v in shown if v.hold.lifted_at is not None]


def rights(customer: Customer) -> list[Right]:
    """Opt-outs, refusals and passed limitation of a customer; lines masked."""
    out = []
    for channel in customer.opt_outs:
        out.append(Right(hold_rule("channel_opt_out"), {"channel": channel, "line": None}))
    for line in Line.objects.filter(customer=customer).order_by("pk"):
        for channel in line.opt_outs:
            out.append(Right(hold_rule("channel_opt_out"), {"channel": channel, "line": line}))
        if line.refused:
            out.append(Right(hold_rule("third_party_refusal"), {"line": line}))
    today = clock.today()
    for account in Account.objects.filter(customer=customer, limitation_end__lt=today).order_by("pk"):
        out.append(Right(hold_rule("limitation_passed"), {"account": account}))
    return out


def visible_cases(user: User) -> QuerySet[Case]:
    """Cases this user may see: agents those of their own customers, the others all."""
    cases = Case.objects.select_related("customer", "account", "hold")
    return cases.filter(customer__assigned_to=user) if user.role == Role.AGENT else cases


def listed(user: User, *, state: str = "", kind: str = "", late: bool = False) -> QuerySet[Case]:
    """Cases by deadline, the oldest first; `late` keeps those past it and not closed."""
    cases = visible_cases(user).order_by("due_on", "pk")
    if state in STATES:
        cases = cases.filter(state=state)
    if kind:
        cases = cases.filter(kind=kind)
    if late:
        cases = cases.exclude(state="closed").filter(due_on__lt=clock.today())
    return cases


def days_left(case: Case, today: date | None = None) -> int | None:
    """Days to the deadline (negative when it has passed); None for a closed case or one without a deadline."""
    if case.due_on is None or case.state == "closed":
        return None
    return (case.due_on - (today or clock.today())).days
