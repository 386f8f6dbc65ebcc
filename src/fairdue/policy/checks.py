"""The checks that rules name. Each looks at one request at one instant and says what it found.

A check returns None when the rule has nothing to say about the request, else a `Found`: broken or not, why in both
languages, the contacts it counted and those it left out with the reason. `event_only` marks a breach that waiting cannot
cure (a hold, a refusal, a role): then there is no next lawful moment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from fairdue.core.dates import local, local_day
from fairdue.core.text import Text

from .request import VOICE, HistoryRow, Request, Window, contract_end


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found; see the module."""

    broken: bool
    why: Text
    counted: tuple[str, ...] = ()
    excluded: tuple[tuple[str, Text], ...] = ()
    event_only: bool = False


Params = Mapping[str, Any]
Check = Callable[[Request, datetime, Params], Found | None]

PRINCIPALS = frozenset({"debtor", "guarantor"})
CONTACTS = frozenset({"family", "friend", "colleague", "agreed_contact"})


def inside(moment: time, window: Window) -> bool:
    """Half-open [start, end), over midnight when end <= start."""
    start, end = window
    if start < end:
        return start <= moment < end
    return moment >= start or moment < end


def _missing(zh: str, en: str) -> Found:
    return Found(
        True,
        Text(f"缺少{zh},无法证明可以联系。", f"Without {en} the contact cannot be shown to be lawful."),
        event_only=True,
    )


def _clock(value: time) -> str:
    return value.strftime("%H:%M")


def facts(request: Request, at: datetime, params: Params) -> Found | None:
    """Everything that any rule needs must be there: unknown denies."""
    needs = (
        (request.zones, "当事人时区", "the person's time zone"),
        (request.role, "对方身份", "the role of the person"),
        (request.channel, "联系渠道", "the channel"),
        (request.purpose, "联系目的", "the purpose"),
        (request.mode or request.channel == "letter", "联系方式(告知/交互)", "the mode (notify or interactive)"),
        (request.line_source, "号码或地址来源", "where the number or address comes from"),
        (request.debtor_id, "债务人标识", "the debtor's id"),
    )
    for value, zh, en in needs:
        if not value:
            return _missing(zh, en)
    return Found(False, Text("所需事实齐全。", "All needed facts are there."))


def hours(request: Request, at: datetime, params: Params) -> Found | None:
    """Local time in every plausible zone inside the window; agreed hours replace it, `late_hours` consent lifts it."""
    if not request.zones:
        return _missing("当事人时区", "the person's time zone")
    window: Window = (time.fromisoformat(params["opens"]), time.fromisoformat(params["closes"]))
    agreed = request.agreed_hours
    if agreed is None and "late_hours" in request.consents:
        return Found(False, Text("对方同意在约定外时段联系。", "The person agreed to be contacted late."))
    for name in request.zones:
        moment = local(at, name).time()
        if not inside(moment, agreed or window):
            span = f"{_clock((agreed or window)[0])}–{_clock((agreed or window)[1])}"
            zh = f"对方当地时间 {_clock(moment)},不在{'约定' if agreed else '允许'}的 {span} 之内({name})。"
            en = f"It is {_clock(moment)} for the person ({name}), outside the {'agreed' if agreed else 'permitted'} {span}."
            return Found(True, Text(zh, en))
    return Found(False, Text("在允许的时段内。", "Inside the permitted hours."))


def inconvenient(request: Request, at: datetime, params: Params) -> Found | None:
    """Times the person said do not suit."""
    for name in request.zones:
        moment = local(at, name).time()
        for window in request.inconvenient:
            if inside(moment, window):
                span = f"{_clock(window[0])}–{_clock(window[1])}"
                return Found(True, Text(f"对方说过 {span} 不方便。", f"The person said {span} does not suit."))
    return None


def _same_debtor(row: HistoryRow, request: Request) -> bool:
    return row.debtor is None or row.debtor == request.debtor_id


def _today(row: HistoryRow, request: Request, at: datetime) -> bool:
    """Same debtor-local calendar day in any plausible zone: the strict reading when the zone is not certain."""
    return any(local_day(row.at, name) == local_day(at, name) for name in request.zones)


