"""The back-test as a compliance officer reads it: small histories, what would have been denied, and why."""

from __future__ import annotations

import json
import random
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as arrow_csv
import pyarrow.parquet as pq
import pytest
from replay_world import history
from small_packs import overlay

from fairdue.policy import load_pack
from fairdue.policy.dates import as_on
from fairdue.policy.replay import COLUMNS, ContactsError, blind, compare_contacts, requests_of

CN, _ = load_pack()
MORNING = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
"""09:00 on a Monday in Shanghai."""


def table(*rows: dict[str, Any]) -> pa.Table:
    """Effective calls to one debtor, ten minutes apart, unless a row says otherwise."""
    filled = [
        {
            "id": f"c{index}",
            "at": MORNING + timedelta(minutes=10 * index),
            "debtor": "D1",
            "line": "L1",
            "product": "credit_card",
            "connected": True,
            "talk_seconds": 60,
        }
        | row
        for index, row in enumerate(rows)
    ]
    names = list(dict.fromkeys(name for row in filled for name in row))
    return pa.table({name: [row.get(name) for row in filled] for name in names})


def broken(*rows: dict[str, Any], pack: Any = CN) -> dict[str, str]:
    """Rules broken by each contact that was asked; contacts that break none are left out."""
    found = {row.id: " ".join(row.rules_first) for row in compare_contacts(table(*rows), pack, pack).rows()}
    return {name: rules for name, rules in found.items() if rules}


def test_the_fourth_effective_call_of_a_day_is_denied_and_the_first_of_the_next_is_not() -> None:
    night = {"at": datetime(2026, 3, 2, 16, 0, 0, tzinfo=UTC) + timedelta(hours=9)}
    assert broken({}, {}, {}, {}, night) == {"c3": "CN-GBT-03 deny CN-NIFA-17 deny"}


def test_calls_of_several_agents_and_debts_count_together_and_short_ones_do_not() -> None:
    rows = (
        {"debt": "A1", "agent": "li"},
        {"debt": "A2", "agent": "wu"},
        {"talk_seconds": 5},
        {"debt": "A1", "agent": "li"},
    )
    assert broken(*rows) == {}
    assert broken(*rows, {"debt": "A3"}) == {"c4": "CN-GBT-03 deny CN-NIFA-17 deny"}


def test_the_seventh_unanswered_attempt_on_a_number_warns_whoever_is_called_on_it() -> None:
    rows = [{"connected": False, "talk_seconds": 0, "debtor": f"D{index % 3}"} for index in range(7)]
    assert broken(*rows) == {"c6": "CN-CBA-02 warn"}


def test_at_the_same_second_the_ids_decide_which_contact_was_first() -> None:
    same = [{"id": name, "at": MORNING} for name in ("d", "b", "a", "c")]
    assert broken(*same) == {"d": "CN-GBT-03 deny CN-NIFA-17 deny"}


def test_a_call_from_the_debtor_is_not_asked_but_ends_the_loss() -> None:
    lost = {"connected": False, "talk_seconds": 0, "status": "unreachable", "direction": "out", "role": "debtor"}
    friend = lost | {"role": "friend", "at": MORNING + timedelta(days=1), "id": "friend", "line": "L2"}
    assert broken(lost, lost, lost, friend) == {}
    call_back = lost | {"direction": "in", "connected": True, "at": MORNING + timedelta(hours=5), "id": "back"}
    assert broken(lost, lost, lost, call_back, friend) == {"friend": "CN-CBA-03 deny"}
    comparison = compare_contacts(table(lost, lost, lost, call_back, friend), CN, CN)
    assert comparison.total == 4


def test_an_overlay_shows_who_would_be_denied_by_it(tmp_path: Path) -> None:
    tight, findings = load_pack(overlays=[overlay(tmp_path, "- {rule: CN-GBT-03, params: {at_most: 1}}")])
    assert not findings
    other = {"debtor": "D2", "line": "L2", "agent": "wu"}
    comparison = compare_contacts(table({"agent": "li"}, {"agent": "li"}, {"agent": "wu"}, other), CN, tight)
    report = comparison.as_dict()
    assert report["matrix"] == {"pass>pass": 2, "pass>deny": 2}
    assert report["newly_denied"] == 2 and report["newly_allowed"] == 0
    assert report["rules"] == {
        "CN-GBT-03": {"deny": {"first": {"contacts": 0, "debtors": 0}, "second": {"contacts": 2, "debtors": 1}}}
    }
    assert report["agents"] == {"li": {"pass>pass": 1, "pass>deny": 1}, "wu": {"pass>pass": 1, "pass>deny": 1}}
    assert report["days"] == {"2026-03-02": {"pass>pass": 2, "pass>deny": 2}}
    assert report["debtors"] == {"all": 2, "denied_first": 0, "denied_second": 1}
    assert [example["id"] for example in report["examples"]["newly_denied"]] == ["c1", "c2"]
    assert report["examples"]["newly_denied"][0]["only_second"] == ("CN-GBT-03 deny",)
    assert (report["first"], report["second"]) == (CN.label, tight.label) != (CN.label, CN.label)
    json.dumps(report)


def test_two_dates_show_what_a_new_law_changed() -> None:
    late = {"at": datetime(2026, 3, 2, 14, 30, tzinfo=UTC)}  # half past ten in the evening
    before, after = as_on(CN, date(2017, 1, 1)), as_on(CN, date(2026, 3, 2))
    comparison = compare_contacts(table(late), before, after)
    assert comparison.newly_denied == 1
    assert set(comparison.rules) == {"CN-GBT-01", "CN-CBA-01", "CN-NIFA-17"}


