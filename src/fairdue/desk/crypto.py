"""Personal data at rest: AES-256-GCM per value, HMAC-SHA256 blind index for exact look-up.

`seal` binds the ciphertext to the column it is for (associated data), so that a value cannot be moved to another
column. `blind` is keyed, so that a stolen database cannot be searched by trying numbers.
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


@lru_cache(maxsize=4)
def _cipher(key: bytes) -> AESGCM:
    return AESGCM(key)


def seal(value: str, column: str) -> bytes:
    """Nonce (12 bytes) + ciphertext + tag of `value`, bound to `column` such as "customer.name"."""
    nonce = os.urandom(12)
    return nonce + _cipher(settings.KEYS.field).encrypt(nonce, value.encode(), column.encode())


def unseal(sealed: bytes | memoryview, column: str) -> str:
    """Inverse of `seal`; raises `cryptography.exceptions.InvalidTag` when key, column or bytes do not fit."""
    raw = bytes(sealed)
    return _cipher(settings.KEYS.field).decrypt(raw[:12], raw[12:], column.encode()).decode()


def blind(value: str, column: str) -> str:
    """Hex HMAC of the normalised value; equal values in the same column have equal indexes."""
    normal = "".join(value.split()).casefold()
    return hmac.new(settings.KEYS.index, f"{column}\x00{normal}".encode(), hashlib.sha256).hexdigest()
