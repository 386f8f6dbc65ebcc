"""Mask personal data in free text, for logs, exports and stored findings.

Recognised: Chinese ID cards (GB 11643 check digit), bank cards (Luhn), mobile and landline numbers, e-mail addresses,
number plates, and a name next to a title. A number that fails its check digit is masked as a phone when it looks like one.
"""

from __future__ import annotations

import re
from collections.abc import MutableMapping
from typing import Any

ID_CARD = re.compile(r"(?<!\d)([1-9]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dXx])(?![\dXx])")
# A capital letter before it makes it one of our own numbers (Q20261124-000123-7), which pass the Luhn check by design.
BANK_CARD = re.compile(r"(?<![\dA-Z])(\d(?:[ -]?\d){14,18})(?!\d)")
MOBILE = re.compile(r"(?<!\d)(?:\+?86[ -]?)?(1\d{2})[ -]?(\d{4})[ -]?(\d{4})(?!\d)")
LANDLINE = re.compile(r"(?<![\d-])(0\d{2,3})-?(\d{7,8})(?!\d)")
EMAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+", re.ASCII)
PLATE = re.compile(r"[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z][A-HJ-NP-Z0-9]{5,6}")
NAMED = re.compile(r"(?<![一-鿿])([一-鿿])([一-鿿]{1,2})(?=(?:先生|女士|小姐)(?:$|[^一-鿿]|您|你))")

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def id_card_valid(text: str) -> bool:
    """True when the 18th character is the GB 11643 check character of the first 17."""
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], _WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == text[17].upper()


def luhn_valid(digits: str) -> bool:
    """True when the digits (no separators) pass the Luhn check."""
    total = 0
    for index, char in enumerate(reversed(digits)):
        value = int(char) * (2 if index % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def _id_card(match: re.Match[str]) -> str:
    text = match[1]
    return text[:3] + "*" * 11 + text[-4:] if id_card_valid(text) else "*" * 14 + text[-4:]


def _bank_card(match: re.Match[str]) -> str:
    digits = re.sub(r"\D", "", match[1])
    return "*" * (len(digits) - 4) + digits[-4:] if luhn_valid(digits) else match[0]


def redact(text: str) -> str:
    """`text` with personal data masked: last four digits stay, names keep their surname."""
    text = ID_CARD.sub(_id_card, text)
    text = BANK_CARD.sub(_bank_card, text)
    text = MOBILE.sub(lambda m: f"{m[1]}****{m[3]}", text)
    text = LANDLINE.sub(lambda m: f"{m[1]}-****{m[2][-4:]}", text)
    text = EMAIL.sub(lambda m: f"{m[0][0]}***@{m[0].rsplit('@', 1)[1]}", text)
    text = PLATE.sub(lambda m: f"{m[0][:2]}*****", text)
    return NAMED.sub(lambda m: m[1] + "*" * len(m[2]), text)


def _masked(value: Any) -> Any:
    if isinstance(value, str):
        return redact(value)
    if isinstance(value, dict):
        return {key: _masked(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_masked(item) for item in value]
    return value


def masking_processor(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A structlog processor: every text of the event, also inside lists and mappings, passes `redact`."""
    for key, value in event.items():
        event[key] = _masked(value)
    return event
