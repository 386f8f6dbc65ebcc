"""Checking a draft: the linter with the guard, and every conversation that its words can reach.

A finding counts against the draft when it stands in the draft's files, or when it appears only with the draft in place
(a retired line that a flow needed). What was wrong before and is not touched by it is not held against it.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import yaml

from fairdue.core.findings import Finding, Place
from fairdue.core.ids import digest
from fairdue.dialogue import load_recogniser, run_conversations
from fairdue.packs import parse_yaml
from fairdue.playbook import Library
from fairdue.playbook.lint import lint_library
from fairdue.playbook.loader import problem

from . import libraries, overlay
from .guarding import sample, verdicts
from .stack import stack

Key = tuple[str, str]
DEEPEST = 12
OPENS = (
    yaml.BlockSequenceStartToken,
    yaml.BlockMappingStartToken,
    yaml.FlowSequenceStartToken,
    yaml.FlowMappingStartToken,
)
CLOSES = (yaml.BlockEndToken, yaml.FlowSequenceEndToken, yaml.FlowMappingEndToken)
_KNOWN: dict[str, frozenset[Key]] = {}


def digest_of(below: libraries.Layers, pack: str, files: dict[str, str]) -> str:
    """Of all that a check depends on: the draft's files, what is live beside it, the packs below."""
    others = [layer for layer in below if layer[0] != pack]
    return digest([pack, files, others, libraries.base()[0].version])


def check(below: libraries.Layers, pack: str, files: dict[str, str]) -> dict[str, Any]:
    """`{"digest", "findings", "conversations", "errors"}`; findings as `Finding.as_dict`, conversations with name, pack,
    `ok` and their findings. `errors` counts what forbids to submit."""
    library, refused = libraries.of_files(below, pack, files)
    before = _known(below)
    found = [*refused, *doubles(pack, files), *lint_library(library), *guarded(library, overlay.name_of(pack))]
    mine = [f for f in found if _in_files(f, pack) or _key(f) not in before]
    talks = conversations(library, below, pack)
    errors = sum(f.severity == "error" for f in mine) + sum(not talk["ok"] for talk in talks)
    return {
        "digest": digest_of(below, pack, files),
        "findings": [f.as_dict() for f in mine],
        "conversations": talks,
        "errors": errors,
    }


def _key(found: Finding) -> Key:
    return found.code, found.what.en


def _in_files(found: Finding, pack: str) -> bool:
    return str(found.place.file or "").split("/", maxsplit=1)[0] == overlay.name_of(pack)


def _laid(below: libraries.Layers) -> Library:
    return stack(libraries.base()[0], libraries.sources(below))[0]


def _known(below: libraries.Layers) -> frozenset[Key]:
    """What the linter says of the words that are live now, kept for the last library it was asked about."""
    library = _laid(below)
    if library.version not in _KNOWN:
        _KNOWN.clear()
        _KNOWN[library.version] = frozenset(_key(f) for f in lint_library(library))
    return _KNOWN[library.version]


def guarded(library: Library, name: str) -> list[Finding]:
    """What the guard says of the overlay's own lines; its answer on a line depends on nothing but that line."""
    lines = {key: line for key, line in library.lines.items() if library.pack_of[key] == name}
    own = Library(
        lines=lines,
        where=library.where,
        home=library.home,
        acts=library.acts,
        types=library.types,
        situations=library.situations,
    )
    return [f for f in lint_library(own, values=sample(), guard=verdicts) if f.code == "playbook.guard"]


def doubles(pack: str, files: dict[str, str]) -> list[Finding]:
    """Ids that stand twice in the overlay: the loader would take the last one silently."""
    out = []
    for part in ("lines", "redlines", "hints"):
        rows = [
            (str(row.get("id")), path, row.line)
            for path in sorted(files)
            if path.startswith(f"{part}/")
            for row in overlay.rows_of(files[path], path)
        ]
        count = Counter(key for key, _path, _line in rows)
        for key, path, line in rows:
            if count[key] > 1:
                out.append(_double(f"{overlay.name_of(pack)}/{path}", line, key))
    return out


def _double(file: str, line: int, key: str) -> Finding:
    return problem(
        "playbook.duplicate",
        Place(file, line, "id"),
        f"{key} 在这份改动里写了两次。",
        f"{key} is written twice in this overlay.",
        "留一条,另一条换编号或删掉。",
        "Keep one; give the other a new id or take it out.",
    )


