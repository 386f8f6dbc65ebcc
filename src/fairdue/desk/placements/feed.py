"""What a feed says of placements. Its words count when they change, so the same file again does nothing, and what the desk
has decided since (taken back, placed elsewhere) is not undone by a feed that goes on saying the same.

An empty cell ends what a feed placed, and nothing else. An agency that the register does not know gets nothing, and what a
feed had placed with another one ends: where it now is cannot be told. Runs in the import's transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime

from fairdue.core.findings import Finding, Place
from fairdue.desk.accounts.models import Account, ImportBatch
from fairdue.desk.accounts.services.bulk import update
from fairdue.desk.cases.models import Hold
from fairdue.desk.people.models import Agency
from fairdue.portfolio.records import AccountRecord, PlacementRecord
from fairdue.portfolio.wording import finding

from .judging import accounts_of
from .models import Ending, Origin, Placement
from .services import ENDED, FIELDS
from .terms import Terms, end, put, row_of, standing_terms, terms_of

PORTION = 500


@dataclass
class Applied:
    """What was done: accounts placed and taken away, and what is to be said about it."""

    placed: int = 0
    ended: int = 0
    findings: list[Finding] = field(default_factory=list)


@dataclass
class _Work:
    """What an import collects before it writes."""

    agencies: dict[str, Agency]
    held: set[int]
    standing: dict[int, Placement]
    latest: dict[int, Placement]
    batch: ImportBatch
    day: date
    at: datetime
    changed: list[Account] = field(default_factory=list)
    begun: list[Placement] = field(default_factory=list)
    ended: list[Placement] = field(default_factory=list)
    left: int = 0
    out: Applied = field(default_factory=Applied)


def apply(
    records: Sequence[AccountRecord],
    batch: ImportBatch,
    day: date,
    at: datetime,
    keep: Callable[[Sequence[Account]], None],
) -> Applied:
    """Place, move and end what these rows say. `keep` gets the accounts as they stood, before they are changed."""
    speaking = [record for record in records if record.placement is not None]
    if not speaking:
        return Applied()
    accounts = accounts_of([record.account_id for record in speaking])
    standing, latest = _rows(list(accounts.values()))
    work = _Work(
        agencies={agency.code: agency for agency in Agency.objects.all()},
        held=set(Hold.objects.filter(lifted_at=None).values_list("customer_id", flat=True)),
        standing=standing,
        latest=latest,
        batch=batch,
        day=day,
        at=at,
    )
    todo: list[tuple[Account, Terms | None]] = []
    for record in speaking:
        account = accounts.get(record.account_id)
        if account is not None and record.placement is not None:
            todo += _one(account, record.placement, record.source, work)
    keep([account for account, _terms in todo])
    for account, terms in todo:
        put(account, terms, at)
    if work.left:
        work.out.findings.append(finding("import.placement.stands", Place(batch.file_name), value=work.left))
    update(work.ended, ENDED)
    Placement.objects.bulk_create(work.begun, batch_size=PORTION)
    update([account for account, _terms in todo], FIELDS)
    update(work.changed, ("placed_on", "closing_on"))
    work.out.placed = len(work.begun)
    work.out.ended = len(work.ended) - sum(row.ending == Ending.REPLACED for row in work.ended)
    return work.out


def unknown_agencies(records: Iterable[AccountRecord]) -> list[Finding]:
    """What a check can say before anything is written: the rows whose agency is not in the register."""
    known = set(Agency.objects.values_list("code", flat=True))
    return [
        finding("import.placement.agency", Place(r.source.file, r.source.row, "agency"), value=r.placement.agency)
        for r in records
        if r.placement is not None and r.placement.agency and r.placement.agency not in known
    ]


def _rows(accounts: Sequence[Account]) -> tuple[dict[int, Placement], dict[int, Placement]]:
    """By account: the row that stands, and the last one that a feed made."""
    standing: dict[int, Placement] = {}
    latest: dict[int, Placement] = {}
    for start in range(0, len(accounts), PORTION):
        part = Placement.objects.filter(account__in=accounts[start : start + PORTION]).select_related("agency")
        for row in part.order_by("pk"):
            if row.ended_at is None:
                standing[row.account_id] = row
            if row.origin == Origin.FEED:
                latest[row.account_id] = row
    return standing, latest


def _one(account: Account, said: PlacementRecord, place: Place, work: _Work) -> list[tuple[Account, Terms | None]]:
    """The account with its new terms, if this row changes them."""
    if not said.agency:
        return _nobody(account, said, work)
    row = work.standing.get(account.pk)
    agency = work.agencies.get(said.agency)
    if agency is None:
        where = Place(place.file, place.row, "agency")
        work.out.findings.append(finding("import.placement.agency", where, value=said.agency))
        if row is None or row.origin == Origin.DESK:
            return []
        _end(row, Ending.FEED, work)
        return [(account, None)]
    terms = Terms(agency, said.placed_on, said.closing_on, said.notice_on, said.notice_sent)
    if standing_terms(account) == terms or _said_before(work.latest.get(account.pk), terms):
        return []
    if account.customer_id in work.held:
        where = Place(place.file, place.row, "agency")
        work.out.findings.append(finding("import.placement.held", where, value=said.agency))
    if row is not None:
        _end(row, Ending.REPLACED, work)
    work.begun.append(row_of(account, terms, Origin.FEED, work.batch.by, work.at, work.batch))
    return [(account, terms)]


def _said_before(last: Placement | None, terms: Terms) -> bool:
    """The feed goes on saying what it said; since then the desk may have decided otherwise."""
    return last is not None and last.ending != Ending.FEED and terms_of(last) == terms


def _nobody(account: Account, said: PlacementRecord, work: _Work) -> list[tuple[Account, Terms | None]]:
    """A row without an agency: ends what a feed placed, if its cell is there and empty."""
    row = work.standing.get(account.pk)
    by_desk = account.agency_id is not None and (row is None or row.origin == Origin.DESK)
    if by_desk or (said.agency is None and row is not None):
        work.left += 1
    elif row is None:
        _set_days(account, said, work)
    else:
        _end(row, Ending.FEED, work)
        return [(account, None)]
    return []


def _end(row: Placement, ending: Ending, work: _Work) -> None:
    end(row, ending, work.batch.by, work.day, work.at)
    work.ended.append(row)


def _set_days(account: Account, said: PlacementRecord, work: _Work) -> None:
    """Days without an agency are the commission period of whoever works here; days that are not given stay."""
    given = {"placed_on": said.placed_on, "closing_on": said.closing_on}
    new = {name: day for name, day in given.items() if day is not None and getattr(account, name) != day}
    if new:
        for name, day in new.items():
            setattr(account, name, day)
        work.changed.append(account)
