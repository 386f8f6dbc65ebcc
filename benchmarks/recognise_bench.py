"""Latency of the recogniser on the phrases that ship: load once, then p50 and p99 of single utterances in milliseconds.

python benchmarks/recognise_bench.py [ROUNDS]
"""

from __future__ import annotations

import sys
from statistics import quantiles
from time import perf_counter

from fairdue.dialogue.recogniser import load_phrases, load_recogniser


def main(rounds: int = 1) -> None:
    """Print the time to train and the latency over all phrases, `rounds` times."""
    start = perf_counter()
    model = load_recogniser()
    print(f"train and load {perf_counter() - start:.2f} s")
    texts = [phrase.text for phrase in load_phrases()] * rounds
    taken = []
    for text in texts:
        start = perf_counter()
        model.recognise(text, party="customer")
        taken.append((perf_counter() - start) * 1000)
    cuts = quantiles(taken, n=100)
    print(f"{len(taken)} utterances: p50 {cuts[49]:.2f} ms, p99 {cuts[98]:.2f} ms")


if __name__ == "__main__":
    main(*(int(arg) for arg in sys.argv[1:2]))
