"""Red lines in what our side says: patterns as data, read in context, then against the facts.

Layers: normalisation (evasive spelling), patterns per label, context (negation, quotation, party, facts that make a
statement lawful), facts (amounts, the hour, ignored rights, missing disclosures); where no pattern speaks, the judge, which
learned from the red lines and our own lines. Every finding names its layer and shows the words. A threat that is like
nothing we have written down passes; benchmarks/guard_bench.py says how many do.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from fairdue.core.text import Text

from .context import excused, proven
from .facts import check_facts
from .judge_train import load_judge
from .labels import Label, RedLine, finding, load_labels
from .normalise import Plain, normalise

JURISDICTIONS = ("CN",)


def _applies(label: Label, facts: Mapping[str, Any]) -> bool:
    if label.only_when and not any(proven(condition, facts) for condition in label.only_when):
        return False
    return not any(proven(condition, facts) for condition in label.lawful_when)


def _said(label: Label, plain: Plain, party: str) -> tuple[re.Match[str] | None, bool]:
    """The first place where the label's words stand without an excuse, and whether they stand there at all."""
    spoke = False
    for pattern in label.patterns:
        parties = pattern.parties or label.parties
        if parties is not None and party not in parties:
            continue
        for match in pattern.find.finditer(plain.text):
            spoke = True
            if not excused(plain.text, match.start(), match.end(), pattern.negatable):
                return match, True
    return None, spoke


def _patterns(
    labels: tuple[Label, ...], plain: Plain, party: str, facts: Mapping[str, Any]
) -> tuple[dict[str, RedLine], bool]:
    """What the patterns find, and whether any of them spoke: also words that context or facts make lawful."""
    found: dict[str, RedLine] = {}
    spoke = False
    for label in labels:
        match, there = _said(label, plain, party)
        if match is not None and _applies(label, facts):
            shown = Text(f"「{match[0]}」。", f"“{match[0]}”.")
            found[label.id] = finding(label, plain.span(*match.span()), shown, "pattern")
        spoke = spoke or (there and not (label.only_when and not _applies(label, facts)))
    return found, spoke


def _judged(plain: Plain, party: str, facts: Mapping[str, Any], labels: tuple[Label, ...]) -> dict[str, RedLine]:
    """What the judge hears where no pattern speaks: at most one label, and none that the facts or the party rule out."""
    open_to = {
        label.id: label
        for label in labels
        if label.patterns and _applies(label, facts) and (label.parties is None or party in label.parties)
    }
    verdict = load_judge().judge(plain.text, party, open_to)
    if verdict is None:
        return {}
    zh, en = "、".join(f"「{word}」" for word in verdict.words), ", ".join(f"“{word}”" for word in verdict.words)
    shown = Text(f"与红线用语相近,最像的是{zh}。", f"close to red-line wording, most of all {en}.")
    return {verdict.label: finding(open_to[verdict.label], plain.span(*verdict.span), shown, "judge")}


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
    labels = load_labels()
    found, spoke = _patterns(labels, plain, party or "customer", given)
    if not spoke:
        found |= _judged(plain, party or "customer", given, labels)
    by_id = {label.id: label for label in labels}
    for label_id, span, evidence, layer in check_facts(plain, party, given):
        found.setdefault(label_id, finding(by_id[label_id], plain.span(*span), evidence, layer))
    return sorted(found.values(), key=lambda r: (r.span, r.label))
