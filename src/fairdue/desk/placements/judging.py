"""What speaks against a placement, as a whole and account by account. Reads only; `services` asks again under the lock."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from fairdue.core.text import Text
from fairdue.desk.accounts.models import Account, AccountStatus, CustomerStatus
from fairdue.desk.cases.models import Hold
from fairdue.desk.cases.selectors import hold_rule
from fairdue.desk.people.models import Agency, Role, User
from fairdue.desk.people.selectors import facts_of
from fairdue.desk.refusals import RefusedError
from fairdue.policy.agency import standing

from .terms import Terms, standing_terms

PLACERS = (Role.LEAD, Role.COMPLIANCE)
MAX = 5000
"""Accounts in one go: what one transaction writes in a few seconds, while others wait."""
PORTION = 500
"""Numbers in one query, for the sake of SQLite."""


class Refusal(NamedTuple):
    """Why one account is left as it is; `account` None when there is no such number."""

    number: str
    account: Account | None
    code: str
    what: Text
    mend: Text


@dataclass
class Outcome:
    """Every number that was given, once: done (or to be done), already so, refused."""

    done: list[Account] = field(default_factory=list)
    same: list[Account] = field(default_factory=list)
    refused: list[Refusal] = field(default_factory=list)

    def refuse(self, number: str, account: Account | None, code: str, what: Text, mend: Text) -> None:
        self.refused.append(Refusal(number, account, code, what, mend))

    @property
    def by_reason(self) -> list[tuple[Refusal, list[str]]]:
        """The first refusal of each sentence with all its numbers; the most frequent first."""
        groups: dict[tuple[str, str], list[Refusal]] = {}
        for one in self.refused:
            groups.setdefault((one.code, one.what.en), []).append(one)
        ordered = sorted(groups.values(), key=len, reverse=True)
        return [(group[0], [one.number for one in group]) for group in ordered]

    @property
    def counts(self) -> dict[str, int]:
        """Number of refusals by code."""
        out: dict[str, int] = {}
        for one in self.refused:
            out[one.code] = out.get(one.code, 0) + 1
        return out


def may_place(user: User) -> bool:
    """The lender's own leads and compliance; an agency does not give itself work."""
    return user.role in PLACERS and user.agency_id is None


def check_user(user: User) -> None:
    """Raises `RefusedError` for whoever may not place or take back."""
    if not may_place(user):
        raise RefusedError(
            "placement.role",
            Text(
                "只有委托方自己的组长和合规人员可以委托和收回账户。",
                "Only the lender's own team leads and compliance place accounts and take them back.",
            ),
            Text("请他们办理。", "Ask one of them."),
        )


def check_numbers(numbers: Sequence[str]) -> None:
    """Raises `RefusedError` for no account and for more than `MAX`."""
    if not numbers:
        raise RefusedError(
            "placement.none",
            Text("没有选中账户。", "No account is chosen."),
            Text("填写账号，或放宽条件。", "Give account numbers, or widen the filter."),
            field="numbers",
        )
    if len(numbers) > MAX:
        raise RefusedError(
            "placement.many",
            Text(
                f"选中了 {len(numbers)} 个账户，一次最多 {MAX} 个。",
                f"{len(numbers)} accounts are chosen; at most {MAX} go at once.",
            ),
            Text("收窄条件，分几次办理。", "Narrow the filter and do it in parts."),
            field="numbers",
        )


def check_terms(terms: Terms, today: date) -> None:
    """Raises `RefusedError` for days that cannot be, and for an agency that may not work through the whole placement."""
    start, last = terms.placed_on, terms.closing_on
    if start is None or last is None:
        raise RefusedError(
            "placement.days",
            Text("委案日和结案日都要写。", "A placement needs its first and its last day."),
            Text("补上日期。", "Enter both."),
            field="placed_on" if start is None else "closing_on",
        )
    if last < start:
        raise RefusedError(
            "placement.dates",
            Text("结案日早于委案日。", "The placement ends before it begins."),
            Text("改正日期。", "Correct the days."),
            field="closing_on",
        )
    if last < today:
        raise RefusedError(
            "placement.past",
            Text("结案日已经过去。", "The last day of the placement has passed."),
            Text("写今天或以后的日期。", "Give today or a later day."),
            field="closing_on",
        )
    if terms.notice_on is not None and terms.notice_on > today:
        raise RefusedError(
            "placement.notice",
            Text("告知日期还没有到，不能写成已告知。", "The day of the notice has not come yet."),
            Text(
                "发出告知之后再填写；未发出就留空。",
                "Enter it once the notice has gone out; leave it empty until then.",
            ),
            field="notice_on",
        )
    for day in (start, last):  # the contract is one span, so what holds on both ends holds between them
        for found in standing(facts_of(terms.agency), day):
            what = found.what if found.code in _TIMELESS else _not_covered(terms.agency)
            raise RefusedError(found.code, what, found.mend, why=found.why, field="agency")


