"""Counts and sums of an import, so that it can be reconciled with the file to the fen."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class ColumnSum:
    """One money column of the file: what its cells say, and where each fen went. `unreadable` cells have no amount."""

    file_fen: int = 0
    taken_fen: int = 0
    rejected_fen: int = 0
    excluded_fen: int = 0
    unreadable: int = 0

    @property
    def reconciles(self) -> bool:
        """`file == taken + rejected + excluded`."""
        return self.file_fen == self.taken_fen + self.rejected_fen + self.excluded_fen


@dataclass
class Totals:
    """Rows and sums. `columns` is keyed by the file's column name, `records` by record field (taken records only)."""

    rows: int = 0
    taken: int = 0
    rejected: int = 0
    excluded: int = 0
    columns: dict[str, ColumnSum] = field(default_factory=dict)
    records: dict[str, int] = field(default_factory=dict)

    @property
    def reconciles(self) -> bool:
        """True when every row and every fen of the file is taken, rejected or excluded."""
        return self.rows == self.taken + self.rejected + self.excluded and all(
            column.reconciles for column in self.columns.values()
        )

    def as_dict(self) -> dict[str, object]:
        """JSON form; amounts in fen."""
        return {
            "rows": self.rows,
            "taken": self.taken,
            "rejected": self.rejected,
            "excluded": self.excluded,
            "reconciles": self.reconciles,
            "columns": {
                name: {
                    "file_fen": s.file_fen,
                    "taken_fen": s.taken_fen,
                    "rejected_fen": s.rejected_fen,
                    "excluded_fen": s.excluded_fen,
                    "unreadable": s.unreadable,
                }
                for name, s in self.columns.items()
            },
            "records": dict(self.records),
        }
