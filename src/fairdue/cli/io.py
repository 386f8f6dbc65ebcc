"""What all commands share: JSONL in and out, one clear line on stderr for unusable input, exit codes.

Exit status: 0 done, 1 findings of error severity, 2 unusable arguments or input.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, Any, NoReturn

import typer
from rich.console import Console

from fairdue.core.findings import Finding, has_errors

stderr = Console(stderr=True, highlight=False, soft_wrap=True)
stdout = Console(highlight=False, soft_wrap=True)


def unusable(message: str) -> NoReturn:
    """Say on stderr, in one line, what is unusable, where and how to mend it; exit with status 2."""
    stderr.print(f"fairdue: {message}", markup=False)
    raise typer.Exit(2)


def report(findings: Iterable[Finding], lang: str = "en") -> None:
    """Print findings on stderr, a line each; exit with status 1 when one is an error."""
    listed = list(findings)
    for finding in listed:
        stderr.print(finding.line(lang), markup=False)
    if has_errors(listed):
        raise typer.Exit(1)


@contextmanager
def opened(path: str, mode: str = "r") -> Iterator[IO[str]]:
    """A UTF-8 text file, or standard input/output for `-`. Exits with status 2 when it cannot be opened."""
    if path == "-":
        yield sys.stdin if mode == "r" else sys.stdout
        return
    with ExitStack() as stack:
        try:
            handle = stack.enter_context(Path(path).open(mode, encoding="utf-8"))
        except OSError as exc:
            unusable(f"{path}: {exc.strerror or exc}; give an existing, readable file or - for standard input/output")
        yield handle


def read_jsonl(path: str) -> Iterator[dict[str, Any]]:
    """The objects of a JSONL file, in order; exits with status 2 at the first line that is not a JSON object."""
    with opened(path) as handle:
        try:
            for number, line in enumerate(handle, 1):
                if not line.strip():
                    continue
                try:
                    value = json.loads(line)
                except json.JSONDecodeError as exc:
                    unusable(f"{path}:{number}: not JSON ({exc.msg}); write one JSON object per line")
                if not isinstance(value, dict):
                    unusable(f"{path}:{number}: a JSON {type(value).__name__}; write one JSON object per line")
                yield value
        except UnicodeDecodeError as exc:
            unusable(f"{path}: not UTF-8 ({exc.reason}); save the file as UTF-8")


def write_jsonl(path: str, rows: Iterable[dict[str, Any]]) -> int:
    """Write rows in order and return how many."""
    count = 0
    with opened(path, "w") as handle:
        for row in rows:
            handle.write(json.dumps(row, ensure_ascii=False) + "\n")
            count += 1
    return count
