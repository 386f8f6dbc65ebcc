"""The UCI credit-card file: all 30 000 rows, to the fen, twice."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from fairdue.portfolio import compare, load_mapping, read_portfolio

pytestmark = pytest.mark.data


def test_all_rows_go_in_and_reconcile(uci_file: Path) -> None:
    mapping, _ = load_mapping("uci-credit-card")
    assert mapping is not None
    result = read_portfolio(uci_file, mapping)
    with uci_file.open(encoding="utf-8") as handle:
        rows = {f"UCI-{row['ID']}": row for row in csv.DictReader(handle)}
    assert result.totals.rows == result.totals.taken == len(result.accounts) == len(rows) == 30_000
    bills = sum(int(Decimal(row["X12"])) for row in rows.values()) * 100
    assert result.totals.columns["X12"].file_fen == bills
    assert result.totals.records["principal_fen"] - result.totals.records["credit_fen"] == bills
    for account in result.accounts:
        row = rows[account.account_id]
        bill, status = int(Decimal(row["X12"])) * 100, int(row["X6"])
        assert account.principal_fen == max(0, bill)
        assert account.credit_fen == max(0, -bill)
        assert account.cycles == max(0, status)
        share = (max(0, bill) * 100_000 * 2 + 1_000_000) // 2_000_000
        assert account.due_fen == min(max(0, bill), share * account.cycles)
        assert account.due_date is not None
        days = (date(2005, 9, 30) - account.due_date).days
        assert days == -20 if account.cycles == 0 else 30 * (account.cycles - 1) < days <= 30 * account.cycles
    assert Counter(f.code for f in result.findings if f.severity != "info") == {
        "import.account.arrears_without_debt": 1_689
    }
    assert all(c.generated_identity and c.id_card is None for c in result.customers)
    assert len(result.lines) == 30_000

    again = compare(read_portfolio(uci_file, mapping), {a.account_id: a.digest for a in result.accounts})
    assert (len(again.unchanged), again.new, again.changed, again.missing) == (30_000, (), (), ())


def test_a_demo_may_date_it_today(uci_file: Path, tmp_path: Path) -> None:
    mapping, _ = load_mapping("uci-credit-card")
    assert mapping is not None
    part = tmp_path / "part.csv"
    part.write_text("".join(uci_file.open(encoding="utf-8").readlines()[:200]), encoding="utf-8")
    then, now = read_portfolio(part, mapping), read_portfolio(part, mapping, date(2026, 3, 2))
    shift = timedelta(days=(date(2026, 3, 2) - date(2005, 9, 30)).days)
    assert [a.due_date + shift for a in then.accounts if a.due_date] == [a.due_date for a in now.accounts]
    assert [a.dpd for a in then.accounts] == [a.dpd for a in now.accounts]
