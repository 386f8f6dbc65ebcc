"""Rounds, call order, phase tables and the sentences on the list."""

from __future__ import annotations

from datetime import time
from itertools import pairwise

import pytest

from fairdue.ledger import load_products
from fairdue.portfolio.night import (
    Person,
    call_order,
    load_rhythm,
    load_script_names,
    load_stage_names,
    plan_rounds,
    render_left_out,
    render_rank,
    render_reason,
)
from fairdue.portfolio.night.packs import phase_rows, score_table

PEOPLE = [
    Person("new"),
    Person("spoken", reached=True),
    Person("promised", reached=True, promised_today=True),
    Person("afternoon", best_hour=14),
]


def test_three_rounds_of_the_day() -> None:
    rounds = plan_rounds(PEOPLE, load_rhythm())
    assert [(r.start, r.end) for r in rounds] == [
        (time(8), time(10)),
        (time(10), time(14, 30)),
        (time(14, 30), time(16)),
    ]
    assert [r.debtors for r in rounds] == [
        ("new", "spoken", "promised", "afternoon"),
        ("afternoon", "new"),
        ("promised",),
    ]


def test_rounds_stay_inside_the_permitted_hours() -> None:
    rounds = plan_rounds(PEOPLE, load_rhythm(), opens=time(10, 30), closes=time(15))
    assert [(r.round.code, r.start, r.end) for r in rounds] == [
        ("second", time(10, 30), time(14, 30)),
        ("promised", time(14, 30), time(15)),
    ]


def test_own_lines_come_before_contacts() -> None:
    lines = [("mobile", "family"), ("office", "debtor"), ("email", "debtor"), ("home", "debtor"), ("mobile", "debtor")]
    assert call_order(lines) == [
        ("mobile", "debtor"),
        ("home", "debtor"),
        ("office", "debtor"),
        ("email", "debtor"),
        ("mobile", "family"),
    ]


def test_phase_tables_cover_every_day_once_and_every_stage_has_a_name_and_a_chance() -> None:
    rows, _ = phase_rows()
    for product in {r[0] for r in rows}:
        table = sorted(r[2:] for r in rows if r[0] == product)
        assert table[0][0] == 1
        assert all(right[0] == left[1] + 1 for left, right in pairwise(table))
        assert table[-1][1] >= 36_500
    stages = {r[1] for r in rows}
    assert stages <= set(load_stage_names())
    assert stages <= set(score_table()["base"])
    assert {r[0] for r in rows} <= {"default", *load_products()[0]}
    assert set(load_script_names()) == {"first", "repeat", "pre_due", "due_day"}


def test_a_call_never_lowers_the_chance() -> None:
    assert all(0 <= without <= called <= 1_000_000 for called, without in score_table()["base"].values())


@pytest.mark.parametrize(
    ("reason", "zh", "en"),
    [
        (
            {"code": "promise_check", "amount_fen": 200_000, "when": "16:00"},
            "客户承诺今天还 2,000.00,16:00 前核对是否到账",
            "Promised 2,000.00 for today: check by 16:00 whether it came",
        ),
        ({"code": "callback", "when": "15:00"}, "约好 15:00 回电", "Call back agreed for 15:00"),
        (
            {"code": "value", "dpd": 8, "amount_fen": 1_234_50, "accounts": 2, "broken": 1, "best_hour": 15},
            "逾期 8 天,应还 1,234.50,共 2 笔;曾爽约 1 次;15 点较易接通",
            "8 days late, 1,234.50 due, 2 debts; 1 broken promise; picks up around 15:00",
        ),
        (
            {"code": "value", "dpd": 0, "stage": "pre_due", "amount_fen": 50},
            "临近还款日,应还 0.50",
            "Due soon, 0.50 due",
        ),
        ({"code": "value", "dpd": 8, "amount_fen": 50}, "逾期 8 天,应还 0.50", "8 days late, 0.50 due"),
    ],
)
def test_reasons_in_words(reason: dict[str, object], zh: str, en: str) -> None:
    text = render_reason(reason)
    assert (text.zh, text.en) == (zh, en)


def test_the_rank_says_task_or_value() -> None:
    assert render_rank({"code": "callback"}, 1).zh == "第 1 位:今天到期的约定排在最前"
    text = render_rank(
        {"code": "value", "stage": "dpd_6_10", "gain_fen": 12_345, "gain_ppm": 120_000, "kept_agent": True}, 3
    )
    assert text.zh == "第 3 位:逾期 6–10 天,打这通电话预计多收 123.45(应还 × 12.0%);由上次联系的同事继续"
    assert "12.0%" in text.en


@pytest.mark.parametrize(
    "code", ["hold", "do_not_contact", "effective_cap", "unanswered_cap", "nothing_due", "no_room"]
)
def test_every_way_of_being_left_out_has_words(code: str) -> None:
    text = render_left_out(code)
    assert code not in (text.zh, text.en)
