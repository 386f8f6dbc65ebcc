"""The linter finds each mistake that an author can make, and names file and line."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import pytest
from packs_of_tests import FLOW, HINT, LINE, PACK, RED, write

import fairdue.playbook
from fairdue.dialogue import sample_values
from fairdue.playbook import PackSource, lint, load_sources
from fairdue.playbook.lint import lint_library, lint_sources
from fairdue.playbook.sources import shipped

LINES = [
    ("[stall.payday]", "[stall.lunch]", "playbook.act"),
    ("  answers: [stall.payday]\n", "", "playbook.purpose"),
    ("stage: first", "stage: later", "playbook.stage"),
    ("party: customer", "party: dog", "playbook.party"),
    ("party: customer", "party: family", "playbook.party"),
    ("why: 问候", "why: ' '", "playbook.reason"),
    ("say: 您好", "say: 您好{星座}", "playbook.placeholder"),
    ("say: 您好", "say: 请在{期限}前处理", "playbook.deadline"),
    ("say: 您好", "say: 一共{欠款总额}", "playbook.needs"),
    ("say: 您好", "say: 一共3000元", "playbook.literal"),
    ("say: 您好", "say: 明天下午3点前", "playbook.literal"),
    ("say: 您好", "say: 您的信用卡逾期了", "playbook.claim"),
    ("say: 您好", "say: 我们会依法起诉", "playbook.claim"),
    ("pressure: 0", "pressure: 0\n  needs: [luck]", "playbook.need"),
    ("pressure: 0", "pressure: 3", "playbook.pressure"),
    ("pressure: 0", "pressure: 0\n  deadline: {within: 5d}", "playbook.deadline.long"),
    ("party: customer", "party: family\n  needs: [quote]", "playbook.disclosure"),
    ("pressure: 0", "pressure: 2", "playbook.citation"),
    ("pressure: 0", "pressure: 0\n  lever: law", "playbook.citation"),
    ("pressure: 0", "pressure: 0\n  cites: [CN-NONE-1]", "playbook.cite.unknown"),
    ("source: P1-2.2a", "source: P99-1", "playbook.source"),
    ("pressure: 0", "pressure: 0\n  fits: [giant]", "playbook.fits"),
    ("pressure: 0", "pressure: 0\n  situation: [lottery]", "playbook.situation"),
    ("pressure: 0", "pressure: 0\n  channels: [pigeon]", "playbook.channels"),
    ("pressure: 0", "pressure: 9", "playbook.field"),
    ("pressure: 0", "pressure: 0\n  lever: fear", "playbook.field"),
    (LINE, LINE + LINE, "playbook.duplicate"),
    (LINE, "- id: [", "playbook.file"),
    (LINE, "id: t.1\n", "playbook.file"),
]
FLOWS = [
    (FLOW.replace("pay.now: b", "pay.now: c"), "playbook.flow.target"),
    (FLOW.replace("    end: true\n", ""), "playbook.flow.dead_end"),
    (FLOW.replace("on: {pay.now: b}", "end: true"), "playbook.flow.unreachable"),
    (FLOW.replace("expects: [stall.payday]", "say: [song]"), "playbook.flow.step"),
    (FLOW.replace("states:", "must: [song]\nstates:"), "playbook.flow.step"),
    (FLOW.replace("states:", "before: {song: [dance]}\nstates:"), "playbook.flow.step"),
    (FLOW.replace("stall.payday", "stall.lunch"), "playbook.act"),
    (FLOW.replace("pay.now: b", "pay.lunch: b"), "playbook.act"),
    (FLOW.replace("stall.payday", "ask.waiver"), "playbook.no_reply"),
    (FLOW.replace("    end: true", "    end: true\n    outcomes: [victory]"), "playbook.flow.outcome"),
    ("states: 3\n", "playbook.field"),
]
PACKS = [
    (PACK.replace("客户服务部", "司法调查组"), "playbook.department"),
    (PACK + "includes: [nowhere]\n", "playbook.include"),
    (PACK.replace("[first]", "[later]"), "playbook.stage"),
    (PACK.replace("calls: false\n", ""), "playbook.unanswered"),
    ("name: t\n", "playbook.field"),
]
REDS = [
    (RED.replace("instead: t.1", "instead: nowhere"), "playbook.instead"),
    (RED.replace("cites: [CN-CC-68b]", "cites: []"), "playbook.redline"),
    (RED.replace(", 六]", "]"), "playbook.redline.few"),
    (RED.replace("六]", "五]"), "playbook.redline.few"),
    (RED.replace("V12", "V99"), "playbook.redline.unknown"),
    (RED.replace("CN-CC-68b", "CN-NONE-1"), "playbook.redline.unknown"),
    (RED.replace("  why: 反例\n", ""), "playbook.field"),
]
HINTS = [
    (HINT.replace("manner", "magic"), "playbook.hint"),
    (HINT.replace("stall.payday", "stall.lunch"), "playbook.hint"),
    (HINT.replace("{acts: [stall.payday]}", '{hours: ["9", "25:00"]}'), "playbook.hint"),
    (HINT.replace("{acts: [stall.payday]}", "{states: [nowhere]}"), "playbook.hint"),
    (HINT.replace("P6-3", "P99"), "playbook.hint"),
    (HINT.replace("{acts: [stall.payday]}", "{moon: full}"), "playbook.field"),
]
ELSEWHERE = {"playbook.jump", "playbook.guard", "playbook.flow.missing", "playbook.unfilled"}
"""Codes with a test of their own below, or (unfilled) in test_playbook.py."""


def codes(folder: Path) -> set[str]:
    return {finding.code for finding in lint([folder])}


def test_a_small_clean_pack_is_clean(tmp_path: Path) -> None:
    folder = write(tmp_path / "t", red=RED, hints=HINT)
    assert [f.line() for f in lint([folder])] == []


@pytest.mark.parametrize(("old", "new", "code"), LINES)
def test_mistakes_in_a_line(tmp_path: Path, old: str, new: str, code: str) -> None:
    findings = lint([write(tmp_path / "t", lines=LINE.replace(old, new))])
    found = [f for f in findings if f.code == code]
    assert found, [f.line() for f in findings]
    assert found[0].place.file
    assert found[0].place.row
    for text in (found[0].what, found[0].why, found[0].mend):
        assert text.zh
        assert text.en


@pytest.mark.parametrize(("flow", "code"), FLOWS)
def test_mistakes_in_a_flow(tmp_path: Path, flow: str, code: str) -> None:
    assert code in codes(write(tmp_path / "t", flow=flow))


@pytest.mark.parametrize(("pack", "code"), PACKS)
def test_mistakes_in_a_head(tmp_path: Path, pack: str, code: str) -> None:
    assert code in codes(write(tmp_path / "t", pack=pack))


@pytest.mark.parametrize(("red", "code"), REDS)
def test_mistakes_in_a_red_line_case(tmp_path: Path, red: str, code: str) -> None:
    assert code in codes(write(tmp_path / "t", red=red))


@pytest.mark.parametrize(("hint", "code"), HINTS)
def test_mistakes_in_a_hint(tmp_path: Path, hint: str, code: str) -> None:
    assert code in codes(write(tmp_path / "t", hints=hint))


def test_a_pack_without_a_flow_is_named(tmp_path: Path) -> None:
    assert "playbook.flow.missing" in codes(write(tmp_path / "t", flow=""))


def test_a_folder_without_a_head_is_named(tmp_path: Path) -> None:
    (tmp_path / "t").mkdir()
    assert codes(tmp_path / "t") == {"playbook.file"}


def test_a_file_that_is_not_utf8_is_named(tmp_path: Path) -> None:
    folder = write(tmp_path / "t")
    (folder / "lines" / "one.yaml").write_bytes("您好".encode("gbk"))
    assert "playbook.file" in codes(folder)


def test_a_jump_in_pressure_is_named(tmp_path: Path) -> None:
    line = LINE.replace("stage: first", "stage: repeat").replace("pressure: 0", "pressure: 3\n  cites: [CN-CC-69]")
    library, _ = load_sources(
        [PackSource.folder(write(tmp_path / "t", lines=line, pack=PACK.replace("first", "repeat")))]
    )
    jumps = [f for f in lint_library(library) if f.code == "playbook.jump"]
    assert [f.place.row for f in jumps] == [1]
    assert "from 0 to 3" in jumps[0].what.en


def test_what_the_guard_flags_is_named_with_the_line(tmp_path: Path) -> None:
    asked: list[tuple[str, str, bool]] = []

    def guard(text: str, channel: str, party: str, facts: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        asked.append((channel, party, facts["identity_verified"]))
        return [("V03", "骂人")] if text == "您好" else []

    folder = write(tmp_path / "t")
    findings = lint([folder], values=sample_values(), guard=guard)
    [found] = [f for f in findings if f.code == "playbook.guard"]
    assert (found.place.file, found.place.row) == ("t/lines/one.yaml", 1)
    assert "V03" in found.what.zh
    assert ("call", "customer", True) in asked
    assert "playbook.guard" not in {f.code for f in lint([folder], values=sample_values())}


def test_findings_are_about_the_given_packs_only(tmp_path: Path) -> None:
    mine = PackSource("t", {"pack.yaml": PACK, "flow.yaml": FLOW, "lines/one.yaml": LINE.replace("first", "later")})
    library, findings = lint_sources([mine])
    assert "t.1" in library.lines
    assert {str(f.place.file).split("/")[0] for f in findings} == {"t"}
    assert len(library.packs) > len(shipped())


def test_every_code_of_the_linter_has_a_test() -> None:
    source = "\n".join(path.read_text(encoding="utf-8") for path in Path(fairdue.playbook.__file__).parent.glob("*.py"))
    known = set(re.findall(r'"(playbook\.[a-z_.]+)"', source))
    known |= {f"playbook.{code}" for code in re.findall(r'say\(\s*"([a-z_.]+)"', source)}
    known |= {f"playbook.{code}" for code in ("fits", "situation", "channels")}
    tested = {row[-1] for rows in (LINES, FLOWS, PACKS, REDS, HINTS) for row in rows} | ELSEWHERE
    assert known == tested
