"""The packs that ship are clean, every line can be said in full, and none says what it may not."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from fairdue.core.dates import local
from fairdue.dialogue import sample_values
from fairdue.guard import check_text
from fairdue.playbook import Library, Line, QuoteView, RenderValues, lint, load_library, render
from fairdue.playbook.lint import guard_facts
from fairdue.playbook.schema import CEILING

LIBRARY, PROBLEMS = load_library()
NOW = datetime(2026, 3, 2, 2, 15, tzinfo=UTC)  # 10:15 in Shanghai
QUOTE = QuoteView("Q20260302-000017-4", 2_461_200, 541_200, 1_200, 24_000, 31, date(2026, 3, 2))
VALUES = replace(
    sample_values(), now=NOW, quote=QUOTE, honorific="王先生", department="信用卡中心客户服务部", proven=frozenset()
)


def values(**changes: Any) -> RenderValues:
    return replace(VALUES, **changes)


def line(say: str, **changes: Any) -> Line:
    base = {
        "id": "t.1",
        "stage": "first",
        "party": "customer",
        "gist_en": "x",
        "why": "x",
        "pressure": 0,
        "source": "P2-1",
    }
    return Line.model_validate({**base, "say": say, **changes})


PAYDAY = line("到{期限}前还{应还金额},一天多{日息}。", needs=("quote",), deadline={"within": "2d"})


def test_the_packs_that_ship_have_nothing_wrong() -> None:
    assert [p.line() for p in [*PROBLEMS, *lint()]] == []


@pytest.mark.parametrize("name", LIBRARY.lines)
def test_every_line_can_be_said_in_full(name: str) -> None:
    said = LIBRARY.line(name)
    rendered, findings = render(said, sample_values())
    assert findings == []
    assert rendered is not None
    assert "{" not in rendered.text
    assert said.pressure <= CEILING[said.stage]
    assert rendered.quote_number == ("Q-SAMPLE" if "quote" in said.needs else None)


@pytest.mark.parametrize("name", LIBRARY.lines)
def test_the_guard_finds_nothing_in_our_own_lines(name: str) -> None:
    said = LIBRARY.line(name)
    rendered, _ = render(said, sample_values())
    assert rendered is not None
    assert [(r.label, r.span) for r in check_text(rendered.text, said.channels[0], said.party, guard_facts(said))] == []


def test_figures_and_deadline_are_filled_from_the_quote_and_the_rule() -> None:
    rendered, _ = render(PAYDAY, values())
    assert rendered is not None
    assert rendered.text == "到后天上午10点前还5412.00元,一天多12.00元。"
    assert rendered.quote_number == QUOTE.number
    assert rendered.deadline is not None
    assert NOW < rendered.deadline <= NOW + timedelta(days=2)


@pytest.mark.parametrize("hour", range(24))
def test_a_deadline_is_ahead_and_on_a_full_hour(hour: int) -> None:
    now = NOW.replace(hour=hour)
    today = QuoteView("Q", 100, 100, 1, 1, 1, local(now, "Asia/Shanghai").date())
    for within in ("4h", "2d"):
        rendered, _ = render(line("{期限}前", deadline={"within": within}), values(now=now, quote=today))
        assert rendered is not None
        assert rendered.deadline is not None
        assert now < rendered.deadline <= now + timedelta(days=2)
        there = local(rendered.deadline, "Asia/Shanghai")
        assert there.minute == 0
        assert 9 <= there.hour <= 20


@pytest.mark.parametrize(
    ("say", "needs", "changes", "missing"),
    [
        ("{日息}", ("quote",), {"quote": None}, "日息"),
        ("{日息}", ("quote",), {"quote": replace(QUOTE, as_of=date(2026, 3, 1))}, "日息"),
        ("{违约金}", ("quote",), {"quote": replace(QUOTE, penalty_fen=0)}, "违约金"),
        ("{日息}", ("quote",), {"quote": replace(QUOTE, daily_interest_fen=0)}, "日息"),
        ("{分期安排}", ("plan",), {"plan": ""}, "分期安排"),
        ("{部门}", (), {"department": "司法调查部"}, "部门"),
        ("{称呼}", (), {"honorific": ""}, "称呼"),
        ("已批减免", ("waiver_authorised",), {}, "waiver_authorised"),
    ],
)
def test_a_line_without_its_fact_is_not_shown(say: str, needs: tuple[str, ...], changes: dict, missing: str) -> None:
    rendered, findings = render(line(say, needs=needs), values(**changes))
    assert rendered is None
    assert missing in {f.place.field for f in findings}
    assert {f.code for f in findings} == {"playbook.unfilled"}


def test_a_proven_fact_lets_the_line_be_said() -> None:
    rendered, _ = render(
        line("已批减免", needs=("waiver_authorised",)), values(proven=frozenset({"waiver_authorised"}))
    )
    assert rendered is not None


# -- finding lines


def test_a_third_party_gets_third_party_lines_only() -> None:
    for act in LIBRARY.acts:
        for found in LIBRARY.replies(act, stage="first", party="third"):
            assert found.stage == "third_party"
            assert not found.debt_facts


def test_a_repeat_contact_borrows_from_the_first_and_every_stage_from_the_common() -> None:
    stages = [found.stage for found in LIBRARY.replies("stall.payday", stage="repeat")]
    assert stages[0] == "repeat"
    assert "first" in stages
    assert stages == sorted(stages, key=["repeat", "first", "special"].index)
    assert LIBRARY.replies("rights.lawyer", stage="repeat")[-1].stage == "special"
    assert LIBRARY.replies("no.such", stage="first") == []
    assert LIBRARY.step("no such", stage="first") == []


def test_a_pack_uses_its_own_lines_before_what_it_includes() -> None:
    lead = LIBRARY.lead("first", "credit_card")
    scope = LIBRARY.scope(lead)
    assert scope[0] == lead
    assert scope[-1] == "common"
    homes = [
        LIBRARY.home[n.id] for n in LIBRARY.replies("stall.payday", stage="first", scope=scope) if n.stage == "first"
    ]
    assert homes == sorted(homes, key=scope.index)
    assert set(homes) <= set(scope)


@pytest.mark.parametrize(
    ("stage", "product", "agency", "lead"),
    [
        ("first", "credit_card", False, "p01-bank-card"),
        ("first", "cash_loan", False, "p02-cash-loan"),
        ("first", "instalment", False, "p03-branch"),
        ("first", "telecom", False, "p10-telecom"),
        ("first", "credit_card", True, "p12-agency"),
        ("first", "something new", False, "p09-five-flows"),
        ("due_day", "credit_card", False, "p08-reminder"),
        ("pre_due", "telecom", False, "p08-reminder"),
    ],
)
def test_the_most_particular_pack_leads(stage: str, product: str, agency: bool, lead: str) -> None:
    assert LIBRARY.lead(stage, product, agency) == lead


def test_unknown_names_are_errors() -> None:
    for call in (LIBRARY.line, LIBRARY.flow, LIBRARY.flow_for):
        with pytest.raises(KeyError):
            call("nothing")
    with pytest.raises(KeyError):
        LIBRARY.flow("p08-reminder").state("nothing")


def test_the_version_changes_with_every_word() -> None:
    name = next(iter(LIBRARY.lines))
    changed = LIBRARY.lines[name].model_copy(update={"say": LIBRARY.lines[name].say + "。"})
    other = replace(LIBRARY, lines={**LIBRARY.lines, name: changed})
    assert isinstance(other, Library)
    assert other.version != LIBRARY.version
    assert replace(LIBRARY).version == LIBRARY.version
