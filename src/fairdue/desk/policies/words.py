"""Names for pages: parameters and their values, checks, scopes, states, who answers for a duty and how often."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

from fairdue.core.text import Text
from fairdue.policy import Rule
from fairdue.policy.checks.standing import FACTS
from fairdue.policy.overlay import Scope

PARAMS: dict[str, Text] = {
    "at_most": Text("最多次数", "at most"),
    "at_least": Text("至少人数", "people, at least"),
    "days": Text("按几天计", "days counted over"),
    "inbound_days": Text("对方来信后的天数", "days after the person wrote"),
    "effective_seconds": Text("满几秒算有效通话", "seconds that make a call effective"),
    "failed_calls": Text("连续几次打不通算失联", "failed calls in a row that mean lost contact"),
    "lifted_over_dpd": Text("逾期超过几天不再限制", "days past due beyond which it does not bind"),
    "opens": Text("最早时间", "earliest time"),
    "closes": Text("最晚时间", "latest time"),
    "allowed": Text("允许的号码来源", "lawful sources of a number"),
    "roles": Text("可以联系的人", "people who may be contacted"),
    "consents": Text("需要的同意（有一项即可）", "consents, one of which is needed"),
    "lifted_by": Text("哪些同意可以解除限制", "consents that lift it"),
    "needs": Text("必须知道的事实", "facts that must be known"),
    "closed": Text("不联系的星期", "weekdays without contact"),
    "always": Text("一律不联系单位", "never at a workplace"),
    "of": Text("数什么", "what is counted"),
    "weekdays": Text("适用的星期", "weekdays it holds on"),
    "hold": Text("停催类别", "kind of hold"),
    "country": Text("公众假日", "public holidays of"),
    "role": Text("对方身份", "role"),
    "opening": Text("最早时间的算法", "how the earliest time is read"),
    "closing": Text("最晚时间的算法", "how the latest time is read"),
    "unless_purpose": Text("不受限的目的", "purposes that are free"),
    "agreed_lifts": Text("约定时段可以解除", "agreed hours lift it"),
    "only_if_known": Text("只看确知没有通知的", "only where it is known that no notice was given"),
    "placement_counts": Text("委外告知也算通知", "the notice of placement counts"),
}
"""What a parameter is called; one that is not here shows its own name."""
SENTENCES = frozenset({"zh", "en"})
"""Parameters that are words of the rule itself: shown as they are elsewhere, not in the list of parameters."""

VALUES: dict[str, Text] = {
    "effective": Text("有效通话", "effective calls"),
    "put_through": Text("接通的告知通话", "notification calls put through"),
    "unanswered": Text("同一号码未接通的呼叫", "unanswered attempts on a number"),
    "letters": Text("信函", "letters"),
    "visits_met": Text("见到人的外访", "visits at which somebody was met"),
    "calls_placed": Text("呼出的电话", "calls placed"),
    "conversations": Text("电话交谈", "telephone conversations"),
    "location": Text("与同一人的联系", "contacts with the same person"),
    "contacts_made": Text("实际联系", "contacts made"),
    "contract": Text("合同上留的", "in the contract"),
    "reserved": Text("客户预留的", "left by the customer"),
    "in_contact": Text("往来中得到的", "learned in contact"),
    "public": Text("公开的", "public"),
    "contact_told": Text("联系人告知的", "told by a contact person"),
    "other": Text("其他", "other"),
    "late_hours": Text("同意在平常时段之外联系", "consent to other hours"),
    "debtor": Text("客户本人", "the customer"),
    "guarantor": Text("担保人", "guarantor"),
    "spouse": Text("配偶", "spouse"),
    "heir": Text("继承人", "heir"),
    "lawyer": Text("律师", "lawyer"),
    "family": Text("家人", "family"),
    "friend": Text("朋友", "friend"),
    "colleague": Text("同事", "colleague"),
    "agreed_contact": Text("约定的联系人", "agreed contact"),
    "stranger": Text("陌生人", "stranger"),
    "dispute": Text("异议", "dispute"),
    "paid_claimed": Text("称已还款", "payment claimed"),
    "plan_kept": Text("分期履行中", "plan being kept"),
    "complaint": Text("投诉", "complaint"),
    "hardship_review": Text("困难审核", "hardship review"),
    "bereavement": Text("丧事", "bereavement"),
    "grave_illness": Text("重病", "grave illness"),
    "crisis": Text("危机", "crisis"),
    "stop_contact": Text("要求停止联系", "asked us to stop"),
    "bankruptcy": Text("破产", "bankruptcy"),
    "minute": Text("含最后一分钟", "the closing minute included"),
    "after": Text("须晚于此刻", "strictly after it"),
    "mon": Text("周一", "Monday"),
    "tue": Text("周二", "Tuesday"),
    "wed": Text("周三", "Wednesday"),
    "thu": Text("周四", "Thursday"),
    "fri": Text("周五", "Friday"),
    "sat": Text("周六", "Saturday"),
    "sun": Text("周日", "Sunday"),
    "credit_card": Text("信用卡", "credit card"),
    "cash_loan": Text("现金贷", "cash loan"),
    "instalment": Text("分期", "instalment loan"),
    "telecom": Text("通信欠费", "telecom"),
    "bank": Text("银行", "bank"),
    "consumer_finance": Text("消费金融公司", "consumer finance company"),
    "microloan": Text("小额贷款公司", "micro-loan company"),
    "private": Text("民间出借人", "private lender"),
    "debt_buyer": Text("债权受让方", "debt buyer"),
    "voice_human": Text("人工电话", "call"),
    "voice_ai": Text("智能外呼", "automatic call"),
    "sms": Text("短信", "text message"),
    "im": Text("即时消息", "instant message"),
    "email": Text("电子邮件", "e-mail"),
    "letter": Text("信函", "letter"),
    "visit": Text("外访", "visit"),
    "interactive": Text("交谈", "conversation"),
    "notify": Text("告知", "notification"),
    "collect": Text("催收", "collection"),
    "reminder": Text("提醒", "reminder"),
    "service": Text("服务", "service"),
    "relay": Text("转告", "passing a message on"),
    "ask_contact": Text("询问联系方式", "asking how to reach the customer"),
    "dispute_reply": Text("答复异议", "reply to a dispute"),
    "office": Text("单位电话", "office line"),
    "mobile": Text("手机", "mobile"),
    "home": Text("家庭电话", "home line"),
}
"""What a value of a list is called; one that is not here shows itself."""

_UNITS = {
    "at_most": Text("{} 次", "{}"),
    "at_least": Text("{} 人", "{}"),
    "days": Text("{} 天", "{} days"),
    "inbound_days": Text("{} 天", "{} days"),
    "effective_seconds": Text("{} 秒", "{} seconds"),
    "failed_calls": Text("{} 次", "{} calls"),
    "lifted_over_dpd": Text("{} 天", "{} days"),
}
_NONE = Text("（无）", "(none)")


def param_name(param: str) -> Text:
    """What a parameter is called."""
    return PARAMS.get(param) or Text(param, param)


def name_of(value: str, param: str = "") -> Text:
    """What a value of a list is called; a fact that must be known is named after what it is."""
    if param == "needs" and value in FACTS:
        return FACTS[value][1]
    if param == "lender" and value == "telecom":
        return Text("通信运营商", "telecom operator")
    return VALUES.get(value) or Text(value, value)


def value_text(param: str, value: Any) -> Text:
    """A parameter's value in words: `3 次`, `人工电话、短信`."""
    if isinstance(value, bool):
        return Text("是", "yes") if value else Text("否", "no")
    if isinstance(value, list | tuple):
        names = [name_of(str(one), param) for one in value]
        return Text("、".join(n.zh for n in names), ", ".join(n.en for n in names)) if names else _NONE
    unit = _UNITS.get(param)
    if unit is not None and isinstance(value, int):
        return Text(unit.zh.format(value), _singular(unit.en.format(value), value))
    return name_of(value, param) if isinstance(value, str) else Text(str(value), str(value))


