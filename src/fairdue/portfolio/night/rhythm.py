"""The day as a plan: who is due in which round, in which order a person's lines are tried. Pure; the gate decides each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import time

from fairdue.packs import PACKS, read_yaml

from .packs import Round


@dataclass(frozen=True, slots=True)
class Person:
    """A person on the list, in rank order, and what is known of today: spoken to already, promised for today."""

    debtor_id: str
    reached: bool = False
    promised_today: bool = False
    best_hour: int | None = None


@dataclass(frozen=True, slots=True)
class PlannedRound:
    """A round inside the permitted hours: from when to when (local time), and who, in the order to try."""

    round: Round
    start: time
    end: time
    debtors: tuple[str, ...]


def _due(person: Person, who: str) -> bool:
    if who == "promised_today":
        return person.promised_today
    if who == "not_reached":
        return not person.reached
    return True


def plan_rounds(
    people: Sequence[Person], rounds: Sequence[Round], opens: time = time(8), closes: time = time(22)
) -> tuple[PlannedRound, ...]:
    """Each round of P3-2 with its people: a round starts where the one before ends, and none leaves `opens`–`closes`.

    Inside a round, people whose best hour (P1-4.9) falls into it come first; otherwise the rank order stays. A round
    that would be empty in time, because it should be over before the permitted hours begin, is left out.
    """
    planned = []
    start = opens
    for item in sorted(rounds, key=lambda r: r.by):
        end = min(item.by, closes)
        if end <= start:
            continue
        due = [p for p in people if _due(p, item.who)]
        ordered = sorted(due, key=lambda p: not _inside(p.best_hour, start, end))
        planned.append(PlannedRound(item, start, end, tuple(p.debtor_id for p in ordered)))
        start = end
    return tuple(planned)


def _inside(hour: int | None, start: time, end: time) -> bool:
    return hour is not None and start <= time(hour, 59) and time(hour) < end


def call_order(lines: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    """`(kind, role)` of lines in the order in which they are tried (P12-2 adapted).

    The debtor's own lines come first, mobile, home, office; then contact persons, whom only the gate may permit.
    Lines of equal standing keep their order.
    """
    order = read_yaml(PACKS / "rhythm" / "default.yaml")["call_order"]

    def standing(line: tuple[str, str]) -> tuple[int, int]:
        kind, role = line
        return (0 if role == "debtor" else 1, order.index(kind) if kind in order else len(order))

    return sorted(lines, key=standing)
