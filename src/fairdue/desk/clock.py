"""The desk's clock: the one place that reads the time.

`now()` is the real time, except in demo mode, where an offset may move the whole desk (so that a demo started at night
has a working day to show). The offset is refused outside demo mode and every page shows it: nothing may time around
a rule in a real installation.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.conf import settings

from fairdue.core.dates import local_day


def now() -> datetime:
    """The current instant, aware, UTC."""
    return datetime.now(UTC) + timedelta(seconds=settings.FAIRDUE_CLOCK_OFFSET)


def today() -> date:
    """The organisation's local date (its zone is `FAIRDUE_ZONE`)."""
    return local_day(now(), settings.FAIRDUE_ZONE)
