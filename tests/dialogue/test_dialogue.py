"""Whole calls on the packs that ship, from hello to goodbye, and the chips and search around them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from fairdue.dialogue import (
    CallState,
    begin_call,
    chips,
    guide,
    heard,
    must_say,
    opening_lines,
    said,
    sample_values,
    search,
    suggest,
)
from fairdue.playbook import QuoteView, load_library

LIBRARY, _ = load_library()
QUOTE = QuoteView("Q20260302-000017-4", 2_461_200, 541_200, 1_200, 24_000, 31, date(2026, 3, 2), cycles=1)
VALUES = replace(
    sample_values(),
    now=datetime(2026, 3, 2, 2, 15, tzinfo=UTC),
    quote=QUOTE,
    plan="3月4号10000.00元,3月9号7000.00元,3月24号7000.00元",
    last_promise="昨天还2000.00元",
    agency="",
    proven=frozenset(),
)


def talk(state: CallState, *acts: str) -> CallState:
    return heard(state, acts, LIBRARY)


def say(state: CallState, step: str) -> CallState:
    """The agent says a line of a step."""
    line = LIBRARY.step(step, stage=state.stage, scope=LIBRARY.scope(state.pack))[0]
    return said(state, line.id, LIBRARY)


def words(state: CallState, **how: Any) -> str:
    return "\n".join(s.rendered.text for s in guide(LIBRARY, state, VALUES, **how).suggestions)


def test_a_first_contact_from_hello_to_a_dated_promise() -> None:
    state = begin_call(LIBRARY, stage="first")
    opening = opening_lines(LIBRARY, state, VALUES)
    assert opening[0].line.step == "verify"
    assert not any(s.line.debt_facts for s in opening)
    assert [name for name, _ in must_say(state, LIBRARY)] == ["verify", "recording", "channel"]

    state = talk(say(state, "recording"), "identity.confirm")
    assert (state.party, state.verified, state.at) == ("customer", True, "purpose")
    assert [name for name, _ in must_say(state, LIBRARY)] == ["channel"]
    assert "24612.00元" in words(state)

    state = talk(say(state, "purpose"), "stall.payday")
    replies = suggest(LIBRARY, state, VALUES)
    assert len(replies) == 3
    assert all(r.act == "stall.payday" for r in replies)
    assert any(r.deadline is not None for r in replies)
    assert "等发工资" in replies[0].rank_reason.zh

    state = talk(said(state, replies[0].line.id, LIBRARY), "pay.date")
    assert state.at == "deadline"
    assert "readback" in [name for name, _ in must_say(state, LIBRARY)]
    state = talk(say(say(state, "channel"), "readback"), "talk.thanks_bye")
    assert must_say(state, LIBRARY) == []
    assert guide(LIBRARY, state, VALUES).suggestions[0].line.step == "closing"


def test_a_repeat_contact_names_the_broken_promise_and_ends_in_the_plan() -> None:
    state = talk(say(begin_call(LIBRARY, stage="repeat", broken_promises=1), "recording"), "identity.confirm")
    assert "昨天还2000.00元" in words(state)
    poor = talk(say(state, "purpose"), "hardship.destitute")
    assert "10000.00元" in words(poor)
    refused_twice = talk(talk(say(state, "purpose"), "pay.vague"), "refuse.flat")
    assert any("plan" in s.line.needs for s in guide(LIBRARY, refused_twice, VALUES).suggestions)


def test_a_contact_line_starts_in_third_party_mode() -> None:
    state = begin_call(LIBRARY, stage="repeat", party="family")
    assert (state.at, state.mode) == ("third", "third")
    offers = opening_lines(LIBRARY, state, VALUES)
    assert offers
    assert {s.line.stage for s in offers} == {"third_party"}


def test_the_customer_comes_to_somebody_elses_phone() -> None:
    state = begin_call(LIBRARY, stage="first", party="family")
    start = LIBRARY.flow(state.pack).states[0].id
    confirmed = talk(replace(state, party="unknown", at=start), "identity.confirm")
    assert (confirmed.mode, confirmed.at) == ("normal", "purpose")
    assert talk(state, "identity.confirm").verified is False, "a third party cannot confirm being the customer"


def test_a_reminder_informs_only() -> None:
    state = talk(begin_call(LIBRARY, stage="pre_due"), "identity.confirm")
    for act in ("stall.payday", "refuse.flat", "pay.vague", "hardship.cash"):
        assert all(r.pressure == 0 for r in suggest(LIBRARY, talk(state, act), VALUES))


def test_a_line_that_needs_a_proven_fact_waits_for_it() -> None:
    state = talk(say(talk(begin_call(LIBRARY, stage="first"), "identity.confirm"), "purpose"), "ask.credit")
    needs_notice = [h.line.id for h in guide(LIBRARY, state, VALUES).held_back if h.code == "fact"]
    assert needs_notice
    facts = frozenset({"negative_notice_sent", "credit_reported"})
    known = guide(LIBRARY, state, replace(VALUES, proven=facts))
    assert set(needs_notice) - {h.line.id for h in known.held_back}
    assert suggest(LIBRARY, state, VALUES, facts=facts)


def test_an_agency_speaks_for_itself_and_the_bank_does_not_pose_as_one() -> None:
    bank = begin_call(LIBRARY, stage="first")
    agency = begin_call(LIBRARY, stage="first", agency=True)
    assert agency.pack == "p12-agency"
    told = guide(LIBRARY, talk(agency, "identity.agency"), sample_values(agency=True)).suggestions
    assert any("示例信用服务公司" in s.rendered.text for s in told)
    told = guide(LIBRARY, talk(bank, "identity.agency"), sample_values(agency=False)).suggestions
    assert told
    assert not any("示例信用服务公司" in s.rendered.text for s in told)


def test_a_telecom_call_names_the_outlet() -> None:
    state = talk(begin_call(LIBRARY, stage="first", product="telecom"), "identity.confirm")
    state = talk(say(state, "purpose"), "ask.how_to_pay")
    text = "\n".join(s.rendered.text for s in guide(LIBRARY, state, sample_values("telecom", False)).suggestions)
    assert "示例路营业厅" in text


def test_nothing_heard_changes_nothing() -> None:
    state = begin_call(LIBRARY, stage="first")
    assert heard(state, [], LIBRARY) is state


def test_unknown_stages_and_lines_are_errors() -> None:
    with pytest.raises(KeyError):
        begin_call(LIBRARY, stage="later")
    with pytest.raises(KeyError):
        said(begin_call(LIBRARY, stage="first"), "nothing", LIBRARY)


def test_chips_and_search_help_to_find() -> None:
    state = talk(begin_call(LIBRARY, stage="first"), "identity.confirm")
    assert "stall.payday" in [act for act, _ in chips(state, LIBRARY)]
    assert search(LIBRARY, "工资", stage="first")[0][0] == "stall.payday"
    assert search(LIBRARY, "payday", stage="first")[0][0] == "stall.payday"
    assert search(LIBRARY, " ", stage="first") == []
