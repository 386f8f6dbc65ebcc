"""Children that take permits and record contacts until they are killed, and what must hold after every kill.

`Crashes.round()` forks two children (before any connection is open), lets both work on the same customers, kills them with
SIGKILL at a random moment or lets them kill themselves at a named point inside the transaction, and then checks. It knows of
the children's work only what they said before each attempt, as a caller whose answer never came.
"""

from __future__ import annotations

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any, NamedTuple

from call_world import NOON, Clock, make_account, make_customer, make_line, make_user
from django.db import DEFAULT_DB_ALIAS, connections

from fairdue.desk import sql
from fairdue.desk.audit import selectors
from fairdue.desk.audit import services as audit
from fairdue.desk.audit.crosscheck import crosscheck
from fairdue.desk.call import gate, reading
from fairdue.desk.call.models import Contact, Denial, Permit, PermitState
from fairdue.desk.call.services import expire_permits, keep_alive, record_contact, release_permit, take_permit

CAP = 3  # effective calls a day (GB/T 45251-2025, 5.3.2.2.2)
CUSTOMERS = 4
"""Few, so that both children meet at the cap of the same customer."""
LOOPS = 60
"""Attempts of one child, if nothing kills it before; then it does so itself."""
POINTS = (
    "any moment",
    "any moment",
    "after the lock",
    "after the decision",
    "between two statements",
    "after the last statement",
    "before the commit",
    "after the commit",
    "while sealing",
)
MORNING = NOON - timedelta(hours=3)


class Attempt(NamedTuple):
    """What a child said it was about to do: which agent, which customer, under which key."""

    agent: int
    customer: int
    key: str


class Crashes:
    """One database, some agents and customers, and the count of what happened to them."""

    def __init__(self, held: Clock) -> None:
        self.clock = held
        self.clock.at = MORNING
        self.agents = [make_user(f"crash{n}") for n in range(3)]
        self.pairs = []
        for n in range(CUSTOMERS):
            customer = make_customer(f"X{n}")
            make_account(customer, f"X{n}")
            self.pairs.append((customer, make_line(customer, f"1990001{n:04d}")))
        self.counts: Counter[str] = Counter()
        self.checked, _none = selectors.verify()  # on PostgreSQL the trail keeps what earlier tests committed

    def round(self, seed: int) -> None:
        """Two children, two kills, all checks; raises AssertionError with the seed and the points."""
        dice = random.Random(seed)
        points = [dice.choice(POINTS) for _child in range(2)]
        connections.close_all()
        children = [self._fork(point, f"{seed}-{n}") for n, point in enumerate(points)]
        for point, (pid, _pipe) in zip(points, children, strict=True):
            if point == "any moment":
                time.sleep(dice.uniform(0.0, 0.06))
                os.kill(pid, signal.SIGKILL)
        attempts = []
        for point, (pid, pipe) in zip(points, children, strict=True):
            _pid, status = os.waitpid(pid, 0)
            assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, f"{point}: ended with {status}"
            with os.fdopen(pipe) as said:
                lines = said.read().splitlines()
            attempts += [Attempt(int(a), int(c), k) for a, c, k in (line.split() for line in lines[-1:])]
            self.counts[f"killed: {point}"] += 1
        try:
            self._check(attempts, seed)
        except AssertionError as wrong:
            raise AssertionError(f"round {seed}, {points}, {attempts}: {wrong}") from wrong

    def _fork(self, point: str, name: str) -> tuple[int, int]:
        reading_end, writing_end = os.pipe()
        pid = os.fork()
        if pid:
            os.close(writing_end)
            return pid, reading_end
        try:
            self._work(point, name, writing_end)
        finally:
            os._exit(3)  # a child never returns into the test

    def _work(self, point: str, name: str, pipe: int) -> None:
        dice = random.Random(name)
        arm(point, dice.randint(1, 16))
        for n in range(LOOPS):
            agent, place = dice.randrange(len(self.agents)), dice.randrange(CUSTOMERS)
            os.write(pipe, f"{agent} {place} {name}-{n}\n".encode())
            got = take_permit(self.agents[agent], *self.pairs[place], request_key=f"{name}-{n}")
            if isinstance(got, Permit):
                what = dice.choice([record, record, leave, leave, alive, release])
                what(got)
        die()

    def _check(self, attempts: list[Attempt], seed: int) -> None:
        count, findings = (
            selectors.verify(selectors.find_range(str(self.checked), "")) if self.checked else selectors.verify()
        )
        assert findings == [], findings
        self.checked += count - bool(self.checked)
        assert crosscheck() == []
        self._caps()
        for attempt in attempts:
            self._retry(attempt)
        self._caps()
        self.clock.forward(seconds=181)
        self.counts["expired"] += expire_permits(self.clock())
        assert not Permit.objects.filter(state=PermitState.OPEN).exists(), "an open permit outlived its time"
        for attempt in attempts:
            self._slot(attempt)
        if seed % 2:  # a new day, so that there are calls left to make
            self.clock.at = MORNING + timedelta(days=(self.clock.at - MORNING).days + 1)

    def _today(self) -> tuple[Counter[int], Counter[int]]:
        """By customer: effective calls of the day, and permits that may still become one."""
        morning = self.clock().replace(hour=MORNING.hour, minute=0, second=0, microsecond=0)
        calls = Contact.objects.filter(connected=True, started_at__gte=morning)
        held = Permit.objects.filter(state=PermitState.OPEN, expires_at__gt=self.clock())
        return Counter(calls.values_list("customer_id", flat=True)), Counter(held.values_list("customer_id", flat=True))

    def _caps(self) -> None:
        made, held = self._today()
        over = {customer: (made[customer], held[customer]) for customer in made | held if (made + held)[customer] > CAP}
        assert not over, f"calls and open permits by customer: {over}"

    def _retry(self, attempt: Attempt) -> None:
        """The caller never got an answer and asks again with the same key."""
        agent, (customer, line) = self.agents[attempt.agent], self.pairs[attempt.customer]
        known = Permit.objects.filter(agent=agent, request_key=attempt.key).first()
        again = take_permit(agent, customer, line, request_key=attempt.key)
        if known is not None:
            assert again.pk == known.pk and isinstance(again, Permit), "a retry gave another permit"
        self.counts["retry: the same permit" if known else f"retry: a first {type(again).__name__.lower()}"] += 1
        if isinstance(again, Denial) or again.state == PermitState.RELEASED:
            return
        contacts = {record_contact(again.pk, agent, "reached", talk_seconds=60).pk for _twice in range(2)}
        assert len(contacts) == 1, "a contact was recorded twice"

    def _slot(self, attempt: Attempt) -> None:
        """What was left open has ended: there is a permit again exactly when the day has a call left."""
        customer, line = self.pairs[attempt.customer]
        made = self._today()[0][customer.pk]
        got = take_permit(self.agents[0], customer, line, request_key=f"slot-{attempt.key}")
        assert isinstance(got, Permit) == (made < CAP), f"{customer.debtor_id}: {made} calls made, then {got}"
        self.counts["slot was free" if made < CAP else "day was full"] += 1
        if isinstance(got, Permit):
            release_permit(got.pk, self.agents[0])


