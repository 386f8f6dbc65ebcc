"""What a policy pack may say: the shape of a rule, its source, its dates and what it applies to.

- id: CN-GBT-03
  title: {zh: …, en: …}
  source: {instrument: "GB/T 45251-2025", article: "5.3.2.2.2", confidence: B, quote: …}
  effective: {from: 2025-02-28}
  force: shall                              # must, shall → deny; should, draft → warn
  applies: {channel: [voice_human, voice_ai], mode: [interactive], role: [debtor]}
  check: count                              # one of checks.CHECKS
  params: {of: effective, days: 1, at_most: 3, effective_seconds: 6}
  unless: [agreed_cap]                      # consents that lift it
  why: {zh: …, en: …}                       # in simple words, for the page that explains a denial
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from fairdue.core.text import Text

from .request import CHANNELS, MODES, PURPOSES, ROLES, Request

CONFIDENCE = {
    "A": Text("读过原文", "primary text read"),
    "B": Text("有近乎逐字的引用", "near-verbatim quotation"),
    "C": Text("只有转述", "paraphrase only"),
    "M": Text("读的是回译文本", "read in a re-translated copy"),
    "R": Text("凭记忆,未查到原文", "recalled, text not found"),
    "house": Text("公道自己的规定", "a rule of the house"),
}
"""How sure we are of a rule's wording, in words that a page may show."""


class Strict(BaseModel):
    """A model that refuses unknown keys: a misspelt key is a rule that silently does less."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Words(Strict):
    """A sentence in both languages, as packs write it."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def text(self) -> Text:
        """The same as a `Text`."""
        return Text(self.zh, self.en)


class Source(Strict):
    """Where the rule stands: instrument, article, how sure we are of the wording (CONFIDENCE), a short quote."""

    instrument: str = Field(min_length=1)
    article: str
    confidence: Literal["A", "B", "C", "M", "R", "house"]
    quote: str = ""

    @property
    def citation(self) -> Text:
        """Instrument, article, quote and confidence, for people."""
        name = f"{self.instrument} {self.article}".removesuffix(" -").strip()
        if self.confidence == "house":
            return Text(name, f"house rule: {name}")
        quote = f"「{self.quote}」" if self.quote else ""
        return Text(f"{name}{quote}", f"{name} (confidence {self.confidence})")


class Effective(Strict):
    """First and last day on which the rule is in force (inclusive, the person's local date)."""

    start: date = Field(alias="from")
    end: date | None = Field(default=None, alias="to")


_KNOWN = {"channel": CHANNELS, "mode": MODES, "purpose": PURPOSES, "role": ROLES}


class Applies(Strict):
    """What the rule speaks to; an empty list means all. `agency` true: only an agency's contacts, false: only the lender's."""

    channel: tuple[str, ...] = ()
    mode: tuple[str, ...] = ()
    purpose: tuple[str, ...] = ()
    role: tuple[str, ...] = ()
    product: tuple[str, ...] = ()
    lender: tuple[str, ...] = ()
    line_kind: tuple[str, ...] = ()
    agency: bool | None = None

    @model_validator(mode="after")
    def _names_exist(self) -> Applies:
        for name, known in _KNOWN.items():
            unknown = set(getattr(self, name)) - known
            if unknown:
                raise ValueError(f"{name}: {', '.join(sorted(unknown))} is unknown; known: {', '.join(sorted(known))}")
        return self

    def to(self, request: Request) -> bool:
        """Whether the rule speaks to this request (its standing facts; never its time or history)."""
        return (
            (not self.channel or request.channel in self.channel)
            and (not self.mode or request.mode in self.mode)
            and (not self.purpose or request.purpose in self.purpose)
            and (not self.role or request.role in self.role)
            and (not self.product or request.product in self.product)
            and (not self.lender or request.lender_type in self.lender)
            and (not self.line_kind or request.line_kind in self.line_kind)
            and (self.agency is None or self.agency == (request.agency is not None))
        )


class Rule(Strict):
    """One rule: data that names a check; see the module."""

    id: str = Field(pattern=r"^[A-Z]+-[A-Za-z0-9-]+$")
    title: Words
    source: Source
    effective: Effective
    force: Literal["must", "shall", "should", "draft"]
    check: str
    params: dict[str, Any] = {}
    applies: Applies = Applies()
    unless: tuple[str, ...] = ()
    agreement: tuple[str, ...] = ()
    """Parameters that the text lets the parties agree otherwise; an overlay may loosen these, with proof."""
    part: str = ""
    """Tells apart several entries of one rule (calls on weekdays, calls at weekends)."""
    why: Words | None = None
    tightened_by: tuple[Source, ...] = ()
    """Sources of the overlays that made a parameter stricter; all of them are cited."""

    @property
    def verdict(self) -> str:
        """What breaking the rule means: "deny" or "warn". Confidence C and R warn, whatever the force (rules.md §15.5)."""
        weak = self.force in ("should", "draft") or self.source.confidence in ("C", "R")
        return "warn" if weak else "deny"

    @property
    def needs_review(self) -> bool:
        """True when a lawyer should read the text before it is relied upon."""
        return self.source.confidence in ("C", "R") or self.force == "draft"

    @property
    def citation(self) -> Text:
        """All sources, the rule's own first."""
        texts = [self.source.citation, *(source.citation for source in self.tightened_by)]
        return Text("；".join(t.zh for t in texts), "; ".join(t.en for t in texts))

    def in_force(self, day: date) -> bool:
        """Whether the rule holds on this local date."""
        return self.effective.start <= day and (self.effective.end is None or day <= self.effective.end)


class PackHead(Strict):
    """`pack.yaml`."""

    name: str = Field(pattern=r"^[a-z][a-z0-9-]*$")
    version: str
    jurisdiction: str = Field(pattern=r"^[A-Z]{2}$|^ANY$")
    title: Words
    notes: tuple[Words, ...] = ()


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack ready to decide with: its own rules, the house's, and what overlays made of them."""

    name: str
    version: str
    jurisdiction: str
    rules: tuple[Rule, ...]
    title: Text
    notes: tuple[Text, ...] = ()

    @property
    def label(self) -> str:
        """`name@version`, stored with every decision."""
        return f"{self.name}@{self.version}"

    def rule(self, rule_id: str) -> Rule | None:
        """The first rule with this id."""
        return next((rule for rule in self.rules if rule.id == rule_id), None)


Params = Mapping[str, Any]
