"""May this agency work on this account today? The register's facts against the placement's.

An agency must be on the published list (CN-CBA-08), have a live contract (CN-GBT-17) and work only on accounts that are
placed with it, inside the placement (FD-PLACEMENT); the customer was told before (CN-CP-41). The gate reads the same
facts from the request's `agency` part, which `request_part` writes:

    id, listed, contract_from, contract_until, placement_notice_sent, placement_notice_on,
    placed_from, placed_until, agrees

Dates are ISO days, both ends included. `agrees` says that the account is placed with the agency that calls. What is not
known here (None) is an error: unknown is not allowed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from fairdue.core.findings import Finding, Place, Severity
from fairdue.core.text import Text


@dataclass(frozen=True, slots=True)
class AgencyFacts:
    """What the register says of an agency. None: not known. `contract_from` may be unknown as long as the end is known."""

    id: str
    listed: bool | None
    contract_until: date | None
    contract_from: date | None = None


@dataclass(frozen=True, slots=True)
class PlacementFacts:
    """What the account says of its placement. `agrees`: placed with the agency that calls. None: not known."""

    agrees: bool | None
    placed_from: date | None
    placed_until: date | None
    notice_sent: bool | None
    notice_on: date | None = None


def request_part(
    caller: AgencyFacts | None, placed_with: AgencyFacts | None, placement: PlacementFacts
) -> dict[str, Any] | None:
    """The gate request's `agency` part for a contact; None when no agency has to do with it.

    `caller` is the agency that the agent works for (None: the lender's own staff), `placed_with` the account's. An
    agency's agent is judged as that agency on this very placement, so `agrees` and its days are said. For the lender's
    own staff on an account that is placed out only the agency's standing is said: a placement does not bind the lender.
    """
    agency = caller or placed_with
    if agency is None:
        return None
    part: dict[str, Any] = {
        "id": agency.id,
        "listed": agency.listed,
        "contract_from": _iso(agency.contract_from),
        "contract_until": _iso(agency.contract_until),
        "placement_notice_sent": placement.notice_sent,
        "placement_notice_on": _iso(placement.notice_on),
    }
    if caller is not None:
        part["placed_from"] = _iso(placement.placed_from)
        part["placed_until"] = _iso(placement.placed_until)
        part["agrees"] = placed_with is not None and placed_with.id == caller.id
    return part


def standing(agency: AgencyFacts, day: date) -> tuple[Finding, ...]:
    """What keeps this agency from working at all on this day (list and contract); empty when nothing does."""
    found = []
    if agency.listed is not True:
        found.append(
            _finding(
                "agency.listed",
                Text("外部机构不在公示名单内。", "The agency is not on the published list."),
                Text("在机构登记中填写公示网址和查看日期。", "Enter the list's address and the day it was looked up."),
            )
        )
    renew = Text(
        "续签合同并更新登记，或把账户收回。", "Renew the contract and the register, or take the accounts back."
    )
    if agency.contract_until is None:
        what = Text("没有委托合同的到期日。", "The end of the agency's contract is not known.")
        found.append(_finding("agency.contract.unknown", what, renew))
    elif day > agency.contract_until:
        what = Text(
            f"委托合同已于 {agency.contract_until} 到期。", f"The agency's contract ended on {agency.contract_until}."
        )
        found.append(_finding("agency.contract.ended", what, renew))
    if agency.contract_from is not None and day < agency.contract_from:
        what = Text(
            f"委托合同 {agency.contract_from} 才开始。", f"The agency's contract begins on {agency.contract_from}."
        )
        wait = Text("合同开始之前不作业。", "No work before the contract begins.")
        found.append(_finding("agency.contract.early", what, wait))
    return tuple(found)


def placed(placement: PlacementFacts, day: date) -> tuple[Finding, ...]:
    """What keeps an agency from working on an account with this placement on this day (agency and window)."""
    back = Text("由委托方改派，或退回该账户。", "The lender has to place it anew, or the account goes back.")
    if placement.agrees is not True:
        what = Text("该账户没有委托给这家机构。", "The account is not placed with this agency.")
        return (_finding("agency.placement.other", what, back),)
    start, end = placement.placed_from, placement.placed_until
    if start is None or end is None:
        what = Text("没有委案日期或结案日期。", "The first or the last day of the placement is not known.")
        mend = Text("在账户数据中补上委案日和结案日。", "Supply both days with the account's data.")
        return (_finding("agency.placement.unknown", what, mend),)
    if end < start:
        what = Text(f"结案日 {end} 早于委案日 {start}。", f"The placement ends on {end}, before it begins on {start}.")
        mend = Text("改正账户数据。", "Correct the account's data.")
        return (_finding("agency.placement.dates", what, mend),)
    if not start <= day <= end:
        what = Text(
            f"不在委案期内（{start} 至 {end}）。",
            f"Outside the placement ({start} to {end}).",
        )
        return (_finding("agency.placement.window", what, back),)
    return ()


def told(placement: PlacementFacts) -> tuple[Finding, ...]:
    """What is wrong with the notice to the customer: none, or after the placement began."""
    if placement.notice_sent is not True:
        what = Text("委外前没有告知客户。", "The customer was not told before the placement.")
        mend = Text("补发告知，收到之前不作业。", "Send the notice; no work before it has arrived.")
        return (_finding("agency.notice.missing", what, mend),)
    if placement.notice_on and placement.placed_from and placement.notice_on > placement.placed_from:
        what = Text(
            f"{placement.notice_on} 才告知客户，晚于委案日 {placement.placed_from}。",
            f"The customer was told on {placement.notice_on}, after the placement began on {placement.placed_from}.",
        )
        mend = Text("由合规核查这次委托。", "Compliance has to look at this placement.")
        return (_finding("agency.notice.late", what, mend, Severity.WARNING),)
    return ()


def scope(agency: AgencyFacts, placement: PlacementFacts, day: date) -> tuple[Finding, ...]:
    """All that speaks against a contact by this agency on this account on `day` (the debtor's local date).

    Errors refuse the contact, warnings are for compliance. Empty means inside the scope.
    """
    return (*standing(agency, day), *placed(placement, day), *told(placement))


def _finding(code: str, what: Text, mend: Text, severity: Severity = Severity.ERROR) -> Finding:
    why = Text(
        "外部机构只能在公示名单、有效合同和委案期之内作业。",
        "An agency works only while it is listed, under contract and inside its placement.",
    )
    return Finding(code=code, what=what, why=why, mend=mend, place=Place(field="agency"), severity=severity)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
