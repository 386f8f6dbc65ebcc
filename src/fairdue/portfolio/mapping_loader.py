"""Check a mapping file and build the `Mapping`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from fairdue.core.dates import DEFAULT_ZONE, DateError, zone
from fairdue.core.findings import Finding, has_errors
from fairdue.core.money import MoneyError, parse_money
from fairdue.core.text import Text
from fairdue.packs.reader import Lined, PackError, line_of, read_yaml

from . import records as rec
from .computed import RULES
from .fields import FIELDS, KINDS, NEEDED, TYPES, sort_of, sort_of_value
from .mapping import ColumnSpec, ComputedSpec, Condition, IdentitySpec, LineSpec, Mapping
from .mapping_check import Checker
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


def parse_mapping(path: Path) -> tuple[Mapping | None, list[Finding]]:
    """Read and check one mapping file; None with at least one error finding when it cannot be used."""
    check = Checker(path)
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


def _build(check: Checker, raw: Lined, path: Path) -> Mapping:
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


def _title(check: Checker, raw: Lined, path: Path) -> Text:
    title = raw.get("title")
    if title is None:
        return Text(path.stem, path.stem)
    if not isinstance(title, dict) or not title.get("zh") or not title.get("en"):
        check.wrong("title", line_of(raw, "title"), "{zh: …, en: …}", "{zh: …, en: …}")
        return Text(path.stem, path.stem)
    return Text(str(title["zh"]), str(title["en"]))


def _items(check: Checker, raw: Lined, key: str) -> list[Lined]:
    value = raw.get(key) or []
    if not isinstance(value, list) or not all(isinstance(item, Lined) for item in value):
        check.wrong(key, line_of(raw, key), "列表,每项一行 {…}", "a list of {…} items")
        return []
    return value


def _listed(check: Checker, raw: Lined, key: str) -> list[Any]:
    value = raw.get(key) or []
    if not isinstance(value, list):
        check.wrong(key, line_of(raw, key), "列表", "a list")
        return []
    return value


def _whole(check: Checker, raw: Lined, key: str, default: int) -> int:
    value = raw.get(key, default)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        check.wrong(key, line_of(raw, key), "从 1 开始的整数", "a whole number from 1")
        return default
    return value


def _zone(check: Checker, raw: Lined) -> str:
    name = str(raw.get("zone", DEFAULT_ZONE))
    try:
        zone(name)
    except DateError:
        check.wrong("zone", line_of(raw, "zone"), "IANA 时区名", "an IANA zone name such as Asia/Shanghai")
    return name


def _encoding(check: Checker, raw: Lined) -> str:
    name = str(raw.get("encoding", "auto"))
    try:
        if name != "auto":
            "".encode(name)
    except LookupError:
        check.unknown(name, ("auto", "utf-8", "gb18030", "utf-16"), line_of(raw, "encoding"), "encoding")
    return name


def _delimiter(check: Checker, raw: Lined) -> str:
    value = str(raw.get("delimiter", "auto"))
    if value != "auto" and len(value) != 1:
        check.wrong("delimiter", line_of(raw, "delimiter"), "auto 或一个字符", "auto or one character")
    return value


def _day(check: Checker, raw: Lined, key: str) -> date | None:
    value = raw.get(key)
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    check.wrong(key, line_of(raw, key), "日期,如 2026-03-02", "a date such as 2026-03-02")
    return None


def _columns(check: Checker, raw: Lined, kind: str, fields: dict[str, str]) -> tuple[ColumnSpec, ...]:
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
    check: Checker, name: str, item: Any, at: int | None, usual: str, choices: tuple[str, ...] | None = None
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
    if not isinstance(values, dict):
        check.wrong(f"{name}.map", line_of(item, "map"), "{文件中的写法: 值}", "{label in the file: value}")
        values = {}
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
    sort = sort_of("text" if choices else usual)
    if not name.startswith("_") and sort_of(kind, values.values()) != sort:
        check.wrong(f"{name}.type", line_of(item, "type") or at, f"给出 {sort} 的类型", f"a type that gives {sort}")
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


def _default(check: Checker, item: Lined, name: str, kind: str, choices: tuple[str, ...] | None) -> Any:
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
    check: Checker, raw: Lined, fields: dict[str, str], columns: tuple[ColumnSpec, ...]
) -> tuple[ComputedSpec, ...]:
    known = {spec.field: sort_of(spec.type, spec.values.values()) for spec in columns}
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
            if is_field and key in args and str(args[key]) not in known:
                check.unknown(args[key], sorted(known), line_of(item, key), f"{rule}.{key}")
        gives = _sort_made(check, item, rule, known)
        if gives and name in fields and gives != sort_of("text" if fields[name] == "enum" else fields[name]):
            check.wrong(
                f"computed.{name}", line_of(item), f"类型为 {fields[name]} 的值", f"a value of type {fields[name]}"
            )
        for problem_zh, problem_en in RULES[rule].lint(args):
            check.wrong(rule, line_of(item), problem_zh, problem_en)
        known[name] = gives or "text"
        out.append(ComputedSpec(name, rule, args))
    return tuple(out)


def _sort_made(check: Checker, item: Lined, rule: str, known: dict[str, str]) -> str:
    """What a computed rule makes; a finding when a field it reads holds something else than it needs."""
    if rule == "constant":
        return sort_of_value(item.get("value"))
    given = item.get("of")
    read = [
        str(name) for name in (given if isinstance(given, list) else [given, item.get("cycles")]) if name is not None
    ]
    for name in read:
        if isinstance(given, list) and name not in known:
            check.unknown(name, sorted(known), line_of(item, "of"), f"{rule}.of")
        if RULES[rule].needs and known.get(name, RULES[rule].needs) != RULES[rule].needs:
            zh, en = (
                f"{RULES[rule].needs} 字段,而“{name}”不是",
                f"a field that holds a {RULES[rule].needs}, not {name!r}",
            )
            check.wrong(rule, line_of(item), zh, en)
    return RULES[rule].gives or known.get(str(given), "")


def _line(check: Checker, item: Lined) -> LineSpec | None:
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


def _condition(check: Checker, item: Lined) -> Condition | None:
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


def _whole_or_zero(check: Checker, item: Lined) -> int:
    value = item["at_least"]
    if not isinstance(value, int) or isinstance(value, bool):
        check.wrong("at_least", line_of(item, "at_least"), "整数", "a whole number")
        return 0
    return value


def _identities(check: Checker, raw: Lined, known: set[str]) -> IdentitySpec | None:
    item = raw.get("identities")
    if item is None:
        return None
    if not isinstance(item, Lined) or not isinstance(item.get("seed"), int):
        check.wrong("identities", line_of(raw, "identities"), "{seed: 整数, …}", "{seed: a whole number, …}")
        return None
    check.keys(item, ("seed", "gender", "age"), "identities")
    for key in ("gender", "age"):
        if key in item and str(item[key]) not in known:
            check.unknown(item[key], sorted(known), line_of(item, key), f"identities.{key}")
    return IdentitySpec(int(item["seed"]), str(item.get("gender", "")), str(item.get("age", "")))