def test_the_day_of_a_contact_is_the_persons_own() -> None:
    late = {"at": datetime(2026, 3, 1, 17, 0, tzinfo=UTC), "tz": "Asia/Shanghai"}
    early = {"at": datetime(2026, 3, 1, 17, 0, tzinfo=UTC), "tz": "America/New_York"}
    assert set(compare_contacts(table(late, early), CN, CN).days) == {"2026-03-02", "2026-03-01"}


def test_columns_that_are_missing_take_a_default_and_the_report_says_so() -> None:
    comparison = compare_contacts(table({"colour": "red"}), CN, CN)
    assert {"source", "purpose", "certificates", "tz", "two_way"} <= set(comparison.defaulted)
    assert comparison.ignored == ["colour"]
    assert not {"id", "at", "debtor", "connected"} & set(comparison.defaulted)


def test_an_empty_cell_is_not_known_and_denies() -> None:
    assert broken({"source": None}, {"source": "contract"}) == {
        "c0": "CN-CBA-04 warn CN-CRIM-253-1 deny CN-GBT-11 warn CN-PIPL-10 deny FD-FACTS deny"
    }


def test_the_order_of_the_rows_in_the_file_changes_nothing() -> None:
    whole = history("CN", 3, 600)
    places = list(range(whole.num_rows))
    random.Random(1).shuffle(places)
    one, two = (compare_contacts(each, CN, CN) for each in (whole, whole.take(pa.array(places))))
    assert {row.id: row for row in one.rows()} == {row.id: row for row in two.rows()}
    assert one.as_dict() == two.as_dict()


def test_parquet_csv_and_a_table_in_memory_are_read_alike(tmp_path: Path) -> None:
    whole = history("CN", 4, 400)
    pq.write_table(whole, tmp_path / "h.parquet", row_group_size=100)
    text = whole.set_column(whole.column_names.index("at"), "at", whole["at"].cast(pa.timestamp("us", "UTC")))
    arrow_csv.write_csv(text, tmp_path / "h.csv")
    reports = [
        compare_contacts(source, CN, CN).as_dict() for source in (whole, tmp_path / "h.parquet", tmp_path / "h.csv")
    ]
    assert reports[0] == reports[1] == reports[2]


def test_rows_and_batches_say_the_same_as_the_matrix() -> None:
    comparison = compare_contacts(history("CN", 5, 500), CN, as_on(CN, date(2017, 1, 1)))
    rows = list(comparison.rows())
    written = pa.Table.from_batches(comparison.batches(size=70), comparison.schema).to_pylist()
    assert len(rows) == len(written) == comparison.total == sum(comparison.matrix.values())
    for row, line in zip(rows, written, strict=True):
        assert (row.id, row.first, row.second) == (line["id"], line["first"], line["second"])
        assert ";".join(row.rules_first) == line["rules_first"] and ";".join(row.rules_second) == line["rules_second"]
    for parts in (comparison.agents, comparison.days):
        assert sum(sum(matrix.values()) for matrix in parts.values()) == comparison.total


def test_an_empty_table_is_an_empty_report() -> None:
    comparison = compare_contacts(history("CN", 1, 5).slice(0, 0), CN, CN)
    assert comparison.total == 0 and comparison.matrix == {} and list(comparison.rows()) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"debtor": None}, "column debtor"),
        ({"at": datetime(2026, 3, 2, 9, 0)}, "column at: its type is timestamp"),  # noqa: DTZ001
        ({"at": "yesterday"}, "column at"),
        ({"channel": "fax"}, "column channel: 'fax' is not usable; use one of email"),
        ({"talk_seconds": -1}, "column talk_seconds: a negative number"),
        ({"talk_seconds": "long"}, "column talk_seconds"),
        ({"holds": "holiday"}, "contact c0: holds"),
        ({"tz": "Mars/Olympus"}, "Mars/Olympus"),
        ({"purpose": "annoy"}, "contact c0: purpose"),
    ],
)
def test_what_cannot_be_used_is_refused_with_its_column(change: dict[str, Any], said: str) -> None:
    with pytest.raises(ContactsError, match=said.replace("(", r"\(")):
        compare_contacts(table(change), CN, CN)


@pytest.mark.parametrize("missing", ["id", "at", "debtor"])
def test_what_must_be_there_must_be_there(missing: str) -> None:
    with pytest.raises(ContactsError, match=f"no column {missing}"):
        compare_contacts(table({}).drop_columns([missing]), CN, CN)
    with pytest.raises(ContactsError, match=f"no column {missing}"):
        list(requests_of(table({}).drop_columns([missing]), "CN"))


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "h.parquet"
    path.write_text("no parquet", encoding="utf-8")
    with pytest.raises(ContactsError, match=r"h\.parquet"):
        compare_contacts(path, CN, CN)


def test_a_check_cannot_look_without_being_found_out() -> None:
    for look in (
        lambda: blind.BLIND.rows,
        lambda: blind.BLIND > 3,
        lambda: list(blind.BLIND),
        lambda: bool(blind.BLIND),
        lambda: blind.BLIND.between(1, 2),
        lambda: blind.BLIND == 3,
        lambda: len(blind.BLIND),
    ):
        with pytest.raises(blind.Looked):
            look()
    assert not issubclass(blind.Looked, Exception)


def test_every_column_says_what_a_missing_one_means() -> None:
    assert all(column.rule.zh and column.rule.en for column in COLUMNS)
    assert len({column.name for column in COLUMNS}) == len(COLUMNS)
