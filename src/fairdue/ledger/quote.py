"""A quote: a dated, numbered figure whose lines spell out their own sum. Whatever is spoken, shown or printed cites one.

Replaying the same facts, events, product and day gives the same digest, so a quote can be proven later.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from fairdue.core.findings import Finding
from fairdue.core.ids import digest
from fairdue.core.money import Fen, divide_half_up, format_grouped, to_chinese_upper
from fairdue.core.text import Text

from .book import COMPONENT_NAMES, MILLION, Segment, percent_text
from .facts import AccountFacts, LedgerEvent
from .products import Product
from .replay import Position, replay


@dataclass(frozen=True, slots=True)
class QuoteLine:
    """One component: code, label, what is owed of it (fen), and the sum that leads there."""

    code: str
    label: Text
    amount_fen: Fen
    formula: Text


@dataclass(frozen=True, slots=True)
class Quote:
    """See the module. `lines` sum exactly to `total_fen`; all amounts in fen; `as_of` is the debtor's calendar day."""

    number: str
    account_id: str
    product: str
    as_of: date
    lines: tuple[QuoteLine, ...]
    total_fen: Fen
    overdue_fen: Fen
    daily_interest_fen: Fen
    dpd: int
    cycles: int
    credit_fen: Fen
    digest: str

    def as_dict(self) -> dict[str, Any]:
        """JSON form: dates as ISO text, texts as {zh, en}."""
        return {
            "number": self.number,
            "account_id": self.account_id,
            "product": self.product,
            "as_of": self.as_of.isoformat(),
            "lines": [
                {
                    "code": line.code,
                    "label": line.label.as_dict(),
                    "amount_fen": line.amount_fen,
                    "formula": line.formula.as_dict(),
                }
                for line in self.lines
            ],
            "total_fen": self.total_fen,
            "overdue_fen": self.overdue_fen,
            "daily_interest_fen": self.daily_interest_fen,
            "dpd": self.dpd,
            "cycles": self.cycles,
            "credit_fen": self.credit_fen,
            "digest": self.digest,
        }

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> Quote:
        """Inverse of `as_dict`; raises KeyError or ValueError on a body that is not a quote."""
        return cls(
            number=raw["number"],
            account_id=raw["account_id"],
            product=raw["product"],
            as_of=date.fromisoformat(raw["as_of"]),
            lines=tuple(
                QuoteLine(
                    line["code"],
                    Text.from_dict(line["label"]),
                    line["amount_fen"],
                    Text.from_dict(line["formula"]),
                )
                for line in raw["lines"]
            ),
            total_fen=raw["total_fen"],
            overdue_fen=raw["overdue_fen"],
            daily_interest_fen=raw["daily_interest_fen"],
            dpd=raw["dpd"],
            cycles=raw["cycles"],
            credit_fen=raw["credit_fen"],
            digest=raw["digest"],
        )


def _days(count: int) -> str:
    return "day" if count == 1 else "days"


def _merged(segments: Sequence[Segment]) -> list[Segment]:
    """Segments that follow each other on the same principal and rate read as one; the sum stays the same."""
    out: list[Segment] = []
    for s in segments:
        for index, known in enumerate(out):
            if (known.end, known.principal_fen, known.daily_ppm) == (s.start, s.principal_fen, s.daily_ppm):
                out[index] = Segment(known.start, s.end, s.principal_fen, s.daily_ppm)
                break
        else:
            out.append(s)
    return out


def _interest_formula(position: Position) -> Text:
    zh, en = [], []
    billed = sum(s.amount_fen for s in position.steps if s.code == "billed.interest")
    if billed:
        zh.append(f"账单已列利息 {format_grouped(billed)}")
        en.append(f"billed interest {format_grouped(billed)}")
    for s in _merged(position.segments):
        head = f"{format_grouped(s.principal_fen)} × {percent_text(s.daily_ppm)} × {s.days}"
        zh.append(f"{head} 天")
        en.append(f"{head} {_days(s.days)}")
    total = billed + divide_half_up(sum(s.principal_fen * s.daily_ppm * s.days for s in position.segments), MILLION)
    zh_sum, en_sum = " + ".join(zh) or "0", " + ".join(en) or "0"
    if position.paid["interest"]:
        paid = format_grouped(position.paid["interest"])
        return Text(
            f"{zh_sum} = {format_grouped(total)},已还 {paid}", f"{en_sum} = {format_grouped(total)}, paid {paid}"
        )
    return Text(f"{zh_sum} = {format_grouped(total)}", f"{en_sum} = {format_grouped(total)}")


