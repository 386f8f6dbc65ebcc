"""Write imported records: customers, lines, accounts with history, payments, past contacts, holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import Any

from django.conf import settings

from fairdue.core.dates import at_local
from fairdue.core.ids import digest
from fairdue.desk import clock
from fairdue.desk.call.models import PastContact
from fairdue.desk.cases.models import Hold
from fairdue.desk.crypto import blind, seal
from fairdue.policy.zones import plausible_zones
from fairdue.portfolio import Comparison, ImportResult
from fairdue.portfolio.records import AccountRecord, CustomerRecord, LineRecord

from .. import masks
from ..models import Account, AccountVersion, Customer, ImportBatch, LedgerEntry, Line
from .bulk import insert, update

BATCH = 1000
COUNTRY = "CN"
"""Whose numbers and addresses the feed holds; the desk works under the Chinese pack."""


def _customer_values(record: CustomerRecord) -> dict[str, Any]:
    return {
        "name_sealed": seal(record.name, "customer.name"),
        "name_index": blind(record.name, "customer.name"),
        "name_masked": masks.mask_name(record.name),
        "honorific": {"male": "先生", "female": "女士"}.get(record.gender or "", ""),
        "id_card_sealed": seal(record.id_card, "customer.id_card") if record.id_card else None,
        "id_card_index": blind(record.id_card, "customer.id_card") if record.id_card else "",
        "id_card_masked": masks.mask_id_card(record.id_card or ""),
        "address_sealed": seal(record.address, "customer.address") if record.address else None,
        "zones": list(plausible_zones(COUNTRY, address=record.address or "", known=[record.zone])),
        "generated_identity": record.generated_identity,
    }


def customers(records: Iterable[CustomerRecord]) -> tuple[dict[str, int], int]:
    """Insert people who are new; returns all ids by debtor id and how many are new. Known people keep what we know."""
    ids = dict(Customer.objects.values_list("debtor_id", "pk"))
    now = clock.now()
    fresh = {r.debtor_id: r for r in records if r.debtor_id not in ids}
    rows = [
        {
            "debtor_id": r.debtor_id,
            "created_at": now,
            "status": r.status,
            "consents": list(r.consents),
            "opt_outs": list(r.opt_outs),
            **_customer_values(r),
        }
        for r in fresh.values()
    ]
    if insert(Customer, rows):
        ids = dict(Customer.objects.values_list("debtor_id", "pk"))
    return ids, len(rows)


def _line_zones(record: LineRecord) -> tuple[str, ...]:
    """The feed's zone, and what the address or the number itself says."""
    address = record.value if record.kind == "address" else ""
    number = record.value if record.kind in ("mobile", "home", "office") else ""
    return plausible_zones(COUNTRY, number=number, address=address, known=[record.zone])


def lines(records: Iterable[LineRecord], ids: dict[str, int]) -> int:
    """Insert lines that are new; a known line keeps what happened to it (wrong number, refusal)."""
    known = set(Line.objects.values_list("customer_id", "kind", "value_index", "role"))
    rows = []
    for r in records:
        customer = ids.get(r.debtor_id)
        if customer is None:
            continue
        index = blind(r.value, "line.value")
        key = (customer, r.kind, index, r.role)
        if key in known:
            continue
        known.add(key)
        rows.append(
            {
                "customer_id": customer,
                "kind": r.kind,
                "value_sealed": seal(r.value, "line.value"),
                "value_index": index,
                "value_masked": masks.mask_address(r.value) if r.kind == "address" else masks.mask_number(r.value),
                "role": r.role,
                "contact_name_sealed": seal(r.contact_name, "line.contact_name") if r.contact_name else None,
                "contact_name_masked": masks.mask_name(r.contact_name or ""),
                "source": r.source,
                "zones": list(_line_zones(r)),
            }
        )
    return insert(Line, rows)


