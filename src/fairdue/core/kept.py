"""Where what was built once is kept: numbers only, written whole or not at all.

The folder is FAIRDUE_CACHE, else the user's cache folder, else `cache` below FAIRDUE_HOME. Whoever builds names the file by
a digest of everything it was built from, so that a change of any builds anew.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar
from zipfile import BadZipFile

import numpy as np
import structlog
from numpy.typing import NDArray

try:
    import fcntl
except ImportError:  # pragma: no cover - no file locks on this system: two builders do the work twice, safely
    fcntl = None  # type: ignore[assignment]

log = structlog.get_logger(__name__)
Arrays = dict[str, NDArray[np.generic]]
Built = TypeVar("Built")
KEPT = 4
"""Files of one kind (the name up to the first hyphen) that stay in the folder; older ones go when a new one is written."""


def folders() -> Iterator[Path]:
    """Places to keep what is built, best first."""
    if named := os.environ.get("FAIRDUE_CACHE"):
        yield Path(named)
        return
    yield Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "fairdue"
    yield Path(os.environ.get("FAIRDUE_HOME", "var")) / "cache"


def read(path: Path) -> Arrays | None:
    """The kept arrays; None when there are none or the file is broken (what is broken is built again)."""
    try:
        with np.load(path, allow_pickle=False) as file:
            return {name: file[name] for name in file.files}
    except FileNotFoundError:
        return None
    except (OSError, ValueError, BadZipFile, EOFError, KeyError) as exc:
        log.warning("kept.broken", file=path.name, problem=type(exc).__name__)
        return None


def write(path: Path, arrays: Arrays) -> None:
    """Write beside and rename, so that a reader sees the old file, the new one or none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".tmp")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, allow_pickle=False, **arrays)
        Path(name).replace(path)
        alike = path.parent.glob(f"{path.stem.partition('-')[0]}-*{path.suffix}")
        for old in sorted(alike, key=lambda p: p.stat().st_mtime, reverse=True)[KEPT:]:
            old.unlink(missing_ok=True)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


@contextmanager
def one_builder(path: Path) -> Iterator[None]:
    """Let one process build while others wait; without file locks all build, which is slower and as safe."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.with_suffix(".lock").open("w") as handle:
        if fcntl is not None:
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _usable(path: Path, load: Callable[[Arrays], Built]) -> Built | None:
    arrays = read(path)
    try:
        return None if arrays is None else load(arrays)
    except (KeyError, ValueError) as exc:
        log.warning("kept.broken", file=path.name, problem=type(exc).__name__)
        return None


def kept(
    name: str,
    load: Callable[[Arrays], Built],
    build: Callable[[], Built],
    dump: Callable[[Built], Arrays],
    within: Iterable[Path] | None = None,
) -> Built:
    """What is kept as `name`, else built and kept. `load` raises `KeyError` or `ValueError` for arrays it cannot use.

    `within` are the folders to try instead of `folders()`; where none can be written, what was built lives in memory.
    """
    for folder in folders() if within is None else within:
        path = folder / name
        found = _usable(path, load)
        if found is not None:
            return found
        try:
            with one_builder(path):
                found = _usable(path, load)
                if found is None:
                    found = build()
                    write(path, dump(found))
                return found
        except OSError as exc:
            log.warning("kept.unwritable", problem=type(exc).__name__)
            if found is not None:
                return found
    return build()
