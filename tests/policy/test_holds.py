"""The data of holds and rights, and the scope of an agency: what ships is whole, what is wrong is named with its line."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from fairdue.packs import PackError
from fairdue.policy.agency import AgencyFacts, PlacementFacts, request_part, scope
from fairdue.policy.holds import FILE, HOUSE, RIGHTS, load_holds
from fairdue.policy.request import HOLDS

PACK, PROBLEMS = load_holds()
DAY = date(2026, 3, 2)


def test_what_ships_has_no_findings_and_a_row_for_every_hold_and_right() -> None:
    assert PROBLEMS == []
    assert set(PACK.kinds) == HOLDS | RIGHTS


def test_nobody_who_collects_may_lift_and_everybody_who_speaks_may_stop() -> None:
    for kind in HOLDS:
        rule = PACK.rule(kind)
        assert not rule.may_lift("agent")
        assert rule.may_set("agent")
        assert rule.evidence


def test_a_crisis_takes_two_people_of_compliance() -> None:
    rule = PACK.rule("crisis")
    assert (rule.persons, rule.lift_by) == (2, ("compliance",))
    assert all(PACK.rule(kind).persons == 1 for kind in HOLDS - {"crisis"})


@pytest.mark.parametrize(
    ("kind", "place", "basis", "days"),
    [
        ("dispute", "CN", ("CN-CC-69", "CN-CRB-25"), 20),
        ("dispute", "US", ("US-DISP",), 30),
        ("dispute", "JP", (HOUSE,), 20),
        ("complaint", "CN", ("CN-CRB-25",), 30),
        ("plan_kept", "CN", ("CN-CC-70c", "CN-CC-70a"), None),
        ("stop_contact", "CN", ("CN-PIPL-44", "CN-CIV-1033"), 180),
        ("stop_contact", "US", ("US-CEASE",), 180),
        ("lawyer", "US", ("US-ATTY",), 90),
        ("third_party_refusal", "CN", ("CN-GBT-09",), None),
    ],
)
def test_what_a_jurisdiction_changes(kind: str, place: str, basis: tuple[str, ...], days: int | None) -> None:
    rule = PACK.rule(kind, place)
    assert (rule.basis, rule.review_days) == (basis, days)


def test_limitation_is_no_ban_in_china_and_no_lawsuit_in_america() -> None:
    china, america = PACK.rule("limitation_passed", "CN"), PACK.rule("limitation_passed", "US")
    assert china.effect == america.effect == "wording"
    assert "CN-CIV-192" in china.basis
    assert america.basis == ("US-SOL",)
    assert "not banned" in china.stops.en
    assert "Suing" in america.stops.en


def test_days_are_counted_from_the_day_it_was_set() -> None:
    rule = PACK.rule("paid_claimed")
    assert rule.review_on(DAY) == date(2026, 3, 9)
    assert rule.last_day(DAY) == date(2026, 4, 1)
    assert PACK.rule("crisis").last_day(DAY) is None
    assert PACK.rule("plan_kept").review_on(DAY) is None


def test_a_kind_without_a_row_is_an_error_of_the_caller() -> None:
    with pytest.raises(LookupError, match="holiday"):
        PACK.rule("holiday")


def changed(tmp_path: Path, change: Callable[[str], str]) -> list[tuple[str, int | None, str]]:
    text = FILE.read_text(encoding="utf-8")
    mended = change(text)
    assert mended != text, "the change found nothing to change"
    file = tmp_path / "holds.yaml"
    file.write_text(mended, encoding="utf-8")
    return [(f.code, f.place.row, f.what.en) for f in load_holds(file)[1]]


def line_with(words: str) -> int:
    lines = FILE.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if words in line)


@pytest.mark.parametrize(
    ("change", "code", "said"),
    [
        (lambda t: t.replace("    review_days: 7\n", "    review_days: 7\n    colour: red\n"), "holds.field", "colour"),
        (lambda t: t.replace("    lift_by: [compliance]\n    persons: 2", "    lift_by: [boss]\n    persons: 2"), "holds.field", "lift_by"),
        (lambda t: t.replace("    lift_by: [compliance]\n    persons: 2", "    lift_by: [agent]\n    persons: 2"), "holds.rights", "agent"),
        (lambda t: t.replace("basis: [CN-CC-69, CN-CRB-25]", "basis: [CN-CC-690]"), "holds.basis", "CN-CC-690"),
        (lambda t: t.replace("basis: [CN-CC-69, CN-CRB-25]", "basis: [US-DISP]"), "holds.basis", "belongs to US"),
        (lambda t: t.replace("    basis: [house]\n    jurisdictions:\n      CN:\n        basis: [CN-GBT-09]", "    basis: [CN-GBT-09]\n    jurisdictions:\n      CN:\n        basis: [CN-GBT-09]"), "holds.basis", "every jurisdiction"),
        (lambda t: t.replace("    max_days: 30\n", "    max_days: 3\n"), "holds.rights", "longest time"),
        (lambda t: t.replace("- kind: crisis", "- kind: crises"), "holds.kind", "crises"),
        (lambda t: t.replace("- kind: crisis", "- kind: crises"), "holds.missing", "crisis"),
        (lambda t: t + t[t.index("  - kind: bankruptcy"):t.index("  - kind: channel_opt_out")], "holds.twice", "bankruptcy"),
        (lambda t: t.replace("id: not_found", "id: booked"), "holds.rights", "share an id"),
        (lambda t: t.replace("    review_days: 7\n", ""), "holds.field", "review_days"),
        (lambda t: t.replace("    review_days: 7\n", "    review_days: 0\n"), "holds.field", "review_days"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named(tmp_path: Path, change: Callable[[str], str], code: str, said: str) -> None:
    found = changed(tmp_path, change)
    assert [what for c, _line, what in found if c == code and said in what], found


def test_a_finding_names_the_line_of_the_field(tmp_path: Path) -> None:
    found = changed(tmp_path, lambda t: t.replace("max_days: 30", "max_days: soon"))
    assert [(code, row) for code, row, _what in found] == [("holds.field", line_with("max_days: 30"))]


def test_a_basis_that_is_missing_in_a_jurisdiction_is_named_there(tmp_path: Path) -> None:
    found = changed(tmp_path, lambda t: t.replace("basis: [US-CEASE]", "basis: []"))
    assert [(code, row) for code, row, _what in found] == [("holds.field", line_with("basis: [US-CEASE]"))]


def test_a_file_that_is_no_list_of_holds_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "holds.yaml"
    file.write_text("holds: crisis\n", encoding="utf-8")
    with pytest.raises(PackError, match="list of rows"):
        load_holds(file)


# An agency's scope ---------------------------------------------------------------------------------------------------

LIVE = AgencyFacts("X", True, date(2026, 12, 31), date(2026, 1, 1))
PLACED = PlacementFacts(True, date(2026, 2, 1), date(2026, 3, 31), True, date(2026, 1, 28))


def codes(agency: AgencyFacts = LIVE, placement: PlacementFacts = PLACED, day: date = DAY) -> list[str]:
    return [finding.code for finding in scope(agency, placement, day)]


def test_inside_the_scope_nothing_is_found() -> None:
    assert codes() == []


@pytest.mark.parametrize("day", [date(2026, 2, 1), date(2026, 3, 31)])
def test_both_ends_of_the_placement_belong_to_it(day: date) -> None:
    assert codes(day=day) == []


@pytest.mark.parametrize("day", [date(2026, 1, 31), date(2026, 4, 1)])
def test_a_day_outside_the_placement_is_refused(day: date) -> None:
    assert codes(day=day) == ["agency.placement.window"]


@pytest.mark.parametrize(
    ("agency", "code"),
    [
        (AgencyFacts("X", False, date(2026, 12, 31)), "agency.listed"),
        (AgencyFacts("X", None, date(2026, 12, 31)), "agency.listed"),
        (AgencyFacts("X", True, None), "agency.contract.unknown"),
        (AgencyFacts("X", True, date(2026, 3, 1)), "agency.contract.ended"),
        (AgencyFacts("X", True, date(2026, 12, 31), date(2026, 3, 3)), "agency.contract.early"),
    ],
)
def test_an_agency_that_may_not_work_at_all(agency: AgencyFacts, code: str) -> None:
    assert codes(agency) == [code]


def test_the_last_day_of_the_contract_is_still_live() -> None:
    assert codes(AgencyFacts("X", True, DAY, DAY)) == []


@pytest.mark.parametrize(
    ("placement", "code"),
    [
        (PlacementFacts(False, date(2026, 2, 1), date(2026, 3, 31), True), "agency.placement.other"),
        (PlacementFacts(None, date(2026, 2, 1), date(2026, 3, 31), True), "agency.placement.other"),
        (PlacementFacts(True, None, date(2026, 3, 31), True), "agency.placement.unknown"),
        (PlacementFacts(True, date(2026, 2, 1), None, True), "agency.placement.unknown"),
        (PlacementFacts(True, date(2026, 3, 31), date(2026, 2, 1), True), "agency.placement.dates"),
        (PlacementFacts(True, date(2026, 2, 1), date(2026, 3, 31), False), "agency.notice.missing"),
        (PlacementFacts(True, date(2026, 2, 1), date(2026, 3, 31), True, date(2026, 2, 2)), "agency.notice.late"),
    ],
)
def test_a_placement_that_does_not_hold(placement: PlacementFacts, code: str) -> None:
    assert codes(placement=placement) == [code]


OTHER = AgencyFacts("Y", True, date(2026, 12, 31))


def test_an_agencys_agent_is_judged_on_this_placement() -> None:
    part = request_part(LIVE, LIVE, PLACED)
    assert part == {
        "id": "X",
        "listed": True,
        "contract_from": "2026-01-01",
        "contract_until": "2026-12-31",
        "placement_notice_sent": True,
        "placement_notice_on": "2026-01-28",
        "placed_from": "2026-02-01",
        "placed_until": "2026-03-31",
        "agrees": True,
    }


@pytest.mark.parametrize("placed_with", [OTHER, None])
def test_an_agencys_agent_on_an_account_of_others_is_said_as_its_own_agency(placed_with: AgencyFacts | None) -> None:
    part = request_part(LIVE, placed_with, PLACED) or {}
    assert (part["id"], part["agrees"]) == ("X", False)


def test_the_lenders_own_staff_hear_of_the_agencys_standing_only() -> None:
    part = request_part(None, OTHER, PLACED) or {}
    assert part["id"] == "Y"
    assert not {"agrees", "placed_from", "placed_until"} & part.keys()
    assert request_part(None, None, PLACED) is None
