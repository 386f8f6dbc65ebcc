"""The verdict on one call."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from fairdue.core.money import format_plain
from fairdue.core.text import Text
from fairdue.dialogue import load_recogniser
from fairdue.guard import RedLine, check_text
from fairdue.guard.facts import CHANNEL, INSTITUTION, OBJECTION, RECORDING, SPEAKER

from .scorecard import load_scorecard, score
from .speech import Span, speech_figures
from .when import find_amount, find_date, find_time

DEBT = re.compile(r"欠款|欠了|逾期|账单|应还|还款|贷款|信用卡(?!中心)|\d+元")
ASKS_NAME = re.compile(r"(是.{1,6}(本人|先生|女士)|您是.{1,6}吗|请问是)")
YES = re.compile(
    r"[喂嗯哦啊哎诶噢唉欸,，。、!！… ]*(是(?!谁|哪|什么|不是)|对(?!方|不起)|没错|我就是|我是|本人|就是我|嗯+[。，!！]?$)"
)
"""A turn that begins with yes."""
REASON = re.compile(r"原因|为什么|怎么回事|遇到什么|什么情况|方便说说")
COURTESY = re.compile(r"谢谢|感谢|再见|打扰|祝您|抱歉|不好意思")
STOPS = {
    "rights.stop_contact": "opt_out",
    "rights.lawyer": "attorney_known",
    "pay.claimed": "payment_claimed",
    "dispute.amount": "dispute_open",
    "dispute.identity_theft": "dispute_open",
    "vulnerable.self_harm": "self_harm_flag",
}
"""What the other side says, and the fact it proves for the rest of the call: pressing on is then a breach (V25)."""
CONFIRMS = frozenset({"identity.confirm"})

WEIGHTY = (
    ("vulnerable.", "vulnerable"),
    ("identity.deny", "wrong_number"),
    ("third_party.offer_pay", "third_party_offer"),
    ("third_party.relay_yes", "message_left"),
    ("pay.claimed", "paid_claimed"),
    ("dispute.identity_theft", "dispute"),
)
"""Acts that make the outcome wherever in the call they occur, the weightiest first."""
CLEAR = (
    ("rights.complaint", "complaint"),
    ("dispute.", "dispute"),
    ("pay.now", "ptp"),
    ("pay.date", "ptp"),
    ("ask.plan", "plan"),
    ("ask.callback", "callback"),
    ("hardship.", "hardship"),
    ("refuse.flat", "refused"),
)
"""Acts of which the last in the call counts: people come round, or change their minds."""


class CallError(ValueError):
    """The call cannot be judged; the message names the field and what is expected."""


@dataclass(frozen=True)
class Verdict:
    """The verdict in formats.md form, see `as_dict`."""

    id: Any
    violations: tuple[tuple[int, RedLine], ...]
    missing: tuple[str, ...]
    identity_first: bool
    acts: tuple[tuple[int, tuple[str, ...]], ...]
    outcome: str
    promise: dict[str, Any] | None
    band: str
    score: int
    speech: dict[str, float | None]
    summary: str

    def as_dict(self) -> dict[str, Any]:
        """JSON form."""
        return {
            "id": self.id,
            "violations": [
                {"turn": turn, "label": f.label, "span": list(f.span), "cites": list(f.cites)}
                for turn, f in self.violations
            ],
            "missing": list(self.missing),
            "identity_verified_before_debt": self.identity_first,
            "acts": [{"turn": turn, "acts": list(acts)} for turn, acts in self.acts],
            "outcome": self.outcome,
            "promise": self.promise,
            "score": self.score,
            "band": self.band,
            "speech": self.speech,
            "summary": self.summary,
        }


def _turns(call: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    turns = call.get("turns")
    if not isinstance(turns, Sequence) or isinstance(turns, str) or not turns:
        raise CallError("turns: a list of turns with role, start, end and text is needed")
    for index, turn in enumerate(turns):
        if (
            not isinstance(turn, Mapping)
            or turn.get("role") not in ("agent", "customer")
            or not isinstance(turn.get("text"), str)
        ):
            raise CallError(f"turns[{index}]: role must be agent or customer, and text a text")
        times = (turn.get("start"), turn.get("end"))
        if any(isinstance(t, bool) or not isinstance(t, int | float) for t in times) or times[1] < times[0]:  # type: ignore[operator]
            raise CallError(f"turns[{index}]: start and end must be seconds, end not before start")
    return list(turns)


def _started(call: Mapping[str, Any]) -> datetime:
    try:
        return datetime.fromisoformat(call["start_local"])
    except (KeyError, TypeError, ValueError) as exc:
        raise CallError("start_local: an ISO local time such as 2026-03-02T10:15:00 is needed") from exc


def review_call(call: Mapping[str, Any]) -> Verdict:
    """Judge one call (formats.md). Raises `CallError` when it cannot be judged at all."""
    turns, start = _turns(call), _started(call)
    party = call.get("party") or "customer"
    facts: dict[str, Any] = {"contact_is_agency": call.get("agency") is True, **(call.get("facts") or {})}
    model = load_recogniser()
    acts: list[tuple[int, tuple[str, ...]]] = []
    violations: list[tuple[int, RedLine]] = []
    verified_at: int | None = None
    debt_at: int | None = None
    asked = False
    for index, turn in enumerate(turns):
        if turn["role"] == "customer":
            found = tuple(a for a in model.recognise(turn["text"], party).multi)
            acts.append((index, found))
            facts |= {STOPS[act]: True for act in found if act in STOPS}
            if verified_at is None and asked and (set(found) & CONFIRMS or YES.match(turn["text"])):
                verified_at = index
            continue
        asked = asked or bool(ASKS_NAME.search(turn["text"]))
        if debt_at is None and DEBT.search(turn["text"]):
            debt_at = index
        violations += [(index, f) for f in check_text(turn["text"], "call", party, facts)]
    if not 8 <= start.hour < 22:
        night = check_hours(start)
        first = next((i for i, t in enumerate(turns) if t["role"] == "agent"), 0)
        violations.insert(0, (first, night))
    identity_first = debt_at is None or (party == "customer" and verified_at is not None and verified_at < debt_at)
    outcome = _outcome([found for _index, found in acts])
    missing = _missing(turns, party, identity_first, outcome)
    promise = _promise(turns, start) if outcome in ("ptp", "plan") else None
    band = _band(violations, missing)
    agent = [t for t in turns if t["role"] == "agent"]
    spans: dict[str, list[Span]] = {
        role: [(float(t["start"]), float(t["end"])) for t in turns if t["role"] == role]
        for role in ("agent", "customer")
    }
    speech = speech_figures(spans["agent"], spans["customer"], "".join(t["text"] for t in agent)).as_dict()
    points = score(load_scorecard(), _failed(agent, violations, missing, outcome, band))
    return Verdict(
        call.get("id"),
        tuple(violations),
        missing,
        identity_first,
        tuple(acts),
        outcome,
        promise,
        band,
        points,
        speech,
        _summary(band, violations, missing, promise),
    )


def check_hours(start: datetime) -> RedLine:
    """The finding for a call at night (GB/T 45251-2025 5.3)."""
    why = Text(
        f"通话开始于 {start:%H:%M},在 22 时至次日 8 时之间。",
        f"The call began at {start:%H:%M}, between 22:00 and 08:00.",
    )
    return RedLine("V15", "high", (0, 0), why, ("CN-GBT-01", "CN-CBA-01"), None, "clock")


def _missing(turns: Sequence[Mapping[str, Any]], party: str, identity_first: bool, outcome: str) -> tuple[str, ...]:
    said = "。".join(t["text"] for t in turns if t["role"] == "agent")
    out = []
    if not (INSTITUTION.search(said) and SPEAKER.search(said)):
        out.append("M01")
    if not identity_first:
        out.append("M02")
    if not RECORDING.search(said):
        out.append("M03")
    stopped = outcome in ("vulnerable", "wrong_number", "dispute", "paid_claimed", "complaint", "hardship")
    if (
        party == "customer"
        and not stopped
        and DEBT.search(said)
        and not (CHANNEL.search(said) and OBJECTION.search(said))
    ):
        out.append("M04")
    return tuple(out)


def _failed(
    agent: Sequence[Mapping[str, Any]],
    violations: Sequence[tuple[int, RedLine]],
    missing: Sequence[str],
    outcome: str,
    band: str,
) -> frozenset[str]:
    """Codes of scorecard items that failed. `language` is fatal, so it fails on a critical finding only."""
    said = "。".join(t["text"] for t in agent)
    shown = {
        "institution": "M01" in missing,
        "identity": "M02" in missing,
        "recording": "M03" in missing,
        "channel": "M04" in missing or any(f.label in ("V16", "V22") for _turn, f in violations),
        "language": band == "fatal",
        "reason": outcome in ("none", "refused") and not REASON.search(said),
        "outcome": outcome == "none",
        "closing": not COURTESY.search(said) or any(f.severity == "high" for _turn, f in violations),
    }
    return frozenset(code for code, failed in shown.items() if failed)


def _outcome(turns: Sequence[Sequence[str]]) -> str:
    """The outcome from the acts of the other side's turns. A promise after a plan was asked for is the plan."""
    acts = [act for turn in turns for act in turn]
    for prefix, outcome in WEIGHTY:
        if any(act.startswith(prefix) for act in acts):
            return outcome
    for turn in reversed(turns):
        for prefix, outcome in CLEAR:
            if any(act.startswith(prefix) for act in turn):
                return "plan" if outcome == "ptp" and "ask.plan" in acts else outcome
    return "none"


