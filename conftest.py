"""In CI a skipped browser or PostgreSQL test is a failure: green must mean that it ran."""

from __future__ import annotations

import os

import pytest

_MUST_RUN = {"browser", "postgres"}


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    outcome = yield
    report = outcome.get_result()
    if os.environ.get("CI") and report.skipped and _MUST_RUN & {mark.name for mark in item.iter_markers()}:
        report.outcome = "failed"
        report.longrepr = (
            f"{item.nodeid} was skipped in CI, where browser and PostgreSQL tests must run: {report.longrepr}"
        )
