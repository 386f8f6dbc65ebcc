"""kill -9 in the middle: whatever moment it hits, no permit leaks, none is spent twice, and the trail stays whole."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from call_world import Clock
from crash_world import Crashes
from django.core.management import call_command
from django.db import connection, connections

from fairdue.desk.audit.selectors import verify
from fairdue.desk.call.models import Contact, Denial, Permit

KILLS = int(os.environ.get("FAIRDUE_TEST_KILLS", "40"))
"""A thousand prove it (`FAIRDUE_TEST_KILLS=1000`, some minutes); forty keep the suite short."""


@pytest.fixture
def crashes(transactional_db: None, tmp_path: Path, noon: Clock) -> Iterator[Crashes]:
    """A database that other processes can open: on SQLite a file of this test's own."""
    if connection.vendor != "sqlite":
        yield Crashes(noon)
        return
    usual, name = connections["default"], connections.settings["default"]["NAME"]
    connections.settings["default"]["NAME"] = str(tmp_path / "crash.sqlite3")
    connections["default"] = connections.create_connection("default")
    try:
        call_command("migrate", verbosity=0)
        yield Crashes(noon)
    finally:
        connections["default"].close()
        connections.settings["default"]["NAME"] = name
        connections["default"] = usual


@pytest.mark.slow
@pytest.mark.timeout(3600)
def test_killed_at_any_moment_nothing_leaks_and_nothing_is_spent_twice(crashes: Crashes) -> None:
    for seed in range(KILLS // 2):
        crashes.round(seed)
    count, findings = verify()
    assert findings == []
    assert sum(n for what, n in crashes.counts.items() if what.startswith("killed")) == KILLS // 2 * 2
    print(f"{connection.vendor}: {count} events; {Permit.objects.count()} permits, {Contact.objects.count()} contacts,")
    print(f"  {Denial.objects.count()} denials; {dict(sorted(crashes.counts.items()))}")
