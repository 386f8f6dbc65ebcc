"""Conversations as tests: who says what, what may be suggested, what may never be."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from fairdue.dialogue import (
    CallState,
    begin_call,
    chips,
    heard,
    load_recogniser,
    must_say,
    opening_lines,
    said,
    search,
    suggest,
)
from fairdue.dialogue.recogniser import Recogniser, evaluate, load_phrases, load_safety, normalise
from fairdue.playbook import QuoteView, RenderValues, load_library

LIBRARY, _ = load_library()
QUOTE = QuoteView("Q20260302-000017-4", 2_461_200, 541_200, 1_200, 24_000, 31, date(2026, 3, 2))
VALUES = RenderValues(
    now=datetime(2026, 3, 2, 2, 15, tzinfo=UTC),
    zone="Asia/Shanghai",
    honorific="王先生",
    agent_surname="张",
    institution="示例银行",
    department="客户服务部",
    hotline="400-000-0000",
    channels="手机银行",
    card_tail="0001",
    quote=QUOTE,
    plan="3月5号10000.00元",
    last_promise="昨天还2000.00元",
)


def talk(state: CallState, *acts: str) -> CallState:
    return heard(state, acts, LIBRARY)


def test_a_first_contact_from_hello_to_a_dated_promise() -> None:
    state = begin_call(LIBRARY, stage="first")
    opening = opening_lines(LIBRARY, state, VALUES)
    assert opening[0].line.step == "verify"
    assert not any(s.line.debt_facts for s in opening)
    assert [name for name, _ in must_say(state, LIBRARY)] == ["verify", "recording", "channel"]

    state = said(state, "common.recording.1", LIBRARY)
    state = talk(state, "identity.confirm")
    assert (state.party, state.verified, state.at) == ("customer", True, "purpose")
    assert [name for name, _ in must_say(state, LIBRARY)] == ["channel"]

    state = said(state, "first.purpose.1", LIBRARY)
    state = talk(state, "stall.payday")
    replies = suggest(LIBRARY, state, VALUES)
    assert len(replies) == 3
    assert all(r.act == "stall.payday" for r in replies)
    assert any("5412.00元" in r.rendered.text for r in replies)
    assert all(r.deadline is not None for r in replies)
    assert "等发工资" in replies[0].rank_reason.zh

    state = talk(said(state, replies[0].line.id, LIBRARY), "pay.now")
    assert state.at == "deadline"
    assert suggest(LIBRARY, state, VALUES)[0].act in ("pay.now", "stall.payday")


def test_nothing_about_the_debt_before_identity() -> None:
    state = begin_call(LIBRARY, stage="first")
    for act in LIBRARY.acts:
        for reply in suggest(LIBRARY, talk(state, act) if act != "identity.confirm" else state, VALUES):
            assert not reply.line.debt_facts, (act, reply.line.id)


def test_a_family_member_hears_no_debt_fact_whatever_is_asked() -> None:
    state = talk(begin_call(LIBRARY, stage="first"), "identity.family")
    assert (state.party, state.verified, state.at) == ("family", False, "third")
    assert must_say(state, LIBRARY) == []
    for act in LIBRARY.acts:
        for reply in suggest(LIBRARY, state, VALUES, acts=[act]):
            assert not reply.line.debt_facts
            for word in ("欠", "逾期", "还款", "5412", "24612"):
                assert word not in reply.rendered.text or word == "还款", reply.line.id
    assert talk(state, "identity.confirm").verified is False


def test_a_contact_line_starts_in_third_party_mode() -> None:
    state = begin_call(LIBRARY, stage="repeat", party="family")
    assert state.at == "third"
    assert opening_lines(LIBRARY, state, VALUES)[0].line.id == "third.relay.1"


def test_wrong_number_apologises_and_ends() -> None:
    state = talk(begin_call(LIBRARY, stage="first"), "identity.deny")
    assert state.at == "wrong"
    assert suggest(LIBRARY, state, VALUES)[0].line.id == "common.wrong.1"


@pytest.mark.parametrize("before", [(), ("identity.confirm",), ("identity.confirm", "refuse.flat")])
def test_signs_of_self_harm_turn_the_call(before: tuple[str, ...]) -> None:
    state = begin_call(LIBRARY, stage="first")
    for act in before:
        state = talk(state, act)
    state = talk(state, "vulnerable.self_harm")
    assert state.crisis
    assert state.at == "crisis"
    replies = suggest(LIBRARY, state, VALUES)
    assert replies
    assert "12356" in replies[0].rendered.text
    assert all(r.pressure == 0 and not r.line.debt_facts for r in replies)
    after = talk(state, "pay.now")
    assert after.crisis
    assert all(r.act.startswith("vulnerable.") for r in suggest(LIBRARY, after, VALUES))


def test_pressure_rises_one_step_at_most_and_falls_on_hostility() -> None:
    state = talk(begin_call(LIBRARY, stage="repeat"), "identity.confirm")
    assert state.pressure == 0
    for reply in suggest(LIBRARY, state, VALUES, acts=["pay.vague"]):
        assert reply.pressure <= 1
    state = replace(state, pressure=2)
    assert any(r.pressure == 3 for r in suggest(LIBRARY, state, VALUES, acts=["pay.vague"]))
    assert talk(state, "refuse.hostile").pressure == 1


def test_after_two_broken_promises_the_calm_line_comes_first() -> None:
    state = talk(begin_call(LIBRARY, stage="first", broken_promises=2), "identity.confirm", "hardship.cash")
    first = suggest(LIBRARY, replace(state, pressure=1), VALUES, acts=["hardship.cash"])[0]
    assert first.pressure == 0


def test_a_line_that_was_said_moves_to_the_end() -> None:
    state = talk(begin_call(LIBRARY, stage="first"), "identity.confirm", "stall.payday")
    first = suggest(LIBRARY, state, VALUES)[0].line.id
    again = suggest(LIBRARY, said(state, first, LIBRARY), VALUES, acts=["stall.payday"])
    assert len(again) == 3
    assert first not in [s.line.id for s in again]


def test_a_line_that_needs_a_proven_fact_waits_for_it() -> None:
    state = talk(begin_call(LIBRARY, stage="first"), "identity.confirm", "ask.credit")
    assert "first.credit.1" not in [r.line.id for r in suggest(LIBRARY, state, VALUES, acts=["ask.credit"])]
    known = suggest(LIBRARY, state, VALUES, acts=["ask.credit"], facts=frozenset({"negative_notice_sent"}))
    assert known[0].line.id == "first.credit.1"


def test_a_reminder_informs_only() -> None:
    state = talk(begin_call(LIBRARY, stage="due_day"), "identity.confirm")
    lines = opening_lines(LIBRARY, state, VALUES)
    assert lines[0].line.id == "reminder.due.purpose.1"
    assert all(r.pressure == 0 for r in suggest(LIBRARY, state, VALUES, acts=["stall.payday"]))


def test_a_repeat_contact_names_the_broken_promise_and_offers_the_plan() -> None:
    state = talk(begin_call(LIBRARY, stage="repeat"), "identity.confirm")
    assert "昨天还2000.00元" in opening_lines(LIBRARY, state, VALUES)[0].rendered.text
    poor = suggest(LIBRARY, talk(state, "hardship.cash"), VALUES, acts=["hardship.cash"])
    assert any("3月5号10000.00元" in r.rendered.text for r in poor)


def test_state_survives_a_reload() -> None:
    state = talk(begin_call(LIBRARY, stage="first"), "identity.confirm", "stall.payday")
    assert CallState.from_dict({**state.as_dict(), "newer": 1}) == state


def test_nothing_heard_changes_nothing() -> None:
    state = begin_call(LIBRARY, stage="first")
    assert heard(state, [], LIBRARY) is state


def test_chips_and_search_help_to_find() -> None:
    state = talk(begin_call(LIBRARY, stage="first"), "identity.confirm")
    assert "stall.payday" in [act for act, _ in chips(state, LIBRARY)]
    assert search(LIBRARY, "工资", stage="first")[0][0] == "stall.payday"
    assert search(LIBRARY, "payday", stage="first")[0][0] == "stall.payday"
    assert search(LIBRARY, " ", stage="first") == []


@pytest.mark.parametrize(
    ("text", "act"),
    [
        ("我等发工资再还", "stall.payday"),
        ("你打错了", "identity.deny"),
        ("逼死我算了,我不想活了", "vulnerable.self_harm"),
        ("我已经还了", "pay.claimed"),
        ("别再打给我了我不是他", "third_party.stop"),
        ("我要投诉你们", "rights.complaint"),
        ("", "talk.silence"),
    ],
)
def test_the_recogniser_understands(text: str, act: str) -> None:
    assert load_recogniser().recognise(text).acts[0].act == act


def test_gibberish_is_not_taken_for_a_promise() -> None:
    found = load_recogniser().recognise("zzqx 0192 kk")
    assert not {"pay.now", "pay.date", "pay.claimed"} & set(found.multi)


def test_fillers_and_punctuation_do_not_matter() -> None:
    assert normalise("嗯,那个,等发工资啊!") == "等发工资"
    assert normalise("嗯嗯") == "嗯嗯"


def test_what_must_not_be_missed_is_never_missed() -> None:
    model = load_recogniser()
    for act, fragments in load_safety().items():
        for fragment in fragments:
            found = model.recognise(f"你听我说{fragment}行不行")
            assert act in found.multi, (act, fragment, found)


def test_party_and_context_move_the_odds() -> None:
    model = load_recogniser()
    relay = model.recognise("行我跟他说", party="family")
    assert relay.acts[0].act == "third_party.relay_yes"
    assert model.recognise("你谁呀", context="opening").acts[0].act == "identity.who"
    assert sum(g.p for g in relay.acts) <= 1.0001
    assert set(relay.as_dict()) == {"acts", "multi"}


def test_evaluation_never_shows_a_family_to_its_judge() -> None:
    figures = evaluate(load_phrases(), load_safety(), folds=2)
    assert figures["families"] < figures["phrases"]
    assert 0 < figures["top1"] <= figures["top3"] <= 1
    assert set(figures["recall"]) == set(LIBRARY.acts)


def test_a_recogniser_without_safety_phrases_works() -> None:
    model = Recogniser(load_phrases()[:80], {})
    assert model.recognise("是我").acts
