"""Who may be contacted, for what, and when the debtor counts as lost."""

from __future__ import annotations

from fairdue.core.text import Text

from ..moment import Moment
from ..request import ASKING, VOICE, HistoryRow, Request
from ..schema import Params
from .found import Check, Found, ParamError, broken, kept, missing

_NO_ROLE = missing("对方身份", "the role of the person")
_NO_STATUS = missing("债务人本人是否还能联系", "whether the debtor can be reached")

EVIDENCE = {"spouse": "joint_debt", "heir": "estate"}
"""What makes a spouse or an heir one who owes: proof of a joint debt, of an estate received."""


def owes(request: Request) -> bool:
    """Debtor, guarantor under contract, spouse of a proven joint debt, heir of a proven estate."""
    if request.role in ("debtor", "guarantor"):
        return True
    needed = EVIDENCE.get(request.role or "")
    return needed is not None and needed in request.evidence


def who_pays(params: Params) -> Check:
    """Payment is asked only of those who owe; a lawyer is written to for service and to answer a dispute."""
    may = kept("对方是付款义务人（或其律师）。", "The person owes the debt, or is the lawyer of one who does.")
    no = broken(
        "只能向债务人本人、合同担保人或有证据的共同义务人催收。",
        "Only the debtor, a guarantor under contract or a proven co-debtor may be asked to pay.",
    )

    def check(request: Request, moment: Moment) -> Found | None:
        if request.role is None:
            return _NO_ROLE
        if request.purpose is None or request.purpose in ASKING:
            return None
        if request.role == "lawyer" and request.purpose in ("service", "dispute_reply"):
            return may
        return may if owes(request) else no

    return check


def evidence(params: Params) -> Check:
    """A spouse or an heir (`role`) is not asked to pay without evidence."""
    role = params.get("role")
    if role not in EVIDENCE:
        raise ParamError(f"role must be one of {', '.join(EVIDENCE)}")
    who, what = {"spouse": ("配偶", "共债"), "heir": ("继承人", "继承遗产")}[role]
    en = {"spouse": "a joint debt", "heir": "an estate received"}[role]
    no = broken(f"没有{what}的证据，不得向{who}催收。", f"Without evidence of {en} the {role} is not asked to pay.")
    yes = kept(f"有{what}的证据。", f"There is evidence of {en}.")

    def check(request: Request, moment: Moment) -> Found | None:
        if request.role != role or request.purpose in ASKING:
            return None
        return yes if owes(request) else no

    return check


def contact_purpose(params: Params) -> Check:
    """A contact person is only asked for the debtor's number or to pass a message on."""
    fine = kept("只请对方转告或询问联系方式。", "The person is only asked to pass a message on or for a number.")
    no = broken(
        "对联系人只能请其转告或询问联系方式。",
        "A contact person may only be asked to pass on a message or for a number.",
    )

    def check(request: Request, moment: Moment) -> Found | None:
        if request.role in (None, "lawyer", "stranger") or owes(request):
            return None
        return fine if request.purpose in ASKING else no

    return check


def allowed_roles(params: Params) -> Check:
    """Only these `roles` are contacted at all; `unless_purpose` names purposes for which others may be."""
    roles, others = frozenset(params.get("roles", ())), frozenset(params.get("unless_purpose", ()))
    if not roles:
        raise ParamError("roles must name at least one role")
    fine = kept("对方属于可以联系的人。", "The person is one who may be contacted.")
    no = broken(
        "这个人不在可以联系的范围内，也没有债务人本人的同意。",
        "This person may not be contacted, and the debtor did not agree to it.",
    )

    def check(request: Request, moment: Moment) -> Found | None:
        if request.role is None:
            return _NO_ROLE
        return fine if request.role in roles or request.purpose in others else no

    return check


def lost_run(request: Request, stamp: int) -> list[HistoryRow]:
    """The debtor's unanswered calls in a row up to an instant, since a call with or a visit to the debtor succeeded."""
    run: list[HistoryRow] = []
    for row in request.history.until(stamp):
        if row.role != "debtor" or (row.debtor is not None and row.debtor != request.debtor_id):
            continue
        if (row.connected or row.reserved) and (row.channel in VOICE or row.channel == "visit"):
            run.clear()  # reached, or being called at this moment
        elif row.channel in VOICE and row.direction == "out":
            run.append(row)
    return run


def lost_contact(params: Params) -> Check:
    """A contact person only when the debtor cannot be reached, died or cannot act (`debtor.status`).

    With `failed_calls` it is the history that must show it: so many unanswered calls in a row, the last needed one on an
    earlier local day. A stranger is never contacted.
    """
    needed = params.get("failed_calls")
    if needed is not None and (not isinstance(needed, int) or needed < 1):
        raise ParamError("failed_calls must be a whole number of at least 1")
    stranger = broken("与债务无关的人不得联系。", "A person without any tie to the debt may not be contacted.")
    reachable = broken(
        "债务人本人可以联系，不得联系他人。", "The debtor can be reached, so nobody else may be contacted."
    )
    unable = kept(
        "债务人已故或无法自行处理，可以联系联系人。", "The debtor died or cannot act, so a contact person may be asked."
    )
    unreachable = kept("债务人已登记为失联。", "The debtor is recorded as lost.")
    by_status: dict[str | None, Found] = {"dead": unable, "incapacitated": unable}
    by_status |= {"reachable": reachable, "unreachable": unreachable}

    def check(request: Request, moment: Moment) -> Found | None:
        if request.role is None or request.role == "lawyer" or owes(request):
            return None
        if request.role == "stranger":
            return stranger
        status = by_status.get(request.debtor_status, _NO_STATUS)
        if needed is None or status is unable:
            return status
        run = lost_run(request, moment.stamp)
        ids = tuple(row.id for row in run)
        why = Text(
            f"失联要有记录：连续 {needed} 次未接通的次日起（现有连续 {len(run)} 次）。",
            f"Loss must be shown: from the day after {needed} failed calls in a row (there are {len(run)}).",
        )
        enough = len(run) >= needed
        lost = enough and bool(request.zones) and run[needed - 1].stamp < moment.today_everywhere()
        return Found(not lost, why, not enough, ids)

    return check


def refusal(params: Params) -> Check:
    """Anybody but the debtor who refused is not contacted again."""
    no = broken("对方已明确拒绝再联系。", "The person refused further contact.")
    fine = kept("对方没有拒绝联系。", "The person did not refuse contact.")

    def check(request: Request, moment: Moment) -> Found | None:
        if request.role in (None, "debtor"):
            return None
        return no if request.refused else fine

    return check


def debtor_able(params: Params) -> Check:
    """A debtor who died or cannot act is not contacted."""
    no = broken("债务人已故或无行为能力。", "The debtor has died or cannot act.")

    def check(request: Request, moment: Moment) -> Found | None:
        if request.role != "debtor":
            return None
        return no if request.debtor_status in ("dead", "incapacitated") else None

    return check
