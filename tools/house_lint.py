"""Linters for this project's own dangerous mistakes.

    python tools/house_lint.py src

Each rule is an AST check with the story of the harm it prevents. A line may be excused by a comment
`# house: <rule> - <reason>` on the same line; an excuse without a reason is itself an error.

    float-money       a float literal, `float(…)` or true division touching a name that holds money (…_fen, amount, …)
    naive-datetime    datetime.now()/utcnow()/today() without a zone, datetime(…) without tzinfo, a clock outside desk
    personal-in-log   a log, print or exception text that carries a phone, a name, an id card or anything unsealed
    contact-permit    a Contact row created anywhere but in call/services.py, or without permit=
    module-size       a module of more than 500 lines
"""

from __future__ import annotations

import ast
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

MONEY_NAME = re.compile(r"(^|_)(fen|yuan|money|amount|amounts)($|_)")
PERSONAL_NAME = re.compile(
    r"(^|_)(phone|mobile|id_card|idcard|bank_card|address|unsealed|revealed|plain_name|full_name|contact_name)($|_)|^unseal$|^reveal$"
)
LOG_METHODS = {"debug", "info", "warning", "error", "exception", "critical", "log", "msg"}
EXCUSE = re.compile(r"#\s*house:\s*([a-z-]+)\s*(?:-\s*(\S.*))?$")
CLOCK_OWNERS = ("desk/clock.py",)
CONTACT_OWNER = "desk/call/services"
MAX_LINES = 500
CONTACT_MAKER = re.compile(r"\bContact\.objects\.(a?create|a?get_or_create|a?update_or_create|a?bulk_create)$")


@dataclass(frozen=True)
class Offence:
    """Rule, place and the sentence that says how to mend it."""

    path: str
    line: int
    rule: str
    what: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.rule}: {self.what}"


def names_in(node: ast.AST) -> Iterator[str]:
    for child in ast.walk(node):
        if isinstance(child, ast.Name):
            yield child.id
        elif isinstance(child, ast.Attribute):
            yield child.attr
        elif isinstance(child, ast.keyword) and child.arg:
            yield child.arg


def is_money(node: ast.AST) -> bool:
    """A name, attribute or subscript whose own name says money (`total_fen`, `amount`), also inside arithmetic."""
    if isinstance(node, ast.Name):
        return bool(MONEY_NAME.search(node.id))
    if isinstance(node, ast.Attribute):
        return bool(MONEY_NAME.search(node.attr))
    if isinstance(node, ast.Subscript):
        key = node.slice
        text = key.value if isinstance(key, ast.Constant) and isinstance(key.value, str) else ""
        return bool(MONEY_NAME.search(text)) or is_money(node.value)
    if isinstance(node, ast.BinOp):
        return is_money(node.left) or is_money(node.right)
    if isinstance(node, ast.UnaryOp):
        return is_money(node.operand)
    return False


