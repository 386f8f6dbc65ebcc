"""The moment in the call for which words are sought: state, acts at hand, mode, and what follows from them for the words."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from fairdue.core.text import Text
from fairdue.playbook import Library, Line, Situation
from fairdue.playbook.catalogues import source_rows
from fairdue.playbook.schema import CEILING

from .reflexes import mode_of, names, reflexes
from .state import CallState

RECENT = 3
SILENT = 0
"""Pressure while collection stops, for a third party, in a crisis, and right after hostility."""
SECOND = 2


@dataclass(frozen=True, slots=True)
class Moment:
    """What every line is measured against. `most` is the highest pressure that may be said now, `plan_due` whether the plan
    may be spoken of at all, `listening` whether broken promises ask for listening first."""

    state: CallState
    acts: tuple[str, ...]
    mode: str
    hostile: bool
    refusals: int
    plan_due: bool
    listening: bool
    most: int
    situation: Situation | None

    @property
    def aim(self) -> int:
        """The pressure that suits the moment: none for the troubled and after broken promises, a question first, one step
        more when a second refusal, or one after a stated consequence, is to be answered."""
        known = reflexes()
        gentle = bool(self.acts) and all(names(act, known.gentle) for act in self.acts)
        if self.most == SILENT or gentle or self.strategy:
            return SILENT
        firm = known.refuses(self.acts) and (self.refusals >= SECOND or self.state.pressure >= SECOND)
        return min(self.most, self.state.pressure + 1 if firm else 1)

    @property
    def plan_now(self) -> bool:
        """True when the plan is to be laid out in this very turn: it is due, and what was just said calls for it."""
        known = reflexes()
        return self.plan_due and (known.wants_plan(self.acts) or known.refuses(self.acts))

    @property
    def strategy(self) -> bool:
        """True when so many promises were broken that the strategy changes (P13-3)."""
        return self.mode == "normal" and self.state.broken_promises >= reflexes().broken_from


def from_broken(line: Line) -> bool:
    """True when the line comes from the practice's answer to broken promises."""
    return reflexes().broken_source in source_rows(line.source)


def moment_of(library: Library, state: CallState, acts: Sequence[str] | None) -> Moment:
    """The moment after `acts` (default: the last turn); acts that the state has not taken in yet count for the mode."""
    known = reflexes()
    now = known.meant(acts, state.verified) if acts is not None else state.last or state.heard[-RECENT:]
    told = state.heard if now == state.last else (*state.heard, *now)
    mode = mode_of(state.party, told, state.situations)
    hostile = known.is_hostile(now)
    refusals = state.refusals if now == state.last else state.refusals + known.refuses(now)
    listening = (
        mode == "normal"
        and state.broken_promises >= known.broken_from
        and not any(from_broken(library.lines[name]) for name in state.said if name in library.lines)
    )
    if mode != "normal" or hostile:
        most = SILENT
    else:
        most = min(CEILING.get(state.stage, SILENT), state.pressure + 1, 1 if listening else max(CEILING.values()))
    return Moment(
        state=state,
        acts=tuple(dict.fromkeys(now)),
        mode=mode,
        hostile=hostile,
        refusals=refusals,
        plan_due=state.verified and mode == "normal" and (known.wants_plan(told) or refusals >= SECOND),
        listening=listening,
        most=most,
        situation=_at_hand(library, state, now),
    )


def _at_hand(library: Library, state: CallState, acts: Sequence[str]) -> Situation | None:
    """The special account that was just revealed, else the one that stops the call, else the latest one."""
    known = reflexes()
    told = [
        s for s in library.situations.values() if any(act in s.acts and act not in known.reveals_not for act in acts)
    ]
    there = [library.situations[name] for name in state.situations if name in library.situations]
    stopping = [s for s in there if any(s.id in listed for listed in known.mode_situations.values())]
    crisis = [s for s in (*told, *there) if s.id in known.mode_situations["crisis"]]
    ranked = [*crisis, *told, *reversed(stopping), *reversed(there)]
    return ranked[0] if ranked else None


def strategy_text(moment: Moment) -> Text | None:
    """What to do differently after broken promises, in words for the agent; None while the usual way holds."""
    if not moment.strategy:
        return None
    count = moment.state.broken_promises
    head = Text(f"已经{count}次没有兑现,换做法:", f"{count} promises were broken, so change the approach: ")
    if moment.listening:
        body = Text(
            "先问真正的原因,听完再说;时间和金额请客户自己定,力度不上去。",
            "ask for the true reason and hear it out; let the customer name time and amount; do not press.",
        )
    else:
        body = Text(
            "原因听过了,把客户自己说的时间、金额、渠道复述清楚;后果只说真的。",
            "the reason is heard: read back the time, amount and channel they named; state only true consequences.",
        )
    return Text(head.zh + body.zh, head.en + body.en)
