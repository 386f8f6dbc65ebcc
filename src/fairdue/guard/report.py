"""The guard's figures on the open labelled set, as a page."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from .labels import load_labels
from .measure import Measured, Score
from .speech import Utterance

HEAD = """# How well the guard finds what is unlawful

Written by `fairdue guard-report --write` from the open labelled set (`src/fairdue/packs/speech`, [data
card](speech-data-card.md)). Only the held-back part is reported: its families were written apart, and nothing is tuned on them.
All of it is synthetic and written by language models; people's own speech will be harder.

Recall: of the utterances that carry a label, the share for which the guard raises it. Precision: of those for which it raises
the label, the share that carry it. Span: of the right findings, the share whose marked words overlap the author's. An alarm is a
lawful utterance with any finding. For critical labels recall comes first, for medium ones precision.

"""


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.2f}"


def _line(name: str, score: Score) -> str:
    span = score.span_right / score.found if score.found else None
    return f"| {name} | {score.said} | {_share(score.recall)} | {_share(score.precision)} | {_share(span)} |\n"


def page(rows: Sequence[Utterance], measured: Measured) -> str:
    """The whole page as Markdown: totals by severity, then every label, then what the alarms are."""
    families = len({row.family for row in rows})
    out = [HEAD]
    out.append(
        f"{len(rows)} utterances in {families} families: {measured.unlawful} unlawful, {measured.lawful} lawful. Of the unlawful, "
        f"{measured.any_found} ({measured.any_found / max(1, measured.unlawful):.1%}) raise some finding; of the lawful, "
        f"{measured.alarms} ({measured.alarms / max(1, measured.lawful):.1%}) raise an alarm.\n"
    )
    head = "\n| | said | recall | precision | span |\n|---|---|---|---|---|\n"
    out.append("\n## By severity\n" + head)
    out += [_line(severity, measured.of(severity)) for severity in ("critical", "high", "medium")]
    out.append("\n## By label\n" + head)
    for label in load_labels():
        title = f"{label.id} {label.title.zh} / {label.title.en} ({label.severity})"
        out.append(_line(title, measured.labels.get(label.id, Score())))
    lawful = {row.id for row in rows if not row.labels}
    alarms = Counter(label for row, label in measured.wrong if row in lawful)
    named = ", ".join(f"{label} {count}" for label, count in alarms.most_common())
    out.append(f"\nAlarms on lawful words by label: {named or 'none'}.\n")
    return "".join(out)
