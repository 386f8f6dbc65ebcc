"""Fixtures of the desk's tests: the clock held still, one small world."""

from __future__ import annotations

import importlib
from collections.abc import Iterator

import pytest
from call_site import signed_in
from call_world import NOON, Clock, World, make_world
from django.db import connection
from django.test import Client

from fairdue.desk import clock as desk_clock
from fairdue.desk.playbooks import checks
from fairdue.desk.playbooks.selectors import forget_libraries


@pytest.fixture
def noon(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The desk's clock stands at Monday 2 March 2026, 12:00 in Shanghai."""
    still = Clock(NOON)
    monkeypatch.setattr(desk_clock, "now", still)
    return still


@pytest.fixture
def world(db: None, noon: Clock) -> World:
    return make_world()


@pytest.fixture(autouse=True)
def no_release_of_another_test() -> None:
    """Releases are cached per process because they never change; a test's database forgets them, so must the cache."""
    forget_libraries()


@pytest.fixture
def desk(world: World, settings) -> Client:
    """The agent's browser, of an institution with a name, a department and a hotline."""
    settings.FAIRDUE_INSTITUTION = "示例银行"
    settings.FAIRDUE_DEPARTMENT = "客户服务部"
    settings.FAIRDUE_HOTLINE = "95000"
    return signed_in(world.agent)


@pytest.fixture
def checks_find_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A draft that can be read passes its checks at once, for tests whose subject is another one."""
    monkeypatch.setattr(checks, "conversations", lambda *_given: [])
    monkeypatch.setattr(checks, "lint_library", lambda *_given, **_more: [])


@pytest.fixture(scope="session", autouse=True)
def flush_may_empty_the_audit_trail() -> Iterator[None]:
    """Tests with real commits are cleaned up by Django's flush, which the append-only triggers would refuse: they are
    taken off for the flush and put back with the very statements of the migration."""
    triggers = importlib.import_module("fairdue.desk.audit.migrations.0003_append_only")
    operations = type(connection.ops)
    flush = operations.execute_sql_flush

    def bare_flush(self, sql_list: list[str]) -> None:
        postgres = self.connection.vendor == "postgresql"
        with self.connection.cursor() as cursor:
            for statement in triggers.POSTGRES_BACK if postgres else triggers.SQLITE_BACK:
                cursor.execute(statement)
            flush(self, sql_list)
            for statement in triggers.POSTGRES if postgres else triggers.SQLITE:
                cursor.execute(statement)

    operations.execute_sql_flush = bare_flush
    yield
    operations.execute_sql_flush = flush
