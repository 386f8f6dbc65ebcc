"""Fill a line with facts. A placeholder without its fact, or with an untrue one, is never shown."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from fairdue.core.dates import local
from fairdue.core.findings import Finding, Place
from fairdue.core.money import Fen, format_plain
from fairdue.core.text import Text

from .placeholders import PROVEN
from .schema import Line

OPENS, CLOSES = 9, 20
"""Deadlines are set between these local hours, so that the check call is a decent one."""

FORBIDDEN_DEPARTMENT = ("司法", "法院", "检察", "公安", "警", "律师", "法务", "诉讼", "仲裁", "刑", "经侦")


@dataclass(frozen=True, slots=True)
class QuoteView:
    """What a line may say about a quote; amounts in fen. `annual_rate` in percent as text ("18.25%"), `formula` the
    interest's sum with this account's figures; both "" when the product gives none."""

    number: str
    total_fen: Fen
    overdue_fen: Fen
    daily_interest_fen: Fen
    penalty_fen: Fen
    dpd: int
    as_of: date
    interest_fen: Fen = 0
    cycles: int = 0
    annual_rate: str = ""
    formula: str = ""


@dataclass(frozen=True, slots=True)
class RenderValues:
    """All that is known when a line is shown. `now` is an aware instant; `zone` the customer's."""

    now: datetime
    zone: str
    honorific: str = ""
    agent_surname: str = ""
    institution: str = ""
    department: str = ""
    hotline: str = ""
    channels: str = ""
    card_tail: str = ""
    quote: QuoteView | None = None
    plan: str = ""
    plan_first_fen: Fen = 0
    plan_first_day: date | None = None
    last_promise: str = ""
    product: str = ""
    due_day: date | None = None
    agency: str = ""
    debit_bank: str = ""
    debit_tail: str = ""
    debit_fen: Fen = 0
    debit_time: str = ""
    service_number: str = ""
    service_months: str = ""
    service_stops: date | None = None
    outlet: str = ""
    outlet_hours: str = ""
    next_step: str = ""
    case_days: int = 0
    proven: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Rendered:
    """The words, the quote they cite, and the deadline (aware, UTC) that they set."""

    line_id: str
    text: str
    quote_number: str | None
    deadline: datetime | None


def deadline_of(line: Line, now: datetime, zone: str) -> datetime | None:
    """The line's deadline as an instant: on the full hour, inside decent local hours, never later than its span
    unless no decent hour is left in it (a call late in the evening): then the next morning."""
    if line.deadline is None:
        return None
    moment = local(now + line.deadline.span, zone).replace(minute=0, second=0, microsecond=0)
    if moment.hour >= CLOSES:
        moment = moment.replace(hour=CLOSES - 2)
    elif moment.hour < OPENS:
        moment = (moment - timedelta(days=1)).replace(hour=CLOSES - 2)
    earliest = (local(now, zone) + timedelta(hours=1)).replace(minute=0, second=0, microsecond=0)
    moment = max(moment, earliest)
    if not OPENS <= moment.hour <= CLOSES:
        moment = (moment + timedelta(days=moment.hour > CLOSES)).replace(hour=OPENS)
    return moment.astimezone(now.tzinfo)


def _when(moment: datetime, now: datetime, zone: str) -> str:
    there, here = local(moment, zone), local(now, zone)
    days = (there.date() - here.date()).days
    name = {0: "今天", 1: "明天", 2: "后天"}.get(days, f"{there.month}月{there.day}号")
    half = "上午" if there.hour < 12 else "中午" if there.hour < 13 else "下午" if there.hour < 18 else "晚上"
    hour = there.hour if there.hour <= 12 else there.hour - 12
    return f"{name}{half}{hour}点"


def _money(fen: Fen) -> str:
    return f"{format_plain(fen)}元" if fen > 0 else ""


def _day(day: date | None) -> str:
    return f"{day.month}月{day.day}号" if day else ""


def _quoted(quote: QuoteView) -> dict[str, str]:
    """What a quote of today lets a line say; a figure that is zero is not said at all."""
    month_end = quote.as_of.replace(day=monthrange(quote.as_of.year, quote.as_of.month)[1])
    return {
        "欠款总额": _money(quote.total_fen),
        "应还金额": _money(quote.overdue_fen),
        "日息": _money(quote.daily_interest_fen),
        "违约金": _money(quote.penalty_fen),
        "利息": _money(quote.interest_fen),
        "年利率": quote.annual_rate,
        "月底多付": _money(quote.daily_interest_fen * (month_end - quote.as_of).days),
        "逾期天数": f"{quote.dpd}天" if quote.dpd > 0 else "",
        "逾期期数": f"{quote.cycles}期" if quote.cycles > 0 else "",
        "截至日": _day(quote.as_of),
        "算法": quote.formula,
    }


def _values(values: RenderValues, deadline: datetime | None) -> dict[str, str]:
    quote = values.quote
    known = {
        "称呼": values.honorific,
        "本人姓": values.agent_surname,
        "机构": values.institution,
        "部门": "" if any(word in values.department for word in FORBIDDEN_DEPARTMENT) else values.department,
        "热线": values.hotline,
        "渠道": values.channels,
        "本公司": values.agency,
        "产品": values.product,
        "卡尾号": values.card_tail,
        "还款日": _day(values.due_day),
        "分期安排": values.plan,
        "首期金额": _money(values.plan_first_fen),
        "首期时间": _day(values.plan_first_day),
        "上次约定": values.last_promise,
        "扣款银行": values.debit_bank,
        "扣款尾号": values.debit_tail,
        "扣款金额": _money(values.debit_fen),
        "扣款时间": values.debit_time,
        "服务号码": values.service_number,
        "欠费月份": values.service_months,
        "停机时间": _day(values.service_stops),
        "网点": values.outlet,
        "网点时间": values.outlet_hours,
        "下一步": values.next_step,
        "受理时限": f"{values.case_days}天" if values.case_days > 0 else "",
        "期限": _when(deadline, values.now, values.zone) if deadline else "",
    }
    if quote is not None and quote.as_of == local(values.now, values.zone).date():
        known |= _quoted(quote)
    return {name: text for name, text in known.items() if text}


def render(line: Line, values: RenderValues) -> tuple[Rendered | None, list[Finding]]:
    """The line's words with facts filled in, or None with a finding per placeholder that has no true value."""
    deadline = deadline_of(line, values.now, values.zone)
    known = _values(values, deadline)
    findings = [_unfilled(line, need) for need in line.needs if need in PROVEN and need not in values.proven]
    text = line.say.strip()
    for name in line.placeholders:
        if name in known:
            text = text.replace("{" + name + "}", known[name])
        else:
            findings.append(_unfilled(line, name))
    if findings:
        return None, findings
    cites = values.quote.number if values.quote and "quote" in line.needs else None
    return Rendered(line.id, text, cites, deadline), []


def _unfilled(line: Line, name: str) -> Finding:
    return Finding(
        code="playbook.unfilled",
        what=Text(f"{line.id} 缺少「{name}」。", f"{line.id} has no value for {name}."),
        why=Text("缺事实或事实不实的话不能说。", "A line without its fact, or with an untrue one, may not be said."),
        mend=Text(
            "补上事实(报价须是当天的),或选别的话术。",
            "Supply the fact (a quote must be of today) or choose another line.",
        ),
        place=Place("playbook", None, name),
    )
