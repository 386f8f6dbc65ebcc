"""The reminder letter (催收函) with every field that CN-CC-69 asks for; its words are data (packs/letters/reminder.yaml)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

from fairdue.core.money import format_grouped, to_chinese_upper
from fairdue.core.text import Text
from fairdue.ledger import Quote
from fairdue.packs import PACKS, read_yaml

from .fonts import require_font
from .statement import StatementFacts

TEMPLATE = Path(__file__).parent / "reminder.typ"
REQUIRED = frozenset(
    {
        "name_and_balance",
        "reason_and_rules",
        "rights_and_duties",
        "query_and_repay",
        "dispute_and_evidence",
        "issuer_contact",
    }
)
"""Fields of a collection letter (CN-CC-69); the seal place is part of the template."""


class LetterError(ValueError):
    """The letter lacks a required field or a fact; the message names it."""


def _load(path: Path | None) -> Mapping[str, Any]:
    where = path or PACKS / "letters" / "reminder.yaml"
    raw: Mapping[str, Any] = read_yaml(where)
    lacking = sorted(REQUIRED - {section["field"] for section in raw["sections"]})
    if lacking:
        raise LetterError(f"{where}: the letter lacks {', '.join(lacking)}, which CN-CC-69 requires; add the section")
    return raw


def _facts(quote: Quote, facts: StatementFacts) -> dict[str, str]:
    for name in ("customer", "institution", "hotline", "channels"):
        if not getattr(facts, name).strip():
            raise LetterError(f"{name} is empty; CN-CC-69 requires it in a letter, give --{name}")
    return {
        "customer": facts.customer,
        "institution": facts.institution,
        "hotline": facts.hotline,
        "channels": facts.channels,
        "tail": facts.account_shown[-4:],
        "number": quote.number,
        "as_of": quote.as_of.isoformat(),
        "total": format_grouped(quote.total_fen),
        "overdue": format_grouped(quote.overdue_fen),
        "daily": format_grouped(quote.daily_interest_fen),
    }


def reminder_body(quote: Quote, facts: StatementFacts, lang: str = "zh", path: Path | None = None) -> dict[str, Any]:
    """All words and figures of the letter, as the template takes them. Raises `LetterError` for a field or fact that lacks."""
    raw, known = _load(path), _facts(quote, facts)

    def say(text: Mapping[str, str]) -> str:
        return Text.from_dict(dict(text)).in_(lang).format(**known)

    return {
        "lang": "en" if lang.startswith("en") else "zh",
        "title": say(raw["title"]),
        "greeting": say(raw["greeting"]),
        "sections": [{"head": say(s["head"]), "body": say(s["body"])} for s in raw["sections"]],
        "rows": [[line.label.in_(lang), format_grouped(line.amount_fen)] for line in quote.lines],
        "total": [Text("合计", "Total").in_(lang), to_chinese_upper(quote.total_fen), known["total"]],
        "institution": facts.institution,
        "seal": say(raw["seal"]),
        "date": known["as_of"],
    }


def reminder_text(body: Mapping[str, Any]) -> str:
    """The letter's sentences in reading order, for the language guard and for search."""
    return "\n".join([body["title"], body["greeting"], *(f"{s['head']}。{s['body']}" for s in body["sections"])])


def render_reminder(quote: Quote, facts: StatementFacts, lang: str = "zh") -> bytes:
    """The letter as PDF. Raises `LetterError`, or `FontMissingError` when Chinese could not be set."""
    body = reminder_body(quote, facts, lang)
    require_font()
    return bytes(typst.compile(TEMPLATE, sys_inputs={"facts": json.dumps(body, ensure_ascii=False)}))
