"""What an agent should know before dialling: the checklist of the practice and hints about the right moment."""

from __future__ import annotations

from fairdue.core.dates import days_past_due, local, local_day
from fairdue.desk import clock
from fairdue.desk.accounts.models import Account, Customer, Line
from fairdue.desk.people.models import User
from fairdue.dialogue import hints_for
from fairdue.playbook import Hint

from .figures import zone_of
from .opening import first_state
from .proof import proven_facts
from .releases import current_release, library_of

KINDS = ("prepare", "timing", "caution")
MOST = 6


def preparation(agent: User, customer: Customer, account: Account | None, line: Line | None) -> list[Hint]:
    """Hints for the minutes before the call, by kind; [] when there is nobody to call or nothing to advise."""
    if line is None:
        return []
    zone, now = zone_of(customer), clock.now()
    day = local_day(now, zone)
    library = library_of(current_release())
    state = first_state(library, agent, customer, account, line, day)
    found = hints_for(
        library,
        state,
        now_local=local(now, zone),
        dpd=days_past_due(account.due_date, day) if account and account.due_date else None,
        before_call=True,
        facts=proven_facts(agent, customer, account, day),
    )
    wanted = [hint for hint in found if hint.kind in KINDS]
    return sorted(wanted, key=lambda hint: KINDS.index(hint.kind))[:MOST]
