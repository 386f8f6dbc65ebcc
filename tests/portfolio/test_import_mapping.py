"""Mapping files: what is shipped is sound; what is wrong is named with its line and its nearest right word."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
import yaml
from small_mapping import SMALL

from fairdue.portfolio import Mapping, load_mapping, shipped
from fairdue.portfolio.computed import RULES

CASES = yaml.safe_load((Path(__file__).parent / "cases" / "mapping_lint.yaml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_mapping_is_sound(name: str) -> None:
    mapping, findings = load_mapping(name)
    assert findings == []
    assert mapping is not None
    assert mapping.name == name


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_a_wrong_mapping_is_explained(case: dict[str, object], tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(str(case["mapping"]), encoding="utf-8")
    mapping, findings = load_mapping(path)
    assert mapping is None
    found = [(f.code, f.place.row, f.mend.en) for f in findings]
    for code, line, said in case["findings"]:  # type: ignore[attr-defined]
        assert any(c == code and r == line and said in m for c, r, m in found), found
    assert len(found) == len(case["findings"]), found  # type: ignore[arg-type]


def test_a_missing_file_is_a_finding() -> None:
    mapping, findings = load_mapping("no-such-mapping")
    assert mapping is None
    assert [f.code for f in findings] == ["mapping.unreadable"]


def test_a_column_may_be_written_short(tmp_path: Path) -> None:
    path = tmp_path / "m.yaml"
    path.write_text(
        SMALL.replace("{from: 客户号}", "客户号").replace("{from: 账号}", "[账号, 合同号]"), encoding="utf-8"
    )
    mapping, findings = load_mapping(path)
    assert findings == []
    assert mapping is not None
    assert {spec.field: spec.names for spec in mapping.columns}["account_id"] == ("账号", "合同号")
    assert all(spec.required for spec in mapping.columns if spec.field in ("debtor_id", "account_id", "principal_fen"))


def test_wanted_names_every_column_once() -> None:
    mapping, _ = load_mapping("standard-zh")
    assert mapping is not None
    wanted = mapping.wanted()
    assert {"客户号", "紧急联系人电话", "紧急联系人关系", "紧急联系人"} <= set(wanted)
    assert len(wanted) == len(set(wanted))


AS_OF = date(2026, 3, 31)


@pytest.mark.parametrize(
    ("rule", "values", "args", "expected"),
    [
        ("constant", {}, {"value": "bank"}, "bank"),
        ("copy", {"a": 5}, {"of": "a"}, 5),
        ("clip_positive", {"a": -5}, {"of": "a"}, 0),
        ("clip_positive", {"a": None}, {"of": "a"}, None),
        ("clip_negative", {"a": -5}, {"of": "a"}, 5),
        ("clip_negative", {"a": None}, {"of": "a"}, 0),
        ("cycles_from_status", {"a": -2}, {"of": "a"}, 0),
        ("cycles_from_status", {"a": 3}, {"of": "a"}, 3),
        ("cycles_from_status", {"a": 9}, {"of": "a", "table": {9: 4}}, 4),
        ("minimum_missed", {"a": 391_300, "c": 2}, {"of": "a", "cycles": "c", "ppm": 100_000}, 78_260),
        ("minimum_missed", {"a": 1_000, "c": 20}, {"of": "a", "cycles": "c", "ppm": 100_000}, 1_000),
        ("minimum_missed", {"a": 1_005, "c": 1}, {"of": "a", "cycles": "c", "ppm": 100_000}, 101),
        ("minimum_missed", {"a": -5, "c": 1}, {"of": "a", "cycles": "c", "ppm": 100_000}, 0),
        ("due_date_from_cycles", {"c": 0}, {"cycles": "c", "table": {0: -20, 1: 1}}, date(2026, 4, 20)),
        ("due_date_from_cycles", {"c": 1}, {"cycles": "c", "table": {0: -20, 1: 1}}, date(2026, 3, 30)),
        ("due_date_from_cycles", {"c": 3}, {"cycles": "c", "table": {0: -20, 1: 1}}, date(2026, 1, 29)),
        ("days_since", {"d": date(2026, 3, 1)}, {"of": "d"}, 30),
        ("days_since", {"d": date(2026, 4, 1)}, {"of": "d"}, 0),
        ("days_since", {"d": None}, {"of": "d"}, None),
        ("sum", {"a": 1, "b": None, "c": 2}, {"of": ["a", "b", "c"]}, 3),
    ],
)
def test_computed_rules(rule: str, values: dict[str, object], args: dict[str, object], expected: object) -> None:
    assert RULES[rule].run(values, args, AS_OF) == expected


def test_a_due_date_spread_stays_within_its_cycle_and_is_stable() -> None:
    args = {"cycles": "c", "table": {0: -20, 1: 1, 2: 31}, "spread_days": 30}
    days = set()
    for number in range(400):
        values = {"c": 2, "account_id": f"A{number}"}
        due = RULES["due_date_from_cycles"].run(values, args, AS_OF)
        assert due == RULES["due_date_from_cycles"].run(values, args, AS_OF)
        days.add((AS_OF - due).days)
    assert days == set(range(31, 61))


def test_without_a_date_no_due_date_is_invented() -> None:
    assert RULES["due_date_from_cycles"].run({"c": 1}, {"cycles": "c", "table": {0: 0}}, None) is None


def test_labels_may_stand_for_yes_no_and_numbers(mapping_of: Callable[[str], Mapping]) -> None:
    columns = "account_id: a\n  value_date: b\n  amount_fen: c\n  reference: d\n  reversal: {from: r, map: {冲: true, 正: false}}"
    assert mapping_of(f"kind: payments\ncolumns:\n  {columns}\n").columns[-1].values == {"冲": True, "正": False}
    cycles = mapping_of(SMALL + "  cycles: {from: 阶段, map: {M1: 1, M2: 2}}\n").columns[-1]
    assert cycles.values == {"M1": 1, "M2": 2}
