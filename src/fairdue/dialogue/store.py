"""The name under which the recogniser's model is kept: a digest of phrases, packs, code and library versions.

How and where it is kept is `core.kept`, which the language guard uses too.
"""

from __future__ import annotations

from hashlib import sha256
from importlib.metadata import version
from pathlib import Path

from fairdue.core.kept import KEPT, folders, one_builder, read, write
from fairdue.packs import PACKS, pack_files

__all__ = ["KEPT", "digest", "folders", "one_builder", "read", "write"]

CODE = ("calibrate", "embeddings", "features", "model", "phrases", "train", "vectors", "wording")
LIBRARIES = ("numpy", "scipy", "scikit-learn", "rjieba", "ahocorasick-rs")
PACK_FILES = ("hanzi.tsv", "lexicon.yaml", "vectors.npz")


def digest() -> str:
    """Name of the model that the phrases, this code and these libraries build."""
    total = sha256()
    files = [*pack_files(PACKS / "phrases"), *(PACKS / "recogniser" / name for name in PACK_FILES)]
    for path in (*files, PACKS / "hanzi.py", *(Path(__file__).parent / f"{name}.py" for name in CODE)):
        total.update(path.name.encode() + b"\0" + sha256(path.read_bytes()).digest())
    for name in LIBRARIES:
        total.update(f"{name} {version(name)}\n".encode())
    return total.hexdigest()[:20]
