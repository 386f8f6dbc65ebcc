"""Keys of the desk: session signing, field encryption, blind index."""

from __future__ import annotations

import base64
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path


class UnusableKeyError(RuntimeError):
    """A key is missing or malformed; the message names the variable and how to make a good one."""


@dataclass(frozen=True, repr=False)
class Keys:
    """`session` signs cookies; `field` (32 bytes) seals personal data; `index` (32 bytes) keys the blind index."""

    session: str
    field: bytes
    index: bytes


def _decode(name: str, text: str) -> bytes:
    try:
        raw = base64.urlsafe_b64decode(text)
    except ValueError as exc:
        raise UnusableKeyError(f"{name} is not URL-safe base64; make one with: fairdue keys new") from exc
    if len(raw) != 32:
        raise UnusableKeyError(f"{name} has {len(raw)} bytes instead of 32; make one with: fairdue keys new")
    return raw


def load_keys(home: Path, environ: Mapping[str, str]) -> Keys:
    """Keys from `FAIRDUE_SECRET_KEY`, `FAIRDUE_FIELD_KEY`, `FAIRDUE_INDEX_KEY`; those unset from `home/keys.json`.

    The file is created with mode 0600 when it is absent. Losing the field key loses the personal data: back it up.
    """
    path = home / "keys.json"
    names = ("FAIRDUE_SECRET_KEY", "FAIRDUE_FIELD_KEY", "FAIRDUE_INDEX_KEY")
    stored: dict[str, str] = {}
    if not all(environ.get(name) for name in names):
        if not path.exists():
            fresh = {name: base64.urlsafe_b64encode(secrets.token_bytes(32)).decode() for name in names}
            partial = path.with_suffix(f".{os.getpid()}.tmp")
            with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
                json.dump(fresh, handle)
            try:
                os.link(partial, path)  # atomic, and never overwrites a key file another process just made
            except FileExistsError:
                pass
            finally:
                partial.unlink()
        stored = json.loads(path.read_text())
    values = {name: environ.get(name) or stored[name] for name in names}
    return Keys(
        session=values["FAIRDUE_SECRET_KEY"],
        field=_decode("FAIRDUE_FIELD_KEY", values["FAIRDUE_FIELD_KEY"]),
        index=_decode("FAIRDUE_INDEX_KEY", values["FAIRDUE_INDEX_KEY"]),
    )
