"""From the night's reason codes to sentences."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from fairdue.core.money import format_grouped
from fairdue.core.text import Text

from .packs import load_stage_names

_TASKS = {
    "promise_check": Text(
        "客户承诺今天还 {amount},{when} 前核对是否到账", "Promised {amount} for today: check by {when} whether it came"
    ),
    "callback": Text("约好 {when} 回电", "Call back agreed for {when}"),
    "plan_check": Text("分期款 {amount} 到期,{when} 前核对", "Plan part of {amount} falls due: check by {when}"),
    "paid_check": Text("客户称已还款,{when} 前核实", "Says it is paid: verify by {when}"),
    "review": Text("主管交办,{when} 前处理", "Asked for by the lead: see to it by {when}"),
}
_OUT = {
    "hold": Text("有停催事项", "on hold"),
    "do_not_contact": Text("标记为不联系", "marked do not contact"),
    "effective_cap": Text("今天的有效通话次数已用完", "no effective call is left for today"),
    "unanswered_cap": Text("同一号码今天的未接通次数已用完", "no further unanswered attempt on that number today"),
    "nothing_due": Text("现在没有应还金额", "nothing is due now"),
    "no_room": Text("今天名单已满", "today's lists are full"),
}


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def render_reason(reason: Mapping[str, Any]) -> Text:
    """Why the customer is on the list. `reason` is the JSON object stored with the entry."""
    code = str(reason.get("code", ""))
    amount = format_grouped(int(reason.get("amount_fen") or 0))
    if code in _TASKS:
        when = str(reason.get("when") or "")
        values = {"amount": amount, "when": when}
        return Text(_TASKS[code].zh.format(**values), _TASKS[code].en.format(**values))
    accounts = int(reason.get("accounts") or 1)
    dpd = int(reason.get("dpd") or 0)
    stage = load_stage_names().get(str(reason.get("stage")), Text("未逾期", "Not late"))
    zh = f"逾期 {dpd} 天,应还 {amount}" if dpd else f"{stage.zh},应还 {amount}"
    en = f"{_count(dpd, 'day')} late, {amount} due" if dpd else f"{stage.en}, {amount} due"
    if accounts > 1:
        zh, en = f"{zh},共 {accounts} 笔", f"{en}, {accounts} debts"
    if reason.get("broken"):
        zh, en = f"{zh};曾爽约 {reason['broken']} 次", f"{en}; {_count(int(reason['broken']), 'broken promise')}"
    if reason.get("best_hour") is not None:
        hour = int(reason["best_hour"])
        zh, en = f"{zh};{hour} 点较易接通", f"{en}; picks up around {hour}:00"
    return Text(zh, en)


def render_rank(reason: Mapping[str, Any], rank: int) -> Text:
    """Why at this rank: tasks first, then what a call today is expected to bring beyond waiting."""
    if str(reason.get("code", "")) in _TASKS:
        return Text(f"第 {rank} 位:今天到期的约定排在最前", f"#{rank}: agreements that fall due today come first")
    stage = load_stage_names().get(str(reason.get("stage")), Text("", ""))
    gain = format_grouped(int(reason.get("gain_fen") or 0))
    percent = int(reason.get("gain_ppm") or 0) // 1000
    share = f"{percent // 10}.{percent % 10}%"
    zh = f"第 {rank} 位:{stage.zh},打这通电话预计多收 {gain}(应还 × {share})"
    en = f"#{rank}: {stage.en}; a call today is worth about {gain} (due × {share})"
    if reason.get("kept_agent"):
        zh, en = f"{zh};由上次联系的同事继续", f"{en}; stays with the colleague who spoke last"
    return Text(zh, en)


def render_left_out(code: str) -> Text:
    """Why a customer is not on any list today."""
    return _OUT.get(code, Text(code, code))
