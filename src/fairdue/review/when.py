"""Relative dates and times in spoken Chinese: 明天下午三点, 下周三, 月底, 五号, 后天上午十点半."""

from __future__ import annotations

import calendar
import re
from datetime import date, time, timedelta

_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"两": 2, "日": 7, "天": 7}
_UNITS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}
_NUMBER = r"(\d{1,2}|[零一二三四五六七八九十两]{1,3})"
_DAYS = {"今天": 0, "今晚": 0, "明天": 1, "明早": 1, "后天": 2, "大后天": 3}


def number(text: str) -> int:
    """Arabic or Chinese number up to 99: 十五 → 15, 二十 → 20, 3 → 3."""
    if text.isdigit():
        return int(text)
    if "十" in text:
        tens, _, ones = text.partition("十")
        return (_DIGITS[tens] if tens else 1) * 10 + (_DIGITS[ones] if ones else 0)
    return _DIGITS[text[-1]]


def find_date(text: str, today: date) -> date | None:
    """The day that the text names, seen from `today` (local); None when it names none."""
    for word in sorted(_DAYS, key=len, reverse=True):
        if word in text:
            return today + timedelta(days=_DAYS[word])
    week = re.search(r"(下下|下|这|本)?(?:个)?(?:周|星期|礼拜)([一二三四五六日天])", text)
    if week:
        weeks = {"下": 1, "下下": 2}.get(week[1] or "", 0)
        day = today - timedelta(days=today.weekday()) + timedelta(days=_DIGITS[week[2]] - 1, weeks=weeks)
        return day if weeks or day >= today else day + timedelta(weeks=1)
    if "月底" in text:
        last = calendar.monthrange(today.year, today.month)[1]
        return today.replace(day=last)
    exact = re.search(_NUMBER + r"月" + _NUMBER + r"[号日]", text)
    if exact:
        return _safe(today.year + (number(exact[1]) < today.month), number(exact[1]), number(exact[2]))
    later = re.search(_NUMBER + r"[号日]", text)
    if later:
        wanted = number(later[1])
        year, month = (today.year, today.month) if wanted >= today.day else _next_month(today)
        return _safe(year, month, wanted)
    span = re.search(_NUMBER + r"天(之?内|后|以后|以内)", text)
    return today + timedelta(days=number(span[1])) if span else None


def _next_month(day: date) -> tuple[int, int]:
    return (day.year + 1, 1) if day.month == 12 else (day.year, day.month + 1)


def _safe(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def find_time(text: str) -> time | None:
    """The hour that the text names; 下午三点半 → 15:30; None when it names none."""
    found = re.search(
        r"(凌晨|早上|上午|中午|下午|晚上|今晚|明早)?" + _NUMBER + r"[点时:](半|\d{1,2}|[一二三四五]十)?", text
    )
    if not found:
        return None
    hour = number(found[2])
    part = found[1] or ""
    if part in ("下午", "晚上", "今晚") and hour < 12:
        hour += 12
    minute = 0 if not found[3] else 30 if found[3] == "半" else number(found[3])
    return time(hour, minute) if hour < 24 and minute < 60 else None


_CHINESE = re.compile(
    r"[一二三四五六七八九两零十百千万]*[十百千万][一二三四五六七八九两零十百千万]*(?=[元块]|[^天号点月周年期个折点]|$)"
)
_ARABIC = re.compile(r"(\d[\d,]*(?:\.\d{1,2})?)\s*(万|千|百)?\s*(元|块)?")


def _spoken(text: str) -> int:
    """A Chinese number in yuan: 两千五百 → 2500, 一万二 → 12000, 一千零五十 → 1050."""
    total = section = digit = 0
    last = 1
    for char in text:
        if char in _UNITS:
            last = _UNITS[char]
            if last == 10_000:
                total, section, digit = (total + section + digit) * last, 0, 0
            else:
                section, digit = section + (digit or 1) * last, 0
        elif char == "零":
            last = 10
        else:
            digit = _DIGITS[char]
    return total + section + digit * (last // 10 if last > 1 else 1)


def find_amount(text: str) -> int | None:
    """The first amount named, in fen: 两千 → 200 000, 3500元 → 350 000, 一万二 → 1 200 000; None when there is none."""
    for match in _ARABIC.finditer(text):
        if match[2] or match[3]:
            whole, _, cents = match[1].replace(",", "").partition(".")
            return (int(whole) * 100 + int((cents + "00")[:2])) * _UNITS.get(match[2] or "", 1)
    spoken = _CHINESE.search(text)
    return _spoken(spoken[0]) * 100 if spoken and _spoken(spoken[0]) >= 100 else None
