"""Build the judge: what it reads, on which families it is tried, and how sure it must be before it speaks.

Positives are the phrasings of the red-line cases, the found examples and the labelled set's training part; negatives all lines
of the playbooks, whole and sentence by sentence, the clean examples, the lawful rows of the labelled set, and red lines that
are only quoted or reported. A case, a label's examples, the lines of one act and a family of the labelled set are each a
family; folds never part a family, so that no near-copy stands on both sides. What the set holds for dev and held is not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from importlib.metadata import version
from pathlib import Path
from zlib import crc32

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.svm import LinearSVC

from fairdue.core.kept import kept
from fairdue.packs import PACKS, pack_files, read_yaml
from fairdue.playbook import Line, load_library

from .judge import FEWEST, Floats, Judge, features, units
from .labels import load_labels
from .normalise import normalise
from .speech import SPEECH, load_speech

FOLDS = 8
COST = 2.0
ALARMS = {"critical": 0.006, "high": 0.003, "medium": 0.002}
"""Share of lawful utterances that all labels of a severity together may raise wrongly, out of fold. Most lawful words that the
judge reads stand close to a label; in plain talk it raises far less. Grave labels may alarm more, to miss less: chosen on the
labelled set's dev part, within the bound that out of fold at most two lawful rows in a hundred are raised."""
SILENT = 99.0
"""Threshold of a label that the folds could not try."""
CODE = ("context", "judge", "judge_train", "normalise", "speech")
EXAMPLES = PACKS / "guard" / "cn-examples.yaml"
_SENTENCES = re.compile(r"[。!?;！？；]")
_GAPS = re.compile(r"\{([^{}]*)\}")
_FILLED = {
    "机构": "示例银行",
    "部门": "贷后服务中心",
    "本人姓": "林",
    "称呼": "周先生",
    "渠道": "手机银行或柜台",
    "热线": "官方热线",
}
"""Gaps of a line that are words and not figures."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One utterance to learn from: `kind` red, found, clean, line or part (a line's sentence, never counted)."""

    text: str
    party: str
    labels: frozenset[str]
    family: str
    kind: str


def _line_family(line: Line) -> str:
    about = (*line.answers, line.step, *line.situation)
    return "line." + next((name for name in about if name), "other")


def _of_line(line: Line) -> Iterator[Sample]:
    say = _GAPS.sub(lambda gap: _FILLED.get(gap[1], "0"), line.say)
    family = _line_family(line)
    yield Sample(say, line.party, frozenset(), family, "line")
    for part in _SENTENCES.split(say):
        if FEWEST <= len(part) < len(say) - 1:
            yield Sample(part, line.party, frozenset(), family, "part")


def _of_examples() -> Iterator[Sample]:
    for label, kinds in read_yaml(EXAMPLES).items():
        for kind in ("found", "clean") if label.startswith("V") else ("clean",):
            for row in kinds[kind]:
                given = {"say": row} if isinstance(row, str) else row
                party = given.get("party", "customer")
                if kind == "clean" and _known(given["say"], party):
                    continue  # a pattern speaks and facts decide: the judge is never asked
                if kind == "found" and "local_time" in given.get("facts", {}):
                    continue  # the clock decides and not the words
                labels = frozenset({label}) if kind == "found" else frozenset()
                yield Sample(given["say"], party, labels, f"example.{label}", kind)


def _of_speech() -> Iterator[Sample]:
    for row in load_speech(SPEECH, "train"):
        labels = frozenset(label for label in row.labels if label.startswith("V"))
        if row.labels and not labels:
            continue  # disclosures are judged by the facts
        if "V15" in labels and "local_time" in row.facts:
            continue  # the clock decides and not the words
        yield Sample(row.text, row.party, labels, f"speech.{row.family}", "found" if labels else "clean")


def _known(text: str, party: str) -> bool:
    plain = normalise(text).text
    return any(
        pattern.find.search(plain)
        for label in load_labels()
        for pattern in label.patterns
        if party in (pattern.parties or label.parties or (party,))
    )


def samples() -> list[Sample]:
    """Everything that the judge learns from, in a stable order."""
    library, _problems = load_library()
    out: list[Sample] = []
    for case in library.redlines.values():
        broken = frozenset(label for label in case.breaks if label.startswith("V"))
        for number, say in enumerate(case.say):
            if broken:
                out.append(Sample(say, case.party, broken, case.id, "red"))
                told = f"您说有人跟您讲{say}" if number % 2 else f"要是有人讲「{say}」,请您告诉我们"
                out.append(Sample(told, case.party, frozenset(), case.id, "part"))
    out += _of_examples()
    out += _of_speech()
    for line in library.lines.values():
        out += _of_line(line)
    return out


@dataclass(frozen=True)
class Read:
    """Samples as numbers: rows of `matrix`, the targets (gate first), and the names that the columns stand for."""

    samples: list[Sample]
    labels: tuple[str, ...]
    matrix: sparse.csr_matrix
    targets: NDArray[np.bool_]
    names: NDArray[np.uint32]
    rarity: Floats


