"""The opening by heart (P1-2.0): required elements in order, not word by word."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fairdue.core.text import Text

ELEMENTS: Mapping[str, tuple[re.Pattern[str], Text]] = {
    "institution": (re.compile(r"(银行|公司|金融)"), Text("机构名称", "the institution")),
    "department": (re.compile(r"(部|中心)(的|,|。|我)"), Text("部门全称", "the department's full name")),
    "surname": (re.compile(r"(我姓|姓.|免贵姓)"), Text("自己的姓", "your surname")),
    "purpose": (re.compile(r"(账户|账单|信用卡|贷款|款项)"), Text("来意", "the purpose")),
    "amount": (re.compile(r"\d[\d,.]*\s*元"), Text("截至今天的总额", "the total as of today")),
    "question": (re.compile(r"(什么原因|为什么|怎么回事|原因)"), Text("问一句原因", "asking for the reason")),
}
"""Element → pattern and name, in the order in which they belong."""


def missing_elements(text: str) -> list[str]:
    """Elements that are missing or out of order; an empty list means that the opening stands."""
    at = 0
    out = []
    for name, (pattern, _label) in ELEMENTS.items():
        found = pattern.search(text, at)
        if found is None:
            out.append(name)
        else:
            at = found.start()
    return out
