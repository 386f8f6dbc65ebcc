"""What an accounts feed says of placements: read, checked, and left alone where the file has no such columns."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from small_mapping import HEADER, SMALL

from fairdue.core.findings import Severity
from fairdue.portfolio import ImportResult
from fairdue.portfolio.records import PlacementRecord, account_record

Read = Callable[..., ImportResult]
PLACED = (
    SMALL
    + """
  agency: {from: 机构}
  placed_on: {from: 委案日}
  closing_on: {from: 结案日}
  placement_notice_on: {from: 告知日}
  placement_notice_sent: {from: 已告知}
"""
)
HEAD = f"{HEADER},机构,委案日,结案日,告知日,已告知\n"
ROW = "C1,沈示例,A1,信用卡,2026-02-01,1000.00"


def codes(result: ImportResult, severity: Severity) -> list[str]:
    return [f.code for f in result.findings if f.severity is severity]


def test_a_row_says_agency_days_and_notice(read: Read) -> None:
    result = read(f"{HEAD}{ROW},AG1,2026-03-01,2026-05-31,2026-02-25,\n", PLACED)
    assert result.accounts[0].placement == PlacementRecord(
        "AG1", date(2026, 3, 1), date(2026, 5, 31), date(2026, 2, 25), True
    )
    assert not result.rejected


@pytest.mark.parametrize(("flag", "sent"), [("是", True), ("否", False), ("", False)])
def test_the_flag_alone_says_whether_the_customer_was_told(read: Read, flag: str, sent: bool) -> None:
    result = read(f"{HEAD}{ROW},AG1,2026-03-01,2026-05-31,,{flag}\n", PLACED)
    assert result.accounts[0].placement is not None
    assert result.accounts[0].placement.notice_sent is sent


def test_an_empty_cell_says_placed_with_nobody_and_a_missing_column_says_nothing(read: Read) -> None:
    empty = read(f"{HEAD}{ROW},,,,,\n", PLACED).accounts[0]
    silent = read(f"{HEADER}\n{ROW}\n", PLACED).accounts[0]
    assert empty.placement == PlacementRecord("")
    assert silent.placement is None
    days = read(f"{HEADER},结案日\n{ROW},2026-05-31\n", PLACED).accounts[0]
    assert days.placement == PlacementRecord(None, closing_on=date(2026, 5, 31))
    assert read(f"{HEADER},结案日\n{ROW},\n", PLACED).accounts[0].placement is None


def test_a_feed_that_never_spoke_of_placements_keeps_its_digests() -> None:
    values = {"account_id": "A1", "debtor_id": "C1", "product": "credit_card", "lender_type": "bank"}
    plain = account_record(**values)
    placed = [account_record(**values, placement=PlacementRecord("AG1", date(2026, 3, day))) for day in (1, 1, 2)]
    assert plain.digest == "9093c760842441736f7ce442dcb0772d21662fd687c807a8138dfdcac8e1fb42"
    assert placed[0].digest == placed[1].digest
    assert len({plain.digest, placed[0].digest, placed[2].digest}) == 3


def test_an_end_before_the_beginning_sends_the_row_back(read: Read) -> None:
    result = read(f"{HEAD}{ROW},AG1,2026-05-31,2026-03-01,,\n", PLACED)
    assert codes(result, Severity.ERROR) == ["import.placement.dates"]
    assert (len(result.accounts), len(result.rejected)) == (0, 1)


def test_a_placement_of_one_day_is_fine(read: Read) -> None:
    assert not read(f"{HEAD}{ROW},AG1,2026-03-01,2026-03-01,2026-03-01,\n", PLACED).findings


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ("AG1,,2026-05-31,2026-02-25,", "import.placement.open"),
        ("AG1,2026-03-01,,2026-02-25,", "import.placement.open"),
        ("AG1,2026-03-01,2026-05-31,2026-03-02,", "import.placement.notice_late"),
    ],
)
def test_what_is_odd_is_taken_with_a_warning(read: Read, cells: str, code: str) -> None:
    result = read(f"{HEAD}{ROW},{cells}\n", PLACED)
    assert codes(result, Severity.WARNING) == [code]
    assert len(result.accounts) == 1
