"""Fixtures of the desk's tests: the clock held still, one small world."""

from __future__ import annotations

import pytest
from call_world import NOON, Clock, World, make_world

from fairdue.desk import clock as desk_clock


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The desk's clock stands at Monday 2 March 2026, 12:00 in Shanghai."""
    still = Clock(NOON)
    monkeypatch.setattr(desk_clock, "now", still)
    return still


@pytest.fixture
def world(db: None, noon: Clock) -> World:
    return make_world()
