"""Talk share, overtalk, silence and rate from turn times, by the definitions of the evidence brief.

Overtalk = |agent ∩ customer| / length; silence = (length − |union|) / length; talk share = agent / (agent + customer);
rate = characters without punctuation per minute of the agent's speech. Nothing under ten seconds is scored.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

SHORTEST = 10.0
"""Seconds of agent speech below which no rate is given."""
_SILENT = re.compile(r"[\s,。!?;:、…\"'“”‘’()《》,.!?;:()-]")

Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Speech:
    """Shares in 0..1, `rate` in characters per minute; None where too little was said."""

    seconds: float
    talk_share: float | None
    overtalk: float | None
    silence: float | None
    rate: float | None

    def as_dict(self) -> dict[str, float | None]:
        """JSON form, rounded to three places."""
        values = {name: getattr(self, name) for name in self.__slots__}
        return {name: None if value is None else round(value, 3) for name, value in values.items()}


def _length(spans: Sequence[Span]) -> float:
    """Length of the union of spans, in seconds."""
    total, end = 0.0, float("-inf")
    for start, stop in sorted(spans):
        total += max(0.0, stop - max(start, end))
        end = max(end, stop)
    return total


def speech_figures(agent: Sequence[Span], customer: Sequence[Span], agent_text: str) -> Speech:
    """Figures of one call from the spans (start, end in seconds) of both sides and what the agent said."""
    every = [*agent, *customer]
    if not every:
        return Speech(0.0, None, None, None, None)
    whole = max(stop for _s, stop in every) - min(start for start, _e in every)
    mine, theirs, both = _length(agent), _length(customer), _length(every)
    if whole < SHORTEST or mine + theirs == 0:
        return Speech(whole, None, None, None, None)
    characters = len(_SILENT.sub("", agent_text))
    rate = characters / mine * 60 if mine >= SHORTEST else None
    return Speech(whole, mine / (mine + theirs), (mine + theirs - both) / whole, (whole - both) / whole, rate)
