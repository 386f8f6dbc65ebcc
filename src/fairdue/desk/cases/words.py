"""Names of case kinds and states, and of people who may act on a hold."""

from __future__ import annotations

from django.utils.functional import Promise as Lazy
from django.utils.translation import gettext_lazy as _

KINDS: dict[str, Lazy] = {
    "dispute": _("Dispute"),
    "complaint": _("Complaint"),
    "hardship": _("Hardship"),
    "vulnerable": _("Vulnerable customer"),
}
"""Kinds are data of the model, not choices, so that new ones need no change."""

CASE_HOLDS = {
    "dispute": "dispute",
    "complaint": "complaint",
    "hardship": "hardship_review",
    "vulnerable": "crisis",
}
"""The hold whose review days are the days to an answer."""

STATES: dict[str, Lazy] = {
    "open": _("Waiting for an answer"),
    "answered": _("Answered"),
    "closed": _("Closed"),
}

WHO: dict[str, Lazy] = {
    "agent": _("agent"),
    "lead": _("team lead"),
    "compliance": _("compliance"),
    "customer": _("the customer"),
    "third_party": _("this person"),
    "system": _("the system"),
}

CHANNELS: dict[str, Lazy] = {
    "voice_human": _("call"),
    "voice_ai": _("automatic call"),
    "sms": _("text message"),
    "im": _("instant message"),
    "email": _("e-mail"),
    "letter": _("letter"),
    "visit": _("visit"),
}

ARTICLE_NOTES = {
    "(sub-number not read)": "（款号未读到）",
    "(item no. not read)": "（项号未读到）",
    "(article number not read)": "（条号未读到）",
    "(inferred from contents)": "（由目录推断）",
    "(number not verified)": "（条号未核实）",
    "(from memory)": "（凭记忆）",
    "(eight items)": "（八项）",
    "(not read)": "（未读到）",
}
"""What citations.yaml says in English of an article, for Chinese pages."""
