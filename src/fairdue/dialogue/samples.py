"""Generated facts: what conversations, the linter and `fairdue playbook render` fill lines with. No real person."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

from fairdue.packs import PACKS, read_yaml
from fairdue.playbook import PROVEN, QuoteView, RenderValues

NOW = datetime(2026, 3, 2, 2, 15, tzinfo=UTC)
"""The moment of every conversation: a Monday, 10:15 in Shanghai."""


def sample_values(product: str = "credit_card", agency: bool | None = None) -> RenderValues:
    """Generated facts with which conversations and `fairdue playbook render` fill lines; money in fen.

    `agency` None proves everything at once, so that every line can be filled; True or False is a caller of that kind. A
    product that does not ship keeps the sample's name.
    """
    values = RenderValues(
        now=NOW,
        zone="Asia/Shanghai",
        honorific="周先生",
        agent_surname="林",
        institution="示例银行",
        department="贷后服务中心",
        hotline="400-000-0000",
        channels="手机银行或柜台",
        card_tail="0000",
        quote=QuoteView(
            "Q-SAMPLE",
            1_850_000,
            620_000,
            925,
            31_000,
            24,
            date(2026, 3, 2),
            interest_fen=22_200,
            cycles=1,
            annual_rate="18.25%",
            formula="本金18500元乘每天万分之五,乘24天",
        ),
        plan="3月4日 3,000.00元,3月9日 2,000.00元,3月23日 1,200.00元",
        plan_first_fen=300_000,
        plan_first_day=date(2026, 3, 4),
        last_promise="2月27日还 2,000.00元",
        product=_product_name(product),
        due_day=date(2026, 2, 6),
        agency="示例信用服务公司",
        debit_bank="示例银行",
        debit_tail="0000",
        debit_fen=620_000,
        debit_time="今天下午4点",
        service_number="尾号0000",
        service_months="1月和2月",
        service_stops=date(2026, 3, 10),
        outlet="示例路营业厅",
        outlet_hours="上午9点到下午6点",
        next_step="寄送书面催收函",
        case_days=20,
        proven=frozenset(PROVEN),
    )
    if agency is None:
        return values
    if agency:
        return replace(values, proven=values.proven - {"in_house"})
    return replace(values, agency="")


def _product_name(code: str) -> str:
    path = PACKS / "products" / f"{code}.yaml"
    return str(read_yaml(path)["title"]["zh"]) if path.is_file() else "信用卡"
