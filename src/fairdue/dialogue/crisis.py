"""The crisis protocol: what to do, in order, when a person on the line may be in danger (packs/crisis.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from fairdue.core.text import Text
from fairdue.packs import PACKS, read_yaml


@dataclass(frozen=True, slots=True)
class CrisisStep:
    """One thing to do and why."""

    id: str
    do: Text
    why: Text


@dataclass(frozen=True, slots=True)
class HelpLine:
    """A public number to call, and whose it is."""

    number: str
    name: Text


@dataclass(frozen=True, slots=True)
class CrisisProtocol:
    """Steps in order, numbers to give, what is never said, and the practice row it comes from."""

    steps: tuple[CrisisStep, ...]
    numbers: tuple[HelpLine, ...]
    never: tuple[Text, ...]
    source: str


def _text(raw: dict[str, str]) -> Text:
    return Text(raw["zh"], raw["en"])


@lru_cache(maxsize=1)
def crisis_protocol() -> CrisisProtocol:
    """The protocol that ships, read once."""
    raw = read_yaml(PACKS / "crisis.yaml")
    return CrisisProtocol(
        steps=tuple(CrisisStep(row["id"], _text(row["do"]), _text(row["why"])) for row in raw["steps"]),
        numbers=tuple(HelpLine(row["number"], _text(row)) for row in raw["numbers"]),
        never=tuple(_text(row) for row in raw["never"]),
        source=raw["source"],
    )
