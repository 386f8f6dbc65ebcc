"""What changed between two libraries: lines, red lines, hints, states of flows, heads of packs, with the words marked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Any

from pydantic import BaseModel

from .library import Library

KINDS = ("pack", "state", "flow", "line", "redline", "hint")


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field, before and after, as text; "" when it was not given."""

    name: str
    old: str
    new: str

    @property
    def marked(self) -> str:
        """Both in one: `[-gone-]{+come+}`."""
        return marked(self.old, self.new)


@dataclass(frozen=True, slots=True)
class Change:
    """`how` is added, removed or changed; `kind` one of `KINDS`; `say` the words of what was added or removed."""

    kind: str
    id: str
    how: str
    fields: tuple[FieldChange, ...] = ()
    say: str = ""


def marked(old: str, new: str) -> str:
    """The new text with what went and what came marked, by characters."""
    out = []
    for how, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if how == "equal":
            out.append(old[a:b])
            continue
        out += [f"[-{old[a:b]}-]"] if b > a else []
        out += [f"{{+{new[c:d]}+}}"] if d > c else []
    return "".join(out)


def compare(old: Library, new: Library) -> list[Change]:
    """All changes, by kind and then in the order of the new library, removed ones last."""
    out: list[Change] = []
    for kind, before, after in zip(KINDS, _tables(old), _tables(new), strict=True):
        out += _changes(kind, before, after)
    return out


def _tables(library: Library) -> Iterator[Mapping[str, Mapping[str, Any]]]:
    """Per kind: id → fields."""
    yield _dumped(library.packs)
    yield {f"{name}:{state.id}": _fields(state) for name, flow in library.flows.items() for state in flow.states}
    yield {name: {"must": flow.must, "before": flow.before} for name, flow in library.flows.items()}
    yield _dumped(library.lines)
    yield _dumped(library.redlines)
    yield _dumped(library.hints)


def _dumped(table: Mapping[str, BaseModel]) -> dict[str, dict[str, Any]]:
    return {key: _fields(item) for key, item in table.items()}


def _fields(item: BaseModel) -> dict[str, Any]:
    return item.model_dump(mode="json")


def _changes(kind: str, old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]]) -> Iterator[Change]:
    for key, item in new.items():
        if key not in old:
            yield Change(kind, key, "added", say=_text(item.get("say", "")))
        elif item != old[key]:
            names = [name for name in item if item[name] != old[key].get(name)]
            changed = tuple(FieldChange(name, _text(old[key].get(name)), _text(item[name])) for name in names)
            yield Change(kind, key, "changed", changed)
    for key, item in old.items():
        if key not in new:
            yield Change(kind, key, "removed", say=_text(item.get("say", "")))


def _text(value: Any) -> str:
    """A field as a person reads it: lists with 、, mappings as key: value."""
    if value is None:
        return ""
    if isinstance(value, Mapping):
        return ", ".join(f"{key}: {_text(item)}" for key, item in value.items())
    if isinstance(value, list | tuple):
        return "、".join(_text(item) for item in value)
    return str(value).strip()
