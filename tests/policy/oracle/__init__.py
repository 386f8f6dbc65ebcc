"""An independent decider of gate requests: slow, plain, and written without looking at the engine it checks.

Sources are the conventions of the gate, the exchange formats and the register of rules; nothing is imported from
`fairdue`. Use:

    decide(raw, at=None)      → {"allow", "verdict", "rules": [{"id", "verdict"}], "next_lawful"}
    compare(decision, raw)    → readable differences between an engine's decision and ours ([] = they agree)
    requests(seed, count)     → that many random, well-formed requests, the same for the same seed
"""

from .decide import compare, decide
from .generate import requests

__all__ = ["compare", "decide", "requests"]
