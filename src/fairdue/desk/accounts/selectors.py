"""What the pages, the API and the CLI read of the portfolio."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db.models import QuerySet

from fairdue.core.dates import local
from fairdue.core.findings import Place
from fairdue.desk.crypto import blind
from fairdue.desk.people.models import User
from fairdue.desk.people.permissions import visible_customers
from fairdue.ledger import AccountFacts, DueItem, EventKind, LedgerEvent

from .models import Account, Customer, ImportBatch, LedgerEntry


def facts_of(account: Account) -> tuple[AccountFacts, tuple[LedgerEvent, ...]]:
    """The ledger's view of an account: facts as fed, events in order."""
    items = tuple(
        DueItem(
            number=i["number"],
            due_date=date.fromisoformat(i["due_date"]),
            principal_fen=i["principal_fen"],
            interest_fen=i.get("interest_fen", 0),
            fee_fen=i.get("fee_fen", 0),
        )
        for i in account.due_items
    )
    facts = AccountFacts(
        account_id=account.number,
        product=account.product,
        lender_type=account.lender_type,
        due_items=items,
        opened=account.opened,
        cycles=account.cycles,
        limit_fen=account.limit_fen,
        minimum_fen=account.due_fen,
        credit_fen=account.credit_fen,
        source=Place(account.batch.file_name if account.batch else None, account.source_row),
    )
    return facts, tuple(_event(entry) for entry in account.entries.all())


def _event(entry: LedgerEntry) -> LedgerEvent:
    return LedgerEvent(
        reference=entry.reference,
        kind=EventKind(entry.kind),
        value_date=entry.value_date,
        amount_fen=entry.amount_fen,
        booked_on=local(entry.booked_at, "Asia/Shanghai").date(),
        component=entry.component or None,
        reverses=entry.reverses or None,
        note=entry.note,
    )


def account_facts(number: str) -> tuple[AccountFacts, tuple[LedgerEvent, ...]]:
    """Facts and events of an account number; raises `LookupError` when there is none."""
    account = Account.objects.select_related("batch").filter(number=number).first()
    if account is None:
        raise LookupError(f"no account {number!r}; check the number")
    return facts_of(account)


def find_customers(user: User, text: str) -> QuerySet[Customer]:
    """Customers this user may see, by account number, debtor id, or an exact phone, name or ID card (blind index)."""
    seen = visible_customers(user)
    text = text.strip()
    if not text:
        return seen.none()
    pks: set[int] = set(seen.filter(debtor_id=text).values_list("pk", flat=True))
    pks |= set(seen.filter(accounts__number=text).values_list("pk", flat=True))
    pks |= set(seen.filter(name_index=blind(text, "customer.name")).values_list("pk", flat=True))
    pks |= set(seen.filter(id_card_index=blind(text, "customer.id_card")).values_list("pk", flat=True))
    pks |= set(seen.filter(lines__value_index=blind(text, "line.value")).values_list("pk", flat=True))
    return Customer.objects.filter(pk__in=pks).order_by("pk")


def running_import() -> ImportBatch | None:
    """The import that is going on, or None."""
    return ImportBatch.objects.filter(state="running").order_by("-pk").first()


def reconciliation(batch: ImportBatch) -> list[dict[str, Any]]:
    """The money columns of a batch: file = taken + rejected + excluded, in fen."""
    columns = batch.totals.get("columns", {})
    return [{"name": name, **sums} for name, sums in columns.items()]
