"""Conversations as tests of packs: what was heard and said, and what the guide must then be and offer.

    - name: payday
      stage: first
      turns:
        - hear: 是我你说
          expect: {state: purpose, party: customer}
        - say: first.purpose.1
        - acts: [stall.payday]
          expect: {offers: [first.payday.1], text: ["7.50"], deadline_days: 2}

`hear` goes through the recogniser, `acts` states the acts outright. Expectations: `state`, `party`, `acts` (all present),
`offers` (all among the three), `none_of` (none offered), `text` (each in some offer), `silent_on_debt`, `crisis`,
`calm` (no offer above this pressure), `deadline_days` (an offer sets one, none is later).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from fairdue.core.findings import Finding, Place
from fairdue.core.text import Text
from fairdue.packs import line_of, pack_files, read_yaml
from fairdue.playbook import Library, QuoteView, RenderValues

from .recogniser import Recogniser
from .state import CallState, begin_call, heard, said
from .suggest import Suggestion, suggest

NOW = datetime(2026, 3, 2, 2, 15, tzinfo=UTC)
"""The moment of every conversation: a Monday, 10:15 in Shanghai."""


def sample_values() -> RenderValues:
    """Generated facts with which conversations and `fairdue playbook render` fill lines; money in fen."""
    return RenderValues(
        now=NOW,
        zone="Asia/Shanghai",
        honorific="周先生",
        agent_surname="林",
        institution="示例银行",
        department="贷后服务中心",
        hotline="官方客服热线",
        channels="手机银行或柜台",
        card_tail="0000",
        quote=QuoteView("Q-SAMPLE", 1_850_000, 620_000, 925, 31_000, 24, date(2026, 3, 2)),
        plan="3月4日 3,000.00元,3月9日 2,000.00元,3月23日 1,200.00元",
        last_promise="2月27日还 2,000.00元",
        debit_time="今天下午4点",
    )


@dataclass(frozen=True, slots=True)
class Outcome:
    """One conversation and what went otherwise than expected."""

    name: str
    findings: tuple[Finding, ...]


def _finding(name: str, place: Place, what: str) -> Finding:
    return Finding(
        "playbook.conversation",
        Text(f"对话「{name}」:{what}", f"Conversation {name}: {what}"),
        Text("对话是话术的验收单。", "Conversations are how a pack is accepted."),
        Text("改话术、流程或这段对话。", "Change the lines, the flow or this conversation."),
        place,
    )


def _problems(
    want: Mapping[str, Any], state: CallState, acts: Sequence[str], offers: list[Suggestion]
) -> Iterator[str]:
    for key in ("state", "party", "crisis"):
        is_now = {"state": state.at, "party": state.party, "crisis": state.crisis}[key]
        if key in want and want[key] != is_now:
            yield f"{key} {is_now} ≠ {want[key]}"
    ids = [s.line.id for s in offers]
    yield from (f"act {act} ∉ {list(acts)}" for act in want.get("acts", ()) if act not in acts)
    yield from (f"{line} ∉ {ids}" for line in want.get("offers", ()) if line not in ids)
    yield from (f"{line} ∈ {ids}" for line in want.get("none_of", ()) if line in ids)
    words = "\n".join(s.rendered.text for s in offers)
    yield from (f"“{part}” is in no offer" for part in want.get("text", ()) if part not in words)
    if want.get("silent_on_debt"):
        yield from (f"{s.line.id} tells of the debt" for s in offers if s.line.debt_facts)
    yield from (f"{s.line.id} presses {s.pressure}" for s in offers if s.pressure > want.get("calm", 3))
    if "deadline_days" in want:
        limit = NOW + timedelta(days=want["deadline_days"])
        set_by = [s.deadline for s in offers if s.deadline]
        if not set_by or max(set_by) > limit:
            yield f"deadlines {[d.isoformat() for d in set_by]}"


def converse(raw: Mapping[str, Any], library: Library, recogniser: Recogniser, file: str) -> Outcome:
    """Play one conversation with the sample facts. Raises KeyError for a line or stage that does not exist."""
    state = begin_call(
        library,
        stage=raw["stage"],
        party=raw.get("party", "unknown"),
        broken_promises=raw.get("broken_promises", 0),
    )
    findings = []
    for turn in raw["turns"]:
        acts: tuple[str, ...] = tuple(turn.get("acts", ()))
        if "say" in turn:
            state = said(state, turn["say"], library)
        elif "hear" in turn:
            party = "family" if state.party == "family" else "customer"
            context = None if state.verified else "opening"
            acts = recogniser.recognise(turn["hear"], party, context).multi
        state = heard(state, acts, library)
        offers = suggest(library, state, sample_values(), acts or None)
        place = Place(file, line_of(turn))
        findings += [_finding(raw["name"], place, w) for w in _problems(turn.get("expect", {}), state, acts, offers)]
    return Outcome(raw["name"], tuple(findings))


def run_conversations(folders: Sequence[Path], library: Library, recogniser: Recogniser) -> list[Outcome]:
    """All conversations in the packs' `tests/` folders, in file order."""
    return [
        converse(raw, library, recogniser, f"{folder.name}/tests/{path.name}")
        for folder in folders
        for path in pack_files(folder / "tests")
        for raw in read_yaml(path)
    ]
