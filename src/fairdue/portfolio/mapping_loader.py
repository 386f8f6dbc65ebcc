"""Check a mapping file and build the `Mapping`: every finding names file and line and offers the nearest known word."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from fairdue.core.dates import DEFAULT_ZONE, DateError, zone
from fairdue.core.findings import Finding, Place, has_errors
from fairdue.core.money import MoneyError, parse_money
from fairdue.core.text import Text
from fairdue.packs.reader import Lined, PackError, line_of, read_yaml

from . import records as rec
from .computed import RULES
from .fields import FIELDS, KINDS, NEEDED, TYPES
from .mapping import ColumnSpec, ComputedSpec, Condition, IdentitySpec, LineSpec, Mapping
from .values import DATE_FORMS, CellError, date_parser

_TOP = [
    "mapping",
    "title",
    "kind",
    "encoding",
    "delimiter",
    "sheet",
    "header",
    "zone",
    "as_of",
    "missing_accounts",
    "duplicate_rows",
    "only_when",
    "columns",
    "computed",
    "lines",
    "identities",
    "extra",
]
_COLUMN = ["from", "type", "required", "default", "unit", "formats", "map", "prefix", "bad"]
_UNITS = ("yuan", "fen", "thousand", "wan")
_CHOICES = {
    "product": None,  # products are data: packs/products; any code is accepted here and checked by the ledger
    "lender_type": rec.LENDER_TYPES,
    "gender": ("male", "female"),
    "status": rec.ACCOUNT_STATES,
    "customer_status": rec.CUSTOMER_STATES,
    "role": rec.LINE_ROLES,
    "source": rec.LINE_SOURCES,
    "payments.kind": rec.EVENT_KINDS,
    "contacts.kind": rec.LINE_KINDS,
    "history.kind": rec.HISTORY_KINDS,
    "holds.kind": rec.HOLDS,
}


class _Checker:
    """Collects findings while the parts of one file are read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.findings: list[Finding] = []

    def say(self, code: str, line: int | None, field: str | None, what: Text, mend: Text) -> None:
        why = Text("映射有误会把整批账户读错。", "A wrong mapping misreads every account of the feed.")
        self.findings.append(Finding(code, what, why, mend, Place(str(self.path), line, field)))

    def unknown(self, value: object, known: Iterable[str], line: int | None, where: str) -> None:
        listed = list(known)
        near = get_close_matches(str(value), listed, 1, 0.5)
        self.say(
            "mapping.unknown",
            line,
            where,
            Text(f"“{value}”不是{where}的有效取值。", f"{value!r} is not known for {where}."),
            Text(
                f"是不是“{near[0]}”?" if near else f"可用:{'、'.join(listed)}。",
                f"Did you mean {near[0]!r}?" if near else f"Use one of: {', '.join(listed)}.",
            ),
        )

    def missing(self, key: str, line: int | None) -> None:
        self.say(
            "mapping.missing",
            line,
            key,
            Text(f"缺少“{key}”。", f"{key!r} is missing."),
            Text(f"请补上“{key}”。", f"Add {key!r}."),
        )

    def wrong(self, key: str, line: int | None, zh: str, en: str) -> None:
        self.say(
            "mapping.wrong",
            line,
            key,
            Text(f"“{key}”写法不对:应为{zh}。", f"{key!r} is written wrongly: it takes {en}."),
            Text(f"请改为{zh}。", f"Write {en}."),
        )

    def keys(self, raw: Lined, known: Iterable[str], where: str) -> None:
        listed = list(known)
        for key in raw:
            if key not in listed:
                self.unknown(key, listed, line_of(raw, key), where)

    def choice(self, raw: Lined, key: str, known: Iterable[str], default: str) -> str:
        value = raw.get(key, default)
        if value not in tuple(known):
            self.unknown(value, known, line_of(raw, key), key)
        return str(value)


