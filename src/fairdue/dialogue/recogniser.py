"""From an utterance to ranked acts: authored phrases, a phrase layer that never misses what must not be missed, a linear
model over character n-grams (the margins of a support vector machine and the odds of naive Bayes, added).

The model is trained in the process from `packs/phrases/*.yaml` when it is first needed (under a second) and is the same
for the same phrases. Figures on held-out phrasing families come from `evaluate` and nothing else.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import ahocorasick_rs
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.naive_bayes import MultinomialNB
from sklearn.svm import LinearSVC

from fairdue.packs import PACKS, pack_files, read_yaml

UNCLEAR = 0.12
"""Below this probability nothing is likely enough and the answer is `unclear`."""
ALSO = 0.25
"""Further acts at or above this probability are present too."""
ALSO_SAFETY = 0.12
"""The same for acts of `SAFETY`: a false alarm costs a question, a miss costs a person."""
CERTAIN = 0.95
"""Probability given to a safety phrase that stands in the utterance."""

MARGIN_WEIGHT, ODDS_WEIGHT = 4.0, 0.7
"""Mix of the two models, chosen on held-out families so that mean confidence meets accuracy."""
SAFETY = (
    "vulnerable.self_harm",
    "identity.deny",
    "third_party.stop",
    "dispute.identity_theft",
    "rights.complaint",
    "rights.stop_contact",
    "rights.lawyer",
    "rights.data",
)
"""Acts that must not be missed; `evaluate` reports how often they are among all acts judged present."""

_FILLERS = re.compile(r"(嗯+|呃+|那个|就是说|我跟你讲|这个嘛|啊|呀|哎|诶|唉|喂)")
_SPACES = re.compile(r"[\s,。!?;:、~…·\"'“”‘’()\[\]《》,.!?;:]+")


@dataclass(frozen=True, slots=True)
class ActGuess:
    """An act and how likely it is (0..1)."""

    act: str
    p: float


@dataclass(frozen=True, slots=True)
class Recognition:
    """`acts` ranked; `multi` all that are judged present; `[unclear]` and `()` when nothing is likely enough."""

    acts: tuple[ActGuess, ...]
    multi: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """formats.md form without the id."""
        return {"acts": [{"act": g.act, "p": round(g.p, 4)} for g in self.acts], "multi": list(self.multi)}


@dataclass(frozen=True, slots=True)
class Phrase:
    """One authored phrasing: its act and its family (variants of one way of saying it share a family)."""

    text: str
    act: str
    family: str


def normalise(text: str) -> str:
    """NFKC, lower case, no spaces or punctuation, fillers dropped unless nothing else is left."""
    plain = _SPACES.sub("", unicodedata.normalize("NFKC", text).lower())
    without = _FILLERS.sub("", plain)
    return without or plain


def load_phrases(folder: Path | None = None) -> list[Phrase]:
    """All phrases: a file maps act → list of families, each family a list of phrasings or one phrasing."""
    out: list[Phrase] = []
    for path in pack_files(folder or PACKS / "phrases"):
        for act, families in (read_yaml(path).get("phrases") or {}).items():
            for number, family in enumerate(families):
                texts = family if isinstance(family, list) else [family]
                out += [Phrase(text, act, f"{path.stem}:{act}#{number}") for text in texts]
    return out


def load_safety(folder: Path | None = None) -> dict[str, list[str]]:
    """Act → fragments that decide it whatever the model says (self-harm, wrong number, stop calling, …)."""
    out: dict[str, list[str]] = {}
    for path in pack_files(folder or PACKS / "phrases"):
        for act, fragments in (read_yaml(path).get("safety") or {}).items():
            out.setdefault(act, []).extend(normalise(f) for f in fragments)
    return out


class Recogniser:
    """Trained from phrases; `recognise` is thread-safe."""

    def __init__(self, phrases: Sequence[Phrase], safety: dict[str, list[str]]) -> None:
        self._vector = TfidfVectorizer(analyzer="char", ngram_range=(1, 2), sublinear_tf=True)
        matrix = self._vector.fit_transform([normalise(p.text) for p in phrases])
        names = [p.act for p in phrases]
        margins = LinearSVC(C=0.5, random_state=0).fit(matrix, names)
        odds = MultinomialNB(alpha=0.05, fit_prior=False).fit(matrix, names)
        self._acts = [str(name) for name in margins.classes_]
        self._weights = (MARGIN_WEIGHT * margins.coef_ + ODDS_WEIGHT * odds.feature_log_prob_).T
        self._offset = MARGIN_WEIGHT * margins.intercept_
        pairs = [(fragment, act) for act, fragments in safety.items() for fragment in fragments]
        self._safety_acts = [act for _fragment, act in pairs]
        self._safety = ahocorasick_rs.AhoCorasick([fragment for fragment, _act in pairs]) if pairs else None

    def recognise(self, text: str, party: str | None = None, context: str | None = None, top: int = 3) -> Recognition:
        """Acts of one utterance. `party` customer, family or third; `context` the part of the call (formats.md)."""
        plain = normalise(text)
        if not plain:
            return Recognition((ActGuess("talk.silence", 1.0),), ("talk.silence",))
        scores = dict(zip(self._acts, self._probabilities(plain), strict=True))
        self._lean(scores, party, context)
        for act in self._certain(plain):
            scores[act] = max(scores.get(act, 0.0), CERTAIN)
        ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
        if ranked[0][1] < UNCLEAR:
            return Recognition((ActGuess("unclear", 1.0 - ranked[0][1]),), ())
        present = (act for act, p in ranked[:4] if p >= (ALSO_SAFETY if act in SAFETY else ALSO))
        multi = tuple(present) or (ranked[0][0],)
        return Recognition(tuple(ActGuess(act, float(p)) for act, p in ranked[:top]), multi)

    def _probabilities(self, plain: str) -> list[float]:
        row = self._vector.transform([plain])
        score = row.data @ self._weights[row.indices] + self._offset
        weights = np.exp(score - score.max())
        return [float(p) for p in weights / weights.sum()]

    def _certain(self, plain: str) -> set[str]:
        if self._safety is None:
            return set()
        return {
            self._safety_acts[index]
            for index, _start, _end in self._safety.find_matches_as_indexes(plain, overlapping=True)
        }

    @staticmethod
    def _lean(scores: dict[str, float], party: str | None, context: str | None) -> None:
        """What we know of the line moves the odds: a third party does not promise, a customer does not relay."""
        for act in scores:
            if party in ("family", "third"):
                if act.startswith(("pay.", "stall.", "hardship.", "refuse.f")):
                    scores[act] *= 0.4
            elif party == "customer" and act.startswith("third_party."):
                scores[act] *= 0.2
            if context == "opening" and act.startswith("identity."):
                scores[act] *= 1.4
        total = sum(scores.values())
        for act in scores:
            scores[act] /= total


@lru_cache(maxsize=1)
def load_recogniser() -> Recogniser:
    """The recogniser of the phrases that ship, trained once per process."""
    return Recogniser(load_phrases(), load_safety())


def evaluate(phrases: Sequence[Phrase], safety: dict[str, list[str]], folds: int = 5) -> dict[str, Any]:
    """Held-out figures: families are dealt to folds, each fold is judged by a model that never saw its families.

    Returns top-1 and top-3 accuracy, macro-F1, recall per act, how often acts of `SAFETY` are judged present, mean
    confidence less accuracy (0 is calibrated), and the numbers judged. The phrase layer was written by the same hand as the
    phrases and is not held out: its share of the safety figure flatters.
    """
    names = sorted({p.family for p in phrases})
    fold_of = {name: index % folds for index, name in enumerate(names)}
    right = {"top1": 0, "top3": 0}
    kept: list[int] = []
    gap: list[float] = []
    hits: dict[str, list[int]] = {}
    claimed: dict[str, int] = {}
    for fold in range(folds):
        model = Recogniser([p for p in phrases if fold_of[p.family] != fold], safety)
        for phrase in (p for p in phrases if fold_of[p.family] == fold):
            found = model.recognise(phrase.text)
            guesses = [g.act for g in found.acts]
            gap.append(found.acts[0].p - (guesses[0] == phrase.act))
            if phrase.act in SAFETY:
                kept.append(int(phrase.act in found.multi))
            right["top1"] += guesses[0] == phrase.act
            right["top3"] += phrase.act in guesses[:3]
            hits.setdefault(phrase.act, []).append(int(guesses[0] == phrase.act))
            claimed[guesses[0]] = claimed.get(guesses[0], 0) + 1
    recall = {act: sum(values) / len(values) for act, values in sorted(hits.items())}
    f1 = []
    for act, values in hits.items():
        precision = sum(values) / claimed[act] if claimed.get(act) else 0.0
        f1.append(2 * precision * recall[act] / (precision + recall[act]) if precision + recall[act] else 0.0)
    return {
        "phrases": len(phrases),
        "families": len(names),
        "top1": right["top1"] / len(phrases),
        "top3": right["top3"] / len(phrases),
        "macro_f1": sum(f1) / len(f1),
        "safety_recall": sum(kept) / len(kept) if kept else 0.0,
        "overconfidence": sum(gap) / len(gap),
        "recall": recall,
    }
