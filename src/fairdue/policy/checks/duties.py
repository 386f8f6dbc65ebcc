"""Duties of those who contact: agency, placement, certificate, visit, notices that must have been sent."""

from __future__ import annotations

from datetime import timedelta

from fairdue.core.text import Text

from ..moment import Moment
from ..parse import day_of
from ..request import Request
from ..schema import Params
from .found import Check, Found, ParamError, broken, kept, missing

WRITTEN = frozenset({"letter", "email", "sms", "im"})
"""Channels on which sending is the communication, whether or not somebody answers."""


def agency_listed(params: Params) -> Check:
    """The agency is on the lender's published list; not knowing it is not enough."""
    fine = kept("外部机构在公示名单内。", "The agency is on the published list.")
    no = broken("外部机构不在公示名单内（或未证明在内）。", "The agency is not shown to be on the published list.")

    def check(request: Request, moment: Moment) -> Found | None:
        if request.agency is None:
            return None
        return fine if request.agency.get("listed") is True else no

    return check


def agency_contract(params: Params) -> Check:
    """The agency's contract is live on the person's local day, in every plausible zone (`contract_from`, where it is given,
    to `contract_until`)."""

    def check(request: Request, moment: Moment) -> Found | None:
        if request.agency is None or not request.zones:
            return None
        end = day_of(request.agency.get("contract_until"))
        start = request.agency.get("contract_from")
        first = day_of(start)
        if start is not None and (first is None or min(moment.ordinals) < first.toordinal()):
            why = Text(f"委托合同 {start} 才开始。", f"The agency's contract begins on {start}.")
            return Found(True, why, event=first is None)
        over = end is None or max(moment.ordinals) > end.toordinal()
        zh = f"委托合同无效或已到期（{end or '未知'}）。" if over else f"委托合同有效至 {end}。"
        en = (
            f"No live contract with the agency ({end or 'unknown'})."
            if over
            else f"The agency's contract runs until {end}."
        )
        return Found(over, Text(zh, en), over)

    return check


def agency_notice(params: Params) -> Check:
    """The debtor was told before the case was placed."""
    fine = kept("委外前已告知债务人。", "The debtor was told before the placement.")
    no = broken("委外前没有告知债务人。", "The debtor was not told before the placement.")

    def check(request: Request, moment: Moment) -> Found | None:
        if request.agency is None:
            return None
        return fine if request.agency.get("placement_notice_sent") is True else no

    return check


def placement(params: Params) -> Check:
    """An agency's agent works only on cases placed with that agency, in the days of the placement.

    Reads `agency.agrees` (the agent's agency is the account's), `placed_from`, `placed_until`. A request that has none of
    them says nothing of a placement; one that has a key without a value does not know it, and is denied.
    """
    other = broken("案件没有委托给这家机构。", "The case is not placed with this agency.")
    fine = kept("案件在委托范围内。", "The case is within the placement.")

    def check(request: Request, moment: Moment) -> Found | None:
        agency = request.agency
        if agency is None or not {"agrees", "placed_from", "placed_until"} & set(agency):
            return None
        if agency.get("agrees", True) is not True:
            return other
        start, end = agency.get("placed_from"), agency.get("placed_until")
        first, last = day_of(start), day_of(end)
        unreadable = ("placed_from" in agency and first is None) or ("placed_until" in agency and last is None)
        early = first is not None and bool(moment.ordinals) and min(moment.ordinals) < first.toordinal()
        late = last is not None and bool(moment.ordinals) and max(moment.ordinals) > last.toordinal()
        if not (unreadable or early or late):
            return fine
        why = Text(
            f"不在委托期间之内（{start or '…'} 至 {end or '…'}）。",
            f"Outside the days of the placement ({start or '…'} to {end or '…'}).",
        )
        return Found(True, why, event=unreadable or late)

    return check


def certificate(params: Params) -> Check:
    """The agent was trained and examined before the first case."""
    fine = kept("作业人员有上岗证明。", "The agent holds a certificate for live work.")
    no = broken("作业人员没有上岗证明。", "The agent holds no certificate for live work.")

    def check(request: Request, moment: Moment) -> Found | None:
        return fine if request.certificates else no

    return check


def visit_private(params: Params) -> Check:
    """No entry into a private place without consent."""
    unknown = missing("外访地点是否私人场所", "whether the place is private")
    no = broken("未经同意不得进入住宅等私人场所。", "No entry into a private place without consent.")
    fine = kept("不进入私人场所，或已得到同意。", "No private place is entered, or its owner agreed.")

    def check(request: Request, moment: Moment) -> Found | None:
        private = request.visit.get("private_place")
        if not isinstance(private, bool):
            return unknown
        return no if private and request.visit.get("consent") is not True else fine

    return check


