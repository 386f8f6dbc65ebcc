"""Rules that no single decision can keep: duties (obligations) and rules kept by other rooms; and the coverage table.

    obligations.yaml
    - rule: CN-GBT-14
      title: {zh: 外包机构评价每年至少一次, en: Review every agency at least once a year}
      duty: {zh: …, en: …}            # what must be done, in simple words
      who: compliance                 # role that answers for it: agent lead compliance trainer admin management counsel
      every: 365d                     # Nd, once, each_case, each_event, each_day, always
      evidence: {zh: …, en: …}        # what shows that it was done
      shown_by: checklist             # checklist, or report: the desk computes it (name in `report`)
      report: agency_reviews          # only with shown_by: report

    elsewhere.yaml
    - rule: CN-CIV-561
      by: ledger                      # room, or several
      where: [fairdue.ledger.allocation]       # modules or names that keep it; `guard:V04` is a guard label
      tests: [tests/ledger/test_allocation.py]
      how: {zh: …, en: …}

Every rule of `packs/citations.yaml` is decided by the gate, kept elsewhere, or an obligation: `coverage` says which, and a
test fails when one is none of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, ValidationError

from fairdue.core.findings import Finding
from fairdue.core.text import Text
from fairdue.packs import PACKS, line_of, read_yaml

from .pack import STANDARD, jurisdictions, load_pack, problem, read_rows, schema_problems
from .schema import Strict, Words

Who = Literal["agent", "lead", "compliance", "trainer", "admin", "management", "counsel"]


class Obligation(Strict):
    """A duty of process; see the module."""

    rule: str
    title: Words
    duty: Words
    who: Who
    every: str = Field(pattern=r"^([1-9][0-9]*d|once|each_case|each_event|each_day|always)$")
    evidence: Words
    shown_by: Literal["checklist", "report"]
    report: str = ""

    @property
    def days(self) -> int | None:
        """Days after which it is due again; None when it does not recur by the calendar."""
        return int(self.every[:-1]) if self.every[0].isdigit() else None


class Elsewhere(Strict):
    """A rule that another room keeps; see the module."""

    rule: str
    by: tuple[str, ...] | str
    where: tuple[str, ...] = Field(min_length=1)
    tests: tuple[str, ...] = Field(min_length=1)
    how: Words

    @property
    def rooms(self) -> tuple[str, ...]:
        """The rooms, always as a tuple."""
        return (self.by,) if isinstance(self.by, str) else self.by


def load_obligations(folder: Path) -> tuple[list[Obligation], list[Finding]]:
    """The duties of a pack folder; none when it has no `obligations.yaml`."""
    rows, findings = _entries(folder / "obligations.yaml", Obligation)
    return [row for row in rows if isinstance(row, Obligation)], findings


def load_elsewhere(folder: Path) -> tuple[list[Elsewhere], list[Finding]]:
    """The rules of a pack folder that other rooms keep."""
    rows, findings = _entries(folder / "elsewhere.yaml", Elsewhere)
    return [row for row in rows if isinstance(row, Elsewhere)], findings


def _entries(path: Path, model: type[Obligation] | type[Elsewhere]) -> tuple[list[Any], list[Finding]]:
    if not path.exists():
        return [], []
    rows, findings = read_rows(path)
    out = []
    for row in rows:
        name = row.get("rule", "?") if isinstance(row, dict) else "?"
        try:
            entry = model.model_validate(row)
        except ValidationError as exc:
            findings += schema_problems(exc, row, path / "x", str(name))
            continue
        if entry.rule not in known_rules():
            what = Text(f"{entry.rule} 不在引用目录里。", f"{entry.rule} is not in packs/citations.yaml.")
            mend = Text("改正编号。", "Correct the id.")
            findings.append(problem("policy.citation", path, line_of(row, "rule"), what, mend))
            continue
        out.append(entry)
    return out, findings


@lru_cache(maxsize=1)
def known_rules() -> dict[str, dict[str, Any]]:
    """All rules that may be cited: instrument, article, confidence, force, jurisdiction by id."""
    return dict(read_yaml(PACKS / "citations.yaml")["citations"])


@dataclass(frozen=True, slots=True)
class Kept:
    """How one rule of the catalogue is kept."""

    id: str
    jurisdiction: str
    source: str
    confidence: str
    force: str
    gate: tuple[str, ...]
    """Verdict and check of each entry in the pack: `deny hours`."""
    elsewhere: tuple[Elsewhere, ...]
    obligations: tuple[Obligation, ...]

    @property
    def missing(self) -> bool:
        """True when nothing keeps it."""
        return not (self.gate or self.elsewhere or self.obligations)


def coverage(folders: Sequence[Path] | None = None) -> tuple[list[Kept], list[Finding]]:
    """For every rule of the catalogue how it is kept, in the catalogue's order, and what is wrong with the packs."""
    roots = folders or [STANDARD / name.lower() for name in jurisdictions()]
    gate: dict[str, list[str]] = {}
    elsewhere: dict[str, list[Elsewhere]] = {}
    obligations: dict[str, list[Obligation]] = {}
    findings: list[Finding] = []
    for root in roots:
        pack, problems = load_pack(root)
        findings += problems
        for rule in pack.rules:
            verdict = "speaks" if rule.check == "limitation" else rule.verdict  # wording, not contact, is what it bars
            gate.setdefault(rule.id, []).append(f"{verdict} {rule.check}")
        kept, problems = load_elsewhere(root)
        findings += problems
        for entry in kept:
            elsewhere.setdefault(entry.rule, []).append(entry)
        duties, problems = load_obligations(root)
        findings += problems
        for duty in duties:
            obligations.setdefault(duty.rule, []).append(duty)
    rows = [
        Kept(
            rule_id,
            row["jurisdiction"],
            f"{row['instrument']} {row['article']}".strip(),
            row["confidence"],
            row["force"],
            tuple(dict.fromkeys(gate.get(rule_id, ()))),
            tuple(elsewhere.get(rule_id, ())),
            tuple(obligations.get(rule_id, ())),
        )
        for rule_id, row in known_rules().items()
    ]
    return rows, findings
