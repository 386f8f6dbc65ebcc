"""Red lines in what our side says: patterns as data, read in context, then against the facts.

Layers: normalisation (evasive spelling), patterns per label, context (negation, quotation, party, facts that make a
statement lawful), facts (amounts, the hour, ignored rights, missing disclosures). Every finding names its layer and shows
the words. What no pattern knows is not found: an oblique threat without any of the words passes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairdue.core.text import Text

from .context import excused, proven
from .facts import check_facts
from .labels import Label, RedLine, finding, load_labels
from .normalise import Plain, normalise

JURISDICTIONS = ("CN",)


def _applies(label: Label, party: str | None, facts: Mapping[str, Any]) -> bool:
    if label.parties is not None and (party or "customer") not in label.parties:
        return False
    if label.only_when and not any(proven(condition, facts) for condition in label.only_when):
        return False
    return not any(proven(condition, facts) for condition in label.lawful_when)


def _said(label: Label, plain: Plain) -> RedLine | None:
    """The first place where the label's words stand without an excuse."""
    for pattern in label.patterns:
        for match in pattern.finditer(plain.text):
            if not excused(plain.text, match.start(), match.end(), label.negatable):
                shown = Text(f"「{match[0]}」。", f"“{match[0]}”.")
                return finding(label, plain.span(*match.span()), shown, "pattern")
    return None


def check_text(
    text: str, channel: str, party: str | None, facts: Mapping[str, Any] | None = None, jurisdiction: str = "CN"
) -> list[RedLine]:
    """Findings in one utterance or message of the collector's side, in order of place; a label is given once.

    `channel` call, sms, im or letter; `party` customer, family or third; `facts` as in labels.md, a missing fact means not
    proven. Raises `LookupError` for a jurisdiction without labels.
    """
    if jurisdiction not in JURISDICTIONS:
        raise LookupError(f"no language labels for jurisdiction {jurisdiction!r}; known: {', '.join(JURISDICTIONS)}")
    given = facts or {}
    plain = normalise(text)
    if not plain.text:
        return []
    found: dict[str, RedLine] = {}
    labels = load_labels()
    for label in labels:
        red = _said(label, plain) if _applies(label, party, given) else None
        if red is not None:
            found[label.id] = red
    by_id = {label.id: label for label in labels}
    for label_id, span, evidence, layer in check_facts(plain, party, given):
        found.setdefault(label_id, finding(by_id[label_id], plain.span(*span), evidence, layer))
    return sorted(found.values(), key=lambda r: (r.span, r.label))
