"""Latency of one utterance through recogniser and guidance, with the guard reading every offer: p50 and p99 in milliseconds.

python benchmarks/guide_bench.py [ROUNDS]

Times are of this process's own processor (a busy machine does not blur them), the wall clock's p99 beside them.

Each act of the list is heard in a call of each stage at three points of the call; `cold` has every guard verdict to find
(figures of another account in each round), `warm` repeats a round whose verdicts are known.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import partial
from statistics import quantiles
from time import perf_counter, process_time
from typing import Any

from fairdue.dialogue import CallState, begin_call, guide, heard, load_recogniser, said, sample_values
from fairdue.dialogue.recogniser import load_phrases
from fairdue.guard import check_text
from fairdue.playbook import Library, RenderValues, load_library

STAGES = ("pre_due", "due_day", "first", "repeat")


def guard(text: str, channel: str, party: str, facts: Mapping[str, Any]) -> list[tuple[str, str]]:
    return [(red.label, red.why.zh) for red in check_text(text, channel, party, facts)]


def points(library: Library) -> Iterator[CallState]:
    """Calls at three points: nobody known yet, purpose said, after two refusals."""
    for stage in STAGES:
        state = begin_call(library, stage=stage)
        yield state
        state = heard(state, ["identity.confirm"], library)
        purpose = library.step("purpose", stage=stage, scope=library.scope(state.pack))
        state = said(state, purpose[0].id, library) if purpose else state
        yield state
        yield heard(heard(state, ["stall.payday"], library), ["pay.vague"], library)


Taken = tuple[float, float]
"""Processor and wall-clock milliseconds of one utterance."""


def timed(work: Callable[[], object]) -> Taken:
    wall, own = perf_counter(), process_time()
    work()
    return (process_time() - own) * 1000, (perf_counter() - wall) * 1000


def told(name: str, taken: list[Taken]) -> None:
    own, wall = (quantiles(times, n=100) for times in zip(*taken, strict=True))
    print(
        f"{name:<22} {len(taken):>5} times: p50 {own[49]:6.2f} ms, p99 {own[98]:6.2f} ms  (wall p99 {wall[98]:.2f} ms)"
    )


def measure(library: Library, values: RenderValues) -> list[Taken]:
    def one(state: CallState, act: str) -> None:
        guide(library, heard(state, [act], library), values, guard=guard)

    return [timed(partial(one, state, act)) for state in points(library) for act in library.acts]


def account(number: int) -> RenderValues:
    """Another account's figures, so that no text was seen before."""
    values = sample_values()
    assert values.quote is not None
    quote = replace(values.quote, total_fen=1_850_000 + number, overdue_fen=620_000 + number, number=f"Q-{number}")
    return replace(values, quote=quote, honorific=f"周先生{number}")


def main(rounds: int = 3) -> None:
    """Print the latency of the guidance, cold and warm, and of recogniser and guidance together."""
    library, _findings = load_library()
    print(f"{len(library.lines)} lines, {len(library.hints)} hints")
    measure(library, sample_values())
    told("guide, figures new", [ms for number in range(1, rounds + 1) for ms in measure(library, account(number))])
    told("guide, verdicts known", [ms for _round in range(rounds) for ms in measure(library, sample_values())])
    recogniser = load_recogniser()
    texts = [phrase.text for phrase in load_phrases()][:: max(1, 20 // rounds)]
    state, taken = list(points(library))[-1], []

    def one(number: int, text: str) -> None:
        acts = [a for a in recogniser.recognise(text, party="customer").multi if a in library.acts]
        guide(library, heard(state, acts, library), account(number % 50), guard=guard)

    for number, text in enumerate(texts):
        taken.append(timed(partial(one, number, text)))
    told("recognise + guide", taken)


if __name__ == "__main__":
    main(*(int(arg) for arg in sys.argv[1:2]))
