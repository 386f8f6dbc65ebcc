"""The contacts, promises and payments of a sample: drawn as whole columns, calibrated to published rates."""

from __future__ import annotations

from datetime import UTC, date, datetime

import numpy as np
import polars as pl

from fairdue.core.dates import zone

Rng = np.random.Generator

CONTACT_PER_ATTEMPT = 0.0739
PROMISE_PER_CONTACT = 0.35
KEPT_SHARE = 0.55
REVERSED_SHARE = 0.004
ATTEMPTS_PER_DAY = 0.42
MAX_ATTEMPTS = 40
HOURS = np.arange(8, 20)
HOUR_CALLS = np.array([6, 14, 14, 9, 4, 4, 12, 10, 9, 7, 6, 5]) / 100
"""Share of attempts per local hour from 8: the morning round before 10–11, the second one about 14:00 (P3-2)."""
HOUR_ANSWERS = {
    "mobile": np.array([0.6, 0.9, 1.2, 1.1, 0.7, 0.7, 1.0, 1.0, 1.1, 1.2, 1.4, 1.5]),
    "home": np.array([0.4, 0.4, 0.5, 0.6, 0.9, 0.6, 0.5, 1.3, 1.5, 1.7, 2.0, 2.0]),
    "office": np.array([0.5, 1.4, 1.6, 1.4, 0.3, 0.4, 1.5, 1.5, 1.3, 0.8, 0.2, 0.1]),
}
"""How much likelier than usual each line is answered at each hour (home lines mostly after 15:00, P1-4.9)."""
OUTCOMES_MISSED = ("no_answer", "busy", "wrong_number")
OUTCOMES_TALKED = ("reached", "refused", "dispute", "hardship")


