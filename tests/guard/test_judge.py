"""The learned layer: silent on lawful lines it has not seen, useful on red lines it has not seen, honest about why."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from fairdue.core import kept
from fairdue.guard import check_text, judge_train
from fairdue.guard.context import own_words
from fairdue.guard.judge import Judge, units

LABELS = {f"V{n:02d}" for n in range(1, 27)}
UNKNOWN = "您跟我关系好,我才透这个底,别人没有"
"""A phrasing of a red-line case (V21) without any word that a pattern knows."""


@pytest.mark.slow
def test_out_of_fold_the_judge_leaves_lawful_words_alone() -> None:
    data = judge_train.read(judge_train.samples())
    margins = judge_train.unseen(data, [judge_train.fold_of(row.family, 4) for row in data.samples])
    best = margins[:, 1:].argmax(axis=1)
    raised = margins[:, 0] + margins[np.arange(len(best)), 1 + best] >= judge_train.load_judge().least[best]
    kinds = np.array([row.kind for row in data.samples])
    assert raised[kinds == "line"].mean() <= 0.01
    assert raised[kinds == "clean"].mean() <= 0.02
    assert raised[kinds == "red"].mean() >= 0.25


def test_a_family_is_never_parted() -> None:
    rows = judge_train.samples()
    assert {row.kind for row in rows} == {"red", "found", "clean", "line", "part"}
    cases = {row.family for row in rows if row.kind == "red"}
    assert all(row.family in cases for row in rows if row.family.startswith("red."))
    assert all(not row.labels for row in rows if row.kind in ("line", "clean", "part"))
    assert judge_train.fold_of("red.x") == judge_train.fold_of("red.x")


def test_the_judge_names_its_words_and_its_layer() -> None:
    (red,) = check_text(UNKNOWN, "call", "customer")
    assert (red.label, red.layer) == ("V21", "judge")
    start, end = red.span
    assert 0 <= start < end <= len(UNKNOWN)
    assert "与红线用语相近" in red.why.zh
    assert all(part.split("」")[0] in UNKNOWN for part in red.why.zh.split("「")[1:])


def test_the_judge_is_not_asked_where_the_words_are_known_and_lawful() -> None:
    say = "按刑法一百九十六条,本案材料会移交公安机关"
    assert check_text(say, "call", "customer", {"police_reported": True, "legal_signoff": True}) == []


def test_only_labels_that_may_apply_are_raised() -> None:
    judge = judge_train.load_judge()
    verdict = judge.judge(UNKNOWN, "customer", LABELS - {"V21"})
    assert verdict is None or verdict.label != "V21"
    assert judge.judge(UNKNOWN, "customer", set()) is None
    assert judge.judge("您好", "customer", LABELS) is None


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("您刚才说「让你坐牢」,这话没有讲过", "您刚才说,这话没有讲过"),
        ("我们不会上门,明天再联系", "明天再联系"),
        ("明天五点我等您", "明天五点我等您"),
    ],
)
def test_only_our_own_words_are_judged(text: str, left: str) -> None:
    kept_words = own_words(text)
    assert len(kept_words) == len(text)
    assert kept_words.replace(" ", "").strip(",") == left


def test_numbers_scripts_and_forms_of_address_do_not_matter() -> None:
    one, other = units("你還三千500元"), units("您还三千620元")
    assert [unit for unit, _s, _e in one] == [unit for unit, _s, _e in other]


def small() -> Judge:
    names = np.array([1, 2], dtype=np.uint32)
    ones = np.ones(2, dtype=np.float32)
    return Judge(("V01",), names, ones, np.zeros((2, 2), np.float16), ones, ones[:1])


def test_a_judge_is_kept_found_and_built_again_when_broken(tmp_path: Path) -> None:
    built: list[int] = []

    def build() -> Judge:
        built.append(1)
        return small()

    def ask() -> Judge:
        return kept.kept("guard-x.npz", Judge.from_arrays, build, Judge.arrays, [tmp_path])

    assert ask().labels == ("V01",)
    assert ask().labels == ("V01",)
    assert len(built) == 1
    path = tmp_path / "guard-x.npz"
    path.write_bytes(path.read_bytes()[:100])
    ask()
    kept.write(path, {"names": np.zeros(1)})
    ask()
    assert len(built) == 3
    assert not list(tmp_path.glob("*.tmp"))


def test_a_judge_lives_in_memory_where_nothing_can_be_written(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("x", encoding="utf-8")
    assert kept.kept("guard-x.npz", Judge.from_arrays, small, Judge.arrays, [blocked]).labels == ("V01",)
    assert kept.kept("guard-x.npz", Judge.from_arrays, small, Judge.arrays, []).labels == ("V01",)


def test_the_name_changes_with_what_it_was_built_from(monkeypatch: pytest.MonkeyPatch) -> None:
    before = judge_train.digest()
    monkeypatch.setattr(judge_train, "CODE", judge_train.CODE[:-1])
    assert judge_train.digest() != before
