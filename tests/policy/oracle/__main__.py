"""Measure the oracle: `python -m oracle [COUNT] [SEED]` in tests/policy prints the pace and how often each rule spoke."""

import sys
import time
from collections import Counter

from . import decide, requests


def main(count: int = 20_000, seed: int = 1) -> None:
    asked = list(requests(seed, count))
    spoken: Counter[tuple[str, str]] = Counter()
    verdicts: Counter[str] = Counter()
    began = time.perf_counter()
    slowest = 0.0
    for raw in asked:
        start = time.perf_counter()
        answer = decide(raw)
        slowest = max(slowest, time.perf_counter() - start)
        verdicts[answer["verdict"]] += 1
        verdicts["next lawful moment"] += answer["next_lawful"] is not None
        spoken.update((rule["id"], rule["verdict"]) for rule in answer["rules"])
    seconds = time.perf_counter() - began
    print(
        f"{count} requests, {seconds:.1f} s, {count / seconds:.0f}/s, slowest {slowest * 1000:.0f} ms; {dict(verdicts)}"
    )
    print(f"{'rule':18} {'deny':>6} {'warn':>6} {'pass':>6}")
    for rule in sorted({rule for rule, _ in spoken}):
        print(f"{rule:18} " + " ".join(f"{spoken[rule, verdict]:6}" for verdict in ("deny", "warn", "pass")))


if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
