"""Libraries of this process: what ships, the organisation's folder, and releases and drafts laid on top.

A release never changes and the packs below it change only with the installation, so a library is read once per process.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from fairdue.core.findings import Finding, Place
from fairdue.playbook import Library, PackSource, load_library
from fairdue.playbook.loader import problem, read_folder

from . import overlay
from .models import PlaybookRelease, PlaybookRevision
from .stack import stack

Layers = tuple[tuple[str, int], ...]
"""Pack and revision id of what lies on the base, by pack name."""


def base() -> tuple[Library, tuple[Finding, ...]]:
    """The packs that ship with the folder `FAIRDUE_PLAYBOOKS` on top, and what was refused in reading them."""
    return _base(settings.FAIRDUE_PLAYBOOKS)


@lru_cache(maxsize=1)
def _base(folder: str) -> tuple[Library, tuple[Finding, ...]]:
    library, found = load_library()
    findings = list(found)
    if not folder:
        return library, tuple(findings)
    if not Path(folder).is_dir():
        findings.append(_bad_folder(folder, "不是文件夹", "is not a folder"))
        return library, tuple(findings)
    sources = []
    for path in sorted(p for p in Path(folder).iterdir() if (p / overlay.HEAD).is_file()):
        if path.name in library.packs or path.name.startswith(overlay.PREFIX):
            findings.append(_bad_folder(path.name, "这个包名已被占用", "is a name that is taken"))
        else:
            sources.append(read_folder(path))
    whole, refused = stack(library, sources)
    return whole, (*findings, *refused)


def _bad_folder(name: str, zh: str, en: str) -> Finding:
    return problem(
        "playbook.folder",
        Place("FAIRDUE_PLAYBOOKS"),
        f"{name} {zh}。",
        f"{name} {en}.",
        f"设置要指向一个文件夹,里面每个叠加包一个子文件夹,名字不与内置的包相同,也不以 {overlay.PREFIX} 开头。",
        f"Point it to a folder with one subfolder per overlay pack, named unlike the shipped ones and not {overlay.PREFIX}….",
    )


def sources(layers: Layers) -> list[PackSource]:
    """The overlay packs of these revisions, in the order given. A missing revision raises `LookupError`."""
    found = PlaybookRevision.objects.in_bulk([pk for _pack, pk in layers])
    return [PackSource(overlay.name_of(pack), found[pk].files) for pack, pk in layers]


def layers(revisions: Mapping[str, int]) -> Layers:
    """A release's mapping in the one order in which it is laid."""
    return tuple(sorted(revisions.items()))


@lru_cache(maxsize=4)
def of_release(number: int) -> Library:
    """The library of a release; 0 is the base. Raises `LookupError` for a release that does not exist."""
    if number == 0:
        return base()[0]
    release = PlaybookRelease.objects.filter(number=number).first()
    if release is None:
        raise LookupError(
            f"release {number} of the playbooks does not exist; the latest is the one of current_release()"
        )
    return stack(base()[0], sources(layers(release.revisions)))[0]


def of_files(below: Layers, pack: str, files: Mapping[str, str]) -> tuple[Library, tuple[Finding, ...]]:
    """The library with `files` as the overlay of `pack`, laid on what is live of the other packs."""
    return _of_files(below, pack, json.dumps(dict(files), sort_keys=True, ensure_ascii=False))


@lru_cache(maxsize=4)
def _of_files(below: Layers, pack: str, files: str) -> tuple[Library, tuple[Finding, ...]]:
    others = tuple(layer for layer in below if layer[0] != pack)
    mine = PackSource(overlay.name_of(pack), json.loads(files))
    library, findings = stack(base()[0], [*sources(others), mine])
    return library, tuple(findings)
