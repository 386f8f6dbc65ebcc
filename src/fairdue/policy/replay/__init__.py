"""Back-test: a history of contacts under two packs, or under one pack as it stood on two dates.

    comparison = compare_contacts(Path("contacts.parquet"), first, second)     # a table: millions of rows at once
    comparison = compare_requests(requests, first, second)                     # requests with their own history, one by one
    comparison.matrix, .rules, .agents, .days, .examples, .as_dict(), .rows()

Both give the verdicts of `decide`. Two dates: `policy.dates.as_on(pack, day)` makes a pack of each. `generate.py` writes
large histories for measurements, `campaign.py` shapes a public table of telephone calls into one.
"""

from .bulk import compare_contacts
from .columns import COLUMNS, ContactsError
from .comparison import Breach, Comparison, Example, Row, Tally
from .exact import compare_requests, tallied
from .facts import requests_of

__all__ = [
    "COLUMNS",
    "Breach",
    "Comparison",
    "ContactsError",
    "Example",
    "Row",
    "Tally",
    "compare_contacts",
    "compare_requests",
    "requests_of",
    "tallied",
]
