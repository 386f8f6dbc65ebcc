"""The engine and the oracle, written apart from each other, decide the same requests alike.

The suite compares a few thousand; `python tests/policy/oracle_run.py 1000000` a million, or set FAIRDUE_ORACLE_REQUESTS.
"""

from __future__ import annotations

import os

import pytest
from oracle_run import packs, run

REQUESTS = int(os.environ.get("FAIRDUE_ORACLE_REQUESTS", "6000"))


@pytest.mark.slow
def test_engine_and_oracle_decide_alike_and_every_rule_is_hit_both_ways() -> None:
    tally = run(seed=3, count=REQUESTS)
    assert tally.different == 0, "\n".join(tally.differences)
    assert tally.one_sided(packs()) == []
