"""Many agents press *call* for the same debtor at the same moment: the caps hold exactly, on both databases.

Threads need committed rows and connections of their own: on SQLite a file of the test's own, on PostgreSQL the test
database without the usual surrounding transaction.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from call_world import Clock, World, make_account, make_customer, make_line, make_user, make_world
from django.core.management import call_command
from django.db import close_old_connections, connection, connections

from fairdue.desk.audit.selectors import verify
from fairdue.desk.call.models import Contact, Denial, Permit, PermitState
from fairdue.desk.call.services import record_contact, take_permit

THREADS = 200
ROUNDS = int(os.environ.get("FAIRDUE_TEST_ROUNDS", "10"))
"""Fifty rounds prove it on a quiet machine (`FAIRDUE_TEST_ROUNDS=50`, a minute or two); ten keep the suite short."""
CAP = 3  # effective calls a day (GB/T 45251-2025, 5.3.2.2.2)
WORKERS = 8  # connections open at once; all THREADS requests of a round are queued before the first may start


@pytest.fixture
def committed(transactional_db: None, tmp_path: Path, noon: Clock) -> Iterator[World]:
    """A world whose rows other threads can see. In-memory SQLite locks whole tables, so there a file takes its place."""
    if connection.vendor != "sqlite":
        yield make_world()
        return
    memory, name = connections["default"], connections.settings["default"]["NAME"]
    connections.settings["default"]["NAME"] = str(tmp_path / "shared.sqlite3")
    connections["default"] = connections.create_connection("default")
    try:
        call_command("migrate", verbosity=0)
        yield make_world()
    finally:
        connections["default"].close()
        connections.settings["default"]["NAME"] = name
        connections["default"] = memory


def all_at_once(work, count: int, workers: int = WORKERS) -> list:
    """Run `work(n)` for n in 0..count-1 on `workers` threads that start together; exceptions are raised here."""
    start = threading.Barrier(workers)

    def lane(first: int) -> list:
        close_old_connections()
        try:
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET synchronous_commit = off")
            start.wait(timeout=30)
            return [work(n) for n in range(first, count, workers)]
        finally:
            connections.close_all()

    with ThreadPoolExecutor(workers) as pool:
        return [result for lane_results in pool.map(lane, range(workers)) for result in lane_results]


@pytest.mark.slow
def test_the_daily_cap_holds_exactly_under_two_hundred_requests_at_once(committed: World) -> None:
    agents = [make_user(f"agent{n}") for n in range(WORKERS)]
    before, _none = verify()  # on PostgreSQL the append-only trail keeps what earlier tests committed
    wrong = []
    for round_number in range(ROUNDS):
        customer = make_customer(f"R{round_number}")
        line = make_line(customer, f"1990001{round_number:04d}")
        make_account(customer, f"R{round_number}")

        def press(n: int, customer=customer, line=line, round_number=round_number) -> Permit | Denial:
            return take_permit(agents[n % WORKERS], customer, line, request_key=f"{round_number}-{n}")

        answers = all_at_once(press, THREADS)
        granted = sum(isinstance(answer, Permit) for answer in answers)
        stored = Permit.objects.filter(customer=customer, state=PermitState.OPEN).count()
        if (granted, stored, len(answers)) != (CAP, CAP, THREADS):
            wrong.append((round_number, granted, stored))
    assert wrong == []
    count, findings = verify()
    assert findings == []
    assert count - before == THREADS * ROUNDS


def test_the_same_key_pressed_many_times_at_once_is_one_permit(committed: World) -> None:
    answers = all_at_once(
        lambda _n: take_permit(committed.agent, committed.customer, committed.mobile, request_key="double"), 16
    )
    assert len({answer.pk for answer in answers}) == 1
    assert Permit.objects.count() == 1


def test_one_number_in_two_files_keeps_its_cap_when_both_are_called_at_once(committed: World) -> None:
    """Per-number counts hold across customers: without the lock on the number both would see the last free attempt."""
    customers = [make_customer(f"S{n}") for n in range(8)]
    lines = [make_line(customer, "19900000777") for customer in customers]
    agents = [make_user(f"s{n}") for n in range(8)]
    answers = all_at_once(lambda n: take_permit(agents[n], customers[n], lines[n], request_key=f"s{n}"), 8, workers=8)
    clean = [a for a in answers if isinstance(a, Permit) and a.decision["verdict"] == "pass"]
    assert len(clean) <= 6


def test_a_double_submit_of_the_outcome_records_once(committed: World) -> None:
    permit = take_permit(committed.agent, committed.customer, committed.mobile, request_key="k")
    contacts = all_at_once(lambda _n: record_contact(permit.pk, committed.agent, "reached", talk_seconds=40), 16)
    assert len({contact.pk for contact in contacts}) == 1
    assert Contact.objects.count() == 1
    assert Permit.objects.get().state == PermitState.USED


def test_effective_calls_never_pass_the_cap_when_calls_end_while_others_begin(committed: World) -> None:
    """Permits taken, used and asked for again, all mixed: contacts that count stay at the cap."""
    agents = [make_user(f"m{n}") for n in range(16)]

    def work(n: int) -> None:
        got = take_permit(agents[n % 16], committed.customer, committed.mobile, request_key=f"m{n}")
        if isinstance(got, Permit):
            record_contact(got.pk, got.agent, "reached", talk_seconds=30)

    all_at_once(work, 64)
    assert Contact.objects.filter(connected=True).count() == CAP


def test_the_scratch_database_is_really_shared_between_threads(committed: World) -> None:
    """An in-memory SQLite would hide every race: the test must run on a file or a server."""
    seen = all_at_once(lambda _n: Permit.objects.count(), 4, workers=4)
    assert seen == [0, 0, 0, 0]
    if connection.vendor == "sqlite":
        assert "mode=memory" not in str(connection.settings_dict["NAME"])
