"""Standing facts: what must be known, where a number comes from, what the person refused, what stops collection."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fairdue.core.text import Text

from ..moment import Moment
from ..request import HOLDS, SOURCES, Request
from ..schema import Params
from .found import Check, Found, ParamError, broken, kept, missing

Known = Callable[[Request], Any]

FACTS: dict[str, tuple[Known, Text]] = {
    "zone": (lambda r: r.zones, Text("当事人时区", "the person's time zone")),
    "role": (lambda r: r.role, Text("对方身份", "the role of the person")),
    "channel": (lambda r: r.channel, Text("联系渠道", "the channel")),
    "purpose": (lambda r: r.purpose, Text("联系目的", "the purpose")),
    "mode": (lambda r: r.mode, Text("联系方式（告知/交互）", "the mode (notify or interactive)")),
    "source": (lambda r: r.line_source, Text("号码或地址的来源", "where the number or address comes from")),
    "line": (lambda r: r.line_id, Text("号码标识", "the id of the number")),
    "debtor": (lambda r: r.debtor_id, Text("债务人标识", "the debtor's id")),
    "debt": (lambda r: r.debt_id, Text("债务标识", "the debt's id")),
    "product": (lambda r: r.product, Text("产品", "the product")),
}
"""Facts that a pack may require, how they are found, and their names."""


def facts(params: Params) -> Check:
    """Everything that the pack's rules need must be there (`needs`): unknown denies."""
    unknown = [name for name in params.get("needs", ()) if name not in FACTS]
    if unknown or not params.get("needs"):
        raise ParamError(f"needs must be names out of {', '.join(FACTS)}; {', '.join(unknown) or 'nothing'} is not")
    needs = [(FACTS[name][0], missing(FACTS[name][1].zh, FACTS[name][1].en)) for name in params["needs"]]
    there = kept("所需事实齐全。", "All needed facts are there.")

    def check(request: Request, moment: Moment) -> Found | None:
        for known, absent in needs:
            if not known(request):
                return absent
        return there

    return check


def source(params: Params) -> Check:
    """The number or address comes from one of the lawful sources (`allowed`)."""
    allowed = frozenset(params.get("allowed", ()))
    if not allowed or allowed - SOURCES:
        raise ParamError(f"allowed must be names out of {', '.join(sorted(SOURCES))}")
    unknown = missing("号码来源", "the source of the number")
    fine = kept("号码来自合法渠道。", "The number comes from a lawful source.")
    no = broken("号码来源不在合法渠道之内。", "The number does not come from a lawful source.")

    def check(request: Request, moment: Moment) -> Found | None:
        if request.line_source is None:
            return unknown
        return fine if request.line_source in allowed else no

    return check


def line_valid(params: Params) -> Check:
    """Not a number known to be wrong or out of service."""
    no = broken("此号码已标记为空号或错号。", "This number is marked as wrong or out of service.")

    def check(request: Request, moment: Moment) -> Found | None:
        return no if request.line.get("valid") is False else None

    return check


def workplace(params: Params) -> Check:
    """No contact at a workplace that forbids it, or (`always: true`) at any workplace."""
    always = params.get("always") is True
    forbidden = broken("单位不允许在工作场所联系。", "The employer does not allow contact at work.")
    never = broken("不得联系工作场所。", "No contact at the workplace.")
    fine = kept("单位没有禁止联系。", "The employer did not forbid contact.")

    def check(request: Request, moment: Moment) -> Found | None:
        if request.line_kind != "office":
            return None
        if always:
            return never
        return forbidden if request.line.get("employer_prohibits") is True else fine

    return check


def opt_out(params: Params) -> Check:
    """A channel that the person does not want."""
    no = broken("对方不接受这种联系方式。", "The person opted out of this channel.")
    fine = kept("对方没有拒绝这种联系方式。", "The person did not opt out of this channel.")

    def check(request: Request, moment: Moment) -> Found | None:
        return no if request.channel in request.opt_outs else fine

    return check


def hold(params: Params) -> Check:
    """A hold stops collection on every channel; a dispute lets the reply to it through, a lawyer may be written to."""
    name = params.get("hold")
    if name not in HOLDS or not params.get("zh") or not params.get("en"):
        raise ParamError(f"hold must be one of {', '.join(sorted(HOLDS))}, with its sentence in zh and en")
    stops = broken(params["zh"], params["en"])
    purposes = frozenset({"dispute_reply"} if name == "dispute" else ())
    roles = frozenset({"lawyer"} if name == "lawyer" else ())

    def check(request: Request, moment: Moment) -> Found | None:
        if name not in request.holds or request.purpose in purposes or request.role in roles:
            return None
        return stops

    return check


def limitation(params: Params) -> Check:
    """The limitation period has passed: contact is allowed, words about suing are not (`zh`, `en`). Only speaks, never bars."""
    if not params.get("zh") or not params.get("en"):
        raise ParamError("limitation needs its sentence in zh and en")
    speaks = kept(params["zh"], params["en"])

    def check(request: Request, moment: Moment) -> Found | None:
        return speaks if request.debt.get("limitation_passed") is True else None

    return check


def consent_needed(params: Params) -> Check:
    """The channel needs a consent (`consents`, one is enough).

    With `inbound_days` a message from the person on the same line at most so many local days ago, in every plausible zone,
    is a basis as well (US text messages, 12 CFR 1006.6(d)(5)).
    """
    needed, days = frozenset(params.get("consents", ())), params.get("inbound_days")
    if not needed:
        raise ParamError("consents must name at least one consent")
    fine = kept("有对方的同意。", "The person consented.")
    wrote = kept("对方近期用这个号码发来过消息。", "The person wrote from this number recently.")
    no = broken("没有对方对这种联系方式的有效同意。", "There is no current consent to this kind of contact.")

    def check(request: Request, moment: Moment) -> Found | None:
        if needed & request.consents:
            return fine
        if days is not None and request.zones:
            for row in request.history.between(*moment.days(days + 1)):
                own = row.debtor is None or row.debtor == request.debtor_id
                same = row.channel == request.channel and row.line is not None and row.line == request.line_id
                if row.direction == "in" and own and same and moment.days_since(row.stamp) <= days:
                    return wrote
        return no

    return check
