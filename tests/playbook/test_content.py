"""What the packs hold in all: enough lines, enough different answers, every label with its phrasings, every row covered."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from fairdue.playbook import coverage, load_library, stats
from fairdue.playbook.catalogues import at_length, practice_rows
from fairdue.playbook.coverage import RowCover, page
from fairdue.playbook.stats import LABELS, distinct_replies

LIBRARY, _ = load_library()
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "coverage.md"

AT_LENGTH = {
    "identity.who": ("first", "repeat"),
    "identity.doubt": ("first", "repeat"),
    "identity.agency": ("first", "repeat"),
    "pay.now": ("first", "repeat"),
    "pay.date": ("first", "repeat"),
    "pay.vague": ("first", "repeat"),
    "pay.claimed": ("first", "repeat"),
    "pay.part": ("first", "repeat"),
    "stall.away": ("first", "repeat"),
    "stall.busy": ("first", "repeat"),
    "stall.payday": ("first", "repeat"),
    "stall.perfunctory": ("first", "repeat"),
    "stall.broken_excuse": ("repeat",),
    "hardship.cash": ("first", "repeat"),
    "hardship.business": ("first", "repeat"),
    "hardship.unemployed": ("first", "repeat"),
    "hardship.illness": ("first", "repeat"),
    "refuse.flat": ("first", "repeat"),
    "refuse.fee": ("first", "repeat"),
    "refuse.hostile": ("first", "repeat"),
    "dispute.lent": ("first", "repeat"),
    "dispute.identity_theft": ("first", "repeat"),
    "ask.calculation": ("first", "repeat"),
    "ask.plan": ("first", "repeat"),
    "third_party.probe": ("third_party",),
}
"""The 25 acts that the practice treats at length (P1-2, P1-3, P1-4, P2, P4, P9, P12-4), and where each comes up."""


def test_there_are_lines_enough() -> None:
    assert len(LIBRARY.lines) >= 400
    words = Counter(line.say.strip() for line in LIBRARY.lines.values())
    assert [say for say, count in words.items() if count > 1] == []


def test_the_list_of_acts_treated_at_length_is_the_practices() -> None:
    assert set(at_length()) == set(AT_LENGTH)
    assert len(AT_LENGTH) == 25


@pytest.mark.parametrize("act", AT_LENGTH)
def test_acts_treated_at_length_have_three_different_replies(act: str) -> None:
    for stage in AT_LENGTH[act]:
        assert distinct_replies(LIBRARY, act, stage) >= 3, stage


@pytest.mark.parametrize("label", LABELS)
def test_every_label_has_a_case_with_six_phrasings(label: str) -> None:
    cases = [case for case in LIBRARY.redlines.values() if label in case.breaks]
    assert any(len(set(case.say)) >= 6 for case in cases)


@pytest.mark.parametrize("row", [row.id for row in practice_rows().values() if row.needs_redline])
def test_every_red_mark_of_the_practice_has_a_case_with_six_phrasings(row: str) -> None:
    [cover] = [cover for cover in coverage(LIBRARY) if cover.row.id == row]
    assert any(len(set(LIBRARY.redlines[name].say)) >= 6 for name in cover.redlines)


def test_every_row_of_the_practice_is_covered() -> None:
    covers = coverage(LIBRARY)
    assert len(covers) == len(practice_rows())
    assert [(cover.row.id, cover.missing) for cover in covers if cover.missing] == []


def test_the_coverage_page_is_what_the_packs_say() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(coverage(LIBRARY)), "run: fairdue playbook coverage --write"


def test_a_hole_is_named() -> None:
    rows = practice_rows()
    nothing = RowCover(rows["P2-5"], (), (), (), (), ())
    assert nothing.missing == ("line", "redline")
    assert RowCover(rows["P9-5"], (), (), (), (), ()).missing == ("redline",)
    assert RowCover(rows["P3-2"], (), (), (), ("rhythm/default",), ()).missing == ()
    assert "missing: line, redline" in page([nothing])


def test_rows_of_pure_process_are_carried_by_the_packs_of_the_night() -> None:
    carried = {cover.row.id: cover.rules for cover in coverage(LIBRARY)}
    assert "rhythm/default" in carried["P3-2"]
    assert "phases/default" in carried["P13-2"]
    assert "scores/transparent" in carried["P12-1"]
    assert "products/telecom" in carried["P10-1"]


def test_counts_add_up() -> None:
    found = stats(LIBRARY)
    assert found.lines == len(LIBRARY.lines) == sum(found.by_stage.values()) == sum(found.by_pack.values())
    assert found.conversations == sum(1 for _ in LIBRARY.conversations())
    assert [n.label for n in found.labels] == list(LABELS)
    assert found.thin == ()