def parse_mapping(path: Path) -> tuple[Mapping | None, list[Finding]]:
    """Read and check one mapping file; None with at least one error finding when it cannot be used."""
    check = _Checker(path)
    try:
        raw = read_yaml(path)
    except PackError as exc:
        check.say(
            "mapping.unreadable",
            exc.line,
            None,
            Text(f"映射文件无法读取:{exc}", f"The mapping file cannot be read: {exc}"),
            Text("请检查路径和 YAML 写法。", "Check the path and the YAML."),
        )
        return None, check.findings
    if not isinstance(raw, Lined):
        check.wrong("mapping", 1, "“键: 值”形式的文件", "a file of `key: value` lines")
        return None, check.findings
    mapping = _build(check, raw, path)
    check.findings.sort(key=lambda found: found.place.row or 0)
    return (None if has_errors(check.findings) else mapping), check.findings


def _build(check: _Checker, raw: Lined, path: Path) -> Mapping:
    check.keys(raw, _TOP, "mapping")
    kind = check.choice(raw, "kind", KINDS, "")
    fields = FIELDS.get(kind, {})
    columns = _columns(check, raw, kind, fields)
    computed = _computed(check, raw, fields, columns)
    lines = tuple(spec for item in _items(check, raw, "lines") if (spec := _line(check, item)) is not None)
    if lines and kind != "accounts":
        check.wrong("lines", line_of(raw, "lines"), "只用于 kind: accounts", "only with kind: accounts")
    given = {spec.field for spec in columns} | {spec.field for spec in computed}
    identities = _identities(check, raw, given)
    if identities is not None:
        given |= {"name"}
    for needed in NEEDED.get(kind, ()):
        if needed not in given:
            check.missing(f"columns.{needed}", line_of(raw, "columns"))
    if kind == "accounts" and "name" not in given:
        check.missing("columns.name", line_of(raw, "columns"))
    return Mapping(
        name=str(raw.get("mapping", path.stem)),
        title=_title(check, raw, path),
        kind=kind,
        columns=columns,
        computed=computed,
        lines=lines,
        only_when=tuple(c for item in _items(check, raw, "only_when") if (c := _condition(check, item)) is not None),
        extra=tuple(str(name) for name in _listed(check, raw, "extra")),
        identities=identities,
        encoding=_encoding(check, raw),
        delimiter=_delimiter(check, raw),
        sheet=raw.get("sheet") or 1,
        header=_whole(check, raw, "header", 1),
        zone=_zone(check, raw),
        as_of=_day(check, raw, "as_of"),
        missing_accounts=check.choice(raw, "missing_accounts", ("keep", "close"), "keep"),
        duplicate_rows=check.choice(raw, "duplicate_rows", ("refuse", "last_wins"), "refuse"),
        path=str(path),
    )


def _title(check: _Checker, raw: Lined, path: Path) -> Text:
    title = raw.get("title")
    if title is None:
        return Text(path.stem, path.stem)
    if not isinstance(title, dict) or not title.get("zh") or not title.get("en"):
        check.wrong("title", line_of(raw, "title"), "{zh: …, en: …}", "{zh: …, en: …}")
        return Text(path.stem, path.stem)
    return Text(str(title["zh"]), str(title["en"]))


def _items(check: _Checker, raw: Lined, key: str) -> list[Lined]:
    value = raw.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, Lined) for item in value):
        check.wrong(key, line_of(raw, key), "列表,每项一行 {…}", "a list of {…} items")
        return []
    return value


def _listed(check: _Checker, raw: Lined, key: str) -> list[Any]:
    value = raw.get(key) or []
    if not isinstance(value, list):
        check.wrong(key, line_of(raw, key), "列表", "a list")
        return []
    return value


def _whole(check: _Checker, raw: Lined, key: str, default: int) -> int:
    value = raw.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        check.wrong(key, line_of(raw, key), "从 1 开始的整数", "a whole number from 1")
        return default
    return value


def _zone(check: _Checker, raw: Lined) -> str:
    name = str(raw.get("zone", DEFAULT_ZONE))
    try:
        zone(name)
    except DateError:
        check.wrong("zone", line_of(raw, "zone"), "IANA 时区名", "an IANA zone name such as Asia/Shanghai")
    return name


def _encoding(check: _Checker, raw: Lined) -> str:
    name = str(raw.get("encoding", "auto"))
    try:
        if name != "auto":
            "".encode(name)
    except LookupError:
        check.unknown(name, ("auto", "utf-8", "gb18030", "utf-16"), line_of(raw, "encoding"), "encoding")
    return name


