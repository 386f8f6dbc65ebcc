"""Rules that read the course of earlier contacts: a debtor who is lost, a message received, the first contact of all."""

from __future__ import annotations

import numpy as np

from ..checks.duties import WRITTEN
from ..compiled import Bound
from ..schema import Rule
from .by_count import (
    BY_DEBTOR,
    FIRST,
    Group,
    both,
    earlier,
    has,
    has_value,
    hit_keys,
    met,
    of_line,
    out,
    since,
    to_debtor,
    voice,
)
from .clocks import Ints
from .contacts import Contacts, Flags
from .work import Work


def _reached(contacts: Contacts) -> Flags:
    """The debtor was spoken to or met, or may be at this moment: a run of failed calls ends."""
    there = voice(contacts) | has_value(contacts, "channel", "visit")
    return to_debtor(contacts) & met(contacts) & there


def _failed(contacts: Contacts) -> Flags:
    """A call to the debtor that nobody answered."""
    return to_debtor(contacts) & voice(contacts) & out(contacts) & ~met(contacts)


def lost_contact(work: Work, rule: Rule, bound: Bound, rows: Ints) -> Flags:
    """Not shown to be lost: fewer than `failed_calls` in a row, or the last one needed is of today."""
    contacts, needed = work.contacts, int(rule.params["failed_calls"])
    reached = hit_keys(work, "reached", lambda: _reached(contacts), BY_DEBTOR[0])
    failed = hit_keys(work, "failed", lambda: _failed(contacts), BY_DEBTOR[0])
    base = contacts.debtor[rows] * contacts.count
    here = base + contacts.rank[rows]
    start = base
    if len(reached):
        place = np.searchsorted(reached, here) - 1
        last = reached[np.maximum(place, 0)]
        start = np.where((place >= 0) & (last >= base), last, base)
    first, end = np.searchsorted(failed, start), np.searchsorted(failed, here)
    enough = end - first >= needed
    if not enough.any():
        return np.ones(len(rows), np.bool_)
    nth = failed[np.minimum(first + needed - 1, len(failed) - 1)] - base
    return ~(enough & (nth < since(work, rows, 1)) & work.zoned(rows))


_CHANNELS = ("voice_human", "voice_ai", "sms", "im", "email", "letter", "visit")


def _of_line_and_channel(work: Work) -> Ints:
    column = work.contacts.column("channel")
    codes = np.array([_CHANNELS.index(value or "voice_human") for value in column.values], np.int64)
    return of_line(work) * len(_CHANNELS) + codes[column.codes]


def consent_needed(work: Work, rule: Rule, bound: Bound, rows: Ints) -> Flags:
    """No consent, and the person has not written on this line and channel at most `inbound_days` ago."""
    contacts = work.contacts
    group = Group("debtor, line, channel", _of_line_and_channel, has("line"), both(has("line"), has("channel")))
    keys = hit_keys(work, "inbound", lambda: ~out(contacts), group)
    start = since(work, rows, rule.params["inbound_days"] + 1)
    return np.equal(earlier(work, keys, group, rows, start), 0)


def validation(work: Work, rule: Rule, bound: Bound, rows: Ints) -> Flags:
    """The first contact about the debt lies more than `days` back, and no notice went out."""
    contacts = work.contacts
    first = np.full(len(rows), contacts.count, np.int64)
    for group in FIRST:
        if group.only is not None and not group.only(contacts).any():
            continue
        keys = hit_keys(work, "made or sent", lambda: _made_or_sent(contacts), group)
        if not len(keys):
            continue
        base = group.among(work)[rows] * contacts.count
        found = keys[np.minimum(np.searchsorted(keys, base), len(keys) - 1)] - base
        there = (found >= 0) & (found < contacts.rank[rows])
        if group.asking is not None:
            there &= group.asking(contacts)[rows]
        first = np.where(there, np.minimum(first, found), first)
    there = first < contacts.count
    stamps = contacts.instants[np.minimum(first, contacts.count - 1)]
    gone = contacts.ordinal[rows] - contacts.ordinals_in(stamps, rows)
    number, told = work.by_request(rows, lambda request: bool(request.debt.get("validation_sent")))
    late: Flags = gone > rule.params["days"]
    unsent: Flags = ~np.array(told, np.bool_)[number]
    return there & unsent & work.zoned(rows) & late


def _made_or_sent(contacts: Contacts) -> Flags:
    written = out(contacts) & has_value(contacts, "channel", *WRITTEN)
    return has_value(contacts, "connected", True) | written