def _account_values(r: AccountRecord, customer: int, batch: ImportBatch, day: date, now: datetime) -> dict[str, Any]:
    items = [
        {
            "number": i.number,
            "due_date": i.due_date.isoformat(),
            "principal_fen": i.principal_fen,
            "interest_fen": i.interest_fen,
            "fee_fen": i.fee_fen,
        }
        for i in r.due_items
    ]
    return {
        "customer_id": customer,
        "product": r.product,
        "lender": r.lender,
        "lender_type": r.lender_type,
        "opened": r.opened,
        "due_date": r.due_date,
        "cycles": r.cycles,
        "principal_fen": r.principal_fen,
        "due_fen": r.due_fen,
        "credit_fen": r.credit_fen,
        "limit_fen": r.limit_fen,
        "card_tail": r.card_tail,
        "due_items": items,
        "extra": dict(r.extra),
        "status": r.status,
        "digest": r.digest,
        "batch_id": batch.pk,
        "source_row": r.source.row,
        "as_of": day,
        "updated_at": now,
    }


VERSIONED = (
    "product",
    "lender",
    "lender_type",
    "opened",
    "due_date",
    "cycles",
    "principal_fen",
    "due_fen",
    "credit_fen",
    "limit_fen",
    "card_tail",
    "due_items",
    "extra",
    "status",
    "as_of",
)
PLACED = ("placed_on", "closing_on", "placement_notice_on", "placement_notice_sent")
"""Kept with a version too, and the agency's code; they are set by `placements.feed`, not by the feed's other values."""


def _version(account: Account, batch: ImportBatch, now: datetime) -> AccountVersion:
    body = {name: getattr(account, name) for name in (*VERSIONED, *PLACED)}
    body["agency"] = account.agency.code if account.agency else None
    body |= {name: str(value) for name, value in body.items() if isinstance(value, date)}
    return AccountVersion(account=account, digest=account.digest, body=body, batch=batch, replaced_at=now)


def _accounts(numbers: Sequence[str]) -> Iterator[Account]:
    """Accounts by number, in portions that every database takes as parameters of one query."""
    for start in range(0, len(numbers), 500):
        yield from Account.objects.filter(number__in=numbers[start : start + 500]).select_related("agency")


def portfolio(batch: ImportBatch, result: ImportResult, difference: Comparison, day: date) -> dict[str, Any]:
    """Customers, lines and accounts: inserts what is new, versions what changed, closes what the mapping says; then what
    the feed says of placements. `findings` of the answer are what only the database can find."""
    from fairdue.desk.placements import feed as placements

    now = clock.now()
    ids, new_people = customers(result.customers)
    new_lines = lines(result.lines, ids)
    new, changed = set(difference.new), set(difference.changed)
    by_number = {r.account_id: r for r in result.accounts}
    rows = [
        {"number": number, **_account_values(r, ids[r.debtor_id], batch, day, now)}
        for number, r in by_number.items()
        if number in new
    ]
    insert(Account, rows)
    updated = []
    versions = []
    for account in _accounts(sorted(changed)):
        versions.append(_version(account, batch, now))
        record = by_number[account.number]
        for name, value in _account_values(record, ids[record.debtor_id], batch, day, now).items():
            setattr(account, name, value)
        updated.append(account)
    closing = [account for account in _accounts(difference.closing) if account.status == "open"]
    for account in closing:
        versions.append(_version(account, batch, now))
        account.status, account.updated_at, account.batch = "closed_by_feed", now, batch
    AccountVersion.objects.bulk_create(versions, batch_size=BATCH)
    names = [*_account_values_names(), "customer"]
    update([*updated, *closing], names)
    kept = {account.number for account in updated} | new

    def keep(before: Sequence[Account]) -> None:
        """Versions of accounts that nothing but their placement changes on."""
        rows = [_version(account, batch, now) for account in before if account.number not in kept]
        AccountVersion.objects.bulk_create(rows, batch_size=BATCH)

    placed = placements.apply(result.accounts, batch, day, now, keep)
    return {
        "findings": placed.findings,
        "placed": placed.placed,
        "placements_ended": placed.ended,
        "new": len(rows),
        "changed": len(updated),
        "unchanged": len(difference.unchanged),
        "missing": len(difference.missing),
        "closed": len(closing),
        "customers": new_people,
        "lines": new_lines,
    }


def _account_values_names() -> list[str]:
    return [*VERSIONED, "digest", "batch", "source_row", "updated_at"]


