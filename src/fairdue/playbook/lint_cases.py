"""What can be wrong with red-line cases and hints."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fairdue.core.findings import Finding, Place

from .catalogues import citations, practice_rows, source_rows
from .library import Library
from .loader import problem
from .placeholders import NEEDS
from .schema import CHANNELS, HINT_KINDS, STAGES, Hint, RedLineCase

LABEL = re.compile(r"V(0[1-9]|1\d|2[0-6])|M0[1-4]")
FEWEST = 6
"""Phrasings a red-line case shows at least, so that a pattern is learned and not one sentence."""


def redline_findings(library: Library) -> list[Finding]:
    """All findings about red-line cases."""
    return [found for case in library.redlines.values() for found in _case(library, case)]


def _case(library: Library, case: RedLineCase) -> Iterator[Finding]:
    at = library.where.get(case.id, Place())
    if case.instead not in library.lines:
        yield problem(
            "playbook.instead",
            at,
            f"{case.id} 指向不存在的 {case.instead}。",
            f"{case.id} names {case.instead}, which does not exist.",
            "写一条合规话术的编号。",
            "Name a lawful line.",
        )
    if not case.breaks or not case.cites or not case.why.strip():
        yield problem(
            "playbook.redline",
            at,
            f"{case.id} 缺 breaks、cites 或 why。",
            f"{case.id} lacks breaks, cites or why.",
            "补全。",
            "Complete it.",
        )
    if len(set(case.say)) < FEWEST:
        yield problem(
            "playbook.redline.few",
            at,
            f"{case.id} 只有 {len(set(case.say))} 种说法。",
            f"{case.id} shows {len(set(case.say))} phrasings.",
            f"至少写 {FEWEST} 种,包括委婉的。",
            f"Write at least {FEWEST}, oblique ones too.",
        )
    wrong = [label for label in case.breaks if not LABEL.fullmatch(label)]
    wrong += [cite for cite in case.cites if cite not in citations()]
    wrong += [row for row in source_rows(case.source) if row not in practice_rows()]
    wrong += [name for name in (case.channel,) if name not in CHANNELS]
    for name in wrong:
        yield problem(
            "playbook.redline.unknown",
            at,
            f"{case.id} 有未知的 {name}。",
            f"{case.id} names unknown {name}.",
            "标签 V01–V26、M01–M04,条款见 citations.yaml,出处见 practice-rows.yaml。",
            "Labels V01–V26, M01–M04; rules in citations.yaml; rows in practice-rows.yaml.",
        )


def hint_findings(library: Library) -> list[Finding]:
    """All findings about hints."""
    return [found for hint in library.hints.values() for found in _hint(library, hint)]


def _hint(library: Library, hint: Hint) -> Iterator[Finding]:
    when = hint.when
    states = {state.id for flow in library.flows.values() for state in flow.states}
    wrong = [name for name in (hint.kind,) if name not in HINT_KINDS]
    wrong += [stage for stage in when.stages if stage not in STAGES]
    wrong += [act for act in when.acts if act not in library.acts]
    wrong += [name for name in when.fits if name not in library.types]
    wrong += [name for name in when.states if name not in states]
    wrong += [name for name in when.facts if name not in NEEDS and name not in library.situations]
    wrong += [hour for hour in when.hours or () if not re.fullmatch(r"([01]\d|2[0-4]):[0-5]\d", hour)]
    wrong += [row for row in source_rows(hint.source) if row not in practice_rows()]
    for name in wrong:
        yield problem(
            "playbook.hint",
            library.where.get(hint.id, Place()),
            f"{hint.id} 有未知的 {name}。",
            f"{hint.id} names unknown {name}.",
            "对照 schema 的 HintWhen 改正。",
            "Correct it as HintWhen in the schema says.",
        )
