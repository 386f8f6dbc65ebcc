"""The SQL stays inside the subset that DuckDB and Spark compute alike, and says what it is for."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import sqlglot
from sqlglot import exp

from fairdue.portfolio.night.run import STEPS


def ids(path: Path) -> str:
    return path.stem


def statements(path: Path) -> list[exp.Expression]:
    return [s for s in sqlglot.parse(path.read_text(encoding="utf-8"), read="duckdb") if s is not None]


def test_steps_are_numbered_without_a_gap() -> None:
    assert [int(p.stem[:2]) for p in STEPS] == list(range(1, len(STEPS) + 1))


@pytest.mark.parametrize("path", STEPS, ids=ids)
def test_header_names_purpose_inputs_and_outputs(path: Path) -> None:
    head = [line for line in path.read_text(encoding="utf-8").splitlines() if line.startswith("--")]
    assert head[0].startswith("-- Purpose: ")
    assert head[1].startswith("-- In: ")
    assert any(line.startswith("-- Out: ") for line in head)


@pytest.mark.parametrize("path", STEPS, ids=ids)
def test_every_step_becomes_spark_sql(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    spark = sqlglot.transpile(text, read="duckdb", write="spark", unsupported_level=sqlglot.ErrorLevel.RAISE)
    assert len(spark) == len(statements(path))
    for sql in spark:
        assert sqlglot.parse_one(sql, read="spark") is not None
        assert "INT128" not in sql
        assert "UNNEST" not in sql


def is_date(node: exp.Expression) -> bool:
    return isinstance(node, exp.Column) and bool(re.search(r"(^|_)(date|day|due|since|of)$", node.name))


def offences(statement: exp.Expression) -> list[str]:
    """What the engines would compute differently, or with a float."""
    found = []
    for node in statement.walk():
        if isinstance(node, exp.Div) and not (isinstance(node.parent, exp.Alias) and node.parent.alias == "score_p"):
            found.append(f"float division: {node.sql()}")
        if isinstance(node, exp.Round):
            found.append(f"round(): {node.sql()}")
        if isinstance(node, exp.Sub) and is_date(node.this) and is_date(node.expression):
            found.append(f"date minus date: {node.sql()}")
        if isinstance(node, exp.Cast) and node.to.sql().upper() in ("DOUBLE", "FLOAT", "HUGEINT", "INT128"):
            alias = node.parent.alias if isinstance(node.parent, exp.Alias) else "score_p"
            if not alias.startswith("score"):
                found.append(f"cast to {node.to.sql()}: {alias}")
        if isinstance(node, exp.DateDiff) and str(node.args.get("unit")).lower() not in (
            "day",
            "'day'",
            "var(this=day)",
        ):
            found.append(f"date_diff by {node.args.get('unit')}: engines count months differently")
    return found


@pytest.mark.parametrize("path", STEPS, ids=ids)
def test_no_construct_on_which_engines_disagree(path: Path) -> None:
    assert [o for s in statements(path) for o in offences(s)] == []


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT due_fen / 2 AS half FROM owed",
        "SELECT ROUND(due_fen, 2) AS due_fen FROM owed",
        "SELECT p.as_of - o.due_date AS dpd FROM owed o, params p",
        "SELECT CAST(due_fen AS DOUBLE) AS due_fen FROM owed",
        "SELECT CAST(due_fen AS HUGEINT) AS due_fen FROM owed",
        "SELECT date_diff('month', due_date, as_of) AS cycles FROM owed",
    ],
)
def test_the_lint_sees_the_traps(sql: str) -> None:
    assert offences(sqlglot.parse_one(sql, read="duckdb")) != []
