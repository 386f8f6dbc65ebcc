"""Does the trail tell the same story as the tables? Every permit, denial and contact has its event, and the other way round.

The chain alone cannot miss an event that was taken away before it got its place; the row that the event speaks of can.
"""

from __future__ import annotations

from collections.abc import Iterator

from fairdue.core.findings import Finding, Place
from fairdue.core.text import Text
from fairdue.desk import sql

from .services import seal

MOST = 10
"""Findings listed of each kind."""
_EVENT = "SELECT 1 FROM audit_auditevent e WHERE e.subject = {subject} AND e.kind = '{kind}'"
_ROWS = (
    # what, table, its subject, the event's kind, which rows
    ("permit", "call_permit", "'permit:' || t.number", "permit.taken", "TRUE"),
    ("permit", "call_permit", "'permit:' || t.number", "permit.expired", "t.state = 'expired'"),
    ("permit", "call_permit", "'permit:' || t.number", "permit.released", "t.state = 'released'"),
    ("denial", "call_denial", "'denial:' || t.id", "permit.denied", "TRUE"),
    ("contact", "call_contact", "'contact:' || t.id", "contact.recorded", "TRUE"),
)
_EVENTS = (
    ("permit", "permit.taken", "SELECT 1 FROM call_permit t WHERE t.number = substr(e.subject, 8)"),
    ("denial", "permit.denied", "SELECT 1 FROM call_denial t WHERE t.id = CAST(substr(e.subject, 8) AS bigint)"),
    ("contact", "contact.recorded", "SELECT 1 FROM call_contact t WHERE t.id = CAST(substr(e.subject, 9) AS bigint)"),
)
_UNFIT = (
    "SELECT 'permit:' || p.number FROM call_permit p LEFT JOIN call_contact c ON c.permit_id = p.id"
    " WHERE (p.state = 'used') <> (c.id IS NOT NULL) OR (c.id IS NOT NULL AND (c.customer_id <> p.customer_id"
    " OR c.line_id <> p.line_id OR c.agent_id <> p.agent_id OR c.channel <> p.channel OR c.mode <> p.mode))"
)


def crosscheck() -> list[Finding]:
    """What the trail and the tables do not agree on, at most `MOST` of each kind; [] when they agree."""
    seal()
    return [finding for group in (_without_event(), _without_row(), _unfit()) for finding in group]


def _without_event() -> Iterator[Finding]:
    for _what, table, subject, kind, which in _ROWS:
        event = _EVENT.format(subject=subject, kind=kind)
        found = f"SELECT {subject} FROM {table} t WHERE {which} AND NOT EXISTS ({event}) LIMIT {MOST}"  # noqa: S608
        for (name,) in sql.rows(found):
            what = Text(zh=f"{name} 没有 {kind} 记录。", en=f"{name} has no event {kind}.")
            yield _finding("audit.no_event", name, what)


def _without_row() -> Iterator[Finding]:
    for _what, kind, row in _EVENTS:
        found = f"SELECT e.subject FROM audit_auditevent e WHERE e.kind = '{kind}' AND NOT EXISTS ({row}) LIMIT {MOST}"  # noqa: S608
        for (name,) in sql.rows(found):
            what = Text(zh=f"{kind} 所记的 {name} 不存在。", en=f"{name}, of which {kind} speaks, does not exist.")
            yield _finding("audit.no_row", name, what)


def _unfit() -> Iterator[Finding]:
    for (name,) in sql.rows(f"{_UNFIT} LIMIT {MOST}"):
        what = Text(zh=f"{name} 与其联系记录不相符。", en=f"{name} and its contact do not belong together.")
        yield _finding("audit.unfit", name, what)


def _finding(code: str, name: str, what: Text) -> Finding:
    return Finding(
        code=code,
        what=what,
        why=Text(
            zh="许可、拒绝和联系都要有各自的审计记录。",
            en="Every permit, denial and contact is proved by its event.",
        ),
        mend=Text(
            zh="保全数据库,对照备份查明缺了什么、是谁在何时改动。",
            en="Secure the database and compare with a backup to learn what is missing and who changed it.",
        ),
        place=Place("audit", field=name),
    )
