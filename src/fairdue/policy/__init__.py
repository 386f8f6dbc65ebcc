"""The gate: may I contact this person now, on this line, in this way, for this purpose?

    pack, findings = load_pack()                      # packs/policies/cn
    decision = decide(parse_request(raw), pack)       # formats.md, "Ask the gate"

A rule is data (id, source, force, dates, parameters) that names one of the checks in `checks.py`. What a rule needs and
does not find denies. The decision carries every rule that spoke, the contacts counted and excluded, and the first
instant at which the same request would pass.
"""

from .decide import Decision, RuleResult, decide
from .pack import Pack, Rule, load_pack
from .request import HistoryRow, Request, RequestError, parse_request

__all__ = [
    "Decision",
    "HistoryRow",
    "Pack",
    "Request",
    "RequestError",
    "Rule",
    "RuleResult",
    "decide",
    "load_pack",
    "parse_request",
]
