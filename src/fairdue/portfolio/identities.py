"""Names and numbers for data that has none: generated from a seed, the same for the same id, never a real person's.

Names follow rough frequencies of Chinese surnames and given names (packs/identities/zh.yaml). Mobile numbers lie in
154-0xxx-xxxx and landlines behind area code 0600: neither prefix is assigned, and `phonenumbers` calls none of them valid
(a test holds that). The 10x–12x prefixes were weighed and left alone: a dialled
1200… or 10000… would reach emergency and service desks. ID numbers are never generated.
"""

from __future__ import annotations

import hashlib
from bisect import bisect
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import accumulate
from typing import Any

from fairdue.packs.reader import PACKS, read_yaml

NAMES = PACKS / "identities" / "zh.yaml"
MOBILE_PREFIX = "1540"
LANDLINE_PREFIX = "0600"


@dataclass(frozen=True, slots=True)
class Identity:
    """A generated person. `gender` male or female."""

    name: str
    gender: str
    birth_year: int | None
    mobile: str


@dataclass(frozen=True)
class NameBook:
    """Surnames and given names with their cumulative weights, and cities and streets for addresses."""

    surnames: tuple[str, ...]
    surname_weights: tuple[int, ...]
    given: dict[str, tuple[str, ...]]
    given_weights: dict[str, tuple[int, ...]]
    cities: tuple[str, ...]
    streets: tuple[str, ...]

    def surname(self, number: int) -> str:
        """The surname at `number` (any non-negative integer) of the frequency table."""
        return self.surnames[bisect(self.surname_weights, number % self.surname_weights[-1])]

    def given_name(self, gender: str, number: int) -> str:
        """The given name at `number` of the table for `gender`."""
        weights = self.given_weights[gender]
        return self.given[gender][bisect(weights, number % weights[-1])]


def _weighted(raw: dict[str, int]) -> tuple[tuple[str, ...], tuple[int, ...]]:
    return tuple(raw), tuple(accumulate(raw.values()))


@lru_cache(maxsize=1)
def name_book() -> NameBook:
    """The shipped tables. Raises `PackError` when the pack is damaged."""
    raw = read_yaml(NAMES)
    surnames, weights = _weighted(raw["surnames"])
    given = {gender: _weighted(raw["given"][gender]) for gender in ("male", "female")}
    return NameBook(
        surnames,
        weights,
        {gender: pair[0] for gender, pair in given.items()},
        {gender: pair[1] for gender, pair in given.items()},
        tuple(raw["cities"]),
        tuple(raw["streets"]),
    )


def fictitious_mobile(number: int) -> str:
    """An 11-digit mobile number in the unassigned 154 range."""
    return f"{MOBILE_PREFIX}{number % 10_000_000:07d}"


def fictitious_landline(number: int) -> str:
    """An 11-digit landline number behind an area code that does not exist."""
    return f"{LANDLINE_PREFIX}{number % 10_000_000:07d}"


def make_identity(
    book: NameBook, seed: int, key: str, gender: str | None = None, birth_year: int | None = None
) -> Identity:
    """The identity of `key` under `seed`; a known gender or birth year is kept."""
    raw = hashlib.blake2b(f"{seed}|{key}".encode(), digest_size=16).digest()
    sex = gender or ("female" if raw[15] % 2 else "male")
    return Identity(
        book.surname(int.from_bytes(raw[0:4], "big")) + book.given_name(sex, int.from_bytes(raw[4:8], "big")),
        sex,
        birth_year,
        fictitious_mobile(int.from_bytes(raw[8:12], "big")),
    )


def identity_maker(seed: int, gender_field: str, age_field: str, as_of: date | None) -> Callable[[str, Any], Identity]:
    """A function `(debtor_id, values) -> Identity` that uses the row's gender and age when the mapping names them."""
    book = name_book()

    def make(debtor_id: str, values: Any) -> Identity:
        gender = values.get(gender_field) if gender_field else None
        age = values.get(age_field) if age_field else None
        year = as_of.year - age if as_of is not None and isinstance(age, int) and 0 < age < 130 else None
        return make_identity(book, seed, debtor_id, gender if gender in ("male", "female") else None, year)

    return make
