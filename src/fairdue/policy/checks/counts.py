"""Counting contacts over local days: caps, and days that must lie between two contacts.

`days` local days, today included, in any plausible zone; broken when `at_most` contacts are in them already. A gap of
seven days (a letter, a conversation) is the same with `at_most: 1`: the seventh day after is free again.
"""

from __future__ import annotations

from collections.abc import Callable

from fairdue.core.text import Text

from ..moment import Moment
from ..request import VOICE, HistoryRow, Request
from ..schema import Params
from .found import Check, Found, ParamError, missing

Verdict = bool | Text | None
"""True: counted. A text: looked at and left out, for this reason. None: of another kind, not spoken of."""

Count = Callable[[HistoryRow, Request, Params], Verdict]

_AGREED = Text("经对方事先同意", "the person had agreed to it")
_UNANSWERED = Text("没有接通", "not put through")
_SHORT = Text("时长不够，不算有效通话", "too short to be an effective call")
_ONE_WAY = Text("只有一方说话，不算有效通话", "only one side spoke: not an effective call")
_INBOUND = Text("对方打来的", "made by the person")
_OTHER_DEBT = Text("关于另一笔债务", "about another debt")
_OTHER_PERSON = Text("与另一个人", "with another person")
_NOT_MET = Text("没有见到人", "nobody was met")
_ANSWERED = Text("已接通", "put through")


def _same_debtor(row: HistoryRow, request: Request) -> bool:
    return row.debtor is None or row.debtor == request.debtor_id


def _put_through(row: HistoryRow, request: Request, params: Params) -> Verdict:
    """Notification calls to the debtor that were put through, whoever of lender and agencies made them (CN)."""
    if (
        row.channel not in VOICE
        or row.role != "debtor"
        or row.mode not in ("notify", None)
        or not _same_debtor(row, request)
    ):
        return None
    if row.direction != "out":
        return _INBOUND
    return True if row.connected or row.reserved else _UNANSWERED


def _effective(row: HistoryRow, request: Request, params: Params) -> Verdict:
    """Interactive calls to the debtor of enough seconds in which both sides spoke (CN, GB/T 45251 ch. 3)."""
    if (
        row.channel not in VOICE
        or row.role != "debtor"
        or row.mode not in ("interactive", None)
        or not _same_debtor(row, request)
    ):
        return None
    if row.direction != "out":
        return _INBOUND
    if row.reserved:
        return True
    if not row.connected:
        return _UNANSWERED
    if row.talk_seconds < params["effective_seconds"]:
        return _SHORT
    return True if row.two_way else _ONE_WAY


def _unanswered(row: HistoryRow, request: Request, params: Params) -> Verdict:
    """Attempts on the same number that nobody answered, whoever dialled and for whom (CN)."""
    if row.channel not in VOICE or row.direction != "out" or row.line is None or row.line != request.line_id:
        return None
    return True if row.reserved or not row.connected else _ANSWERED


def _letters(row: HistoryRow, request: Request, params: Params) -> Verdict:
    """Letters about the same product (CN)."""
    if row.channel != "letter" or row.direction != "out" or not _same_debtor(row, request):
        return None
    return True if request.product is None or row.product in (None, request.product) else _OTHER_DEBT


def _visits_met(row: HistoryRow, request: Request, params: Params) -> Verdict:
    """Visits at which somebody was met (CN)."""
    if row.channel != "visit" or row.direction != "out" or not _same_debtor(row, request):
        return None
    return True if row.connected or row.reserved else _NOT_MET


def _other_debt(row: HistoryRow, request: Request) -> bool:
    """Known to be about another debt; where either is not known, it may be this one."""
    return row.debt is not None and request.debt_id is not None and row.debt != request.debt_id


def _other(row: HistoryRow, request: Request) -> Text | None:
    """Why a contact is of another person or debt (US: per person and per debt); None when it is, or may be, of these."""
    if not _same_debtor(row, request) or row.role != (request.role or "debtor"):
        return _OTHER_PERSON
    return _OTHER_DEBT if _other_debt(row, request) else None


def _calls_placed(row: HistoryRow, request: Request, params: Params) -> Verdict:
    """Calls placed to this person about this debt, answered or not (US, 12 CFR 1006.14(b)(2)(i)(A), (b)(3))."""
    if row.channel not in VOICE:
        return None
    if row.direction != "out":
        return _INBOUND
    return _other(row, request) or (_AGREED if row.consented else True)


