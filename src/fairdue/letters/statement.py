"""The account statement: every fen of a quote on one page, where to pay, how to object.

Fields follow CN-CC-69 as far as a statement goes: who, what is owed and why, how to check, pay, object and reach us.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import typst

from fairdue.core.money import format_plain, to_chinese_upper
from fairdue.core.text import Text
from fairdue.ledger import Quote

from .fonts import require_font

TEMPLATE = Path(__file__).parent / "statement.typ"


@dataclass(frozen=True, slots=True)
class StatementFacts:
    """What the letter needs besides the quote: names as printed, where to pay, where to object."""

    customer: str
    institution: str
    hotline: str
    channels: str
    account_shown: str


_WORDS = {
    "title": Text("账户对账单", "Account statement"),
    "customer": Text("客户", "Customer"),
    "account": Text("账户", "Account"),
    "number": Text("报价编号", "Quote"),
    "as_of": Text("截至日期", "As of"),
    "item": Text("项目", "Item"),
    "formula": Text("计算过程", "How it is computed"),
    "amount": Text("金额(元)", "Amount (CNY)"),
    "total": Text("合计", "Total"),
    "overdue": Text("其中现在应还 {0} 元;再晚一天增加 {1} 元。", "Of it due now: {0}; one more day adds {1}."),
    "pay": Text(
        "还款只走官方渠道:{0}。我们不收现金,也不使用个人账户。",
        "Pay through official channels only: {0}. No cash, no private accounts.",
    ),
    "object": Text(
        "对金额有异议,请拨 {0} 登记,我们二十日内书面答复,期间停止催收。",
        "To object call {0}; you will be answered in writing within 20 days, and collection stops meanwhile.",
    ),
    "footer": Text(
        "本对账单的每一分钱都可以按同一报价编号重新计算核对。",
        "Every fen of this statement can be recomputed under its quote number.",
    ),
}


def render_statement(quote: Quote, facts: StatementFacts, lang: str = "zh") -> bytes:
    """The statement as PDF. Raises `FontMissingError` when Chinese could not be set."""
    require_font()
    say = {key: text.in_(lang) for key, text in _WORDS.items()}
    body = {
        "lang": "en" if lang.startswith("en") else "zh",
        "title": say["title"],
        "head": [
            [say["customer"], facts.customer],
            [say["account"], facts.account_shown],
            [say["number"], quote.number],
            [say["as_of"], quote.as_of.isoformat()],
        ],
        "columns": [say["item"], say["formula"], say["amount"]],
        "rows": [[line.label.in_(lang), line.formula.in_(lang), format_plain(line.amount_fen)] for line in quote.lines],
        "total": [say["total"], to_chinese_upper(quote.total_fen), format_plain(quote.total_fen)],
        "notes": [
            say["overdue"].format(format_plain(quote.overdue_fen), format_plain(quote.daily_interest_fen)),
            say["pay"].format(facts.channels),
            say["object"].format(facts.hotline),
        ],
        "institution": facts.institution,
        "date": quote.as_of.isoformat(),
        "footer": say["footer"],
    }
    return bytes(typst.compile(TEMPLATE, sys_inputs={"facts": json.dumps(body, ensure_ascii=False)}))
