"""Serial numbers of permits, cases and quotes: one counter per prefix and day, taken inside the caller's transaction.

Order of locks, the same everywhere, so that two transactions never wait for each other: customer → number of the line →
serial → audit chain. A service that needs a serial takes it before its first audit event.
"""

from __future__ import annotations

from datetime import date

from django.db.models import F

from fairdue.core.ids import numbered
from fairdue.desk.accounts.models import Serial


def next_number(prefix: str, day: date) -> str:
    """The next free number such as `P20261124-000001-8`; the row stays locked until the transaction ends."""
    serial, _made = Serial.objects.select_for_update().get_or_create(prefix=prefix, day=day)
    Serial.objects.filter(pk=serial.pk).update(last=F("last") + 1)
    serial.refresh_from_db(fields=["last"])
    return numbered(prefix, day, serial.last)
