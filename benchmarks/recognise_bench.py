"""The recogniser's time: loading from the cache, then p50 and p99 of single utterances in milliseconds.

python benchmarks/recognise_bench.py [default|embeddings]
"""

from __future__ import annotations

import sys
from time import perf_counter

from fairdue.dialogue.evaluate import latency
from fairdue.dialogue.phrases import load_phrases
from fairdue.dialogue.recogniser import built_model, load_recogniser


def main(engine: str = "default") -> None:
    """Build where needed, then print the time to load and the latency over every fifth phrasing."""
    built_model(engine=engine)
    start = perf_counter()
    model = load_recogniser(engine)
    model.recognise("你好")
    print(f"{model.engine}: load and first answer {perf_counter() - start:.2f} s")
    phrases = load_phrases()[::5]
    cuts = latency(model, phrases)
    print(
        f"{len(phrases)} utterances: p50 {cuts['p50']:.2f} ms, p99 {cuts['p99']:.2f} ms; processor time {cuts['cpu_p50']:.2f} and {cuts['cpu_p99']:.2f} ms"
    )


if __name__ == "__main__":
    main(*sys.argv[1:2])
