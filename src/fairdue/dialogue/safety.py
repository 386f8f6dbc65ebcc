"""Fragments that must not be missed, read with a little sense: "别担心我不会想不开" is no cry for help.

`safety.yaml` gives for an act its fragments, the words before one that take it back (`not_after`, within a few characters),
turns of phrase that contain it innocently (`unless`), and the parties that can say it (`party`; missing: all).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

import ahocorasick_rs

from fairdue.packs import PACKS, read_yaml

from .wording import normalise

REACH = 6
"""How many characters before a fragment a word that takes it back may stand."""


@dataclass(frozen=True, slots=True)
class Alarm:
    """The fragments of one act and what makes them innocent."""

    act: str
    fragments: tuple[str, ...]
    not_after: tuple[str, ...] = ()
    unless: tuple[str, ...] = ()
    party: tuple[str, ...] = ()


def load_safety(path: Path | None = None) -> tuple[Alarm, ...]:
    """The alarms of a safety file."""

    def clean(row: dict[str, list[str]], key: str) -> tuple[str, ...]:
        return tuple(normalise(str(text)) for text in row.get(key) or ())

    raw = read_yaml(path or PACKS / "recogniser" / "safety.yaml")["safety"]
    return tuple(
        Alarm(
            act, clean(row, "fragments"), clean(row, "not_after"), clean(row, "unless"), tuple(row.get("party") or ())
        )
        for act, row in raw.items()
    )


class Safety:
    """`heard(plain, party)`: the acts whose fragments stand in the utterance and are meant, and those taken back."""

    def __init__(self, alarms: tuple[Alarm, ...]) -> None:
        self._alarms = [(fragment, alarm) for alarm in alarms for fragment in alarm.fragments]
        self._matcher = (
            ahocorasick_rs.AhoCorasick([fragment for fragment, _alarm in self._alarms]) if self._alarms else None
        )

    def heard(self, plain: str, party: str | None = None) -> tuple[frozenset[str], frozenset[str]]:
        """Acts to count as present, and acts that are mentioned only to deny them."""
        if self._matcher is None:
            return frozenset(), frozenset()
        meant: set[str] = set()
        denied: set[str] = set()
        for index, start, _end in self._matcher.find_matches_as_indexes(plain, overlapping=True):
            alarm = self._alarms[index][1]
            if party is not None and alarm.party and party not in alarm.party:
                continue
            before = plain[max(0, start - REACH) : start]
            innocent = any(word in before for word in alarm.not_after) or any(words in plain for words in alarm.unless)
            (denied if innocent else meant).add(alarm.act)
        return frozenset(meant), frozenset(denied - meant)


@cache
def safety() -> Safety:
    """The alarms that ship."""
    return Safety(load_safety())
