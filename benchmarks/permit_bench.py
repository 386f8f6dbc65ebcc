"""How many permits a second the desk gives, and what a permit's time is spent on.

    python benchmarks/permit_bench.py [--customers 3000] [--writers 8] [--only sqlite|postgresql]

Each customer has a line, a debt and 20 earlier contacts. SQLite: a fresh file with the settings of the desk, one writer.
PostgreSQL: a fresh database on the server that the tests use, `--writers` processes, each with its own connection; its
`fsync` and `synchronous_commit` are printed, because the commit's flush to disk is part of a permit. Printed: permits a
second with the whole transaction, p50 and p99 of one, the share of each step (one writer), and the same for contacts.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
PAST = 20
STEPS = (
    ("fairdue.desk.call.reading", "locked", "lock and read"),
    ("fairdue.desk.call.gate", "gate_request", "make the request"),
    ("fairdue.desk.call.gate", "parse_request", "policy: parse"),
    ("fairdue.desk.call.gate", "decide", "policy: decide"),
    ("fairdue.desk.call.gate", "stored", "decision to JSON form"),
    ("fairdue.desk.call.services.permits", "next_number", "number"),
    ("fairdue.desk.audit.services", "write_with", "insert permit and event"),
)


def main() -> None:
    """Both databases, or one; says first how busy the machine is, because that decides about the figures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--customers", type=int, default=3000)
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--only", choices=["sqlite", "postgresql"])
    given = parser.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the start", flush=True)
    for engine in ("sqlite", "postgresql"):
        if given.only in (None, engine):
            # A process of its own for each: Django is configured for one database.
            child = get_context("spawn").Process(target=ENGINES[engine], args=(given.customers, given.writers))
            child.start()
            child.join()


def boot(home: str, url: str = "") -> None:
    os.environ |= {"FAIRDUE_HOME": home, "FAIRDUE_HTTPS": "0", "FAIRDUE_LOG_LEVEL": "ERROR"}
    os.environ.pop("DATABASE_URL", None)
    if url:
        os.environ["DATABASE_URL"] = url
    from fairdue.desk import boot as start

    start()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    sys.path.insert(0, str(ROOT / "tests" / "desk"))
    from call_world import NOON, Clock

    from fairdue.desk import clock

    clock.now = Clock(NOON)


def world(customers: int) -> tuple[Any, list[tuple[Any, Any]]]:
    """An agent and customers with their lines; every customer with `PAST` contacts in the last two months."""
    from datetime import timedelta

    from call_world import NOON, make_account, make_customer, make_line, make_user
    from django.db import transaction

    from fairdue.desk.call.models import PastContact

    with transaction.atomic():
        agent = make_user("lin")
        pairs = []
        for n in range(customers):
            customer = make_customer(f"D{n}")
            line = make_line(customer, f"1990001{n:04d}")
            make_account(customer, f"A{n}")
            pairs.append((customer, line))
            PastContact.objects.bulk_create(
                PastContact(
                    reference=f"{n}-{k}",
                    customer=customer,
                    line=line,
                    at=NOON - timedelta(days=2 + 3 * k, hours=1),
                    channel="voice_human",
                    connected=k % 3 == 0,
                    talk_seconds=30 * (k % 3 == 0),
                    two_way=k % 3 == 0,
                )
                for k in range(PAST)
            )
    return agent, pairs


def timed(work: Callable[[Any], Any], items: list[Any]) -> tuple[float, list[float], list[Any]]:
    """Seconds for all, milliseconds of each, results."""
    spans, results = [], []
    begun = last = time.perf_counter()
    for item in items:
        results.append(work(item))
        now = time.perf_counter()
        spans.append((now - last) * 1000)
        last = now
    return last - begun, spans, results


