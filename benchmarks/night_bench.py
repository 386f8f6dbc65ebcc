"""The night on a generated portfolio: seconds per step and peak memory.

    python benchmarks/night_bench.py [accounts] [events per account] [agents] [per agent]

Skewed on purpose: one person in 20 has several debts, amounts are log-normal, a few people hold most of the events.
"""

from __future__ import annotations

import sys
import tempfile
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from fairdue.portfolio.night import run_night

AS_OF = date(2026, 3, 2)
PRODUCTS = ("cash_loan", "credit_card", "instalment", "telecom")


def write(folder: Path, accounts: int, per_account: int, seed: int = 1) -> tuple[Path, Path]:
    """Two Parquet files in the layout of formats.md; the same seed gives the same files."""
    rng = np.random.default_rng(seed)
    people = max(1, accounts * 19 // 20)
    owner = np.where(np.arange(accounts) < people, np.arange(accounts), rng.integers(0, people, accounts))
    principal = np.clip(rng.lognormal(12.5, 1.2, accounts), 100, 10**9).astype(np.int64)
    late = np.where(rng.random(accounts) < 0.2, -rng.integers(0, 30, accounts), rng.geometric(0.02, accounts))
    today = np.datetime64(AS_OF)
    ids = np.char.add("A", np.arange(accounts).astype(str))
    debtors = np.char.add("D", np.arange(people).astype(str))
    files = folder / "accounts.parquet", folder / "events.parquet"
    none = pa.nulls(accounts, pa.string())
    pq.write_table(
        pa.table(
            {
                "account_id": ids,
                "debtor_id": debtors[owner],
                "product": np.array(PRODUCTS)[rng.integers(0, 4, accounts)],
                "principal_fen": principal,
                "due_fen": principal // rng.integers(1, 12, accounts),
                "due_date": pa.array(today - late, pa.date32()),
                "opened": pa.array(today - late - 400, pa.date32()),
                "cycles": np.maximum(0, late // 30 + 1).astype(np.int32),
                "limit_fen": principal * 2,
                "agent_group": none,
                "do_not_contact": rng.random(accounts) < 0.03,
            }
        ),
        files[0],
    )
    count = accounts * per_account
    which = np.minimum((rng.random(count) ** 2 * accounts).astype(np.int64), accounts - 1)
    kind = np.array(("attempt", "conversation", "promise", "payment"))[rng.choice(4, count, p=(0.80, 0.12, 0.05, 0.03))]
    seconds = np.sort(rng.integers(0, 120 * 86_400, count))
    start = np.datetime64(AS_OF, "s") - np.timedelta64(120, "D")
    paid = kind == "payment"
    pq.write_table(
        pa.table(
            {
                "ts": pa.array(start + seconds, pa.timestamp("s")).cast(pa.timestamp("us", "UTC")),
                "debtor_id": debtors[owner[which]],
                "account_id": pa.array(ids[which], mask=~paid),
                "kind": kind,
                "amount_fen": pa.array(rng.integers(1_000, 100_000, count), mask=~paid),
                "connected": kind == "conversation",
                "talk_seconds": pa.array(rng.integers(0, 300, count).astype(np.int32)),
            }
        ),
        files[1],
    )
    return files


def main() -> None:
    accounts, per_account, agents, per_agent = (*map(int, sys.argv[1:]), *(1_000_000, 4, 500, 100)[len(sys.argv) - 1 :])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = write(folder, accounts, per_account)
        report = run_night(*files, as_of=AS_OF, out=folder / "out", agents=agents, per_agent=per_agent)
    print(f"{accounts:,} accounts, {accounts * per_account:,} events, {agents} agents x {per_agent}")
    for step, seconds in report.seconds.items():
        print(f"  {step:<14} {seconds:7.3f} s")
    print(f"  {'all':<14} {sum(report.seconds.values()):7.3f} s, peak {report.peak_bytes / 2**30:.2f} GiB")
    print(f"  rows {report.rows}")


if __name__ == "__main__":
    main()
