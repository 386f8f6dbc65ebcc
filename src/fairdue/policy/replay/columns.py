"""The columns of a table of contacts, and what an absent one is taken to mean.

One row is one contact, made or received. `id`, `at` and `debtor` must be there. A *missing column* takes the plain
default below, and the comparison says so (`Comparison.defaulted`), because a feed that never had the column would be
denied as a whole otherwise. An *empty cell* of a column that is there means *not known*, which denies where a rule needs it.

Lists (`holds`, `consents` …) are Parquet lists or text with `;` between the names; times of day are written
`20:00-23:00`, several of them with `;`. Flags are booleans. Instants carry a zone; dates are ISO.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from fairdue.core.text import Text

from ..request import CHANNELS, MODES, ROLES, SOURCES, STATUSES

LATEST = "9999-12-31"
ONE_ZONE = {
    "CN": "Asia/Shanghai",
    "HK": "Asia/Hong_Kong",
    "IN": "Asia/Kolkata",
    "JP": "Asia/Tokyo",
    "PH": "Asia/Manila",
    "SG": "Asia/Singapore",
    "UK": "Europe/London",
}
"""Zones of the jurisdictions that have only one: the default of `tz`. Elsewhere an absent zone is not known."""


class ContactsError(ValueError):
    """A table of contacts that cannot be replayed; the message says which column or row, why, and how to mend it."""


class Column(NamedTuple):
    """A column: `kind` is text, flag, number, list or windows; `rule` says in words what a missing one means.

    `default` is the value of every row when the column is missing. `names`: the only values that are allowed. `standing`
    columns have few different values; the others (`id`, `debtor`, `line` …) tell one row from another.
    """

    name: str
    kind: str
    default: Any
    rule: Text
    names: frozenset[str] | None = None
    standing: bool = True


_NONE = Text("不知道", "not known")
_EMPTY = Text("没有", "none")
_NO = Text("否", "no")
_YES = Text("是", "yes")


def _c(name: str, kind: str, default: Any, rule: Text, names: frozenset[str] | None = None) -> Column:
    return Column(name, kind, default, rule, names)


COLUMNS: tuple[Column, ...] = (
    Column("id", "text", None, Text("必须有", "required"), standing=False),
    Column("at", "instant", None, Text("必须有（带时区的时刻）", "required (instants with a zone)"), standing=False),
    Column("debtor", "text", None, Text("必须有", "required"), standing=False),
    Column("debt", "text", None, Text("每位债务人一笔债务", "one debt for each debtor"), standing=False),
    Column("line", "text", None, Text("每位债务人一个号码", "one line for each debtor"), standing=False),
    Column("agent", "text", None, _NONE, standing=False),
    Column("dpd", "number", None, _NONE, standing=False),
    Column("talk_seconds", "number", 0, Text("0 秒", "0 seconds"), standing=False),
    _c("jurisdiction", "text", None, Text("第一个规则包的法域", "that of the first pack")),
    _c("channel", "text", "voice_human", Text("人工电话", "a call by a person"), CHANNELS),
    _c("mode", "text", "interactive", Text("交互", "interactive"), MODES),
    _c(
        "purpose",
        "text",
        None,
        Text("对债务人和担保人是催收，对其他人是转告", "collect for a debtor or guarantor, relay for others"),
    ),
    _c("direction", "text", "out", Text("呼出", "outbound"), frozenset({"in", "out"})),
    _c("role", "text", "debtor", Text("债务人本人", "the debtor"), ROLES),
    _c("connected", "flag", False, Text("没有接通", "not put through")),
    _c("two_way", "flag", None, Text("接通即双方交谈", "as connected")),
    _c("consented", "flag", False, _NO),
    _c("reserved", "flag", False, _NO),
    _c("tz", "text", None, Text("只有一个时区的法域用该时区", "the jurisdiction's zone where it has only one")),
    _c("status", "text", "reachable", Text("债务人可以联系", "the debtor can be reached"), STATUSES),
    _c("lender_type", "text", None, _NONE),
    _c("product", "text", None, _NONE),
    _c("holds", "list", "", _EMPTY),
    _c("refused", "flag", False, _NO),
    _c("consents", "list", "", _EMPTY),
    _c("evidence", "list", "", _EMPTY),
    _c("opt_outs", "list", "", _EMPTY),
    _c("agreed_hours", "windows", None, _EMPTY),
    _c("inconvenient", "windows", None, _EMPTY),
    _c("line_kind", "text", "mobile", Text("手机", "a mobile number")),
    _c("source", "text", "reserved", Text("借款人预留", "left by the borrower"), SOURCES),
    _c("line_valid", "flag", True, _YES),
    _c("employer_prohibits", "flag", False, _NO),
    _c("employer_provided", "flag", False, _NO),
    _c("email_notice_sent", "text", None, _EMPTY),
    _c("email_opt_out_by", "text", None, _EMPTY),
    _c("limitation_passed", "flag", False, _NO),
    _c("validation_sent", "flag", None, _NONE),
    _c("transfer_notice_sent", "flag", True, _YES),
    _c("certificates", "list", "first", Text("有上岗证明", "the agent holds a certificate")),
    _c("agency", "text", None, Text("自营，没有外部机构", "own staff, no agency")),
    _c("agency_listed", "flag", True, _YES),
    _c("agency_contract_until", "text", LATEST, Text("合同有效", "a live contract")),
    _c("agency_notice_sent", "flag", True, _YES),
    _c("agency_agrees", "flag", None, _NONE),
    _c("agency_placed_from", "text", None, _NONE),
    _c("agency_placed_until", "text", None, _NONE),
    _c("visit_staff", "number", 2, Text("两人", "two people")),
    _c("visit_private", "flag", False, _NO),
    _c("visit_consent", "flag", False, _NO),
    _c("visit_recording", "flag", True, _YES),
)
"""All columns; another one in the file is left alone and named in the comparison."""

BY_NAME = {column.name: column for column in COLUMNS}
REQUIRED = ("id", "at", "debtor")
EMAIL = ("email_notice_sent", "email_opt_out_by")


def default_of(column: Column, jurisdiction: str) -> Any:
    """The value of a missing column, as far as it does not depend on the row (`debt`, `line`, `purpose`, `two_way` do)."""
    if column.name == "jurisdiction":
        return jurisdiction
    if column.name == "tz":
        return ONE_ZONE.get(jurisdiction)
    return column.default
