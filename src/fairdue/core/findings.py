"""Findings: bad input is reported, never a crash and never dropped silently.

Every stage of Fairdue returns `(facts, findings)`. A finding names the place, says what is wrong, why it matters and
how to mend it. Its `code` is stable and greppable (`import.amount.unreadable`); its text may be improved freely.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from .text import Text


class Severity(StrEnum):
    """`error`: the thing was refused. `warning`: taken, look at it. `info`: good to know."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


@dataclass(frozen=True, slots=True)
class Place:
    """Where: a file, a 1-based row or line in it, a column or field name. Any part may be unknown."""

    file: str | None = None
    row: int | None = None
    field: str | None = None

    def __str__(self) -> str:
        parts = [self.file or ""]
        if self.row is not None:
            parts.append(str(self.row))
        if self.field:
            parts.append(self.field)
        return ":".join(p for p in parts if p)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or worth knowing; see the module docstring."""

    code: str
    what: Text
    why: Text
    mend: Text
    place: Place = field(default_factory=Place)
    severity: Severity = Severity.ERROR

    def line(self, lang: str = "en") -> str:
        """One line for a terminal: `place: severity code: what; why; how to mend`."""
        head = f"{self.place}: " if str(self.place) else ""
        return f"{head}{self.severity} {self.code}: {self.what.in_(lang)} {self.why.in_(lang)} {self.mend.in_(lang)}"

    def as_dict(self) -> dict[str, object]:
        """JSON form, used by the API and the stored findings of an import."""
        return {
            "code": self.code,
            "severity": str(self.severity),
            "file": self.place.file,
            "row": self.place.row,
            "field": self.place.field,
            "what": self.what.as_dict(),
            "why": self.why.as_dict(),
            "mend": self.mend.as_dict(),
        }


def has_errors(findings: list[Finding] | tuple[Finding, ...]) -> bool:
    """True when any finding is of error severity (a CLI command then exits with status 1)."""
    return any(f.severity is Severity.ERROR for f in findings)
