"""Helpers of the import tests: a small mapping, files made on the spot, the shipped data when it is there."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from small_mapping import AS_OF, SMALL

from fairdue.portfolio import ImportResult, Mapping, load_mapping, read_portfolio


@pytest.fixture
def mapping_of(tmp_path: Path) -> Callable[[str], Mapping]:
    """A checked mapping from YAML text; fails the test when it has findings."""

    def make(text: str = SMALL) -> Mapping:
        path = tmp_path / "mapping.yaml"
        path.write_text(text, encoding="utf-8")
        mapping, findings = load_mapping(path)
        assert mapping is not None, [f.line() for f in findings]
        return mapping

    return make


@pytest.fixture
def read(tmp_path: Path, mapping_of: Callable[[str], Mapping]) -> Callable[..., ImportResult]:
    """Read text or bytes as a CSV file through a mapping (default: the small one)."""

    def run(content: str | bytes, mapping: str | Mapping = SMALL, name: str = "feed.csv") -> ImportResult:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return read_portfolio(path, mapping_of(mapping) if isinstance(mapping, str) else mapping, AS_OF)

    return run


@pytest.fixture(scope="session")
def uci_file() -> Path:
    """The UCI credit-card file, or a skip that says where to put it."""
    folder = os.environ.get("FAIRDUE_DATA") or str(Path(__file__).parents[3] / "shared" / "data")
    path = Path(folder) / "uci-credit-card" / "UCI_Credit_Card.csv"
    if not path.is_file():
        pytest.skip(f"no {path}; set FAIRDUE_DATA to a folder that holds uci-credit-card/UCI_Credit_Card.csv")
    return path
