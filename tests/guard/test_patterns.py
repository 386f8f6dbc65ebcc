"""Word classes and gaps: what compliance people write becomes the regular expression they mean."""

from __future__ import annotations

import pytest

from fairdue.guard import check_text, load_labels
from fairdue.guard.patterns import Words
from fairdue.packs import PACKS, read_yaml

WORDS = Words({"you": ["你", "你们"], "child": ["儿子"], "kin": ["家人", "<child>"], "loop": ["<loop>"]})


def test_a_class_holds_the_words_of_the_classes_it_names() -> None:
    assert WORDS.members("kin") == ["家人", "儿子"]


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("找<you>~2<kin>", "找你们的儿子", "找你们的儿子"),
        ("找<you>~2<kin>", "找你。儿子", None),
        ("找@3<kin>", "找他的家人", "找他的家人"),
        ("找@3<kin>", "找不到家人", None),
        ("(?P<x>病|债)归(?P=x)", "病归病", "病归病"),
    ],
)
def test_a_pattern_reads_as_it_is_written(pattern: str, text: str, found: str | None) -> None:
    match = WORDS.regex(pattern).search(text)
    assert (match[0] if match else None) == found


@pytest.mark.parametrize("pattern", ["<nobody>", "<loop>", "(", "["])
def test_a_pattern_that_cannot_be_read_is_named(pattern: str) -> None:
    with pytest.raises(ValueError, match="guard pattern"):
        WORDS.regex(pattern)


def test_a_pattern_may_have_its_own_parties_and_negation() -> None:
    row = {"find": "<kin>来还", "parties": ["customer"], "negatable": False}
    pattern = WORDS.pattern(row, negatable=True)
    assert (pattern.parties, pattern.negatable) == (frozenset({"customer"}), False)
    assert WORDS.pattern("<kin>", negatable=True).parties is None


def test_every_class_of_the_pack_is_used() -> None:
    pack = read_yaml(PACKS / "guard" / "cn.yaml")
    written = str(pack["labels"]) + str(pack["words"])
    assert [name for name in pack["words"] if f"<{name}>" not in written] == []
    assert sum(len(label.patterns) for label in load_labels()) > 150


@pytest.mark.parametrize(
    ("text", "labels"),
    [
        ("这已经不是民事了,是刑事", {"V04"}),
        ("我们不是法院,也不是公安", set()),
        ("别嫌我们打您爱人的电话", {"V12"}),
        ("别的平台额度还有吧,先拿出来周转", {"V17"}),
        ("您弟弟不是刚收了份子钱吗", {"V17"}),
        ("您说有人讲要抓您,那不是我们", set()),
        ("打扰到您家人,实在抱歉", set()),
    ],
)
def test_negation_ends_where_a_new_clause_begins(text: str, labels: set[str]) -> None:
    assert {red.label for red in check_text(text, "call", "customer")} == labels


def test_family_is_asked_to_pay_in_other_words_than_the_customer_is_told() -> None:
    text = "你还不上,就叫你爸来还"
    assert "V11" in {red.label for red in check_text(text, "call", "customer")}
    assert {red.label for red in check_text("请他本人来还款处理", "call", "customer")} == set()
