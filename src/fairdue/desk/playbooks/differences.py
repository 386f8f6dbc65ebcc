"""What a draft changes against what is live, entry by entry, with the changed words marked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any, Literal

import yaml

from fairdue.playbook import Library

Kind = Literal["same", "gone", "new"]
Piece = tuple[Kind, str]
WORD = re.compile(r"\{[^{}]*\}|[A-Za-z0-9_.+-]+|\s+|.", re.DOTALL)
"""Units that are marked: a placeholder, a Latin word or number, one Chinese character."""
TABLES = ("lines", "redlines", "hints")


@dataclass(frozen=True)
class FieldChange:
    """One field of an entry: the old and the new text in pieces."""

    name: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Change:
    """One entry: `kind` is new, gone or changed; `table` lines, redlines, hints or flow."""

    id: str
    table: str
    kind: Literal["new", "gone", "changed"]
    fields: tuple[FieldChange, ...]


def marked(old: str, new: str) -> tuple[Piece, ...]:
    """Both texts in one: what stays, what went, what came."""
    before, after = WORD.findall(old), WORD.findall(new)
    out: list[Piece] = []
    for tag, i, j, k, n in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            out.append(("same", "".join(before[i:j])))
            continue
        if i < j:
            out.append(("gone", "".join(before[i:j])))
        if k < n:
            out.append(("new", "".join(after[k:n])))
    return tuple(out)


def shown(value: Any) -> str:
    """A field's value as a person reads it."""
    if value is None or value == "":
        return ""
    if isinstance(value, tuple | list) and all(isinstance(v, str | int) for v in value):
        return ", ".join(map(str, value))
    if isinstance(value, dict) and set(value) == {"within", "check_at"}:
        return str(value["within"])
    if isinstance(value, dict | list | tuple):
        return yaml.safe_dump(value, allow_unicode=True, sort_keys=False).strip()
    return str(value).strip()


def _fields(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[FieldChange]:
    for name in dict.fromkeys([*new, *old]):
        before, after = shown(old.get(name)), shown(new.get(name))
        if before != after and name != "id":
            yield FieldChange(name, marked(before, after))


def compare(old: Library, new: Library, pack: str) -> list[Change]:
    """Everything of `pack` that differs: lines, red-line cases, hints, the flow; in the order of the new library."""
    out: list[Change] = []
    for table in TABLES:
        before, after = getattr(old, table), getattr(new, table)
        keys = [key for key in after if new.home[key] == pack] + [
            key for key in before if old.home[key] == pack and key not in after
        ]
        for key in keys:
            was = before[key].model_dump(mode="json") if key in before else {}
            now = after[key].model_dump(mode="json") if key in after else {}
            if was != now:
                kind: Any = "new" if not was else "gone" if not now else "changed"
                out.append(Change(key, table, kind, tuple(_fields(was, now))))
    flows = [lib.flows[pack].model_dump(mode="json") if pack in lib.flows else {} for lib in (old, new)]
    if flows[0] != flows[1]:
        out.append(Change("flow", "flow", "changed", tuple(_fields(*flows))))
    return out