def lines_only(result: ImportResult) -> dict[str, Any]:
    """A contacts file: lines of known customers; those of unknown ones are counted."""
    ids = dict(Customer.objects.values_list("debtor_id", "pk"))
    unknown = sum(r.debtor_id not in ids for r in result.lines)
    return {"lines": lines(result.lines, ids), "unknown": unknown}


def payments(batch: ImportBatch, result: ImportResult, day: date) -> dict[str, Any]:
    """Payments and reversals as ledger entries, once per reference; then promises and plans are decided."""
    from fairdue.desk.plans import services as plans
    from fairdue.desk.promises import services as promises

    numbers = sorted({r.account_id for r in result.events})
    accounts = {account.number: account.pk for account in _accounts(numbers)}
    known = set(LedgerEntry.objects.values_list("account_id", "reference"))
    now = clock.now()
    rows, unknown = [], 0
    for r in result.events:
        account = accounts.get(r.account_id)
        if account is None:
            unknown += 1
            continue
        if (account, r.reference) in known:
            continue
        known.add((account, r.reference))
        rows.append(
            LedgerEntry(
                account_id=account,
                reference=r.reference,
                kind=r.kind,
                value_date=r.value_date,
                booked_at=now,
                amount_fen=r.amount_fen,
                reverses=r.reverses or "",
                note=r.note[:200],
                batch=batch,
            )
        )
    LedgerEntry.objects.bulk_create(rows, batch_size=BATCH)
    touched = {row.account_id for row in rows}
    changes = promises.settle(touched, day) if touched else []
    plan_changes = plans.settle(touched, day) if touched else []
    total = sum(r.amount_fen for r in rows if r.kind == "payment")
    return {
        "new": len(rows),
        "unchanged": len(result.events) - len(rows) - unknown,
        "unknown": unknown,
        "paid_fen": total,
        "promises": len(changes),
        "plans": len(plan_changes),
    }


def history(result: ImportResult) -> dict[str, Any]:
    """Contacts of an earlier system: counted by the gate, made under no permit of ours."""
    ids = dict(Customer.objects.values_list("debtor_id", "pk"))
    by_value = {(c, i): pk for pk, c, i in Line.objects.values_list("pk", "customer_id", "value_index")}
    known = set(PastContact.objects.values_list("reference", flat=True))
    rows, unknown = [], 0
    for r in result.history:
        customer = ids.get(r.debtor_id)
        if customer is None:
            unknown += 1
            continue
        if r.kind not in ("attempt", "conversation", "letter"):
            continue
        index = blind(r.line, "line.value") if r.line else ""
        reference = digest([r.debtor_id, r.at.isoformat(), r.kind, index])
        if reference in known:
            continue
        known.add(reference)
        rows.append(
            PastContact(
                reference=reference,
                customer_id=customer,
                line_id=by_value.get((customer, index)),
                at=r.at,
                channel="letter" if r.kind == "letter" else "voice_human",
                connected=r.connected,
                talk_seconds=r.talk_seconds,
                two_way=r.kind == "conversation",
            )
        )
    PastContact.objects.bulk_create(rows, batch_size=BATCH)
    return {"new": len(rows), "unchanged": len(result.history) - len(rows) - unknown, "unknown": unknown}


def holds(result: ImportResult) -> dict[str, Any]:
    """Holds that an earlier system had set; the same open hold is not set twice."""
    ids = dict(Customer.objects.values_list("debtor_id", "pk"))
    open_ = set(Hold.objects.filter(lifted_at=None).values_list("customer_id", "kind"))
    rows = []
    for r in result.holds:
        key = (ids.get(r.debtor_id), r.kind)
        if key[0] is None or key in open_:
            continue
        open_.add(key)
        since = at_local(r.since, time(0), settings.FAIRDUE_ZONE)
        rows.append(
            Hold(kind=r.kind, customer_id=key[0], reason=r.note[:300], set_at=since, review_on=r.until, origin="system")
        )
    Hold.objects.bulk_create(rows, batch_size=BATCH)
    return {"new": len(rows), "unchanged": len(result.holds) - len(rows)}