def make_history(
    rng: Rng, accounts: pl.DataFrame, lines: pl.DataFrame, as_of: date
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """`(history, events)`: attempts, conversations and promises by time; payments and reversals by reference."""
    attempts = _attempts(rng, accounts, lines, as_of)
    promises = _promises(rng, attempts, as_of)
    history = pl.concat([attempts, promises], how="diagonal").sort("at", "account_id", "kind", maintain_order=True)
    columns = [
        "debtor_id",
        "account_id",
        "at",
        "kind",
        "line",
        "connected",
        "talk_seconds",
        "outcome",
        "amount_fen",
        "promised_for",
        "agent",
    ]
    return history.select(columns), _events(rng, accounts, promises, as_of)


def _attempts(rng: Rng, accounts: pl.DataFrame, lines: pl.DataFrame, as_of: date) -> pl.DataFrame:
    own = lines.filter(pl.col("role") == "debtor").with_columns(
        pl.int_range(pl.len()).over("debtor_id").alias("place"), pl.len().over("debtor_id").alias("lines")
    )
    overdue = accounts.filter(pl.col("dpd") > 0)
    days = overdue["dpd"].to_numpy()
    times = np.minimum(rng.poisson(days * ATTEMPTS_PER_DAY * rng.gamma(2.0, 0.5, len(days))), MAX_ATTEMPTS)
    index = np.repeat(np.arange(len(days)), times)
    size = len(index)
    hour = rng.choice(len(HOURS), size, p=HOUR_CALLS / HOUR_CALLS.sum())
    frame = overdue[index].select("debtor_id", "account_id", "due_fen", "dpd")
    back = rng.integers(1, frame["dpd"].to_numpy() + 1)
    frame = frame.with_columns(
        pl.Series("hour", hour),
        pl.Series("back", back),
        pl.Series("minute", rng.integers(0, 60, size)),
        pl.Series("second", rng.integers(0, 60, size)),
        pl.Series("draw", rng.random(size)),
    )
    counts = own.select("debtor_id", "lines").unique(maintain_order=True)
    frame = frame.join(counts, on="debtor_id", how="left", maintain_order="left").with_columns(
        pl.when(pl.col("draw") < 0.7)
        .then(0)
        .otherwise((pl.col("draw") * 1000).cast(pl.Int64) % pl.col("lines"))
        .alias("place")
    )
    frame = frame.join(
        own.select("debtor_id", pl.col("place").cast(pl.Int64), "kind", "value"),
        on=["debtor_id", "place"],
        how="left",
        maintain_order="left",
    )
    kinds = frame["kind"].to_numpy()
    factor = np.ones(size)
    for kind, answers in HOUR_ANSWERS.items():
        here = kinds == kind
        factor[here] = answers[hour[here]]
    factor /= factor.mean() if size else 1
    reached = rng.random(size) < CONTACT_PER_ATTEMPT * factor
    talk = np.where(reached, np.clip(np.exp(rng.normal(4.6, 0.6, size)), 12, 900), 0).astype(np.int64)
    missed = np.array(OUTCOMES_MISSED)[rng.choice(3, size, p=[0.85, 0.13, 0.02])]
    talked = np.array(OUTCOMES_TALKED)[rng.choice(4, size, p=[0.8, 0.12, 0.04, 0.04])]
    home = zone("Asia/Shanghai")
    start = datetime(as_of.year, as_of.month, as_of.day, tzinfo=home).astimezone(UTC)
    return frame.select(
        "debtor_id",
        "account_id",
        (
            pl.lit(start).cast(pl.Datetime("us", "UTC"))
            - pl.duration(days="back")
            + pl.duration(hours=pl.col("hour") + int(HOURS[0]), minutes="minute", seconds="second")
        ).alias("at"),
        pl.Series("kind", np.where(reached, "conversation", "attempt")),
        pl.col("value").alias("line"),
        pl.Series("connected", reached),
        pl.Series("talk_seconds", talk),
        pl.Series("outcome", np.where(reached, talked, missed)),
        pl.lit(0, pl.Int64).alias("amount_fen"),
        pl.lit(None, pl.Date).alias("promised_for"),
        pl.Series("agent", np.char.add("agent", (rng.integers(1, 11, size)).astype(str))),
        "due_fen",
        "back",
    )


def _promises(rng: Rng, attempts: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """One promise per account: the last of its contacts that gave one; a part or all of what is due, 0–3 days ahead."""
    talks = attempts.filter(pl.col("connected"))
    talks = talks.filter(pl.Series(rng.random(talks.height) < PROMISE_PER_CONTACT))
    talks = talks.sort("at", "account_id").unique("account_id", keep="last", maintain_order=True)
    ahead = rng.integers(0, 4, talks.height)
    parts = np.array([10, 10, 5, 3])[rng.integers(0, 4, talks.height)]
    amount = np.maximum(100, talks["due_fen"].to_numpy() * parts // 10)
    local_day = pl.col("at").dt.convert_time_zone("Asia/Shanghai").dt.date()
    return talks.with_columns(
        pl.lit("promise").alias("kind"),
        pl.lit("promise").alias("outcome"),
        pl.Series("amount_fen", amount),
        (local_day + pl.duration(days=pl.lit(pl.Series("ahead", ahead)))).alias("promised_for"),
    )


def _events(rng: Rng, accounts: pl.DataFrame, promises: pl.DataFrame, as_of: date) -> pl.DataFrame:
    kept = promises.filter(pl.Series(rng.random(promises.height) < KEPT_SHARE) & (pl.col("promised_for") < as_of))
    paid = kept.select("account_id", pl.col("promised_for").alias("value_date"), "amount_fen")
    overdue = accounts.filter(pl.col("dpd") > 3)
    alone = overdue.filter(pl.Series(rng.random(overdue.height) < 0.06)).join(paid, on="account_id", how="anti")
    back = (alone["dpd"].to_numpy() * rng.random(alone.height)).astype(np.int64) + 1
    alone = alone.select(
        "account_id",
        (pl.lit(as_of) - pl.duration(days=pl.lit(pl.Series("back", np.minimum(back, alone["dpd"].to_numpy())))))
        .cast(pl.Date)
        .alias("value_date"),
        (pl.col("due_fen") // 4 + 100).clip(upper_bound=pl.col("principal_fen")).alias("amount_fen"),
    )
    payments = (
        pl.concat([paid, alone])
        .sort("value_date", "account_id")
        .with_columns(
            pl.lit("payment").alias("kind"),
            pl.format("P{}", pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(8)).alias("reference"),
            pl.lit(None, pl.String).alias("reverses"),
        )
    )
    back_again = payments.filter(pl.Series(rng.random(payments.height) < REVERSED_SHARE)).with_columns(
        pl.lit("reversal").alias("kind"),
        pl.col("reference").alias("reverses"),
        pl.format("R{}", pl.col("reference").str.slice(1)).alias("reference"),
        pl.min_horizontal(pl.col("value_date") + pl.duration(days=1), pl.lit(as_of)).cast(pl.Date).alias("value_date"),
    )
    columns = ["account_id", "kind", "value_date", "amount_fen", "reference", "reverses"]
    return pl.concat([payments, back_again]).select(columns).sort("reference")
