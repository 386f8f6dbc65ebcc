"""Changes of the house laid over a pack: beside the shipped rule, for their days, never more lenient by accident."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from fairdue.core.findings import Severity, has_errors
from fairdue.core.text import Text
from fairdue.desk.policies import packing
from fairdue.desk.policies.judging import choices, judge
from fairdue.policy import Pack, Rule
from fairdue.policy.overlay import Overlay, Scope

TODAY = date(2026, 3, 2)
START = date(2026, 4, 1)
SOURCE = {"instrument": "标准", "article": "5", "confidence": "A"}


def rule(rule_id: str = "T-1", check: str = "count", **given) -> Rule:
    params = {"of": "effective", "days": 1, "at_most": 3, "effective_seconds": 6}
    return Rule.model_validate(
        {
            "id": rule_id,
            "title": {"zh": "次数", "en": "Count"},
            "source": SOURCE,
            "effective": {"from": date(2025, 1, 1)},
            "force": "must",
            "check": check,
            "params": params,
            **given,
        }
    )


HOURS = rule("T-2", "hours", params={"opens": "08:00", "closes": "22:00"}, agreement=("closes",))
PACK = Pack("t", "1", "CN", (rule(), HOURS), Text("试", "test"))


def overlay(value: object, param: str = "at_most", rule_id: str = "T-1", number: int = 1, **given) -> Overlay:
    proof = given.pop("proof", "")
    row = {"rule": rule_id, "params": {param: value}, "proof": proof}
    days = {"from": given.pop("start", START), "to": given.pop("end", None)}
    return Overlay.model_validate({"name": f"desk-{number}", "effective": days, "rules": [row], **given})


def laid(*overlays: Overlay, pack: Pack = PACK):
    return packing.compose(pack, overlays, "1+desk-1", TODAY)


def values(pack: Pack, day: date, param: str = "at_most", rule_id: str = "T-1") -> list[object]:
    return [one.params[param] for one in pack.rules if one.id == rule_id and one.in_force(day)]


def test_a_change_stands_beside_the_shipped_rule_from_its_day_to_its_last() -> None:
    pack, findings = laid(overlay(2, end=date(2026, 4, 30)))
    assert findings == []
    assert values(pack, START - timedelta(days=1)) == [3]
    assert values(pack, START) == [3, 2]
    assert values(pack, date(2026, 4, 30)) == [3, 2]
    assert values(pack, date(2026, 5, 1)) == [3]
    assert pack.label == "t@1+desk-1"


def test_a_change_for_all_does_not_have_to_be_stricter_than_an_earlier_one_for_some() -> None:
    pack, findings = laid(overlay(1, scope={"product": ["credit_card"]}), overlay(2, number=2))
    assert findings == []
    assert values(pack, START) == [3, 1, 2]
    cards = [one for one in pack.rules if one.applies.product == ("credit_card",)]
    assert [one.params["at_most"] for one in cards] == [1]


def test_an_agreement_takes_the_shipped_rules_place_for_its_days() -> None:
    agreed = overlay("22:30", "closes", "T-2", proof="合同第 8.2 条", end=date(2026, 4, 30))
    pack, findings = laid(agreed)
    assert findings == []
    assert values(pack, date(2026, 3, 31), "closes", "T-2") == ["22:00"]
    assert values(pack, START, "closes", "T-2") == ["22:30"]
    assert values(pack, date(2026, 5, 1), "closes", "T-2") == ["22:00"]


def test_an_agreement_loosens_nothing_while_a_stricter_change_stands() -> None:
    agreed = overlay("22:30", "closes", "T-2", proof="合同第 8.2 条")
    pack, _findings = laid(agreed, overlay("20:00", "closes", "T-2", number=2))
    assert min(values(pack, START, "closes", "T-2")) == "20:00"


def test_an_agreement_for_some_contacts_is_an_error() -> None:
    agreed = overlay("22:30", "closes", "T-2", proof="合同第 8.2 条", scope={"product": ["credit_card"]})
    pack, findings = laid(agreed)
    assert has_errors(findings)
    assert values(pack, START, "closes", "T-2") == ["22:00"]


def test_a_change_that_the_law_overtook_is_left_out_with_a_warning() -> None:
    stricter = Pack("t", "2", "CN", (rule(params={**rule().params, "at_most": 1}),), PACK.title)
    pack, findings = laid(overlay(2), pack=stricter)
    assert [found.severity for found in findings] == [Severity.WARNING]
    assert values(pack, START) == [1]


def test_a_change_whose_rule_is_gone_is_an_error_until_it_has_ended() -> None:
    assert has_errors(laid(overlay(2, rule_id="T-9"))[1])
    over = overlay(2, rule_id="T-9", start=date(2026, 1, 1), end=TODAY - timedelta(days=1))
    assert laid(over)[1] == []


def test_every_rule_that_a_change_makes_cites_the_house_and_the_shipped_source() -> None:
    source = {"instrument": "催收管理办法", "article": "第 12 条", "confidence": "house"}
    pack, _findings = laid(overlay(2, source=source))
    made = next(one for one in pack.rules if one.params.get("at_most") == 2)
    assert "标准 5" in made.citation.zh
    assert "催收管理办法 第 12 条" in made.citation.zh
    assert packing.change_number(made) == 1
    assert packing.base_part(made) == ""


def row(value: object, param: str = "at_most", rule_id: str = "T-1", proof: str = "") -> dict[str, object]:
    return {"rule": rule_id, "part": None, "params": {param: value}, "proof": proof}


def judged(value: object, param: str = "at_most", rule_id: str = "T-1", proof: str = "", scope: Scope | None = None):
    choice = choices(PACK.rules, TODAY).get(f"{rule_id}:{param}")
    return [found.code for found in judge(choice, row(value, param, rule_id, proof), scope or Scope())]


@pytest.mark.parametrize(
    ("value", "param", "rule_id", "proof", "codes"),
    [
        (2, "at_most", "T-1", "", []),
        (4, "at_most", "T-1", "合同", ["policies.loosens"]),
        (3, "at_most", "T-1", "", ["policies.same"]),
        ("many", "at_most", "T-1", "", ["policies.value"]),
        (0, "at_most", "T-1", "", ["policies.refused"]),
        ("unanswered", "of", "T-1", "", ["policies.param"]),
        ("09:00", "opens", "T-2", "", []),
        ("22:30", "closes", "T-2", "", ["policies.proof"]),
        ("22:30", "closes", "T-2", "合同第 8.2 条", []),
        ("07:30", "opens", "T-2", "合同第 8.2 条", ["policies.loosens"]),
        ("23:00", "opens", "T-2", "", ["policies.refused"]),
    ],
)
def test_a_value_is_judged_beside_its_field(value, param, rule_id, proof, codes) -> None:
    assert judged(value, param, rule_id, proof) == codes


def test_a_refusal_says_from_what_to_what_in_both_languages() -> None:
    choice = choices(PACK.rules, TODAY)["T-1:at_most"]
    (found,) = judge(choice, row(5), Scope())
    assert found.what.zh == "由 3 次改为 5 次会放宽 T-1，不能保存。"
    assert found.what.en == "From 3 to 5 would loosen T-1; that is refused."
    assert found.place.field == "value"


def test_a_scope_to_which_the_rule_does_not_speak_is_refused() -> None:
    cards = rule(applies={"product": ["credit_card"]})
    choice = choices([cards], TODAY)["T-1:at_most"]
    assert [f.code for f in judge(choice, row(2), Scope(product=("telecom",)))] == ["policies.scope"]
    assert judge(choice, row(2), Scope(product=("credit_card", "telecom"))) == []


def test_the_parts_of_a_rule_are_changed_one_by_one() -> None:
    one = rule("T-3", "facts", params={"needs": ["zone"]})
    two = rule("T-3", "facts", params={"needs": ["line"]}, part="voice")
    found = choices([one, two], TODAY)
    assert list(found) == ["T-3:needs:", "T-3:needs:voice"]
    wanted = {"rule": "T-3", "part": "voice", "params": {"needs": ["line", "mode"]}, "proof": ""}
    assert judge(found["T-3:needs:voice"], wanted, Scope()) == []
    made = Overlay.model_validate({"name": "desk-1", "effective": {"from": START}, "rules": [wanted]})
    pack, findings = laid(made, pack=Pack("t", "1", "CN", (one, two), PACK.title))
    assert findings == []
    assert values(pack, START, "needs", "T-3") == [["zone"], ["line"], ["line", "mode"]]
    assert choices([one], TODAY)["T-3:needs"].kind == "more"


def test_a_list_that_differs_between_dated_entries_is_not_offered() -> None:
    old = rule("T-3", "facts", params={"needs": ["zone"]}, effective={"from": date(2020, 1, 1), "to": date(2027, 1, 1)})
    new = rule("T-3", "facts", params={"needs": ["line"]}, effective={"from": date(2027, 1, 2)})
    assert choices([old, new], TODAY) == {}


def test_a_rule_that_has_ended_is_not_offered() -> None:
    old = rule(effective={"from": date(2020, 1, 1), "to": date(2025, 12, 31)})
    assert choices([old], TODAY) == {}
