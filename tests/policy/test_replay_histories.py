"""Generated histories and the campaign table shaped into attempts."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow.parquet as pq
import pytest

from fairdue.policy import load_pack
from fairdue.policy.replay import ContactsError, compare_contacts
from fairdue.policy.replay.campaign import attempts
from fairdue.policy.replay.generate import generate, tables, write

HEAD = "age,job,contact,day,month,duration,campaign,deposit\n"
SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_the_same_seed_gives_the_same_history_and_another_seed_another() -> None:
    one, same, other = generate(3000, 5), generate(3000, 5), generate(3000, 6)
    assert one.equals(same)
    assert not one.equals(other)
    assert len(set(one["id"].to_pylist())) == one.num_rows == 3000


@pytest.mark.parametrize("country", ["CN", "US"])
def test_a_generated_history_meets_caps_hours_holds_and_roles(country: str) -> None:
    pack, _ = load_pack(jurisdiction=country)
    comparison = compare_contacts(generate(30_000, 1, country), pack, pack)
    allowed = comparison.count("pass") + comparison.count("warn")
    assert 0.4 < allowed / comparison.total < 0.95
    assert len(comparison.rules) > 8
    caps = {"CN": {"CN-GBT-03", "CN-CBA-02", "CN-GBT-06"}, "US": {"US-7IN7", "US-7AFTER"}}[country]
    assert caps <= set(comparison.rules)
    assert len(comparison.agents) > 100


def test_a_country_without_zones_is_refused() -> None:
    with pytest.raises(ValueError, match="AU, CN, ID, US"):
        next(tables(10, 1, "FR"))


def test_the_written_file_is_what_was_generated(tmp_path: Path) -> None:
    path = tmp_path / "h.parquet"
    assert write(path, 2000, 3) == 2000
    assert pq.read_table(path).num_rows == 2000


@pytest.fixture
def bank(tmp_path: Path) -> Path:
    path = tmp_path / "bank.csv"
    rows = ["58,manager,cellular,5,may,261,1,no", "30,clerk,telephone,9,jun,3,40,no", "41,clerk,unknown,2,mar,0,3,yes"]
    path.write_text(HEAD + "\n".join(rows) + "\n", encoding="utf-8")
    return path


def test_each_person_has_the_calls_of_the_table_and_the_last_one_lasts(bank: Path) -> None:
    rows = attempts(bank).to_pylist()
    assert Counter(row["debtor"] for row in rows) == {"P00001": 1, "P00002": 40, "P00003": 3}
    by_person = {row["debtor"]: row for row in rows}  # the last row of each person
    assert {name: row["talk_seconds"] for name, row in by_person.items()} == {"P00001": 261, "P00002": 3, "P00003": 0}
    assert {name: row["two_way"] for name, row in by_person.items()} == {
        "P00001": True,
        "P00002": False,
        "P00003": False,
    }
    assert sum(row["connected"] for row in rows) == 2
    assert {row["line_kind"] for row in rows if row["debtor"] == "P00002"} == {"home"}


def test_calls_lie_in_the_month_in_order_and_in_working_hours(bank: Path) -> None:
    rows = [row for row in attempts(bank).to_pylist() if row["debtor"] == "P00002"]
    local = [row["at"].astimezone(SHANGHAI) for row in rows]
    assert local == sorted(local)
    assert {(moment.year, moment.month) for moment in local} == {(2026, 6)}
    assert local[-1].day == 9 and local[0].day == 1
    assert all(9 <= moment.hour < 20 for moment in local)
    assert attempts(bank).equals(attempts(bank))


def test_the_earlier_calls_can_be_laid_into_fewer_days(bank: Path) -> None:
    rows = [row for row in attempts(bank, days=2).to_pylist() if row["debtor"] == "P00002"]
    first: datetime = rows[0]["at"]
    assert rows[-1]["at"] - first < timedelta(days=2)
    pack, _ = load_pack()
    wide, narrow = (compare_contacts(attempts(bank, days=days), pack, pack) for days in (31, 2))
    assert "CN-CBA-02" not in wide.rules and narrow.rules["CN-CBA-02"]["warn"][0].contacts > 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("age,day\n1,2\n", "no column month, duration, campaign, contact"),
        (HEAD + "58,x,cellular,5,mai,261,1,no\n", "month 'mai'"),
        (HEAD + "58,x,cellular,5,may,261,0,no\n", "column campaign"),
        (HEAD + "58,x,cellular,5,may,-1,1,no\n", "column duration"),
    ],
)
def test_a_table_that_is_not_the_campaigns_is_refused(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "bank.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContactsError, match=said):
        attempts(path)