_TIMELESS = ("agency.listed", "agency.contract.unknown")
"""What `standing` says in words that do not speak of a day."""


def _not_covered(agency: Agency) -> Text:
    span = f"{agency.contract_from or '…'} – {agency.contract_until}"
    return Text(
        f"机构的委托合同（{span}）没有覆盖整个委案期。",
        f"The agency's contract ({span}) does not cover the whole placement.",
    )


def accounts_of(numbers: Iterable[str]) -> dict[str, Account]:
    """Accounts by number, with their customers and agencies."""
    wanted, found = list(numbers), {}
    for start in range(0, len(wanted), PORTION):
        part = Account.objects.filter(number__in=wanted[start : start + PORTION])
        found |= {account.number: account for account in part.select_related("customer", "agency")}
    return found


def _holds(accounts: Iterable[Account]) -> dict[int, str]:
    """The kind of one open hold by customer."""
    pks = sorted({account.customer_id for account in accounts})
    found: dict[int, str] = {}
    for start in range(0, len(pks), PORTION):
        rows = Hold.objects.filter(customer__in=pks[start : start + PORTION], lifted_at=None)
        found |= dict(rows.order_by("-pk").values_list("customer_id", "kind"))
    return found


def _unknown(out: Outcome, number: str) -> None:
    what = Text("没有这个账号的账户。", "There is no account with this number.")
    out.refuse(number, None, "placement.unknown", what, Text("核对账号。", "Check the number."))


def placing(terms: Terms, numbers: Sequence[str], today: date) -> Outcome:
    """Which of these accounts can be placed on these terms today, and why the others cannot."""
    known = accounts_of(numbers)
    holds = _holds(known.values())
    out = Outcome()
    for number in numbers:
        account = known.get(number)
        if account is None:
            _unknown(out, number)
        elif account.status != AccountStatus.OPEN:
            what = Text("账户已经结清或关闭。", "The account is settled or closed.")
            out.refuse(number, account, "placement.closed", what, Text("不必委托。", "There is nothing to place."))
        elif account.customer_id in holds:
            kind = hold_rule(holds[account.customer_id]).title
            what = Text(
                f"客户有停催（{kind.zh}），有争议或受保护的案件不委外。",
                f"A hold stands on the customer ({kind.en}); a disputed or protected case is not placed out.",
            )
            mend = Text("停催解除之后再委托。", "Place it after the hold is lifted.")
            out.refuse(number, account, "placement.held", what, mend)
        elif account.customer.status in (CustomerStatus.DEAD, CustomerStatus.INCAPACITATED):
            what = Text("客户已身故或无行为能力。", "The customer is deceased or incapacitated.")
            mend = Text("由委托方自己处理。", "The lender itself deals with it.")
            out.refuse(number, account, "placement.protected", what, mend)
        elif standing_terms(account) == terms:
            out.same.append(account)
        elif _elsewhere(account, terms, today):
            last = account.closing_on or "…"
            what = Text(
                f"账户正委托给{account.agency}，到 {last}。",
                f"The account is placed with {account.agency} until {last}.",
            )
            out.refuse(number, account, "placement.elsewhere", what, Text("先收回。", "Take it back first."))
        else:
            out.done.append(account)
    return out


def _elsewhere(account: Account, terms: Terms, today: date) -> bool:
    """Placed with another agency, and that has not run out; an end that is not known has not come."""
    other = account.agency_id is not None and account.agency_id != terms.agency.pk
    return other and (account.closing_on is None or account.closing_on >= today)


def returning(numbers: Sequence[str]) -> Outcome:
    """Which of these accounts can be taken back."""
    known = accounts_of(numbers)
    out = Outcome()
    for number in numbers:
        account = known.get(number)
        if account is None:
            _unknown(out, number)
        elif account.agency_id is None:
            what = Text("账户没有委托给机构。", "The account is not placed with an agency.")
            out.refuse(number, account, "placement.own", what, Text("不必收回。", "There is nothing to take back."))
        else:
            out.done.append(account)
    return out
