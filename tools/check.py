"""`make test`: every check in order, each named and timed; stops at the end and says which failed.

    python tools/check.py                 all
    python tools/check.py --only lint     style, types, import contract, house linters, translations

Coverage is joined over all test runs; the domain packages must stay at or above 95 % with branches.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

ROOT = Path(__file__).parent.parent
BIN = Path(sys.executable).parent
DOMAIN = (
    "core",
    "packs",
    "ledger",
    "policy",
    "playbook",
    "dialogue",
    "guard",
    "review",
    "practice",
    "portfolio",
    "letters",
)
FLOOR = 95


def run(*command: str, env: dict[str, str] | None = None) -> bool:
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **(env or {})}, check=False).returncode == 0


def lint_steps() -> list[tuple[str, Callable[[], bool]]]:
    return [
        ("ruff", lambda: run(f"{BIN}/ruff", "check", ".")),
        ("format", lambda: run(f"{BIN}/ruff", "format", "--check", "--quiet", ".")),
        ("types", lambda: run(f"{BIN}/mypy")),
        ("imports run one way", lambda: run(f"{BIN}/lint-imports")),
        ("house linters", lambda: run(sys.executable, "tools/house_lint.py", "src")),
        ("translations", lambda: run(sys.executable, "tools/messages.py", "check")),
        ("playbook lint", lambda: run(f"{BIN}/fairdue", "playbook", "lint")),
        ("policy lint", lambda: run(f"{BIN}/fairdue", "gate", "lint")),
        ("reference up to date", lambda: run(sys.executable, "tools/reference.py", "check")),
    ]


def pytest(*arguments: str, env: dict[str, str] | None = None) -> bool:
    cover = ["--cov=fairdue", "--cov-branch", "--cov-append", "--cov-report="]
    return run(sys.executable, "-m", "pytest", "-q", *cover, *arguments, env=env)


def test_steps() -> list[tuple[str, Callable[[], bool]]]:
    steps: list[tuple[str, Callable[[], bool]]] = [
        ("tests", lambda: pytest("-n", "2", "--dist", "loadfile", "tests")),
        ("tests on PostgreSQL", on_postgres),
        ("coverage of the domain", coverage),
    ]
    return steps


def on_postgres() -> bool:
    """The desk's suite once more, browser tests included, on PostgreSQL."""
    from postgres import server

    with server() as url:
        if url is None:
            print("No PostgreSQL server found or startable; install the package postgresql.", flush=True)
            return not os.environ.get("CI")
        return pytest("-n", "2", "--dist", "loadfile", "tests/desk", env={"DATABASE_URL": url})


def coverage() -> bool:
    include = ",".join(f"src/fairdue/{room}/*" for room in DOMAIN)
    return run(f"{BIN}/coverage", "report", f"--include={include}", f"--fail-under={FLOOR}", "--skip-covered")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=["lint", "test"])
    only = parser.parse_args().only
    for stale in ROOT.glob(".coverage*"):
        stale.unlink()
    steps = (lint_steps() if only != "test" else []) + (test_steps() if only != "lint" else [])
    failed: list[str] = []
    started = time.monotonic()
    for name, step in steps:
        begun = time.monotonic()
        print(f"\n── {name} ──", flush=True)
        ok = step()
        print(f"── {name}: {'ok' if ok else 'FAILED'} ({time.monotonic() - begun:.0f} s)", flush=True)
        if not ok:
            failed.append(name)
    total = time.monotonic() - started
    print(f"\n{len(steps) - len(failed)} passed, {len(failed)} failed", flush=True)
    print(f"All checks took {total:.0f} s." + (f" Failed: {', '.join(failed)}." if failed else ""), flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
