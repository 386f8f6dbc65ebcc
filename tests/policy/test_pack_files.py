"""What is wrong with a pack is said with file, line and how to mend it, and is not used."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from small_packs import CAP, HEAD, HOURS, small_pack

from fairdue.packs import PackError
from fairdue.policy import jurisdictions, load_pack
from fairdue.policy.dates import as_on
from fairdue.policy.lint import source_problems, window_problems


def codes(folder: Path) -> list[str]:
    return [finding.code for finding in load_pack(folder)[1]]


@pytest.mark.parametrize(
    ("rules", "code"),
    [
        (HOURS.replace("check: hours", "check: telepathy") % "", "policy.check"),
        (HOURS % ", to: 2024-01-01", "policy.dates"),
        (HOURS % "" + HOURS % "", "policy.overlap"),
        (HOURS % ", to: 2025-03-31" + (HOURS % "").replace("2025-01-01", "2025-05-01"), "policy.gap"),
        ("- id: X-3\n  colour: red\n", "policy.field"),
        (HOURS.replace("force: must", "force: perhaps") % "", "policy.field"),
        ((HOURS % "").replace("  force", "  applies: {channel: [fax]}\n  force"), "policy.field"),
        (HOURS.replace('"09:00"', '"19:00"') % "", "policy.param"),
        (HOURS.replace('closes: "18:00"', 'closes: "18:00", colour: red') % "", "policy.param"),
        (CAP.replace("of: effective", "of: smoke_signals"), "policy.param"),
        (CAP.replace("at_most: 3", "at_most: many"), "policy.param"),
        (CAP.replace(", effective_seconds: 6", ""), "policy.param"),
        ("- id: [", "policy.file"),
        ("id: X-1\n", "policy.file"),
    ],
)
def test_a_bad_rule_is_a_finding(tmp_path: Path, rules: str, code: str) -> None:
    folder = small_pack(tmp_path, rules)
    assert code in codes(folder)


def test_a_finding_names_file_line_and_cure(tmp_path: Path) -> None:
    folder = small_pack(tmp_path, (HOURS % "").replace("hours", "telepathy"))
    (finding,) = load_pack(folder)[1]
    assert str(finding.place) == "pack/r.yaml:6"
    assert "hours" in finding.line("en")
    assert "可用" in finding.line("zh")


def test_periods_that_follow_each_other_are_fine(tmp_path: Path) -> None:
    two = HOURS % ", to: 2025-04-30" + (HOURS % "").replace("2025-01-01", "2025-05-01")
    assert codes(small_pack(tmp_path, two)) == []


def test_parts_of_one_rule_may_hold_together(tmp_path: Path) -> None:
    two = HOURS % "" + (HOURS % "").replace("  force", "  part: weekend\n  force")
    assert codes(small_pack(tmp_path, two)) == []


def test_no_pack_at_all_is_an_error() -> None:
    with pytest.raises(PackError):
        load_pack(jurisdiction="ZZ")


@pytest.mark.parametrize("head", ["name: t\n", HEAD + "colour: red\n", HEAD.replace("CN", "China"), "- x\n"])
def test_a_pack_head_that_is_wrong_is_an_error(tmp_path: Path, head: str) -> None:
    with pytest.raises(PackError):
        load_pack(small_pack(tmp_path, HOURS % "", head))


def test_the_house_is_part_of_every_pack(tmp_path: Path) -> None:
    pack, _findings = load_pack(small_pack(tmp_path, HOURS % ""))
    assert pack.rules[0].id == "X-1"
    assert pack.rule("FD-HOLD-CRISIS") is not None
    assert pack.rule("X-9") is None


def test_packs_ship_for_the_jurisdictions_of_the_catalogue() -> None:
    assert set(jurisdictions()) == {"CN", "US", "UK", "IN", "ID", "PH", "MX", "AU", "JP", "HK", "SG", "EU"}


def test_windows_without_a_common_hour_contradict_each_other(tmp_path: Path) -> None:
    late = (HOURS % "").replace("X-1", "X-2").replace('"09:00"', '"19:00"').replace('"18:00"', '"21:00"')
    pack, _findings = load_pack(small_pack(tmp_path, HOURS % "" + late))
    assert [f.code for f in window_problems(pack, tmp_path / "rules" / "*")] == ["policy.windows"]
    sms = late.replace("  force", "  applies: {channel: [sms]}\n  force")
    calls = (HOURS % "").replace("  force", "  applies: {channel: [voice_human]}\n  force")
    apart, _findings = load_pack(small_pack(tmp_path, calls + sms))
    assert window_problems(apart, tmp_path / "rules" / "*") == []


def test_a_rule_without_a_source_in_the_catalogue_is_found(tmp_path: Path) -> None:
    rules = (HOURS % "").replace("X-1", "CN-GBT-99") + CAP.replace("X-2", "CN-GBT-03").replace(
        "confidence: B", "confidence: A"
    )
    house = (HOURS % "").replace("confidence: A", "confidence: house")
    pack, _findings = load_pack(small_pack(tmp_path, rules + house))
    found = [f.what.en for f in source_problems(pack, tmp_path / "rules" / "*")]
    assert ["CN-GBT-99" in found[0], "CN-GBT-03" in found[1], "X-1" in found[2]] == [True] * 3


def test_a_pack_as_it_stood_on_a_day(tmp_path: Path) -> None:
    two = HOURS % ", to: 2025-04-30" + (HOURS % "").replace("2025-01-01", "2025-05-01").replace('"09:00"', '"10:00"')
    pack, _findings = load_pack(small_pack(tmp_path, two))
    then = as_on(pack, date(2025, 3, 1))
    assert [rule.params["opens"] for rule in then.rules if rule.id == "X-1"] == ["09:00"]
    assert then.rules[0].in_force(date(2030, 1, 1))
    assert then.label == "t@1:2025-03-01"