def _charge_formula(position: Position, component: str) -> Text:
    codes = {"penalty": ("late_charge", "charged.penalty"), "fee": ("charged.fee",), "cost": ("charged.cost",)}
    steps = [s for s in position.steps if s.code in codes[component]]
    zh = ";".join(f"{s.day} {s.what.zh} = {format_grouped(s.amount_fen)}" for s in steps)
    en = "; ".join(f"{s.day} {s.what.en} = {format_grouped(s.amount_fen)}" for s in steps)
    if position.paid[component]:
        paid = format_grouped(position.paid[component])
        zh, en = f"{zh};已还 {paid}", f"{en}; paid {paid}"
    return Text(zh, en)


def _principal_formula(position: Position) -> Text:
    paid = position.paid["principal"]
    if not paid:
        return Text("未还本金", "unpaid principal")
    start = format_grouped(position.principal_fen + paid)
    return Text(f"{start} − 已还 {format_grouped(paid)}", f"{start} − paid {format_grouped(paid)}")


def make_quote(
    facts: AccountFacts, events: Sequence[LedgerEvent], product: Product, as_of: date, number: str
) -> tuple[Quote, list[Finding]]:
    """The quote of an account for a day; `number` comes from `core.ids.numbered("Q", …)`. Findings are the replay's."""
    position, findings = replay(facts, events, product, as_of)
    formulas = {
        "principal": _principal_formula(position),
        "interest": _interest_formula(position),
        **{name: _charge_formula(position, name) for name in ("penalty", "fee", "cost")},
    }
    amounts = {name: getattr(position, f"{name}_fen") for name in formulas}
    lines = tuple(
        QuoteLine(name, COMPONENT_NAMES[name], amounts[name], formulas[name])
        for name in formulas
        if amounts[name] or name == "principal"
    )
    held = sum(amounts.values()) - position.total_fen
    if held:
        label = Text("溢缴款抵扣", "credit held")
        formula = Text("已收到,待账单到期冲抵", "received, to be used for bills not yet due")
        lines = (*lines, QuoteLine("credit", label, -held, formula))
    body = {
        "account": facts.account_id,
        "product": product.version,
        "as_of": as_of.isoformat(),
        "lines": [[line.code, line.amount_fen, line.formula.zh] for line in lines],
        "overdue": position.overdue_fen,
        "late": [position.dpd, position.cycles],
        "credit": position.credit_fen,
    }
    quote = Quote(
        number=number,
        account_id=facts.account_id,
        product=product.version,
        as_of=as_of,
        lines=lines,
        total_fen=position.total_fen,
        overdue_fen=position.overdue_fen,
        daily_interest_fen=position.daily_interest_fen,
        dpd=position.dpd,
        cycles=position.cycles,
        credit_fen=position.credit_fen,
        digest=digest(body),
    )
    return quote, findings


def verify_quote(quote: Quote, facts: AccountFacts, events: Sequence[LedgerEvent], product: Product) -> bool:
    """True when the same facts, events and product still give this quote: its figures and its digest."""
    again, _findings = make_quote(facts, events, product, quote.as_of, quote.number)
    return again == quote


def explain(quote: Quote, lang: str = "zh") -> str:
    """The quote as lines of text, every fen explained, for a terminal."""
    total = Text("合计", "Total").in_(lang)
    rows = [
        Text(
            f"报价 {quote.number}   账户 {quote.account_id}   截至 {quote.as_of}   逾期 {quote.dpd} 天",
            f"Quote {quote.number}   account {quote.account_id}   as of {quote.as_of}   {quote.dpd} {_days(quote.dpd)} late",
        ).in_(lang)
    ]
    for line in quote.lines:
        rows.append(f"  {line.label.in_(lang)}  {format_grouped(line.amount_fen)}    {line.formula.in_(lang)}")
    rows.append(f"  {total}  {format_grouped(quote.total_fen)}    {to_chinese_upper(quote.total_fen)}")
    rows.append(
        Text(
            f"  其中现在应还  {format_grouped(quote.overdue_fen)}    再晚一天多  {format_grouped(quote.daily_interest_fen)}",
            f"  of it due now  {format_grouped(quote.overdue_fen)}    one more day adds  "
            f"{format_grouped(quote.daily_interest_fen)}",
        ).in_(lang)
    )
    if quote.credit_fen:
        credit = format_grouped(quote.credit_fen)
        rows.append(Text(f"  溢缴款  {credit}", f"  credit held  {credit}").in_(lang))
    return "\n".join(rows)