def _singular(text: str, value: int) -> str:
    return text.removesuffix("s") if value == 1 else text


_APPLIES = {
    "channel": Text("渠道", "channel"),
    "mode": Text("方式", "mode"),
    "purpose": Text("目的", "purpose"),
    "role": Text("对象", "person"),
    "product": Text("产品", "product"),
    "lender": Text("机构类型", "lender"),
    "line_kind": Text("线路", "line"),
}


def applies_text(rule: Rule) -> list[tuple[Text, Text]]:
    """What a rule speaks to, as (what, which); [] means every contact."""
    out = [
        (name, value_text(field, getattr(rule.applies, field)))
        for field, name in _APPLIES.items()
        if getattr(rule.applies, field)
    ]
    if rule.applies.agency is not None:
        out.append((Text("谁来联系", "made by"), _AGENCY[rule.applies.agency]))
    return out


_AGENCY = {True: Text("外部机构", "agencies"), False: Text("本机构自己", "the lender's own staff")}


def scope_text(raw: Mapping[str, Any] | None) -> Text:
    """To whose contacts a change speaks."""
    scope = Scope.model_validate(raw or {})
    named = (("lender", scope.lender), ("product", scope.product))
    parts = [value_text(field, names) for field, names in named if names]
    if scope.agency is not None:
        parts.append(_AGENCY[scope.agency])
    if not parts:
        return Text("全部联系", "all contacts")
    return Text("；".join(part.zh for part in parts), "; ".join(part.en for part in parts))


