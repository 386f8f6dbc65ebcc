"""A line as it would be offered: words with sample facts, the guard's answer, the linter's findings beside their fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from fairdue.core.dates import local
from fairdue.core.findings import Finding
from fairdue.core.text import Text
from fairdue.guard import RedLine
from fairdue.playbook import PLACEHOLDERS, Library, Line, render
from fairdue.playbook.lint_lines import line_findings

from .guarding import red_lines, sample
from .words import PLACES

Kind = Literal["plain", "fact", "missing"]


@dataclass(frozen=True)
class Preview:
    """`pieces` are the words with what was filled in marked; `offered` False: a call would not show the line, `unfilled`
    says why. `deadline` is local to the sample customer. `beside` holds findings by form field."""

    pieces: tuple[tuple[Kind, str], ...]
    offered: bool
    unfilled: tuple[Text, ...]
    deadline: datetime | None
    red: tuple[RedLine, ...]
    beside: dict[str, list[Finding]]

    @property
    def problems(self) -> int:
        """How many things have to be mended before the line can go live."""
        return sum(map(len, self.beside.values())) + len(self.red)


def preview(line: Line, library: Library, missing: Sequence[str] = ()) -> Preview:
    """Try the line with sample facts, those in `missing` not known."""
    values = sample(missing)
    rendered, unfilled = render(line, values)
    whole, _none = render(line, sample())
    deadline = rendered.deadline if rendered else None
    return Preview(
        pieces=tuple(_pieces(line, missing)),
        offered=rendered is not None and bool(line.say.strip()),
        unfilled=tuple(f.what for f in unfilled),
        deadline=local(deadline, values.zone) if deadline else None,
        red=tuple(red_lines(line, whole.text)) if whole else (),
        beside=beside(line, line_findings(line, library)),
    )


def _pieces(line: Line, missing: Sequence[str]) -> list[tuple[Kind, str]]:
    out: list[tuple[Kind, str]] = []
    rest, values = line.say.strip(), sample(missing)
    for name in line.placeholders:
        before, _mark, rest = rest.partition(f"{{{name}}}")
        filled, _none = render(line.model_copy(update={"say": f"{{{name}}}", "needs": ()}), values)
        out += [("plain", before), ("fact", filled.text) if filled else ("missing", f"{{{name}}}")]
    return [(kind, text) for kind, text in [*out, ("plain", rest)] if text]


def beside(line: Line, findings: Sequence[Finding]) -> dict[str, list[Finding]]:
    """Findings by the form's field; a missing why, source or gist stands beside each that is empty."""
    out: dict[str, list[Finding]] = {}
    for found in findings:
        code = found.code.removeprefix("playbook.")
        fields = [PLACES.get(code, "say")]
        if code == "reason":
            fields = [name for name in ("why", "source", "gist_en") if not getattr(line, name).strip()]
        for name in fields:
            out.setdefault(name, []).append(found)
    return out


def palette() -> list[tuple[str, str, Text]]:
    """Placeholders that may be put into the words: name, the fact each needs ("" none), what it stands for."""
    return [(item.name, item.need or "", item.meaning) for item in PLACEHOLDERS.values()]
