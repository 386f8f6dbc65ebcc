"""Shapes of a playbook pack."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from fairdue.core.text import Text

from .placeholders import DEBT_NEEDS

STAGES = ("pre_due", "due_day", "first", "repeat", "third_party", "special")
PARTIES = ("customer", "family", "third")
CHANNELS = ("call", "sms", "letter", "im")
CEILING = {"pre_due": 0, "due_day": 1, "first": 2, "repeat": 3, "third_party": 0, "special": 0}
"""Highest pressure of a stage: 0 inform · 1 ask · 2 state consequence · 3 final notice (P1-0.5)."""
LONGEST = {"first": timedelta(days=2), "due_day": timedelta(days=1), "repeat": timedelta(days=7)}
"""Longest deadline a line of a stage may set (P1-2, P1-3, P8-3); a plan's later parts are the planner's, not a line's."""
HINT_KINDS = ("prepare", "timing", "manner", "strategy", "caution")

_DURATION = re.compile(r"^(\d+)(h|d)$")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Bilingual(_Strict):
    """A text in Chinese and English."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)

    @property
    def text(self) -> Text:
        """The same as a `Text`."""
        return Text(self.zh, self.en)


class Deadline(_Strict):
    """`within`: "2d", "4h"; `check_at: same` books the check task for the deadline itself."""

    within: str = Field(pattern=r"^\d+(h|d)$")
    check_at: str = Field(default="same", pattern="^same$")

    @property
    def span(self) -> timedelta:
        """The duration."""
        match = _DURATION.match(self.within)
        assert match is not None
        return timedelta(hours=int(match[1])) if match[2] == "h" else timedelta(days=int(match[1]))


class Line(_Strict):
    """One thing that may be said: a reply (`answers`), a step of the flow (`step`), words for a special account
    (`situation`), or several of these.

    `fits` names customer types it suits (customer-types.yaml), `products` narrows it below its pack, `channels` where it may
    be used, `argument` names the point it makes so that three replies do not make the same one.
    """

    id: str
    answers: tuple[str, ...] = ()
    step: str = ""
    situation: tuple[str, ...] = ()
    stage: str
    party: str
    say: str
    gist_en: str
    why: str
    why_en: str = ""
    argument: str = ""
    pressure: int = Field(ge=0, le=3)
    lever: str = Field(default="reason", pattern="^(reason|relationship|interest|law)$")
    fits: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    channels: tuple[str, ...] = ("call",)
    deadline: Deadline | None = None
    needs: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    source: str

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Names between braces, in order."""
        return tuple(re.findall(r"\{([^{}]+)\}", self.say))

    @property
    def debt_facts(self) -> bool:
        """True when the line says something about the debt, which only a verified customer may hear."""
        return bool(DEBT_NEEDS & set(self.needs))


class RedLineCase(_Strict):
    """What must never be said: phrasings, the labels they break, the clauses, and the lawful line instead.

    `facts` (labels.md keys) and `party` are what makes the words unlawful where the words alone do not.
    """

    id: str
    say: tuple[str, ...]
    breaks: tuple[str, ...]
    cites: tuple[str, ...]
    why: str
    instead: str
    source: str
    why_en: str = ""
    party: str = "customer"
    channel: str = "call"
    facts: dict[str, bool | int | float | str] = {}


class HintWhen(_Strict):
    """When a hint shows; every given condition must hold. `hours` are local "HH:MM" half-open; `dpd` inclusive."""

    before_call: bool = False
    stages: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    acts: tuple[str, ...] = ()
    fits: tuple[str, ...] = ()
    hours: tuple[str, str] | None = None
    dpd: tuple[int, int] | None = None
    broken_promises: int = 0
    facts: tuple[str, ...] = ()


class Hint(_Strict):
    """Craft that is not said aloud: what to prepare, when to call, which manner, which strategy, what to beware of."""

    id: str
    kind: str
    when: HintWhen = HintWhen()
    say: Bilingual
    why: str
    source: str


class PackInfo(_Strict):
    """Who a pack is for. `products` empty: all; `agency` true/false: only for/never for outside agencies, None: both.

    `calls` false: its flow is taught and its lines are borrowed by packs that include it, but it leads no call of its own.
    `overlays`: this is an organisation's overlay of that pack: its lines replace those of the same id, `drop` removes.
    """

    name: str
    version: str
    title: Bilingual
    stages: tuple[str, ...]
    practice: str = ""
    products: tuple[str, ...] = ()
    agency: bool | None = None
    calls: bool = True
    voice: str = ""
    includes: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()
    overlays: str = ""
    drop: tuple[str, ...] = ()


class State(_Strict):
    """A state of the call: `say` are step names (lines with that `step`), `expects` the acts that are likely here,
    `on` maps acts or groups to states, `outcomes` the outcomes an `end` suits."""

    id: str
    title: Bilingual
    say: tuple[str, ...] = ()
    expects: tuple[str, ...] = ()
    on: dict[str, str] = {}
    outcomes: tuple[str, ...] = ()
    end: bool = False


class Flow(_Strict):
    """States in order; the first is where a call begins. `must`: steps that have to be said in every call with the
    customer; `before`: step → steps that have to be said before it may be said."""

    states: tuple[State, ...] = Field(min_length=1)
    must: tuple[str, ...] = ()
    before: dict[str, tuple[str, ...]] = {}

    def state(self, state_id: str) -> State:
        """The state with this id; raises `KeyError` when there is none."""
        for state in self.states:
            if state.id == state_id:
                return state
        raise KeyError(state_id)


@dataclass(frozen=True, slots=True)
class Act:
    """One act with its names."""

    id: str
    name: Text


@dataclass(frozen=True, slots=True)
class CustomerType:
    """Who is on the line (P1-0.2, P7-2); `acts` suggest it, `levers` work best first. `kind` is attitude or temper."""

    id: str
    name: Text
    kind: str
    acts: tuple[str, ...]
    levers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Situation:
    """A special account (P1-5): acts that reveal it, the hold it sets ("" none), who takes over."""

    id: str
    name: Text
    acts: tuple[str, ...]
    hold: str
    hands_to: Text
    cites: tuple[str, ...]
