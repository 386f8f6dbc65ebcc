"""How a call turns: which acts change its mode, which count as a refusal, when the plan is due (packs/guidance.yaml).

Modes, the strongest first: `crisis` (a person may be in danger), `wrong` (not the customer's number), `third` (somebody
else is speaking), `stop` (collection stops, the matter itself comes first), `normal`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fairdue.core.text import Text
from fairdue.packs import PACKS, read_yaml

MODES = ("crisis", "wrong", "third", "stop", "normal")


def names(act: str, listed: frozenset[str]) -> bool:
    """True when the act or its group stands in the list."""
    return act in listed or act.split(".", maxsplit=1)[0] in listed


@dataclass(frozen=True, slots=True)
class Reflexes:
    """The file as sets of acts, groups and situations; `debt_words` is what nobody but the customer may hear."""

    mode_acts: Mapping[str, frozenset[str]]
    mode_situations: Mapping[str, frozenset[str]]
    third_groups: frozenset[str]
    as_customer: Mapping[str, str]
    reveals_not: frozenset[str]
    hostile: frozenset[str]
    promise: frozenset[str]
    refusal: frozenset[str]
    not_refusal: frozenset[str]
    plan: frozenset[str]
    gentle: frozenset[str]
    moves_on: frozenset[str]
    broken_from: int
    broken_source: str
    broken_answers: tuple[str, ...]
    broken_for: frozenset[str]
    debt_words: re.Pattern[str]
    guard_facts: Mapping[str, str]
    steps: Mapping[str, Text]
    levers: Mapping[str, Text]

    def meant(self, acts: Sequence[str], verified: bool) -> tuple[str, ...]:
        """The acts as this speaker means them, each once: a proven customer is not a third party."""
        if not verified:
            return tuple(dict.fromkeys(acts))
        return tuple(dict.fromkeys(self.as_customer.get(act, act) for act in acts))

    def refuses(self, acts: Sequence[str]) -> bool:
        """True when one of the acts is a refusal or a stall."""
        return any(names(act, self.refusal) and act not in self.not_refusal for act in acts)

    def wants_plan(self, acts: Sequence[str]) -> bool:
        """True when one of the acts asks for the plan, or tells of hardship."""
        return any(names(act, self.plan) for act in acts)

    def is_hostile(self, acts: Sequence[str]) -> bool:
        """True when one of the acts brings the pressure down."""
        return any(act in self.hostile for act in acts)


def _texts(raw: Mapping[str, Any]) -> dict[str, Text]:
    return {key: Text(row["zh"], row["en"]) for key, row in raw.items()}


@lru_cache(maxsize=1)
def reflexes() -> Reflexes:
    """The reflexes that ship, read once."""
    raw = read_yaml(PACKS / "guidance.yaml")
    modes = raw["modes"]
    plain = ("reveals_not", "hostile", "promise", "refusal", "not_refusal", "plan", "gentle", "moves_on")
    broken = raw["broken"]
    return Reflexes(
        mode_acts={mode: frozenset(row.get("acts", ())) for mode, row in modes.items()},
        mode_situations={mode: frozenset(row.get("situations", ())) for mode, row in modes.items()},
        third_groups=frozenset(modes["third"]["hints_at"]),
        as_customer=dict(raw["as_customer"]),
        **{name: frozenset(raw[name]) for name in plain},
        broken_from=broken["from"],
        broken_source=broken["source"],
        broken_answers=tuple(broken["answers"]),
        broken_for=frozenset(broken["for"]),
        debt_words=re.compile(raw["debt_words"]),
        guard_facts=dict(raw["guard_facts"]),
        steps=_texts(raw["steps"]),
        levers=_texts(raw["levers"]),
    )


def mode_of(party: str, heard: Sequence[str], situations: Sequence[str]) -> str:
    """The mode of a call from who is on the line, all that was heard in order, and the special accounts at hand."""
    known = reflexes()

    def turned(mode: str) -> bool:
        told = any(act in known.mode_acts[mode] for act in heard)
        return told or any(name in known.mode_situations[mode] for name in situations)

    if turned("crisis"):
        return "crisis"
    who = [act for act in heard if act.startswith("identity.") and _says_who(act)]
    if who and who[-1] in known.mode_acts["wrong"]:
        return "wrong"
    if party == "family":
        return "third"
    return "stop" if turned("stop") else "normal"


def _says_who(act: str) -> bool:
    known = reflexes()
    return act == "identity.confirm" or act in known.mode_acts["wrong"] or act in known.mode_acts["third"]


def says_third(act: str, verified: bool) -> bool:
    """True when an act shows that somebody else is speaking; weak signs count only until the customer is proven."""
    known = reflexes()
    return act in known.mode_acts["third"] or (not verified and act.split(".", maxsplit=1)[0] in known.third_groups)
