"""The whole calls with verdicts (`packs/calls`): well formed, and each verdict in itself as the conventions want it."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from fairdue.guard.labels import load_labels
from fairdue.packs import PACKS, pack_files, read_yaml

CALLS = [call for path in pack_files(PACKS / "calls") for call in read_yaml(path)]
ACTS = set(read_yaml(PACKS / "acts.yaml")["acts"])
SEVERITY = {label.id: label.severity for label in load_labels()}
OUTCOMES = {
    "ptp",
    "plan",
    "callback",
    "dispute",
    "refused",
    "wrong_number",
    "message_left",
    "hardship",
    "vulnerable",
    "paid_claimed",
    "complaint",
    "third_party_offer",
    "none",
}


def band(expect: dict[str, Any]) -> str:
    """The band that follows from the findings (formats.md)."""
    labels = [found["label"] for found in expect["violations"]] + expect["missing"]
    grave = {SEVERITY[label] for label in labels}
    if "critical" in grave:
        return "fatal"
    return "poor" if "high" in grave else "fair" if grave else "good"


def test_the_set_holds_enough_of_everything() -> None:
    assert len(CALLS) >= 60
    assert len({call["id"] for call in CALLS}) == len(CALLS)
    assert all(call["synthetic"] is True and call["note"] for call in CALLS)
    outcomes = Counter(call["expect"]["outcome"] for call in CALLS)
    assert set(outcomes) == OUTCOMES
    assert min(outcomes.values()) >= 3
    said = {found["label"] for call in CALLS for found in call["expect"]["violations"]}
    said |= {label for call in CALLS for label in call["expect"]["missing"]}
    assert said >= set(SEVERITY)


@pytest.mark.parametrize("call", CALLS, ids=lambda call: call["id"])
def test_a_call_is_well_formed_and_its_band_follows_from_its_findings(call: dict[str, Any]) -> None:
    turns, expect = call["turns"], call["expect"]
    assert call["split"] in ("train", "held")
    assert [turn["start"] for turn in turns] == sorted(turn["start"] for turn in turns)
    assert all(turn["end"] > turn["start"] and turn["role"] in ("agent", "customer") and turn["text"] for turn in turns)
    for found in expect["violations"]:
        start, end = found["span"]
        assert turns[found["turn"]]["role"] == "agent"
        assert 0 <= start < end <= len(turns[found["turn"]]["text"])
        assert found["label"] in SEVERITY
    for named in expect["acts"]:
        assert turns[named["turn"]]["role"] == "customer"
        assert set(named["acts"]) <= ACTS | {"unclear"}
    promise = expect["promise"]
    assert promise is None or {"amount", "date", "time", "channel"} == set(promise)
    assert expect["band"] == band(expect)
