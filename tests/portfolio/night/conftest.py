"""The night's tests run a small world in a folder of their own (`small_night`)."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from small_night import Night, play


@pytest.fixture
def night(tmp_path: Path) -> Callable[..., Night]:
    """`play` in a folder of its own."""
    return lambda *args, **kwargs: play(tmp_path, *args, **kwargs)
