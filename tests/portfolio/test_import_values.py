"""Cells: money, dates, moments, numbers, phones, ID numbers, lists, as people and exports write them."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.portfolio import values as v


@pytest.mark.parametrize(
    ("raw", "fen"),
    [
        ("1234", 123_400),
        ("1,234.50", 123_450),
        ("１，２３４．５０", 123_450),
        ("¥ 1,234.50", 123_450),
        ("12元", 1_200),
        ("(12.00)", -1_200),
        ("-0.005", -1),
        ("0.125", 13),
        ("1234567890123", 123_456_789_012_300),
    ],
)
def test_money_in_yuan(raw: str, fen: int) -> None:
    assert v.money_parser()(raw) == fen


@pytest.mark.parametrize(
    ("unit", "raw", "fen"),
    [
        ("fen", "1234", 1234),
        ("wan", "1.5", 1_500_000),
        ("wan", "12", 12_000_000),
        ("thousand", "2.0005", 200_050),
        ("wan", "1,000.5", 1_000_500_000),
    ],
)
def test_money_in_other_units(unit: str, raw: str, fen: int) -> None:
    assert v.money_parser(unit)(raw) == fen


@pytest.mark.parametrize("raw", ["abc", "1,23", "12-3", "--", "1.2.3", "99999999999999999"])
@pytest.mark.parametrize("unit", ["yuan", "wan"])
def test_money_that_is_none(unit: str, raw: str) -> None:
    with pytest.raises(v.CellError) as caught:
        v.money_parser(unit)(raw)
    assert caught.value.code == "import.cell.money"


@given(st.integers(min_value=-(10**12), max_value=10**12))
def test_money_written_with_two_places_is_read_exactly(fen: int) -> None:
    sign = "-" if fen < 0 else ""
    assert v.money_parser()(f"{sign}{abs(fen) // 100:,}.{abs(fen) % 100:02d}") == fen


@given(st.decimals(min_value=0, max_value=10**6, places=6))
def test_ten_thousands_agree_with_decimal(amount: Decimal) -> None:
    expected = int((amount * 1_000_000).quantize(Decimal(1), ROUND_HALF_UP))
    assert v.money_parser("wan")(f"{amount:f}") == expected


@pytest.mark.parametrize(
    "raw",
    [
        "2026-03-02",
        "2026/3/2",
        "2026.3.2",
        "2026年3月2日",
        "２０２６年３月２日",
        "2026年3月2号",
        "20260302",
        "46083",
        "46083.75",
        "2026-03-02 00:00:00",
        "2026-03-02T10:15:00+08:00",
        "2026/3/2 9:05",
    ],
)
def test_ways_to_write_one_day(raw: str) -> None:
    assert v.date_parser()(raw) == date(2026, 3, 2)


@pytest.mark.parametrize("raw", ["2026-13-01", "2026-02-30", "02.03.2026", "soon", "1234567", "12"])
def test_days_that_are_none(raw: str) -> None:
    with pytest.raises(v.CellError) as caught:
        v.date_parser()(raw)
    assert caught.value.code == "import.cell.date"


def test_a_day_far_away_is_a_misread_column() -> None:
    with pytest.raises(v.CellError) as caught:
        v.date_parser()("1900-01-01")
    assert caught.value.code == "import.cell.date_range"


def test_the_mapping_decides_between_day_and_month_first() -> None:
    assert v.date_parser(["%d/%m/%Y"])("02/03/2026") == date(2026, 3, 2)
    assert v.date_parser(["%m/%d/%Y"])("02/03/2026") == date(2026, 2, 3)


@given(st.dates(min_value=date(1954, 10, 4), max_value=date(2099, 12, 31)))
def test_excel_serials_count_days(day: date) -> None:
    assert v.date_parser()(str((day - date(1899, 12, 30)).days)) == day


def test_moments_are_utc() -> None:
    expected = datetime(2026, 3, 2, 2, 15, tzinfo=UTC)
    for raw in ("2026-03-02 10:15:00", "2026/3/2 10:15", "2026-03-02T10:15:00+08:00", "2026-03-02T02:15:00Z"):
        assert v.instant_parser("Asia/Shanghai")(raw) == expected
    assert v.instant_parser("Asia/Shanghai")("2026年3月2日 9:05") == expected - timedelta(hours=1, minutes=10)


@pytest.mark.parametrize("raw", ["2026-03-02", "2026-03-02 25:00", "10:15", "never"])
def test_a_day_without_a_time_is_no_moment(raw: str) -> None:
    with pytest.raises(v.CellError):
        v.instant_parser("Asia/Shanghai")(raw)


@pytest.mark.parametrize(("raw", "number"), [("3", 3), ("3.0", 3), ("-2", -2), ("１，０００", 1000)])
def test_whole_numbers(raw: str, number: int) -> None:
    assert v.integer_parser()(raw) == number


@pytest.mark.parametrize("raw", ["3.5", "x", ""])
def test_numbers_that_are_not_whole(raw: str) -> None:
    with pytest.raises(v.CellError):
        v.integer_parser()(raw)


@pytest.mark.parametrize(
    ("raw", "value"),
    [
        ("15400001234", "15400001234"),
        ("+86 154-0000-1234", "15400001234"),
        ("0086 154 0000 1234", "15400001234"),
        ("86154 0000 1234", "15400001234"),
        ("１５４００００１２３４", "15400001234"),
        ("010-00001234", "01000001234"),
        ("(0571) 0000123", "05710000123"),
        ("021-00001234转801", "02100001234x801"),
        ("021-00001234 ext.801", "02100001234x801"),
        ("+1 202 555 0100", "+12025550100"),
    ],
)
def test_phones_are_reduced_to_digits(raw: str, value: str) -> None:
    assert v.phone_parser()(raw) == value


@pytest.mark.parametrize("raw", ["95588", "1540000123", "00001234", "021-00001234转abc", "154000012345", "电话"])
def test_phones_that_are_none(raw: str) -> None:
    with pytest.raises(v.CellError):
        v.phone_parser()(raw)


def _id_card(body: str) -> str:
    weights = [2 ** (17 - i) % 11 for i in range(17)]
    return body + "10X98765432"[sum(int(d) * w for d, w in zip(body, weights, strict=True)) % 11]


def test_id_numbers_carry_a_check_character() -> None:
    good = _id_card("99999919900101000")
    assert v.id_card_parser()(good.lower()) == good
    wrong = good[:-1] + ("0" if good[-1] != "0" else "1")
    for bad in (wrong, good[:-1], _id_card("99999919900231000"), _id_card("99999918000101000"), "12345"):
        with pytest.raises(v.CellError):
            v.id_card_parser()(bad)


def test_yes_no_lists_and_mails() -> None:
    assert [v.flag_parser()(raw) for raw in ("是", "Y", "1", "否", "no", "0")] == [True] * 3 + [False] * 3
    assert v.list_parser()("sms;late_hours、 ;x") == ("sms", "late_hours", "x")
    assert v.email_parser()("A@Example.com") == "a@example.com"
    for parser, raw in ((v.flag_parser(), "maybe"), (v.email_parser(), "not a mail")):
        with pytest.raises(v.CellError):
            parser(raw)


def test_an_unknown_label_names_its_neighbour() -> None:
    parser = v.enum_parser({"信用卡": "credit_card", "Cash Loan": "cash_loan"})
    assert parser(" cash loan ") == "cash_loan"
    with pytest.raises(v.CellError) as caught:
        parser("信用咔")
    assert caught.value.near == "信用卡"
