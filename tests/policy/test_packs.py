"""The packs that ship: nothing wrong with them, every case as expected, every rule of the catalogue kept by something."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from fairdue.guard import load_labels
from fairdue.policy import jurisdictions, load_pack
from fairdue.policy.cases import Case, load_cases, run_case
from fairdue.policy.coverage_page import page
from fairdue.policy.lint import lint
from fairdue.policy.obligations import coverage, known_rules, load_elsewhere, load_obligations
from fairdue.policy.pack import HOUSE, STANDARD

ROOT = Path(__file__).parents[2]
FOLDERS = {name: STANDARD / name.lower() for name in jurisdictions()}
PACKS = {name: load_pack(folder)[0] for name, folder in FOLDERS.items()}
CASES = [(name, case) for name, folder in FOLDERS.items() for case in load_cases(folder)]
ROWS, PROBLEMS = coverage()


@pytest.mark.parametrize("folder", [*FOLDERS.values(), HOUSE], ids=lambda folder: folder.name)
def test_nothing_is_wrong_with_a_pack(folder: Path) -> None:
    """No findings: syntax, dates, sources, hours; every rule has a case that breaks it and one that keeps it."""
    assert [finding.line() for finding in lint(folder)] == []


@pytest.mark.parametrize(("jurisdiction", "case"), CASES, ids=[f"{name} {case.name}" for name, case in CASES])
def test_case(jurisdiction: str, case: Case) -> None:
    _decision, wrong = run_case(case, PACKS[jurisdiction])
    assert wrong == [], case.place


def test_no_two_cases_of_a_pack_have_one_name() -> None:
    for name in FOLDERS:
        names = [case.name for jurisdiction, case in CASES if jurisdiction == name]
        assert len(names) == len(set(names)), name


def test_all_rules_of_the_catalogue_are_kept_by_something() -> None:
    assert PROBLEMS == []
    assert len(ROWS) == len(known_rules()) == 166
    assert [row.id for row in ROWS if row.missing] == []


def test_the_coverage_page_is_up_to_date() -> None:
    written = (ROOT / "docs/reference/policy-rules.md").read_text(encoding="utf-8")
    assert written == page(ROWS), "run: fairdue gate coverage --write"


@pytest.mark.parametrize("folder", FOLDERS.values(), ids=lambda folder: folder.name)
def test_what_keeps_a_rule_elsewhere_exists(folder: Path) -> None:
    labels = {label.id for label in load_labels()}
    for entry in load_elsewhere(folder)[0]:
        for test in entry.tests:
            path, _, name = test.partition("::")
            assert (ROOT / path).is_file(), f"{entry.rule}: {test}"
            assert not name or f"def {name}(" in (ROOT / path).read_text(encoding="utf-8"), f"{entry.rule}: {test}"
        for where in entry.where:
            kind, _, label = where.partition(":")
            if kind == "guard":
                assert label in labels, f"{entry.rule}: {where}"
            else:
                assert _resolves(where), f"{entry.rule}: {where}"


def _resolves(dotted: str) -> bool:
    """A module of ours, a name in one, or a pack file."""
    if "/" in dotted:
        return (ROOT / "src/fairdue" / dotted).exists() or (ROOT / dotted).exists()
    parts = dotted.split(".")
    for cut in range(len(parts), 0, -1):
        try:
            found = importlib.import_module(".".join(parts[:cut]))
        except ModuleNotFoundError:
            continue
        for name in parts[cut:]:
            if not hasattr(found, name):
                return False
            found = getattr(found, name)
        return True
    return False


def test_an_obligation_says_who_does_what_and_what_shows_it() -> None:
    for folder in FOLDERS.values():
        duties, findings = load_obligations(folder)
        assert findings == []
        for duty in duties:
            assert len(duty.duty.zh) > 8, duty.rule
            assert (duty.shown_by == "report") == bool(duty.report), duty.rule


def test_should_rules_and_unsure_wordings_only_warn() -> None:
    for pack in PACKS.values():
        for rule in pack.rules:
            weak = rule.force in ("should", "draft") or rule.source.confidence in ("C", "R")
            assert rule.verdict == ("warn" if weak else "deny"), rule.id
            assert rule.needs_review == (rule.source.confidence in ("C", "R") or rule.force == "draft"), rule.id
