"""Read YAML so that every mapping remembers its line.

`read_yaml` returns plain Python values, except that a mapping is a `Lined` dict with `.line` (1-based) and `.key_lines`.
Duplicate keys are an error: YAML would silently keep the last one, and a silently lost rule is a lost protection.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import yaml

PACKS = Path(__file__).parent
"""Folder of the packs that ship with Fairdue."""


class PackError(ValueError):
    """A pack file cannot be read at all; the message gives file, line and what YAML expected."""

    def __init__(self, message: str, path: Path, line: int | None = None) -> None:
        super().__init__(message)
        self.path = path
        self.line = line


class Lined(dict[str, Any]):
    """A mapping from a pack file; `line` is where it starts, `key_lines[key]` where each key stands (1-based)."""

    line: int = 0
    key_lines: dict[str, int]

    def __init__(self) -> None:
        super().__init__()
        self.key_lines = {}


_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml where it is built in: it reads the playbooks eight times faster, and every command waits for them."""


class _Loader(_Base):  # type: ignore[misc]
    """Booleans are true and false only (YAML 1.2): `on`, `off`, `yes` and `no` are words that authors use as words."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile("^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


def _mapping(loader: _Loader, node: yaml.MappingNode) -> Lined:
    out = Lined()
    out.line = node.start_mark.line + 1
    for key_node, value_node in node.value:
        key = loader.construct_object(key_node, deep=True)
        line = key_node.start_mark.line + 1
        if key in out:
            raise yaml.constructor.ConstructorError(None, None, f"key {key!r} is written twice", key_node.start_mark)
        out[key] = loader.construct_object(value_node, deep=True)
        out.key_lines[key] = line
    return out


def _timestamp(loader: _Loader, node: yaml.ScalarNode) -> Any:
    try:
        return loader.construct_yaml_timestamp(node)
    except ValueError as exc:
        raise yaml.constructor.ConstructorError(None, None, f"{node.value}: {exc}", node.start_mark) from exc


_Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _mapping)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _timestamp)


def read_yaml(path: Path) -> Any:
    """The file's value. Raises `PackError` with file and line when it is missing, not UTF-8 or not YAML."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as exc:
        raise PackError(f"{path}: cannot be read: {exc}", path) from exc
    return parse_yaml(text, path)


def parse_yaml(text: str, path: Path) -> Any:
    """The value of a YAML text that is (or would be) the file `path`. Raises `PackError` with line when it is not YAML."""
    try:
        return yaml.load(text, Loader=_Loader)  # noqa: S506 - _Loader is a SafeLoader
    except yaml.YAMLError as exc:
        mark = getattr(exc, "problem_mark", None)
        line = mark.line + 1 if mark else None
        problem = getattr(exc, "problem", None) or str(exc)
        raise PackError(f"{path}:{line or '?'}: {problem}", path, line) from exc


def line_of(value: Any, key: str | None = None) -> int | None:
    """Line of a mapping, or of one of its keys; None for values that carry no line."""
    if not isinstance(value, Lined):
        return None
    return value.line if key is None else value.key_lines.get(key, value.line)


def pack_files(folder: Path, pattern: str = "*.yaml") -> list[Path]:
    """All pack files below `folder` in a stable order."""
    return sorted(p for p in folder.rglob(pattern) if p.is_file())