def _promise(turns: Sequence[Mapping[str, Any]], start: datetime) -> dict[str, Any]:
    """Amount, date, time and channel: the latest that anyone named, relative dates seen from the day of the call."""
    found: dict[str, Any] = {"amount": None, "date": None, "time": None, "channel": None}
    for turn in turns:
        text = turn["text"]
        day, moment, amount = find_date(text, start.date()), find_time(text), find_amount(text)
        found["date"] = day.isoformat() if day else found["date"]
        found["time"] = moment.strftime("%H:%M") if moment else found["time"]
        found["amount"] = format_plain(amount) if amount else found["amount"]
        channel = CHANNEL.search(text)
        found["channel"] = channel[0] if channel else found["channel"]
    return found


def _band(violations: Sequence[tuple[int, RedLine]], missing: Sequence[str]) -> str:
    severities = {f.severity for _turn, f in violations}
    if "critical" in severities:
        return "fatal"
    if "high" in severities or {"M01", "M02"} & set(missing):
        return "poor"
    return "fair" if severities or missing else "good"


def _summary(
    band: str, violations: Sequence[tuple[int, RedLine]], missing: Sequence[str], promise: Mapping[str, Any] | None
) -> str:
    names = {
        "good": "这通电话没有问题。",
        "fair": "整体可以,有小处要补。",
        "poor": "有明显问题,需要改进。",
        "fatal": "触碰红线,本通不合格。",
    }
    parts = [names[band]]
    parts += [f"第 {turn + 1} 句:{f.why.zh}" for turn, f in violations[:3]]
    if missing:
        parts.append("缺少:" + "、".join(missing) + "。")
    if promise and promise["date"]:
        parts.append(f"客户约定 {promise['date']} 还款。")
    return "".join(parts)