def is_float(node: ast.AST) -> bool:
    """A float literal, or a call of float()."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "float"
    return isinstance(node, ast.Constant) and isinstance(node.value, float)


def float_money(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """One cent lost in a million rows is a wrong letter to a person: money stays integer fen."""
    mend = "keep it in integer fen and divide with core.money.divide_half_up"
    for node in ast.walk(tree):
        if isinstance(node, ast.BinOp) and (is_money(node.left) or is_money(node.right)):
            if isinstance(node.op, ast.Div):
                yield node.lineno, f"true division of an amount makes a float; {mend}"
            elif is_float(node.left) or is_float(node.right):
                yield node.lineno, f"a float literal in arithmetic with an amount; {mend}"
        elif isinstance(node, ast.Call):
            if isinstance(node.func, ast.Name) and node.func.id in ("float", "round") and any(map(is_money, node.args)):
                yield node.lineno, f"{node.func.id}() of an amount; {mend}"
            for word in node.keywords:
                if word.arg and MONEY_NAME.search(word.arg) and is_float(word.value):
                    yield node.lineno, f"{word.arg}= is given a float; {mend}"
        elif isinstance(node, ast.Assign) and any(map(is_money, node.targets)) and is_float(node.value):
            yield node.lineno, f"a float is stored in an amount; {mend}"
        elif isinstance(node, ast.AnnAssign | ast.arg) and node.annotation is not None:
            name = node.target if isinstance(node, ast.AnnAssign) else ast.Name(node.arg)
            if is_money(name) and "float" in set(names_in(node.annotation)):
                yield node.lineno, f"an amount annotated as float; {mend}"


def naive_datetime(tree: ast.AST, path: str) -> Iterator[tuple[int, str]]:
    """22:05 in the wrong zone is an unlawful call: every instant carries its zone, and one module reads the clock."""
    owner = path.endswith(CLOCK_OWNERS)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name) and node.func.id == "datetime":
            if len(node.args) < 8 and not any(k.arg == "tzinfo" for k in node.keywords):
                yield node.lineno, "datetime(…) without tzinfo; give tzinfo=UTC or use core.dates.at_local"
            continue
        if not isinstance(node.func, ast.Attribute):
            continue
        name = node.func.attr
        base = ast.unparse(node.func.value)
        if name == "utcnow" or (name == "now" and base.endswith("datetime") and not node.args and not node.keywords):
            yield node.lineno, f"{base}.{name}() has no zone; use desk.clock.now() or pass the instant in"
        elif not owner and (
            (name == "now" and base in ("datetime", "datetime.datetime", "timezone", "django.utils.timezone"))
            or (name == "today" and base in ("date", "datetime", "datetime.date", "datetime.datetime"))
            or (name == "localdate" and base == "timezone")
        ):
            yield node.lineno, f"{base}.{name}() reads a clock outside desk/clock.py; use desk.clock or pass as_of"


def personal_in_log(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """A phone number in a log file is a leak that nobody sees: log ids and masked values."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        func = node.func
        is_log = (
            isinstance(func, ast.Attribute) and func.attr in LOG_METHODS and "log" in ast.unparse(func.value).lower()
        )
        is_print = isinstance(func, ast.Name) and func.id == "print"
        if not (is_log or is_print):
            continue
        for argument in [*node.args, *(k.value for k in node.keywords)]:
            found = next((n for n in names_in(argument) if PERSONAL_NAME.search(n) and not n.endswith("_masked")), None)
            if found:
                yield node.lineno, f"{found} in a log call; log the id or the *_masked value"


def contact_permit(tree: ast.AST, path: str) -> Iterator[tuple[int, str]]:
    """A contact that no gate allowed must not exist: rows are made in one place and always carry their permit."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        text = ast.unparse(node.func)
        makes = text in ("Contact", "models.Contact") or CONTACT_MAKER.search(text)
        if not makes:
            continue
        if CONTACT_OWNER not in path:
            yield (
                node.lineno,
                "a Contact is created outside desk/call/services; use services.record_contact(permit, …)",
            )
        elif "bulk_create" not in text and not any(k.arg == "permit" or k.arg is None for k in node.keywords):
            yield node.lineno, "a Contact without permit=; take a permit first (services.take_permit)"


def check_source(source: str, path: str) -> list[Offence]:
    """All offences of one module, excuses taken into account. `path` is relative, with forward slashes."""
    tree = ast.parse(source)
    found: list[tuple[str, int, str]] = []
    found += [("float-money", line, what) for line, what in float_money(tree)]
    found += [("naive-datetime", line, what) for line, what in naive_datetime(tree, path)]
    found += [("personal-in-log", line, what) for line, what in personal_in_log(tree)]
    found += [("contact-permit", line, what) for line, what in contact_permit(tree, path)]
    lines = source.splitlines()
    if len(lines) > MAX_LINES:
        found.append(("module-size", 1, f"{len(lines)} lines; split it by purpose (at most {MAX_LINES})"))
    offences = []
    for rule, line, what in sorted(found, key=lambda f: (f[1], f[0])):
        excuse = EXCUSE.search(lines[line - 1]) if lines else None
        if excuse and excuse[1] == rule and excuse[2]:
            continue
        offences.append(Offence(path, line, rule, what))
    for number, text in enumerate(lines, 1):
        excuse = EXCUSE.search(text)
        if excuse and not excuse[2]:
            offences.append(Offence(path, number, "excuse", "an excuse needs a reason: # house: <rule> - <reason>"))
    return offences


def main(roots: list[str]) -> int:
    offences: list[Offence] = []
    files = sorted(f for root in roots for f in Path(root).rglob("*.py") if "migrations" not in f.parts)
    for file in files:
        offences += check_source(file.read_text(encoding="utf-8"), file.as_posix())
    for offence in offences:
        print(offence)
    print(f"house linters: {len(files)} modules, {len(offences)} offences")
    return 1 if offences else 0


if __name__ == "__main__":
    if len(sys.argv) < 2:
        sys.exit("tools/house_lint.py: name the folders to check, e.g. src")
    sys.exit(main(sys.argv[1:]))
