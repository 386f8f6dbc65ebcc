"""The open labelled set: read exactly, split by families, measured honestly."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairdue.cli import app
from fairdue.guard.labels import load_labels
from fairdue.guard.measure import Score, measure
from fairdue.guard.report import page
from fairdue.guard.speech import SPEECH, Utterance, load_speech
from fairdue.packs import PackError

ROWS = load_speech()


def test_the_set_is_large_and_every_label_is_said_in_every_split() -> None:
    assert len(ROWS) >= 2000
    for split in ("train", "dev", "held"):
        said = Counter(label for row in ROWS if row.split == split for label in row.labels)
        assert {label.id for label in load_labels()} <= set(said), split
        assert sum(1 for row in ROWS if row.split == split and not row.labels) >= 100, split


def test_no_family_is_parted_and_no_text_stands_twice() -> None:
    splits: dict[str, set[str]] = {}
    for row in ROWS:
        splits.setdefault(row.family, set()).add(row.split)
    assert [name for name, found in splits.items() if len(found) > 1] == []
    assert len({row.text for row in ROWS}) == len(ROWS)


def test_marks_lie_in_the_text_and_leave_no_trace() -> None:
    for row in ROWS:
        assert not set("⟦⟧") & set(row.text), row.id
        assert all(0 <= start < end <= len(row.text) for _label, start, end in row.spans), row.id
        assert {label for label, _start, _end in row.spans} <= set(row.labels), row.id


GOOD = "- {family: f, labels: [V12], channel: call, party: customer, split: train, say: [别逼我⟦找你领导⟧]}\n"


def read(tmp_path: Path, text: str) -> list[Utterance]:
    (tmp_path / "s.yaml").write_text(text, encoding="utf-8")
    return load_speech(tmp_path)


def test_a_row_is_read_with_its_marks_and_its_own_facts(tmp_path: Path) -> None:
    text = GOOD + (
        "- {family: g, labels: [V10, V11], channel: call, party: family, facts: {guarantor: false}, split: held, say: "
        "[{text: 他⟦V10：欠了两万⟧，⟦V11:你先垫上⟧, facts: {guarantor: true}}]}\n"
    )
    one, two = read(tmp_path, text)
    assert (one.text, one.spans) == ("别逼我找你领导", (("V12", 3, 7),))
    assert two.text == "他欠了两万，你先垫上"
    assert two.spans == (("V10", 1, 5), ("V11", 6, 10))
    assert (two.facts, two.party, two.split) == ({"guarantor": True}, "family", "held")
    assert [row.id for row in load_speech(tmp_path, "held")] == ["g.1"]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("[V12]", "[V99]"),
        ("call", "telex"),
        ("customer", "cat"),
        ("split: train", "split: maybe"),
        ("⟦找你领导⟧", "找你领导"),
        ("⟦找你领导⟧", "⟦找你领导"),
        ("⟦找你领导⟧", "⟦V13:找你领导⟧"),
        ("labels: [V12]", "labels: []"),
        ("family: f,", "family: f, colour: red,"),
        ("say: [别逼我⟦找你领导⟧]", "say: []"),
        ("say: [别逼我⟦找你领导⟧]", "say: [⟦一样⟧的话, ⟦一样⟧的话]"),
    ],
)
def test_a_row_that_is_not_as_it_should_be_is_refused_with_its_line(tmp_path: Path, old: str, new: str) -> None:
    assert read(tmp_path, GOOD)
    with pytest.raises(PackError, match=r"s\.yaml:1"):
        read(tmp_path, GOOD.replace(old, new))


def test_a_family_stands_once(tmp_path: Path) -> None:
    with pytest.raises(PackError, match="stands twice"):
        read(tmp_path, GOOD + GOOD.replace("别逼我", "小心我"))


def row(text: str, *labels: str, spans: tuple[tuple[str, int, int], ...] = ()) -> Utterance:
    return Utterance(text, text, spans, labels, "call", "customer", {}, "f", "held")


def test_what_is_found_missed_and_wrongly_raised_is_counted_by_label() -> None:
    insult = "你这个老赖真不要脸"
    rows = [
        row(insult, "V03", spans=(("V03", 3, 9),)),
        row("您好，这里是示例银行贷后服务中心，我姓林。"),
        row("我夸您两句", "V26"),
    ]
    found = measure(rows)
    assert (found.unlawful, found.lawful, found.alarms) == (2, 1, 0)
    v03 = found.labels["V03"]
    assert (v03.said, v03.found, v03.span_right, v03.recall) == (1, 1, 1, 1.0)
    assert found.labels["V26"].recall == 0.0
    assert ("我夸您两句", "V26") in found.missed
    assert found.of("critical").said == 2
    assert "3 utterances" in page(rows, found)


def test_shares_of_nothing_are_not_known() -> None:
    assert (Score().recall, Score().precision) == (None, None)


def test_the_report_command() -> None:
    run = CliRunner()
    shown = run.invoke(app, ["guard-report", "--split", "dev", "--missed"])
    assert shown.exit_code == 0
    assert "utterances in" in shown.output
    assert "missed V" in shown.output
    for words in (["--split", "all"], ["--missed"], ["--write", "--split", "dev"]):
        refused = run.invoke(app, ["guard-report", *words])
        assert refused.exit_code == 2, words
        assert refused.output.startswith("fairdue: ")


def test_the_report_page_is_written(tmp_path: Path) -> None:
    run = CliRunner()
    target = tmp_path / "guard.md"
    assert run.invoke(app, ["guard-report", "--write", "--page", str(target)]).exit_code == 0
    text = target.read_text(encoding="utf-8")
    assert "## By label" in text
    assert f"{len(load_speech(SPEECH, 'held'))} utterances" in text
    assert run.invoke(app, ["guard-report", "--write", "--page", str(tmp_path / "no" / "x.md")]).exit_code == 2
