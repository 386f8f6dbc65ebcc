"""Read packs into one library. What cannot be read is a finding with file, line and how to mend it; the rest is kept."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from fairdue.core.findings import Finding, Place
from fairdue.core.text import Text
from fairdue.packs import PACKS, PackError, line_of, parse_yaml, read_yaml

from .library import Library
from .schema import Act, CustomerType, Flow, Hint, Line, PackInfo, RedLineCase, Situation
from .sources import PackSource, shipped

_Row = TypeVar("_Row", bound=BaseModel)


def load_acts(path: Path | None = None) -> dict[str, Act]:
    """The closed list of acts with their names."""
    raw = read_yaml(path or PACKS / "acts.yaml")["acts"]
    return {key: Act(key, Text(name["zh"], name["en"])) for key, name in raw.items()}


def load_types(path: Path | None = None) -> dict[str, CustomerType]:
    """Customer types (P1-0.2, P7-2) by id."""
    raw = read_yaml(path or PACKS / "customer-types.yaml")["types"]
    return {
        key: CustomerType(key, Text(row["zh"], row["en"]), row["kind"], tuple(row["acts"]), tuple(row["levers"]))
        for key, row in raw.items()
    }


def load_situations(path: Path | None = None) -> dict[str, Situation]:
    """Special accounts (P1-5) by id."""
    raw = read_yaml(path or PACKS / "situations.yaml")["situations"]
    return {
        key: Situation(
            key,
            Text(row["zh"], row["en"]),
            tuple(row["acts"]),
            row["hold"],
            Text(row["hands_to"]["zh"], row["hands_to"]["en"]),
            tuple(row["cites"]),
        )
        for key, row in raw.items()
    }


def problem(code: str, place: Place, zh: str, en: str, mend_zh: str, mend_en: str) -> Finding:
    """A finding about a pack."""
    why = Text(
        zh="话术是催收员照着说的,也是质检和考试的依据。",
        en="Agents say these words; quality checks and exams use them too.",
    )
    return Finding(code, Text(zh, en), why, Text(mend_zh, mend_en), place)


def _invalid(file: str, row: Any, error: ValidationError) -> Iterator[Finding]:
    name = row.get("id", "?") if isinstance(row, dict) else "?"
    for item in error.errors():
        key = str(item["loc"][0]) if item["loc"] else None
        where = Place(file, line_of(row, key), ".".join(map(str, item["loc"])))
        text = f"{name}: {item['msg']}"
        yield problem(
            "playbook.field", where, text, text, "对照格式改正这一项。", "Correct the field as the format says."
        )


@lru_cache(maxsize=1024)
def _parsed(text: str, file: str) -> Any:
    """The file's value, remembered by its text: a draft is read among many packs that did not change. Never changed
    afterwards. Raises `PackError`."""
    return parse_yaml(text, Path(file))


class _Loader:
    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.library = Library(acts=load_acts(), types=load_types(), situations=load_situations())

    def value(self, source: PackSource, path: str) -> Any:
        """The parsed file, or None with a finding."""
        file = f"{source.name}/{path}"
        if path not in source.files:
            text = f"{file} is missing."
            self.findings.append(
                problem("playbook.file", Place(file), f"缺少 {file}。", text, "补上这个文件。", "Add the file.")
            )
            return None
        try:
            return _parsed(source.files[path], file)
        except PackError as exc:
            place = Place(file, exc.line)
            self.findings.append(problem("playbook.file", place, str(exc), str(exc), "改正 YAML。", "Mend the YAML."))
            return None

    def model(self, kind: type[_Row], file: str, row: Any) -> _Row | None:
        """The row as a model, or None with a finding for each field that is wrong."""
        try:
            return kind.model_validate(row)
        except ValidationError as exc:
            self.findings += _invalid(file, row, exc)
            return None

    def rows(self, source: PackSource, part: str) -> Iterator[tuple[str, Any]]:
        for path in source.part(part):
            value = self.value(source, path)
            if value is not None and not isinstance(value, list):
                text = "a list of entries is expected"
                place = Place(f"{source.name}/{path}", 1)
                self.findings.append(
                    problem(
                        "playbook.file",
                        place,
                        "这里应是一个列表。",
                        text,
                        "每条以「- id:」开头。",
                        "Start each entry with `- id:`.",
                    )
                )
                continue
            for row in value or []:
                yield f"{source.name}/{path}", row

    def pack(self, source: PackSource) -> None:
        raw = self.value(source, "pack.yaml")
        if raw is None:
            return
        info = self.model(PackInfo, f"{source.name}/pack.yaml", raw)
        if info is None:
            return
        library, home = self.library, info.overlays or info.name
        library.packs[info.name] = info
        library.where[f"pack:{info.name}"] = Place(f"{source.name}/pack.yaml", line_of(raw, "departments"))
        for line_id in info.drop:
            library.lines.pop(line_id, None)
        if "flow.yaml" in source.files:
            raw = self.value(source, "flow.yaml")
            flow = self.model(Flow, f"{source.name}/flow.yaml", raw) if raw is not None else None
            if flow is not None:
                library.flows[home] = flow
                library.where[f"flow:{home}"] = Place(f"{source.name}/flow.yaml", 1)
                for state in raw["states"]:
                    library.where[f"flow:{home}:{state['id']}"] = Place(f"{source.name}/flow.yaml", line_of(state))
        for file, row in self.rows(source, "lines"):
            line = self.model(Line, file, row)
            if line is not None:
                self._keep(library.lines, line, file, row, info)
        for file, row in self.rows(source, "redlines"):
            case = self.model(RedLineCase, file, row)
            if case is not None:
                self._keep(library.redlines, case, file, row, info)
        for file, row in self.rows(source, "hints"):
            hint = self.model(Hint, file, row)
            if hint is not None:
                self._keep(library.hints, hint, file, row, info)
        library.tests[info.name] = list(self.rows(source, "tests"))

    def _keep(self, table: dict[str, Any], item: Any, file: str, row: Any, info: PackInfo) -> None:
        """Keep an entry; the same id twice is a finding, except that an overlay replaces what it overlays."""
        library, place = self.library, Place(file, line_of(row))
        home = info.overlays or info.name
        if item.id in table and not (info.overlays and library.home.get(item.id) == home):
            text = f"{item.id} is written twice (first in {library.where[item.id]})."
            self.findings.append(
                problem("playbook.duplicate", place, f"{item.id} 重复。", text, "换一个编号。", "Choose another id.")
            )
            return
        table[item.id] = item
        library.pack_of[item.id] = info.name
        library.home[item.id] = home
        library.where[item.id] = place


def load_sources(sources: Iterable[PackSource]) -> tuple[Library, list[Finding]]:
    """All packs in the order given, overlays last, and findings for what was refused."""
    loader = _Loader()
    waiting = list(sources)
    for source in sorted(waiting, key=lambda s: "overlays:" in s.files.get("pack.yaml", "")):
        loader.pack(source)
    return loader.library, loader.findings


def read_folder(folder: Path) -> PackSource:
    """The pack in a folder; a file that is not UTF-8 stays empty and is reported by the loader as unreadable YAML."""
    try:
        return PackSource.folder(folder)
    except UnicodeDecodeError as exc:
        return PackSource(folder.name, {"pack.yaml": f"[{exc.reason}"})


def load_among_shipped(mine: Sequence[PackSource]) -> tuple[Library, list[Finding]]:
    """These packs together with the packs that ship, because packs share lines; one of the same folder name is replaced."""
    names = {source.name for source in mine}
    return load_sources([*(read_folder(folder) for folder in shipped() if folder.name not in names), *mine])


def packs_in(folder: Path) -> list[Path]:
    """The pack folders that a path names: itself when it holds a pack.yaml, else those directly below it."""
    if (folder / "pack.yaml").is_file():
        return [folder]
    return sorted(path.parent for path in folder.glob("*/pack.yaml"))


def load_library(folders: Sequence[Path] | None = None) -> tuple[Library, list[Finding]]:
    """All packs of the folders (default: those that ship, read once per process) and findings for what was refused."""
    if folders is None:
        return _shipped()
    return load_sources(read_folder(folder) for folder in folders)


@lru_cache(maxsize=1)
def _shipped() -> tuple[Library, list[Finding]]:
    return load_sources(read_folder(folder) for folder in shipped())
