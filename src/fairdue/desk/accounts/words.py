"""Names of import kinds, states and counts in the page's language."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from .models import ImportBatch

KINDS = {
    "accounts": gettext_lazy("Accounts"),
    "payments": gettext_lazy("Payments"),
    "contacts": gettext_lazy("Lines"),
    "history": gettext_lazy("Contact history"),
    "holds": gettext_lazy("Holds"),
}
STATES = {
    "waiting": gettext_lazy("Waiting"),
    "running": gettext_lazy("Running"),
    "done": gettext_lazy("Imported"),
    "failed": gettext_lazy("Failed"),
}
COUNTS = {
    "readable": gettext_lazy("readable"),
    "new": gettext_lazy("new"),
    "changed": gettext_lazy("changed"),
    "unchanged": gettext_lazy("unchanged"),
    "missing": gettext_lazy("missing from the file"),
    "closed": gettext_lazy("closed by feed"),
    "rejected": gettext_lazy("rejected"),
    "unknown": gettext_lazy("of unknown accounts"),
    "customers": gettext_lazy("new customers"),
    "lines": gettext_lazy("new lines"),
    "placed": gettext_lazy("placed with an agency"),
    "placements_ended": gettext_lazy("placements ended"),
    "promises": gettext_lazy("promises decided"),
    "plans": gettext_lazy("plan parts decided"),
}
ALWAYS = ("new", "changed", "unchanged", "rejected")


def kind(code: str) -> Any:
    """The name of an import kind."""
    return KINDS.get(code, code)


def state(batch: ImportBatch) -> str:
    """The name of a batch's state; a finished check says that it only checked."""
    if batch.check_only and batch.state == "done":
        return _("Checked only")
    return str(STATES.get(batch.state, batch.state))


def counts(batch: ImportBatch) -> list[tuple[str, int]]:
    """What an import did, as (name, number); zeros only where they say something."""
    return [
        (str(name), batch.counts[code])
        for code, name in COUNTS.items()
        if code in batch.counts and (batch.counts[code] or code in ALWAYS)
    ]


def nothing_changed(batch: ImportBatch) -> bool:
    """True when the same content was known already."""
    written = ("new", "changed", "closed", "customers", "lines", "placed", "placements_ended")
    return batch.state == "done" and not batch.check_only and not any(batch.counts.get(code) for code in written)
