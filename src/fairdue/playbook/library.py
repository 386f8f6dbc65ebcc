"""Load packs into one library."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from fairdue.core.findings import Finding, Place
from fairdue.core.ids import digest
from fairdue.core.text import Text
from fairdue.packs import PACKS, PackError, line_of, pack_files, read_yaml

from .schema import Act, Flow, Line, PackInfo, RedLineCase

PLAYBOOKS = PACKS / "playbooks"


@dataclass(frozen=True)
class Library:
    """Everything that may be said, by id; `where` remembers file and line for messages."""

    packs: dict[str, PackInfo]
    flows: dict[str, Flow]
    lines: dict[str, Line]
    redlines: dict[str, RedLineCase]
    acts: dict[str, Act]
    pack_of: dict[str, str]
    where: dict[str, Place] = field(default_factory=dict)

    @property
    def version(self) -> str:
        """Changes whenever any word of any pack changes; a call keeps the version it used."""
        body = {name: pack.version for name, pack in sorted(self.packs.items())}
        words = [line.model_dump(mode="json") for _id, line in sorted(self.lines.items())]
        return "+".join(f"{n}@{v}" for n, v in body.items())[:80] + "#" + digest(words)[:8]

    def replies(self, act: str, *, stage: str, party: str = "customer") -> list[Line]:
        """Lines that answer an act in a stage for a party, in file order.

        A family member or other third party only ever gets third-party lines. For the customer a stage without an answer
        of its own borrows from the calmer one (repeat from first) and last from the lines that serve every stage.
        """
        for where in self._stages(stage, party):
            found = [
                n for n in self.lines.values() if act in n.answers and n.stage == where and n.party == _side(party)
            ]
            if found:
                return found
        return []

    def step(self, name: str, *, stage: str, party: str = "customer") -> list[Line]:
        """Lines of a step (opening, verify, recording …), looked for like replies."""
        for where in self._stages(stage, party):
            found = [n for n in self.lines.values() if n.step == name and n.stage == where and n.party == _side(party)]
            if found:
                return found
        return []

    @staticmethod
    def _stages(stage: str, party: str) -> tuple[str, ...]:
        if party != "customer":
            return ("third_party",)
        borrowed = {"repeat": ("repeat", "first", "special"), "due_day": ("due_day", "pre_due", "special")}
        return borrowed.get(stage, (stage, "special"))

    def line(self, line_id: str) -> Line:
        """The line with this id; raises `KeyError`."""
        return self.lines[line_id]

    def flow(self, pack: str) -> Flow:
        """The flow of a pack; raises `KeyError`."""
        return self.flows[pack]

    def flow_for(self, stage: str) -> tuple[str, Flow]:
        """Pack name and flow for a stage: the first pack that lists it."""
        for name, pack in sorted(self.packs.items()):
            if stage in pack.stages and name in self.flows:
                return name, self.flows[name]
        raise KeyError(stage)


def load_acts(path: Path | None = None) -> dict[str, Act]:
    """The closed list of acts with their names."""
    raw = read_yaml(path or PACKS / "acts.yaml")["acts"]
    return {key: Act(key, Text(name["zh"], name["en"])) for key, name in raw.items()}


def problem(code: str, place: Place, zh: str, en: str, mend_zh: str, mend_en: str) -> Finding:
    """A finding about a pack."""
    why = Text(
        zh="话术是催收员照着说的,也是质检和考试的依据。",
        en="Agents say these words; quality checks and exams use them too.",
    )
    return Finding(code, Text(zh, en), why, Text(mend_zh, mend_en), place)


def _inside(path: Path, folder: Path) -> str:
    """The path as messages name it: from the pack's folder on."""
    return path.relative_to(folder.parent).as_posix()


def _invalid(file: str, row: Any, error: ValidationError) -> list[Finding]:
    out = []
    for item in error.errors():
        key = str(item["loc"][0]) if item["loc"] else None
        name = row.get("id", "?") if isinstance(row, dict) else "?"
        where = Place(file, line_of(row, key), ".".join(map(str, item["loc"])))
        text = f"{name}: {item['msg']}"
        out.append(
            problem(
                "playbook.field", where, text, text, "对照格式改正这一项。", "Correct the field as the format says."
            )
        )
    return out


def _side(party: str) -> str:
    """Lines for third parties are written once, for `family`."""
    return "customer" if party == "customer" else "family"


class _Loader:
    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.library = Library({}, {}, {}, {}, load_acts(), {})

    def read(self, path: Path, folder: Path) -> Any:
        try:
            return read_yaml(path)
        except PackError as exc:
            place = Place(_inside(path, folder), exc.line)
            self.findings.append(problem("playbook.file", place, str(exc), str(exc), "改正 YAML。", "Mend the YAML."))
            return None

    def rows(self, folder: Path, part: str) -> Iterable[tuple[str, Any]]:
        for path in pack_files(folder / part):
            for row in self.read(path, folder) or []:
                yield _inside(path, folder), row

    def pack(self, folder: Path) -> None:
        head = folder / "pack.yaml"
        raw = self.read(head, folder)
        if raw is None:
            return
        try:
            info = PackInfo.model_validate(raw)
        except ValidationError as exc:
            self.findings += _invalid(_inside(head, folder), raw, exc)
            return
        self.library.packs[info.name] = info
        self.library.where[f"pack:{info.name}"] = Place(f"{folder.name}/pack.yaml", line_of(raw, "departments"))
        if (folder / "flow.yaml").exists():
            raw = self.read(folder / "flow.yaml", folder)
            try:
                self.library.flows[info.name] = Flow.model_validate(raw)
                self.library.where[f"flow:{info.name}"] = Place(f"{folder.name}/flow.yaml", 1)
            except ValidationError as exc:
                self.findings += _invalid(f"{folder.name}/flow.yaml", raw, exc)
        for file, row in self.rows(folder, "lines"):
            try:
                self._keep(Line.model_validate(row), file, row, info.name)
            except ValidationError as exc:
                self.findings += _invalid(file, row, exc)
        for file, row in self.rows(folder, "redlines"):
            try:
                case = RedLineCase.model_validate(row)
                self.library.redlines[case.id] = case
                self.library.where[case.id] = Place(file, line_of(row))
            except ValidationError as exc:
                self.findings += _invalid(file, row, exc)

    def _keep(self, line: Line, file: str, row: Any, pack: str) -> None:
        place = Place(file, line_of(row))
        if line.id in self.library.lines:
            text = f"{line.id} is written twice"
            self.findings.append(
                problem("playbook.duplicate", place, f"{line.id} 重复。", text, "换一个编号。", "Choose another id.")
            )
            return
        self.library.lines[line.id] = line
        self.library.pack_of[line.id] = pack
        self.library.where[line.id] = place


def shipped() -> list[Path]:
    """Folders of the packs that ship, in name order."""
    return [p for p in sorted(PLAYBOOKS.iterdir()) if (p / "pack.yaml").exists()]


def load_library(folders: Sequence[Path] | None = None) -> tuple[Library, list[Finding]]:
    """All packs of the folders (default: those that ship), and findings for what was refused."""
    loader = _Loader()
    for folder in folders or shipped():
        loader.pack(folder)
    return loader.library, loader.findings
