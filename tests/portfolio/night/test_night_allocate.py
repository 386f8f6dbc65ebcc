"""Dealing people to agents, without a database."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from fairdue.portfolio.night.allocate import Agent, Waiting, allocate


def test_a_wish_never_takes_a_seat_from_somebody_worth_more() -> None:
    people = [Waiting("first"), Waiting("second"), Waiting("third", wish="li")]
    seats = list(allocate(people, [Agent("li", 2)]))
    assert [(s.debtor_id, s.kept) for s in seats] == [("first", False), ("second", False)]


def test_a_seat_nobody_in_front_fits_goes_to_those_behind() -> None:
    people = [Waiting("west", need=("west", None)), Waiting("east", need=("east", None), wish="li")]
    assert [s.debtor_id for s in allocate(people, [Agent("li", 1, frozenset({"east"}))])] == ["east"]


def test_the_queue_is_read_only_as_far_as_there_are_seats() -> None:
    read = []

    def queue() -> Iterator[Waiting]:
        for n in range(1_000):
            read.append(n)
            yield Waiting(f"D{n}")

    assert len(list(allocate(queue(), [Agent("li", 3), Agent("wu", 2)]))) == 5
    assert len(read) <= 6


GROUPS = st.sampled_from((None, "a", "b"))


@given(
    st.lists(st.tuples(st.sampled_from((None, "0", "1", "2")), GROUPS), max_size=30),
    st.lists(st.tuples(st.integers(0, 5), st.frozensets(st.sampled_from(("a", "b")))), max_size=4),
)
def test_no_agent_is_overfull_or_unfit_and_no_fitting_seat_stays_empty(
    people: list[tuple[str | None, str | None]], staff: list[tuple[int, frozenset[str]]]
) -> None:
    agents = [Agent(str(n), capacity, groups) for n, (capacity, groups) in enumerate(staff)]
    queue = [Waiting(f"D{n}", wish, (group, None)) for n, (wish, group) in enumerate(people)]
    seats = {s.debtor_id: s.agent_id for s in allocate(queue, agents)}
    by_name = {a.agent_id: a for a in agents}
    load = {a.agent_id: list(seats.values()).count(a.agent_id) for a in agents}
    assert all(load[a.agent_id] <= a.capacity for a in agents)
    for person in queue:
        if person.debtor_id in seats:
            assert by_name[seats[person.debtor_id]].fits(person.need)
        else:
            assert not any(a.fits(person.need) and load[a.agent_id] < a.capacity for a in agents)
