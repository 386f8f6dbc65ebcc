"""Read one cell: money, whole numbers, dates, moments, yes/no, enumerations, phones, ID numbers, text.

Each `…_parser` returns a function `str -> value` that raises `CellError(code)`; the cell is stripped and not empty.
Everything is NFKC-normalised first, so that full-width digits, letters and commas read like ASCII ones.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from difflib import get_close_matches
from typing import Any

from fairdue.core.dates import utc, zone
from fairdue.core.money import MoneyError, parse_money, round_decimal_half_up

Parser = Callable[[str], Any]

MIN_YEAR, MAX_YEAR = 1950, 2100
EXCEL_EPOCH = date(1899, 12, 30)
"""Day 0 of Excel's 1900 calendar as it counts after its phantom 29 February 1900."""

DATE_FORMS = ("iso", "slash", "dot", "chinese", "compact", "excel")
_DATE_RE = {
    "iso": re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})$"),
    "slash": re.compile(r"(\d{4})/(\d{1,2})/(\d{1,2})$"),
    "dot": re.compile(r"(\d{4})\.(\d{1,2})\.(\d{1,2})$"),
    "chinese": re.compile(r"(\d{4})年(\d{1,2})月(\d{1,2})[日号]?$"),
    "compact": re.compile(r"(\d{4})(\d{2})(\d{2})$"),
}
_CLOCK = re.compile(r"[T ]\s*(\d{1,2}:\d{2}(:\d{2})?(\.\d+)?)(Z|[+-]\d{2}:?\d{2})?$")
_MOBILE = re.compile(r"1\d{10}$")
_LANDLINE = re.compile(r"0\d{2,3}\d{7,8}$")
_FOREIGN = re.compile(r"\+\d{7,15}$")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s.]+$")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_YES = frozenset({"是", "y", "yes", "true", "1", "t", "√", "有"})
_NO = frozenset({"否", "n", "no", "false", "0", "f", "×", "无"})


