"""How long the server takes from Enter to the suggestions: one guided call, customer's sentences one after the other.

    python benchmarks/call_bench.py [--turns 60]

Works on a database of its own in a temporary folder (SQLite). Prints how long warming up takes, then p50 and p99 of the
whole request (`hear`, as the page sends it), of the panel alone, and of an utterance of a telephone system.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

SAID = (
    "我等发工资再还",
    "我人在外地不方便",
    "能不能分期啊",
    "你们利息怎么算的",
    "我没钱",
    "再说吧再说吧",
    "就这么点钱催什么催",
    "行,后天转过去",
    "上次是厂里没发钱",
    "会不会上征信",
)


def spans(label: str, turns: int, run: Callable[[int], object]) -> None:
    times = []
    for turn in range(turns):
        start = time.perf_counter()
        run(turn)
        times.append((time.perf_counter() - start) * 1000)
    times.sort()
    p99 = times[min(len(times) - 1, len(times) * 99 // 100)]
    print(f"{label:34} {turns:4} times   p50 {statistics.median(times):6.1f} ms   p99 {p99:6.1f} ms")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--turns", type=int, default=60)
    turns = parser.parse_args().turns
    with tempfile.TemporaryDirectory() as home:
        os.environ |= {
            "FAIRDUE_HOME": home,
            "FAIRDUE_DEMO": "1",
            "FAIRDUE_HTTPS": "0",
            "FAIRDUE_LOG_LEVEL": "ERROR",
            "FAIRDUE_HOSTS": "testserver",
        }
        os.environ.pop("DATABASE_URL", None)
        measure(turns)


def measure(turns: int) -> None:
    from fairdue.desk import boot

    boot()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "desk"))
    from call_world import NOON, Clock, make_user, make_world
    from django.test import Client

    from fairdue.desk import clock
    from fairdue.desk.call import talk
    from fairdue.desk.call.models import CallSession
    from fairdue.desk.call.services import take_permit
    from fairdue.desk.call.view import view
    from fairdue.desk.call.warm import warm
    from fairdue.desk.people.models import Role
    from fairdue.desk.people.tokens import issue_token

    clock.now = Clock(NOON)
    begun = time.perf_counter()
    lines = len(warm().lines)
    print(f"warm after {time.perf_counter() - begun:.1f} s, {lines} lines")
    world = make_world()
    session = talk.begin(take_permit(world.agent, world.customer, world.mobile, request_key="bench-1"))
    desk = Client(headers={"hx-request": "true"})
    desk.force_login(world.agent, backend="django.contrib.auth.backends.ModelBackend")
    where = f"/call/live/{session.permit_id}/"
    desk.post(f"{where}hear/", {"act": "identity.confirm"})
    spans("hear: Enter to suggestions", turns, lambda n: desk.post(f"{where}hear/", {"text": SAID[n % len(SAID)]}))
    spans("panel alone", turns, lambda _n: view(CallSession.objects.select_related("permit__customer").get()))
    token = issue_token(make_user("exchange", Role.MACHINE), "bench")
    exchange = Client(headers={"authorization": f"Bearer {token}"})

    def utterance(n: int) -> None:
        body = json.dumps({"seq": n, "speaker": "customer", "text": SAID[n % len(SAID)]})
        exchange.post(f"/api/v1/calls/{session.permit.number}/utterances", data=body, content_type="application/json")

    spans("utterance of a telephone system", turns, utterance)


if __name__ == "__main__":
    main()
