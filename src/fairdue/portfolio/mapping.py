"""Mapping files: how the columns of a feed become records. YAML, written by people who do not program.

    mapping: standard-zh              # name; the file is packs/mappings/standard-zh.yaml
    title: {zh: 通用中文账户表, en: Generic Chinese account list}
    kind: accounts                    # accounts | payments | contacts | history | holds
    encoding: auto                    # auto (UTF-8, BOM, UTF-16, GB18030) | utf-8 | gb18030 | …
    delimiter: auto                   # auto | "," | ";" | "\\t" | "|"
    sheet: 1                          # Excel: name or 1-based number
    header: 1                         # 1-based line of the column names
    zone: Asia/Shanghai               # of the debtors, and of times without an offset
    as_of: 2005-09-30                 # date the data speaks of; a caller's as_of wins
    missing_accounts: keep            # keep | close: what a known account missing from the file means
    duplicate_rows: refuse            # refuse | last_wins
    only_when:                        # rows that fail a condition are excluded and counted, not rejected
      - {column: 状态, in: [逾期, 催收]}       # in | not_in | at_least (whole number)
    columns:                          # field: where it comes from. `_name` is a helper for computed rules
      account_id: {from: [账号, 合同号], required: true, prefix: "A-"}
      due_fen: {from: 逾期金额, type: money, unit: yuan}        # unit: yuan | fen | thousand | wan
      due_date: {from: 到期日, formats: [iso, chinese, "%d.%m.%Y"]}
      product: {from: 产品, map: {信用卡: credit_card}, default: credit_card}
      id_card: {from: 身份证号, bad: blank}   # a bad value: reject the row (default) | blank it with a warning
    computed:                         # small closed vocabulary, in order: see `computed.RULES`
      - {field: cycles, rule: cycles_from_status, of: _status}
    lines:                            # ways to reach the customer, one line each when the cell is filled
      - {from: 手机, kind: mobile, role: debtor, source: reserved}
      - {from: 紧急联系人电话, kind: mobile, role: {from: 关系, map: {配偶: spouse}, default: family}, name: 紧急联系人}
    identities: {seed: 2005, gender: _sex, age: _age}   # only when the data has no names: generated, and marked so
    extra: [X2, X3]                   # kept as text with the account

Allowed keys, types and values are checked; a finding names file and line.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingLike
from dataclasses import dataclass
from dataclasses import field as made_by
from datetime import date
from pathlib import Path
from typing import Any

from fairdue.core.dates import DEFAULT_ZONE
from fairdue.core.findings import Finding
from fairdue.core.text import Text
from fairdue.packs.reader import PACKS

MAPPINGS = PACKS / "mappings"
"""Folder of the mappings that ship with Fairdue."""


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One field: the accepted column names, how to read the cell, what to do when it is empty or bad."""

    field: str
    names: tuple[str, ...]
    type: str
    required: bool = False
    default: Any = None
    unit: str = "yuan"
    formats: tuple[str, ...] = ()
    values: MappingLike[str, Any] = made_by(default_factory=dict)
    prefix: str = ""
    blank_when_bad: bool = False


@dataclass(frozen=True, slots=True)
class ComputedSpec:
    """One computed field: the rule's name and its arguments as written."""

    field: str
    rule: str
    args: MappingLike[str, Any]


@dataclass(frozen=True, slots=True)
class LineSpec:
    """One way to reach the customer; `role_column` reads the role from a cell (a contact's relation)."""

    column: ColumnSpec
    kind: str
    role: str
    source: str
    role_column: ColumnSpec | None = None
    name_column: ColumnSpec | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """`only_when`: exactly one of the three tests is set."""

    column: str
    within: tuple[str, ...] | None = None
    without: tuple[str, ...] | None = None
    at_least: int | None = None


@dataclass(frozen=True, slots=True)
class IdentitySpec:
    """Names and numbers are generated from `seed` and the debtor's id; `gender`, `age` name helper fields."""

    seed: int
    gender: str = ""
    age: str = ""


@dataclass(frozen=True, slots=True)
class Mapping:
    """A checked mapping file; see the module docstring."""

    name: str
    title: Text
    kind: str
    columns: tuple[ColumnSpec, ...]
    computed: tuple[ComputedSpec, ...] = ()
    lines: tuple[LineSpec, ...] = ()
    only_when: tuple[Condition, ...] = ()
    extra: tuple[str, ...] = ()
    identities: IdentitySpec | None = None
    encoding: str = "auto"
    delimiter: str = "auto"
    sheet: str | int = 1
    header: int = 1
    zone: str = DEFAULT_ZONE
    as_of: date | None = None
    missing_accounts: str = "keep"
    duplicate_rows: str = "refuse"
    path: str = ""

    def wanted(self) -> tuple[str, ...]:
        """Every column name the mapping may read, aliases included (used to find delimiter and near misses)."""
        specs = [*self.columns]
        for line in self.lines:
            specs += [spec for spec in (line.column, line.role_column, line.name_column) if spec is not None]
        names = [name for spec in specs for name in spec.names]
        names += [condition.column for condition in self.only_when]
        return tuple(dict.fromkeys([*names, *self.extra]))


def mapping_path(path: Path | str) -> Path:
    """A path as given when it exists; else the shipped mapping of that name."""
    given = Path(path)
    if given.suffix in (".yaml", ".yml") or given.exists():
        return given
    return MAPPINGS / f"{given}.yaml"


def shipped() -> tuple[str, ...]:
    """Names of the mappings that ship with Fairdue."""
    return tuple(sorted(p.stem for p in MAPPINGS.glob("*.yaml")))


def load_mapping(path: Path | str) -> tuple[Mapping | None, list[Finding]]:
    """The mapping of a YAML file, or of a shipped name such as `uci-credit-card`; None when it has errors."""
    from .mapping_loader import parse_mapping

    return parse_mapping(mapping_path(path))
