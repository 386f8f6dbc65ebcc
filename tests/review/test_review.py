"""Whole calls, judged; spoken dates; speech figures."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest

from fairdue.review import CallError, review_call, speech_figures
from fairdue.review.when import find_amount, find_date, find_time

TODAY = date(2026, 3, 2)  # a Monday

GOOD = [
    ("agent", "您好,请问是王先生本人吗?"),
    ("customer", "是我"),
    ("agent", "我是示例银行信用卡中心的,姓张。跟您说一声,通话会录音。"),
    ("agent", "您尾号0001的账户逾期31天,应还5412元,请走手机银行还款,有疑问打官方热线核实。"),
    ("customer", "我等发工资"),
    ("agent", "谢谢您,那后天下午三点前先还两千元可以吗?"),
    ("customer", "行,后天下午三点前还两千"),
]


def call(turns: list[tuple[str, str]], **changes: Any) -> dict[str, Any]:
    rows = [{"role": r, "start": 10.0 * i, "end": 10.0 * i + 8, "text": t} for i, (r, t) in enumerate(turns)]
    return {"id": "c1", "party": "customer", "start_local": "2026-03-02T10:15:00", "turns": rows, **changes}


def test_a_good_call_is_good() -> None:
    verdict = review_call(call(GOOD)).as_dict()
    assert verdict["violations"] == []
    assert verdict["missing"] == []
    assert verdict["identity_verified_before_debt"] is True
    assert verdict["band"] == "good"
    assert verdict["score"] == 100
    assert 0 < verdict["speech"]["talk_share"] < 1


def test_a_promise_has_amount_date_time_and_channel() -> None:
    turns = [*GOOD[:4], ("customer", "我今天就还"), ("agent", "好,今天下午五点前3000元,走手机银行。")]
    verdict = review_call(call(turns)).as_dict()
    assert verdict["outcome"] == "ptp"
    assert verdict["promise"] == {"amount": "3000.00", "date": "2026-03-02", "time": "17:00", "channel": "手机银行"}
    assert "2026-03-02" in verdict["summary"]


def test_debt_before_identity_is_poor() -> None:
    verdict = review_call(
        call([("agent", "我是示例银行的,姓张,您的贷款逾期了,录音中。"), ("customer", "你谁呀")])
    ).as_dict()
    assert verdict["identity_verified_before_debt"] is False
    assert "M02" in verdict["missing"]
    assert verdict["band"] == "poor"


def test_a_threat_is_fatal_and_named_by_turn() -> None:
    verdict = review_call(call([*GOOD, ("agent", "再不还就通知你单位领导")])).as_dict()
    assert verdict["band"] == "fatal"
    assert verdict["score"] == 0
    assert verdict["violations"][0]["turn"] == 7
    assert verdict["violations"][0]["label"] == "V12"


def test_a_call_at_night_is_found_on_the_first_agent_turn() -> None:
    verdict = review_call(call(GOOD, start_local="2026-03-02T22:05:00")).as_dict()
    assert verdict["violations"][0] == {"turn": 0, "label": "V15", "span": [0, 0], "cites": ["CN-GBT-01", "CN-CBA-01"]}


def test_a_clean_message_to_a_third_party_needs_no_channel() -> None:
    turns = [
        ("agent", "您好,我是示例公司的,姓张,找一下王先生,通话会录音。"),
        ("customer", "他不在,行我跟他说"),
        ("agent", "谢谢您转告。"),
    ]
    verdict = review_call(call(turns, party="family")).as_dict()
    assert verdict["outcome"] == "message_left"
    assert verdict["identity_verified_before_debt"] is True
    assert verdict["missing"] == []


def test_a_missing_recording_notice_is_fair() -> None:
    turns = [
        ("agent", "您好,我是示例银行的,姓张,请问是王先生本人吗?"),
        ("customer", "你打错了"),
        ("agent", "不好意思打扰了。"),
    ]
    verdict = review_call(call(turns)).as_dict()
    assert (verdict["outcome"], verdict["missing"], verdict["band"]) == ("wrong_number", ["M03"], "fair")


def test_small_talk_has_no_outcome() -> None:
    assert review_call(call([("agent", "您好"), ("customer", "今天天气真热")])).outcome == "none"


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"turns": []}, "turns"),
        ({"turns": "x"}, "turns"),
        ({"turns": [{"role": "cat", "text": "x", "start": 0, "end": 1}]}, "turns[0]"),
        ({"turns": [{"role": "agent", "text": "x", "start": 3, "end": 1}]}, "turns[0]"),
        ({"turns": [{"role": "agent", "text": "x", "start": True, "end": 1}]}, "turns[0]"),
        ({"start_local": "yesterday"}, "start_local"),
        ({"start_local": None}, "start_local"),
    ],
)
def test_a_call_that_cannot_be_judged_says_why(changes: dict[str, Any], word: str) -> None:
    with pytest.raises(CallError, match=word.replace("[", r"\[")):
        review_call({**call(GOOD), **changes})


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("今天就还", date(2026, 3, 2)),
        ("明天上午", date(2026, 3, 3)),
        ("后天吧", date(2026, 3, 4)),
        ("大后天", date(2026, 3, 5)),
        ("下周三下午", date(2026, 3, 11)),
        ("周三", date(2026, 3, 4)),
        ("下下周一", date(2026, 3, 16)),
        ("这个星期天", date(2026, 3, 8)),
        ("月底", date(2026, 3, 31)),
        ("十五号", date(2026, 3, 15)),
        ("1号", date(2026, 4, 1)),
        ("二月三号", date(2027, 2, 3)),
        ("三月二十号", date(2026, 3, 20)),
        ("三天之内", date(2026, 3, 5)),
        ("31号", date(2026, 3, 31)),
        ("三十二号", None),
        ("随便", None),
    ],
)
def test_spoken_dates(text: str, day: date | None) -> None:
    assert find_date(text, TODAY) == day


def test_a_day_of_next_month_over_new_year() -> None:
    assert find_date("三号", date(2026, 12, 20)) == date(2027, 1, 3)
    assert find_date("周一", date(2026, 3, 4)) == date(2026, 3, 9)


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("下午三点", time(15)),
        ("上午十点半", time(10, 30)),
        ("晚上8点20", time(20, 20)),
        ("十二点", time(12)),
        ("三点五十", time(3, 50)),
        ("99点", None),
        ("再说", None),
    ],
)
def test_spoken_times(text: str, moment: time | None) -> None:
    assert find_time(text) == moment


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("两千", 200_000),
        ("3500元", 350_000),
        ("一万二", 1_200_000),
        ("12.5元", 1_250),
        ("3千", 300_000),
        ("0001尾号", None),
        ("不还", None),
    ],
)
def test_spoken_amounts(text: str, fen: int | None) -> None:
    assert find_amount(text) == fen


def test_speech_figures_by_definition() -> None:
    figures = speech_figures([(0, 10), (20, 30)], [(8, 18)], "字" * 60)
    assert figures.seconds == 30
    assert figures.talk_share == pytest.approx(20 / 30)
    assert figures.overtalk == pytest.approx(2 / 30)
    assert figures.silence == pytest.approx(2 / 30)
    assert figures.rate == pytest.approx(180)


def test_nothing_short_is_scored() -> None:
    assert speech_figures([], [], "").talk_share is None
    assert speech_figures([(0, 5)], [], "x").talk_share is None
    assert speech_figures([(0, 5)], [(5, 15)], "x").rate is None
