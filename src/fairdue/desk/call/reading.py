"""What the gate must know, read with two statements: who and what is concerned, and what happened before.

Raw SQL, because this runs inside the one transaction in which everybody waits: `facts` makes the request out of it.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any, NamedTuple

from fairdue.desk import clock, sql

HISTORY_DAYS = 100
"""Longer than any window that a pack counts over."""
MAIN = (
    "SELECT x.id FROM accounts_account x WHERE x.customer_id = l.customer_id AND x.status = 'open'"
    " ORDER BY x.due_date IS NULL, x.due_date, x.due_fen DESC, x.id LIMIT 1"
)


class Subject(NamedTuple):
    """The customer, the line, the debt and its agency, as they stand in this transaction; see `_COLUMNS` for the source.

    `known` is the permit that the asker's request key already has, `shared` says that the
    number stands in another customer's file too.
    """

    customer_id: int
    debtor_id: str
    customer_zones: list[str]
    status: str
    consents: list[str]
    opt_outs: list[str]
    agreed_hours: list[str] | None
    inconvenient: list[Any]
    line_id: int
    line_kind: str
    value_index: str
    role: str
    source: str
    line_zones: list[str]
    valid: bool
    employer_prohibits: bool
    refused: bool
    line_opt_outs: list[str]
    account_id: int | None
    account_number: str | None
    product: str | None
    lender_type: str | None
    due_date: date | None
    limitation_end: date | None
    placement_notice_sent: bool | None
    agency_code: str | None
    agency_listed: bool | None
    contract_until: date | None
    contract_from: date | None
    placed_on: date | None
    closing_on: date | None
    placement_notice_on: date | None
    known: int | None
    shared: bool


_COLUMNS = (
    "c.id, c.debtor_id, c.zones, c.status, c.consents, c.opt_outs, c.agreed_hours, c.inconvenient,"
    " l.id, l.kind, l.value_index, l.role, l.source, l.zones, l.valid, l.employer_prohibits, l.refused,"
    " l.opt_outs, a.id, a.number, a.product, a.lender_type, a.due_date, a.limitation_end, a.placement_notice_sent,"
    " g.code, g.listed, g.contract_until, g.contract_from, a.placed_on, a.closing_on, a.placement_notice_on, k.id,"
    " EXISTS (SELECT 1 FROM accounts_line o WHERE o.value_index = l.value_index AND o.customer_id <> l.customer_id)"
)
_SUBJECT = (
    f"SELECT {_COLUMNS} FROM accounts_line l JOIN accounts_customer c ON c.id = l.customer_id"  # noqa: S608
    f" LEFT JOIN accounts_account a ON a.id = COALESCE(%s, ({MAIN}))"
    " LEFT JOIN people_agency g ON g.id = a.agency_id"
    " LEFT JOIN call_permit k ON k.agent_id = %s AND k.request_key = %s WHERE l.id = %s"
)
_JSON = [Subject._fields.index(name) for name in (
    "customer_zones", "consents", "opt_outs", "agreed_hours", "inconvenient", "line_zones", "line_opt_outs")]  # fmt: skip
_DATES = [Subject._fields.index(name) for name in (
    "due_date", "limitation_end", "contract_until", "contract_from", "placed_on", "closing_on",
    "placement_notice_on")]  # fmt: skip


def subject(line_id: int, *, account_id: int | None = None, agent_id: int = 0, request_key: str = "") -> Subject | None:
    """Who and what a contact on this line is about; `account_id` None takes the customer's main account. None: no such line."""
    return _subject(sql.rows(_SUBJECT, [account_id, agent_id, request_key, line_id]))


def _subject(found: list[sql.Row]) -> Subject | None:
    if not found:
        return None
    values = list(found[0])
    for at in _JSON:
        text = values[at]
        values[at] = [] if text == "[]" else text and json.loads(text)
    for at in _DATES:
        if isinstance(values[at], str):
            values[at] = date.fromisoformat(values[at])
    return Subject._make(values)


class Past(NamedTuple):
    """One row of the history: a contact made here, one of an earlier system or another agency, an open permit (with
    `until`), a line of the customer (number and role, which his other rows only refer to by `line_id`), a hold (its kind
    in `channel`), or a wish that may have run out or evidence (kind in `channel`, value in `mode`, last day in `until`). `at`, `until` are text, see `sql.iso`; `debtor_id` None is the customer asked for."""

    kind: str
    id: int
    at: str
    channel: str
    mode: str
    direction: str
    role: str
    connected: bool
    talk_seconds: int
    two_way: bool
    debtor_id: str | None
    value_index: str | None
    account_number: str | None
    product: str | None
    agency: str | None
    until: str
    line_id: int | None


_DEBT = "LEFT JOIN accounts_account a ON a.id = p.account_id LEFT JOIN people_agency g ON g.id = a.agency_id"
_CALL = "t.channel, t.mode, t.direction, t.role, t.connected, t.talk_seconds, t.two_way"