def read(rows: Sequence[Sample]) -> Read:
    """The samples that say enough, as features that occur at least twice."""
    parts = [units(normalise(row.text).text) for row in rows]
    used = [i for i, part in enumerate(parts) if len(part) >= FEWEST]
    chosen = [rows[i] for i in used]
    bags = [features(parts[i], rows[i].party) for i in used]
    counted: dict[int, int] = {}
    for bag in bags:
        for name in bag:
            counted[name] = counted.get(name, 0) + 1
    names = np.array(sorted(name for name, count in counted.items() if count > 1), dtype=np.uint32)
    rarity = np.log((1 + len(bags)) / (1 + np.array([counted[int(n)] for n in names]))) + 1
    labels = tuple(label.id for label in load_labels() if label.patterns)
    blank = Judge(labels, names, rarity.astype(np.float32), np.zeros((0, 0), np.float16), rarity[:0], rarity[:0])
    placed = [blank.row(bag) for bag in bags]
    bounds = np.cumsum([0, *(len(place) for place, _value in placed)])
    values, places = (np.concatenate([pair[i] for pair in placed]) for i in (1, 0))
    matrix = sparse.csr_matrix((values.astype(np.float64), places, bounds), shape=(len(chosen), len(names)))
    targets = np.array([[bool(row.labels), *(label in row.labels for label in labels)] for row in chosen])
    return Read(chosen, labels, matrix, targets, names, blank.rarity)


def fit(data: Read, rows: NDArray[np.intp]) -> tuple[Floats, Floats]:
    """Weights and offsets of gate and labels from some of the samples; a label without positives never speaks."""
    weights = np.zeros((data.matrix.shape[1], data.targets.shape[1]), dtype=np.float32)
    offset = np.full(data.targets.shape[1], -SILENT, dtype=np.float32)
    some = data.matrix[rows]
    for column in range(data.targets.shape[1]):
        wanted = data.targets[rows, column]
        if wanted.any():
            machine = LinearSVC(C=COST, random_state=0, tol=1e-2).fit(some, wanted)
            weights[:, column], offset[column] = machine.coef_[0], machine.intercept_[0]
    return weights, offset


def fold_of(family: str, folds: int = FOLDS) -> int:
    """The fold of a family, the same on every machine."""
    return crc32(family.encode()) % folds


def unseen(data: Read, folds: Sequence[int]) -> Floats:
    """Margins of every sample by a model that has seen nothing of its fold."""
    fold = np.array(folds)
    margins = np.zeros(data.targets.shape, dtype=np.float32)
    for one in sorted(set(folds)):
        weights, offset = fit(data, np.flatnonzero(fold != one))
        rows = np.flatnonzero(fold == one)
        margins[rows] = data.matrix[rows] @ weights + offset
    return margins


def thresholds(data: Read, margins: Floats) -> Floats:
    """What gate and label must reach together, by label: the severity's share of lawful utterances stays below it."""
    best = margins[:, 1:].argmax(axis=1)
    score = margins[:, 0] + margins[np.arange(len(best)), 1 + best]
    lawful = np.array([row.kind in ("line", "clean") for row in data.samples])
    severity = {label.id: label.severity for label in load_labels()}
    grave = np.array([severity[data.labels[i]] for i in best])
    least: dict[str, float] = {}
    floor = -SILENT
    for name, share in ALARMS.items():  # from grave to slight: what is less grave never speaks sooner
        alarms = np.sort(score[lawful & (grave == name)])[::-1]
        allowed = int(share * lawful.sum())
        floor = max(floor, float(alarms[allowed]) + 1e-3 if len(alarms) > allowed else -SILENT)
        least[name] = floor
    return np.array([least[severity[label]] for label in data.labels], dtype=np.float32)


def build() -> Judge:
    """Try on folds for the thresholds, then learn from everything. The same packs give the same numbers."""
    data = read(samples())
    least = thresholds(data, unseen(data, [fold_of(row.family) for row in data.samples]))
    weights, offset = fit(data, np.arange(len(data.samples)))
    return Judge(data.labels, data.names, data.rarity, weights.astype(np.float16), offset, least)


def digest() -> str:
    """Name of the judge that these packs, this code and these libraries build."""
    total = sha256()
    packs = [
        *pack_files(PACKS / "guard"),
        *pack_files(SPEECH),
        *pack_files(PACKS / "playbooks"),
        PACKS / "recogniser" / "hanzi.tsv",
    ]
    for path in (*packs, *(Path(__file__).parent / f"{name}.py" for name in CODE)):
        total.update(path.name.encode() + b"\0" + sha256(path.read_bytes()).digest())
    for name in ("numpy", "scipy", "scikit-learn"):
        total.update(f"{name} {version(name)}\n".encode())
    return total.hexdigest()[:20]


@lru_cache(maxsize=1)
def load_judge() -> Judge:
    """The judge of the packs that ship: kept from an earlier time, else built (some seconds, once)."""
    return kept(f"guard-{digest()}.npz", Judge.from_arrays, build, Judge.arrays)
