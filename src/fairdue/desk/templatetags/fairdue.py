"""Template filters: money from fen, bilingual texts, debtor-local times."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import template
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from fairdue.core.dates import local
from fairdue.core.money import format_cny
from fairdue.core.text import Text

register = template.Library()


def _english() -> bool:
    return (get_language() or "zh").startswith("en")


@register.filter
def cny(fen: int | None) -> str:
    """`¥1,234.50` (fen to CNY in the page's language); an em dash for None."""
    if fen is None:
        return "—"
    return format_cny(fen, "en" if _english() else "zh_CN")


@register.filter
def said(text: Text | dict[str, str] | None) -> str:
    """A bilingual text, or its stored dictionary, in the page's language."""
    if text is None:
        return ""
    pair = Text.from_dict(text) if isinstance(text, dict) else text
    return pair.in_("en" if _english() else "zh")


@register.filter
def at_zone(instant: datetime | None, zone: str) -> datetime | None:
    """The instant as the wall clock of `zone` shows it."""
    return local(instant, zone) if instant else None


@register.filter
def item(mapping: dict[str, Any], key: str) -> Any:
    """`mapping[key]`, or None."""
    return mapping.get(key)


ROLE_NAMES = {
    "debtor": _("customer"),
    "guarantor": _("guarantor"),
    "spouse": _("spouse"),
    "heir": _("heir"),
    "lawyer": _("lawyer"),
    "stranger": _("stranger"),
    "family": _("family"),
    "friend": _("friend"),
    "colleague": _("colleague"),
    "agreed_contact": _("agreed contact"),
}
ENTRY_NAMES = {
    "opening": _("opening balance"),
    "charge": _("charge"),
    "payment": _("payment"),
    "reversal": _("reversal"),
    "fee": _("fee"),
    "waiver": _("waiver"),
}
RECORD_NAMES = {
    "principal_fen": _("balance"),
    "due_fen": _("overdue amount"),
    "credit_fen": _("credit balance"),
}


@register.filter
def role_name(code: str) -> Any:
    """Who a line belongs to."""
    return ROLE_NAMES.get(code, code)


@register.filter
def entry_name(code: str) -> Any:
    """What a ledger entry is."""
    return ENTRY_NAMES.get(code, code)


@register.filter
def record_name(code: str) -> Any:
    """An amount of an imported record."""
    return RECORD_NAMES.get(code, code)