def _branches(where: str, who: str, role: str, join: str = "") -> list[str]:
    """Contacts, contacts elsewhere and open permits; see `Past` for the columns. `who` is debtor and number."""
    return [
        f"SELECT 'contact', t.id, t.started_at || '', {_CALL}, {who}, a.number, a.product, g.code, '', t.line_id"  # noqa: S608
        f" FROM call_contact t {join} JOIN call_permit p ON p.id = t.permit_id {_DEBT}"
        f" WHERE {where} AND t.started_at >= %s",
        f"SELECT 'past', t.id, t.at || '', {_CALL}, {who}, NULL, NULL, t.agency, '', t.line_id"  # noqa: S608
        f" FROM call_pastcontact t {join} WHERE {where} AND t.at >= %s AND t.at <= %s",
        f"SELECT 'permit', t.id, t.taken_at || '', t.channel, t.mode, 'out', {role}, TRUE, 60, TRUE, {who},"  # noqa: S608
        f" a.number, a.product, NULL, t.expires_at || '', t.line_id FROM call_permit t {join}"
        f" LEFT JOIN accounts_account a ON a.id = t.account_id WHERE {where} AND t.state = 'open'",
    ]


_LINES = (
    "SELECT 'line', l.id, '', '', '', '', l.role, FALSE, 0, FALSE, NULL, l.value_index, NULL, NULL, NULL, '', l.id"
    " FROM accounts_line l WHERE l.customer_id = %s"
)
_HOLDS = (
    "SELECT 'hold', h.id, '', h.kind, '', '', '', FALSE, 0, FALSE, NULL, NULL, NULL, NULL, NULL, '', NULL"
    " FROM cases_hold h WHERE h.customer_id = %s AND h.lifted_at IS NULL"
)
_WISHES = (
    "SELECT 'wish', w.id, '', w.kind, w.value, '', '', FALSE, 0, FALSE, NULL, l.value_index, a.number, NULL, NULL,"
    " COALESCE(w.valid_until || '', ''), NULL FROM preferences_preference w LEFT JOIN accounts_line l ON l.id = w.line_id"
    " LEFT JOIN accounts_account a ON a.id = w.account_id WHERE w.customer_id = %s AND w.withdrawn_at IS NULL"
    " AND (w.valid_until IS NOT NULL OR w.kind = 'evidence')"
)
"""What may have run out, and evidence about other persons (`preferences.rules.effective`); its partial index is
`preference_standing`."""
_SAME_NUMBER = (  # by customer first: that is what permits have an index for
    "t.customer_id IN (SELECT o.customer_id FROM accounts_line o WHERE o.value_index = %s AND o.customer_id <> %s)"
    " AND l.value_index = %s"
)
_THEIRS = "JOIN accounts_customer c ON c.id = t.customer_id JOIN accounts_line l ON l.id = t.line_id"
_OWN = " UNION ALL ".join([*_branches("t.customer_id = %s", "NULL, NULL", "''"), _LINES, _HOLDS, _WISHES])
_OTHERS = " UNION ALL ".join(_branches(_SAME_NUMBER, "c.debtor_id, l.value_index", "l.role", _THEIRS))


def history(of: Subject, at: datetime) -> list[Past]:
    """Contacts of the customer on any line, and of the number with anybody, of the `HISTORY_DAYS` before `at`; permits that
    stand as open; holds. Contacts of our own that lie after `at` are there too: a clock that was set back frees nothing."""
    return [*map(Past._make, sql.rows(*own_history(of.customer_id, at))), *_of_others(of, at)]


def own_history(customer_id: int, at: datetime) -> sql.Step:
    """The statement for what happened with this customer."""
    since = sql.instant(at - timedelta(days=HISTORY_DAYS))
    mine = customer_id
    return _OWN, [mine, since, mine, since, sql.instant(at), mine, mine, mine, mine]


def _of_others(of: Subject, at: datetime) -> list[Past]:
    """What happened on the same number with other customers; nothing, in most cases, because it is in one file only."""
    if not of.shared:
        return []
    since, number = sql.instant(at - timedelta(days=HISTORY_DAYS)), (of.value_index, of.customer_id, of.value_index)
    return list(map(Past._make, sql.rows(_OTHERS, [*number, since, *number, since, sql.instant(at), *number])))


_HOLD_ROW = "SELECT id FROM accounts_customer WHERE id = %s FOR UPDATE"
_HOLD_BOTH = f"WITH held AS MATERIALIZED ({_HOLD_ROW}) SELECT pg_advisory_xact_lock(%s::bigint) FROM held"  # noqa: S608


def lock(customer_id: int) -> None:
    """Hold the customer until the transaction ends. SQLite: the transaction began IMMEDIATE and is the only writer already."""
    if sql.vendor() == "postgresql":
        sql.rows(_HOLD_ROW, [customer_id])


def locked(
    customer_id: int, value_index: str, line_id: int, *, account_id: int | None, agent_id: int, request_key: str
) -> tuple[Subject | None, list[Past], datetime]:
    """Hold the customer, then the number, until the transaction ends; then read who, what and the history, as of the
    instant that is returned (our clock, after any wait for the lock).

    The number has a lock of its own (PostgreSQL: advisory) because one number may stand in several customers' files. There
    everything travels together: the history is read as of a moment before the wait, which leaves nothing out, because
    contacts of our own are read without an upper end.
    """
    who = (_SUBJECT, [account_id, agent_id, request_key, line_id])
    if sql.vendor() != "postgresql":
        now = clock.now().astimezone(UTC)
        found = _subject(sql.rows(*who))
        return found, history(found, now) if found else [], now
    before = clock.now()
    both = (_HOLD_BOTH, [customer_id, int(value_index[:15], 16)])
    _held, subjects, past = sql.several(both, who, own_history(customer_id, before))
    found, now = _subject(subjects), clock.now().astimezone(UTC)
    return found, [*map(Past._make, past), *(_of_others(found, now) if found else ())], now
