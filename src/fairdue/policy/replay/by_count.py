"""Rules that look at earlier contacts, for all rows at once.

What is counted is a mask over the rows (`hits`); among whom, a group number for each row (same debtor, same line, same
debtor and debt …). The hits of all groups lie in one sorted array of group × rank, so that "how many in this group since
then and before me" is the distance of two places in it.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable
from typing import NamedTuple

import numpy as np

from ..compiled import Bound
from ..request import ROLES, VOICE
from ..schema import Params, Rule
from .clocks import Ints
from .contacts import Contacts, Flags
from .work import Work


class Group(NamedTuple):
    """A way to divide the rows: `among` numbers the groups, `only` limits the hits, `asking` the rows that look."""

    name: str
    among: Callable[[Work], Ints]
    only: Callable[[Contacts], Flags] | None = None
    asking: Callable[[Contacts], Flags] | None = None


# -- groups --------------------------------------------------------------------------------------------------------------


def _debtor(work: Work) -> Ints:
    return work.contacts.debtor


def _line(work: Work) -> Ints:
    return work.contacts.line


def _role(contacts: Contacts) -> Ints:
    """The role of each row as a history shows it: absent means the debtor."""
    column = contacts.column("role")
    names = sorted(ROLES)
    return np.array([names.index(value or "debtor") for value in column.values], np.int64)[column.codes]


def _paired(work: Work, name: str, one: Callable[[Work], Ints], other: Callable[[Work], Ints]) -> Ints:
    """A number for each pair of two groups."""

    def make() -> Ints:
        second = other(work)
        both = one(work) * (int(second.max(initial=0)) + 1) + second
        different = np.sort(both)
        different = different[np.flatnonzero(np.diff(different, prepend=-1))]
        return np.searchsorted(different, both)

    return work.keep(("pair", name), make)


def _debt(work: Work) -> Ints:
    return work.contacts.debt


def _product(work: Work) -> Ints:
    return work.contacts.column("product").codes.astype(np.int64)


def _of_debt(work: Work) -> Ints:
    return _paired(work, "debtor and debt", _debtor, _debt)


def of_line(work: Work) -> Ints:
    return _paired(work, "debtor and line", _debtor, _line)


def _of_product(work: Work) -> Ints:
    return _debtor(work) * len(work.contacts.column("product").values) + _product(work)


def _with_role(among: Callable[[Work], Ints]) -> Callable[[Work], Ints]:
    return lambda work: among(work) * len(ROLES) + _role(work.contacts)


def has(name: str, known: bool = True) -> Callable[[Contacts], Flags]:
    return lambda contacts: contacts.column(name).where(None) ^ known


def both(*conditions: Callable[[Contacts], Flags]) -> Callable[[Contacts], Flags]:
    return lambda contacts: np.logical_and.reduce([condition(contacts) for condition in conditions])


BY_DEBTOR = (Group("debtor", _debtor),)
BY_LINE = (Group("line", _line, has("line"), has("line")),)


def _may_be(
    column: str,
    name: str,
    exact: Callable[[Work], Ints],
    wide: Callable[[Work], Ints],
    asking: Callable[[Contacts], Flags] | None = None,
) -> tuple[Group, ...]:
    """Rows with the same `column`; where it is not known on either side it may be the same, and that counts."""
    limits = (asking,) if asking else ()
    return (
        Group(f"{name}, {column}", exact, has(column), both(has(column), *limits)),
        Group(f"{name}, no {column}", wide, has(column, False), both(has(column), *limits)),
        Group(f"{name}, any {column}", wide, None, both(has(column, False), *limits)),
    )


BY_PRODUCT = _may_be("product", "debtor", _of_product, _debtor)
BY_DEBT = _may_be("debt", "debtor", _of_debt, _debtor)
BY_DEBT_AND_ROLE = _may_be("debt", "debtor and role", _with_role(_of_debt), _with_role(_debtor))
BY_LINE_AND_ROLE = _may_be("line", "role", _with_role(_line), _with_role(_debtor), has("role"))
FIRST = (
    Group("debtor, debt", _of_debt, has("debt"), has("debt")),
    Group("debtor, no debt", _debtor, has("debt", False)),
)
"""Whose first contact about a debt it is: here a debt that is not known is only that of rows without one."""

# -- what is counted: the same words as checks/counts.py ------------------------------------------------------------------


def has_value(contacts: Contacts, name: str, *values: str | bool | None) -> Flags:
    return contacts.column(name).where(*values)


def voice(contacts: Contacts) -> Flags:
    return has_value(contacts, "channel", *VOICE, None)


def out(contacts: Contacts) -> Flags:
    return contacts.outbound


def to_debtor(contacts: Contacts) -> Flags:
    return has_value(contacts, "role", "debtor", None)


def met(contacts: Contacts) -> Flags:
    return has_value(contacts, "connected", True) | has_value(contacts, "reserved", True)


def _put_through(contacts: Contacts, params: Params) -> Flags:
    calls = voice(contacts) & to_debtor(contacts) & has_value(contacts, "mode", "notify", None)
    return calls & out(contacts) & met(contacts)


def _effective(contacts: Contacts, params: Params) -> Flags:
    calls = voice(contacts) & to_debtor(contacts) & has_value(contacts, "mode", "interactive", None) & out(contacts)
    long_enough = contacts.talk >= params["effective_seconds"]
    spoken = has_value(contacts, "connected", True) & long_enough & has_value(contacts, "two_way", True)
    effective: Flags = calls & (spoken | has_value(contacts, "reserved", True))
    return effective


def _unanswered(contacts: Contacts, params: Params) -> Flags:
    silent = has_value(contacts, "reserved", True) | ~has_value(contacts, "connected", True)
    return voice(contacts) & out(contacts) & silent


def _letters(contacts: Contacts, params: Params) -> Flags:
    return has_value(contacts, "channel", "letter") & out(contacts)


def _visits_met(contacts: Contacts, params: Params) -> Flags:
    return has_value(contacts, "channel", "visit") & out(contacts) & met(contacts)


def _calls_placed(contacts: Contacts, params: Params) -> Flags:
    return voice(contacts) & out(contacts) & ~has_value(contacts, "consented", True)


def _conversations(contacts: Contacts, params: Params) -> Flags:
    spoken = has_value(contacts, "connected", True) & has_value(contacts, "two_way", True)
    return voice(contacts) & (spoken | has_value(contacts, "reserved", True))


def _location(contacts: Contacts, params: Params) -> Flags:
    return out(contacts) & met(contacts)


def _contacts_made(contacts: Contacts, params: Params) -> Flags:
    return ~has_value(contacts, "channel", "letter") & to_debtor(contacts) & out(contacts) & met(contacts)


KINDS: dict[str, tuple[Callable[[Contacts, Params], Flags], tuple[Group, ...]]] = {
    "put_through": (_put_through, BY_DEBTOR),
    "effective": (_effective, BY_DEBTOR),
    "unanswered": (_unanswered, BY_LINE),
    "letters": (_letters, BY_PRODUCT),
    "visits_met": (_visits_met, BY_DEBTOR),
    "calls_placed": (_calls_placed, BY_DEBT_AND_ROLE),
    "conversations": (_conversations, BY_DEBT_AND_ROLE),
    "location": (_location, BY_LINE_AND_ROLE),
    "contacts_made": (_contacts_made, BY_DEBT),
}

# -- counting ------------------------------------------------------------------------------------------------------------


def hit_keys(work: Work, key: Hashable, hits: Callable[[], Flags], group: Group) -> Ints:
    """The hits of a group as sorted numbers: group × all rows + rank."""

    def make() -> Ints:
        contacts = work.contacts
        found = hits() & group.only(contacts) if group.only else hits()
        rows = np.flatnonzero(found)
        among = group.among(work)
        if int(among.max(initial=0)) >= (1 << 62) // max(1, contacts.count):
            raise OverflowError("too many groups for one table of contacts; replay the history in parts")
        return np.sort(among[rows] * contacts.count + contacts.rank[rows])

    return work.keep(("hits", key, group.name), make)


def since(work: Work, rows: Ints, days: int | None) -> Ints:
    """The rank from which a row's last `days` local days count; 0 without days."""
    if days is None:
        return np.zeros(len(rows), np.int64)
    every = work.keep(("since", days), lambda: work.contacts.start_rank(days))
    return every[rows]


