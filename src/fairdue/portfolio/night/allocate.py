"""Deal ranked people to agents: capacity, groups, skills and continuity. Pure and deterministic.

As many people as there are seats come first, in rank order; of these, each stays with the agent who is wished for (the
task's agent, else the last one) while that agent has room. The others go, in rank order, to the fitting agent with the
fewest people. Seats that stay free, because somebody in front fits no agent, go to the people behind.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

Need = tuple[str | None, str | None]
"""What an agent must offer: the account's group and product, None when it asks for nothing."""


@dataclass(frozen=True, slots=True)
class Agent:
    """`capacity`: people a day. Empty `groups` or `products` mean that the agent takes all of them."""

    agent_id: str
    capacity: int
    groups: frozenset[str] = frozenset()
    products: frozenset[str] = frozenset()

    def fits(self, need: Need) -> bool:
        """Whether this agent may take a person with that group and product."""
        group, product = need
        if group is not None and self.groups and group not in self.groups:
            return False
        return product is None or not self.products or product in self.products


@dataclass(frozen=True, slots=True)
class Waiting:
    """A person in the queue: the agent wished for and what the case needs."""

    debtor_id: str
    wish: str | None = None
    need: Need = (None, None)


@dataclass(frozen=True, slots=True)
class Seat:
    """Who has whom; `kept`: it is the agent who was wished for."""

    debtor_id: str
    agent_id: str
    kept: bool


class _Room:
    """Free seats per agent, and for every need a heap of fitting agents by load."""

    def __init__(self, agents: Sequence[Agent]) -> None:
        self.agents = {a.agent_id: a for a in agents if a.capacity > 0}
        self.load = dict.fromkeys(self.agents, 0)
        self.free = sum(a.capacity for a in self.agents.values())
        self.heaps: dict[Need, list[tuple[int, str]]] = {}

    def wished(self, person: Waiting) -> str | None:
        agent = self.agents.get(person.wish or "")
        if agent is None or self.load[agent.agent_id] >= agent.capacity or not agent.fits(person.need):
            return None
        return agent.agent_id

    def least_loaded(self, need: Need) -> str | None:
        if need not in self.heaps:
            self.heaps[need] = [(self.load[a.agent_id], a.agent_id) for a in self.agents.values() if a.fits(need)]
            heapq.heapify(self.heaps[need])
        heap = self.heaps[need]
        while heap:
            load, name = heap[0]
            if self.load[name] >= self.agents[name].capacity:
                heapq.heappop(heap)
            elif self.load[name] != load:
                heapq.heapreplace(heap, (self.load[name], name))
            else:
                return name
        return None

    def take(self, name: str) -> None:
        self.load[name] += 1
        self.free -= 1


def allocate(people: Iterable[Waiting], agents: Sequence[Agent]) -> Iterator[Seat]:
    """Seats for people given in rank order, each person once. Reads no further than the last free seat needs."""
    room = _Room(agents)
    queue = iter(people)
    rest = []
    for person in islice(queue, room.free):
        name = room.wished(person)
        if name is None:
            rest.append(person)
        else:
            room.take(name)
            yield Seat(person.debtor_id, name, True)
    for group in (rest, queue):
        for person in group:
            if room.free == 0:
                return
            wished = room.wished(person)
            name = wished or room.least_loaded(person.need)
            if name is not None:
                room.take(name)
                yield Seat(person.debtor_id, name, wished is not None)
