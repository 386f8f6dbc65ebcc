"""Money is an integer number of fen (1/100 yuan); a float never touches it.

`Decimal` appears only at the edges, where text is read. Every division rounds half up and is written out
(`divide_half_up`), because engines disagree: Python's `round` is half-even, Polars and DuckDB differ on ties.
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal

from babel.numbers import format_currency

Fen = int
"""An amount in fen. Always `int`; may be negative only for a credit balance or a reversal."""

MAX_FEN = 10**15
"""Ten trillion yuan: above it is a misread column, not an account."""

_GROUPED = re.compile(r"^[+-]?\d{1,3}(,\d{3})+(\.\d+)?$")
_PLAIN = re.compile(r"^[+-]?\d+(\.\d*)?([eE][+-]?\d{1,2})?$|^[+-]?\.\d+$")


class MoneyError(ValueError):
    """Raised when a text cannot be read as an amount; the message names the text and says why."""


def divide_half_up(numerator: int, denominator: int) -> int:
    """`numerator / denominator` rounded half up, for `numerator >= 0` and `denominator > 0`.

    Written as `(2a + b) // (2b)`, the form that Python, DuckDB and Spark all compute alike on non-negative integers.
    Raises `ValueError` on a negative operand: take the sign out first, engines floor differently.
    """
    if numerator < 0 or denominator <= 0:
        raise ValueError(f"divide_half_up needs numerator >= 0 and denominator > 0, got {numerator} / {denominator}")
    return (2 * numerator + denominator) // (2 * denominator)


def share_ppm(amount: Fen, ppm: int) -> Fen:
    """`amount × ppm / 1 000 000`, half up. `ppm` is parts per million: 0.05 % is 500."""
    return divide_half_up(amount * ppm, 1_000_000)


def parse_money(text: str, *, unit: str = "yuan") -> Fen:
    """Read an amount as people and exports write it: `1,234.50`, full-width digits, `¥`, `元`, `(12.00)` for negative.

    `unit` is "yuan" or "fen". More than two decimals of yuan are rounded half up. Raises `MoneyError` when the text is
    empty, not a number, grouped wrongly (`1,23`), or beyond `MAX_FEN`.
    """
    if unit not in ("yuan", "fen"):
        raise MoneyError(f"unknown money unit {unit!r}; use 'yuan' or 'fen'")
    cleaned = unicodedata.normalize("NFKC", text).strip()
    cleaned = cleaned.replace("¥", "").replace("元", "").replace("CNY", "").replace("RMB", "").replace(" ", "")
    negative = cleaned.startswith("(") and cleaned.endswith(")")
    if negative:
        cleaned = cleaned[1:-1]
    if _GROUPED.match(cleaned):
        cleaned = cleaned.replace(",", "")
    elif not _PLAIN.match(cleaned):
        raise MoneyError(f"{text!r} is not an amount")
    fen = round_decimal_half_up(Decimal(cleaned), 2 if unit == "yuan" else 0)
    if abs(fen) > MAX_FEN:
        raise MoneyError(f"{text!r} is beyond {MAX_FEN} fen")
    return -fen if negative else fen


def round_decimal_half_up(value: Decimal, places: int = 0) -> int:
    """Nearest integer to `value × 10**places`, ties away from zero; exact for any number of digits.

    Done on the digits, because Decimal's own arithmetic rounds to 28 of them first and would round twice.
    """
    negative, digits, exponent = value.as_tuple()
    if not isinstance(exponent, int):
        raise MoneyError(f"{value} is not a number")
    whole = int("".join(map(str, digits)))
    power = exponent + places
    size = whole * 10**power if power >= 0 else divide_half_up(whole, 10**-power)
    return -size if negative else size


def to_yuan(fen: Fen) -> Decimal:
    """Exact `Decimal` yuan with two places, for printing and for handing to a spreadsheet."""
    return Decimal(fen).scaleb(-2).quantize(Decimal("0.01"))


def format_cny(fen: Fen, locale: str = "zh_CN") -> str:
    """`¥1,234.50` in Chinese, `CN¥1,234.50` in English (babel's own symbols)."""
    return str(format_currency(to_yuan(fen), "CNY", locale=locale))


def format_grouped(fen: Fen) -> str:
    """`24,000.00`: grouped and without a symbol, as the formulas of a quote are written in both languages."""
    return f"{to_yuan(fen):,f}"


def format_plain(fen: Fen) -> str:
    """`1234.50`: no symbol and no grouping, for files and for speech templates."""
    return f"{to_yuan(fen):f}"


_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_UNITS = ("", "拾", "佰", "仟")
_GROUPS = ((10**8, "亿"), (10**4, "万"))


def _group_upper(value: int) -> str:
    """1..9999 in 大写, inner zeros written once."""
    out = ""
    pending_zero = False
    for power in range(3, -1, -1):
        digit = value // 10**power % 10
        if digit == 0:
            pending_zero = bool(out)
            continue
        out += ("零" if pending_zero else "") + _DIGITS[digit] + _UNITS[power]
        pending_zero = False
    return out


def _whole_upper(value: int) -> str:
    """A positive whole number in 大写: what stands before 亿 and before 万 is itself such a number (`壹万零壹亿`)."""
    for size, name in _GROUPS:
        high, low = divmod(value, size)
        if high:
            gap = "零" if 0 < low < size // 10 else ""
            return _whole_upper(high) + name + gap + (_whole_upper(low) if low else "")
    return _group_upper(value)


def to_chinese_upper(fen: Fen) -> str:
    """The amount in 大写 as bank forms want it: `壹佰零贰元伍角整`, `零元整`, `负` in front of a credit.

    The rule of 正确填写票据和结算凭证的基本规定: 整 after 元 or 角, never after 分; zeros inside are read once.
    """
    if fen < 0:
        return "负" + to_chinese_upper(-fen)
    yuan, cents = divmod(fen, 100)
    jiao, fen_digit = divmod(cents, 10)
    out = ""
    if yuan:
        out = _whole_upper(yuan) + "元"
    if cents == 0:
        return (out or "零元") + "整"
    if jiao:
        out += _DIGITS[jiao] + "角"
    elif out:
        out += "零"
    return out + (_DIGITS[fen_digit] + "分" if fen_digit else "整")