def earlier(work: Work, keys: Ints, group: Group, rows: Ints, start: Ints) -> Ints:
    """How many hits of a row's group lie at or after rank `start` and before the row."""
    contacts = work.contacts
    base = group.among(work)[rows] * contacts.count
    counts = np.searchsorted(keys, base + contacts.rank[rows]) - np.searchsorted(keys, base + start)
    if group.asking is not None:
        counts *= group.asking(contacts)[rows]
    return counts


def counted(work: Work, kind: str, params: Params, rows: Ints) -> Ints:
    """What the gate's `count` finds for each row: contacts `of` a kind in its last `days`."""
    hits, groups = KINDS[kind]
    seconds = params.get("effective_seconds") if kind == "effective" else None
    start = since(work, rows, params.get("days"))
    total = np.zeros(len(rows), np.int64)
    for group in groups:
        if any(limit is not None and not limit(work.contacts).any() for limit in (group.only, group.asking)):
            continue
        keys = hit_keys(work, (kind, seconds), lambda: hits(work.contacts, params), group)
        if len(keys):
            total += earlier(work, keys, group, rows, start)
    return total


def count(work: Work, rule: Rule, bound: Bound, rows: Ints) -> Flags:
    """A cap is reached."""
    params = rule.params
    key = ("count", params["of"], params.get("effective_seconds"), params.get("days"))
    known = work.keep(key, lambda: np.full(work.contacts.count, -1, np.int32))
    fresh = rows[known[rows] < 0]
    if len(fresh):
        known[fresh] = counted(work, params["of"], params, fresh)
    reached: Flags = known[rows] >= params["at_most"]
    return reached
