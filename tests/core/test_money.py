"""Money against oracles that share no code with it: Decimal's own ROUND_HALF_UP, and a reader of 大写 amounts."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from fairdue.core.money import (
    MAX_FEN,
    MoneyError,
    divide_half_up,
    format_cny,
    format_grouped,
    format_plain,
    parse_money,
    round_decimal_half_up,
    share_ppm,
    to_chinese_upper,
    to_yuan,
)

AMOUNTS = st.integers(0, MAX_FEN)
DIGITS = {c: n for n, c in enumerate("零壹贰叁肆伍陆柒捌玖")}


def read_whole(text: str) -> int:
    """The number that a person reads in 大写 digits and units; zeros add nothing."""
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        if unit in text:
            high, low = text.rsplit(unit, 1)
            return read_whole(high) * size + read_whole(low)
    total = digit = 0
    for char in text:
        if char in DIGITS:
            digit = DIGITS[char]
        else:
            total += digit * {"拾": 10, "佰": 100, "仟": 1000}[char]
            digit = 0
    return total + digit


def read_upper(text: str) -> int:
    """The fen that a person reads in a 大写 amount."""
    whole, _, rest = text.removesuffix("整").rpartition("元")
    fen = read_whole(whole) * 100
    for digit, unit in re.findall("(.)([角分])", rest):
        fen += DIGITS[digit] * (10 if unit == "角" else 1)
    return fen


@given(AMOUNTS, st.integers(1, 10**9))
def test_division_rounds_half_up_like_decimal(numerator: int, denominator: int) -> None:
    exact = (Decimal(numerator) / Decimal(denominator)).quantize(Decimal(1), ROUND_HALF_UP)
    if abs(2 * (numerator % denominator) - denominator) > 0:  # Decimal's 28 digits may blur an exact tie
        assert divide_half_up(numerator, denominator) == int(exact)
    else:
        assert divide_half_up(numerator, denominator) == numerator // denominator + 1


@pytest.mark.parametrize("operands", [(-1, 2), (1, 0), (1, -2)])
def test_division_refuses_what_engines_floor_differently(operands: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="divide_half_up needs"):
        divide_half_up(*operands)


@pytest.mark.parametrize(("amount", "ppm", "fen"), [(300_000, 10_000, 3_000), (1, 500_000, 1), (1, 499_999, 0)])
def test_share_ppm(amount: int, ppm: int, fen: int) -> None:
    assert share_ppm(amount, ppm) == fen


@pytest.mark.parametrize(
    ("text", "fen"),
    [
        ("1,234.50", 123450),
        ("１，２３４．５０", 123450),
        ("¥ 12", 1200),
        ("¥12.3元", 1230),
        ("CNY 0.005", 1),
        ("0.004", 0),
        (".5", 50),
        ("-7", -700),
        ("(12.00)", -1200),
        ("1e3", 100000),
        ("2.675", 268),
        ("0.00" + "4" + "9" * 40, 0),
    ],
)
def test_amounts_as_people_and_exports_write_them(text: str, fen: int) -> None:
    assert parse_money(text) == fen


@pytest.mark.parametrize("text", ["", " ", "1,23", "12,34.5", "abc", "1.2.3", "--1", "1e99", "∞", "nan", "12,345,6"])
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(MoneyError):
        parse_money(text)


@given(st.decimals(-(10**12), 10**12, allow_nan=False, allow_infinity=False), st.integers(0, 3))
def test_decimals_are_rounded_once(value: Decimal, places: int) -> None:
    exact = Fraction(value) * 10**places
    nearest = int(abs(exact) + Fraction(1, 2)) * (-1 if exact < 0 else 1)
    assert round_decimal_half_up(value, places) == nearest


def test_no_number_is_not_rounded() -> None:
    with pytest.raises(MoneyError, match="not a number"):
        round_decimal_half_up(Decimal("NaN"))


def test_unit_is_named() -> None:
    assert parse_money("1234", unit="fen") == 1234
    with pytest.raises(MoneyError, match="unknown money unit"):
        parse_money("1", unit="jiao")


@given(st.integers(-MAX_FEN, MAX_FEN))
def test_what_is_written_is_read_again(fen: int) -> None:
    assert parse_money(format_plain(fen)) == fen
    assert parse_money(format_grouped(fen)) == fen
    assert round_decimal_half_up(to_yuan(fen) * 100) == fen


def test_formats() -> None:
    assert format_cny(123450) == "¥1,234.50"
    assert format_cny(123450, "en") == "CN¥1,234.50"
    assert format_grouped(2400000) == "24,000.00"
    assert format_plain(-5) == "-0.05"


@pytest.mark.parametrize(
    ("fen", "upper"),
    [
        (0, "零元整"),
        (1, "壹分"),
        (10, "壹角整"),
        (105, "壹元零伍分"),
        (10250, "壹佰零贰元伍角整"),
        (1_000_005, "壹万元零伍分"),
        (10_000_100_000, "壹亿零壹仟元整"),
        (1_010_000, "壹万零壹佰元整"),
        (1_640_902, "壹万陆仟肆佰零玖元零贰分"),
        (10_000_000_000_000, "壹仟亿元整"),
        (100_010_000_000_000, "壹万零壹亿元整"),
        (10**15, "壹拾万亿元整"),
        (2_437_200, "贰万肆仟叁佰柒拾贰元整"),
        (-105, "负壹元零伍分"),
    ],
)
def test_upper_amounts_by_hand(fen: int, upper: str) -> None:
    assert to_chinese_upper(fen) == upper


@given(AMOUNTS)
@example(10_000_100_000)
@example(1_000_005)
@example(10**15)
def test_an_upper_amount_reads_back_and_keeps_the_rules_of_bank_forms(fen: int) -> None:
    upper = to_chinese_upper(fen)
    assert read_upper(upper) == fen
    assert "零零" not in upper
    assert not re.search("零[拾佰仟万亿角]", upper), "a zero is never counted"
    assert upper.endswith("整") != upper.endswith("分")
    assert fen == 0 or not re.search("零元", upper)


@given(AMOUNTS)
def test_a_gap_in_the_digits_is_read_once_as_zero(fen: int) -> None:
    whole = str(fen // 100)
    gaps = len(re.findall(r"(?<=[1-9])0+(?=[1-9])", whole))
    spoken = to_chinese_upper(fen).partition("元")[0].count("零") if fen >= 100 else 0
    boundary = len(re.findall(r"(?<=[1-9])0+(?=[1-9])", " ".join(_groups(whole))))
    assert boundary <= spoken <= gaps, "gaps that only end a group of four may go unsaid"


def _groups(whole: str) -> list[str]:
    first = len(whole) % 4 or 4
    return [whole[:first], *(whole[i : i + 4] for i in range(first, len(whole), 4))]
