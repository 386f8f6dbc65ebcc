"""Plain words for what the gate decided: names, moments, what would have to change, and the one sentence on top.

Sentences are built here and not in templates, because their order differs between Chinese and English.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fairdue.core.dates import local
from fairdue.core.text import Text

CHANNELS: dict[str, Text] = {
    "voice_human": Text("人工电话", "call"),
    "voice_ai": Text("智能语音电话", "automatic call"),
    "sms": Text("短信", "text message"),
    "im": Text("即时消息", "instant message"),
    "email": Text("邮件", "e-mail"),
    "letter": Text("信函", "letter"),
    "visit": Text("外访", "visit"),
}
PURPOSES: dict[str, Text] = {
    "collect": Text("催收", "collection"),
    "relay": Text("请人转告", "passing a message on"),
    "ask_contact": Text("询问联系方式", "asking how to reach the customer"),
    "reminder": Text("还款提醒", "reminder"),
    "service": Text("客户服务", "service"),
    "dispute_reply": Text("答复异议", "answer to a dispute"),
}
MODES: dict[str, Text] = {
    "notify": Text("只告知", "notice only"),
    "interactive": Text("双方交谈", "conversation"),
}
VERDICTS: dict[str, Text] = {
    "pass": Text("允许", "Allowed"),
    "warn": Text("允许，有提醒", "Allowed, with warnings"),
    "deny": Text("不允许", "Refused"),
}
ROLES: dict[str, Text] = {
    "debtor": Text("客户本人", "the customer"),
    "guarantor": Text("担保人", "guarantor"),
    "spouse": Text("配偶", "spouse"),
    "family": Text("家人", "family member"),
    "friend": Text("朋友", "friend"),
    "colleague": Text("同事", "colleague"),
    "agreed_contact": Text("约定联系人", "agreed contact"),
    "heir": Text("继承人", "heir"),
    "lawyer": Text("律师", "lawyer"),
    "stranger": Text("无关的人", "a stranger"),
}
_ACTS: dict[str, Text] = {
    "voice_human": Text("打这个电话", "this call"),
    "voice_ai": Text("打这个智能语音电话", "this automatic call"),
    "sms": Text("发这条短信", "this text message"),
    "im": Text("发这条消息", "this message"),
    "email": Text("发这封邮件", "this e-mail"),
    "letter": Text("寄这封信", "this letter"),
    "visit": Text("做这次外访", "this visit"),
}
UNKNOWN_CHANNEL = Text("做这次联系", "this contact")


@dataclass(frozen=True, slots=True)
class Change:
    """What lifts a refusal: `time` alone or an event, in words, and who can bring it about."""

    time: bool
    what: Text
    who: Text


NOBODY = Text("不用谁处理，到时间即可", "nobody: the time has to come")
CUSTOMER = Text("客户本人", "the customer")
AGENT = Text("催收员", "the agent")
LEAD = Text("组长", "the team lead")
COMPLIANCE = Text("合规人员", "compliance")
REGISTRARS = Text("合规人员或管理员", "compliance or an administrator")

_COUNT = Change(
    True, Text("等已经计入的联系过了计数的时间", "The contacts that count have to be long enough ago"), NOBODY
)
_FACTS = Change(False, Text("补上缺少的资料，再申请一次", "What is missing has to be supplied, then ask again"), LEAD)
_NOTICE = Change(False, Text("先把该告知的内容寄给客户", "The notice that is due has to be sent first"), COMPLIANCE)

CHANGES: dict[str, Change] = {
    "hours": Change(
        True,
        Text(
            "等到客户当地允许联系的时间；或者客户本人约定了别的时间",
            "The permitted hours on the customer's own clock, or other hours that the customer agreed to",
        ),
        Text("不用谁处理；约定时间要客户本人同意", "nobody; other hours need the customer's word"),
    ),
    "days_closed": Change(True, Text("等到允许联系的日子", "A day on which contact is allowed"), NOBODY),
    "inconvenient": Change(True, Text("等到客户说方便的时间", "An hour that suits the customer"), NOBODY),
    "count": _COUNT,
    "who_pays": Change(
        False,
        Text(
            "改为联系债务人本人或合同担保人；其他人要先有承担债务的书面证据",
            "Speak to the debtor or a guarantor; anyone else only on written evidence that they owe",
        ),
        COMPLIANCE,
    ),
    "evidence": Change(
        False,
        Text("取得共债或继承遗产的书面证据", "Written evidence of a joint debt or of an estate"),
        COMPLIANCE,
    ),
    "contact_purpose": Change(
        False,
        Text("只请对方转告，或只问怎样联系客户", "Ask only to pass a message on or how to reach the customer"),
        AGENT,
    ),
    "allowed_roles": Change(False, Text("改为联系允许联系的人", "Speak to somebody who may be contacted"), AGENT),
    "lost_contact": Change(
        False,
        Text(
            "客户本人确实失联并有记录：连续打本人的电话都没接通，第二天起才可以找联系人",
            "The customer is lost and the record shows it: calls in a row that failed, then from the next day on",
        ),
        AGENT,
    ),
    "refusal": Change(
        False,
        Text("这位联系人本人主动同意再联系", "This person agrees, unasked, to be contacted again"),
        Text("这位联系人本人", "this person"),
    ),
    "debtor_able": Change(
        False,
        Text(
            "核实债务人的状态；按遗产或监护的程序办理",
            "Verify the debtor's status; go through the estate or the guardian",
        ),
        COMPLIANCE,
    ),
    "facts": _FACTS,
    "source": Change(
        False,
        Text(
            "换一个来源合法的号码，或补上来源证明", "Another line of lawful source, or proof of where this one is from"
        ),
        LEAD,
    ),
    "line_valid": Change(False, Text("核实并更新号码，或换一个号码", "Verify the number, or use another line"), LEAD),
    "workplace": Change(False, Text("换一个不是单位的号码", "Use a line that is not at work"), AGENT),
    "limitation": Change(
        False,
        Text("有时效中断的证明，或改用允许的说法", "Proof of interruption, or the words that are allowed"),
        COMPLIANCE,
    ),
    "consent_needed": Change(
        False, Text("先取得客户对这种方式的同意，留下记录", "The customer's recorded consent to this way"), CUSTOMER
    ),
    "agency_listed": Change(
        False,
        Text("机构上了公示名单并在机构登记里登记", "The agency is on the published list and the register says so"),
        REGISTRARS,
    ),
    "agency_contract": Change(
        False, Text("续签委托合同并更新机构登记", "A live contract, entered in the register"), REGISTRARS
    ),
    "agency_notice": Change(False, Text("把委外情况告知客户", "The customer is told of the placement"), COMPLIANCE),
    "placement": Change(
        False,
        Text(
            "由委托方把账户委托给这家机构，或由受托的机构联系",
            "The lender places the account with this agency, or the right one calls",
        ),
        COMPLIANCE,
    ),
    "certificate": Change(
        False,
        Text("完成培训并通过考试，登记证书", "Training and examination, and the certificate entered"),
        Text("培训人员和管理员", "the trainer and an administrator"),
    ),
    "visit_private": Change(
        False, Text("客户同意进入，或换一个公共场所", "Consent to enter, or a public place"), CUSTOMER
    ),
    "visit_staff": Change(False, Text("至少安排规定的人数同行", "As many staff as the rule asks for"), LEAD),
    "visit_recording": Change(False, Text("带上设备，全程录音录像", "Recording throughout"), LEAD),
    "validation": _NOTICE,
    "email_notice": _NOTICE,
    "transfer_notice": _NOTICE,
    "work_email": Change(False, Text("换一个私人邮箱", "Use a private address"), AGENT),
}
"""By the check that a rule names (policy/checks)."""

COUNTED: dict[str, Text] = {
    "effective": Text("接通了，双方都说了话，通话 {s} 秒，算一次", "put through, both sides spoke, {s} s: counts"),
    "put_through": Text("告知电话接通了，算一次", "the notification call was put through: counts"),
    "unanswered": Text("打了这个号码没有接通，算一次", "this number was tried and not put through: counts"),
    "letters": Text("间隔期内寄过信，计入", "a letter inside the interval: counts"),
    "visits_met": Text("外访见到了人，算一次", "somebody was met on the visit: counts"),
    "calls_placed": Text("打出过电话，不管接没接通都算", "a call was placed; it counts put through or not"),
    "conversations": Text("双方通过话，计入", "there was a conversation: counts"),
    "lost": Text(
        "打本人的电话没有接通，作为失联的记录", "a call to the customer that failed: shows the loss of contact"
    ),
}
RESERVED = Text("许可还开着，可能正在通话，先占一次", "its permit was still open, so it may be going on: counts")
COUNTED_ANYWAY = Text("按这条规则计入", "counts under this rule")
NOT_SPOKEN_OF = Text("没有哪条规则因为它而拒绝或提醒", "no rule refused or warned because of it")
OTHER_FILE = Text("同一个号码，另一位客户的档案", "the same number, in another customer's file")
GONE = Text("记录已不在系统里", "the record is no longer in the system")
OUTSIDE = Text("其他系统或机构", "another system or agency")


def moment(instant: datetime, zone: str, today: date) -> Text:
    """The instant on the wall clock of `zone`: 今天 / 明天 / 昨天 as seen from `today`, else the date."""
    there = local(instant, zone)
    clock = f"{there:%H:%M}"
    near = {
        today: Text(f"今天 {clock}", f"today at {clock}"),
        today + timedelta(days=1): Text(f"明天 {clock}", f"tomorrow at {clock}"),
        today - timedelta(days=1): Text(f"昨天 {clock}", f"yesterday at {clock}"),
    }.get(there.date())
    if near is not None:
        return near
    return Text(f"{there.year}年{there.month}月{there.day}日 {clock}", f"on {there:%Y-%m-%d} at {clock}")


def act(channel: str) -> Text:
    """What was asked for, as the object of a sentence."""
    return _ACTS.get(channel, UNKNOWN_CHANNEL)


def bare(text: Text) -> Text:
    """A sentence without its full stop, to stand inside another one."""
    zh, en = text.zh.strip().rstrip("。."), text.en.strip().rstrip(".")
    if re.match(r"[A-Z][a-z]|A ", en):
        en = en[0].lower() + en[1:]
    return Text(set_zh(zh), en)


_HAN = "一-鿿"
_FULL = {",": "，", ":": "：", ";": "；"}


def set_zh(text: str) -> str:
    """Half-width commas, colons and semicolons between Chinese characters in full width."""
    return re.sub(rf"(?<=[{_HAN}])([,:;]) ?|([,:;]) ?(?=[{_HAN}])", lambda m: _FULL[m[1] or m[2]], text)


def sentence_denied(
    when: Text, what: Text, whom: Text, reasons: Sequence[Text], earliest: Text | None, change: Text
) -> Text:
    """今天 22:05 不能给沈**女士打这个电话，因为…；最早明天 08:00 可以。 Two reasons are said, more are counted."""
    said = list(reasons[:2]) or [Text("没有一条规则允许", "nothing allows it")]
    more = len(reasons) - len(said)
    also = Text(f"（另有 {more} 个原因）", f" (and {more} more)") if more > 0 else Text("", "")
    why = Text("，而且".join(one.zh for one in said) + also.zh, ". Also: ".join(one.en for one in said) + also.en)
    if earliest is not None:
        end = Text(f"最早{earliest.zh} 可以。", f"The earliest is {earliest.en}.")
    else:
        end = Text(
            f"等时间没有用，要先有变化：{change.zh}。", f"Waiting does not help; what has to change: {change.en}."
        )
    return Text(
        f"{when.zh} 不能给{whom.zh}{what.zh}，因为{why.zh}；{end.zh}",
        f"{_capital(when.en)} {what.en} to {whom.en} was refused: {why.en}. {end.en}",
    )


def sentence_allowed(when: Text, what: Text, whom: Text, checked: int, warnings: int) -> Text:
    """今天 12:00 可以给沈**女士打这个电话：核对了 30 条规则，没有一条不允许。"""
    note = Text(f"，其中 {warnings} 条有提醒", f", {warnings} of them with a warning") if warnings else Text("", "")
    return Text(
        f"{when.zh} 可以给{whom.zh}{what.zh}：核对了 {checked} 条规则，没有一条不允许{note.zh}。",
        f"{_capital(when.en)} {what.en} to {whom.en} was allowed: {checked} rules were checked and none forbids it{note.en}.",
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
