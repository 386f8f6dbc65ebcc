"""From the values of one row to records, with the checks that need more than one cell.

A builder takes `(values, place, as_of)`, adds its records to the `Harvest` and returns findings; an error finding means
that the row is rejected and nothing of it was added.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from fairdue.core.findings import Finding, Place
from fairdue.core.money import format_plain

from . import records as rec
from .columns import line_value
from .identities import Identity
from .values import CellError
from .wording import finding

Values = Mapping[str, Any]


@dataclass
class Harvest:
    """What the rows gave so far. Customers and lines are kept once per key, the rest in file order (None: superseded)."""

    customers: dict[str, rec.CustomerRecord] = field(default_factory=dict)
    lines: dict[tuple[str, str, str, str], rec.LineRecord] = field(default_factory=dict)
    accounts: list[rec.AccountRecord | None] = field(default_factory=list)
    events: list[rec.EventRecord | None] = field(default_factory=list)
    history: list[rec.HistoryRecord] = field(default_factory=list)
    holds: list[rec.HoldRecord] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Context:
    """What a builder knows beyond the row: the feed's zone and date, how identities are made, who wins a conflict, and
    which fields the file has at all (an empty cell says something, a column that is not there does not)."""

    zone: str
    as_of: date | None
    identity: Callable[[str, Values], Identity] | None = None
    last_wins: bool = False
    has: frozenset[str] = frozenset()


Builder = Callable[[Values, Place, Harvest, Context], list[Finding]]

_AMOUNTS = ("principal_fen", "due_fen", "credit_fen", "limit_fen")
_PLACEMENT = ("agency", "placed_on", "closing_on", "placement_notice_on", "placement_notice_sent")


def build_account(values: Values, place: Place, harvest: Harvest, context: Context) -> list[Finding]:
    """A customer, the lines the row names, and the account."""
    get = values.get
    for name in _AMOUNTS:
        amount = get(name)
        if amount is not None and amount < 0:
            where = Place(place.file, place.row, name)
            return [finding("import.amount.negative", where, value=format_plain(amount))]
    placement = _placement(values, context)
    if placement is not None and placement.backwards:
        where = Place(place.file, place.row, "closing_on")
        return [finding("import.placement.dates", where, value=placement.closing_on, known=placement.placed_on)]
    account = _account(values, place, placement)
    findings = _account_warnings(account, place, context.as_of)
    customer, generated = _customer(values, place, context)
    known = harvest.customers.get(customer.debtor_id)
    if known is None or context.last_wins:
        harvest.customers[customer.debtor_id] = customer
    elif known.name != customer.name or (known.id_card or "") != (customer.id_card or known.id_card or ""):
        findings.append(
            finding(
                "import.customer.conflict",
                Place(place.file, place.row, "debtor_id"),
                value=customer.debtor_id,
                known=known.source.row,
            )
        )
    for line in generated or _lines(values, customer, place):
        harvest.lines.setdefault(line.key, line)
    harvest.accounts.append(account)
    return findings


def _placement(values: Values, context: Context) -> rec.PlacementRecord | None:
    """What the row says of a placement; None when the file has none of the columns, or only days and no day here."""
    if not context.has.intersection(_PLACEMENT):
        return None
    get = values.get
    sent, notice_on = get("placement_notice_sent"), get("placement_notice_on")
    told = notice_on is not None if sent is None else bool(sent)
    agency = (get("agency") or "") if "agency" in context.has else None
    said = rec.PlacementRecord(agency, get("placed_on"), get("closing_on"), notice_on, told)
    return None if said == rec.PlacementRecord(None) else said


def _account(values: Values, place: Place, placement: rec.PlacementRecord | None) -> rec.AccountRecord:
    get = values.get
    principal = get("principal_fen") or 0
    due = get("due_fen")
    return rec.account_record(
        account_id=values["account_id"],
        debtor_id=values["debtor_id"],
        product=values["product"],
        lender_type=values["lender_type"],
        lender=get("lender") or "",
        opened=get("opened"),
        due_date=get("due_date"),
        cycles=max(0, get("cycles") or 0),
        dpd=get("dpd"),
        principal_fen=principal,
        due_fen=principal if due is None else due,
        credit_fen=get("credit_fen") or 0,
        limit_fen=get("limit_fen"),
        card_tail=get("card_tail") or "",
        status=get("status") or "open",
        source=place,
        extra=get("extra") or (),
        placement=placement,
    )


def _account_warnings(account: rec.AccountRecord, place: Place, as_of: date | None) -> list[Finding]:
    out = []
    if account.cycles > 0 and account.principal_fen == 0 and account.due_fen == 0:
        out.append(
            finding("import.account.arrears_without_debt", Place(place.file, place.row, "cycles"), value=account.cycles)
        )
    if account.due_fen > account.principal_fen > 0:
        out.append(finding("import.account.due_over_principal", Place(place.file, place.row, "due_fen")))
    if account.due_date is not None:
        where = Place(place.file, place.row, "due_date")
        if as_of is not None and account.due_date > as_of and account.due_fen > 0 and account.cycles > 0:
            out.append(finding("import.account.future_due", where))
        if account.opened is not None and account.opened > account.due_date:
            out.append(finding("import.account.opened_late", where))
    if account.placement is not None and account.placement.agency:
        out += _placement_warnings(account.placement, place)
    return out


def _placement_warnings(placed: rec.PlacementRecord, place: Place) -> list[Finding]:
    out = []
    if placed.placed_on is None or placed.closing_on is None:
        name = "placed_on" if placed.placed_on is None else "closing_on"
        out.append(finding("import.placement.open", Place(place.file, place.row, name), value=placed.agency))
    if placed.notice_on and placed.placed_on and placed.notice_on > placed.placed_on:
        where = Place(place.file, place.row, "placement_notice_on")
        out.append(finding("import.placement.notice_late", where, value=placed.notice_on, known=placed.placed_on))
    return out


def _customer(values: Values, place: Place, context: Context) -> tuple[rec.CustomerRecord, list[rec.LineRecord]]:
    get = values.get
    debtor = values["debtor_id"]
    zone = get("zone") or context.zone
    name, gender, birth_year, lines = get("name") or "", get("gender"), get("birth_year"), []
    generated = context.identity is not None and not name
    if context.identity is not None and generated:
        made = context.identity(debtor, values)
        name, gender, birth_year = made.name, gender or made.gender, birth_year or made.birth_year
        lines = [rec.LineRecord(debtor, "mobile", made.mobile, "debtor", None, "reserved", zone, place)]
    customer = rec.CustomerRecord(
        debtor,
        name,
        get("id_card"),
        zone,
        get("address"),
        gender,
        birth_year,
        get("language") or "zh",
        generated or bool(get("generated_identity")),
        place,
        get("customer_status") or "reachable",
        get("consents") or (),
        get("opt_outs") or (),
    )
    return customer, lines


def _lines(values: Values, customer: rec.CustomerRecord, place: Place) -> list[rec.LineRecord]:
    return [
        rec.LineRecord(customer.debtor_id, kind, value, role, name, source, customer.zone, place)
        for kind, value, role, name, source in values.get("lines", ())
    ]


def build_event(values: Values, place: Place, harvest: Harvest, context: Context) -> list[Finding]:
    """A payment, or with the reversal flag a reversal that names the payment it takes back."""
    amount = values["amount_fen"]
    reversal = bool(values.get("reversal")) or values.get("kind") == "reversal"
    where = Place(place.file, place.row, "amount_fen")
    if amount < 0 and not reversal:
        return [finding("import.payment.negative", where, value=format_plain(amount))]
    if amount == 0:
        return [finding("import.amount.zero", where)]
    if reversal and not values.get("reverses"):
        return [finding("import.payment.reverses", Place(place.file, place.row, "reverses"))]
    harvest.events.append(
        rec.EventRecord(
            account_id=values["account_id"],
            kind="reversal" if reversal else values.get("kind") or "payment",
            value_date=values["value_date"],
            amount_fen=abs(amount),
            reference=values["reference"],
            reverses=values.get("reverses") if reversal else None,
            booked_on=values.get("booked_on"),
            note=values.get("note") or "",
            source=place,
        )
    )
    if context.as_of is not None and values["value_date"] > context.as_of:
        return [finding("import.payment.future", Place(place.file, place.row, "value_date"))]
    return []


def build_contact(values: Values, place: Place, harvest: Harvest, context: Context) -> list[Finding]:
    """A line of a known customer; the value is checked by its kind."""
    try:
        value = line_value(values["kind"], values["value"])
    except CellError as exc:
        return [finding(exc.code, Place(place.file, place.row, "value"))]
    line = rec.LineRecord(
        values["debtor_id"],
        values["kind"],
        value,
        values["role"],
        values.get("contact_name"),
        values["source"],
        values.get("zone") or context.zone,
        place,
    )
    harvest.lines[line.key] = line
    return []


def build_history(values: Values, place: Place, harvest: Harvest, context: Context) -> list[Finding]:
    """One past contact."""
    harvest.history.append(
        rec.HistoryRecord(
            debtor_id=values["debtor_id"],
            account_id=values.get("account_id") or "",
            at=values["at"],
            kind=values["kind"],
            line=values.get("line") or "",
            connected=bool(values.get("connected")),
            talk_seconds=values.get("talk_seconds") or 0,
            outcome=values.get("outcome") or "",
            amount_fen=values.get("amount_fen") or 0,
            promised_for=values.get("promised_for"),
            agent=values.get("agent") or "",
            source=place,
        )
    )
    return []


def build_hold(values: Values, place: Place, harvest: Harvest, context: Context) -> list[Finding]:
    """One hold."""
    harvest.holds.append(
        rec.HoldRecord(
            debtor_id=values["debtor_id"],
            kind=values["kind"],
            since=values["since"],
            until=values.get("until"),
            account_id=values.get("account_id") or "",
            note=values.get("note") or "",
            source=place,
        )
    )
    return []


BUILDERS: dict[str, Builder] = {
    "accounts": build_account,
    "payments": build_event,
    "contacts": build_contact,
    "history": build_history,
    "holds": build_hold,
}
