"""The signed JSON document: canonical bytes, a digest of each section, two signatures.

    {"digests": {section: SHA-256}, "head": {…}, "schema": "fairdue.casefile/1", "sections": {…}, "signatures": {…}}

Canonical: keys sorted, no spaces, UTF-8, no NaN. `signatures.file` is over the canonical bytes of the document without
`signatures`; `signatures.digests` is over those of `schema`, `head` and `digests` alone. While the second one holds, the
digests are those that were signed, so a digest that does not fit proves which section was changed, and that the others
were not. Nothing here reads the database or a clock.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from fairdue.desk.audit.signing import sign

SCHEMA = "fairdue.casefile/1"


def canonical(value: Any) -> bytes:
    """The one form of a JSON value that is hashed and signed. Raises `ValueError` for NaN and infinities."""
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def sha256(raw: bytes) -> str:
    """SHA-256 in hex."""
    return hashlib.sha256(raw).hexdigest()


def signed_part(document: Mapping[str, Any]) -> bytes:
    """What `signatures.digests` is over."""
    return canonical({name: document.get(name) for name in ("schema", "head", "digests")})


def seal_document(head: Mapping[str, Any], sections: Mapping[str, Any]) -> bytes:
    """The signed document's bytes. The same facts under the same key give the same bytes (Ed25519 draws no lots).

    Raises `fairdue.desk.audit.signing.SigningKeyError` when this installation's key cannot be used.
    """
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "head": dict(head),
        "digests": {name: sha256(canonical(content)) for name, content in sections.items()},
        "sections": dict(sections),
    }
    signatures = {"file": sign(canonical(document)), "digests": sign(signed_part(document))}
    document["signatures"] = {name: signature.as_dict() for name, signature in signatures.items()}
    return canonical(document)