def _conversations(row: HistoryRow, request: Request, params: Params) -> Verdict:
    """Telephone conversations with this person about this debt, started by either side (US, (b)(2)(i)(B))."""
    if row.channel not in VOICE:
        return None
    if not row.reserved and not (row.connected and row.two_way):
        return _ONE_WAY if row.connected else _UNANSWERED
    return _other(row, request) or True


def _location(row: HistoryRow, request: Request, params: Params) -> Verdict:
    """Earlier contacts with this third person on this line (US, 15 U.S.C. 1692b(3))."""
    if row.role != request.role or row.direction != "out":
        return None
    if row.line is not None and request.line_id is not None and row.line != request.line_id:
        return None  # where either line is not known, it may be this one
    return True if row.connected or row.reserved else _UNANSWERED


def _contacts_made(row: HistoryRow, request: Request, params: Params) -> Verdict:
    """Contacts actually made about this account, letters apart (AU, RG 96)."""
    if row.channel == "letter" or row.role != "debtor" or not _same_debtor(row, request):
        return None
    if _other_debt(row, request):
        return _OTHER_DEBT
    if row.direction != "out":
        return _INBOUND
    return True if row.connected or row.reserved else _UNANSWERED


KINDS: dict[str, tuple[Count, Text]] = {
    "put_through": (_put_through, Text("次接通的告知通话", "notification calls put through")),
    "effective": (_effective, Text("次有效通话", "effective calls")),
    "unanswered": (_unanswered, Text("次未接通的呼叫（同一号码）", "unanswered attempts on this number")),
    "letters": (_letters, Text("封催收信函", "letters")),
    "visits_met": (_visits_met, Text("次见到人的外访", "visits at which somebody was met")),
    "calls_placed": (
        _calls_placed,
        Text("次呼出（同一人、同一笔债务）", "calls placed to this person about this debt"),
    ),
    "conversations": (
        _conversations,
        Text("次通话交谈（同一人、同一笔债务）", "telephone conversations about this debt"),
    ),
    "location": (_location, Text("次与此人的联系", "contacts with this person")),
    "contacts_made": (_contacts_made, Text("次实际联系（同一账户）", "contacts made about this account")),
}
"""What can be counted: the row's verdict and its name in a sentence."""

_NO_ZONE = missing("当事人时区", "the person's time zone")


def count(params: Params) -> Check:
    """Broken when the last `days` local days hold `at_most` contacts `of` a kind. Without `days` the whole history counts,
    and then only an event can help. `effective` needs `effective_seconds`."""
    kind, days, limit = params.get("of"), params.get("days"), params.get("at_most")
    if kind not in KINDS:
        raise ParamError(f"of must be one of {', '.join(KINDS)}; it is {kind!r}")
    if not isinstance(limit, int) or limit < 1 or (days is not None and (not isinstance(days, int) or days < 1)):
        raise ParamError("at_most and days must be whole numbers of at least 1")
    if kind == "effective" and not isinstance(params.get("effective_seconds"), int):
        raise ParamError("effective_seconds must be a number of seconds")
    verdict_of, name = KINDS[kind]
    span = Text(
        "今天" if days == 1 else f"最近 {days} 天" if days else "至今",
        "today" if days == 1 else f"in {days} days" if days else "so far",
    )
    none = Found(
        False, Text(f"{span.zh}还没有{name.zh[1:]}，上限 {limit}。", f"No {name.en} {span.en}; the limit is {limit}.")
    )

    def check(request: Request, moment: Moment) -> Found | None:
        if not request.zones:
            return _NO_ZONE
        rows = request.history.between(*moment.days(days)) if days else request.history.rows
        if not rows:
            return none
        counted: list[str] = []
        excluded: list[tuple[str, Text]] = []
        for row in rows:
            verdict = verdict_of(row, request, params)
            if verdict is True:
                counted.append(row.id)
            elif verdict:
                excluded.append((row.id, verdict))
        if not counted and not excluded:
            return none
        made = len(counted)
        why = Text(
            f"{span.zh}已有 {made} {name.zh}，上限 {limit}。", f"{made} {name.en} {span.en}; the limit is {limit}."
        )
        return Found(made >= limit, why, days is None, tuple(counted), tuple(excluded))

    return check
