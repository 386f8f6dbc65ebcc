"""Readable, checkable numbers: `Q20261124-000123-7` for a quote, `FD…` for a case.

The last digit is a Luhn check over the digits before it, so that a number read out on the phone and typed in wrong is
noticed at once.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any


def luhn_digit(digits: str) -> str:
    """The Luhn check digit for a run of decimal digits."""
    total = 0
    for index, char in enumerate(reversed(digits)):
        value = int(char) * (2 if index % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def numbered(prefix: str, day: date, serial: int) -> str:
    """`prefix + yyyymmdd - serial - check`, e.g. `Q20261124-000123-7`. `serial` counts from 1 within the day."""
    body = f"{day:%Y%m%d}"
    tail = f"{serial:06d}"
    return f"{prefix}{body}-{tail}-{luhn_digit(body + tail)}"


def is_numbered(text: str, prefix: str) -> bool:
    """True when `text` has the form of `numbered` with a correct check digit."""
    parts = text.removeprefix(prefix).split("-")
    if not text.startswith(prefix) or len(parts) != 3 or not all(p.isdecimal() and p.isascii() for p in parts):
        return False
    return len(parts[0]) == 8 and len(parts[1]) >= 6 and luhn_digit(parts[0] + parts[1]) == parts[2]


def digest(value: Any) -> str:
    """SHA-256 (hex) of the canonical JSON of `value`: keys sorted, no spaces, UTF-8. Equal facts, equal digest."""
    raw = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(raw.encode()).hexdigest()
