"""The personalised instalment agreement for cards (card measures Art. 70; CN-CC-70a/b/c).

At most 60 monthly periods, six required terms, and while it is kept collection stops.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from fairdue.core.dates import add_months
from fairdue.core.findings import Finding
from fairdue.core.money import Fen
from fairdue.core.text import Text

from .facts import EventKind, LedgerEvent

MAX_MONTHS = 60

TERMS = {
    "balance": Text("欠款余额、结构和币种", "balance, its structure and currency"),
    "schedule": Text(
        "还款周期、方式、币种、日期和每期金额", "period, method, currency, dates and amount of each instalment"
    ),
    "charges": Text(
        "还款期间是否计收年费、利息和其他费用", "whether annual fee, interest or other charges run meanwhile"
    ),
    "no_new_card": Text(
        "结清前不向任何银行申请信用卡的承诺", "undertaking not to apply for a card anywhere until settled"
    ),
    "liability": Text("双方权利义务和违约责任", "rights, duties and liability of both sides"),
    "other": Text("其他有关事项", "other matters"),
}
"""The six terms that Art. 70 requires."""


@dataclass(frozen=True, slots=True)
class CardAgreement:
    """Equal monthly parts in fen (the first carries the remainder), their dates and the agreed terms."""

    total_fen: Fen
    signed_on: date
    schedule: tuple[tuple[date, Fen], ...]
    terms: tuple[tuple[str, str], ...]


def _finding(code: str, what: Text, mend: Text) -> Finding:
    why = Text(
        zh="《商业银行信用卡业务监督管理办法》第七十条对协议有明确要求。",
        en="Article 70 of the card measures sets what such an agreement must be.",
    )
    return Finding(code=code, what=what, why=why, mend=mend)


def card_agreement(
    total_fen: Fen,
    months: int,
    first_due: date,
    signed_on: date,
    terms: dict[str, str],
    *,
    product: str = "credit_card",
) -> tuple[CardAgreement | None, list[Finding]]:
    """An agreement over `months` equal parts from `first_due`; None with findings when a requirement is not met."""
    findings: list[Finding] = []
    if product != "credit_card":
        what = Text(zh="个性化分期只适用于信用卡。", en="The personalised agreement is for credit cards only.")
        mend = Text(zh="其他产品用委案期内分期或困难审核。", en="Use a commission plan or a hardship review instead.")
        findings.append(_finding("agreement.product", what, mend))
    if not 1 <= months <= MAX_MONTHS:
        what = Text(
            zh=f"期数 {months} 超出 1 到 {MAX_MONTHS} 期。", en=f"{months} months is outside 1 to {MAX_MONTHS}."
        )
        findings.append(_finding("agreement.months", what, Text(zh="最长五年,即 60 期。", en="At most five years.")))
    if total_fen <= 0 or (0 < months <= MAX_MONTHS and total_fen < months):
        what = Text(zh="金额不足以分成这么多期。", en="The amount does not fill that many parts.")
        findings.append(_finding("agreement.amount", what, Text(zh="减少期数。", en="Choose fewer months.")))
    if first_due <= signed_on:
        what = Text(zh="首期还款日要晚于签署日。", en="The first part must fall after the signing date.")
        findings.append(_finding("agreement.first_due", what, Text(zh="改首期日期。", en="Choose a later date.")))
    for key, name in TERMS.items():
        if not terms.get(key, "").strip():
            what = Text(zh=f"缺少必备条款:{name.zh}。", en=f"A required term is missing: {name.en}.")
            findings.append(_finding(f"agreement.term.{key}", what, Text(zh="补写这一条。", en="Write this term.")))
    if findings:
        return None, findings
    each, rest = divmod(total_fen, months)
    schedule = tuple((add_months(first_due, n), each + (rest if n == 0 else 0)) for n in range(months))
    return CardAgreement(total_fen, signed_on, schedule, tuple(sorted(terms.items()))), []


def paid_since(events: Sequence[LedgerEvent], start: date, as_of: date) -> Fen:
    """Payments from `start` to `as_of` that were not reversed, in fen."""
    gone = {e.reverses for e in events if e.kind is EventKind.REVERSAL and e.value_date <= as_of and e.reverses}
    return sum(
        e.amount_fen
        for e in events
        if e.kind is EventKind.PAYMENT and start <= e.value_date <= as_of and e.reference not in gone
    )


@dataclass(frozen=True, slots=True)
class Breach:
    """The oldest part that is not covered: its date, and how much is missing of all that was due (fen)."""

    since: date
    missing_fen: Fen


def breach(agreement: CardAgreement, events: Sequence[LedgerEvent], as_of: date) -> Breach | None:
    """What is not kept at the end of `as_of`, or None. A part is late from the day after its date."""
    paid = paid_since(events, agreement.signed_on, as_of)
    owed = 0
    since = None
    for day, fen in agreement.schedule:
        if day < as_of:
            owed += fen
            since = day if since is None and owed > paid else since
    return Breach(since, owed - paid) if since else None


def stops_collection(agreement: CardAgreement, events: Sequence[LedgerEvent], as_of: date) -> bool:
    """True from signing while the agreement is kept (CN-CC-70c): collection by the issuer and its agencies stops."""
    return as_of >= agreement.signed_on and breach(agreement, events, as_of) is None
