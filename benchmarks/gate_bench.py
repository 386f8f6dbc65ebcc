"""The gate's figures: decisions a second, and the replay of a generated history, contact by contact and at once.

    python benchmarks/gate_bench.py [contacts] [requests]      # 1 000 000 contacts, 5 000 requests

Decisions: in process, one core, 200 history rows each; with the next lawful moment where one is looked for. Replay: two
packs (the one that ships and one with a tighter cap) over a Parquet file. Times are CPU and wall seconds: where other
work shares the machine the two differ, and the CPU seconds are the ones to compare.
"""

from __future__ import annotations

import gc
import resource
import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from fairdue.policy import Pack, Request, decide, load_pack, parse_request
from fairdue.policy.replay import compare_contacts, compare_requests, requests_of
from fairdue.policy.replay.generate import generate, write

ROWS = 200
SLOW = 20_000
"""Contacts that the slow path replays; all of them would take minutes."""


STEPS = {
    "read": "reading the file and turning its texts into codes",
    "sort": "sorting by debtor and time, and bringing every column into that order",
    "clocks": "the local clocks",
    "facts": "putting the combinations of standing facts into requests",
    "first": "the rules of the first pack: one pass over the contacts for each that looks at clock or history",
    "second": "the rules of the second pack, as far as they differ",
    "count": "counting by rule, agent, day and debtor",
}


def request_json(number: int) -> dict[str, Any]:
    """A request with 200 rows of the last three months, some of today; every fifth is asked at night."""
    at = datetime(2026, 6, 10, 14 if number % 5 == 0 else 4, 0, tzinfo=UTC) + timedelta(seconds=number % 3600)
    rows = [
        {
            "id": f"h{row}",
            "at": (at - timedelta(hours=row * 11, seconds=60)).isoformat(),
            "channel": ("voice_human", "voice_human", "voice_ai", "sms", "letter")[(row + number) % 5],
            "mode": "interactive" if row % 3 else "notify",
            "direction": "in" if row % 17 == 0 else "out",
            "line": f"L{row % 2}",
            "role": "debtor",
            "connected": row % 3 == 0,
            "talk_seconds": row % 3 * 40,
            "two_way": row % 3 == 0,
            "debtor": f"D{number}",
            "product": "credit_card",
        }
        for row in range(ROWS)
    ]
    return {
        "id": f"r{number}",
        "jurisdiction": "CN",
        "at": at.isoformat(),
        "channel": "voice_human",
        "mode": "interactive",
        "purpose": "collect",
        "party": {"role": "debtor", "tz": ["Asia/Shanghai"]},
        "line": {"id": "L1", "kind": "mobile", "source": "contract", "valid": True},
        "debtor": {"id": f"D{number}", "status": "reachable", "lender_type": "bank"},
        "debt": {"id": f"A{number}", "product": "credit_card", "dpd": number % 90},
        "agent": {"id": "a", "certificates": ["first"]},
        "history": rows,
    }


def timed(name: str, count: int, work: Callable[[], Any]) -> tuple[Any, float]:
    """Run, print, and give the result with its CPU seconds."""
    wall, cpu = perf_counter(), process_time()
    out = work()
    cpu, wall = process_time() - cpu, perf_counter() - wall
    print(f"  {name:<46} {cpu:8.2f} s CPU {wall:8.2f} s wall {count / cpu:12,.0f} /s of CPU {count / wall:12,.0f} /s")
    return out, cpu


def tighter(pack: Pack) -> Pack:
    """The same pack with one effective call a day."""
    rules = tuple(
        rule.model_copy(update={"params": {**rule.params, "at_most": 1}}) if rule.id == "CN-GBT-03" else rule
        for rule in pack.rules
    )
    return replace(pack, version=pack.version + "+one-a-day", rules=rules)


def decisions(pack: Pack, count: int) -> None:
    raws = [request_json(number) for number in range(count)]
    print(f"decisions: {count:,} requests with {ROWS} history rows each, {len(pack.rules)} rules")
    parsed: list[Request] = timed("parse", count, lambda: [parse_request(raw) for raw in raws])[0]
    gc.collect()
    gc.freeze()  # a million history rows stand ready here; a process that decides has one request's at a time to look after
    made = timed("decide", count, lambda: [decide(request, pack) for request in parsed])[0]
    denied = sum(not decision.allow for decision in made)
    allowed = [request for request, decision in zip(parsed, made, strict=True) if decision.allow]
    timed("decide, allowed ones only", len(allowed), lambda: [decide(request, pack) for request in allowed])
    print(f"  {denied:,} denied: for these the next lawful moment is looked for as well, which bounds them;")
    print("  the allowed ones are bound by one call of a Python check for each rule that speaks")


def replays(pack: Pack, contacts: int) -> None:
    second = tighter(pack)
    few = min(SLOW, contacts)
    print(f"replay: {pack.label} against {second.label}")
    sample = generate(few, 1)
    slow, one = timed(
        "slow path: requests, two decide() each",
        few,
        lambda: compare_requests((request for request, _ in requests_of(sample, "CN")), pack, second),
    )
    fast, two = timed("bulk path, the same contacts", few, lambda: compare_contacts(sample, pack, second))
    assert slow.matrix == fast.matrix, "the two paths must agree"
    print(f"  both say {fast.matrix}; bulk takes 1/{one / two:.0f} of the CPU time")
    steps: list[tuple[str, float]] = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "contacts.parquet"
        timed("generate", contacts, lambda: write(path, contacts, 1))
        start = process_time()
        comparison, total = timed(
            "bulk path, two packs",
            contacts,
            lambda: compare_contacts(
                path, pack, second, lambda step, share: steps.append((step, process_time() - start))
            ),
        )
    spent = {step: ended - begun for (step, begun), (_, ended) in pairwise(steps)}
    for step, seconds in spent.items():
        print(f"    {step:<8} {seconds:8.2f} s CPU {seconds / total:6.0%}")
    print(f"  {comparison.matrix}, peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.2f} GiB")
    first, then = sorted(spent, key=lambda step: -spent[step])[:2]
    print(f"  bound by: {STEPS[first]}; then {STEPS[then]}")


def main() -> None:
    contacts, requests = (*map(int, sys.argv[1:]), *(1_000_000, 5_000)[len(sys.argv) - 1 :])
    pack, _ = load_pack()
    decisions(pack, requests)
    replays(pack, contacts)


if __name__ == "__main__":
    main()
