"""Whatever is heard and said in any order, the guidance never offers what may not be said. On the packs that ship."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fairdue.dialogue import CallState, begin_call, crisis_protocol, guide, heard, must_say, said, sample_values
from fairdue.dialogue.reflexes import reflexes
from fairdue.packs import PACKS, read_yaml
from fairdue.playbook import Library, load_library
from fairdue.playbook.schema import CEILING

LIBRARY, _ = load_library()
ACTS = sorted(LIBRARY.acts)
STAGES = ("pre_due", "due_day", "first", "repeat")
PRODUCTS = ("credit_card", "cash_loan", "instalment", "telecom")
CALLS = [(stage, product, agency) for stage in STAGES for product in PRODUCTS for agency in (False, True)]
LEADS = list({(call[0], LIBRARY.lead(*call)): call for call in reversed(CALLS)}.values())
"""One call for each stage and each pack that leads in it."""


@dataclass
class Walk:
    """A call walked step by step; `last` is the pressure of what was said last, before any hostility lowered it."""

    state: CallState
    last: int = 0


def check(library: Library, walk: Walk) -> None:
    """What may never be offered in this state."""
    state = walk.state
    found = guide(library, state, sample_values(state.product, state.agency))
    assert len(found.suggestions) <= 3
    points = [s.line.argument or s.line.id for s in found.suggestions]
    assert len(set(points)) == len(points)
    offered = {s.line.id for s in found.suggestions}
    assert not offered & {h.line.id for h in found.held_back}
    for offer in found.suggestions:
        line = offer.line
        assert offer.reasons
        assert "{" not in offer.rendered.text
        assert line.pressure <= walk.last + 1, line.id
        assert line.pressure <= CEILING.get(state.stage, 0), line.id
        assert not line.products or state.product in line.products, line.id
        if not state.verified:
            assert not line.debt_facts, line.id
        if state.party == "family":
            assert line.stage == "third_party", line.id
            assert not line.debt_facts, line.id
        if found.mode == "crisis":
            assert "vulnerable.self_harm" in line.answers or "crisis" in line.situation, line.id
            assert not reflexes().debt_words.search(offer.rendered.text), line.id
        if found.mode != "normal":
            assert line.pressure == 0, line.id
            assert line.deadline is None, line.id
    if found.mode in ("third", "wrong", "crisis"):
        assert must_say(state, library) == []


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    lead=st.sampled_from(LEADS),
    party=st.sampled_from(["unknown", "unknown", "family"]),
    broken=st.integers(0, 3),
    situations=st.lists(st.sampled_from(sorted(LIBRARY.situations)), max_size=1),
    data=st.data(),
)
def test_no_sequence_of_acts_and_lines_yields_what_may_not_be_said(lead, party, broken, situations, data) -> None:
    stage, product, agency = lead
    state = begin_call(
        LIBRARY,
        stage=stage,
        product=product,
        agency=agency,
        party=party,
        broken_promises=broken,
        situations=situations,
    )
    walk = Walk(state)
    check(LIBRARY, walk)
    for _turn in range(data.draw(st.integers(1, 7))):
        if data.draw(st.booleans()):
            offers = guide(LIBRARY, walk.state, sample_values(product, agency)).suggestions
            if offers:
                line = data.draw(st.sampled_from(offers)).line
                walk = Walk(said(walk.state, line.id, LIBRARY), line.pressure)
        likely = st.sampled_from(["identity.confirm", "pay.vague", "stall.payday", "refuse.flat", "refuse.hostile"])
        acts = data.draw(st.lists(st.one_of(st.sampled_from(ACTS), likely), min_size=1, max_size=2))
        walk.state = heard(walk.state, acts, LIBRARY)
        check(LIBRARY, walk)
        assert CallState.from_dict(walk.state.as_dict()) == walk.state


@pytest.mark.parametrize("lead", LEADS, ids=str)
def test_every_act_gets_an_answer_wherever_a_call_can_be(lead: tuple[str, str, bool]) -> None:
    stage, product, agency = lead
    state = begin_call(LIBRARY, stage=stage, product=product, agency=agency)
    confirmed = heard(state, ["identity.confirm"], LIBRARY)
    for act in ACTS:
        if act in ("identity.confirm", "talk.silence") or act.startswith("third_party."):
            continue
        after = heard(confirmed, [act], LIBRARY)
        found = guide(LIBRARY, after, sample_values(product, agency))
        assert found.suggestions, (lead, act)


@pytest.mark.parametrize("lead", LEADS, ids=str)
def test_a_third_party_gets_an_answer_to_what_third_parties_do(lead: tuple[str, str, bool]) -> None:
    stage, product, agency = lead
    state = heard(begin_call(LIBRARY, stage=stage, product=product, agency=agency), ["identity.family"], LIBRARY)
    for act in (act for act in ACTS if act.startswith(("third_party.", "vulnerable."))):
        found = guide(LIBRARY, heard(state, [act], LIBRARY), sample_values(product, agency))
        assert found.suggestions, (lead, act)


def test_nothing_about_the_debt_before_identity() -> None:
    for stage, product, agency in LEADS:
        state = begin_call(LIBRARY, stage=stage, product=product, agency=agency)
        for act in ACTS:
            if act == "identity.confirm":
                continue
            found = guide(LIBRARY, heard(state, [act], LIBRARY), sample_values(product, agency))
            for offer in found.suggestions:
                assert not offer.line.debt_facts, (act, offer.line.id)
                assert not reflexes().debt_words.search(offer.rendered.text), (act, offer.line.id)


def test_a_family_member_hears_no_word_of_a_debt_whatever_is_asked() -> None:
    for stage, product, agency in LEADS:
        state = heard(begin_call(LIBRARY, stage=stage, product=product, agency=agency), ["identity.family"], LIBRARY)
        values = sample_values(product, agency)
        values = type(values)(**{f: getattr(values, f) for f in values.__slots__} | {"proven": frozenset()})
        for act in ACTS:
            for offer in guide(LIBRARY, state, values, acts=[act]).suggestions:
                assert offer.line.stage == "third_party"
                assert not offer.line.debt_facts
                for word in ("欠", "逾期", "还款", "账单", "18500", "6200"):
                    assert word not in offer.rendered.text, offer.line.id


# -- the reflexes and the protocol themselves


def test_the_reflexes_name_acts_groups_and_situations_that_exist() -> None:
    raw = read_yaml(PACKS / "guidance.yaml")
    groups = {act.split(".", maxsplit=1)[0] for act in ACTS}
    known = {*ACTS, *groups}
    for mode, row in raw["modes"].items():
        assert set(row.get("acts", ())) | set(row.get("hints_at", ())) <= known, mode
        assert set(row.get("situations", ())) <= set(LIBRARY.situations), mode
    for name in ("reveals_not", "hostile", "promise", "refusal", "not_refusal", "plan", "gentle", "moves_on"):
        assert set(raw[name]) <= known, name
    assert set(raw["broken"]["answers"]) | set(raw["broken"]["for"]) <= known
    assert set(raw["guard_facts"]) <= {*ACTS, *LIBRARY.situations}


def test_every_vulnerable_act_stops_collection() -> None:
    for act in (act for act in ACTS if act.startswith("vulnerable.")):
        state = heard(begin_call(LIBRARY, stage="first"), ["identity.confirm"], LIBRARY)
        assert heard(state, [act], LIBRARY).mode == ("crisis" if act == "vulnerable.self_harm" else "stop"), act


def test_every_step_that_must_be_said_has_a_name_of_its_own() -> None:
    flows = [flow for name, flow in LIBRARY.flows.items() if LIBRARY.packs[name].calls]
    named = {step for flow in flows for step in (*flow.must, *flow.before)}
    named |= {step for flow in flows for steps in flow.before.values() for step in steps}
    assert named <= set(reflexes().steps), "name them in packs/guidance.yaml"


def test_the_crisis_protocol_says_what_to_do_in_order() -> None:
    protocol = crisis_protocol()
    assert [step.id for step in protocol.steps][:4] == ["stay", "signal", "ask", "help"]
    assert "hold" in [step.id for step in protocol.steps]
    assert [line.number for line in protocol.numbers] == ["12356", "120", "110"]
    assert len(protocol.never) >= 3
    for text in (*(s.do for s in protocol.steps), *(s.why for s in protocol.steps), *protocol.never):
        assert text.zh
        assert text.en
    assert protocol.source in read_yaml(PACKS / "practice-rows.yaml")["rows"]
