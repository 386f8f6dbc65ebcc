"""Which events count on a day, in which order, and what is wrong with the others."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from fairdue.core.dates import add_months
from fairdue.core.findings import Finding, Place, Severity
from fairdue.core.text import Text

from .facts import COMPONENTS, AccountFacts, EventKind, LedgerEvent
from .products import Product

CHARGEABLE = ("cost", "penalty", "fee")
WHY = Text(zh="否则报出的金额会不对。", en="Otherwise the quoted figure would be wrong.")


def finding(code: str, what: Text, mend: Text, source: Place) -> Finding:
    """A warning of the ledger: the replay went on without the doubtful part."""
    return Finding(code=code, what=what, why=WHY, mend=mend, place=source, severity=Severity.WARNING)


def live_events(
    facts: AccountFacts, events: Sequence[LedgerEvent], as_of: date
) -> tuple[list[LedgerEvent], list[Finding]]:
    """Events with effect by `as_of` in order of value date, booking day and reference, without reversed payments.

    A payment reversed on or before `as_of` never happened. Left out, with a finding each: an amount that is not positive,
    an exact repetition, a reversal of an unknown payment or of another amount, an unknown component.
    """
    findings: list[Finding] = []
    known: list[LedgerEvent] = []
    for event in (e for e in events if e.value_date <= as_of):
        problem = _repetition(event, known) or _problem(event)
        if problem is None:
            known.append(event)
        else:
            findings.append(finding(problem[0], problem[1], problem[2], facts.source))
    payments = {e.reference: e for e in known if e.kind is EventKind.PAYMENT}
    gone: set[str] = set()
    for event in (e for e in known if e.kind is EventKind.REVERSAL):
        payment = payments.get(event.reverses or "")
        if payment is None:
            what = Text(
                zh=f"冲正 {event.reference} 找不到对应的还款。",
                en=f"Reversal {event.reference} names no known payment.",
            )
            mend = Text(zh="补上原还款流水,或写对 reverses。", en="Supply the payment, or correct `reverses`.")
            findings.append(finding("ledger.reversal.unknown", what, mend, facts.source))
        elif payment.amount_fen != event.amount_fen:
            what = Text(
                zh=f"冲正 {event.reference} 的金额与原还款不同,未冲正。",
                en=f"Reversal {event.reference} differs from its payment and was not applied.",
            )
            mend = Text(zh="整笔冲正后,另记一笔实收还款。", en="Reverse the whole payment and enter the true one.")
            findings.append(finding("ledger.reversal.amount", what, mend, facts.source))
        else:
            gone.add(payment.reference)
    live = [e for e in known if e.kind is not EventKind.REVERSAL and e.reference not in gone]
    live.sort(key=lambda e: (e.value_date, e.booked_on or e.value_date, e.reference))
    return live, findings


def _repetition(event: LedgerEvent, known: Sequence[LedgerEvent]) -> tuple[str, Text, Text] | None:
    if event not in known:
        return None
    what = Text(zh=f"流水 {event.reference} 重复,只计一次。", en=f"Event {event.reference} is repeated; counted once.")
    return "ledger.event.repeated", what, Text(zh="从来源里去掉重复行。", en="Remove the repetition at the source.")


def _problem(event: LedgerEvent) -> tuple[str, Text, Text] | None:
    if event.amount_fen <= 0:
        what = Text(
            zh=f"流水 {event.reference} 的金额不是正数。", en=f"Event {event.reference} has no positive amount."
        )
        mend = Text(zh="金额写正数,方向由类型决定。", en="Write a positive amount; the kind gives the direction.")
        return "ledger.event.amount", what, mend
    allowed = {EventKind.WAIVER: COMPONENTS, EventKind.FEE: CHARGEABLE}.get(event.kind)
    if allowed and event.component and event.component not in allowed:
        what = Text(
            zh=f"流水 {event.reference} 的组成 {event.component} 不认识。",
            en=f"Event {event.reference} names an unknown component {event.component}.",
        )
        names = ", ".join(allowed)
        return "ledger.event.component", what, Text(zh=f"用其中之一:{names}。", en=f"Use one of {names}.")
    return None


def check_due_days(facts: AccountFacts, product: Product) -> list[Finding]:
    """Due dates that are none of the product's days (P8-1: 7, 15, 23, 30; a short month's last day stands for the 30th)."""
    odd = [i.due_date for i in facts.due_items if product.due_days and not _on_due_day(i.due_date, product.due_days)]
    if not odd:
        return []
    days = ", ".join(map(str, product.due_days))
    listed = ", ".join(map(str, odd))
    what = Text(
        zh=f"还款日 {listed} 不是产品约定的日子({days} 日)。", en=f"Due dates {listed} are none of the days {days}."
    )
    mend = Text(zh="核对账单日期,或更正产品文件。", en="Check the dates of the bill, or correct the product file.")
    return [finding("ledger.due_day", what, mend, facts.source)]


def _on_due_day(day: date, due_days: Sequence[int]) -> bool:
    last = add_months(day.replace(day=1), 1).toordinal() - day.replace(day=1).toordinal()
    return day.day in {min(d, last) for d in due_days}


def account_findings(facts: AccountFacts, product: Product, as_of: date) -> list[Finding]:
    """What does not fit between an account and its product: code, currency, size, due days, dates without a rate."""
    out: list[Finding] = []

    def add(code: str, zh: str, en: str, mend: Text) -> None:
        out.append(finding(code, Text(zh, en), mend, facts.source))

    if facts.product != product.code:
        mend = Text("用账户自己的产品计算。", "Compute with the account's own product.")
        zh = f"账户的产品是 {facts.product},却按 {product.code} 计算。"
        add("ledger.product", zh, f"The account is {facts.product} but {product.code} was used.", mend)
    if facts.currency != "CNY":
        mend = Text("先换算成人民币。", "Convert to CNY first.")
        add("ledger.currency", f"币种 {facts.currency} 不支持。", f"Currency {facts.currency} is not supported.", mend)
    if sum(i.principal_fen for i in facts.due_items) > product.max_principal_fen:
        mend = Text("核对金额单位是元还是分。", "Check whether the column is in yuan or fen.")
        add("ledger.principal.limit", "本金超过产品上限。", "Principal is above the product's limit.", mend)
    first = min((i.due_date for i in facts.due_items), default=as_of)
    ends = [r.end for r in product.rates]
    if first < product.rates[0].start or (None not in ends and as_of > max(e for e in ends if e)):
        mend = Text("在产品文件里补上这段日期的利率。", "Add the rate for these dates to the product file.")
        add("ledger.rate.missing", "有一段日期没有利率,未计息。", "Some dates have no rate and bear no interest.", mend)
    return out