def _delimiter(check: _Checker, raw: Lined) -> str:
    value = str(raw.get("delimiter", "auto"))
    if value != "auto" and len(value) != 1:
        check.wrong("delimiter", line_of(raw, "delimiter"), "auto 或一个字符", "auto or one character")
    return value


def _day(check: _Checker, raw: Lined, key: str) -> date | None:
    value = raw.get(key)
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    check.wrong(key, line_of(raw, key), "日期,如 2026-03-02", "a date such as 2026-03-02")
    return None


def _columns(check: _Checker, raw: Lined, kind: str, fields: dict[str, str]) -> tuple[ColumnSpec, ...]:
    section = raw.get("columns")
    if not isinstance(section, Lined):
        check.missing("columns", line_of(raw, "columns"))
        return ()
    out = []
    for name, item in section.items():
        at = line_of(section, name)
        if not str(name).startswith("_") and name not in fields:
            check.unknown(name, fields, at, "columns")
            continue
        choices = _CHOICES.get(f"{kind}.{name}", _CHOICES.get(str(name)))
        spec = column_spec(check, str(name), item, at, fields.get(name, "text"), choices)
        if name in NEEDED.get(kind, ()) and spec.default is None:
            spec = replace(spec, required=True)
        out.append(spec)
    return tuple(out)


def column_spec(
    check: _Checker, name: str, item: Any, at: int | None, usual: str, choices: tuple[str, ...] | None = None
) -> ColumnSpec:
    """One column's specification; a bare string or list is short for `{from: …}`."""
    if isinstance(item, str | list):
        bare = Lined()
        bare.line = at or 0
        bare["from"] = item
        item = bare
    if not isinstance(item, Lined):
        check.wrong(name, at, "列名或 {from: 列名, …}", "a column name or {from: column, …}")
        return ColumnSpec(name, (), usual)
    check.keys(item, _COLUMN, name)
    names = item.get("from", [])
    names = tuple(str(n) for n in (names if isinstance(names, list) else [names]))
    if not names and "default" not in item:
        check.missing(f"{name}.from", at)
    values = item.get("map") or {}
    kind = check.choice(item, "type", TYPES, "enum" if values else usual)
    check.choice(item, "unit", _UNITS, "yuan")
    check.choice(item, "bad", ("reject", "blank"), "reject")
    if kind == "enum" and not values and choices:
        values = {choice: choice for choice in choices}
    if kind == "enum" and not values and names:
        check.missing(f"{name}.map", at)
    for value in values.values():
        if choices and value not in choices:
            check.unknown(value, choices, line_of(item, "map"), f"{name}.map")
    formats = tuple(str(form) for form in _listed(check, item, "formats"))
    for form in formats:
        if form not in DATE_FORMS and "%" not in form:
            check.unknown(form, DATE_FORMS, line_of(item, "formats"), f"{name}.formats")
    return ColumnSpec(
        field=name,
        names=names,
        type=kind,
        required=bool(item.get("required", False)),
        default=_default(check, item, name, kind, choices),
        unit=str(item.get("unit", "yuan")),
        formats=formats or DATE_FORMS,
        values=values,
        prefix=str(item.get("prefix", "")),
        blank_when_bad=item.get("bad") == "blank",
    )


def _default(check: _Checker, item: Lined, name: str, kind: str, choices: tuple[str, ...] | None) -> Any:
    """The default as a value of the column's type (an enum's default is the mapped value)."""
    value = item.get("default")
    at = line_of(item, "default")
    if value is None:
        return None
    try:
        if kind == "money":
            return parse_money(str(value), unit="fen" if item.get("unit") == "fen" else "yuan")
        if kind == "date":
            return date_parser()(str(value))
    except (MoneyError, CellError):
        check.wrong(f"{name}.default", at, f"{kind} 类型的值", f"a value of type {kind}")
        return None
    wanted = {"integer": int, "flag": bool}.get(kind, str)
    if not isinstance(value, wanted):
        check.wrong(f"{name}.default", at, f"{kind} 类型的值", f"a value of type {kind}")
    if kind == "enum" and choices and value not in choices:
        check.unknown(value, choices, at, f"{name}.default")
    return value


