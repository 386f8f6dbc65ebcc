"""Short SQL for the few hot paths (permits, audit), the same text on SQLite and PostgreSQL.

Everything else uses the ORM. Here a statement goes straight to the driver: on PostgreSQL as a prepared statement, so that
the server does not plan the same query thousands of times, and several in one round trip (pipeline mode); on SQLite through
its own cache of statements. Placeholders are `%s` on both; a statement holds no other percent sign.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from django.db import DEFAULT_DB_ALIAS, connections

Row = tuple[Any, ...]
Step = tuple[str, Sequence[Any]]


def rows(statement: str, values: Sequence[Any] = ()) -> list[Row]:
    """Run one statement in the present transaction and return what it gives back, [] when that is nothing.

    Values are as the driver takes them: instants through `instant`, JSON as text. Errors are Django's (`IntegrityError` …).
    """
    return several((statement, values))[0]


def several(*steps: Step) -> list[list[Row]]:
    """Run statements in order, each seeing what the one before did, and return the rows of each; see `rows`.

    On PostgreSQL all of them travel in one round trip, and each has a snapshot of its own as always (READ COMMITTED).
    Where somebody listens to the queries (debugging, tests that count them) they take Django's own way.
    """
    database = connections[DEFAULT_DB_ALIAS]
    database.ensure_connection()
    run = _DIRECT.get(database.vendor)
    if run is None or database.queries_logged or database.execute_wrappers:
        return [_django(database, *step) for step in steps]
    with database.wrap_database_errors:
        return run(database, steps)


def _django(database: Any, statement: str, values: Sequence[Any]) -> list[Row]:
    with database.cursor() as cursor:
        cursor.execute(statement, values)
        return list(cursor.fetchall()) if cursor.description else []


def _sqlite(database: Any, steps: Sequence[Step]) -> list[list[Row]]:
    execute = database.connection.execute
    return [execute(_question_marks(statement), values).fetchall() for statement, values in steps]


def _postgresql(database: Any, steps: Sequence[Step]) -> list[list[Row]]:
    from psycopg import Cursor

    raw = database.connection
    if raw.prepare_threshold is None and "prepare_threshold" not in database.settings_dict["OPTIONS"]:
        # Django switches prepared statements off for the sake of poolers; here they halve the time of a permit. Behind
        # a pooler that cannot keep them, name the option in DATABASES and it is left alone.
        raw.prepare_threshold = 5
    cursors = [Cursor(raw) for _step in steps]
    if len(steps) == 1:
        cursors[0].execute(*steps[0], prepare=True)
    else:
        with raw.pipeline():
            for cursor, step in zip(cursors, steps, strict=True):
                cursor.execute(*step, prepare=True)
    return [cursor.fetchall() if cursor.description else [] for cursor in cursors]


_DIRECT = {"sqlite": _sqlite, "postgresql": _postgresql}


@lru_cache(maxsize=128)
def _question_marks(statement: str) -> str:
    return statement.replace("%s", "?")


@lru_cache(maxsize=1)
def vendor() -> str:
    """`sqlite` or `postgresql`; a process has one database."""
    return connections[DEFAULT_DB_ALIAS].vendor


def instant(at: datetime) -> Any:
    """An aware instant as a value for `rows`: SQLite keeps naive UTC text, as Django writes it."""
    return at.astimezone(UTC).isoformat(" ")[:-6] if vendor() == "sqlite" else at


def iso(text: str) -> str:
    """ISO 8601 with offset (UTC) of an instant that was selected as text (`column || ''`): cheaper than by way of a date."""
    return f"{text[:10]}T{text[11:].removesuffix('+00')}+00:00"
