"""What a page shows of personal data: enough to tell people apart, not enough to use."""

from __future__ import annotations


def mask_name(name: str) -> str:
    """Surname and stars: 王**."""
    return name[:1] + "*" * max(1, len(name) - 1) if name else ""


def mask_number(value: str) -> str:
    """First three and last two digits of a number, the first letter of an e-mail address."""
    if "@" in value:
        return f"{value[:1]}***@{value.split('@', 1)[1]}"
    return f"{value[:3]}{'*' * max(1, len(value) - 5)}{value[-2:]}" if len(value) > 6 else "*" * len(value)


def mask_id_card(value: str) -> str:
    """First three and last two characters."""
    return f"{value[:3]}{'*' * max(1, len(value) - 5)}{value[-2:]}" if value else ""


def mask_address(value: str) -> str:
    """The first six characters, usually province and city."""
    return value[:6] + "***" if value else ""
