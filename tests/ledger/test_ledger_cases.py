"""Golden cases, written as a practitioner would: tests/ledger/cases/*.yaml."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from fairdue.core.money import parse_money
from fairdue.ledger import commission_plan, load_products, make_quote, read_account, replay

CASES = Path(__file__).parent / "cases"
PRODUCTS, _ = load_products()


def _cases(*names: str) -> list[Any]:
    rows = [(name, case) for name in names for case in yaml.safe_load((CASES / name).read_text(encoding="utf-8"))]
    return [pytest.param(case, id=f"{name}: {case['name']}") for name, case in rows]


@pytest.mark.parametrize("case", _cases("card-interest.yaml", "loans-and-bills.yaml"))
def test_what_is_owed(case: dict[str, Any], tmp_path: Path) -> None:
    path = tmp_path / "account.yaml"
    path.write_text(yaml.safe_dump(case["account"]), encoding="utf-8")
    read, findings = read_account(path)
    assert findings == []
    assert read is not None
    facts, events = read
    product = PRODUCTS[facts.product]
    position, findings = replay(facts, events, product, case["as_of"])
    assert findings == []
    assert {key: getattr(position, key) for key in case["expect"]} == case["expect"]
    quote, _ = make_quote(facts, events, product, case["as_of"], "Q1")
    formulas = {line.code: line.formula.zh for line in quote.lines}
    assert {code: formulas[code] for code in case.get("line", {})} == case.get("line", {})


@pytest.mark.parametrize("case", _cases("plans.yaml"))
def test_the_commission_plan(case: dict[str, Any]) -> None:
    body = dict(case["plan"])
    amount = parse_money(body.pop("amount"))
    ability: Any = None
    if "ability" in case:
        ability = [(day, parse_money(text)) for day, text in case["ability"].items()]
    if "monthly" in case:
        ability = parse_money(case["monthly"])
    plan, findings = commission_plan(amount, ability=ability, **body)
    assert [f.code for f in findings] == case.get("findings", [])
    parts = {part.due_on: part.amount_fen for part in plan.parts} if plan else {}
    assert parts == {day: parse_money(text) for day, text in case.get("parts", {}).items()}


def test_a_part_kept_postpones_the_next_step_to_the_part_that_follows() -> None:
    plan, _ = commission_plan(2_400_000, date(2026, 3, 3), date(2026, 3, 31), 4)
    assert plan is not None
    assert ["2026-03-10" in plan.parts[0].postpones.zh, "2026-03-24" in plan.parts[1].postpones.en] == [True, True]
    assert "结清" in plan.parts[2].postpones.zh
