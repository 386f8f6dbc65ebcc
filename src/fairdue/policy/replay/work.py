"""What the bulk answers share: contacts, combinations, and what was counted already."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from ..compiled import Bound
from ..request import Request
from ..schema import Rule
from .clocks import Ints
from .contacts import Contacts, Flags
from .reader import Reader
from .standing import Standing

T = TypeVar("T", bound=Hashable)


class Work:
    """Contacts with their combinations. Answers of one pack are kept for the next: most rules are the same."""

    def __init__(self, contacts: Contacts, standing: Standing) -> None:
        self.contacts = contacts
        self.standing = standing
        self._reader: Reader | None = None
        self._kept: dict[Hashable, npt.NDArray[Any]] = {}

    def keep(self, key: Hashable, make: Callable[[], npt.NDArray[Any]]) -> npt.NDArray[Any]:
        """The array of this key; made on first use."""
        known = self._kept.get(key)
        if known is None:
            known = self._kept[key] = make()
        return known

    @property
    def reader(self) -> Reader:
        """Requests of single contacts; made on first use."""
        if self._reader is None:
            self._reader = Reader(self.contacts)
        return self._reader

    def by_request(self, rows: Ints, key: Callable[[Request], T]) -> tuple[npt.NDArray[np.int32], list[T]]:
        """For each row a number, equal where `key` of its combination is equal, and the keys by number."""
        numbers, keys = self.standing.grouped(key)
        return numbers[self.standing.combo[rows]], keys

    def zoned(self, rows: Ints) -> Flags:
        """Rows whose zone is known."""
        return ~self.contacts.column("tz").where(None)[rows]


Answer = Callable[[Work, Rule, Bound, Ints], Flags]
"""Which of these rows break the rule. The rows are those for which the rule's check looks at clock or history."""
