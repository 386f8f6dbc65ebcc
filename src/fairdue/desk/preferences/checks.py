"""Whether what is to be recorded can be recorded at all: the line, the value, the window, the last day."""

from __future__ import annotations

from datetime import date

from fairdue.desk import clock
from fairdue.desk.accounts.models import Account, Customer, Line

from . import rules
from .evidence import refuse
from .models import Kind


def line_of(kind: Kind, customer: Customer, line: Line | None) -> Line | None:
    if kind not in rules.OF_LINE and kind != Kind.OPT_OUT:
        return None
    found = Line.objects.filter(pk=line.pk, customer=customer).first() if line is not None else None
    if found is None and (kind in rules.OF_LINE or line is not None):
        raise refuse(
            "line", "还没有选这位客户的号码。", "One of this customer's lines has to be chosen.",
            "从列表里选一个号码或地址。", "Choose a number or an address from the list.", "line",
        )  # fmt: skip
    return found


def check_value(kind: Kind, value: str, line: Line | None, account: Account | None, customer: Customer) -> None:
    if kind in (Kind.AGREED_HOURS, Kind.INCONVENIENT):
        _check_window(kind, value, customer)
    elif value not in rules.VALUES.get(kind, ("",)):
        raise refuse(
            "value", "选的内容不在可登记的范围内。", "This is not one of the things that can be recorded.",
            "从列表里选一项。", "Choose one from the list.", "value",
        )  # fmt: skip
    if kind in (Kind.REFUSED, Kind.EVIDENCE) and line is not None and line.role == "debtor":
        raise refuse(
            "line.own", "这是客户本人的号码。", "This is the customer's own line.",
            "客户本人要求停止联系的，用“停止催收”；凭证要登记在配偶、继承人或担保人的号码上。",
            "If the customer asks us to stop, use “Stop collection”; evidence belongs to the line of the other person.",
            "line",
        )  # fmt: skip
    if kind == Kind.WORKPLACE and line is not None and line.kind != "office":
        raise refuse(
            "line.office", "这不是单位电话。", "This is not a line at work.",
            "选单位电话；其他号码可以登记不方便的时间或不接受的联系方式。",
            "Choose the line at work; for others record hours or ways of contact that do not suit.", "line",
        )  # fmt: skip
    if kind == Kind.EVIDENCE and value in rules.OF_ONE_DEBT and account is None:
        raise refuse(
            "account", "还没有选这份凭证对应的账户。", "The account that this evidence speaks of is missing.",
            "选出签字或担保对应的那一笔。", "Choose the debt that was signed or guaranteed.", "account",
        )  # fmt: skip
    if kind == Kind.EVIDENCE and line is not None:
        _check_role_free(rules.ROLE_OF[value], line)


def _check_role_free(role: str, line: Line) -> None:
    same = Line.objects.filter(customer_id=line.customer_id, kind=line.kind, value_index=line.value_index, role=role)
    if same.exclude(pk=line.pk).exists():
        raise refuse(
            "line.twice", "这个号码已经另有一条同样身份的记录。", "The same number stands in this role already.",
            "把凭证登记在那一条上。", "Record the evidence on that line.", "line",
        )  # fmt: skip


def _check_window(kind: Kind, value: str, customer: Customer) -> None:
    try:
        pair = rules.window(value)
    except rules.WindowError as error:
        if error.code == "empty":
            raise refuse(
                "window.empty", "开始和结束是同一个时间。", "The window begins and ends at the same time.",
                "填写两个不同的时间；过了零点的也可以，例如 22:00 到 02:00。",
                "Enter two different times; it may pass midnight, such as 22:00 to 02:00.", "end",
            ) from error  # fmt: skip
        raise refuse(
            "window.form", "时间的写法读不懂。", "The times cannot be read.",
            "按 20:00 的样子填写。", "Write them like 20:00.", "start",
        ) from error  # fmt: skip
    if kind == Kind.AGREED_HOURS:
        gone = [span for window in customer.inconvenient for span in rules.spans(window)]
        if not rules.without(rules.spans(pair), gone):
            raise refuse(
                "window.none", "约定的时间全在客户说过不方便的时段里，等于没有可以联系的时间。",
                "The agreed hours lie wholly within hours that do not suit; no time would be left.",
                "先与客户核对哪一个算数，再改其中一项。", "Ask the customer which of the two holds, and change one.", "start",
            )  # fmt: skip


def check_end(kind: Kind, valid_until: date | None) -> None:
    if valid_until is None:
        return
    if kind not in rules.MAY_EXPIRE:
        raise refuse(
            "until.kind", "这一项没有到期日，要由本人撤回。", "This has no last day; the person takes it back.",
            "去掉有效期再保存。", "Leave the last day empty.", "valid_until",
        )  # fmt: skip
    if valid_until < clock.today():
        raise refuse(
            "until.past", "有效期已经过了。", "The last day has passed.",
            "填写今天或以后的日期，没有期限就留空。", "Enter today or a later day, or leave it empty.", "valid_until",
        )  # fmt: skip
