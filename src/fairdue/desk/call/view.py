"""What the script panel shows: replies with their reasons, what is held back and why, what is still owed, craft, warnings.

While somebody else may be on the line the panel carries nothing about the debt: no name of the playbook, no held-back
line, no earlier turn, and acts under names that give nothing away.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from fairdue.core.dates import local
from fairdue.core.text import Text
from fairdue.desk.cases.models import HoldKind
from fairdue.desk.cases.selectors import hold_kinds
from fairdue.desk.playbooks.models import GapReason
from fairdue.dialogue import CallState, Guidance, HeldBack, Suggestion, chips, guide
from fairdue.dialogue.reflexes import reflexes
from fairdue.playbook import Hint, Library, Line, RenderValues, render
from fairdue.playbook.catalogues import citations

from . import figures, selectors
from .guards import guard_now
from .models import CallSession
from .quiet import PLAIN_NAMES, quiet_hints, tells
from .releases import library_for
from .talk import state_of, step_lines

PRESSURE: dict[int, Lazy] = {
    0: _("informs"),
    1: _("asks"),
    2: _("states a consequence"),
    3: _("last notice before the next step"),
}
GAP_REASONS = GapReason.choices
TURNS = 8
HINTS = 3
HELD = 8
CRAFT = ("strategy", "caution", "manner", "timing")
"""Kinds of hints that show in a call, the most telling first; preparation belongs before it."""

STOP_HOLDS = {"rights.stop_contact": HoldKind.STOP_CONTACT}
"""Holds for acts that stop collection without being a special account."""


@dataclass(frozen=True)
class Law:
    """A rule that carries a line: its id, and instrument and article in words."""

    id: str
    words: str


@dataclass(frozen=True)
class Reply:
    """One reply to choose, ready to read out; `deadline` in the customer's local time, `dots` one flag per step of
    pressure."""

    line_id: str
    text: str
    gist: str
    why: Text
    reasons: tuple[Text, ...]
    pressure_name: Lazy
    dots: tuple[bool, ...]
    deadline: datetime | None
    laws: tuple[Law, ...]
    quote_number: str | None


@dataclass(frozen=True)
class Owed:
    """A step that still has to be said: its name, what it opens the way for, and a line to say it with ("" none)."""

    step: str
    name: Text
    opens: tuple[Text, ...]
    line_id: str
    text: str


@dataclass(frozen=True)
class NotThat:
    """A line that is held back: how it begins, why it may not be said now, how many more share the reason."""

    begins: str
    gist: str
    reason: Text
    code: str
    more: int


@dataclass(frozen=True)
class TypeChip:
    """A kind of customer; `on` now, `guessed` from what was heard and not chosen by the agent."""

    id: str
    name: Text
    on: bool
    guessed: bool


@dataclass(frozen=True)
class Matter:
    """The special account or wish that stops collection: its name, who takes over, the hold that it wants (None: none, or
    it stands already)."""

    name: Text
    hands_to: Text | None
    hold: HoldKind | None
    stands: bool


@dataclass(frozen=True)
class RedWarning:
    """A red line in what was just said: what and why, the law, and words that mend it."""

    label: str
    why: Text
    laws: tuple[Law, ...]
    repair_id: str
    repair: str


@dataclass(frozen=True)
class GuideView:
    """Everything the panel shows. `crisis` is "danger" (signs of self-harm), "care" (otherwise vulnerable) or "".

    `frame` is what the rest of the page depends on: when it changes, the whole page is asked for again.
    """

    revision: int
    frame: str
    mode: str
    crisis: str
    step: Text
    pack: Text | None
    release: int
    owed: tuple[Owed, ...]
    chips: tuple[tuple[str, Text], ...]
    heard: tuple[Text, ...]
    heard_acts: tuple[str, ...]
    unclear: bool
    replies: tuple[Reply, ...]
    held: tuple[NotThat, ...]
    hints: tuple[Hint, ...]
    strategy: Text | None
    matter: Matter | None
    types: tuple[TypeChip, ...]
    warnings: tuple[RedWarning, ...]
    turns: tuple[dict[str, Any], ...]
    prefill: dict[str, str]

    @property
    def quiet(self) -> bool:
        """True while nothing about the debt may show."""
        return self.mode in ("third", "wrong", "crisis")


def view(session: CallSession) -> GuideView:
    """The panel for the session as it stands."""
    library, state = library_for(session), state_of(session)
    hidden = selectors.hides_debt(session)
    values = figures.values_of(session)
    last = tuple(session.state.get("last", ()))
    found = guide(library, state, values, acts=last, guard=guard_now())
    at = library.flow(state.pack).state(state.at)
    quiet = hidden or found.mode in ("third", "wrong", "crisis")
    return GuideView(
        revision=session.revision,
        frame=_frame(session, state, hidden),
        mode="third" if hidden and found.mode == "normal" else found.mode,
        crisis=_crisis(state),
        step=at.title.text,
        pack=None if quiet else library.packs[state.pack].title.text,
        release=session.release,
        owed=tuple(_owed(library, state, values, found)),
        chips=_chips(session, library, state, hidden),
        heard=_heard(library, last, hidden),
        heard_acts=last,
        unclear=bool(session.state.get("unclear")),
        replies=tuple(_reply(s, values.zone, hidden) for s in found.suggestions),
        held=() if quiet else tuple(_told_apart(found.held_back)),
        hints=_hints(found.hints, quiet),
        strategy=None if quiet else found.strategy,
        matter=None if quiet else _matter(session, library, state, found),
        types=() if quiet else _types(library, state),
        warnings=tuple(_warning(library, state, values, row) for row in session.state.get("warn", ())),
        turns=tuple(_shown(turn, library) for turn in session.turns[-TURNS:] if not hidden or turn.get("hidden")),
        prefill={} if quiet else prefill_of(session),
    )


def _frame(session: CallSession, state: CallState, hidden: bool) -> str:
    seen = ""
    if state.mode == "crisis":
        alert = selectors.alert_of(session)
        seen = "+" if alert is not None and alert.seen_at else ""
    return f"{int(hidden)}{_crisis(state)}{seen}"


def _crisis(state: CallState) -> str:
    if state.mode == "crisis":
        return "danger"
    return "care" if state.crisis else ""


def law(rule: str, hidden: bool = False) -> Law:
    """A rule's instrument and article; the id alone when the catalogue does not know it, or when its name would tell."""
    row = citations().get(rule)
    words = f"{row['instrument']} · {row['article']}" if row else rule
    return Law(rule, rule if hidden and tells(words) else words)


