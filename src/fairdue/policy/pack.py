"""Load a policy pack: `pack.yaml` (name, version, jurisdiction) and `rules/*.yaml`; overlays may only tighten."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from fairdue.core.findings import Finding, Place
from fairdue.core.text import Text
from fairdue.packs import PACKS, PackError, line_of, pack_files, read_yaml

from .checks import CHECKS, TIGHTER

STANDARD = PACKS / "policies"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(_Strict):
    """A rule's title in both languages."""

    zh: str
    en: str


class Source(_Strict):
    """Where the rule stands: instrument, article, how sure we are of the wording (rules.md §2), a short quote."""

    instrument: str
    article: str
    confidence: str = Field(pattern="^[ABCMR]$|^house$")
    quote: str = ""


class Effective(_Strict):
    """First and last day on which the rule is in force (inclusive, debtor's local date)."""

    start: date = Field(alias="from")
    end: date | None = Field(default=None, alias="to")


class Rule(_Strict):
    """One rule: data that names a check. `force` must/shall deny, should warns; confidence C or R warns as well."""

    id: str
    title: Title
    source: Source
    effective: Effective
    force: str = Field(pattern="^(must|shall|should)$")
    check: str
    params: dict[str, Any] = {}

    @property
    def verdict(self) -> str:
        """What breaking the rule means: "deny" or "warn"."""
        return "warn" if self.force == "should" or self.source.confidence in ("C", "R") else "deny"

    @property
    def citation(self) -> Text:
        """Instrument, article and confidence, for people."""
        s = self.source
        if s.confidence == "house":
            return Text(f"{s.instrument} {s.article}".strip(), f"house rule: {s.instrument} {s.article}".strip())
        quote = f"「{s.quote}」" if s.quote else ""
        return Text(f"{s.instrument} {s.article}{quote}", f"{s.instrument} {s.article} (confidence {s.confidence})")


class _PackFile(_Strict):
    name: str
    version: str
    jurisdiction: str
    notes: str = ""


@dataclass(frozen=True, slots=True)
class Pack:
    """A pack ready to decide with."""

    name: str
    version: str
    jurisdiction: str
    rules: tuple[Rule, ...]

    @property
    def label(self) -> str:
        """`name@version`, stored with every decision."""
        return f"{self.name}@{self.version}"


def _finding(code: str, path: Path, line: int | None, what: Text, mend: Text) -> Finding:
    why = Text(
        zh="规则包决定能不能联系一个人,读不准就不能用。",
        en="The pack decides whether a person may be contacted; what cannot be read exactly cannot be used.",
    )
    return Finding(code=code, what=what, why=why, mend=mend, place=Place(str(path.name), line))


def _rules(path: Path) -> tuple[list[Rule], list[Finding]]:
    rules: list[Rule] = []
    findings: list[Finding] = []
    try:
        rows = read_yaml(path)
    except PackError as exc:
        what = Text(zh=f"读不了:{exc}", en=f"cannot be read: {exc}")
        return [], [_finding("policy.file", path, exc.line, what, Text(zh="改正 YAML。", en="Mend the YAML."))]
    for row in rows or []:
        try:
            rule = Rule.model_validate(row)
        except ValidationError as exc:
            for error in exc.errors():
                where = ".".join(str(part) for part in error["loc"])
                line = line_of(row, str(error["loc"][0]) if error["loc"] else None)
                what = Text(
                    zh=f"{row.get('id')} 的 {where}:{error['msg']}", en=f"{row.get('id')} {where}: {error['msg']}"
                )
                mend = Text(zh="对照规则格式改正这一项。", en="Correct the field as the rule format says.")
                findings.append(_finding("policy.field", path, line, what, mend))
            continue
        if rule.check not in CHECKS:
            what = Text(
                zh=f"{rule.id} 用了未知检查 {rule.check}。", en=f"{rule.id} names an unknown check {rule.check}."
            )
            mend = Text(zh=f"可用:{', '.join(sorted(CHECKS))}。", en=f"Known: {', '.join(sorted(CHECKS))}.")
            findings.append(_finding("policy.check", path, line_of(row, "check"), what, mend))
            continue
        if rule.effective.end and rule.effective.end < rule.effective.start:
            what = Text(zh=f"{rule.id} 的止日早于起日。", en=f"{rule.id} ends before it begins.")
            mend = Text(zh="改正 effective。", en="Correct `effective`.")
            findings.append(_finding("policy.dates", path, line_of(row, "effective"), what, mend))
            continue
        rules.append(rule)
    return rules, findings


def _duplicates(rules: Sequence[Rule], path: Path) -> list[Finding]:
    findings = []
    for index, rule in enumerate(rules):
        for other in rules[index + 1 :]:
            if rule.id != other.id or rule.check != other.check:
                continue
            last = rule.effective.end or date.max
            if rule.effective.start <= (other.effective.end or date.max) and other.effective.start <= last:
                what = Text(zh=f"{rule.id} 的有效期重叠。", en=f"The periods of {rule.id} overlap.")
                mend = Text(zh="让前一段在后一段开始前结束。", en="End the earlier one before the later begins.")
                findings.append(_finding("policy.overlap", path, None, what, mend))
    return findings


def load_pack(
    folder: Path | None = None, jurisdiction: str = "CN", overlays: Sequence[Path] = ()
) -> tuple[Pack, list[Finding]]:
    """The pack of a folder (default: the one that ships for the jurisdiction) with overlays, and what was refused.

    Raises `packs.PackError` when there is no pack at all: without a pack nothing can be decided.
    """
    root = folder or STANDARD / jurisdiction.lower()
    try:
        head = _PackFile.model_validate(read_yaml(root / "pack.yaml"))
    except ValidationError as exc:
        raise PackError(f"{root / 'pack.yaml'}: {exc.errors()[0]['msg']}", root / "pack.yaml") from exc
    rules: list[Rule] = []
    findings: list[Finding] = []
    for path in pack_files(root / "rules"):
        some, problems = _rules(path)
        rules += some
        findings += problems
    findings += _duplicates(rules, root)
    version = head.version
    for overlay in overlays:
        rules, problems = _overlaid(rules, overlay)
        findings += problems
        version += f"+{overlay.stem}"
    return Pack(head.name, version, head.jurisdiction, tuple(rules)), findings


def _overlaid(rules: list[Rule], path: Path) -> tuple[list[Rule], list[Finding]]:
    """Apply `- {rule: ID, params: {…}}` rows; a row that would allow more than before is refused."""
    findings: list[Finding] = []
    out = list(rules)
    for row in read_yaml(path) or []:
        index = next((i for i, rule in enumerate(out) if rule.id == row.get("rule")), None)
        for name, value in (row.get("params") or {}).items():
            tighter = TIGHTER.get(name)
            if (
                index is None
                or tighter is None
                or name not in out[index].params
                or not tighter(value, out[index].params[name])
            ):
                what = Text(
                    zh=f"附加包想放宽或改动 {row.get('rule')} 的 {name}。",
                    en=f"The overlay would loosen or change {name} of {row.get('rule')}.",
                )
                mend = Text(zh="附加包只能收紧已有参数。", en="An overlay may only tighten a parameter that exists.")
                findings.append(_finding("policy.overlay.loosens", path, line_of(row), what, mend))
                continue
            out[index] = out[index].model_copy(update={"params": {**out[index].params, name: value}})
    return out, findings
