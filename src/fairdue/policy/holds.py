"""Holds and rights as data (`packs/holds.yaml`): what each stops, who may set and lift it, on what evidence, how long.

    pack, findings = load_holds()
    rule = pack.rule("dispute", "CN")        # the base row with what the jurisdiction changes
    rule.may_lift("lead"), rule.review_on(set_on), rule.basis

A row that cannot be read exactly is left out and reported. A hold of the gate without a row is an error as well: nobody
could say who may end it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from fairdue.core.findings import Finding, Place
from fairdue.core.text import Text
from fairdue.packs import PACKS, PackError, line_of, read_yaml

from .request import HOLDS

FILE = PACKS / "holds.yaml"
CITATIONS = PACKS / "citations.yaml"
RIGHTS = frozenset({"channel_opt_out", "third_party_refusal", "limitation_passed"})
"""What works like a hold without being one of the gate's names."""

HOUSE = "house"
STAFF = frozenset({"agent", "lead", "compliance"})

Who = Literal["agent", "lead", "compliance", "customer", "third_party", "system"]
End = Literal["plan_ended", "case_closed", "proof", "customer_asks", "third_party_asks"]
Days = Annotated[Annotated[int, Field(ge=1)] | None, BeforeValidator(lambda value: None if value == "none" else value)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Both(_Strict):
    """A sentence in both languages."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    @property
    def text(self) -> Text:
        return Text(self.zh, self.en)


class Evidence(Both):
    """One kind of proof that opens the way to lift a hold."""

    id: str = Field(pattern="^[a-z_]+$")


class Ends(Both):
    """What ends a hold: the kinds of event, and in words."""

    on: tuple[End, ...] = Field(min_length=1)


class HoldRule(_Strict):
    """One hold or right in one jurisdiction; the fields are explained at the head of `packs/holds.yaml`."""

    kind: str
    effect: Literal["all", "channel", "person", "wording"]
    title: Both
    stops: Both
    still: Both
    set_by: tuple[Who, ...] = Field(min_length=1)
    lift_by: tuple[Who, ...] = Field(min_length=1)
    persons: int = Field(default=1, ge=1, le=2)
    evidence: tuple[Evidence, ...] = Field(min_length=1)
    review_days: Days
    max_days: Days
    ends: Ends
    basis: tuple[str, ...] = Field(min_length=1)

    def may_set(self, who: str) -> bool:
        """Whether this role may set it."""
        return who in self.set_by

    def may_lift(self, who: str) -> bool:
        """Whether this role may lift it (with `persons` 2: be one of the two)."""
        return who in self.lift_by

    def proof(self, evidence: str) -> Evidence | None:
        """The kind of evidence of this id, or None when it does not lift this hold."""
        return next((kind for kind in self.evidence if kind.id == evidence), None)

    def review_on(self, since: date) -> date | None:
        """The day by which its owner must look again; None when only an event ends it."""
        return since + timedelta(days=self.review_days) if self.review_days else None

    def last_day(self, since: date) -> date | None:
        """The last day of the longest time; after it only compliance may keep it on. None: no end."""
        return since + timedelta(days=self.max_days) if self.max_days else None


@dataclass(frozen=True, slots=True)
class HoldPack:
    """All rules, by kind and jurisdiction; `""` is the base that holds everywhere else."""

    rules: Mapping[tuple[str, str], HoldRule]

    def rule(self, kind: str, jurisdiction: str = "CN") -> HoldRule:
        """The rule of a hold in a jurisdiction. Raises `LookupError` for a kind without a row."""
        found = self.rules.get((kind, jurisdiction)) or self.rules.get((kind, ""))
        if found is None:
            raise LookupError(f"no rule for the hold {kind!r}; add a row to packs/holds.yaml")
        return found

    @property
    def kinds(self) -> tuple[str, ...]:
        """Every kind that has a row, in the order of the file."""
        return tuple(kind for kind, jurisdiction in self.rules if not jurisdiction)


def load_holds(path: Path = FILE, citations: Path = CITATIONS) -> tuple[HoldPack, list[Finding]]:
    """The pack of a file and what was refused, with file and line. Raises `PackError` when it is not YAML at all."""
    raw = read_yaml(path)
    rows = raw.get("holds") if isinstance(raw, Mapping) else None
    if not isinstance(rows, list) or not all(isinstance(row, Mapping) for row in rows):
        raise PackError(f"{path}: expected `holds:` with a list of rows", path)
    known = _citations(citations)
    rules: dict[tuple[str, str], HoldRule] = {}
    findings: list[Finding] = []
    for row in rows:
        some, problems = _row(row, path, known)
        findings += problems
        for key, rule in some.items():
            if key in rules:
                what = Text(f"{key[0]} 写了两次。", f"{key[0]} is written twice.")
                mend = Text("合并成一条。", "Make it one row.")
                findings.append(_finding("holds.twice", path, line_of(row), what, mend))
                break
            rules[key] = rule
    findings += _missing(rows, path)
    return HoldPack(rules), findings


def _missing(rows: list[Any], path: Path) -> list[Finding]:
    """Holds of the gate and rights that have no row; a row that was refused has its own finding."""
    written = {row.get("kind") for row in rows}
    return [
        _finding(
            "holds.missing",
            path,
            None,
            Text(f"缺少 {kind}。", f"There is no row for {kind}."),
            Text("补上这一条；没有它就没人能解除这项停催。", "Add it; without it nobody may lift this hold."),
        )
        for kind in sorted((HOLDS | RIGHTS) - written)
    ]


def _row(
    row: Mapping[str, Any], path: Path, known: Mapping[str, str]
) -> tuple[dict[tuple[str, str], HoldRule], list[Finding]]:
    """The rules of one row: the base and one for each jurisdiction that differs."""
    kind = str(row.get("kind"))
    if kind not in HOLDS | RIGHTS:
        what = Text(f"没有 {kind} 这种停催。", f"There is no hold called {kind}.")
        mend = Text(f"可用：{'、'.join(sorted(HOLDS | RIGHTS))}。", f"Known: {', '.join(sorted(HOLDS | RIGHTS))}.")
        return {}, [_finding("holds.kind", path, line_of(row, "kind"), what, mend)]
    base = {name: value for name, value in row.items() if name != "jurisdictions"}
    places = row.get("jurisdictions") or {}
    if not isinstance(places, Mapping) or not all(isinstance(changes, Mapping) for changes in places.values()):
        what = Text(f"{kind} 的 jurisdictions 应为表。", f"{kind}: `jurisdictions` has to be a mapping.")
        mend = Text("写成 jurisdictions: {CN: {…}}。", "Write it as jurisdictions: {CN: {…}}.")
        return {}, [_finding("holds.field", path, line_of(row, "jurisdictions"), what, mend)]
    rules: dict[tuple[str, str], HoldRule] = {}
    findings: list[Finding] = []
    for place, changes in (("", {}), *places.items()):
        source = changes if place else row
        try:
            rule = HoldRule.model_validate({**base, **changes, "kind": kind})
        except ValidationError as exc:
            findings += [_field(kind, place, error, source, row, path) for error in exc.errors()]
            continue
        problems = [*_basis(rule, place, known, source, path), *_rights(rule, source, path)]
        findings += problems
        if not problems:
            rules[kind, place] = rule
    return rules, findings


def _field(kind: str, place: str, error: Any, source: Mapping[str, Any], row: Mapping[str, Any], path: Path) -> Finding:
    where = ".".join(str(part) for part in error["loc"])
    first = str(error["loc"][0]) if error["loc"] else None
    inside = f"{kind} {place}".strip()
    what = Text(f"{inside} 的 {where}：{error['msg']}。", f"{inside} {where}: {error['msg']}.")
    mend = Text("对照文件开头的说明改正这一项。", "Correct it as the head of the file explains.")
    line = line_of(source if first in source else row, first)
    return _finding("holds.field", path, line, what, mend)


def _basis(
    rule: HoldRule, place: str, known: Mapping[str, str], source: Mapping[str, Any], path: Path
) -> list[Finding]:
    """Each basis is the house or a citation of that jurisdiction: a law of one country binds nobody in another."""
    findings = []
    for basis in rule.basis:
        if basis == HOUSE or (place and known.get(basis) == place):
            continue
        if basis in known:
            what = Text(
                f"{rule.kind}：{basis} 是 {known[basis]} 的规则，不能用于{place or '所有法域'}。",
                f"{rule.kind}: {basis} belongs to {known[basis]}, not to {place or 'every jurisdiction'}.",
            )
        else:
            what = Text(f"{rule.kind}：没有 {basis} 这条依据。", f"{rule.kind}: there is no citation {basis}.")
        mend = Text(
            "写 house，或 citations.yaml 中本法域的编号。", "Write house, or an id of citations.yaml of that place."
        )
        findings.append(_finding("holds.basis", path, line_of(source, "basis"), what, mend))
    return findings


def _rights(rule: HoldRule, source: Mapping[str, Any], path: Path) -> list[Finding]:
    """What cannot work: an agent who lifts, a longest time shorter than the review, one proof named twice."""
    problems: list[tuple[str, Text, Text]] = []
    if "agent" in rule.lift_by:
        problems.append(
            (
                "lift_by",
                Text(f"{rule.kind}：催收员不能解除停催。", f"{rule.kind}: an agent may not lift a hold."),
                Text("改由组长或合规解除。", "Let a lead or compliance lift it."),
            )
        )
    if rule.review_days and rule.max_days and rule.max_days < rule.review_days:
        problems.append(
            (
                "max_days",
                Text(
                    f"{rule.kind}：最长期限短于复核期限。", f"{rule.kind}: its longest time is shorter than its review."
                ),
                Text("加长 max_days，或缩短 review_days。", "Raise max_days or lower review_days."),
            )
        )
    ids = [kind.id for kind in rule.evidence]
    if len(set(ids)) < len(ids):
        problems.append(
            (
                "evidence",
                Text(f"{rule.kind}：凭证编号重复。", f"{rule.kind}: two kinds of evidence share an id."),
                Text("给每种凭证不同的编号。", "Give each kind its own id."),
            )
        )
    return [_finding("holds.rights", path, line_of(source, name), what, mend) for name, what, mend in problems]


def _citations(path: Path) -> dict[str, str]:
    """Rule id → jurisdiction."""
    rows = read_yaml(path).get("citations") or {}
    return {name: str(row.get("jurisdiction", "")) for name, row in rows.items()}


def _finding(code: str, path: Path, line: int | None, what: Text, mend: Text) -> Finding:
    why = Text(
        "这份数据决定谁能让催收重新开始。",
        "This data decides who may let collection begin again.",
    )
    return Finding(code=code, what=what, why=why, mend=mend, place=Place(path.name, line))
