"""The examples of packs/guard run as tests: words that must be found, and hard clean ones that must pass."""

from __future__ import annotations

from typing import Any

import pytest

from fairdue.guard import check_text, load_labels
from fairdue.packs import PACKS, read_yaml

EXAMPLES = read_yaml(PACKS / "guard" / "cn-examples.yaml")


def cases(kind: str) -> list[Any]:
    return [
        pytest.param(label, {"say": row} if isinstance(row, str) else row, id=f"{label}-{number}")
        for label, kinds in EXAMPLES.items()
        for number, row in enumerate(kinds[kind], 1)
    ]


def findings(case: dict[str, Any]) -> list[str]:
    found = check_text(case["say"], case.get("channel", "call"), case.get("party", "customer"), case.get("facts"))
    return [f.label for f in found]


@pytest.mark.parametrize(("label", "case"), cases("found"))
def test_found(label: str, case: dict[str, Any]) -> None:
    assert label in findings(case)


@pytest.mark.parametrize(("label", "case"), cases("clean"))
def test_clean(label: str, case: dict[str, Any]) -> None:
    assert findings(case) == []


def test_every_label_has_six_of_each() -> None:
    assert [label.id for label in load_labels()] == list(EXAMPLES)
    assert all(len(kinds[kind]) >= 6 for kinds in EXAMPLES.values() for kind in ("found", "clean"))
