"""Where a pack's files come from: a folder, or texts kept in a database. The loader reads both alike."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from fairdue.packs import PACKS, pack_files

PLAYBOOKS = PACKS / "playbooks"


@dataclass(frozen=True)
class PackSource:
    """A pack's files by their path inside the pack ("lines/first.yaml") with their text (UTF-8 YAML)."""

    name: str
    files: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def folder(cls, path: Path) -> PackSource:
        """All YAML files below the folder; a file that cannot be read as UTF-8 raises `UnicodeDecodeError`."""
        files = {p.relative_to(path).as_posix(): p.read_text(encoding="utf-8-sig") for p in pack_files(path)}
        return cls(path.name, files)

    def part(self, name: str) -> list[str]:
        """Paths below a part ("lines", "redlines", "hints", "tests") in order."""
        return sorted(path for path in self.files if path.startswith(f"{name}/"))


def shipped() -> list[Path]:
    """Folders of the packs that ship, in name order."""
    return [p for p in sorted(PLAYBOOKS.iterdir()) if (p / "pack.yaml").exists()]