class CellError(ValueError):
    """A cell cannot be read; `code` is the finding's code, `known`/`near` go into its text."""

    def __init__(self, code: str, known: str = "", near: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.known = known
        self.near = near


def plain(text: str) -> str:
    """NFKC, stripped, inner runs of blanks as one. ASCII text without blanks comes back as it is."""
    if text.isascii() and " " not in text:
        return text.strip()
    return " ".join(unicodedata.normalize("NFKC", text).split())


def column_key(name: str) -> str:
    """How column names are compared: NFKC, case folded, no blanks, no BOM."""
    return "".join(unicodedata.normalize("NFKC", name).replace("\ufeff", "").split()).casefold()


def text_parser(prefix: str = "") -> Parser:
    """Text as written (NFKC, blanks tidied), with `prefix` in front."""
    return lambda raw: prefix + plain(raw)


def id_parser(prefix: str = "") -> Parser:
    """A number or code that names something; `6.22E+18` is refused: a spreadsheet has rounded its last digits away."""

    def parse(raw: str) -> str:
        text = plain(raw)
        if "E+" in text.upper() and re.fullmatch(r"\d(\.\d+)?[eE]\+\d+", text):
            raise CellError("import.cell.rounded")
        return prefix + text

    return parse


def money_parser(unit: str = "yuan") -> Parser:
    """Fen from an amount in `unit` (yuan, fen, thousand or wan = 10 000 yuan); half up beyond two decimals."""
    factor = {"yuan": 1, "fen": 1, "thousand": 1_000, "wan": 10_000}[unit]
    base = "fen" if unit == "fen" else "yuan"
    whole = 1 if unit == "fen" else 100 * factor

    def parse(raw: str) -> int:
        if len(raw) < 14 and raw.isascii():  # the common spellings, 1234 and 1234.50
            head, point, tail = raw.partition(".")
            if head.isdigit():
                if not point:
                    return int(head) * whole
                if whole == 100 and len(tail) == 2 and tail.isdigit():
                    return int(head + tail)
        try:
            return parse_money(raw, unit=base) if factor == 1 else _scaled(raw, factor)
        except MoneyError as exc:
            raise CellError("import.cell.money") from exc

    return parse


def _scaled(raw: str, factor: int) -> int:
    cleaned = plain(raw)
    if not re.fullmatch(r"[+-]?(\d{1,12}|\d{1,3}(,\d{3}){1,3})(\.\d{1,12})?", cleaned):
        raise MoneyError(f"{raw!r} is not an amount")
    return round_decimal_half_up(Decimal(cleaned.replace(",", "")) * factor * 100)


def integer_parser() -> Parser:
    """A whole number; `3.0` as spreadsheets write it is 3."""

    def parse(raw: str) -> int:
        cleaned = plain(raw).replace(",", "")
        if re.fullmatch(r"[+-]?\d{1,15}(\.0+)?", cleaned):
            return int(cleaned.partition(".")[0])
        raise CellError("import.cell.integer")

    return parse


def _excel_day(text: str) -> date | None:
    if not re.fullmatch(r"\d{5}(\.\d+)?", text):
        return None
    return EXCEL_EPOCH + timedelta(days=int(text.partition(".")[0]))


def _read_day(text: str, forms: Iterable[str]) -> date | None:
    for form in forms:
        if form == "excel":
            day = _excel_day(text)
            if day is not None:
                return day
        elif form in _DATE_RE:
            match = _DATE_RE[form].match(text)
            if match:
                try:
                    return date(int(match[1]), int(match[2]), int(match[3]))
                except ValueError as exc:
                    raise CellError("import.cell.date") from exc
        else:
            try:
                return datetime.strptime(text, form).date()  # noqa: DTZ007 - a calendar day has no zone
            except ValueError:
                continue
    return None


def date_parser(forms: Iterable[str] = DATE_FORMS) -> Parser:
    """A calendar day in one of `forms` (names of `DATE_FORMS` or strptime patterns); a clock time after it is dropped."""
    accepted = tuple(forms)

    def parse(raw: str) -> date:
        text = plain(raw)
        day = _read_day(text, accepted) or _read_day(_CLOCK.sub("", text), accepted)
        if day is None:
            raise CellError("import.cell.date")
        if not MIN_YEAR <= day.year <= MAX_YEAR:
            raise CellError("import.cell.date_range")
        return day

    return parse


def instant_parser(zone_name: str, forms: Iterable[str] = DATE_FORMS) -> Parser:
    """A moment as UTC; without an offset it is wall-clock time in `zone_name`. A bare day has no moment: refused."""
    accepted = tuple(forms)
    home = zone(zone_name)

    def parse(raw: str) -> datetime:
        text = plain(raw)
        clock = _CLOCK.search(text)
        day = _read_day(text[: clock.start()].strip(), accepted) if clock else None
        if clock is None or day is None or not MIN_YEAR <= day.year <= MAX_YEAR:
            raise CellError("import.cell.instant")
        try:
            moment = datetime.fromisoformat(
                f"{day.isoformat()}T{clock[1] if clock[1][2] == ':' else '0' + clock[1]}{clock[4] or ''}"
            )
        except ValueError as exc:
            raise CellError("import.cell.instant") from exc
        return utc(moment if moment.tzinfo else moment.replace(tzinfo=home))

    return parse


def flag_parser() -> Parser:
    """是/否, Y/N, true/false, 1/0 as a bool."""

    def parse(raw: str) -> bool:
        text = plain(raw).casefold()
        if text in _YES:
            return True
        if text in _NO:
            return False
        raise CellError("import.cell.flag")

    return parse


def enum_parser(values: Mapping[str, Any]) -> Parser:
    """One of the keys of `values` (compared like column names) → its value; the error names the nearest key."""
    table = {column_key(str(key)): value for key, value in values.items()}
    shown = [str(key) for key in values]

    def parse(raw: str) -> Any:
        try:
            return table[column_key(raw)]
        except KeyError:
            near = get_close_matches(plain(raw), shown, 1, 0.5)
            raise CellError("import.cell.enum", ", ".join(shown[:12]), near[0] if near else "") from None

    return parse


def phone_parser() -> Parser:
    """Digits of a Chinese mobile or landline (area code needed), `ext` kept after `x`; a foreign number keeps its `+`."""

    def parse(raw: str) -> str:
        if len(raw) == 11 and raw[0] == "1" and raw.isascii() and raw.isdigit():
            return raw
        text = plain(raw).casefold()
        body, _, extension = re.sub(r"(转|分机|ext\.?|#)", "x", text).partition("x")
        body = re.sub(r"[\s()\-.·—]", "", body)
        number = re.sub(r"^(\+86|0086|86(?=1\d{10}$))", "", body)
        if extension and not re.fullmatch(r"\s*\d{1,6}\s*", extension):
            raise CellError("import.cell.phone")
        if not (_MOBILE.match(number) or _LANDLINE.match(number) or _FOREIGN.match(number)):
            raise CellError("import.cell.phone")
        return number + (f"x{extension.strip()}" if extension else "")

    return parse


def email_parser() -> Parser:
    """An e-mail address in lower case."""

    def parse(raw: str) -> str:
        text = plain(raw).casefold()
        if not _EMAIL.match(text):
            raise CellError("import.cell.email")
        return text

    return parse


def id_card_parser() -> Parser:
    """An 18-character resident ID with the right check character (GB 11643-1999) and a real birth date."""

    def parse(raw: str) -> str:
        text = plain(raw).upper().replace(" ", "")
        if not re.fullmatch(r"[1-9]\d{16}[\dX]", text):
            raise CellError("import.cell.id_card")
        check = "10X98765432"[sum(int(d) * w for d, w in zip(text[:17], _ID_WEIGHTS, strict=True)) % 11]
        try:
            born = date(int(text[6:10]), int(text[10:12]), int(text[12:14]))
        except ValueError as exc:
            raise CellError("import.cell.id_card") from exc
        if check != text[17] or born.year < 1900:
            raise CellError("import.cell.id_card")
        return text

    return parse


def list_parser() -> Parser:
    """Parts separated by `;`, `,` or `、` as a tuple, empty parts left out."""

    def parse(raw: str) -> tuple[str, ...]:
        return tuple(part.strip() for part in re.split(r"[;,、|]", plain(raw)) if part.strip())

    return parse
