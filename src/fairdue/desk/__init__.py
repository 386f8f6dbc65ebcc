"""The desk: the web application, the database, the audit trail. The only room that has state.

One folder per feature, each with the same few files:

    models.py     tables            services.py   every change of state, one named function each, with its audit event
    selectors.py  every read        pages.py      HTML views (thin)         forms.py, urls.py, templates/
    api.py        the same actions for machines (django-ninja)

`boot()` makes the desk usable from a script or the CLI.
"""

from __future__ import annotations

import os


def boot() -> None:
    """Configure Django once (settings `fairdue.desk.settings`); safe to call again."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "fairdue.desk.settings")
    import django

    django.setup()
