"""Hooks of the server: `gunicorn --config python:fairdue.desk.gunicorn_conf fairdue.desk.wsgi` (`fairdue serve` does so)."""

from __future__ import annotations

from typing import Any


def post_worker_init(worker: Any) -> None:
    """Each worker warms up beside its first requests."""
    from fairdue.desk.call.warm import warm_in_background

    warm_in_background()
