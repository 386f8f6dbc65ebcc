"""Write or check the generated reference: `docs/reference/cli.md` from the command tree.

python tools/reference.py write
python tools/reference.py check     exit 1 when the committed file differs from what the code says
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click
import typer

ROOT = Path(__file__).parent.parent
CLI_PAGE = ROOT / "docs" / "reference" / "cli.md"
HEAD = """# Command reference

Written by `make docs` from the commands themselves. Exit status of every command: 0 done, 1 findings of error
severity, 2 unusable arguments or input (one clear line on stderr). `-` means standard input or output.
"""


def commands(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
    """Every leaf command with its full name, in order."""
    children = getattr(command, "commands", None)
    if children is None:
        yield name, command
        return
    for child in sorted(children):
        yield from commands(children[child], f"{name} {child}")


def _parameter_row(parameter: click.Parameter) -> str:
    names = ", ".join(f"`{n}`" for n in [*parameter.opts, *parameter.secondary_opts])
    if parameter.param_type_name == "argument":
        names = f"`{(parameter.name or '').upper()}`"
    text = (getattr(parameter, "help", None) or "").replace("\n", " ").replace("|", "\\|")
    if parameter.param_type_name == "option" and parameter.required:
        text += " *(required)*"
    return f"| {names} | {text} |"


def cli_page() -> str:
    """The whole page as Markdown."""
    from fairdue.cli import app

    root = typer.main.get_command(app)
    parts = [HEAD]
    for name, command in commands(root, "fairdue"):
        parts.append(f"\n## `{name}`\n")
        parts.append("\n".join(line.strip() for line in (command.help or "").strip().splitlines()) + "\n")
        rows = [_parameter_row(p) for p in command.params if p.name != "help"]
        if rows:
            parts.append("\n| argument or option | what it does |\n|---|---|\n" + "\n".join(rows) + "\n")
    return "".join(parts)


def main(verb: str) -> int:
    wanted = cli_page()
    if verb == "write":
        CLI_PAGE.parent.mkdir(parents=True, exist_ok=True)
        CLI_PAGE.write_text(wanted, encoding="utf-8")
        print(f"wrote {CLI_PAGE.relative_to(ROOT)}")
        return 0
    if not CLI_PAGE.exists() or CLI_PAGE.read_text(encoding="utf-8") != wanted:
        print("docs/reference/cli.md differs from the commands; run: make docs")
        return 1
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in ("write", "check"):
        sys.exit("tools/reference.py: say write or check")
    sys.exit(main(sys.argv[1]))
