"""What a whole call is judged by: who spoke first, when the customer was known, what came of it in the end."""

from __future__ import annotations

from typing import Any

import pytest

from fairdue.review import review_call


def call(*texts: str, party: str = "customer") -> dict[str, Any]:
    """A call in which agent and customer speak in turn, the agent first, ten seconds each."""
    turns = [
        {"role": ("agent", "customer")[n % 2], "start": 12.0 * n, "end": 12.0 * n + 10, "text": text}
        for n, text in enumerate(texts)
    ]
    return {"id": "c", "product": "credit_card", "party": party, "start_local": "2026-03-02T10:15:00", "turns": turns}


OPENING = "周先生，我是示例信息服务公司的，姓夏，受示例银行委托，通话有录音。"


def test_a_name_before_a_full_width_comma_is_a_name() -> None:
    verdict = review_call(call("您好，请问是周海先生本人吗？", "嗯，是我，哪位啊？", OPENING, "哦，什么事？"))
    assert "M01" not in verdict.missing
    assert "M03" not in verdict.missing


@pytest.mark.parametrize(
    ("answer", "known"),
    [
        ("嗯，是我，哪位啊？", True),
        ("对，你说。", True),
        ("我就是。", True),
        ("是谁啊？", False),
        ("对不起，您打错了。", False),
    ],
)
def test_the_customer_is_known_once_they_say_yes(answer: str, known: bool) -> None:
    verdict = review_call(call("请问是周海先生本人吗？", answer, OPENING + "您有3000元逾期了。", "知道了。"))
    assert verdict.identity_first is known


@pytest.mark.parametrize(
    ("last", "outcome"),
    [
        ("行吧，那我明天下午三点还。", "ptp"),
        ("我就是不还，你能怎么样。", "refused"),
        ("我现在开会，你晚点再打给我。", "callback"),
    ],
)
def test_the_last_clear_word_counts(last: str, outcome: str) -> None:
    first = "我不会还的，别打了。" if outcome != "refused" else "我明天就还。"
    verdict = review_call(call("请问是周海先生本人吗？", "是我。", OPENING, first, "您再想想？", last))
    assert verdict.outcome == outcome