def visit_staff(params: Params) -> Check:
    """At least so many people (`at_least`) visit together."""
    least = params.get("at_least")
    if not isinstance(least, int):
        raise ParamError("at_least must be a whole number")
    no = broken(f"外访应至少 {least} 人同行。", f"A visit needs at least {least} staff.")
    fine = kept("外访人数足够。", "Enough staff for the visit.")

    def check(request: Request, moment: Moment) -> Found | None:
        staff = request.visit.get("staff")
        return fine if isinstance(staff, int) and not isinstance(staff, bool) and staff >= least else no

    return check


def visit_recording(params: Params) -> Check:
    """Recorded throughout."""
    fine = kept("外访全程录音录像。", "The visit is recorded throughout.")
    no = broken("外访须全程录音录像。", "A visit must be recorded throughout.")

    def check(request: Request, moment: Moment) -> Found | None:
        return fine if request.visit.get("recording") is True else no

    return check


def validation(params: Params) -> Check:
    """The validation notice went out within `days` of the first contact about the debt (US, 12 CFR 1006.34).

    Speaks only when `debt.validation_sent` is known: the notice may go out with or after the first contact.
    """
    days = params.get("days")
    if not isinstance(days, int):
        raise ParamError("days must be a whole number")
    fine = kept("债务确认通知已发出，或仍在期限内。", "The validation notice was sent, or its time is still running.")

    def check(request: Request, moment: Moment) -> Found | None:
        sent = request.debt.get("validation_sent")
        if sent is None:
            return None
        first = next(
            (
                row
                for row in request.history
                if row.debt in (None, request.debt_id)
                and row.debtor in (None, request.debtor_id)
                and (row.connected or (row.direction == "out" and row.channel in WRITTEN))
            ),
            None,
        )
        if sent or first is None or not request.zones:
            return fine
        gone = moment.days_since(first.stamp)
        why = Text(
            f"首次联系后 {gone} 天仍未发出债务确认通知（期限 {days} 天）。",
            f"No validation notice {gone} days after the first contact (it is due within {days}).",
        )
        return Found(gone > days, why, event=True, counted=(first.id,))

    return check


def email_notice(params: Params) -> Check:
    """Where the right to write e-mail rests on the creditor's notice: the opt-out date is at least `days` after it."""
    days = params.get("days")
    if not isinstance(days, int):
        raise ParamError("days must be a whole number")
    fine = kept("邮件告知的退出期限足够。", "The e-mail notice leaves time enough to opt out.")
    no = broken(
        f"邮件告知的退出期限不足 {days} 天（或日期不明）。",
        f"The e-mail notice leaves less than {days} days to opt out.",
    )

    def check(request: Request, moment: Moment) -> Found | None:
        notice = request.line.get("email_notice")
        if notice is None:
            return None
        dates = [day_of(notice.get(key)) if isinstance(notice, dict) else None for key in ("sent", "opt_out_by")]
        sent, by = dates
        long_enough = sent is not None and by is not None and by - sent >= timedelta(days=days)
        return fine if long_enough else no

    return check


def work_email(params: Params) -> Check:
    """No e-mail to an address that the employer provides."""
    no = broken("这是单位提供的邮箱。", "The employer provides this e-mail address.")

    def check(request: Request, moment: Moment) -> Found | None:
        return no if request.line.get("employer_provided") is True else None

    return check


def transfer_notice(params: Params) -> Check:
    """A debt that was sold or placed: the notice of it went to the debtor before the first collection (EU 2021/2167 Art. 10).

    `only_if_known: true` speaks only where `debt.transfer_notice_sent` is given; `placement_counts: false` does not take an
    agency's placement notice for it (CN Civil Code Art. 546: the assignment itself).
    """
    known_only, placement_counts = params.get("only_if_known") is True, params.get("placement_counts") is not False
    fine = kept("已书面告知债权转让或委托。", "The debtor was told of the transfer.")
    no = broken("没有证明已书面告知债权转让或委托。", "It is not shown that the debtor was told of the transfer.")

    def check(request: Request, moment: Moment) -> Found | None:
        agency = request.agency
        sent = request.debt.get("transfer_notice_sent")
        if (request.lender_type != "debt_buyer" and agency is None) or (known_only and sent is None):
            return None
        placed = placement_counts and agency is not None and agency.get("placement_notice_sent") is True
        return fine if sent is True or placed else no

    return check
