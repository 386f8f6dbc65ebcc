"""Who is on the lists, at which rank, with whom, and who is not and why."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from small_night import AS_OF, Night, Row, account, event, pay, play

At = Callable[..., Night]


def due_today(hour: int) -> datetime:
    return datetime(AS_OF.year, AS_OF.month, AS_OF.day, hour - 8, tzinfo=UTC)


def test_one_person_with_fifty_accounts_is_one_entry_with_their_sum(night: At) -> None:
    rows = [account(f"A{n:02}", "D1", principal_fen=1_000 * n, due_fen=1_000 * n, late=n) for n in range(1, 51)]
    result = night(rows)
    assert result.debtors() == ["D1"]
    entry = result.lists[0]
    assert entry["account"] == "A50"
    assert entry["accounts"] == 50
    assert entry["due_fen"] == sum(s["due_fen"] for s in result.snapshot.values())


def test_the_score_is_due_times_the_gain_of_a_call(night: At) -> None:
    entry = night([account("A", late=8)]).lists[0]
    assert (entry["with_ppm"], entry["without_ppm"], entry["gain_ppm"]) == (330_000, 210_000, 120_000)
    assert entry["gain_fen"] == (2 * entry["due_fen"] * 120_000 + 1_000_000) // 2_000_000
    assert entry["score"] == entry["gain_fen"]
    assert entry["why"] == "stage:dpd_6_10"


@pytest.mark.parametrize(
    ("history", "broken", "gain", "why"),
    [
        ([], 1, 84_000, "stage:dpd_6_10,broken:1"),
        ([], 7, 41_160, "stage:dpd_6_10,broken:3"),
        ([event("conversation", "D-A", ago=3)], 0, 144_000, "stage:dpd_6_10,reached"),
        ([event("conversation", "D-A", ago=40)], 0, 120_000, "stage:dpd_6_10"),
        ([event("attempt", "D-A", ago=n) for n in range(1, 6)], 0, 72_000, "stage:dpd_6_10,unreached"),
    ],
)
def test_broken_promises_and_contactability_weigh(
    night: At, history: list[Row], broken: int, gain: int, why: str
) -> None:
    entry = night([account("A", late=8, broken=broken)], history).lists[0]
    assert (entry["gain_ppm"], entry["why"]) == (gain, why)


def test_tasks_come_before_value_in_the_order_in_which_they_fall_due(night: At) -> None:
    rows = [account("rich", due_fen=10**7, principal_fen=10**7), account("late"), account("early")]
    tasks = [
        {"debtor_id": "D-late", "kind": "callback", "due_at": due_today(15)},
        {"debtor_id": "D-early", "kind": "promise_check", "due_at": due_today(11), "amount_fen": 5_000},
    ]
    result = night(rows, tasks=tasks, agents=1)
    assert result.debtors() == ["D-early", "D-late", "D-rich"]
    first = json.loads(result.lists[0]["reason"])
    assert (first["code"], first["when"], first["amount_fen"]) == ("promise_check", "11:00", 5_000)
    assert [r["round"] for r in result.lists] == ["promised", "first", "first"]


def test_a_callback_is_kept_even_when_nothing_is_due(night: At) -> None:
    tasks = [{"debtor_id": "D-A", "kind": "callback", "due_at": due_today(15)}]
    assert night([account("A", late=-20)], tasks=tasks).debtors() == ["D-A"]
    assert night([account("A", late=-20)]).left_out == {"D-A": "nothing_due"}


@pytest.mark.parametrize(
    ("row", "history", "code"),
    [
        ({"do_not_contact": True}, [], "do_not_contact"),
        ({}, [event("conversation", "D-A", hour=h, talk_seconds=60) for h in (8, 9, 10)], "effective_cap"),
        ({}, [event("conversation", "D-A", hour=h) for h in (8, 9, 10)], "effective_cap"),
        ({}, [event("attempt", "D-A", hour=h, line_id="L1") for h in range(8, 14)], "unanswered_cap"),
        ({"status": "closed_by_feed"}, [], "nothing_due"),
        ({}, [pay("A", 10**9, ago=1)], "nothing_due"),
    ],
)
def test_left_out_with_a_reason(night: At, row: Row, history: list[Row], code: str) -> None:
    result = night([account("A", **row)], history)
    assert result.lists == []
    assert result.left_out == {"D-A": code}


@pytest.mark.parametrize(
    "history",
    [
        [event("conversation", "D-A", hour=h, talk_seconds=5) for h in (8, 9, 10)],  # shorter than six seconds
        [event("conversation", "D-A", hour=h, talk_seconds=60) for h in (8, 9)],
        [event("conversation", "D-A", ago=1, hour=h, talk_seconds=60) for h in (8, 9, 10)],  # yesterday
        [event("attempt", "D-A", hour=8 + n, line_id=f"L{n % 2}") for n in range(8)],  # four on each of two numbers
    ],
)
def test_below_a_cap_stays_on_the_list(night: At, history: list[Row]) -> None:
    assert night([account("A")], history).debtors() == ["D-A"]


def test_today_is_the_debtors_own_day(night: At) -> None:
    """23:30 on 1 March in Shanghai is still 1 March; in Ürümqi time nothing changes, in Auckland it is 2 March."""
    calls = [event("conversation", "D-A", ago=1, hour=23, talk_seconds=60) for _ in range(3)]
    assert night([account("A")], calls).debtors() == ["D-A"]
    assert night([account("A", zone="Pacific/Auckland")], calls).left_out == {"D-A": "effective_cap"}


def test_all_on_hold_gives_empty_lists_and_full_reasons(night: At) -> None:
    rows = [account(f"A{n}") for n in range(20)]
    result = night(rows, holds=[{"debtor_id": r["debtor_id"], "hold": "dispute"} for r in rows])
    assert result.lists == []
    assert set(result.left_out.values()) == {"hold"}
    assert len(result.left_out) == 20


def test_do_not_contact_on_one_debt_holds_for_the_person(night: At) -> None:
    rows = [account("A", "D"), account("B", "D", do_not_contact=True, late=-50, due_fen=0)]
    assert night(rows).left_out == {"D": "do_not_contact"}


@pytest.mark.parametrize(("agents", "per_agent"), [(0, 5), (5, 0), (0, 0)])
def test_no_seats_leave_everybody_out_by_name(night: At, agents: int, per_agent: int) -> None:
    result = night([account("A"), account("B")], agents=agents, per_agent=per_agent)
    assert result.lists == []
    assert result.left_out == {"D-A": "no_room", "D-B": "no_room"}


def test_empty_inputs_write_empty_files(night: At) -> None:
    result = night([])
    assert (result.lists, result.snapshot, result.left_out, result.findings) == ([], {}, {}, [])
    assert result.report.stages == []


def test_the_last_agent_keeps_the_customer_while_there_is_room(night: At) -> None:
    rows = [account(f"A{n}", last_agent="wang", due_fen=1_000 * n, principal_fen=1_000 * n) for n in range(1, 5)]
    people = [{"agent_id": "li", "capacity": 10}, {"agent_id": "wang", "capacity": 2}]
    result = night(rows, people=people)
    assert result.debtors("wang") == ["D-A4", "D-A3"]
    assert result.debtors("li") == ["D-A2", "D-A1"]
    assert [r["kept"] for r in result.lists] == [False, False, True, True]


def test_groups_and_skills_decide_who_may_take_a_case(night: At) -> None:
    rows = [
        account("card", product="credit_card"),
        account("east", agent_group="east"),
        account("nobody", agent_group="west"),
    ]
    people = [
        {"agent_id": "cards", "capacity": 5, "groups": ["north"], "skills": ["credit_card", "english"]},
        {"agent_id": "east", "capacity": 5, "groups": ["east"], "skills": ["cash_loan"]},
    ]
    result = night(rows, people=people)
    assert (result.debtors("cards"), result.debtors("east")) == (["D-card"], ["D-east"])
    assert result.left_out == {"D-nobody": "no_room"}


def test_ties_are_broken_by_debtor_and_dealt_in_turn(night: At) -> None:
    result = night([account(f"A{n}") for n in range(6)], agents=3, per_agent=2)
    assert result.debtors("agent0001") == ["D-A0", "D-A3"]
    assert result.debtors("agent0003") == ["D-A2", "D-A5"]


def test_repeat_contact_after_a_promise_or_a_talk(night: At) -> None:
    rows = [account("new"), account("promised"), account("talked"), account("soon", late=-2), account("today", late=0)]
    history = [event("promise", "D-promised", ago=2), event("conversation", "D-talked", ago=9)]
    scripts = {r["debtor"]: r["script"] for r in night(rows, history).lists}
    assert scripts == {
        "D-new": "first",
        "D-promised": "repeat",
        "D-talked": "repeat",
        "D-soon": "pre_due",
        "D-today": "due_day",
    }


def test_the_best_hour_needs_two_conversations_and_names_the_line(night: At) -> None:
    history = [
        *[event("conversation", "D-A", ago=n, hour=15, line_id="home") for n in (3, 5, 8)],
        *[event("conversation", "D-A", ago=n, hour=9, line_id="mobile") for n in (2, 4)],
        event("conversation", "D-B", ago=2, hour=11),
    ]
    hours = {r["debtor"]: (r["best_hour"], r["best_line"]) for r in night([account("A"), account("B")], history).lists}
    assert hours == {"D-A": (15, "home"), "D-B": (None, None)}


ROWS = st.lists(
    st.builds(
        lambda n, d, late, fen, agent, dnc, group: account(
            f"A{n}",
            f"D{d}",
            late=late,
            principal_fen=fen,
            due_fen=fen,
            last_agent=agent,
            do_not_contact=dnc,
            agent_group=group,
        ),
        st.integers(0, 40),
        st.integers(0, 12),
        st.integers(-5, 100),
        st.sampled_from((0, 1, 5_000, 5_000, 777_777)),
        st.sampled_from((None, "p0", "p1", "gone")),
        st.booleans(),
        st.sampled_from((None, "g")),
    ),
    max_size=40,
)
PEOPLE = st.lists(st.tuples(st.integers(0, 6), st.sampled_from(([], ["g"], ["h"]))), max_size=3)


@settings(max_examples=20, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(ROWS, PEOPLE, st.integers(0, 10**6))
def test_lists_hold_everybody_once_within_capacity_whatever_the_row_order(
    rows: list[Row], people: list[tuple[int, list[str]]], seed: int
) -> None:
    agents = [{"agent_id": f"p{n}", "capacity": c, "groups": g} for n, (c, g) in enumerate(people)]
    events = [event("conversation", r["debtor_id"], ago=n % 9, talk_seconds=30) for n, r in enumerate(rows)]
    mixed = list(rows)
    random.Random(seed).shuffle(mixed)
    with tempfile.TemporaryDirectory() as folder:
        once = play(Path(folder, "a"), rows, events, people=agents)
        again = play(Path(folder, "b"), mixed, events[::-1], people=agents)
    assert (once.lists, once.snapshot, once.left_out) == (again.lists, again.snapshot, again.left_out)
    assert once.report.checksums == again.report.checksums
    debtors = once.debtors()
    assert len(debtors) == len(set(debtors))
    assert set(debtors) | set(once.left_out) == {s["debtor_id"] for s in once.snapshot.values()}
    assert not set(debtors) & set(once.left_out)
    for agent in agents:
        held = [r for r in once.lists if r["agent"] == agent["agent_id"]]
        assert len(held) <= agent["capacity"]
        assert [r["rank"] for r in held] == list(range(1, len(held) + 1))
    assert sum(s["accounts"] for s in once.report.stages) == len(rows)
    assert sum(s["fed_due_fen"] for s in once.report.stages) == sum(r["due_fen"] for r in rows)


def test_late_dates_in_the_past_century_do_not_overflow(night: At) -> None:
    """A hundred years late on the largest amount: exact, and no overflow."""
    row = account("old", principal_fen=10**11, due_fen=10**11, late=36_000)
    assert night([row]).snapshot["old"]["dpd"] == 36_000
    assert night([row | {"due_date": AS_OF - timedelta(days=9_000)}]).snapshot["old"]["interest_fen"] == 540_000_000_000
