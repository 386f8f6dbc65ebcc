"""The checks that rules name.

A check is made once from a rule's parameters (`CHECKS[name](params)`) and then asked about a request at a moment. It
returns None when the rule has nothing to say, else a `Found`: broken or not, why in both languages, the contacts it
counted and those it left out with the reason. `event` marks a breach that waiting cannot cure (a hold, a refusal, a
role): then there is no next lawful moment.

`TIGHTER` says for each parameter when a new value is at least as strict: what an overlay may change.
"""

from .found import Check, Found, ParamError
from .registry import CHECKS, PARAMS, TIGHTER, edges_of

__all__ = ["CHECKS", "PARAMS", "TIGHTER", "Check", "Found", "ParamError", "edges_of"]
