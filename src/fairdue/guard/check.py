"""Red lines in what our side says: patterns as data, read in context.

Layers of this first slice: normalisation (full width, symbols between characters), patterns per label, context (negation,
quotation, facts that make a statement lawful, what matters only towards a third party). Every finding says which pattern
spoke, so that a wrong one can be mended where it stands. What no pattern knows is not found: this is a first slice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from fairdue.core.text import Text
from fairdue.packs import PACKS, read_yaml

NEGATION = re.compile(
    r"(不会|不让|不能|不得|不可以|不许|不要|没有|从不|绝不|禁止|严禁|别|无需|不用|不必)[^。!?;]{0,12}$"
)
CONDITION = re.compile(r"(只要|除非|要是|如果).{0,10}(还|付|到账|处理)|再不|不还")
QUOTED = re.compile(r"[「『“\"][^」』”\"]*$")
_BETWEEN = re.compile(r"(?<=[一-鿿])[\s·.*_\-~^|/\\]+(?=[一-鿿])")


@dataclass(frozen=True, slots=True)
class RedLine:
    """One finding; `span` are offsets in the text as given, `instead` a playbook line id or None."""

    label: str
    severity: str
    span: tuple[int, int]
    why: Text
    cites: tuple[str, ...]
    instead: str | None
    layer: str

    def as_dict(self, lang: str = "zh") -> dict[str, Any]:
        """formats.md form."""
        return {
            "label": self.label,
            "severity": self.severity,
            "span": list(self.span),
            "why": self.why.in_(lang),
            "cites": list(self.cites),
            "instead": self.instead,
        }


@dataclass(frozen=True)
class _Label:
    id: str
    severity: str
    why: Text
    cites: tuple[str, ...]
    instead: str | None
    patterns: tuple[re.Pattern[str], ...]
    parties: frozenset[str] | None
    lawful_when: frozenset[str]
    negatable: bool
    only_when: frozenset[str]


@lru_cache(maxsize=4)
def load_labels(path: Path | None = None) -> tuple[_Label, ...]:
    """The labels of packs/guard/cn.yaml."""
    rows: Sequence[Mapping[str, Any]] = read_yaml(path or PACKS / "guard" / "cn.yaml")["labels"]
    return tuple(
        _Label(
            row["id"],
            row["severity"],
            Text(row["why"]["zh"], row["why"]["en"]),
            tuple(row["cites"]),
            row.get("instead"),
            tuple(re.compile(p) for p in row["patterns"]),
            frozenset(row["parties"]) if row.get("parties") else None,
            frozenset(row.get("lawful_when", ())),
            row.get("negatable", True),
            frozenset(row.get("only_when", ())),
        )
        for row in rows
    )


def _squeeze(text: str) -> tuple[str, list[int]]:
    """The text without symbols between Chinese characters, and the offset of each kept character."""
    drop = {i for m in _BETWEEN.finditer(text) for i in range(m.start(), m.end())}
    kept = [i for i in range(len(text)) if i not in drop]
    return "".join(chr(ord(text[i]) - 0xFEE0) if 0xFF01 <= ord(text[i]) <= 0xFF5E else text[i] for i in kept), kept


def _excused(label: _Label, text: str, start: int, facts: Mapping[str, Any]) -> bool:
    if label.lawful_when and any(facts.get(name) is True for name in label.lawful_when):
        return True
    clause = text[max(0, start - 24) : start]
    if QUOTED.search(clause):
        return True
    return bool(label.negatable and NEGATION.search(clause) and not CONDITION.search(clause))


def check_text(
    text: str, channel: str, party: str | None, facts: Mapping[str, Any] | None = None, jurisdiction: str = "CN"
) -> list[RedLine]:
    """Findings in one utterance or message of the collector's side, in order of place.

    `channel` call, sms, im or letter; `party` customer, family or third; `facts` as in labels.md, a missing fact means not
    proven. Raises `LookupError` for a jurisdiction without labels.
    """
    if jurisdiction != "CN":
        raise LookupError(f"no language labels for jurisdiction {jurisdiction!r}; known: CN")
    proven = facts or {}
    plain, offsets = _squeeze(text)
    out: list[RedLine] = []
    for label in load_labels():
        if label.parties is not None and party not in label.parties:
            continue
        if label.only_when and not any(proven.get(name) is True for name in label.only_when):
            continue
        for pattern in label.patterns:
            match = pattern.search(plain)
            if match and not _excused(label, plain, match.start(), proven):
                span = (offsets[match.start()], offsets[match.end() - 1] + 1)
                out.append(RedLine(label.id, label.severity, span, label.why, label.cites, label.instead, "pattern"))
                break
    if proven.get("identity_verified") is False and re.search(r"欠款|逾期|还款|欠了|账单", plain):
        why = Text("核实身份之前说了债务。", "The debt was mentioned before identity was verified.")
        out.append(RedLine("M02", "high", (0, len(text)), why, ("CN-CBA-05",), "common.verify.1", "disclosure"))
    return sorted(out, key=lambda r: (r.span, r.label))