def call_cap(request: Request, at: datetime, params: Params) -> Found | None:
    """At most `at_most` counted calls to the debtor in the local day, over lender, agencies and products.

    `of: put_through` counts connected calls of mode notify; `of: effective` counts interactive calls of at least
    `effective_seconds` that went both ways. An open permit counts until it is released.
    """
    mode = "notify" if params["of"] == "put_through" else "interactive"
    if request.channel not in VOICE or request.role != "debtor" or request.mode != mode or not request.zones:
        return None
    if "agreed_cap" in request.consents:
        return Found(False, Text("双方另有次数约定。", "Another number was agreed."))
    counted: list[str] = []
    excluded: list[tuple[str, Text]] = []
    for row in request.history:
        if row.channel not in VOICE or row.role != "debtor" or row.direction != "out" or row.mode != mode:
            continue
        if not _same_debtor(row, request) or not _today(row, request, at):
            continue
        if row.reserved:
            counted.append(row.id)
        elif row.consented:
            excluded.append((row.id, Text("经对方同意", "agreed by the person")))
        elif not row.connected:
            excluded.append((row.id, Text("未接通", "not put through")))
        elif mode == "interactive" and (row.talk_seconds < params["effective_seconds"] or not row.two_way):
            excluded.append((row.id, Text("不足 6 秒或非双向,不算有效通话", "under 6 s or one-way: not effective")))
        else:
            counted.append(row.id)
    limit = params["at_most"]
    kind = Text("告知通话", "notification calls") if mode == "notify" else Text("有效通话", "effective calls")
    why = Text(
        f"今天已有 {len(counted)} 次{kind.zh},上限 {limit} 次。",
        f"{len(counted)} {kind.en} today, the limit is {limit}.",
    )
    return Found(len(counted) >= limit, why, tuple(counted), tuple(excluded))


def unanswered_cap(request: Request, at: datetime, params: Params) -> Found | None:
    """At most `at_most` unanswered attempts on the same number in the local day, whoever dialled."""
    if request.channel not in VOICE or request.line_id is None or not request.zones:
        return None
    counted = tuple(
        row.id
        for row in request.history
        if row.channel in VOICE
        and row.direction == "out"
        and row.line == request.line_id
        and (row.reserved or not row.connected)
        and _today(row, request, at)
    )
    limit = params["at_most"]
    why = Text(
        f"这个号码今天已有 {len(counted)} 次未接通,不宜超过 {limit} 次。",
        f"{len(counted)} unanswered attempts on this number today, more than {limit} is not advised.",
    )
    return Found(len(counted) >= limit, why, counted)


def letter_gap(request: Request, at: datetime, params: Params) -> Found | None:
    """Letters on one product at least `days` calendar days apart."""
    if request.channel != "letter" or not request.zones:
        return None
    name = request.zones[0]
    dates = [
        (row.id, local_day(row.at, name))
        for row in request.history
        if row.channel == "letter" and _same_debtor(row, request) and row.product in (None, request.product)
    ]
    today = local_day(at, name)
    near = [(row, day) for row, day in dates if 0 <= (today - day).days < params["days"]]
    last = max((day for _row, day in near), default=None)
    why = Text(
        f"上一封信在 {last},间隔不宜少于 {params['days']} 天。",
        f"The last letter went out on {last}; {params['days']} days between letters are advised.",
    )
    return Found(bool(near), why, tuple(row for row, _day in near))


def visit_cap(request: Request, at: datetime, params: Params) -> Found | None:
    """At most one visit with talk per local day."""
    if request.channel != "visit" or not request.zones:
        return None
    counted = tuple(
        row.id
        for row in request.history
        if row.channel == "visit" and row.connected and _same_debtor(row, request) and _today(row, request, at)
    )
    why = Text(f"今天已当面沟通 {len(counted)} 次。", f"{len(counted)} visits with talk today.")
    return Found(len(counted) >= params["at_most"], why, counted)


def visit_private(request: Request, at: datetime, params: Params) -> Found | None:
    """No entry into a private place without consent."""
    if request.channel != "visit":
        return None
    visit = request.visit or {}
    if visit.get("private_place") is None:
        return _missing("外访地点是否私人场所", "whether the place is private")
    broken = bool(visit["private_place"]) and not visit.get("consent")
    return Found(
        broken, Text("未经同意不得进入私人场所。", "No entry into a private place without consent."), event_only=True
    )