def _reply(found: Suggestion, zone: str, hidden: bool) -> Reply:
    """A suggestion for the page; on a hidden screen an explanation that would tell of a debt is left out."""
    empty = Text("", "")
    why = empty if hidden and tells(found.why) else found.why
    return Reply(
        line_id=found.line.id,
        text=found.rendered.text,
        gist="" if hidden and tells(found.line.gist_en) else found.line.gist_en,
        why=why,
        reasons=tuple(reason for reason in found.reasons if not (hidden and tells(reason))),
        pressure_name=PRESSURE[found.pressure],
        dots=tuple(step < found.pressure for step in range(3)),
        deadline=local(found.deadline, zone) if found.deadline else None,
        laws=tuple(law(rule, hidden) for rule in found.cites),
        quote_number=found.rendered.quote_number,
    )


def _owed(library: Library, state: CallState, values: RenderValues, found: Guidance) -> list[Owed]:
    """Steps still to be said, each with the first line for it that can be filled."""
    before = library.flow(state.pack).before
    offered = {s.line.step: s.rendered.text for s in found.suggestions if s.line.step}
    out = []
    for step, name in found.must:
        line, text = _first_line(step_lines(library, state, step), values, state)
        opens = tuple(
            reflexes().steps.get(later, Text(later, later)) for later, first in before.items() if step in first
        )
        out.append(Owed(step, name, opens, line.id if line else "", offered.get(step, text)))
    return out


def _first_line(lines: list[Line], values: RenderValues, state: CallState) -> tuple[Line | None, str]:
    for line in lines:
        rendered, _findings = render(line, values)
        if rendered is not None and (state.verified or not line.debt_facts):
            return line, rendered.text
    return None, ""


def _name(library: Library, act: str, hidden: bool) -> Text:
    return PLAIN_NAMES.get(act, library.acts[act].name) if hidden else library.acts[act].name


def _heard(library: Library, acts: tuple[str, ...], hidden: bool) -> tuple[Text, ...]:
    names = [_name(library, act, hidden) for act in acts if act in library.acts]
    return tuple(name for name in names if not (hidden and tells(name)))