def say(label: str, count: int, seconds: float, spans: list[float]) -> None:
    spans = sorted(spans)
    p99 = spans[min(len(spans) - 1, len(spans) * 99 // 100)]
    print(
        f"{label:44} {count / seconds:7.0f} /s   p50 {statistics.median(spans):6.2f} ms   p99 {p99:6.2f} ms", flush=True
    )


@contextmanager
def clocks() -> Iterator[dict[str, float]]:
    """Seconds spent in each step while inside; what a step calls counts for the step."""
    import importlib

    spent: dict[str, float] = defaultdict(float)
    undo = []
    for module_name, name, label in STEPS:
        module = importlib.import_module(module_name)
        inner = getattr(module, name)

        def outer(*given: Any, _inner: Callable = inner, _label: str = label, **named: Any) -> Any:
            begun = time.perf_counter()
            try:
                return _inner(*given, **named)
            finally:
                spent[_label] += time.perf_counter() - begun

        setattr(module, name, outer)
        undo.append((module, name, inner))
    yield spent
    for module, name, inner in undo:
        setattr(module, name, inner)


def shares(take: Callable[[Any], Any], pairs: list[Any]) -> None:
    with clocks() as spent:
        seconds, _spans, _permits = timed(take, pairs)
    each = seconds / len(pairs)
    print(f"  one permit, step by step ({each * 1e6:.0f} µs with the clocks in):")
    for label, total in spent.items():
        print(f"    {label:28} {total / len(pairs) * 1e6:6.0f} µs  {total / seconds:5.1%}")
    rest = seconds - sum(spent.values())
    print(
        f"    {'the rest: begin, commit':28} {rest / len(pairs) * 1e6:4.0f} µs  {rest / seconds:5.1%}",
        flush=True,
    )


def one_writer(name: str, customers: int) -> tuple[Any, list[Any]]:
    from fairdue.desk.call.models import Permit
    from fairdue.desk.call.services import record_contact, take_permit

    agent, pairs = world(customers)

    def take(pair: Any) -> Any:
        return take_permit(agent, *pair, request_key=f"{pair[0].pk}-{time.perf_counter_ns()}")

    third = customers // 3
    timed(take, pairs[:50])
    cpu = time.process_time()
    seconds, spans, permits = timed(take, pairs[50 : 2 * third])
    assert all(isinstance(p, Permit) for p in permits), "the benchmark's calls have to be lawful"
    say(f"{name}: permits, one writer", len(permits), seconds, spans)
    print(
        f"  of which processor time of this process: {(time.process_time() - cpu) / len(permits) * 1e6:.0f} µs a permit"
    )
    shares(take, pairs[2 * third :])
    seconds, spans, _contacts = timed(lambda p: record_contact(p.pk, agent, "no_answer"), permits[:500])
    say(f"{name}: contacts (no answer), one writer", len(spans), seconds, spans)
    return agent, pairs


def on_sqlite(customers: int, _writers: int) -> None:
    with tempfile.TemporaryDirectory() as home:
        boot(home)
        one_writer("SQLite", customers)


def on_postgresql(customers: int, writers: int) -> None:
    sys.path.insert(0, str(ROOT / "tools"))
    import psycopg
    from postgres import server

    with server() as url, tempfile.TemporaryDirectory() as home:
        if url is None:
            print("PostgreSQL: no server found or startable; install the package postgresql")
            return
        name = f"fairdue_bench_{os.getpid()}"
        with psycopg.connect(url, autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name}")
            how = {key: admin.execute(f"SHOW {key}").fetchone()[0] for key in ("fsync", "synchronous_commit")}
        print("PostgreSQL:", ", ".join(f"{key} {value}" for key, value in how.items()))
        try:
            head, _slash, _old = url.partition("?")[0].rpartition("/")
            boot(home, f"{head}/{name}")
            agent, pairs = one_writer("PostgreSQL", customers)
            many_writers(agent, pairs, writers)
        finally:
            from django.db import connections

            connections.close_all()
            with psycopg.connect(url, autocommit=True) as admin:
                admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def many_writers(agent: Any, pairs: list[Any], writers: int) -> None:
    """`writers` processes, started together; every one takes permits of its own customers."""
    from django.db import connections

    connections.close_all()
    forks = get_context("fork")
    barrier, results = forks.Barrier(writers + 1), forks.Queue()

    def lane(first: int) -> None:
        from fairdue.desk.call.services import take_permit

        def take(pair: Any) -> Any:
            return take_permit(agent, *pair, request_key=f"w{first}-{time.perf_counter_ns()}")

        mine = pairs[first::writers]
        timed(take, mine[:10])
        barrier.wait()
        begun = time.perf_counter()
        _seconds, spans, _permits = timed(take, mine[10:])
        results.put((begun, time.perf_counter(), spans))
        connections.close_all()

    processes = [forks.Process(target=lane, args=(n,)) for n in range(writers)]
    for process in processes:
        process.start()
    barrier.wait()
    done = [results.get() for _process in processes]
    for process in processes:
        process.join()
    spans = [span for _b, _e, lane_spans in done for span in lane_spans]
    say(
        f"PostgreSQL: permits, {writers} processes",
        len(spans),
        max(e for _b, e, _s in done) - min(b for b, _e, _s in done),
        spans,
    )
    begun = time.perf_counter()
    from fairdue.desk.audit.selectors import verify

    count, findings = verify()
    print(
        f"  audit: {count} events verified in {time.perf_counter() - begun:.1f} s, {len(findings)} findings", flush=True
    )


ENGINES = {"sqlite": on_sqlite, "postgresql": on_postgresql}

if __name__ == "__main__":
    main()