def visit_staff(request: Request, at: datetime, params: Params) -> Found | None:
    """At least two people."""
    if request.channel != "visit":
        return None
    staff = (request.visit or {}).get("staff")
    broken = not isinstance(staff, int) or staff < params["at_least"]
    return Found(broken, Text("外访应至少两人同行。", "A visit needs at least two staff."), event_only=True)


def visit_recording(request: Request, at: datetime, params: Params) -> Found | None:
    """Recorded throughout."""
    if request.channel != "visit":
        return None
    broken = (request.visit or {}).get("recording") is not True
    return Found(broken, Text("外访须全程录音录像。", "A visit must be recorded throughout."), event_only=True)


def principal_only(request: Request, at: datetime, params: Params) -> Found | None:
    """Payment is asked only of the debtor and of a guarantor under contract."""
    if request.purpose in (None, "relay", "ask_contact") or request.role is None:
        return None
    if request.role == "lawyer" and request.purpose in ("service", "dispute_reply"):
        return None
    broken = request.role not in PRINCIPALS
    return Found(
        broken,
        Text("只能向债务人本人或合同担保人催收。", "Only the debtor or a guarantor may be asked to pay."),
        event_only=True,
    )


def evidence_role(request: Request, at: datetime, params: Params) -> Found | None:
    """A spouse or heir is not asked to pay without evidence of liability."""
    if request.role != params["role"] or request.purpose in ("relay", "ask_contact"):
        return None
    return Found(True, Text(params["zh"], params["en"]), event_only=True)


def contact_purpose(request: Request, at: datetime, params: Params) -> Found | None:
    """A contact person is only asked for the debtor's number or to pass a message on."""
    if request.role is None or request.role in PRINCIPALS or request.role == "lawyer":
        return None
    broken = request.purpose not in ("relay", "ask_contact")
    return Found(
        broken,
        Text("对联系人只能请其转告或询问联系方式。", "A contact person may only be asked to pass on or for a number."),
        event_only=True,
    )


def _lost(request: Request, at: datetime) -> tuple[bool, bool, tuple[str, ...]]:
    """(lost now, waiting for tomorrow would do, the failed calls that show it)."""
    calls = sorted(
        (
            row
            for row in request.history
            if row.channel in VOICE
            and row.role == "debtor"
            and row.direction == "out"
            and not row.reserved
            and row.at <= at
            and _same_debtor(row, request)
        ),
        key=lambda row: (row.at, row.id),
    )
    run: list[HistoryRow] = []
    for row in calls:
        run = [] if row.connected else [*run, row]
    ids = tuple(row.id for row in run)
    if len(run) < 3 or not request.zones:
        return False, False, ids
    name = request.zones[0]
    third: date = local_day(run[2].at, name)
    return local_day(at, name) > third, True, ids


def lost_contact(request: Request, at: datetime, params: Params) -> Found | None:
    """A contact person only when the debtor cannot be reached and the history shows it (or is dead, incapacitated)."""
    if request.role is None or request.role in PRINCIPALS or request.role == "lawyer":
        return None
    if request.role == "stranger":
        return Found(
            True,
            Text("与债务无关的人不得联系。", "A person without any tie to the debt may not be contacted."),
            event_only=True,
        )
    if request.debtor_status in ("dead", "incapacitated"):
        return Found(False, Text("债务人无法自行处理。", "The debtor cannot act."))
    if request.debtor_status != "unreachable":
        return Found(
            True,
            Text("债务人本人可以联系,不得联系他人。", "The debtor can be reached, so nobody else may be contacted."),
            event_only=True,
        )
    lost, soon, ids = _lost(request, at)
    why = Text(
        f"失联要有记录:连续三次未接通的次日起(现有连续 {len(ids)} 次)。",
        f"Loss must be shown: from the day after three failed calls in a row (there are {len(ids)}).",
    )
    return Found(not lost, why, ids, event_only=not soon)


def refusal(request: Request, at: datetime, params: Params) -> Found | None:
    """A contact person who refused is not contacted again."""
    if request.role in (None, "debtor"):
        return None
    return Found(
        request.refused, Text("对方已明确拒绝再联系。", "The person refused further contact."), event_only=True
    )


