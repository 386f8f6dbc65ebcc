"""The texts of an overlay pack: read its lines, put one in, take one out, write them so that a person can read them.

`files` is a plain dict from path inside the pack ("lines/first.yaml") to YAML text. No function changes its argument.
What a trainer wrote by hand keeps its comments: only the entry that changes is written anew.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from fairdue.packs import Lined, parse_yaml
from fairdue.playbook import Line, PackInfo

Files = dict[str, str]
HEAD = "pack.yaml"
PATH = re.compile(r"(lines|redlines|hints|tests)/[a-z0-9][a-z0-9_-]{0,60}\.yaml|flow\.yaml")
"""Files that an overlay may hold besides its head, which is written by `head`."""
PREFIX = "org-"
"""Overlays made in the desk are called `org-<pack>`; a pack from a folder may not begin so."""
PLAIN = {"answers": (), "step": "", "situation": (), "why_en": "", "argument": "", "lever": "reason", "fits": (),
         "products": (), "channels": ("call",), "deadline": None, "needs": (), "cites": ()}  # fmt: skip
"""Fields that are left out while they hold the schema's default."""


class _Block(str):
    """Written as `|` with its own lines."""


class _Quoted(str):
    """Written between double quotes."""


class _Inline(list[Any]):
    """Written on one line: [a, b]."""


class _InlineMap(dict[str, Any]):
    """Written on one line: {a: b}."""


class _Dumper(yaml.SafeDumper):
    pass


_Dumper.add_representer(_Block, lambda d, v: d.represent_scalar("tag:yaml.org,2002:str", str(v), style="|"))
_Dumper.add_representer(_Quoted, lambda d, v: d.represent_scalar("tag:yaml.org,2002:str", str(v), style='"'))
_Dumper.add_representer(_Inline, lambda d, v: d.represent_sequence("tag:yaml.org,2002:seq", v, flow_style=True))
_Dumper.add_representer(Lined, lambda d, v: d.represent_dict(dict(v)))
_Dumper.add_representer(_InlineMap, lambda d, v: d.represent_mapping("tag:yaml.org,2002:map", v, flow_style=True))


@dataclass(frozen=True)
class Entry:
    """A line's entry in a file: rows `start` to `end` (1-based, end excluded) and the parsed row."""

    path: str
    start: int
    end: int
    row: Lined


def name_of(pack: str) -> str:
    """The overlay pack of a pack."""
    return f"{PREFIX}{pack}"


def _dump(value: Any) -> str:
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=10_000)


def tidy(text: str) -> str:
    """Words without trailing or leading blanks in any row, as a YAML block can hold them."""
    return "\n".join(row.strip() for row in text.replace("\t", " ").splitlines()).strip()


def line_text(line: Line) -> str:
    """The line as an entry of a `lines/*.yaml` file; the same line always gives the same text."""
    row: dict[str, Any] = {}
    for key, value in line.model_dump().items():
        if key in PLAIN and (value == PLAIN[key] or not value):
            continue
        if key in ("say", "why", "why_en"):
            text = tidy(value) + ("\n" if key == "say" else "")
            row[key] = _Block(text) if "\n" in text else text
        elif key == "gist_en":
            row[key] = _Quoted(value.strip())
        elif key == "deadline":
            row[key] = _InlineMap({"within": value["within"]})
        else:
            row[key] = _Inline(value) if isinstance(value, tuple | list) else value
    return _dump([row])


def head(files: Mapping[str, str], home: PackInfo, version: int, drop: Sequence[str] | None = None) -> Files:
    """The files with a fresh `pack.yaml` for version `version`; `drop` None keeps the lines that are retired now."""
    gone = sorted(set(dropped(files) if drop is None else drop))
    row: dict[str, Any] = {
        "name": name_of(home.name),
        "version": str(version),
        "title": _InlineMap(home.title.model_dump()),
        "stages": _Inline(home.stages),
        "overlays": home.name,
    }
    if gone:
        row["drop"] = gone
    return {**files, HEAD: _dump(row)}


