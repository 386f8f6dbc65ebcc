"""Documentation is part of the product: what exists is documented, and links lead somewhere."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import reference

ROOT = Path(__file__).parents[2]
PAGES = [*sorted((ROOT / "docs").rglob("*.md")), *sorted(ROOT.glob("*.md"))]
VARIABLE = re.compile(r"\b(FAIRDUE_[A-Z_]+|DATABASE_URL)\b")
ENVIRON = re.compile(r"""(?:environ(?:\.get)?[\[(]|_flag\(|getenv\()\s*["']([A-Z_]+)["']""")


def _read_variables() -> set[str]:
    found = set()
    for folder in ("src", "tools", "tests"):
        for path in (ROOT / folder).rglob("*.py"):
            found |= {name for name in ENVIRON.findall(path.read_text(encoding="utf-8")) if VARIABLE.fullmatch(name)}
    keys = (ROOT / "src/fairdue/desk/keys.py").read_text(encoding="utf-8")
    return found | set(VARIABLE.findall(keys))


def test_every_setting_is_documented_and_every_documented_one_exists() -> None:
    page = (ROOT / "docs/reference/settings.md").read_text(encoding="utf-8")
    documented = {name for line in page.splitlines() if line.startswith("| `") for name in VARIABLE.findall(line[:60])}
    used = _read_variables()
    assert used - documented == set(), "document these in docs/reference/settings.md"
    assert documented - used == set(), "these are documented but nothing reads them"


def test_the_command_reference_says_what_the_commands_say() -> None:
    assert reference.CLI_PAGE.read_text(encoding="utf-8") == reference.cli_page(), "run: make docs"


def test_every_command_and_option_has_help() -> None:
    import typer

    from fairdue.cli import app

    holes = []
    for name, command in reference.commands(typer.main.get_command(app), "fairdue"):
        if not (command.help or "").strip():
            holes.append(name)
        for parameter in command.params:
            if parameter.name != "help" and not (getattr(parameter, "help", None) or "").strip():
                holes.append(f"{name} {parameter.opts[0]}")
    assert holes == []


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.relative_to(ROOT).as_posix())
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), f"{page.relative_to(ROOT)} links to {target}"


def test_every_docs_page_is_reachable_from_the_index() -> None:
    docs = ROOT / "docs"
    linked = "".join(p.read_text(encoding="utf-8") for p in (docs / "index.md", ROOT / "CONTRIBUTING.md"))
    pages = [p.relative_to(docs).as_posix() for p in docs.rglob("*.md") if p.name != "index.md"]
    assert [page for page in pages if page not in linked] == []
