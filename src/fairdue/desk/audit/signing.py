"""Sign what leaves the desk (exports of the audit trail, case files) with the installation's own Ed25519 key (RFC 8032).

The key comes from `FAIRDUE_SIGNING_KEY` or, for a single machine, from `FAIRDUE_HOME/signing-key.json`, made with mode
0600 on first use. A signature proves that nothing was changed since; *who* signed is proved only when the reader has the
public key from another source than the signed file itself.
"""

from __future__ import annotations

import base64
import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

NAME = "FAIRDUE_SIGNING_KEY"
FILE = "signing-key.json"
MEND = (
    f"set {NAME} to 32 random bytes in URL-safe base64, or restore the file from a backup; a file that was deleted is made "
    "anew with another key, and what the old key signed is then checked against the old public key"
)


class SigningKeyError(RuntimeError):
    """The signing key is missing or malformed; the message says where and how to mend it."""


class SignatureFormatError(ValueError):
    """What should be a signature is none: a part is missing, not base64, or of the wrong length."""


@dataclass(frozen=True, slots=True)
class Signature:
    """`public_key` (32 bytes) and `signature` (64 bytes), both URL-safe base64 text."""

    public_key: str
    signature: str

    def as_dict(self) -> dict[str, str]:
        """JSON form: `algorithm`, `public_key`, `signature`."""
        return {"algorithm": "Ed25519", "public_key": self.public_key, "signature": self.signature}

    @classmethod
    def from_dict(cls, raw: Any) -> Signature:
        """Inverse of `as_dict`; raises `SignatureFormatError` for anything else."""
        if not isinstance(raw, Mapping) or raw.get("algorithm") != "Ed25519":
            raise SignatureFormatError('a signature is {"algorithm": "Ed25519", "public_key": …, "signature": …}')
        key, signature = raw.get("public_key"), raw.get("signature")
        if not isinstance(key, str) or not isinstance(signature, str):
            raise SignatureFormatError("public_key and signature of a signature are base64 texts")
        return cls(key, signature)


def sign(data: bytes) -> Signature:
    """Sign `data` with this installation's key; raises `SigningKeyError` when the key cannot be used."""
    key = _private_key()
    return Signature(_public_text(key), base64.urlsafe_b64encode(key.sign(data)).decode())


def verify(data: bytes, signature: Signature, *, public_key: str | None = None) -> bool:
    """True when `signature` was made over exactly `data`, by `public_key` when one is given, else by the key it names.

    Raises `SignatureFormatError` when key or signature cannot be read at all.
    """
    if public_key is not None and _bytes(public_key, 32) != _bytes(signature.public_key, 32):
        return False
    try:
        Ed25519PublicKey.from_public_bytes(_bytes(signature.public_key, 32)).verify(
            _bytes(signature.signature, 64), data
        )
    except InvalidSignature:
        return False
    return True


def public_key() -> str:
    """This installation's public key, URL-safe base64: what a reader is given by another way than the signed file."""
    return _public_text(_private_key())


def fingerprint(key: str) -> str:
    """The first 16 hex digits of SHA-256 over a public key, in fours: short enough to be compared on the phone."""
    hexes = hashlib.sha256(_bytes(key, 32)).hexdigest()[:16]
    return " ".join(hexes[at : at + 4] for at in range(0, 16, 4))


def _bytes(text: str, length: int) -> bytes:
    try:
        raw = base64.b64decode(text.encode("ascii"), altchars=b"-_", validate=True)
    except ValueError as exc:
        raise SignatureFormatError("not URL-safe base64") from exc
    if len(raw) != length:
        raise SignatureFormatError(f"{len(raw)} bytes instead of {length}")
    return raw


def _public_text(key: Ed25519PrivateKey) -> str:
    return base64.urlsafe_b64encode(key.public_key().public_bytes_raw()).decode()


def _private_key() -> Ed25519PrivateKey:
    from django.conf import settings  # read when used: verification needs no settings

    return load_key(Path(settings.FAIRDUE_HOME), os.environ.get("FAIRDUE_SIGNING_KEY", ""))


@lru_cache(maxsize=4)
def load_key(home: Path, given: str = "") -> Ed25519PrivateKey:
    """The private key: `given` (base64 of 32 bytes), else that of `home/signing-key.json`, which is made when absent.

    Processes that start at the same moment end up with one and the same key. Raises `SigningKeyError`.
    """
    place = NAME if given else str(home / FILE)
    try:
        text = given or _stored(home / FILE)
        return Ed25519PrivateKey.from_private_bytes(_bytes(text, 32))
    except (OSError, KeyError, TypeError, AttributeError, ValueError) as exc:
        raise SigningKeyError(f"{place}: no usable signing key ({type(exc).__name__}: {exc}); {MEND}") from exc


def _stored(path: Path) -> str:
    if not path.exists():
        _make(path)
    return json.loads(path.read_text(encoding="utf-8"))[NAME]


def _make(path: Path) -> None:
    """Write a fresh key whole, then give it its name with a link: atomic, and never over a key made in the meantime."""
    handle, partial = tempfile.mkstemp(prefix=f"{path.name}.", dir=path.parent)  # mode 0600
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as out:
            seed = Ed25519PrivateKey.generate().private_bytes_raw()
            json.dump({NAME: base64.urlsafe_b64encode(seed).decode()}, out)
            out.flush()
            os.fsync(out.fileno())
        with contextlib.suppress(FileExistsError):
            os.link(partial, path)
    finally:
        os.unlink(partial)
