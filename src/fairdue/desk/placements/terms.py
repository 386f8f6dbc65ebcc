"""What a placement says, where it stands (on the account), and how its rows begin and end. Writes no audit events:
`services` and `feed` do, each in its own way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from fairdue.desk.accounts.models import Account, ImportBatch
from fairdue.desk.people.models import Agency, User

from .models import Ending, Origin, Placement

ON_ACCOUNT = ("agency", "placed_on", "closing_on", "placement_notice_on", "placement_notice_sent")
"""The account's fields that hold what counts now."""


@dataclass(frozen=True, slots=True)
class Terms:
    """With whom, from when until when (both included), and when the customer was told (None: not known)."""

    agency: Agency
    placed_on: date | None
    closing_on: date | None
    notice_on: date | None = None
    notice_sent: bool = False


def put(account: Account, terms: Terms | None, at: datetime) -> None:
    """Set the account's fields (not saved); None: placed with nobody."""
    account.agency = terms.agency if terms else None
    account.placed_on = terms.placed_on if terms else None
    account.closing_on = terms.closing_on if terms else None
    account.placement_notice_on = terms.notice_on if terms else None
    account.placement_notice_sent = bool(terms and terms.notice_sent)
    account.updated_at = at


def row_of(
    account: Account, terms: Terms, origin: Origin, by: User | None, at: datetime, batch: ImportBatch | None = None
) -> Placement:
    """A row that begins (not saved)."""
    return Placement(
        account=account,
        agency=terms.agency,
        placed_on=terms.placed_on,
        closing_on=terms.closing_on,
        notice_on=terms.notice_on,
        notice_sent=terms.notice_sent,
        origin=origin,
        batch=batch,
        made_by=by,
        made_at=at,
    )


def end(row: Placement, ending: Ending, by: User | None, day: date, at: datetime, reason: str = "") -> None:
    """End a row (not saved). One that had run out before keeps its own last day."""
    row.ending, row.ended_by, row.ended_at, row.reason = ending, by, at, reason.strip()[:300]
    row.ended_on = min(day, row.closing_on) if row.closing_on else day


def terms_of(row: Placement) -> Terms:
    """What a row says."""
    return Terms(row.agency, row.placed_on, row.closing_on, row.notice_on, row.notice_sent)


def standing_terms(account: Account) -> Terms | None:
    """What the account says now; None when it is placed with nobody."""
    if account.agency is None:
        return None
    told = account.placement_notice_sent
    return Terms(account.agency, account.placed_on, account.closing_on, account.placement_notice_on, told)


def as_json(terms: Terms | None) -> dict[str, Any] | None:
    """Terms for the audit trail."""
    if terms is None:
        return None
    days = {"from": terms.placed_on, "until": terms.closing_on, "notice_on": terms.notice_on}
    return {
        "agency": terms.agency.code,
        **{name: day.isoformat() if day else None for name, day in days.items()},
        "notice_sent": terms.notice_sent,
    }
