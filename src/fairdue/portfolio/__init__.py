"""The portfolio: import of feeds through mappings, generated samples, and the night (`portfolio.night`).

Plain facts in, plain facts out; only the desk stores them.
"""

from .compare import Comparison, compare
from .importer import ImportResult, RejectedRow, read_portfolio
from .mapping import Mapping, load_mapping, shipped
from .records import AccountRecord, CustomerRecord, EventRecord, HistoryRecord, HoldRecord, LineRecord
from .rejects import write_rejects

__all__ = [
    "AccountRecord",
    "Comparison",
    "CustomerRecord",
    "EventRecord",
    "HistoryRecord",
    "HoldRecord",
    "ImportResult",
    "LineRecord",
    "Mapping",
    "RejectedRow",
    "compare",
    "load_mapping",
    "read_portfolio",
    "shipped",
    "write_rejects",
]
