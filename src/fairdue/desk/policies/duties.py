"""The pack's duties with what was recorded of them: last done, next due, overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path

from fairdue.core.findings import Finding
from fairdue.core.ids import digest
from fairdue.core.text import Text
from fairdue.desk import clock
from fairdue.desk.people.models import Role, User
from fairdue.policy.obligations import Elsewhere, Obligation, known_rules, load_elsewhere, load_obligations
from fairdue.policy.schema import CONFIDENCE

from . import packing
from .models import ObligationCheck

JURISDICTION = "CN"
SHOWN = ("all", "overdue", "never", "mine")


@dataclass(frozen=True)
class Duty:
    """One duty: what the pack says, all entries (the latest first), the last day it was done, when it is due next.

    `state`: overdue, never (no entry that stands), due (done, with a next day ahead), done (once, or no calendar),
    standing (nothing recorded and no calendar: it holds always, or for each case or event).
    """

    key: str
    obligation: Obligation
    entries: tuple[ObligationCheck, ...]
    last: ObligationCheck | None
    next_due: date | None
    state: str

    @property
    def citation(self) -> Text:
        """Instrument and article of its rule, and how sure we are of the wording."""
        return citation(self.obligation.rule)


def citation(rule: str) -> Text:
    """A rule of the catalogue as instrument, article and confidence in words."""
    row = known_rules().get(rule)
    if row is None:
        return Text(rule, rule)
    name, sure = f"{row['instrument']} {row['article']}".strip(), CONFIDENCE[row["confidence"]]
    return Text(f"{name}（{sure.zh}）", f"{name} ({sure.en})")


@lru_cache(maxsize=32)
def _loaded(folder: Path) -> tuple[tuple[Obligation, ...], tuple[Elsewhere, ...], tuple[Finding, ...]]:
    obligations, first = load_obligations(folder)
    elsewhere, second = load_elsewhere(folder)
    return tuple(obligations), tuple(elsewhere), (*first, *second)


def obligations(jurisdiction: str) -> tuple[Obligation, ...]:
    """What the pack lists as duties."""
    return _loaded(packing.folder_of(jurisdiction))[0]


def elsewhere(jurisdiction: str) -> tuple[Elsewhere, ...]:
    """What other rooms keep."""
    return _loaded(packing.folder_of(jurisdiction))[1]


def load_findings(jurisdiction: str) -> tuple[Finding, ...]:
    """What could not be read of either."""
    return _loaded(packing.folder_of(jurisdiction))[2]


def key_of(obligation: Obligation) -> str:
    """Tells apart several duties of one rule, whatever their order in the file."""
    return digest([obligation.rule, obligation.title.en])[:16]


def every_days(obligation: Obligation) -> int | None:
    """Days after which it is due again; None when it does not recur by the calendar."""
    return 1 if obligation.every == "each_day" else obligation.days


def all_duties(jurisdiction: str = JURISDICTION, today: date | None = None) -> list[Duty]:
    """All duties in the pack's order. Entries under an earlier wording stay with a rule that has one duty only."""
    by_key: dict[str, list[ObligationCheck]] = {}
    by_rule: dict[str, list[ObligationCheck]] = {}
    rows = ObligationCheck.objects.filter(jurisdiction=jurisdiction).select_related("by", "corrected_by")
    for entry in rows.order_by("-done_on", "-pk"):
        by_key.setdefault(entry.key, []).append(entry)
        by_rule.setdefault(entry.rule, []).append(entry)
    listed = obligations(jurisdiction)
    count: dict[str, int] = {}
    for one in listed:
        count[one.rule] = count.get(one.rule, 0) + 1
    out = []
    for one in listed:
        entries = by_rule.get(one.rule, []) if count[one.rule] == 1 else by_key.get(key_of(one), [])
        out.append(_duty(one, entries, today or clock.today()))
    return out


def _duty(one: Obligation, entries: list[ObligationCheck], today: date) -> Duty:
    newest_first = tuple(sorted(entries, key=lambda entry: entry.pk, reverse=True))
    standing = [entry for entry in entries if entry.done_on is not None and not hasattr(entry, "corrected_by")]
    last = max(standing, key=lambda entry: (entry.done_on, entry.pk)) if standing else None
    days = every_days(one)
    due = last.done_on + timedelta(days=days) if last is not None and days is not None else None
    if due is not None:
        state = "overdue" if due < today else "due"
    elif last is not None:
        state = "done"
    else:
        state = "never" if days is not None or one.every == "once" else "standing"
    return Duty(key_of(one), one, newest_first, last, due, state)


def may_record(user: User, who: str) -> bool:
    """Compliance and administrators record every duty, team leads and trainers their own; leads those of agents too."""
    if user.role in (Role.COMPLIANCE, Role.ADMIN):
        return True
    return (user.role, who) in {(Role.LEAD, "lead"), (Role.LEAD, "agent"), (Role.TRAINER, "trainer")}


def counts(duties: list[Duty]) -> dict[str, int]:
    """How many are overdue, without an entry, and all."""
    return {
        "all": len(duties),
        "overdue": sum(duty.state == "overdue" for duty in duties),
        "never": sum(duty.state == "never" for duty in duties),
    }
