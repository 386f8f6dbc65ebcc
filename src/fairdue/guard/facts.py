"""Findings that need the facts: an amount that is not so, the hour, rights that were ignored, disclosures left out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import time
from typing import Any

from fairdue.core.text import Text

from .normalise import Plain

Evidence = tuple[str, tuple[int, int], Text, str]
"""Label id, span in the plain text, evidence, layer."""

DEBT = re.compile(r"欠款|逾期|还款|欠了|欠着|欠我|欠银行|账单|贷款|应还|未还")
EARLY = re.compile(
    DEBT.pattern
    + r"|没还|借款|借的钱|分期|话费|扣(不到|不上|不了)|欠(的|费)|(?<!转)(一笔|有笔|那笔)(钱|款|账|债)|催收|滞纳金|违约金"
)
"""Words that give the debt away before anybody knows who is listening."""
DEMAND = re.compile(
    r"(必须|赶紧|赶快|马上|立刻|立即|尽快|今天(之内|以内|内|就|必须|得)|限你|限您|要求你|要求您|请(您|你)?(于|在)?.{0,8})[^。!?;]{0,8}"
    r"(还|付清|处理|结清|打款|存入)"
)
STOPPED = {
    "opt_out": Text("对方已要求停止联系", "they asked not to be contacted"),
    "attorney_known": Text("客户已委托律师", "a lawyer acts for the customer"),
    "plan_active": Text("协商还款协议正在履行", "a payment plan is being kept"),
    "payment_claimed": Text("客户称已还款,尚未核实", "a payment is claimed and unchecked"),
    "dispute_open": Text("异议尚在核实", "a dispute is open"),
    "complaint_open": Text("投诉尚在处理", "a complaint is open"),
    "self_harm_flag": Text("客户流露过轻生念头", "the customer spoke of self-harm"),
}
AMOUNT = re.compile(r"(?:欠|应还|一共|总共|总额|合计|本息)[^。!?;\d]{0,8}(\d[\d,]*(?:\.\d{1,2})?)\s*(万)?元?")
INSTITUTION = re.compile(
    r"银行|公司|金融|消金|小贷|信托|保险|通信|移动|联通|电信|宽带|信用卡中心|服务中心|集团|合作社|农信|支付"
)
SPEAKER = re.compile(
    r"我姓|免贵|工号|姓[一-鿿](?![一-鿿]?名)|我叫|叫我|我是小[一-鿿]|的?小[一-鿿](?=[,，。、:：]|$)|(专员|客服|坐席|座席|客户经理|主任|组长)[一-鿿]"
    r"|智能语音|语音机器人|智能客服|数字员工|虚拟客服"
)
"""A name, a number or what stands for one; a machine says that it is a machine."""
RECORDING = re.compile(r"录音")
CHANNEL = re.compile(r"客户端|手机银行|网银|官方|柜台|官网|App|APP|公众号|营业网点")
OBJECTION = re.compile(r"疑问|异议|投诉|核实|客服|热线|申诉")


def _hour(value: Any) -> time | None:
    match = re.search(r"(\d{1,2}):(\d{2})", str(value or ""))
    if match is None or int(match[1]) > 23 or int(match[2]) > 59:
        return None
    return time(int(match[1]), int(match[2]))


def _agreed(window: Any, moment: time) -> bool:
    """Whether the hour lies in what was agreed: a pair of times, `"22:00-23:30"`, or simply true."""
    if window is True:
        return True
    edges = window if isinstance(window, list | tuple) else re.findall(r"\d{1,2}[:：]\d{2}", str(window or ""))
    hours = [_hour(str(edge).replace("：", ":")) for edge in edges]
    if len(hours) != 2 or hours[0] is None or hours[1] is None:
        return False
    start, end = hours[0], hours[1]
    return start <= moment < end if start < end else moment >= start or moment < end


def _late(facts: Mapping[str, Any], whole: tuple[int, int]) -> Iterator[Evidence]:
    moment = _hour(facts.get("local_time"))
    if moment is None or time(8) <= moment < time(22):
        return
    if _agreed(facts.get("agreed_window"), moment):
        return
    evidence = Text(f"对方当地时间 {moment:%H:%M}。", f"it is {moment:%H:%M} where they are.")
    yield "V15", whole, evidence, "clock"


def _amount(plain: Plain, facts: Mapping[str, Any]) -> Iterator[Evidence]:
    due = facts.get("amount_due")
    if isinstance(due, bool) or not isinstance(due, int | float):
        return
    for match in AMOUNT.finditer(plain.text):
        said = float(match[1].replace(",", "")) * (10_000 if match[2] else 1)
        if said > due + 1:
            evidence = Text(f"说 {said:.2f} 元,实为 {due:.2f} 元。", f"said {said:.2f}, the truth is {due:.2f}.")
            yield "V19", match.span(), evidence, "facts"


def _ignored(plain: Plain, facts: Mapping[str, Any]) -> Iterator[Evidence]:
    demand = DEMAND.search(plain.text)
    for name, reason in STOPPED.items():
        if demand and facts.get(name) is True and not (name == "plan_active" and facts.get("plan_breach") is True):
            yield "V25", demand.span(), Text(f"{reason.zh},仍在催。", f"{reason.en}, yet payment is pressed."), "facts"
            return


def _missing(plain: Plain, party: str | None, facts: Mapping[str, Any], whole: tuple[int, int]) -> Iterator[Evidence]:
    text = plain.text
    debt = DEBT.search(text)
    if facts.get("whole_opening") is True and not (INSTITUTION.search(text) and SPEAKER.search(text)):
        yield (
            "M01",
            whole,
            Text("开场没有说清机构和自己。", "the opening names no institution or no person."),
            "disclosure",
        )
    early = EARLY.search(text)
    if facts.get("identity_verified") is False and party in (None, "customer") and early:
        yield "M02", early.span(), Text("还没核实身份就说了债务。", "the debt came before the identity."), "disclosure"
    if facts.get("whole_opening") is True and facts.get("call_recorded") is True and not RECORDING.search(text):
        yield (
            "M03",
            whole,
            Text("开场没有告知录音。", "the opening does not say that the call is recorded."),
            "disclosure",
        )
    if facts.get("whole_message") is True and debt and not (CHANNEL.search(text) and OBJECTION.search(text)):
        evidence = Text("没有官方渠道或提出异议的途径。", "no official channel, or no way to object.")
        yield "M04", whole, evidence, "disclosure"


def check_facts(plain: Plain, party: str | None, facts: Mapping[str, Any]) -> Iterator[Evidence]:
    """Everything that the words and the facts together show; spans are in the plain text."""
    whole = (0, len(plain.text))
    yield from _late(facts, whole)
    yield from _amount(plain, facts)
    yield from _ignored(plain, facts)
    yield from _missing(plain, party, facts, whole)
