"""Text, findings and numbers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.core.findings import Finding, Place, Severity, has_errors
from fairdue.core.ids import digest, is_numbered, luhn_digit, numbered
from fairdue.core.text import Text

FINDING = Finding("x.y", Text("错", "Wrong."), Text("因", "Because."), Text("改", "Mend."), Place("f.csv", 3, "amount"))


def test_a_text_is_chosen_at_the_last_moment() -> None:
    text = Text("好", "good")
    assert (text.in_("zh-hans"), text.in_("en-US"), text.in_("fr"), str(text)) == ("好", "good", "好", "好")
    assert Text.from_dict(text.as_dict()) == text


def test_a_finding_says_where_what_why_and_how_to_mend() -> None:
    assert FINDING.line() == "f.csv:3:amount: error x.y: Wrong. Because. Mend."
    assert FINDING.line("zh") == "f.csv:3:amount: error x.y: 错 因 改"
    assert FINDING.as_dict()["row"] == 3
    placeless = Finding("x", Text("a", "b"), Text("a", "b"), Text("a", "b"), severity=Severity.INFO)
    assert placeless.line() == "info x: b b b"
    assert has_errors([placeless, FINDING])
    assert not has_errors([placeless])


def test_a_number_reads_as_its_day_and_serial() -> None:
    assert numbered("Q", date(2026, 11, 24), 123) == "Q20261124-000123-0"
    assert luhn_digit("7992739871") == "3"


@given(st.dates(date(2000, 1, 1), date(2099, 12, 31)), st.integers(0, 999_999), st.integers(0, 13), st.integers(1, 9))
def test_one_wrong_digit_is_noticed(day: date, serial: int, where: int, shift: int) -> None:
    number = numbered("Q", day, serial)
    assert is_numbered(number, "Q")
    index = 1 + where + (where >= 8)
    wrong = number[:index] + str((int(number[index]) + shift) % 10) + number[index + 1 :]
    assert not is_numbered(wrong, "Q")


@pytest.mark.parametrize(
    "text", ["", "Q", "P20261124-000123-0", "Q20261124-000123", "Q2026112-000123-0", "Q²0261124-000123-0"]
)
def test_what_is_no_number(text: str) -> None:
    assert not is_numbered(text, "Q")


def test_equal_facts_have_equal_digests() -> None:
    assert digest({"b": 1, "a": [date(2026, 1, 1)]}) == digest({"a": ["2026-01-01"], "b": 1})
    assert digest({"a": 1}) != digest({"a": 2})
