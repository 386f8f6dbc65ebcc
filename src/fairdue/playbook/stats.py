"""Counts that show where a library is thin: lines per stage, party and act; replies of the acts that matter most; red lines."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from .catalogues import at_length
from .library import Library
from .schema import STAGES

ENOUGH = 3
"""Distinct replies that an act treated at length has in each stage where it comes up."""
LABELS = tuple(f"V{number:02d}" for number in range(1, 27))


@dataclass(frozen=True, slots=True)
class LabelCount:
    """A label's red-line cases, their phrasings in all, and the most phrasings in one case."""

    label: str
    cases: int
    phrasings: int
    most: int


@dataclass(frozen=True, slots=True)
class Stats:
    """`thin` lists (act, stage, distinct replies) below `ENOUGH` among the acts treated at length."""

    lines: int
    redlines: int
    hints: int
    conversations: int
    by_pack: Counter[str]
    by_stage: Counter[tuple[str, str]]
    by_act: Counter[str]
    thin: tuple[tuple[str, str, int], ...]
    labels: tuple[LabelCount, ...]


def distinct_replies(library: Library, act: str, stage: str, product: str = "credit_card") -> int:
    """How many different points a call in a stage can make in reply to an act, for one product."""
    third = act.startswith("third_party.")
    lead = library.lead("first" if stage == "third_party" else stage, product)
    party = "family" if third else "customer"
    lines = library.replies(act, stage=stage, party=party, scope=library.scope(lead), product=product)
    return len({line.argument or line.say.strip() for line in lines})


def stages_of(library: Library, act: str) -> tuple[str, ...]:
    """Stages of a collection call in which the packs answer an act with words of their own, else the first contact."""
    if act.startswith("third_party."):
        return ("third_party",)
    own = {line.stage for line in library.lines.values() if act in line.answers}
    return tuple(stage for stage in ("first", "repeat") if stage in own) or ("first",)


def stats(library: Library) -> Stats:
    """The counts of a library."""
    thin = []
    for act in at_length():
        for stage in stages_of(library, act):
            count = distinct_replies(library, act, stage)
            if count < ENOUGH:
                thin.append((act, stage, count))
    return Stats(
        lines=len(library.lines),
        redlines=len(library.redlines),
        hints=len(library.hints),
        conversations=sum(len(cases) for cases in library.tests.values()),
        by_pack=Counter(library.pack_of[name] for name in library.lines),
        by_stage=Counter((line.stage, line.party) for line in library.lines.values()),
        by_act=Counter(act for line in library.lines.values() for act in dict.fromkeys(line.answers)),
        thin=tuple(thin),
        labels=tuple(label_counts(library)),
    )


def label_counts(library: Library) -> list[LabelCount]:
    """Per label V01–V26 what the red-line cases show."""
    out = []
    for label in LABELS:
        cases = [case for case in library.redlines.values() if label in case.breaks]
        sizes = [len(set(case.say)) for case in cases]
        out.append(LabelCount(label, len(cases), sum(sizes), max(sizes, default=0)))
    return out


def stage_order(key: tuple[str, str]) -> tuple[int, str]:
    """Sorts (stage, party) as a call's life runs."""
    return STAGES.index(key[0]) if key[0] in STAGES else len(STAGES), key[1]
