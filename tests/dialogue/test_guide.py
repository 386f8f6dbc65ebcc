"""The guidance of a call on a small pack of its own: what is offered, why, and why not the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from fairdue.dialogue import (
    CallState,
    Guidance,
    begin_call,
    guide,
    heard,
    hints_for,
    must_say,
    said,
    sample_values,
    with_types,
)
from fairdue.dialogue.limits import red_lines
from fairdue.dialogue.moment import moment_of
from fairdue.playbook import load_library

PACK = Path(__file__).parent / "cases" / "guide-pack"
LIBRARY, PROBLEMS = load_library([PACK])
VALUES = replace(sample_values(), proven=frozenset())


def call(*turns: str, stage: str = "first", **begin: Any) -> CallState:
    """A call after these turns: acts joined by commas, or `@line` for what the agent said."""
    state = begin_call(LIBRARY, stage=stage, **begin)
    for turn in turns:
        state = said(state, turn[1:], LIBRARY) if turn.startswith("@") else heard(state, turn.split(","), LIBRARY)
    return state


def ids(found: Guidance) -> list[str]:
    return [s.line.id for s in found.suggestions]


def held(found: Guidance) -> dict[str, str]:
    return {h.line.id: h.code for h in found.held_back}


def test_the_pack_reads() -> None:
    assert PROBLEMS == []


# -- the way of a call


def test_a_call_begins_with_identity_and_the_recording_notice() -> None:
    found = guide(LIBRARY, call(), VALUES)
    assert ids(found)[0] == "verify"
    assert [step for step, _ in found.must] == ["verify", "recording", "channel"]
    assert found.mode == "normal"
    assert next((n.on, n.state) for n in found.next_states) == ("identity.confirm", "purpose")


def test_the_purpose_waits_for_identity_even_when_the_flow_is_there() -> None:
    state = replace(call(), at="purpose")
    found = guide(LIBRARY, state, VALUES)
    assert "purpose" not in ids(found)
    assert held(found)["purpose"] == "identity"


def test_a_step_waits_for_the_steps_that_come_before_it() -> None:
    state = replace(call(stage="repeat"), at="purpose", verified=False)
    line = LIBRARY.line("purpose.again").model_copy(update={"needs": ()})
    library = replace(LIBRARY, lines={**LIBRARY.lines, "purpose.again": line})
    assert {h.line.id: h.code for h in guide(library, state, VALUES).held_back}["purpose.again"] == "order"


def test_a_promise_wants_a_read_back_before_goodbye() -> None:
    state = call("identity.confirm", "@recording", "@purpose", "@channel", "pay.date")
    assert [step for step, _ in must_say(state, LIBRARY)] == ["readback"]
    assert "readback" in ids(guide(LIBRARY, state, VALUES))
    closing = heard(state, ["talk.acknowledge"], LIBRARY)
    found = guide(LIBRARY, closing, VALUES)
    assert closing.at == "closing"
    assert "closing" not in ids(found)
    assert held(found)["closing"] == "order"
    done = said(closing, "readback", LIBRARY)
    assert must_say(done, LIBRARY) == []
    assert "closing" in ids(guide(LIBRARY, done, VALUES))


def test_several_acts_of_one_turn_are_all_answered() -> None:
    found = guide(LIBRARY, call("identity.confirm", "@purpose", "stall.payday,hardship.cash"), VALUES)
    assert {s.act for s in found.suggestions} >= {"stall.payday", "hardship.cash"}


def test_at_most_three_and_no_point_made_twice() -> None:
    found = guide(LIBRARY, call("identity.confirm", "@purpose", "stall.payday"), VALUES)
    points = [s.line.argument for s in found.suggestions]
    assert len(points) == 3
    assert len(set(points)) == 3
    assert len(guide(LIBRARY, call("identity.confirm", "@purpose", "stall.payday"), VALUES, limit=1).suggestions) == 1


def test_every_offer_says_why() -> None:
    found = guide(LIBRARY, call("identity.confirm", "@purpose", "stall.payday"), VALUES)
    for offer in found.suggestions:
        assert offer.reasons
        assert offer.rank_reason == offer.reasons[0]
        assert "等发工资" in offer.rank_reason.zh
        assert "payday" in offer.rank_reason.en
        assert offer.why.zh == offer.line.why
        assert offer.cites == offer.line.cites


# -- what is held back, and why


@pytest.mark.parametrize(
    ("line", "turns", "begin", "code", "words"),
    [
        ("payday.cost", ["stall.payday"], {}, "identity", "还没确认"),
        ("payday.law", ["identity.confirm", "stall.payday"], {}, "pressure", "最多升一级"),
        ("payday.card", ["identity.confirm", "stall.payday"], {"product": "cash_loan"}, "product", "产品"),
        ("payday.waived", ["identity.confirm", "stall.payday"], {}, "fact", "减免已获批准"),
        ("hostile.firm", ["identity.confirm", "refuse.hostile"], {}, "hostile", "气头"),
        ("payday.law", ["identity.confirm", "@payday.cost", "stall.payday"], {"stage": "due_day"}, "ceiling", "上限"),
        ("broken.next", ["identity.confirm", "@vague.ask", "stall.broken_excuse"], {"stage": "repeat", "broken_promises": 2}, "strategy", "先问"),
        ("payday.ask", ["identity.confirm", "@payday.ask", "stall.payday"], {}, "said", "已经说过"),
        ("claimed.press", ["identity.confirm", "pay.claimed"], {}, "stopped", "催收已停"),
        ("danger.debt", ["vulnerable.self_harm"], {}, "stopped", "不提债务"),
        ("probe.leaks", ["identity.family", "third_party.probe"], {}, "disclosure", "听出债务"),
    ],
)  # fmt: skip
def test_what_is_held_back_says_why(line: str, turns: list[str], begin: dict, code: str, words: str) -> None:
    library = LIBRARY
    if code == "ceiling":  # a line that an overlay put into a stage where it does not belong
        stern = LIBRARY.line("payday.law").model_copy(update={"stage": "due_day"})
        library = replace(LIBRARY, lines={**LIBRARY.lines, stern.id: stern})
    found = guide(library, call(*turns, **begin), VALUES)
    assert line not in ids(found)
    [row] = [h for h in found.held_back if h.line.id == line]
    assert row.code == code
    assert words in row.reason.zh
    assert row.reason.en


def test_a_missing_fact_is_named_in_words() -> None:
    state = call("identity.confirm", "@purpose", "stall.payday")
    found = guide(LIBRARY, state, replace(VALUES, quote=None))
    [row] = [h for h in found.held_back if h.line.id == "payday.cost"]
    assert row.code == "fact"
    assert "月底" in row.reason.zh
    proven = replace(VALUES, proven=frozenset({"waiver_authorised"}))
    assert "payday.waived" not in held(guide(LIBRARY, state, proven))


def test_what_the_guard_flags_is_held_back_and_the_next_one_comes_up() -> None:
    asked: list[str] = []

    def guard(text: str, channel: str, party: str, facts: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        asked.append(text)
        assert (channel, party, facts["identity_verified"]) == ("call", "customer", True)
        assert facts["amount_due"] == 18_500
        return [("V19", "编的数")] if "月底" in text else []

    state = call("identity.confirm", "@purpose", "stall.payday")
    found = guide(LIBRARY, state, VALUES, guard=guard)
    assert held(found)["payday.cost"] == "guard"
    assert len(found.suggestions) == 3
    [row] = [h for h in found.held_back if h.code == "guard"]
    assert "V19" in row.reason.zh
    count = len(asked)
    guide(LIBRARY, state, VALUES, guard=guard)
    assert len(asked) == count, "verdicts are remembered"


def test_the_guard_hears_what_was_asked_of_us() -> None:
    seen: list[Mapping[str, Any]] = []

    def guard(text: str, channel: str, party: str, facts: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
        seen.append(facts)
        return []

    state = call("identity.confirm", "pay.claimed", agency=True)
    offer = guide(LIBRARY, state, VALUES, guard=guard).suggestions[0]
    assert seen[0]["payment_claimed"] is True
    assert seen[0]["contact_is_agency"] is True
    assert red_lines(offer.line, offer.rendered, moment_of(LIBRARY, state, None), VALUES, guard) == ()


# -- pressure


def test_pressure_rises_one_step_over_what_was_last_said() -> None:
    state = call("identity.confirm", "pay.vague", stage="repeat")
    assert max(s.pressure for s in guide(LIBRARY, state, VALUES).suggestions) == 1
    state = call("identity.confirm", "@vague.ask", "pay.vague", "pay.vague", stage="repeat")
    assert guide(LIBRARY, state, VALUES).suggestions[0].line.id == "vague.next"
    state = call("identity.confirm", "@vague.ask", "pay.vague", "@vague.next", "pay.vague", stage="repeat")
    found = guide(LIBRARY, state, VALUES)
    assert ids(found)[0] == "vague.final"
    assert any("2→3" in reason.zh for reason in found.suggestions[0].reasons)


def test_hostility_brings_pressure_to_nothing_and_one_lower_afterwards() -> None:
    state = call("identity.confirm", "@vague.ask", "pay.vague", "@vague.next", stage="repeat")
    angry = heard(state, ["refuse.hostile"], LIBRARY)
    assert {s.pressure for s in guide(LIBRARY, angry, VALUES).suggestions} == {0}
    after = heard(angry, ["pay.vague"], LIBRARY)
    assert (state.pressure, after.pressure) == (2, 1)
    assert "vague.final" not in ids(guide(LIBRARY, after, VALUES))


def test_hardship_is_answered_without_pressure_first() -> None:
    found = guide(LIBRARY, call("identity.confirm", "@purpose", "hardship.cash"), VALUES)
    assert found.suggestions[0].line.id == "cash.listen"


# -- the plan


def test_the_plan_is_never_the_first_word() -> None:
    found = guide(LIBRARY, call("identity.confirm", "@purpose", "stall.payday"), VALUES)
    assert "plan" not in ids(found)
    asked = guide(LIBRARY, call("identity.confirm", "@purpose", "refuse.talk"), VALUES, acts=["hardship.cash"])
    assert "plan" in ids(asked)


@pytest.mark.parametrize(
    "turns",
    [["hardship.cash"], ["ask.plan"], ["stall.payday", "stall.payday"], ["refuse.flat", "pay.vague"]],
)
def test_the_plan_comes_with_its_figures_when_its_moment_has_come(turns: list[str]) -> None:
    found = guide(LIBRARY, call("identity.confirm", "@purpose", *turns), VALUES)
    [offer] = [s for s in found.suggestions if s.line.id == "plan"]
    assert "3月4日 3,000.00元" in offer.rendered.text
    assert any("分期安排" in reason.zh for reason in offer.reasons)


def test_before_its_moment_the_plan_is_held_back() -> None:
    line = LIBRARY.line("plan").model_copy(update={"answers": ("stall.payday",)})
    library = replace(LIBRARY, lines={**LIBRARY.lines, "plan": line})
    found = guide(library, call("identity.confirm", "@purpose", "stall.payday"), VALUES)
    assert held(found)["plan"] == "plan"


def test_without_a_plan_from_the_planner_none_is_offered() -> None:
    found = guide(LIBRARY, call("identity.confirm", "@purpose", "hardship.cash"), replace(VALUES, plan=""))
    assert held(found)["plan"] == "fact"


# -- broken promises


def test_after_two_broken_promises_the_call_asks_and_listens() -> None:
    state = call("identity.confirm", "@vague.ask", "stall.broken_excuse", stage="repeat", broken_promises=2)
    found = guide(LIBRARY, state, VALUES)
    assert found.strategy is not None
    assert "先问" in found.strategy.zh
    assert ids(found)[:2] == ["broken.listen", "broken.name"]
    listened = said(state, "broken.listen", LIBRARY)
    later = guide(LIBRARY, heard(listened, ["stall.broken_excuse"], LIBRARY), VALUES)
    assert later.strategy is not None
    assert "复述" in later.strategy.zh


def test_a_stall_after_broken_promises_gets_the_listening_line_first() -> None:
    state = call("identity.confirm", "@purpose.again", "pay.vague", stage="repeat", broken_promises=2)
    assert ids(guide(LIBRARY, state, VALUES))[0] == "broken.listen"


def test_one_broken_promise_changes_nothing() -> None:
    assert guide(LIBRARY, call("identity.confirm", stage="repeat", broken_promises=1), VALUES).strategy is None


# -- modes


def test_a_third_party_gets_third_party_lines_only() -> None:
    for turns in (["identity.family"], ["identity.confirm", "@purpose", "identity.family"], ["third_party.probe"]):
        found = guide(LIBRARY, call(*turns), VALUES)
        assert found.mode == "third"
        assert found.must == ()
        assert ids(found)
        assert all(s.line.stage == "third_party" for s in found.suggestions)


def test_the_customers_own_words_do_not_make_them_a_third_party() -> None:
    state = call("identity.confirm", "@purpose", "third_party.stop")
    assert (state.party, state.mode) == ("customer", "normal")


def test_what_sounds_like_a_third_party_is_taken_as_the_proven_customer_means_it() -> None:
    proven = call("identity.confirm")
    assert heard(proven, ["third_party.stop", "refuse.talk"], LIBRARY).last == ("refuse.talk",)
    assert heard(proven, ["third_party.offer_pay"], LIBRARY).last == ("pay.third",)
    asked = moment_of(LIBRARY, proven, ["third_party.probe"])
    assert asked.acts == ("ask.amount",)
    assert asked.mode == "normal"
    assert heard(call(), ["third_party.stop"], LIBRARY).party == "family"


def test_a_wrong_number_gets_the_apology_only() -> None:
    found = guide(LIBRARY, call("identity.deny"), VALUES)
    assert (found.mode, ids(found)) == ("wrong", ["wrong"])
    on_their_line = guide(LIBRARY, call("identity.deny", party="family"), VALUES)
    assert ids(on_their_line) == ["unknown"]
    lost = guide(LIBRARY, call("identity.confirm", "@purpose", "identity.deny"), VALUES)
    assert (lost.mode, ids(lost)) == ("wrong", ["wrong"])


def test_a_wrong_number_that_was_none_begins_again() -> None:
    state = call("identity.deny", "identity.confirm")
    assert (state.at, state.verified, state.mode) == ("purpose", True, "normal")
    assert ids(guide(LIBRARY, state, VALUES))[0] == "purpose"


@pytest.mark.parametrize("before", [[], ["identity.confirm"], ["identity.confirm", "@purpose", "refuse.hostile"]])
def test_signs_of_self_harm_leave_nothing_but_help(before: list[str]) -> None:
    state = call(*before, "vulnerable.self_harm")
    found = guide(LIBRARY, state, VALUES)
    assert (found.mode, state.at, state.crisis) == ("crisis", "crisis", True)
    assert ids(found) == ["danger"]
    assert found.must == ()
    assert found.situation is not None
    assert found.situation.id == "crisis"
    for act in ("pay.now", "ask.amount", "identity.confirm"):
        assert ids(guide(LIBRARY, heard(state, [act], LIBRARY), VALUES)) == ["danger"]


def test_a_relative_who_tells_of_it_gets_their_own_words() -> None:
    found = guide(LIBRARY, call("identity.family", "vulnerable.self_harm"), VALUES)
    assert (found.mode, ids(found)) == ("crisis", ["danger.family"])


@pytest.mark.parametrize(
    ("act", "situation", "line"),
    [("pay.claimed", "paid_claimed", "claimed"), ("rights.complaint", "complaint", "complaint")],
)
def test_what_stops_collection_comes_first(act: str, situation: str, line: str) -> None:
    found = guide(LIBRARY, call("identity.confirm", "@purpose", act), VALUES)
    assert found.mode == "stop"
    assert found.situation is not None
    assert found.situation.id == situation
    assert ids(found)[0] == line
    assert all(s.pressure == 0 and s.deadline is None for s in found.suggestions)
    assert [step for step, _ in found.must] == ["recording"]


def test_a_special_account_known_beforehand_stops_the_call_too() -> None:
    state = call("identity.confirm", situations=["complaint"])
    found = guide(LIBRARY, state, VALUES)
    assert (found.mode, ids(found)[0]) == ("stop", "complaint")
    with pytest.raises(KeyError):
        call(situations=["lottery"])


def test_a_complaint_about_the_rate_is_answered_first() -> None:
    state = call("identity.confirm", "@purpose", "dispute.rate")
    assert (state.mode, state.situations) == ("normal", ())


# -- who is on the line


def test_types_are_guessed_from_acts_until_the_agent_sets_them() -> None:
    state = call("identity.confirm", "@purpose", "stall.payday")
    assert state.types == ("stalling",)
    chosen = with_types(state, ["willing"])
    after = heard(chosen, ["stall.payday"], LIBRARY)
    assert after.types == ("willing",)
    willing = guide(LIBRARY, after, VALUES)
    assert ids(willing)[0] == "payday.part"
    assert any("愿还" in reason.zh for reason in willing.suggestions[0].reasons)
    stalling = guide(LIBRARY, heard(state, ["stall.payday"], LIBRARY), VALUES)
    assert ids(stalling)[0] != "payday.part"


def test_state_survives_a_reload_and_old_sessions_still_read() -> None:
    state = call("identity.confirm", "stall.payday", product="cash_loan", situations=["hardship"])
    assert CallState.from_dict({**state.as_dict(), "newer": 1}) == state
    old = {"pack": "guide-pack", "stage": "first", "at": "purpose", "party": "customer", "verified": True}
    old |= {"crisis": False, "pressure": 1, "broken_promises": 0, "heard": ["identity.confirm", "stall.payday"]}
    read = CallState.from_dict({**old, "said": ["purpose"], "steps": ["purpose"], "last": ["stall.payday"]})
    assert read.mode == "normal"
    assert len(guide(LIBRARY, read, VALUES).suggestions) == 3
    with pytest.raises(KeyError):
        CallState.from_dict({"stage": "first"})


# -- hints


def test_hints_show_when_all_their_conditions_hold() -> None:
    def shown(state: CallState, **given: Any) -> list[str]:
        return [hint.id for hint in hints_for(LIBRARY, state, **given)]

    noon = sample_values().now.replace(hour=12)
    night = noon.replace(hour=23)
    assert shown(call(), before_call=True) == ["hint.before"]
    assert shown(call(stage="repeat"), before_call=True) == []
    assert shown(call(), now_local=noon) == ["hint.noon"]
    assert shown(call(), now_local=night) == ["hint.night"]
    assert shown(call(), now_local=night.replace(hour=3)) == ["hint.night"]
    assert shown(call(), dpd=20) == ["hint.late"]
    assert shown(call(), dpd=18) == []
    assert shown(call(broken_promises=2)) == ["hint.broken"]
    assert shown(call(situations=["disputed"])) == ["hint.disputed"]
    assert shown(call(), facts=frozenset({"disputed"})) == ["hint.disputed"]
    assert shown(call("identity.confirm", "stall.payday"), now_local=noon) == ["hint.stall", "hint.noon"]
    assert shown(with_types(call("identity.confirm", "stall.payday"), [])) == [], "nobody of that type is on the line"
    assert shown(call("vulnerable.self_harm"), now_local=noon) == ["hint.crisis"]
    assert shown(call("identity.family")) == ["hint.third"], "no word of a debt on the screen"


def test_guidance_carries_the_hints_of_the_moment() -> None:
    found = guide(LIBRARY, call("identity.confirm", "@purpose", "stall.payday"), VALUES)
    assert next(hint.id for hint in found.hints) == "hint.stall"
    assert "hint.late" in [hint.id for hint in found.hints], "24 days past due"
