"""Record what a person asked for or agreed to, take it back, let it run out. Keeps the gate's fields in step.

What only closes something takes effect at once for anybody who may see the customer. What opens something needs evidence
(`evidence`). Taking a protection back opens, taking a consent back closes; the same two rules hold.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from fairdue.desk import clock
from fairdue.desk.accounts.models import Account, Customer, Line
from fairdue.desk.audit import services as audit
from fairdue.desk.call import reading
from fairdue.desk.people.models import Role, User
from fairdue.desk.people.permissions import visible_customers

from . import checks, rules, selectors
from .evidence import DECIDE, Given, check_full, check_plain, check_role, refuse
from .fields import apply, remove
from .models import Ending, How, Kind, Preference

ENDS = [
    "withdrawn_at", "withdrawn_by", "ending", "withdrawn_how", "withdrawn_contact", "withdrawn_reference",
    "withdrawn_reason",
]  # fmt: skip
"""The fields of a row that are filled in when it ends; the database refuses a change of any other."""


@transaction.atomic
def record(
    kind: Kind | str,
    customer: Customer,
    by: User | None,
    *,
    value: str = "",
    line: Line | None = None,
    account: Account | None = None,
    given: Given | None = None,
    valid_until: date | None = None,
) -> Preference:
    """Write down one wish, agreement or proof; from now on the gate goes by it. `by` None: the customer's own page.

    `value`: see `Preference`. What stands already, with the same end, is returned unchanged, and so is a protection that
    stands longer; agreed hours, a source and whatever has another end now replace what stood. Raises `RefusedError` when the value is unusable, the evidence is not
    enough or the right is missing.
    """
    kind = Kind(kind)
    shown = given or Given()
    held = _hold(customer, by, shown)
    own = checks.line_of(kind, held, line)
    if account is not None and (account.customer_id != held.pk or value not in rules.OF_ONE_DEBT):
        account = None
    checks.check_value(kind, value, own, account, held)
    checks.check_end(kind, valid_until)
    if rules.protects(kind, value):
        day = check_plain(shown, held)
    else:
        check_role(by, kind, value)
        day = check_full(shown, held, by, kind, value, None if value == "contact_told" else "debtor")
    old = _standing(kind, held, value, own, account)
    if old is not None and (old.value, old.valid_until, old.account_id) == (value, valid_until, _key(account)):
        return old
    if kind in rules.PROTECTIVE and valid_until is not None:  # a protection that stands is not cut short this way
        if old is not None and (old.valid_until is None or old.valid_until > valid_until):
            return old
        if old is None and any((fact.kind, fact.value) == (kind, value) for fact in selectors.standing(held, day)):
            valid_until = None
    if old is None and kind == Kind.AGREED_HOURS and held.agreed_hours:
        old = _adopt(selectors.Fact(kind, "-".join(held.agreed_hours)), held)
    moment = clock.now()
    if old is not None:
        _end(old, by, Ending.REPLACED, moment, Given(how=""))
        if kind != Kind.SOURCE:  # the line has a source all the time
            remove(old, held, own)
    row = Preference(
        customer=held, line=own, account=account, kind=kind, value=value, before=_before(kind, own), how=shown.how,
        contact=shown.contact, reference=shown.reference.strip()[:200], said_on=day, valid_until=valid_until,
        given_at=moment, set_by=by,
    )  # fmt: skip
    row.save()
    apply(row, held, own)
    _write("preference.recorded", row, by, {"how": str(shown.how), "until": valid_until, **_contact(shown)})
    return row


@transaction.atomic
def take_back(
    fact_key: str, customer: Customer, by: User | None, *, given: Given | None = None, reason: str = ""
) -> Preference:
    """End what stands; `fact_key` is `selectors.Fact.key`. Returns the row that ended.

    A consent, agreed unusual hours, a source or a piece of evidence: anybody, at once, no evidence (PIPL Art. 15). A
    protection: the team lead or compliance, on the person's own renewed wish. Agreed hours taken back without evidence
    shrink to their part within the ordinary hours, because no more than that was ever agreed; with evidence they go.
    What came with the data gets its row now, so that the history is whole. Raises `RefusedError`.
    """
    shown = given or Given()
    held = _hold(customer, by, shown)
    fact = next((one for one in selectors.standing(held, clock.today()) if one.key == fact_key), None)
    if fact is None:
        raise refuse(
            "gone", "这一项已经不在了。", "This does not stand any more.",
            "刷新页面，看现在有效的内容。", "Reload the page and see what holds now.",
        )  # fmt: skip
    proven = bool(shown.contact or shown.reference.strip())
    own = Line.objects.select_for_update().get(pk=fact.line.pk) if fact.line else None
    if rules.protects(fact.kind, fact.value):
        if fact.kind == Kind.SOURCE:
            raise refuse(
                "source.how", "没有合法来源的号码不能直接恢复。", "A number without a lawful source is not simply freed.",
                "登记它的合法来源和凭证。", "Record its lawful source with the evidence.",
            )  # fmt: skip
        _check_lift(fact, held, by, shown)
    elif proven:
        check_plain(shown, held)
    row = fact.row or _adopt(fact, held)
    moment = clock.now()
    _end(row, by, Ending.WITHDRAWN, moment, shown, reason)
    remove(row, held, own)
    _write("preference.taken_back", row, by, {"how": str(shown.how), **_contact(shown)})
    if fact.kind == Kind.AGREED_HOURS:
        _keep_rest(row, held, by, shown, moment)
    return row


@transaction.atomic
def expire(day: date | None = None) -> int:
    """End every row whose last day has passed and take it out of the fields; returns how many. For the night.

    The gate does not wait for this (`rules.effective`); it keeps fields and pages tidy.
    """
    today = day or clock.today()
    late = Preference.objects.filter(withdrawn_at=None, valid_until__lt=today).order_by("customer_id", "pk")
    count = 0
    for key in list(late.values_list("pk", flat=True)):
        found = Preference.objects.get(pk=key)
        reading.lock(found.customer_id)
        row = Preference.objects.select_related("customer", "line").get(pk=key)
        if row.withdrawn_at is not None:
            continue
        _end(row, None, Ending.EXPIRED, clock.now(), Given(how=""))
        remove(row, row.customer, row.line)
        _write("preference.expired", row, None, {"until": row.valid_until})
        count += 1
    return count


def _hold(customer: Customer, by: User | None, given: Given) -> Customer:
    """The customer as it stands, held till the end of the transaction; refuses who neither may see them nor had the talk
    in which it was said."""
    talked = by is not None and given.contact is not None and given.contact.agent_id == by.pk
    if by is not None and not talked and not visible_customers(by).filter(pk=customer.pk).exists():
        raise refuse(
            "role", "您不能处理这位客户的资料。", "This customer is not yours to deal with.",
            "请负责这位客户的人员登记。", "Ask somebody who works with this customer.",
        )  # fmt: skip
    reading.lock(customer.pk)
    return Customer.objects.get(pk=customer.pk)


def _check_lift(fact: selectors.Fact, customer: Customer, by: User | None, given: Given) -> None:
    """A protection goes only by the person's own renewed wish."""
    mine = by is None and fact.kind in (Kind.OPT_OUT, Kind.INCONVENIENT) and given.how == How.PORTAL
    if not mine and (by is None or by.role not in DECIDE):
        raise refuse(
            "lift.role", "对方提出的要求不能由您取消。", "What the person asked for is not yours to take back.",
            "本人改变主意的，请组长或合规人员凭录音或书面材料办理。",
            "If the person changed their mind, the team lead or compliance does it on a recording or a paper.",
        )  # fmt: skip
    role = fact.line.role if fact.line is not None else "debtor"
    check_full(given, customer, by, fact.kind, fact.value, role)


