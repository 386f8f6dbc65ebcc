"""What a line may leave open: typed placeholders and the fact each one needs.

A line names its open places in braces, `{应还金额}`; the author declares the fact in `needs`. A placeholder without its
fact is never shown (`render`). Kinds: name, text, money (fen), days (count), day (date), moment (instant), rate, place.
"""

from __future__ import annotations

from dataclasses import dataclass

from fairdue.core.text import Text


@dataclass(frozen=True, slots=True)
class Placeholder:
    """`need` is the fact that must stand in `needs` (None: always known in a call)."""

    name: str
    kind: str
    need: str | None
    meaning: Text


def _p(name: str, kind: str, need: str | None, zh: str, en: str) -> Placeholder:
    return Placeholder(name, kind, need, Text(zh, en))


_ALL = (
    _p("称呼", "name", None, "客户的姓加先生/女士", "surname and title of the customer"),
    _p("本人姓", "name", None, "催收员的姓", "the agent's surname"),
    _p("机构", "name", None, "债权机构全称", "the creditor institution"),
    _p("部门", "name", None, "批准使用的部门全名", "exact approved department"),
    _p("热线", "text", None, "机构官方客服热线", "the institution's official hotline"),
    _p("渠道", "text", None, "官方还款渠道", "official ways to pay"),
    _p("本公司", "name", "agency", "受委托机构的名称", "name of the appointed agency"),
    _p("产品", "name", "debt", "产品名称", "the product"),
    _p("卡尾号", "text", "account", "账户尾号四位", "last four digits"),
    _p("还款日", "day", "account", "应还款日", "the due day"),
    _p("欠款总额", "money", "quote", "截至今天的欠款总额", "total owed today"),
    _p("应还金额", "money", "quote", "现在应还的部分", "the part due now"),
    _p("日息", "money", "quote", "每晚一天多出的息费", "what one more day adds"),
    _p("违约金", "money", "quote", "已产生的违约金", "penalty so far"),
    _p("利息", "money", "quote", "已产生的利息", "interest so far"),
    _p("年利率", "rate", "quote", "合同年化利率", "annual rate of the contract"),
    _p("月底多付", "money", "quote", "拖到月底要多付的息费", "what waiting until month end adds"),
    _p("逾期天数", "days", "quote", "逾期天数", "days past due"),
    _p("逾期期数", "days", "quote", "逾期期数", "missed cycles"),
    _p("截至日", "day", "quote", "报价日", "day of the quote"),
    _p("算法", "text", "quote", "利息的算式", "the formula with this account's figures"),
    _p("期限", "moment", "deadline", "本话术定下的时间", "the deadline this line sets"),
    _p("分期安排", "text", "plan", "委案期内的分次安排", "the plan inside the commission period"),
    _p("首期金额", "money", "plan", "安排的第一笔", "first part of the plan"),
    _p("首期时间", "day", "plan", "第一笔的日期", "day of the first part"),
    _p("上次约定", "text", "promise", "上次约定的日期和金额", "what was promised last"),
    _p("扣款银行", "name", "debit", "代扣银行", "bank that is debited"),
    _p("扣款尾号", "text", "debit", "代扣账户尾号", "last digits of the debited account"),
    _p("扣款金额", "money", "debit", "本次代扣金额", "amount to be debited"),
    _p("扣款时间", "moment", "debit", "下一次代扣时间", "next debit"),
    _p("服务号码", "text", "service", "欠费的服务号码(遮蔽)", "the service number, masked"),
    _p("欠费月份", "text", "service", "欠费的账期", "months in arrears"),
    _p("停机时间", "day", "service", "合同约定的停机日", "day the service stops by contract"),
    _p("网点", "place", "outlet", "最近的营业网点", "nearest outlet"),
    _p("网点时间", "text", "outlet", "网点营业时间", "its opening hours"),
    _p("下一步", "text", "next_step", "流程上真实的下一步", "the true next step of the process"),
    _p("受理时限", "days", "case", "异议或申请的受理时限", "time allowed for the review"),
)
PLACEHOLDERS = {item.name: item for item in _ALL}

DEBT_NEEDS = frozenset({"quote", "account", "plan", "promise", "debit", "service", "debt", "next_step"})
"""Facts that tell of a debt: a line that needs one is for the verified customer only."""

PROVEN = {
    "negative_notice_sent": Text("已发出征信报送前的告知", "the notice before credit reporting was sent"),
    "credit_reported": Text("逾期已报送征信", "the arrears were reported"),
    "suit_authorised": Text("起诉已获授权", "a lawsuit is authorised"),
    "waiver_authorised": Text("减免已获批准", "a waiver is authorised"),
    "visit_consent": Text("本人同意外访", "the customer agreed to a visit"),
    "customer_consent_disclose": Text("本人同意向第三人说明", "the customer agreed to disclosure"),
    "volunteer_payer": Text("第三人自愿代偿", "a third party volunteers to pay"),
    "preferential_rate": Text("账户享有会因逾期失去的优惠", "a benefit would end by the default"),
    "debit_fee": Text("合同约定扣款失败收费", "the contract charges a failed debit"),
    "debit_failed": Text("本次代扣没有成功", "this debit failed"),
    "recorded": Text("本次通话有录音", "the call is recorded"),
    "limitation_passed": Text("诉讼时效已过", "limitation has passed"),
    "agreement_open": Text("产品允许个性化分期协议", "the product allows a personalised agreement"),
    "in_house": Text("机构自己的员工在拨打", "the institution's own staff is calling"),
}
"""Further facts a line may need; unlike the figures above they are not filled in but must be proven."""

NEEDS = frozenset({item.need for item in _ALL if item.need not in (None, "deadline")} | {"debt"} | set(PROVEN))
"""Every fact that may stand in `needs`."""
