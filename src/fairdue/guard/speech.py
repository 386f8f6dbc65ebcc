"""The open labelled set of what collectors say (`packs/speech`): written for it, synthetic, split by families.

    - family: v12-child-school        one idea, or one way of saying it; never parted between splits
      labels: [V12]                   all that clearly apply, the primary one first; [] for lawful words
      channel: call                   call sms im letter note
      party: customer                 customer family third
      facts: {}                       what decides lawfulness (labels.md); a fact not given is not proven
      split: train                    train dev held; held is reported on and never tuned on
      why: …
      say: ["…⟦the offending words⟧…", {text: "…⟦V10:…⟧…", labels: […], facts: {…}}]

Marks ⟦…⟧ are taken out; a mark without a label stands for all labels of its row. A row's `facts`, `labels`, `party` and
`channel` take the place of its family's.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from fairdue.packs import PACKS, PackError, line_of, pack_files, read_yaml

SPEECH = PACKS / "speech"
SPLITS = ("train", "dev", "held")
CHANNELS = ("call", "sms", "im", "letter", "note")
PARTIES = ("customer", "family", "third")
_LABEL = re.compile(r"V(0[1-9]|1[0-9]|2[0-6])|M0[1-4]")
_FAMILY = {"family", "labels", "channel", "party", "facts", "split", "why", "say"}
_ROW = {"text", "labels", "channel", "party", "facts"}


@dataclass(frozen=True, slots=True)
class Utterance:
    """One labelled utterance. `spans`: (label, start, end) in `text`, half-open characters."""

    id: str
    text: str
    spans: tuple[tuple[str, int, int], ...]
    labels: tuple[str, ...]
    channel: str
    party: str
    facts: Mapping[str, Any]
    family: str
    split: str


def load_speech(folder: Path = SPEECH, *splits: str) -> list[Utterance]:
    """All utterances of the splits named (default all), in the order of the files.

    Raises `PackError` with file and line for a row that does not keep the format above: a wrong label would teach a wrong
    judgement, and a text that stands twice would be tuned and reported on.
    """
    wanted = splits or SPLITS
    seen: dict[str, str] = {}
    families: set[str] = set()
    out = []
    for path in pack_files(folder):
        for family in read_yaml(path) or []:
            for utterance in _family(family, path, families):
                if seen.setdefault(utterance.text, utterance.id) != utterance.id:
                    _refuse(path, family, f"{utterance.id}: the same text stands in {seen[utterance.text]}")
                if utterance.split in wanted:
                    out.append(utterance)
    return out


def _refuse(path: Path, at: Any, what: str) -> NoReturn:
    line = line_of(at)
    raise PackError(f"{path}:{line}: {what}", path, line)


def _family(raw: Any, path: Path, families: set[str]) -> Iterator[Utterance]:
    name = str(raw.get("family") or "") if isinstance(raw, dict) else ""
    if not name or set(raw) - _FAMILY or not raw.get("say") or raw.get("split") not in SPLITS:
        _refuse(
            path,
            raw,
            f"family {name}: it needs family, say and a split out of {', '.join(SPLITS)}, and nothing unknown",
        )
    if name in families:
        _refuse(path, raw, f"family {name} stands twice")
    families.add(name)
    for number, row in enumerate(raw["say"], 1):
        yield _row(raw, row if isinstance(row, dict) else {"text": row}, f"{name}.{number}", path)


def _row(family: Mapping[str, Any], row: Mapping[str, Any], name: str, path: Path) -> Utterance:
    both = {**{key: family.get(key) for key in ("labels", "channel", "party", "facts")}, **row}
    labels = tuple(both["labels"] or ())
    unknown = set(row) - _ROW or {label for label in labels if not _LABEL.fullmatch(label)}
    if unknown or both["channel"] not in CHANNELS or both["party"] not in PARTIES:
        _refuse(path, family, f"{name}: unknown key, label, channel or party ({', '.join(sorted(unknown))})")
    text, spans = _unmarked(str(both["text"]), labels)
    if text is None:
        _refuse(path, family, f"{name}: its ⟦marks⟧ are not balanced or name a label that the row does not have")
    if bool(spans) != bool(labels):
        _refuse(path, family, f"{name}: a row with labels needs a mark, a lawful row has none")
    facts = both["facts"] or {}
    return Utterance(
        name, text or "", spans, labels, both["channel"], both["party"], facts, family["family"], family["split"]
    )


def _unmarked(marked: str, labels: tuple[str, ...]) -> tuple[str | None, tuple[tuple[str, int, int], ...]]:
    out, position = "", 0
    spans: list[tuple[str, int, int]] = []
    start: int | None = None
    named: tuple[str, ...] = ()
    while position < len(marked):
        letter = marked[position]
        if letter == "⟦":
            if start is not None:
                return None, ()
            start, named = len(out), labels
            prefix = re.match(rf"({_LABEL.pattern})[:：]", marked[position + 1 :])
            if prefix:
                named, position = (prefix[1],), position + len(prefix[0])
        elif letter == "⟧":
            if start is None or not named or not set(named) <= set(labels):
                return None, ()
            spans += [(label, start, len(out)) for label in named]
            start = None
        else:
            out += letter
        position += 1
    return (out if start is None else None), tuple(spans)
