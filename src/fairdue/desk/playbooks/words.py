"""Names of stages, parties, pressures, facts and fields for pages, and where a finding belongs in the form."""

from __future__ import annotations

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from fairdue.core.text import Text
from fairdue.desk.templatetags.fairdue import said
from fairdue.playbook import PROVEN

STAGES: dict[str, Lazy] = {
    "pre_due": _("Before the due day"),
    "due_day": _("Due day"),
    "first": _("First contact"),
    "repeat": _("Repeat contact"),
    "third_party": _("Third party on the phone"),
    "special": _("Special accounts"),
}
PARTIES: dict[str, Lazy] = {"customer": _("The customer"), "family": _("Family or another third party")}
LEVERS: dict[str, Lazy] = {
    "reason": pgettext_lazy("lever", "Reason"),
    "relationship": pgettext_lazy("lever", "Relationship"),
    "interest": pgettext_lazy("lever", "Interest"),
    "law": pgettext_lazy("lever", "Law"),
}
PRESSURES: dict[str, Lazy] = {
    "0": _("0 informs"),
    "1": _("1 asks"),
    "2": _("2 states a consequence"),
    "3": _("3 last notice"),
}
CHANNELS: dict[str, Lazy] = {"call": _("Call"), "sms": _("Text message"), "letter": _("Letter"), "im": _("Chat")}
HINT_KINDS: dict[str, Lazy] = {
    "prepare": _("Prepare"),
    "timing": _("Timing"),
    "manner": _("Manner"),
    "strategy": _("Strategy"),
    "caution": _("Caution"),
}
UNITS: dict[str, Lazy] = {"d": _("days"), "h": _("hours")}
FACTS: dict[str, Lazy] = {
    "quote": _("a quote of today"),
    "account": _("account data"),
    "debt": _("speaks of the debt"),
    "plan": _("an instalment plan"),
    "promise": _("an earlier promise"),
    "debit": _("a debit order"),
    "service": _("the telecom service"),
    "outlet": _("an outlet nearby"),
    "next_step": _("the next step of the process"),
    "case": _("time allowed for a review"),
    "agency": _("an agency is calling"),
    "deadline": _("a deadline"),
}
FIELDS: dict[str, Lazy] = {
    "id": _("Id"),
    "answers": _("Answers"),
    "step": _("Step"),
    "situation": _("Special account"),
    "stage": _("Stage"),
    "party": _("Who is on the line"),
    "say": _("Words"),
    "gist_en": _("English gist"),
    "why": _("Why it works"),
    "why_en": _("Why, in English"),
    "argument": _("Argument"),
    "pressure": _("Pressure"),
    "lever": _("Lever"),
    "fits": _("Suits"),
    "products": _("Only for products"),
    "channels": _("Channels"),
    "deadline": _("Deadline"),
    "needs": _("Facts it needs"),
    "cites": _("Law"),
    "source": _("Practice"),
}
PLACES = {
    "act": "answers",
    "purpose": "answers",
    "stage": "stage",
    "party": "party",
    "citation": "cites",
    "cite.unknown": "cites",
    "source": "source",
    "placeholder": "say",
    "literal": "say",
    "guard": "say",
    "deadline": "deadline",
    "deadline.long": "deadline",
    "needs": "needs",
    "need": "needs",
    "claim": "needs",
    "disclosure": "needs",
    "pressure": "pressure",
    "jump": "pressure",
    "fits": "fits",
    "situation": "situation",
    "channels": "channels",
    "duplicate": "id",
}
"""The form's field that a finding of the linter speaks of, by its code without `playbook.`."""


def plain(name: object) -> str:
    """A name in the page's language, whichever kind of text it is."""
    return said(name) if isinstance(name, Text) else str(name)


def fact_name(need: str) -> str:
    """What a fact of `needs` is called."""
    return plain(FACTS.get(need) or PROVEN.get(need) or need)


def stage_name(stage: str) -> str:
    """What a stage is called."""
    return str(STAGES.get(stage, stage))
