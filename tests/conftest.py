"""Settings of the test run: a home of its own, demo mode, `DATABASE_URL` honoured (so the same suite runs on PostgreSQL).

The environment is set before Django's settings are read; that is why the settings module is named here.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile

_HOME = tempfile.mkdtemp(prefix="fairdue-test-")
atexit.register(shutil.rmtree, _HOME, ignore_errors=True)
os.environ["FAIRDUE_HOME"] = _HOME
os.environ["FAIRDUE_DEMO"] = "1"
os.environ.setdefault("FAIRDUE_LOG_LEVEL", "WARNING")
os.environ.pop("FAIRDUE_CLOCK_OFFSET", None)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairdue.desk.settings")


def _boot() -> None:
    """Configure Django before any conftest below imports a model."""
    from fairdue.desk import boot

    boot()


_boot()
