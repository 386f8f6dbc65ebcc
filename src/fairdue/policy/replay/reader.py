"""Single contacts of a sorted table as requests with their history: for rules that are asked one by one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import numpy as np

from ..parse import parse_request, row_of
from ..request import History, HistoryRow, Request
from .columns import COLUMNS
from .contacts import Contacts
from .facts import history_json, request_json


class Reader:
    """Requests out of sorted contacts."""

    def __init__(self, contacts: Contacts) -> None:
        self.contacts = contacts
        self._past: dict[int, HistoryRow] = {}
        self._by_line = np.argsort(contacts.line * contacts.count + contacts.rank)
        self._lines = contacts.line[self._by_line]
        self._has_line = ~contacts.column("line").where(None)

    def facts(self, row: int) -> dict[str, Any]:
        """A complete row."""
        found = {column.name: self.contacts.value(column.name, row) for column in COLUMNS if column.name != "at"}
        return found | {
            "at": datetime.fromtimestamp(int(self.contacts.instants[self.contacts.rank[row]]), UTC).isoformat()
        }

    def past(self, row: int) -> HistoryRow:
        """The row as a history shows it."""
        known = self._past.get(row)
        if known is None:
            if len(self._past) > 1_000_000:
                self._past.clear()
            known = self._past[row] = row_of(history_json(self.facts(row)), row)
        return known

    def request(self, row: int) -> Request:
        """The row as a request, with every earlier row of its debtor or line."""
        contacts = self.contacts
        first = int(np.searchsorted(contacts.debtor, contacts.debtor[row]))
        before = set(range(first, row))
        if self._has_line[row]:
            low, high = np.searchsorted(self._lines, [contacts.line[row], contacts.line[row] + 1])
            mine = self._by_line[low:high]
            before.update(mine[contacts.rank[mine] < contacts.rank[row]].tolist())
        history = History(self.past(one) for one in sorted(before, key=lambda one: int(contacts.rank[one])))
        return replace(parse_request(request_json(self.facts(row))), history=history)
