"""How the pages say it: what holds, on what ground, whose line it is."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.utils.functional import Promise as Lazy
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from fairdue.desk import clock
from fairdue.desk.accounts.models import Line

from . import rules
from .models import Ending, Kind, Preference
from .selectors import Fact, day_of

CHANNELS: dict[str, Lazy] = {
    "voice_human": _l("calls by a person"),
    "voice_ai": _l("automatic calls"),
    "sms": _l("text messages"),
    "im": _l("instant messages"),
    "email": _l("e-mails"),
    "letter": _l("letters"),
    "visit": _l("visits"),
}
STOPS: tuple[tuple[str, Lazy, tuple[str, ...]], ...] = (
    ("voice", _l("No more calls"), ("voice_human", "voice_ai")),
    ("voice_ai", _l("No automatic calls"), ("voice_ai",)),
    ("sms", _l("No more text messages"), ("sms",)),
    ("im", _l("No more instant messages"), ("im",)),
    ("email", _l("No more e-mails"), ("email",)),
    ("letter", _l("No more letters"), ("letter",)),
    ("visit", _l("No more visits"), ("visit",)),
)
"""The buttons: what is sent, what it says, the channels that it closes."""

CONSENTS: dict[str, Lazy] = {
    "late_hours": _l("Agreed to be contacted at night"),
    "third_party_disclosure": _l("Agreed that the debt may be spoken of with a person they named"),
    "agreed_cap": _l("Agreed to another number of calls a day"),
}
SOURCES: dict[str, Lazy] = {
    "contract": _l("Named in the contract"),
    "reserved": _l("Left with the lender"),
    "in_contact": _l("The customer told us in a contact"),
    "public": _l("Made public by the customer"),
    "contact_told": _l("A contact person told us"),
    "other": _l("Not known, or another source"),
}
EVIDENCE: dict[str, Lazy] = {
    "joint_debt": _l("Spouse: joint debt"),
    "estate": _l("Heir: estate received"),
    "guarantee_contract": _l("Guarantor: guarantee contract"),
}
PROVES: dict[str, Lazy] = {
    "joint_debt": _l("Owes as spouse: a joint debt is proven"),
    "estate": _l("Answers as heir, within the estate received"),
    "guarantee_contract": _l("Owes as guarantor: there is a guarantee contract"),
}
LINE_FACTS: dict[str, Lazy] = {
    Kind.WRONG_NUMBER: _l("Wrong number: it is not called any more"),
    Kind.WORKPLACE: _l("The workplace forbids calls: it is not called any more"),
    Kind.REFUSED: _l("This person does not want to be contacted: they are left alone"),
}
ROLES: dict[str, Lazy] = {
    "debtor": _l("customer"), "spouse": _l("spouse"), "family": _l("family"), "friend": _l("friend"),
    "colleague": _l("colleague"), "agreed_contact": _l("agreed contact"), "heir": _l("heir"),
    "guarantor": _l("guarantor"), "lawyer": _l("lawyer"), "stranger": _l("has nothing to do with the debt"),
}  # fmt: skip


def chinese() -> bool:
    """Whether the page speaks Chinese."""
    return not (get_language() or "zh").startswith("en")


def day_words(day: date) -> str:
    """A day as people say it, with the year when it is not this one."""
    other = day.year != clock.today().year
    if chinese():
        return (f"{day.year} 年 " if other else "") + f"{day.month} 月 {day.day} 日"
    return f"{day.day} {day:%B}" + (f" {day.year}" if other else "")


def window_words(value: str) -> str:
    """`20:00–23:00`, with a word where it passes midnight."""
    start, end = rules.stored_window(value)
    if end < start and end != "00:00":
        return _("%(start)s–%(end)s the next day") % {"start": start, "end": end}
    return f"{start}–{end}"


def span_words(spans: list[rules.Span]) -> str:
    """Spans of a day in one line."""
    return ("、" if chinese() else ", ").join(f"{rules.text_of(a)}–{rules.text_of(b)}" for a, b in spans)


def value_words(kind: str, value: str) -> str:
    """What a row says, shortly, for the history."""
    if kind in (Kind.AGREED_HOURS, Kind.INCONVENIENT):
        return window_words(value)
    names = {Kind.CONSENT: CONSENTS, Kind.OPT_OUT: CHANNELS, Kind.SOURCE: SOURCES, Kind.EVIDENCE: EVIDENCE}
    return str(names.get(Kind(kind), {}).get(value, value))


def line_words(line: Line) -> str:
    """Whose line it is and its masked number."""
    role = ROLES.get(line.role, line.role)
    return " ".join(str(part) for part in (role, line.contact_name_masked, line.value_masked) if part)


def sentence(fact: Fact) -> str:
    """What holds, in plain words."""
    value = fact.value
    if fact.kind == Kind.AGREED_HOURS:
        start, end = rules.stored_window(value)
        if start == end:
            return _("No hours are agreed any more in which contact is possible")
    if fact.kind == Kind.CONSENT and value in CONSENTS:
        return str(CONSENTS[value])
    pattern, names = _SAID.get(fact.kind, (LINE_FACTS.get(fact.kind, "%(what)s"), {}))
    what = window_words(value) if fact.kind in (Kind.AGREED_HOURS, Kind.INCONVENIENT) else names.get(value, value)
    return str(pattern) % {"what": what}


_SAID: dict[str, tuple[Lazy | str, dict[str, Lazy]]] = {
    Kind.AGREED_HOURS: (_l("May be contacted only at %(what)s"), {}),
    Kind.INCONVENIENT: (_l("Does not suit: %(what)s"), {}),
    Kind.OPT_OUT: (_l("Wants no %(what)s"), CHANNELS),
    Kind.CONSENT: (_l("Agreed: %(what)s"), {}),
    Kind.SOURCE: (_l("Source of the number: %(what)s"), SOURCES),
    Kind.EVIDENCE: ("%(what)s", PROVES),
}


def basis(row: Preference | None) -> str:
    """When, how and by whom it was recorded."""
    if row is None or row.how == "import":
        return _("Came with the data or from a call's outcome; no evidence is recorded here")
    who = row.set_by.get_full_name() or row.set_by.get_username() if row.set_by else _("the customer")
    values: dict[str, Any] = {"day": day_words(row.said_on), "how": row.get_how_display(), "who": who}
    said = _("%(day)s, %(how)s; recorded by %(who)s") % values
    return said + (f" · {row.reference}" if row.reference else "") + (f" · {row.account.number}" if row.account else "")


def ended(row: Preference) -> str:
    """When, why and by whom a row ended; empty while it stands."""
    if row.withdrawn_at is None:
        return ""
    day = day_words(day_of(row.withdrawn_at, row.customer))
    if row.ending == Ending.EXPIRED:
        return _("%(day)s, its time ran out") % {"day": day}
    who = row.withdrawn_by.get_full_name() or row.withdrawn_by.get_username() if row.withdrawn_by else _("the customer")
    how = row.get_ending_display()
    more = [part for part in (row.withdrawn_reference, row.withdrawn_reason) if part]
    return " · ".join([_("%(day)s, %(how)s by %(who)s") % {"day": day, "how": how, "who": who}, *more])