def source(request: Request, at: datetime, params: Params) -> Found | None:
    """The number or address comes from a lawful source."""
    if request.line_source is None:
        return _missing("号码来源", "the source of the number")
    broken = request.line_source not in params["allowed"]
    return Found(
        broken, Text("号码来源不在合法渠道之内。", "The number does not come from a lawful source."), event_only=True
    )


def line_usable(request: Request, at: datetime, params: Params) -> Found | None:
    """Not a number known to be wrong, not a workplace that forbids it."""
    if request.line_valid is False:
        return Found(
            True,
            Text("此号码已标记为空号或错号。", "This number is marked as wrong or out of service."),
            event_only=True,
        )
    if request.line_kind == "office" and request.employer_prohibits:
        return Found(
            True, Text("单位不允许在工作场所联系。", "The employer does not allow contact at work."), event_only=True
        )
    return None


def hold(request: Request, at: datetime, params: Params) -> Found | None:
    """A hold stops collection on every channel; a dispute lets the reply to it through."""
    name = params["hold"]
    if name not in request.holds or (name == "dispute" and request.purpose == "dispute_reply"):
        return None
    if name == "lawyer" and request.role == "lawyer":
        return None
    return Found(True, Text(params["zh"], params["en"]), event_only=True)


def opt_out(request: Request, at: datetime, params: Params) -> Found | None:
    """A channel the person does not want."""
    if request.channel is None or request.channel not in request.opt_outs:
        return None
    return Found(True, Text("对方不接受这种联系方式。", "The person opted out of this channel."), event_only=True)


def debtor_able(request: Request, at: datetime, params: Params) -> Found | None:
    """A dead or incapacitated debtor is not called."""
    if request.role != "debtor" or request.debtor_status not in ("dead", "incapacitated"):
        return None
    return Found(True, Text("债务人已故或无行为能力。", "The debtor has died or cannot act."), event_only=True)


def agency_listed(request: Request, at: datetime, params: Params) -> Found | None:
    """The agency is on the lender's published list."""
    if request.agency is None:
        return None
    broken = request.agency.get("listed") is not True
    return Found(broken, Text("外部机构不在公示名单内。", "The agency is not on the published list."), event_only=True)


def agency_contract(request: Request, at: datetime, params: Params) -> Found | None:
    """The agency's contract is live."""
    if request.agency is None or not request.zones:
        return None
    end = contract_end(request.agency)
    broken = end is None or local_day(at, request.zones[0]) > end
    return Found(
        broken,
        Text(f"委托合同无效或已到期({end or '未知'})。", f"No live contract with the agency ({end or 'unknown'})."),
        event_only=True,
    )


def agency_notice(request: Request, at: datetime, params: Params) -> Found | None:
    """The debtor was told before the case was placed."""
    if request.agency is None:
        return None
    broken = request.agency.get("placement_notice_sent") is not True
    return Found(
        broken, Text("委外前没有告知债务人。", "The debtor was not told before the placement."), event_only=True
    )


def certificate(request: Request, at: datetime, params: Params) -> Found | None:
    """The agent was trained and examined before the first case."""
    broken = not request.certificates
    return Found(
        broken, Text("作业人员没有上岗证明。", "The agent holds no certificate for live work."), event_only=True
    )


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        facts,
        hours,
        inconvenient,
        call_cap,
        unanswered_cap,
        letter_gap,
        visit_cap,
        visit_private,
        visit_staff,
        visit_recording,
        principal_only,
        evidence_role,
        contact_purpose,
        lost_contact,
        refusal,
        source,
        line_usable,
        hold,
        opt_out,
        debtor_able,
        agency_listed,
        agency_contract,
        agency_notice,
        certificate,
    )
}

TIGHTER: dict[str, Callable[[Any, Any], bool]] = {
    "at_most": lambda new, old: new <= old,
    "at_least": lambda new, old: new >= old,
    "days": lambda new, old: new >= old,
    "opens": lambda new, old: time.fromisoformat(new) >= time.fromisoformat(old),
    "closes": lambda new, old: time.fromisoformat(new) <= time.fromisoformat(old),
    "allowed": lambda new, old: set(new) <= set(old),
}
"""For each parameter, when a new value is at least as strict as the old one."""

HORIZON = timedelta(days=40)
"""How far ahead a next lawful moment is looked for."""
