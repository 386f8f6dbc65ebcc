"""Make sure the system packages that a target needs are there: install them as root with apt, else name them.

    python tools/system.py demo    a CJK font for letters
    python tools/system.py test    also Chromium (browser tests), PostgreSQL (database parity), poppler (PDF checks)

Exits 0 even when something is missing and cannot be installed (the tests that need it then skip, and fail in CI);
the line it prints says what to install and what will be skipped without it.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path


def has_cjk_font() -> bool:
    """A font file with Chinese glyphs that Typst and Chromium will find."""
    roots = [Path("/usr/share/fonts"), Path("/usr/local/share/fonts"), Path.home() / ".fonts"]
    names = ("cjk", "wqy", "sourcehan", "notosanssc")
    return any(
        any(n in p.name.lower().replace("-", "") for n in names)
        for root in roots
        if root.exists()
        for p in root.rglob("*.[ot]t[fc]")
    )


def has_postgres() -> bool:
    """A PostgreSQL server's programs, or a server named by FAIRDUE_TEST_POSTGRES."""
    return bool(os.environ.get("FAIRDUE_TEST_POSTGRES")) or any(Path("/usr/lib/postgresql").glob("*/bin/postgres"))


def has_program(*names: str) -> bool:
    return any(shutil.which(name) for name in names)


NEEDS = {
    "fonts-noto-cjk": (("demo", "test"), has_cjk_font, "letters in Chinese"),
    "chromium": (("test",), lambda: has_program("chromium", "chromium-browser", "google-chrome"), "browser tests"),
    "postgresql": (("test",), has_postgres, "tests on PostgreSQL"),
    "poppler-utils": (("test",), lambda: has_program("pdftotext"), "checks of printed letters"),
}


def main(target: str) -> int:
    missing = {name: why for name, (targets, there, why) in NEEDS.items() if target in targets and not there()}
    if not missing:
        return 0
    packages = " ".join(missing)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        print(f"Installing system packages: {packages}", flush=True)
        env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        quiet = {"env": env, "stdout": subprocess.DEVNULL}
        subprocess.run(["apt-get", "update", "-qq"], check=False, **quiet)
        install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *missing]
        done = subprocess.run(install, check=False, **quiet)
        if done.returncode == 0:
            return 0
    skipped = ", ".join(missing.values())
    print(f"Missing system packages: {packages} (without them: no {skipped}). Install: sudo apt-get install {packages}")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] not in ("demo", "test"):
        sys.exit("tools/system.py: say which target: demo or test")
    sys.exit(main(sys.argv[1]))
