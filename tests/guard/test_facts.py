"""Findings that rest on the facts: the agreed hour, and what an opening has to say."""

from __future__ import annotations

from typing import Any

import pytest

from fairdue.guard import check_text


def labels(text: str, **facts: Any) -> set[str]:
    return {finding.label for finding in check_text(text, "call", "customer", facts)}


@pytest.mark.parametrize(
    ("window", "late"),
    [
        (None, True),
        ("21:00-23:00", False),
        ("21:00-22:15", True),
        ("21：00—23：00", False),
        ("22:00-01:00", False),
        (["22:00", "23:00"], False),
        (["22:00"], True),
        (True, False),
        ("晚上", True),
    ],
)
def test_the_hour_that_was_agreed_is_no_forbidden_one(window: Any, late: bool) -> None:
    assert ("V15" in labels("您好，现在方便说话吗？", local_time="22:30", agreed_window=window)) is late


@pytest.mark.parametrize(
    "opening",
    [
        "您好，我是示例银行贷后专员尤佳，本次通话录音，请问是本人吗？",
        "您好，示例银行智能语音，本次通话将被录音，请问您是机主本人吗？",
        "您好，我叫晏青，示例通信的，电话有录音。",
        "喂您好，示例消金小祁，这个电话录着音呢，您怎么称呼？",
    ],
)
def test_an_opening_that_names_institution_and_speaker_is_whole(opening: str) -> None:
    assert "M01" not in labels(opening, whole_opening=True, call_recorded=True)


@pytest.mark.parametrize("opening", ["您好，我姓林，本次通话录音。", "您好，这里是银行，本次通话录音，请问是本人吗？"])
def test_an_opening_that_leaves_one_out_is_not(opening: str) -> None:
    assert "M01" in labels(opening, whole_opening=True, call_recorded=True)
