"""Issue quotes: numbered, stored, and the same again when nothing changed."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from fairdue.core.findings import Finding
from fairdue.desk import clock
from fairdue.desk.audit import services as audit
from fairdue.desk.numbers import next_number
from fairdue.desk.people.models import User
from fairdue.ledger import make_quote

from ..models import Account, Quote
from ..products import product_of
from ..selectors import facts_of


class NoQuoteError(ValueError):
    """The ledger cannot say what is owed; `findings` say why and how to mend it. Nothing may be named to the customer."""

    def __init__(self, findings: list[Finding]) -> None:
        super().__init__(findings[0].line() if findings else "the ledger gave no figure")
        self.findings = findings


@transaction.atomic
def issue_quote(account: Account, as_of: date | None = None, actor: User | None = None) -> Quote:
    """The account's quote for a day (default: today). Asked again with nothing changed it is the same numbered quote.

    Raises `NoQuoteError` when the ledger refuses, `LookupError` for an unknown product.
    """
    day = as_of or clock.today()
    facts, events = facts_of(account)
    computed, findings = make_quote(facts, events, product_of(account), day, "")
    if computed is None:
        raise NoQuoteError(findings)
    known = Quote.objects.filter(account=account, as_of=day, digest=computed.digest).first()
    if known:
        return known
    number = next_number("Q", day)
    known = Quote.objects.filter(account=account, as_of=day, digest=computed.digest).first()
    if known:  # the counter's lock made us wait for another request that issued the same quote
        return known
    quote = Quote.objects.create(
        number=number,
        account=account,
        as_of=day,
        total_fen=computed.total_fen,
        overdue_fen=computed.overdue_fen,
        digest=computed.digest,
        body={**computed.as_dict(), "number": number},
        created_at=clock.now(),
    )
    payload = {"quote": number, "total_fen": computed.total_fen, "digest": computed.digest}
    audit.write(
        "quote.issued", actor=actor, subject=f"account:{account.pk}", customer=account.customer_id, payload=payload
    )
    return quote