def _standing(kind: Kind, customer: Customer, value: str, line: Line | None, account: Account | None):
    """The row that this one repeats or takes the place of."""
    rows = Preference.objects.filter(customer=customer, kind=kind, line=line, withdrawn_at=None)
    if kind not in (Kind.AGREED_HOURS, Kind.SOURCE):
        rows = rows.filter(value=value)
    if kind == Kind.EVIDENCE:
        rows = rows.filter(account=account)
    return rows.first()


def _before(kind: Kind, line: Line | None) -> str:
    if line is None:
        return ""
    return {Kind.EVIDENCE: line.role, Kind.SOURCE: line.source}.get(kind, "")


def _adopt(fact: selectors.Fact, customer: Customer) -> Preference:
    """A row for what came with the data or from a call's outcome, so that its end has something to end."""
    return Preference.objects.create(
        customer=customer, line=fact.line, kind=fact.kind, value=fact.value, how=How.IMPORT,
        said_on=selectors.day_of(customer.created_at, customer), given_at=customer.created_at,
    )  # fmt: skip


def _keep_rest(old: Preference, customer: Customer, by: User | None, given: Given, moment) -> None:
    """Without proof that the person wants other hours, only the unusual part of agreed hours goes."""
    proof = given.contact is not None or bool(given.reference.strip())
    if proof and (by is None or by.role in DECIDE or by.role == Role.AGENT):
        check_full(given, customer, by, Kind.AGREED_HOURS, "")
        return
    ordinary = selectors.ordinary_hours(customer, clock.today())
    rest = "-".join(rules.closed_rest(rules.stored_window(old.value), ordinary))
    if rest == old.value:
        raise refuse(
            "hours.ordinary", "约定的时间都在平常时段内，取消会多出可以联系的时间。",
            "The agreed hours lie within the ordinary ones; taking them back would open more hours.",
            "选出客户改约的那次通话，或写明书面凭证。", "Choose the talk in which the customer changed it, or name the paper.",
            "contact",
        )  # fmt: skip
    row = Preference.objects.create(
        customer=customer, kind=Kind.AGREED_HOURS, value=rest, how=old.how, contact=old.contact, reference=old.reference,
        said_on=old.said_on, valid_until=old.valid_until, given_at=moment, set_by=by,
    )  # fmt: skip
    apply(row, customer, None)
    _write("preference.recorded", row, by, {"how": str(row.how), "until": row.valid_until, "rest_of": old.pk})


def _end(row: Preference, by: User | None, ending: Ending, moment, given: Given, reason: str = "") -> None:
    row.withdrawn_at, row.withdrawn_by, row.ending = moment, by, ending
    row.withdrawn_how, row.withdrawn_contact = given.how, given.contact
    row.withdrawn_reference, row.withdrawn_reason = given.reference.strip()[:200], reason.strip()[:300]
    row.save(update_fields=ENDS)


def _write(kind: str, row: Preference, by: User | None, more: dict[str, Any]) -> None:
    payload = {"kind": row.kind, "value": row.value, "line": row.line_id, "account": row.account_id, **more}
    audit.write(
        kind, actor=by, subject=f"preference:{row.pk}", customer=row.customer_id,
        payload={name: said for name, said in payload.items() if said not in (None, "")},
    )  # fmt: skip


def _contact(given: Given) -> dict[str, Any]:
    return {"contact": given.contact.pk} if given.contact else {}


def _key(account: Account | None) -> int | None:
    return account.pk if account else None
