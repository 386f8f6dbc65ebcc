"""The gate: may I contact this person now, on this line, in this way, for this purpose?

    pack, findings = load_pack(jurisdiction="CN")     # packs/policies/cn and the rules of the house
    decision = decide(parse_request(raw), pack)       # formats.md, "Ask the gate"

A rule is data (id, source with article and confidence, force, dates, what it applies to, parameters) that names one of
the checks in `checks/`. What a rule needs and does not find denies. The decision carries every rule that spoke, the
contacts counted and left out, and the first later instant at which the same request would pass.

Who reads what:

    request.py  parse.py     the facts of one request, and their JSON
    schema.py  pack.py       rules and packs; dates.py, overlay.py: what may be wrong with them, what may be changed
    checks/                  times, counts, people, standing facts, duties: one function a check
    compiled.py  moment.py   a pack ready for speed; one instant on every plausible local clock
    decide.py                verdict, explanation, next lawful moment
    cases.py  lint.py        the packs' own test cases; what load and lint complain about
    obligations.py           duties that no single decision can keep, rules kept by other rooms, and the coverage table
    replay/                  a history under two packs or two dates: what would have been denied, allowed, warned
"""

from .decide import Decision, RuleResult, decide, next_lawful, no_pack
from .pack import jurisdictions, load_pack
from .parse import parse_request
from .request import History, HistoryRow, Request, RequestError
from .schema import Pack, Rule

__all__ = [
    "Decision",
    "History",
    "HistoryRow",
    "Pack",
    "Request",
    "RequestError",
    "Rule",
    "RuleResult",
    "decide",
    "jurisdictions",
    "load_pack",
    "next_lawful",
    "no_pack",
    "parse_request",
]
