"""The recogniser's published figures: on folds by family (on which it was tuned) and on the blind set (on which it was not)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from statistics import quantiles
from time import perf_counter, process_time
from typing import Any

import numpy as np

from .embeddings import sentences
from .phrases import UNCLEAR, Copies, Phrase, folds, load_heldback, load_phrases
from .recogniser import Recogniser, Recognition
from .train import CRITICAL, build

BINS = 15
FOLDS = 3
Answer = tuple[Phrase, Recognition]


def calibration_error(pairs: Sequence[tuple[float, bool]]) -> float:
    """Expected calibration error: the gap between confidence and accuracy, over 15 bins, weighted by size."""
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for confidence, right in pairs:
        bins[min(int(confidence * BINS), BINS - 1)].append((confidence, right))
    gaps = (abs(sum(c for c, _ in rows) - sum(r for _, r in rows)) for rows in bins.values())
    return sum(gaps) / len(pairs)


def _classes(answers: Sequence[Answer]) -> tuple[float, dict[str, float]]:
    """Macro-F1 and recall per act over rows with one act."""
    truth = Counter(p.act for p, _ in answers)
    claimed = Counter(r.acts[0].act for _, r in answers)
    hits = Counter(p.act for p, r in answers if r.acts[0].act == p.act)
    f1 = [2 * hits[act] / (truth[act] + claimed[act]) for act in truth]
    return sum(f1) / len(f1), {act: round(hits[act] / truth[act], 4) for act in sorted(truth)}


def figures(answers: Sequence[Answer]) -> dict[str, Any]:
    """All figures of quality from answers; rows with one act, with several and with none are judged apart."""
    single = [(p, r) for p, r in answers if len(p.acts) == 1]
    several = [(p, r) for p, r in answers if len(p.acts) > 1]
    none = [(p, r) for p, r in answers if not p.acts]

    def first(p: Phrase, r: Recognition) -> bool:
        return r.acts[0].act in (*p.acts, *p.also)

    macro, recall = _classes(single)
    critical = {
        act: {
            "rows": sum(act in p.acts for p, _ in answers),
            "recall": _share([act in r.multi for p, r in answers if act in p.acts]),
            "false_alarms": _share([act in r.multi for p, r in answers if act not in (*p.acts, *p.also)]),
        }
        for act in CRITICAL
    }
    unclear = [(p, r) for p, r in answers if r.unsure]
    confused = Counter((p.act, next((g.act for g in r.acts), UNCLEAR)) for p, r in single if not first(p, r))
    both = [(len(set(p.acts) & set(r.multi)), len(p.acts) + len(r.multi)) for p, r in several]
    caught = [act in r.multi for p, r in answers for act in p.acts if act in CRITICAL]
    return {
        "rows": {"one act": len(single), "several acts": len(several), "unclear": len(none)},
        "top1": _share([r.acts[0].act == p.act for p, r in single]),
        "top1_or_also": _share([first(p, r) for p, r in single]),
        "top3": _share([p.act in [g.act for g in r.acts[:3]] for p, r in single]),
        "macro_f1": round(macro, 4),
        "multi_of_one": _share([2 * (p.act in r.multi) / (1 + len(r.multi)) for p, r in single]),
        "several_exact": _share([set(p.acts) == set(r.multi) for p, r in several]),
        "several_f1": _share([2 * n / max(total, 1) for n, total in both]),
        "unclear_recall": _share([r.unsure for _, r in none]),
        "unclear_precision": _share([not p.acts for p, _ in unclear]),
        "calibration_error": round(calibration_error([(r.acts[0].p, first(p, r)) for p, r in single + none]), 4),
        "critical_recall": _share(caught),
        "critical": critical,
        "recall": recall,
        "confusions": [[*pair, count] for pair, count in confused.most_common(10)],
    }


def _share(values: Sequence[float | bool]) -> float:
    return round(float(np.mean(values)), 4) if values else 0.0


def judge_folds(
    phrases: Sequence[Phrase], make: Callable[[Sequence[Phrase]], Recogniser], count: int, placed: bool = False
) -> list[Answer]:
    """Answers to every phrase from a recogniser that never saw its family nor a copy of it."""
    fold = folds(phrases, count)
    out: list[Answer] = []
    for number in range(count):
        model = make([p for p, f in zip(phrases, fold, strict=True) if f != number])
        out += answers(model, [p for p, f in zip(phrases, fold, strict=True) if f == number], placed)
    return out


def answers(model: Recogniser, phrases: Sequence[Phrase], placed: bool) -> list[Answer]:
    """What the model says of each; with `placed` it is told party and context."""
    return [(p, model.recognise(p.text, *((p.party, p.context) if placed else ()))) for p in phrases]


def without_copies(rows: Sequence[Phrase], training: Sequence[Phrase]) -> list[Phrase]:
    """Rows that are no near copy of a training phrasing."""
    copies = Copies([p.text for p in training]).among([row.text for row in rows])
    return [row for row, found in zip(rows, copies, strict=True) if not found]


def latency(model: Recogniser, phrases: Sequence[Phrase]) -> dict[str, float]:
    """Milliseconds of single utterances in this process after a warm-up: by the clock, and of processor time alone."""
    for phrase in phrases[:50]:
        model.recognise(phrase.text)
    taken: dict[str, list[float]] = {"": [], "cpu_": []}
    for phrase in phrases:
        start, worked = perf_counter(), process_time()
        model.recognise(phrase.text, "customer", "reason")
        taken["cpu_"].append((process_time() - worked) * 1000)
        taken[""].append((perf_counter() - start) * 1000)
    cuts = {kind: quantiles(values, n=100) for kind, values in taken.items()}
    return {f"{kind}p{at}": round(cut[at - 1], 2) for kind, cut in cuts.items() for at in (50, 99)}


def report(which: str, make: Callable[[Sequence[Phrase]], Recogniser], engine: str) -> dict[str, Any]:
    """All figures of a set, `heldback` or `folds`, with the processor time of training and how large the model is."""
    phrases = load_phrases()
    out: dict[str, Any] = {"set": which, "engine": engine, "phrases": len(phrases)}
    out["families"] = len({p.family for p in phrases})
    if which == "folds":
        return {**out, **figures(judge_folds(phrases, make, FOLDS))}
    blind = load_heldback()
    rows = without_copies(blind, phrases)
    worked = process_time()
    model = make(phrases)
    out["training_seconds"] = round(process_time() - worked, 1)
    out["model_mb"] = round(sum(part.nbytes for part in model.built.arrays().values()) / 1e6, 1)
    out |= {
        "blind_rows": len(blind),
        "near_copies_left_out": len(blind) - len(rows),
        "latency_ms": latency(model, rows),
    }
    placed = figures(answers(model, rows, placed=True))
    bare = figures(answers(model, rows, placed=False))
    out |= placed
    out["without_party_and_context"] = {key: bare[key] for key in ("top1", "top3", "several_f1", "calibration_error")}
    return out


def maker(engine: str, say: Callable[[str], None] = lambda _text: None) -> Callable[[Sequence[Phrase]], Recogniser]:
    """Builds an engine from phrases. Raises `EngineMissing` when the extra cannot be used."""
    if engine == "embeddings":
        sentences()
    return lambda phrases: Recogniser(build(phrases, say, engine), engine)