def dropped(files: Mapping[str, str]) -> tuple[str, ...]:
    """Ids of lines of the overlaid pack that this overlay retires."""
    raw = parse_yaml(files[HEAD], Path(HEAD)) if HEAD in files else None
    return tuple(raw.get("drop") or ()) if isinstance(raw, dict) else ()


def rows_of(text: str, path: str) -> list[Lined]:
    """The entries of a file. Raises `PackError` when it is not YAML; what is not an entry is left out."""
    raw = parse_yaml(text, Path(path))
    return [row for row in raw if isinstance(row, Lined)] if isinstance(raw, list) else []


def entries(files: Mapping[str, str]) -> dict[str, Entry]:
    """All lines of the overlay by id."""
    found: dict[str, Entry] = {}
    for path in sorted(files):
        if not path.startswith("lines/"):
            continue
        text = files[path].splitlines()
        rows = rows_of(files[path], path)
        starts = [_start(text, row.line) for row in rows]
        for row, start, after in zip(rows, starts, [*starts[1:], len(text) + 1], strict=True):
            found[str(row.get("id"))] = Entry(path, start, _end(text, start, after), row)
    return found


def _start(text: Sequence[str], line: int) -> int:
    """The row with the dash of the entry whose first key stands on `line`."""
    return line - 1 if line > 1 and not text[line - 1].lstrip().startswith("-") else line


def _end(text: Sequence[str], start: int, after: int) -> int:
    """The row behind the entry's last one; blank rows and comments before the next entry are not part of it."""
    end = after
    while end - 1 > start and (not text[end - 2].strip() or text[end - 2].lstrip().startswith("#")):
        end -= 1
    return end


def entry_text(files: Mapping[str, str], line_id: str) -> str | None:
    """The rows of a line's entry as they stand, or None."""
    entry = entries(files).get(line_id)
    if entry is None:
        return None
    rows = files[entry.path].splitlines()[entry.start - 1 : entry.end - 1]
    indent = len(rows[0]) - len(rows[0].lstrip())
    return "\n".join(row[indent:] for row in rows) + "\n"


def put(files: Mapping[str, str], line_id: str, path: str, text: str) -> Files:
    """The files with `text` as the entry of `line_id`: in its place when there is one, else at the end of `path`."""
    entry = entries(files).get(line_id)
    if entry is None:
        before = files.get(path, "").rstrip()
        return {**files, path: f"{before}\n\n{text}" if before and rows_of(before, path) else text}
    return _replaced(files, line_id, entry, text)


def take_out(files: Mapping[str, str], line_id: str) -> Files:
    """The files without the entry of `line_id`; a file that has no entry left goes too."""
    entry = entries(files).get(line_id)
    return dict(files) if entry is None else _replaced(files, line_id, entry, "")


def _replaced(files: Mapping[str, str], line_id: str, entry: Entry, text: str) -> Files:
    old = rows_of(files[entry.path], entry.path)
    new = rows_of(text, entry.path)
    wanted = [part for row in old for part in (new if str(row.get("id")) == line_id else [row])]
    if not wanted:
        return {path: content for path, content in files.items() if path != entry.path}
    rows = files[entry.path].splitlines()
    first = rows[entry.start - 1]
    indent = first[: len(first) - len(first.lstrip())]
    middle = [indent + row if row else row for row in text.splitlines()]
    spliced = "\n".join([*rows[: entry.start - 1], *middle, *rows[entry.end - 1 :]]).strip("\n") + "\n"
    try:
        exact = rows_of(spliced, entry.path) == wanted
    except ValueError:
        exact = False
    if not exact:  # entries on one line cannot be spliced; comments of such a file are lost
        spliced = "\n".join(_dump([dict(row)]) for row in wanted)
    return {**files, entry.path: spliced}
