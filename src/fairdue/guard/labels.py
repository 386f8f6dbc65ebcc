"""The labels of a jurisdiction as data: packs/guard/<jurisdiction>.yaml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from fairdue.core.text import Text
from fairdue.packs import PACKS, read_yaml

from .patterns import Pattern, Words


@dataclass(frozen=True)
class Label:
    """One label: what it is, how grave, which law, the patterns that show it, and when they do not count.

    `parties`: only towards these, where a pattern names none of its own; `lawful_when`: any proven condition makes it
    lawful; `only_when`: no breach without one of these. Conditions: see `context.proven`.
    """

    id: str
    severity: str
    title: Text
    cites: tuple[str, ...]
    instead: str | None
    patterns: tuple[Pattern, ...]
    parties: frozenset[str] | None
    lawful_when: tuple[str, ...]
    only_when: tuple[str, ...]


@lru_cache(maxsize=4)
def load_labels(path: Path | None = None) -> tuple[Label, ...]:
    """All labels of mainland China, V01–V26 and M01–M04, in file order."""
    pack: Mapping[str, Any] = read_yaml(path or PACKS / "guard" / "cn.yaml")
    words = Words(pack["words"])
    return tuple(
        Label(
            id=row["id"],
            severity=row["severity"],
            title=Text(row["title"]["zh"], row["title"]["en"]),
            cites=tuple(row["cites"]),
            instead=row.get("instead"),
            patterns=tuple(words.pattern(p, row.get("negatable", True)) for p in row.get("patterns", ())),
            parties=frozenset(row["parties"]) if row.get("parties") else None,
            lawful_when=tuple(row.get("lawful_when", ())),
            only_when=tuple(row.get("only_when", ())),
        )
        for row in pack["labels"]
    )


@dataclass(frozen=True, slots=True)
class RedLine:
    """One finding; `span` are offsets in the text as given, `instead` a playbook line id or None, `layer` who found it.

    Layers: `pattern` (words in context), `judge` (learned, where no pattern speaks), `facts` (words against the facts given), `clock`, `disclosure` (what is missing).
    """

    label: str
    severity: str
    span: tuple[int, int]
    why: Text
    cites: tuple[str, ...]
    instead: str | None
    layer: str

    def as_dict(self, lang: str = "zh") -> dict[str, Any]:
        """formats.md form, with `layer` besides."""
        return {
            "label": self.label,
            "severity": self.severity,
            "span": list(self.span),
            "why": self.why.in_(lang),
            "cites": list(self.cites),
            "instead": self.instead,
            "layer": self.layer,
        }


def finding(label: Label, span: tuple[int, int], evidence: Text, layer: str) -> RedLine:
    """A finding whose reason is the label's title followed by the evidence."""
    why = Text(f"{label.title.zh}:{evidence.zh}", f"{label.title.en}: {evidence.en}")
    return RedLine(label.id, label.severity, span, why, label.cites, label.instead, layer)