def in_scope(library: Library, pack: str) -> list[str]:
    """Packs whose calls can use lines of `pack`, itself and its overlays first."""
    own = [name for name, info in library.packs.items() if pack in (name, info.overlays)]
    users = [name for name in library.packs if name not in own and pack in library.scope(name)]
    overlays = [name for name, info in library.packs.items() if info.overlays in users]
    return [*own, *users, *overlays]


def conversations(library: Library, below: libraries.Layers, pack: str) -> list[dict[str, Any]]:
    """All conversations in scope. One of the overlay replaces the shipped one of the same name (its words may have
    changed on purpose); one that fails without the draft as well is marked `before` and does not count as a failure."""
    mine = {
        str(raw.get("name")) for _file, raw in library.tests.get(overlay.name_of(pack), ()) if isinstance(raw, dict)
    }
    outcomes = [
        out
        for out in run_conversations(library, load_recogniser(), guard=verdicts, packs=in_scope(library, pack))
        if not (out.pack == pack and out.name in mine)
    ]
    failing = {(out.pack, out.name) for out in outcomes if out.findings}
    old = _failing_before(below, failing)
    return [
        {
            "name": out.name,
            "pack": out.pack,
            "before": bool(out.findings) and (out.pack, out.name) in old,
            "ok": not out.findings or (out.pack, out.name) in old,
            "findings": [f.as_dict() for f in out.findings],
        }
        for out in outcomes
    ]


def _failing_before(below: libraries.Layers, failing: set[Key]) -> set[Key]:
    if not failing:
        return set()
    live = _laid(below)
    outcomes = run_conversations(
        live, load_recogniser(), guard=verdicts, packs=sorted({pack for pack, _name in failing if pack in live.packs})
    )
    return {(out.pack, out.name) for out in outcomes if out.findings}


def unreadable(path: str, text: str, limit: int = 200_000) -> Finding | None:
    """Why a file's text cannot be kept at all: too long, not YAML, anchors, not a list of entries with ids."""
    if len(text) > limit or "\x00" in text:
        return _refusal(
            path,
            None,
            f"文件太大或含有不可见字符,最多 {limit} 个字符。",
            f"Too large, or has control characters; at most {limit} characters.",
        )
    try:
        strange = _strange(path, text)
        raw = None if strange else parse_yaml(text, Path(path))
    except ValueError as exc:  # PackError: names the line and what YAML expected
        return _refusal(path, getattr(exc, "line", None), f"不是 YAML:{exc}", f"Not YAML: {exc}")
    if strange is not None:
        return strange
    if path == "flow.yaml":
        return None if isinstance(raw, dict) else _refusal(path, 1, "流程要有 states。", "A flow has states.")
    return _not_entries(path, raw)


def _not_entries(path: str, raw: Any) -> Finding | None:
    key = "name" if path.startswith("tests/") else "id"
    if not isinstance(raw, list | None):
        return _refusal(path, 1, "这里应是一个列表。", "A list of entries is expected.")
    for row in raw or []:
        if not isinstance(row, dict) or not isinstance(row.get(key), str):
            line = getattr(row, "line", None)
            return _refusal(path, line, f"每条要以「- {key}:」开头。", f"Start each entry with `- {key}:`.")
    return None


def _strange(path: str, text: str) -> Finding | None:
    """Anchors, and nesting deeper than any pack has: read token by token, so that neither costs anything."""
    depth = 0
    try:
        for token in yaml.scan(text, Loader=yaml.SafeLoader):
            row = int(token.start_mark.line) + 1
            if isinstance(token, yaml.AnchorToken | yaml.AliasToken):
                return _refusal(path, row, "不要用 & 和 * 引用。", "Anchors (& and *) are not used in packs.")
            depth += isinstance(token, OPENS) - isinstance(token, CLOSES)
            if depth > DEEPEST:
                return _refusal(path, row, "嵌套太深。", "Nested too deeply.")
    except yaml.YAMLError:
        return None  # the parser names it better
    return None


def _refusal(path: str, line: int | None, zh: str, en: str) -> Finding:
    return problem("playbook.file", Place(path, line), zh, en, "改正后再保存。", "Mend it and save again.")
