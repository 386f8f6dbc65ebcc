"""The words of the case file in both languages: names of codes, of sections, of what happened."""

from __future__ import annotations

from collections.abc import Mapping

from fairdue.core.text import Text

Names = Mapping[str, Text]

SECTION_NAMES: Names = {
    "summary": Text("概览", "Summary"),
    "complaint": Text("本案", "This case"),
    "person": Text("客户与联系方式", "The customer"),
    "debts": Text("欠款与计算", "What is owed and why"),
    "contacts": Text("全部联系记录", "Every contact"),
    "unused_permits": Text("未使用的许可", "Permits not used"),
    "denials": Text("被拒绝的联系请求", "Contacts that were refused"),
    "calls": Text("通话内容", "What was said"),
    "crises": Text("危机警报", "Crisis alarms"),
    "recordings": Text("录音与附件", "Recordings and attachments"),
    "letters": Text("信函与短信", "Letters and messages"),
    "promises": Text("还款承诺", "Promises"),
    "plans": Text("分期方案", "Instalment plans"),
    "holds": Text("停催记录", "Holds"),
    "cases": Text("全部案件", "All cases"),
    "audit": Text("审计记录", "Audit trail"),
}

KINDS: Names = {
    "dispute": Text("异议", "Dispute"),
    "complaint": Text("投诉", "Complaint"),
    "hardship": Text("困难", "Hardship"),
    "vulnerable": Text("特殊客户", "Vulnerable customer"),
}
CASE_STATES: Names = {
    "open": Text("待答复", "Waiting for an answer"),
    "answered": Text("已答复", "Answered"),
    "closed": Text("已结案", "Closed"),
}
HOLDS: Names = {
    "dispute": Text("异议核查", "dispute"),
    "paid_claimed": Text("称已还款", "payment claimed"),
    "plan_kept": Text("分期履行中", "plan being kept"),
    "complaint": Text("投诉处理", "complaint"),
    "hardship_review": Text("困难审核", "hardship review"),
    "bereavement": Text("丧亲", "bereavement"),
    "grave_illness": Text("重病", "grave illness"),
    "crisis": Text("危机", "crisis"),
    "lawyer": Text("律师代理", "represented by a lawyer"),
    "stop_contact": Text("要求停止联系", "asked us to stop"),
    "bankruptcy": Text("破产", "bankruptcy"),
}
CHANNELS: Names = {
    "voice_human": Text("人工电话", "phone call"),
    "voice_ai": Text("智能语音电话", "call by a machine"),
    "sms": Text("短信", "SMS"),
    "im": Text("即时消息", "instant message"),
    "email": Text("电子邮件", "e-mail"),
    "letter": Text("信函", "letter"),
    "visit": Text("上门", "visit"),
}
PURPOSES: Names = {
    "collect": Text("催收", "collection"),
    "relay": Text("请代为转告", "asking to pass on a message"),
    "ask_contact": Text("询问联系方式", "asking how to reach the customer"),
    "reminder": Text("提醒", "reminder"),
    "service": Text("服务", "service"),
    "dispute_reply": Text("答复异议", "answering a dispute"),
}
ROLES: Names = {
    "debtor": Text("本人", "the customer"),
    "guarantor": Text("担保人", "guarantor"),
    "spouse": Text("配偶", "spouse"),
    "family": Text("家人", "family"),
    "friend": Text("朋友", "friend"),
    "colleague": Text("同事", "colleague"),
    "agreed_contact": Text("约定联系人", "agreed contact"),
    "heir": Text("继承人", "heir"),
    "lawyer": Text("律师", "lawyer"),
    "stranger": Text("无关的人", "stranger"),
}
OUTCOMES: Names = {
    "no_answer": Text("无人接听", "no answer"),
    "busy": Text("忙线", "busy"),
    "wrong_number": Text("号码错误", "wrong number"),
    "relay_left": Text("已请代为转告", "message left with a contact"),
    "reached": Text("已联系，未约定", "reached, nothing agreed"),
    "callback": Text("约定回拨", "call back later"),
    "refused": Text("拒绝还款", "refused to pay"),
    "promise": Text("承诺还款", "promise to pay"),
    "plan": Text("分期", "instalment plan"),
    "dispute": Text("提出异议", "dispute"),
    "paid_claimed": Text("称已还款", "says it is paid"),
    "hardship": Text("说明困难", "hardship"),
    "complaint": Text("投诉", "complaint"),
    "stop_contact": Text("要求停止联系", "asked us to stop"),
    "vulnerable": Text("需要特别照顾", "vulnerable, needs care"),
}
PERMIT_STATES: Names = {
    "open": Text("有效中", "open"),
    "used": Text("已使用", "used"),
    "expired": Text("已过期", "expired"),
    "released": Text("已退回", "given back"),
}
STANDINGS: Names = {
    "allowed": Text("准许", "Allowed"),
    "warned": Text("准许，有提示", "Allowed, with a remark"),
    "outside": Text("不合许可", "Not covered by a permit"),
    "not_judged": Text("未作判断", "Not judged"),
}
PROMISE_STATES: Names = {
    "open": Text("未到期", "open"),
    "due": Text("今日到期", "due today"),
    "kept": Text("已兑现", "kept"),
    "part_kept": Text("部分兑现", "partly kept"),
    "broken": Text("未兑现", "broken"),
    "withdrawn": Text("已撤回", "withdrawn"),
    "active": Text("履行中", "running"),
    "cancelled": Text("已取消", "cancelled"),
}
PLAN_KINDS: Names = {
    "commission": Text("委托期内分期", "within the commission period"),
    "card_agreement": Text("信用卡个性化分期协议", "personalised card agreement"),
}
ENTRIES: Names = {
    "opening": Text("期初", "opening balance"),
    "charge": Text("入账", "charge"),
    "payment": Text("还款", "payment"),
    "reversal": Text("冲回", "reversal"),
    "fee": Text("费用", "fee"),
    "waiver": Text("减免", "waiver"),
}
LINES: Names = {
    "mobile": Text("手机", "mobile"),
    "home": Text("住宅电话", "home"),
    "office": Text("单位电话", "office"),
    "address": Text("地址", "address"),
    "email": Text("电子邮箱", "e-mail"),
}
SOURCES: Names = {
    "contract": Text("合同约定", "contract"),
    "reserved": Text("客户预留", "left by the customer"),
    "in_contact": Text("沟通中取得", "given in a contact"),
    "public": Text("本人公开", "made public by the customer"),
    "contact_told": Text("联系人告知", "told by a contact"),
    "other": Text("其他", "other"),
}
STATUSES: Names = {
    "reachable": Text("可联系", "reachable"),
    "unreachable": Text("失联", "lost contact"),
    "dead": Text("已故", "deceased"),
    "incapacitated": Text("无民事行为能力", "incapacitated"),
    "closed_by_feed": Text("数据源已结清", "closed by feed"),
    "settled": Text("已结清", "settled"),
    "open": Text("未结清", "open"),
}
WHO: Names = {
    "customer": Text("对方", "Other side"),
    "agent": Text("催收员", "Agent"),
}
HAPPENED: Names = {
    "case.opened": Text("立案：{kind} {number}", "Case opened: {kind} {number}"),
    "case.answered": Text("答复案件 {number}（{by}）", "Case {number} answered ({by})"),
    "case.closed": Text("结案：{number}", "Case closed: {number}"),
    "hold.set": Text("停止催收：{kind}（{by}）", "Collection stopped: {kind} ({by})"),
    "hold.lifted": Text("解除停催：{kind}（{by}）", "Hold lifted: {kind} ({by})"),
    "promise.made": Text("承诺 {due_on} 前还 {fen} 元", "Promised CNY {fen} by {due_on}"),
    "promise.kept": Text("承诺已兑现，收到 {fen} 元", "Promise kept, CNY {fen} received"),
    "promise.part_kept": Text("承诺部分兑现，收到 {fen} 元", "Promise partly kept, CNY {fen} received"),
    "promise.broken": Text("承诺未兑现（到期日 {due_on}）", "Promise broken (due {due_on})"),
    "promise.withdrawn": Text("承诺撤回（到期日 {due_on}）", "Promise withdrawn (due {due_on})"),
    "plan.agreed": Text("约定分期：{fen} 元，{parts} 期", "Plan agreed: CNY {fen} in {parts} parts"),
    "entry.payment": Text("收到还款 {fen} 元（记账日 {day}）", "Payment of CNY {fen} (value date {day})"),
    "entry.reversal": Text("还款冲回 {fen} 元（记账日 {day}）", "Payment of CNY {fen} reversed (value date {day})"),
    "crisis.raised": Text(
        "通话中出现危机迹象，停催并通知主管", "Signs of a crisis in a call: stopped, supervisors told"
    ),
    "crisis.seen": Text("主管 {by} 已知悉危机警报", "Supervisor {by} has seen the alarm"),
    "letter.sent": Text("发出{channel}（第 {no} 次联系）", "Sent: {channel} (contact {no})"),
}


def name(names: Names, code: str | None, lang: str) -> str:
    """The name of a code; a code that has none is shown as it is, "—" for None."""
    if code is None or code == "":
        return "—"
    known = names.get(code)
    return known.in_(lang) if known else code
