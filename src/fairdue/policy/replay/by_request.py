"""The way out for a rule that the bulk path does not know: the gate's own check, asked contact by contact.

Nothing is skipped: a new check, a new thing to count or a new parameter is answered exactly, only more slowly, and the
comparison names the rule (`Comparison.one_by_one`).
"""

from __future__ import annotations

import numpy as np

from ..compiled import Bound
from ..moment import Moment
from ..schema import Rule
from .clocks import Ints
from .contacts import Flags
from .work import Work


def one_by_one(work: Work, rule: Rule, bound: Bound, rows: Ints) -> Flags:
    """Ask the rule's check about each row with its history."""
    reader = work.reader
    out = np.zeros(len(rows), np.bool_)
    for index, row in enumerate(rows.tolist()):
        request = reader.request(row)
        assert request.at is not None
        found = bound.check(request, Moment(request.at, request.zones))
        out[index] = found is not None and found.broken
    return out