def record(permit: Permit) -> None:
    record_contact(permit.pk, permit.agent, "reached", talk_seconds=60)


def release(permit: Permit) -> None:
    release_permit(permit.pk, permit.agent)


def alive(permit: Permit) -> None:
    keep_alive(permit.pk, permit.agent)


def leave(permit: Permit) -> None:
    """Nothing: the browser was closed."""


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def arm(point: str, hits: int) -> None:
    """In a child: be killed when `point` is reached for the `hits`-th time."""
    left = [hits]

    def hit() -> None:
        left[0] -= 1
        if left[0] <= 0:
            die()

    def after(module: Any, name: str) -> None:
        inner = getattr(module, name)

        def outer(*given: Any, **named: Any) -> Any:
            result = inner(*given, **named)
            hit()
            return result

        setattr(module, name, outer)

    def before(module: Any, name: str) -> None:
        inner = getattr(module, name)

        def outer(*given: Any, **named: Any) -> Any:
            hit()
            return inner(*given, **named)

        setattr(module, name, outer)

    database = connections[DEFAULT_DB_ALIAS]
    arming: dict[str, Callable[[], None]] = {
        "after the lock": lambda: after(reading, "locked"),
        "after the decision": lambda: after(gate, "answer"),
        "between two statements": lambda: setattr(sql, "several", lambda *steps: [one(hit, *step) for step in steps]),
        "after the last statement": lambda: after(audit, "write_with"),
        "before the commit": lambda: before(database, "commit"),
        "after the commit": lambda: after(database, "commit"),
        "while sealing": lambda: after(audit, "_seal_batch" if sql.vendor() == "postgresql" else "write"),
    }
    audit.SEAL_EVERY = 0.0  # after every commit, not five times a second: more moments to be hit in
    if point in arming:
        arming[point]()


def one(hit: Callable[[], None], statement: str, values: Any) -> list[Any]:
    """One statement by itself, and the kill after a write of it."""
    with connections[DEFAULT_DB_ALIAS].cursor() as cursor:
        cursor.execute(statement, values)
        found = list(cursor.fetchall()) if cursor.description else []
    if statement.startswith(("INSERT", "UPDATE")):
        hit()
    return found
