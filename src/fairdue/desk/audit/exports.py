"""An export of the trail that proves itself: JSON lines, and beside them a detached signature. Plain, no database.

The signature file is JSON: what the export holds (first and last event, how many, the hash before the first = `anchor`, the
hash of the last, SHA-256 of the file) and an Ed25519 signature over the canonical JSON of exactly that.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO, Any

from fairdue.core.findings import Finding
from fairdue.core.text import Text

from . import signing
from .chain import GENESIS, canonical
from .checking import broken, check

SCHEMA = "fairdue.audit/1"
FIELDS = ("seq", "at", "actor", "kind", "subject", "customer", "payload", "digest", "previous", "hash")


class ExportFormatError(ValueError):
    """The file is not an export or not a signature of one; the message names the place and what is expected."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an export holds. `anchor` is the hash before `first`; an empty export has `last` = `first` - 1."""

    schema: str
    first: int
    last: int
    count: int
    anchor: str
    last_hash: str
    sha256: str

    def signed_bytes(self) -> bytes:
        """What the signature is made over."""
        return canonical(asdict(self)).encode()


def write(handle: IO[str], rows: Iterable[dict[str, Any]], *, first: int = 1, anchor: str = GENESIS) -> Manifest:
    """Write rows, one JSON object a line, and say what was written. `rows` as `selectors.export` gives them."""
    sha, count, last_hash = hashlib.sha256(), 0, anchor
    for row in rows:
        line = json.dumps(row, ensure_ascii=False) + "\n"
        sha.update(line.encode())
        handle.write(line)
        count, last_hash = count + 1, row["hash"]
    return Manifest(SCHEMA, first, first + count - 1, count, anchor, last_hash, sha.hexdigest())


def signature_file(manifest: Manifest) -> str:
    """The text of the signature file: the manifest, signed with this installation's key."""
    signed = signing.sign(manifest.signed_bytes())
    return json.dumps({**asdict(manifest), "signature": signed.as_dict()}, ensure_ascii=False, indent=1) + "\n"


def read_signature(path: Path) -> tuple[Manifest, signing.Signature]:
    """Inverse of `signature_file`; raises `ExportFormatError`, `OSError`."""
    try:
        raw = json.loads(path.read_text(encoding="utf-8"))
        signature = signing.Signature.from_dict(raw.pop("signature"))
        manifest = Manifest(**raw)
    except (ValueError, TypeError, KeyError, AttributeError) as exc:
        raise ExportFormatError(f"{path}: not the signature of an export ({exc})") from exc
    if manifest.schema != SCHEMA:
        raise ExportFormatError(f"{path}: schema {manifest.schema!r}; this version reads {SCHEMA}")
    return manifest, signature


def verify_file(path: Path, signature_path: Path, *, public_key: str | None = None) -> tuple[int, list[Finding], str]:
    """How many events an export holds, what is wrong with it, and the public key that signed it ("" when unsigned).

    `public_key` is the one the reader trusts, from another source than the export. Raises `ExportFormatError` when a file
    cannot be read as what it should be, `SignatureFormatError` when `public_key` is none, `OSError` when a file cannot be
    opened.
    """
    if not signature_path.exists():
        count, findings = check(read(path))
        what = Text(
            zh="没有签名文件,不能证明来源。", en="There is no signature file: nothing proves where this comes from."
        )
        return count, [broken("audit.unsigned", 1, what), *findings], ""
    manifest, signature = read_signature(signature_path)
    if public_key is not None:
        signing.fingerprint(public_key)  # raises for what is no key
    try:
        genuine = signing.verify(manifest.signed_bytes(), signature, public_key=public_key)
    except signing.SignatureFormatError as exc:
        raise ExportFormatError(f"{signature_path}: not a signature ({exc})") from exc
    sha = hashlib.sha256(path.read_bytes()).hexdigest()
    count, findings = check(read(path), first=manifest.first, anchor=manifest.anchor, last=manifest.last)
    if sha != manifest.sha256 or count != manifest.count:
        what = Text(zh="文件与签名的内容不一致。", en="The file is not the one that was signed.")
        findings.insert(0, broken("audit.file", manifest.first, what))
    if not genuine:
        what = Text(
            zh="签名不符,或不是所信任的密钥。", en="The signature does not fit, or is not of the key you trust."
        )
        findings.insert(0, broken("audit.signature", manifest.first, what))
    return count, findings, signature.public_key


def read(path: Path) -> Iterator[dict[str, Any]]:
    """The rows of an export; raises `ExportFormatError` with the line that is none."""
    with path.open("rb") as handle:
        for number, raw in enumerate(handle, 1):
            try:
                row = json.loads(raw)
            except ValueError as exc:
                raise ExportFormatError(f"{path}:{number}: not JSON; an export has one event a line") from exc
            if not isinstance(row, dict) or set(row) != set(FIELDS) or not isinstance(row["seq"], int):
                raise ExportFormatError(f"{path}:{number}: not an audit event; it needs {', '.join(FIELDS)}")
            yield row
