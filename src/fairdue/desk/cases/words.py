"""Names of case kinds and states for pages; kinds are data of the model, not choices, so that new ones need no change."""

from __future__ import annotations

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

KINDS: dict[str, Lazy] = {
    "dispute": _("Dispute"),
    "complaint": _("Complaint"),
    "hardship": _("Hardship"),
    "vulnerable": _("Vulnerable customer"),
}

STATES: dict[str, Lazy] = {
    "open": _("Waiting for an answer"),
    "answered": _("Answered"),
    "closed": _("Closed"),
}
