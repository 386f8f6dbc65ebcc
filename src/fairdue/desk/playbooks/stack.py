"""Overlays laid on a library that is already read, without reading the packs below again.

The result is what `fairdue.playbook.load_sources` gives for all packs in that order (a test holds the two together).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from fairdue.core.findings import Finding, Place
from fairdue.playbook import Library, PackSource, load_sources
from fairdue.playbook.loader import problem

TABLES = ("lines", "redlines", "hints")


def copy_of(library: Library) -> Library:
    """A library with tables of its own, so that adding to it leaves the original as it is."""
    names = ("packs", "flows", *TABLES, "pack_of", "home", "where", "tests")
    tables: dict[str, Any] = {name: dict(getattr(library, name)) for name in names}
    return Library(acts=library.acts, types=library.types, situations=library.situations, **tables)


def stack(base: Library, overlays: Iterable[PackSource]) -> tuple[Library, list[Finding]]:
    """`base` with the overlays on top, later ones last, and findings about what was refused. `base` is not changed."""
    whole, findings = copy_of(base), []
    for source in overlays:
        alone, refused = load_sources([source])
        findings += refused
        for info in alone.packs.values():
            for gone in info.drop:
                if gone not in whole.lines:
                    findings.append(_nothing_to_drop(source.name, info.name, gone, alone))
                elif whole.home[gone] != info.overlays:
                    findings.append(_foreign(source.name, gone, alone.where[f"pack:{info.name}"]))
                else:
                    del whole.lines[gone]
        for table in TABLES:
            _lay(table, alone, whole, findings)
        for name in ("packs", "flows", "tests"):
            getattr(whole, name).update(getattr(alone, name))
        whole.where.update({key: at for key, at in alone.where.items() if key.startswith(("pack:", "flow:"))})
    return whole, findings


def _lay(table: str, alone: Library, whole: Library, findings: list[Finding]) -> None:
    """Put the overlay's entries into the whole; an id that belongs to another pack is refused."""
    target = getattr(whole, table)
    for key, item in getattr(alone, table).items():
        if key in target and whole.home[key] != alone.home[key]:
            findings.append(_foreign(alone.pack_of[key], key, alone.where[key]))
            continue
        target[key] = item
        for name in ("pack_of", "home", "where"):
            getattr(whole, name)[key] = getattr(alone, name)[key]


def _foreign(pack: str, key: str, at: Place) -> Finding:
    return problem(
        "playbook.duplicate",
        at,
        f"{key} 属于另一个包,{pack} 不能改它。",
        f"{key} belongs to another pack; {pack} may not change it.",
        "在那个包里改,或换一个编号。",
        "Change it in its own pack, or choose another id.",
    )


def _nothing_to_drop(folder: str, pack: str, key: str, alone: Library) -> Finding:
    return problem(
        "playbook.drop",
        Place(f"{folder}/pack.yaml", alone.where[f"pack:{pack}"].row),
        f"drop 里的 {key} 不存在。",
        f"drop names {key}, which does not exist.",
        "从 drop 里去掉,或改正编号。",
        "Take it out of drop, or correct the id.",
    )
