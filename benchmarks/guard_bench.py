"""The language guard's figures: red lines caught, false alarms on lawful words, time per utterance.

python benchmarks/guard_bench.py            # some minutes: one judge for each red-line case left out

Patterns were written by people who had read the red lines, so their share says how well the ideas are covered, not how
well new wordings are. The judge's share is honest: every case is judged by a model that has never seen it.
"""

from __future__ import annotations

from collections import Counter
from time import perf_counter, process_time

import numpy as np

from fairdue.dialogue import sample_values
from fairdue.guard import check_text, judge_train
from fairdue.guard.judge_train import Read
from fairdue.packs import PACKS, read_yaml
from fairdue.playbook import Library, load_library, render
from fairdue.playbook.lint import guard_facts


def pattern_figures(library: Library) -> None:
    """By label: phrasings of the red-line cases, found by a pattern or fact, found at all (as shipped)."""
    said, by_rule, at_all = Counter[str](), Counter[str](), Counter[str]()
    for case in library.redlines.values():
        for text in case.say:
            found = {red.label: red.layer for red in check_text(text, case.channel, case.party, case.facts)}
            broken = set(case.breaks) & set(found)
            for label in (*case.breaks, "all"):
                said[label] += 1
                hit = broken if label == "all" else {label} & set(found)
                at_all[label] += bool(hit)
                by_rule[label] += any(found[one] != "judge" for one in hit)
    print("red-line phrasings  label  said  by pattern or fact  with the judge (which has read them)")
    for label in sorted(said):
        print(f"{label:>25} {said[label]:5d} {by_rule[label] / said[label]:12.3f} {at_all[label] / said[label]:12.3f}")


def left_out(data: Read) -> None:
    """The judge alone, on cases it has never seen: share that it raises, and raises with a label of the case."""
    cases = sorted({row.family for row in data.samples if row.kind == "red"})
    number = {case: judge_train.FOLDS + i for i, case in enumerate(cases)}
    folds = [number.get(row.family, judge_train.fold_of(row.family)) for row in data.samples]
    margins = judge_train.unseen(data, folds)
    least = judge_train.load_judge().least
    best = margins[:, 1:].argmax(axis=1)
    rows = np.arange(len(best))
    raised = margins[:, 0] + margins[rows, 1 + best] >= least[best]
    right = raised & data.targets[rows, 1 + best]
    kinds = np.array([row.kind for row in data.samples])
    print("judge alone, unseen  label  said  raised  right label")
    for i, label in enumerate(data.labels):
        mine = (kinds == "red") & data.targets[:, 1 + i]
        if mine.any():
            print(f"{label:>25} {mine.sum():5d} {raised[mine].mean():8.3f} {(raised & (best == i))[mine].mean():8.3f}")
    for kind in ("red", "found", "clean", "line"):
        mine = kinds == kind
        print(f"{kind:>25} {mine.sum():5d} {raised[mine].mean():8.4f} {right[mine].mean():8.4f}")


def held_back() -> None:
    """Wordings that nothing was mended by: red lines found with the right label or any, lawful words raised."""
    rows = read_yaml(PACKS / "guard" / "cn-heldback.yaml")
    right, raised, alarms = 0, 0, []
    for row in rows["found"]:
        found = {red.label for red in check_text(row["say"], "call", row.get("party", "customer"))}
        raised += bool(found)
        right += row["breaks"] in found
    for row in rows["clean"]:
        alarms += [(red.label, red.layer) for red in check_text(row["say"], "call", row.get("party", "customer"))][:1]
    print(f"held back: {len(rows['found'])} red lines, right label {right}, any label {raised}")
    print(f"held back: {len(rows['clean'])} lawful, raised {len(alarms)}", *alarms)


def lawful_figures(library: Library) -> None:
    """False alarms on every line with sample facts, and the time of each check."""
    values, alarms, wall, processor = sample_values(), [], [], []
    for line in library.lines.values():
        rendered, _unfilled = render(line, values)
        text = rendered.text if rendered else line.say
        facts = guard_facts(line)
        begun, busy = perf_counter(), process_time()
        found = check_text(text, line.channels[0], line.party, facts)
        wall.append(perf_counter() - begun)
        processor.append(process_time() - busy)
        alarms += [(line.id, red.label, red.layer) for red in found]
    print(f"lines {len(library.lines)}, false alarms {len(alarms)}", *alarms[:10])
    for name, times in (("time", wall), ("processor time", processor)):
        cuts = np.quantile(np.array(times) * 1000, (0.5, 0.99))
        print(f"{name} per utterance: p50 {cuts[0]:.2f} ms, p99 {cuts[1]:.2f} ms")


def main() -> None:
    """Print all figures."""
    library, _problems = load_library()
    begun = perf_counter()
    check_text("您好,请问方便说话吗", "call", "customer")
    print(f"ready after {perf_counter() - begun:.1f} s")
    held_back()
    lawful_figures(library)
    pattern_figures(library)
    left_out(judge_train.read(judge_train.samples()))


if __name__ == "__main__":
    main()
