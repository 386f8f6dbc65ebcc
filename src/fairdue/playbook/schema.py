"""Shapes of a playbook pack."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta

from pydantic import BaseModel, ConfigDict, Field

from fairdue.core.text import Text

STAGES = ("pre_due", "due_day", "first", "repeat", "third_party", "special")
PARTIES = ("customer", "family", "third")
CEILING = {"pre_due": 0, "due_day": 1, "first": 2, "repeat": 3, "third_party": 0, "special": 0}
"""Highest pressure of a stage: 0 inform · 1 ask · 2 state consequence · 3 final notice (P1-0.5)."""
FIRST_DEADLINE = timedelta(days=2)
"""Longest deadline of a first contact (P1-2)."""

PLACEHOLDERS = {
    "称呼": None,
    "本人姓": None,
    "机构": None,
    "部门": None,
    "热线": None,
    "渠道": None,
    "卡尾号": "account",
    "欠款总额": "quote",
    "应还金额": "quote",
    "日息": "quote",
    "违约金": "quote",
    "逾期天数": "quote",
    "截至日": "quote",
    "期限": "deadline",
    "分期安排": "plan",
    "上次约定": "promise",
    "扣款时间": "debit",
}
"""Placeholder → the fact that must be declared in `needs` before a line may use it (None: always there)."""

_DURATION = re.compile(r"^(\d+)(h|d)$")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


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
    """One reply; see design: say, why, pressure, deadline, needs, cites, source."""

    id: str
    answers: tuple[str, ...] = ()
    step: str = ""
    stage: str
    party: str
    say: str
    gist_en: str
    why: str
    why_en: str = ""
    pressure: int = Field(ge=0, le=3)
    lever: str = Field(default="reason", pattern="^(reason|relationship|interest|law)$")
    deadline: Deadline | None = None
    needs: tuple[str, ...] = ()
    cites: tuple[str, ...] = ()
    source: str
    then: str = ""

    @property
    def placeholders(self) -> tuple[str, ...]:
        """Names between braces, in order."""
        return tuple(re.findall(r"\{([^{}]+)\}", self.say))

    @property
    def debt_facts(self) -> bool:
        """True when the line says something about the debt, which only a verified customer may hear."""
        return bool({"quote", "account", "plan", "promise", "debit"} & set(self.needs)) or "debt" in self.needs


class RedLineCase(_Strict):
    """What must never be said, the labels it breaks, the clauses, and the lawful line instead."""

    id: str
    say: tuple[str, ...]
    breaks: tuple[str, ...]
    cites: tuple[str, ...]
    why: str
    instead: str
    source: str


class PackInfo(_Strict):
    """Who a pack is for."""

    name: str
    version: str
    title: dict[str, str]
    stages: tuple[str, ...]
    products: tuple[str, ...] = ()
    includes: tuple[str, ...] = ()
    departments: tuple[str, ...] = ()


class State(_Strict):
    """A state of the call: `say` are step names (lines with that `step`), `on` maps acts or groups to states."""

    id: str
    title: dict[str, str]
    say: tuple[str, ...] = ()
    expects: tuple[str, ...] = ()
    on: dict[str, str] = {}
    end: bool = False


class Flow(_Strict):
    """States in order; the first is where a call begins. `must` are steps that have to be said in every call."""

    states: tuple[State, ...]
    must: tuple[str, ...] = ()

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