def _computed(
    check: _Checker, raw: Lined, fields: dict[str, str], columns: tuple[ColumnSpec, ...]
) -> tuple[ComputedSpec, ...]:
    known = {spec.field for spec in columns}
    out = []
    for item in _items(check, raw, "computed"):
        name, rule = str(item.get("field", "")), str(item.get("rule", ""))
        if name not in fields and not name.startswith("_"):
            check.unknown(name, fields, line_of(item, "field"), "computed.field")
        if rule not in RULES:
            check.unknown(rule, RULES, line_of(item, "rule"), "computed.rule")
            continue
        args = {key: value for key, value in item.items() if key not in ("field", "rule")}
        for key in args:
            if key not in RULES[rule].args:
                check.unknown(key, RULES[rule].args, line_of(item, key), rule)
        for key, (needed, is_field) in RULES[rule].args.items():
            if needed and key not in args:
                check.missing(f"{rule}.{key}", line_of(item))
            if is_field and key in args and args[key] not in known:
                check.unknown(args[key], sorted(known), line_of(item, key), f"{rule}.{key}")
        for problem_zh, problem_en in RULES[rule].lint(args):
            check.wrong(rule, line_of(item), problem_zh, problem_en)
        known.add(name)
        out.append(ComputedSpec(name, rule, args))
    return tuple(out)


def _line(check: _Checker, item: Lined) -> LineSpec | None:
    check.keys(item, ("from", "kind", "role", "source", "name", "bad"), "lines")
    kind = check.choice(item, "kind", rec.LINE_KINDS, "mobile")
    source = check.choice(item, "source", rec.LINE_SOURCES, "other")
    at = line_of(item)
    if "from" not in item:
        check.missing("lines.from", at)
        return None
    bare = Lined()
    bare.update({key: item[key] for key in ("from", "bad") if key in item})
    usual = {"address": "person", "email": "email"}.get(kind, "phone")
    column = column_spec(check, f"lines.{kind}", bare, at, usual)
    role, role_column = item.get("role", "debtor"), None
    if isinstance(role, Lined):
        role_column = column_spec(check, "lines.role", role, at, "enum", rec.LINE_ROLES)
        role = role_column.default or "agreed_contact"
    elif role not in rec.LINE_ROLES:
        check.unknown(role, rec.LINE_ROLES, line_of(item, "role"), "lines.role")
    name_column = column_spec(check, "lines.name", item["name"], at, "person") if "name" in item else None
    return LineSpec(column, kind, str(role), source, role_column, name_column)


def _condition(check: _Checker, item: Lined) -> Condition | None:
    check.keys(item, ("column", "in", "not_in", "at_least"), "only_when")
    tests = [key for key in ("in", "not_in", "at_least") if key in item]
    if "column" not in item or len(tests) != 1:
        check.wrong(
            "only_when",
            line_of(item),
            "{column, 以及 in/not_in/at_least 之一}",
            "{column and one of in, not_in, at_least}",
        )
        return None
    if tests == ["at_least"]:
        return Condition(str(item["column"]), at_least=_whole_or_zero(check, item))
    words = tuple(str(word) for word in _listed(check, item, tests[0]))
    if tests == ["in"]:
        return Condition(str(item["column"]), within=words)
    return Condition(str(item["column"]), without=words)


def _whole_or_zero(check: _Checker, item: Lined) -> int:
    value = item["at_least"]
    if not isinstance(value, int) or isinstance(value, bool):
        check.wrong("at_least", line_of(item, "at_least"), "整数", "a whole number")
        return 0
    return value


def _identities(check: _Checker, raw: Lined, known: set[str]) -> IdentitySpec | None:
    item = raw.get("identities")
    if item is None:
        return None
    if not isinstance(item, Lined) or not isinstance(item.get("seed"), int):
        check.wrong("identities", line_of(raw, "identities"), "{seed: 整数, …}", "{seed: a whole number, …}")
        return None
    check.keys(item, ("seed", "gender", "age"), "identities")
    for key in ("gender", "age"):
        if key in item and item[key] not in known:
            check.unknown(item[key], sorted(known), line_of(item, key), f"identities.{key}")
    return IdentitySpec(int(item["seed"]), str(item.get("gender", "")), str(item.get("age", "")))