def _chips(session: CallSession, library: Library, state: CallState, hidden: bool) -> tuple[tuple[str, Text], ...]:
    """Guesses first, then what is likely here; on a hidden screen none whose name tells of a debt."""
    acts = [act for act in session.state.get("guesses", ()) if act in library.acts]
    acts += [act for act, _name in chips(state, library) if act not in acts]
    if hidden:
        acts = [act for act in acts if act in PLAIN_NAMES or not tells(library.acts[act].name)]
    return tuple((act, _name(library, act, hidden)) for act in acts)


def _hints(found: tuple[Hint, ...], quiet: bool) -> tuple[Hint, ...]:
    wanted = [hint for hint in (quiet_hints(found) if quiet else found) if hint.kind in CRAFT]
    return tuple(sorted(wanted, key=lambda hint: CRAFT.index(hint.kind))[:HINTS])


def _told_apart(held: tuple[HeldBack, ...]) -> list[NotThat]:
    """One held-back line for each reason, with how many more the same reason keeps back; at most `HELD` reasons."""
    by_reason: dict[str, list[HeldBack]] = {}
    for row in held:
        by_reason.setdefault(f"{row.code}:{row.reason.zh}", []).append(row)
    return [_not_that(rows[0], len(rows) - 1) for rows in list(by_reason.values())[:HELD]]


def _not_that(row: HeldBack, more: int) -> NotThat:
    words = row.line.say.strip().replace("{", "‹").replace("}", "›")
    return NotThat(words if len(words) <= 30 else words[:29] + "…", row.line.gist_en, row.reason, row.code, more)


def _matter(session: CallSession, library: Library, state: CallState, found: Guidance) -> Matter | None:
    if found.mode != "stop":
        return None
    stands = set(hold_kinds(session.permit.customer))
    situation = found.situation
    if situation is not None:
        hold = HoldKind(situation.hold) if situation.hold else None
        return Matter(situation.name, situation.hands_to, hold if hold not in stands else None, hold in stands)
    act = next((act for act in reversed(state.heard) if act in reflexes().mode_acts["stop"]), "")
    hold = STOP_HOLDS.get(act)
    name = library.acts[act].name if act in library.acts else Text("停催", "collection stops")
    return Matter(name, None, hold if hold not in stands else None, hold in stands)


def _types(library: Library, state: CallState) -> tuple[TypeChip, ...]:
    """All types, those that are on first."""
    on = [name for name in state.types if name in library.types]
    order = [*on, *(name for name in library.types if name not in on)]
    return tuple(TypeChip(n, library.types[n].name, n in on, n in on and not state.types_set) for n in order)


def _warning(library: Library, state: CallState, values: RenderValues, row: dict[str, Any]) -> RedWarning:
    """A red line and, when its lawful line may be said to this person, the words to say instead."""
    line = library.lines.get(row.get("instead") or "")
    quiet = state.mode != "normal" or not state.verified
    repair = ""
    if line is not None and not (quiet and (line.debt_facts or line.pressure)) and state.mode != "crisis":
        rendered, _findings = render(line, values)
        if rendered is not None and not (quiet and reflexes().debt_words.search(rendered.text)):
            repair = rendered.text
    laws = tuple(law(rule) for rule in row.get("cites", ()))
    return RedWarning(row["label"], Text.from_dict(row["why"]), laws, line.id if line and repair else "", repair)


def _shown(turn: dict[str, Any], library: Library) -> dict[str, Any]:
    """A turn for the page; on a hidden screen the other side's words give way to the neutral name of what they did."""
    if not turn.get("hidden") or turn["who"] == "agent":
        return turn
    names = [_name(library, act, hidden=True) for act in turn.get("acts", ()) if act in library.acts]
    return {**turn, "text": "、".join(name.zh for name in names if not tells(name)) or "…"}


def prefill_of(session: CallSession) -> dict[str, str]:
    """What the outcome card may take over after a promise: day and time of the last deadline that was said, in the
    customer's local time, and the channel; {} while nothing was promised."""
    state = state_of(session)
    if not state.verified or not any(act in reflexes().promise for act in state.heard):
        return {}
    zone = figures.zone_of(session.permit.customer)
    for turn in reversed(session.turns):
        if turn.get("deadline"):
            moment = local(datetime.fromisoformat(turn["deadline"]), zone)
            channel = "app" if "channel" in state.steps else ""
            return {"due_on": f"{moment:%Y-%m-%d}", "due_time": f"{moment:%H:%M}", "pay_channel": channel}
    return {}
