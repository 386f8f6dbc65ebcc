"""Free text as it may leave the house: patterns of personal data masked, and this customer's own names and numbers too.

A pattern finds a telephone number, but no name in the middle of a sentence. The names, numbers and addresses of this
very customer are known, so they are replaced wherever they stand; the plain values never leave this module.
"""

from __future__ import annotations

from typing import Any

from fairdue.desk.accounts.models import Customer, Line
from fairdue.desk.crypto import unseal
from fairdue.guard import redact

SHORTEST = 2
"""A value of one character is no name; replacing it would blacken half of every text."""


class Mask:
    """What may be shown of this customer. `open_` shows everything, for an export that compliance asked for unmasked."""

    def __init__(self, customer: Customer, lines: list[Line], *, open_: bool = False) -> None:
        self.open = open_
        known: dict[str, str] = {}
        if not open_:
            known[unseal(customer.name_sealed, "customer.name")] = customer.name_masked
            if customer.id_card_sealed:
                known[unseal(customer.id_card_sealed, "customer.id_card")] = customer.id_card_masked
            if customer.address_sealed:
                known[unseal(customer.address_sealed, "customer.address")] = "***"
            for line in lines:
                known[unseal(line.value_sealed, "line.value")] = line.value_masked
                if line.contact_name_sealed:
                    known[unseal(line.contact_name_sealed, "line.contact_name")] = line.contact_name_masked
        longest_first = sorted(known.items(), key=lambda pair: (-len(pair[0]), pair[0]))
        self._known = [(plain, shown) for plain, shown in longest_first if len(plain) >= SHORTEST]

    def text(self, words: str | None) -> str:
        """Free text, masked unless open."""
        if self.open or not words:
            return words or ""
        for plain, shown in self._known:
            words = words.replace(plain, shown)
        return redact(words)

    def tree(self, value: Any) -> Any:
        """JSON whose texts are masked, keys as they are."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, dict):
            return {key: self.tree(item) for key, item in value.items()}
        if isinstance(value, list | tuple):
            return [self.tree(item) for item in value]
        return value

    def sealed(self, sealed: bytes | memoryview | None, column: str, shown: str) -> str:
        """A sealed value: plain when open, else what pages show of it."""
        return unseal(sealed, column) if self.open and sealed else shown
