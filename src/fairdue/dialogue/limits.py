"""Why a line may not be said just now: the answer to "why not that"."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from fairdue.core.text import Text
from fairdue.playbook import PLACEHOLDERS, PROVEN, Library, Line, Rendered, RenderValues, render
from fairdue.playbook.schema import CEILING

from .duties import missing_before, step_name
from .moment import Moment
from .reflexes import reflexes

Guard = Callable[[str, str, str, Mapping[str, Any]], Iterable[tuple[str, str]]]
"""`(text, channel, party, facts)` → (label, why) of each red line in it; the caller brings it."""

VERDICTS = 8192
CONSENT = frozenset({"customer_consent_disclose"})


@dataclass(frozen=True, slots=True)
class HeldBack:
    """A line that comes into question and is not offered. `code` is stable: product identity disclosure plan stopped
    hostile ceiling pressure strategy order said fact guard."""

    line: Line
    code: str
    reason: Text


def held_by_rule(line: Line, moment: Moment, library: Library) -> HeldBack | None:
    """The first rule that keeps the line back, judged without its facts; None when all allow it."""
    for check in (_product, _who, _plan, _stopped, _pressure, _order):
        held = check(line, moment, library)
        if held is not None:
            return HeldBack(line, *held)
    return None


_Held = tuple[str, Text] | None


def _product(line: Line, moment: Moment, _library: Library) -> _Held:
    if line.products and moment.state.product not in line.products:
        return "product", Text("不是给这个产品的话。", "It is not for this product.")
    return None


def _who(line: Line, moment: Moment, _library: Library) -> _Held:
    if not line.debt_facts:
        return None
    if moment.mode in ("third", "wrong", "crisis") or moment.state.side == "family":
        return "disclosure", Text(
            "它说到债务,现在接电话的人不能听。", "It tells of the debt to somebody who may not hear it."
        )
    if not moment.state.verified:
        return "identity", Text(
            "还没确认是本人,不能说到债务。", "Identity is not confirmed; nothing about the debt yet."
        )
    return None


def _plan(line: Line, moment: Moment, _library: Library) -> _Held:
    if "plan" in line.needs and not moment.plan_due and moment.mode == "normal":
        return "plan", Text(
            "分期安排不作开场:等客户说到困难、问到分期,或第二次推托以后再拿出来。",
            "The plan is no first word: after hardship, a question for it, or the second refusal.",
        )
    return None


def _stopped(line: Line, moment: Moment, _library: Library) -> _Held:
    if moment.mode == "normal" or not (line.pressure or line.deadline):
        return None
    if moment.mode == "stop":
        return "stopped", Text("催收已停,不施压、不定期限。", "Collection has stopped: no pressure, no deadline.")
    return "stopped", Text("现在不催收。", "This is no moment to collect.")


def _pressure(line: Line, moment: Moment, _library: Library) -> _Held:
    if line.pressure <= moment.most:
        return None
    ceiling = CEILING.get(moment.state.stage, 0)
    if moment.hostile:
        return "hostile", Text("对方正在气头上,这一句先不施压。", "They are angry just now; no pressure in this turn.")
    if line.pressure > ceiling:
        return "ceiling", Text(
            f"力度 {line.pressure} 超过本阶段上限 {ceiling}。",
            f"Pressure {line.pressure} is above the stage's {ceiling}.",
        )
    if moment.listening:
        return "strategy", Text("多次爽约以后先问、先听,力度不上去。", "After broken promises ask and listen first.")
    return "pressure", Text(
        f"现在说太重:上一句力度 {moment.state.pressure},最多升一级,这一句是 {line.pressure}。",
        f"Too hard now: the last line pressed {moment.state.pressure}, one step up is the most, this one is {line.pressure}.",
    )


def _order(line: Line, moment: Moment, library: Library) -> _Held:
    if not line.step or moment.mode != "normal":
        return None
    missing = missing_before(line.step, moment.state, library)
    if not missing:
        return None
    name = step_name(missing[0], library)
    return "order", Text(f"要先:{name.zh}。", f"First: {name.en}.")


def already_said(line: Line) -> HeldBack:
    """Kept back because there is something new to say."""
    return HeldBack(
        line, "said", Text("这一句已经说过,先用没说过的。", "It was said already; something new comes first.")
    )


def fill(line: Line, moment: Moment, values: RenderValues) -> Rendered | HeldBack:
    """The line's words, or why they cannot be said: a fact is missing, or they would tell somebody who may not know."""
    rendered, unfilled = render(line, values)
    if rendered is None:
        names = [name for name in dict.fromkeys(finding.place.field or "" for finding in unfilled) if name]
        zh, en = "、".join(_fact(n).zh for n in names), ", ".join(_fact(n).en for n in names)
        return HeldBack(line, "fact", Text(f"缺:{zh}。", f"Missing: {en}."))
    known = reflexes()
    hears_debt = moment.mode in ("normal", "stop") and moment.state.verified and moment.state.side == "customer"
    consent = CONSENT & set(line.needs) & values.proven
    if not hears_debt and not consent and known.debt_words.search(rendered.text):
        if moment.mode == "crisis":
            return HeldBack(line, "stopped", Text("现在一个字不提债务。", "No word about the debt now."))
        if moment.state.side == "customer" and moment.mode != "wrong":
            reason = Text("还没确认是本人,话里不能带出债务。", "Identity is not confirmed; the words hint at the debt.")
            return HeldBack(line, "identity", reason)
        return HeldBack(line, "disclosure", Text("话里会让人听出债务。", "The words would give the debt away."))
    return rendered


def _fact(name: str) -> Text:
    if name in PROVEN:
        return PROVEN[name]
    return PLACEHOLDERS[name].meaning if name in PLACEHOLDERS else Text(name, name)


def live_facts(line: Line, moment: Moment, values: RenderValues) -> dict[str, Any]:
    """The facts (labels.md) under which the guard reads an offer: who hears it, what is proven, what was asked of us."""
    state = moment.state
    facts: dict[str, Any] = {
        "identity_verified": state.verified,
        "own_number": state.side == "customer",
        "contact_is_agency": state.agency,
    }
    if values.quote is not None:
        facts["amount_due"] = -(-values.quote.total_fen // 100)
    at_hand = {*state.heard, *moment.acts, *state.situations, *([moment.situation.id] if moment.situation else [])}
    facts |= {fact: True for name, fact in reflexes().guard_facts.items() if name in at_hand}
    return facts | dict.fromkeys(sorted(values.proven), True) | dict.fromkeys(line.needs, True)


@lru_cache(maxsize=VERDICTS)
def _verdict(
    guard: Guard, text: str, channel: str, party: str, facts: tuple[tuple[str, Any], ...]
) -> tuple[tuple[str, str], ...]:
    return tuple(guard(text, channel, party, dict(facts)))


def red_lines(
    line: Line, rendered: Rendered, moment: Moment, values: RenderValues, guard: Guard
) -> tuple[tuple[str, str], ...]:
    """The guard's (label, why) of the words as they would be said; verdicts are remembered per text and facts."""
    facts = tuple(sorted(live_facts(line, moment, values).items()))
    return _verdict(guard, rendered.text, "call", line.party, facts)


def held_by_guard(
    line: Line, rendered: Rendered, moment: Moment, values: RenderValues, guard: Guard
) -> HeldBack | None:
    """The line held back for the guard's first objection; None when it has none."""
    for label, why in red_lines(line, rendered, moment, values, guard):
        return HeldBack(line, "guard", Text(f"红线 {label}:{why}", f"Red line {label}: {why}"))
    return None