TOPICS: dict[str, Lazy] = {
    "times": _("Times"),
    "counts": _("How often"),
    "people": _("Whom"),
    "facts": _("Facts and numbers"),
    "holds": _("Holds"),
    "agencies": _("Agencies and staff"),
    "visits": _("Visits"),
    "notices": _("Notices"),
}
_TOPIC_OF = {
    "times": ("hours", "days_closed", "inconvenient", "agreed_hours"),
    "counts": ("count",),
    "people": (
        "who_pays",
        "evidence",
        "contact_purpose",
        "allowed_roles",
        "lost_contact",
        "refusal",
        "debtor_able",
        "workplace",
    ),
    "facts": ("facts", "source", "line_valid", "opt_out", "consent_needed"),
    "holds": ("hold", "limitation"),
    "agencies": ("agency_listed", "agency_contract", "agency_notice", "placement", "certificate"),
    "visits": ("visit_private", "visit_staff", "visit_recording"),
}
_BY_CHECK = {check: topic for topic, checks in _TOPIC_OF.items() for check in checks}


def topic_of(check: str) -> str:
    """What a check is about; notices are all the rest."""
    return _BY_CHECK.get(check, "notices")


VERDICTS: dict[str, Lazy] = {"deny": _("stops the contact"), "warn": _("warns")}

STANDINGS: dict[str, Lazy] = {
    "draft": _("Draft"),
    "submitted": _("Waiting for approval"),
    "planned": _("Planned"),
    "force": _("In force"),
    "ended": _("Ended"),
    "withdrawn": _("Withdrawn"),
    "discarded": _("Given up"),
}
"""How a change stands on a day; `selectors.standing`."""
COLOURS = {
    "draft": "bg-secondary-lt",
    "submitted": "bg-orange-lt",
    "planned": "bg-azure-lt",
    "force": "bg-green-lt",
    "ended": "bg-secondary-lt",
    "withdrawn": "bg-secondary-lt",
    "discarded": "bg-secondary-lt",
}

STEPS: dict[str, Lazy] = {
    "begun": _("begun"),
    "edited": _("changed"),
    "submitted": _("submitted"),
    "taken_back": _("taken back"),
    "returned": _("returned"),
    "approved": _("approved"),
    "withdrawn": _("withdrawn before it began"),
    "discarded": _("given up"),
}

WHO: dict[str, Text] = {
    "compliance": Text("合规", "compliance"),
    "lead": Text("组长", "team leads"),
    "agent": Text("催收员", "agents"),
    "trainer": Text("培训师", "trainers"),
    "admin": Text("管理员", "administrators"),
    "management": Text("管理层", "management"),
    "counsel": Text("法务", "legal counsel"),
}
"""Who answers for a duty, in the order of the page."""

EVERY: dict[str, Lazy] = {
    "once": _("once"),
    "each_case": _("for each case"),
    "each_event": _("each time it happens"),
    "each_day": _("every day"),
    "always": _("at all times"),
}

DUE: dict[str, Lazy] = {
    "overdue": _("overdue duty"),
    "never": _("no entry yet"),
    "due": _("on time"),
    "done": _("done already"),
    "standing": _("standing duty"),
}
DUE_COLOURS = {
    "overdue": "bg-red-lt",
    "never": "bg-orange-lt",
    "due": "bg-green-lt",
    "done": "bg-green-lt",
    "standing": "bg-secondary-lt",
}

ROOMS: dict[str, Text] = {
    "guard": Text("用语护栏", "language guard"),
    "ledger": Text("账目", "ledger"),
    "letters": Text("函件", "letters"),
    "playbook": Text("话术", "playbook"),
    "desk": Text("工作台", "desk"),
    "policy": Text("许可规则", "gate"),
    "audit": Text("审计", "audit"),
    "review": Text("质检", "call review"),
    "practice": Text("培训", "training"),
    "portfolio": Text("名单", "portfolio"),
    "dialogue": Text("对话引导", "guided call"),
}
"""Rooms that keep rules which the gate cannot."""
