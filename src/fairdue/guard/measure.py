"""How well the guard finds what a labelled set says: precision and recall by label, alarms on lawful words.

An utterance counts once for each label. `found` are labels that the guard raises and the row carries; `false` those that it
raises and the row does not; a lawful row with any finding is an alarm. Spans are judged apart: a finding that is right has
its span right when it overlaps one of the row's spans of that label.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from .check import check_text
from .labels import load_labels
from .speech import Utterance


@dataclass
class Score:
    """Counts of one label (or of a severity, or of all)."""

    said: int = 0
    found: int = 0
    false: int = 0
    span_right: int = 0

    @property
    def recall(self) -> float | None:
        """Share of what was said that was found; None when nothing was said."""
        return self.found / self.said if self.said else None

    @property
    def precision(self) -> float | None:
        """Share of what was raised that was right; None when nothing was raised."""
        return self.found / (self.found + self.false) if self.found + self.false else None

    def add(self, other: Score) -> None:
        """Join the counts of another one."""
        self.said += other.said
        self.found += other.found
        self.false += other.false
        self.span_right += other.span_right


@dataclass
class Measured:
    """What a run over a labelled set found. `missed` and `wrong` name rows with the labels in question."""

    labels: dict[str, Score] = field(default_factory=dict)
    lawful: int = 0
    alarms: int = 0
    missed: list[tuple[str, str]] = field(default_factory=list)
    wrong: list[tuple[str, str]] = field(default_factory=list)
    any_found: int = 0
    unlawful: int = 0

    def of(self, severity: str) -> Score:
        """All labels of a severity together."""
        total = Score()
        for label in load_labels():
            if label.severity == severity and label.id in self.labels:
                total.add(self.labels[label.id])
        return total


def measure(utterances: Iterable[Utterance]) -> Measured:
    """Run the guard over the utterances; facts and channel as the rows give them."""
    out = Measured(labels={label.id: Score() for label in load_labels()})
    for row in utterances:
        findings = check_text(row.text, row.channel, row.party, dict(row.facts))
        raised = {finding.label for finding in findings}
        out.lawful += not row.labels
        out.alarms += not row.labels and bool(raised)
        out.unlawful += bool(row.labels)
        out.any_found += bool(row.labels) and bool(raised)
        for label in set(row.labels):
            score = out.labels.setdefault(label, Score())
            score.said += 1
            if label not in raised:
                out.missed.append((row.id, label))
                continue
            score.found += 1
            marks = [(start, end) for name, start, end in row.spans if name == label]
            spans = [finding.span for finding in findings if finding.label == label]
            score.span_right += any(a < end and start < b for a, b in spans for start, end in marks)
        for label in raised - set(row.labels):
            out.labels.setdefault(label, Score()).false += 1
            out.wrong.append((row.id, label))
    return out
