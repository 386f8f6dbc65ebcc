"""The people, debts, lines and holds of a sample, drawn as whole columns."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import polars as pl

from fairdue.core.dates import DEFAULT_ZONE

from .identities import fictitious_landline, fictitious_mobile, name_book
from .records import HOLDS

Rng = np.random.Generator

LENDERS = {
    "credit_card": ("bank", "示例银行信用卡中心"),
    "cash_loan": ("microloan", "演示小额贷款公司"),
    "instalment": ("consumer_finance", "样本消费金融公司"),
    "telecom": ("telecom", "虚构通信公司"),
}
PRODUCTS = tuple(LENDERS)
PRODUCT_SHARES = (0.55, 0.22, 0.18, 0.05)
DPD_BANDS = ((-5, 1), (1, 6), (6, 11), (11, 31), (31, 61), (61, 91), (91, 181))
"""Days past due from … to below; negative: still to come."""
DPD_SHARES = (0.10, 0.28, 0.16, 0.24, 0.11, 0.06, 0.05)
INSTALMENT_DAYS = (7, 15, 23, 30)
RELATIONS = ("spouse", "family", "friend", "colleague", "agreed_contact")
SOURCES = ("contract", "reserved", "in_contact", "public", "contact_told", "other")
HOLD_SHARES = {
    "dispute": 0.012,
    "paid_claimed": 0.010,
    "plan_kept": 0.015,
    "complaint": 0.005,
    "hardship_review": 0.010,
    "lawyer": 0.002,
    "grave_illness": 0.002,
    "crisis": 0.001,
}


def weighted(rng: Rng, cumulative: tuple[int, ...], size: int) -> np.ndarray:
    """Indices drawn with the given cumulative weights."""
    return np.searchsorted(np.asarray(cumulative), rng.integers(0, cumulative[-1], size), side="right")


def make_people(rng: Rng, count: int, as_of: date) -> pl.DataFrame:
    """One row per customer with the fields of `CustomerRecord`, and `number` for the lines."""
    book = name_book()
    female = rng.random(count) < 0.42
    surname = np.array(book.surnames)[weighted(rng, book.surname_weights, count)]
    given = np.where(
        female,
        np.array(book.given["female"])[weighted(rng, book.given_weights["female"], count)],
        np.array(book.given["male"])[weighted(rng, book.given_weights["male"], count)],
    )
    city = rng.integers(0, len(book.cities), count)
    street = np.array(book.streets)[rng.integers(0, len(book.streets), count)]
    house = rng.integers(1, 400, count)
    far_west = rng.random(count) < 0.01
    consents = [(0.6, "sms"), (0.03, "late_hours"), (0.02, "third_party_disclosure")]
    given_consents = [np.where(rng.random(count) < share, name, "") for share, name in consents]
    return pl.DataFrame(
        {
            "debtor_id": [f"C{i:07d}" for i in range(1, count + 1)],
            "name": np.char.add(surname, given),
            "id_card": pl.Series([None] * count, dtype=pl.String),
            "zone": np.where(far_west, "Asia/Urumqi", DEFAULT_ZONE),
            "address": [f"{book.cities[c]}{s}{h}号" for c, s, h in zip(city, street, house, strict=True)],
            "gender": np.where(female, "female", "male"),
            "birth_year": as_of.year - np.clip(rng.normal(36, 10, count).astype(np.int64), 19, 78),
            "language": np.repeat("zh", count),
            "status": np.where(rng.random(count) < 0.05, "unreachable", "reachable"),
            "consents": [[name for name in row if name] for row in zip(*given_consents, strict=True)],
            "opt_outs": [["sms"] if x else [] for x in rng.random(count) < 0.02],
            "number": rng.permutation(count),
        },
        schema_overrides={"consents": pl.List(pl.String), "opt_outs": pl.List(pl.String)},
    )


def _snapped(as_of: date) -> np.ndarray:
    """For an instalment that is `d` days past due: the days past due of the nearest earlier instalment date."""
    out = []
    for back in range(-5, 182):
        day = as_of - timedelta(days=back)
        while day.day not in INSTALMENT_DAYS:
            day -= timedelta(days=1)
        out.append((as_of - day).days)
    return np.array(out)


def make_accounts(rng: Rng, customers: int, as_of: date) -> pl.DataFrame:
    """One row per debt with the arguments of `account_record`; one to three debts per customer."""
    each = rng.choice([1, 2, 3], customers, p=[0.72, 0.20, 0.08])
    owner = np.repeat(np.arange(1, customers + 1), each)
    count = len(owner)
    product = rng.choice(len(PRODUCTS), count, p=PRODUCT_SHARES)
    card, loan, instalment, telecom = (product == i for i in range(4))
    band = rng.choice(len(DPD_BANDS), count, p=DPD_SHARES)
    low, high = np.array(DPD_BANDS).T
    dpd = rng.integers(low[band], high[band])
    dpd = np.where(instalment, _snapped(as_of)[dpd + 5], dpd)
    cycles = np.where(dpd > 0, (dpd + 29) // 30, 0)
    median = np.select([card, loan, instalment, telecom], [9_000, 5_000, 12_000, 180])
    principal = np.clip((median * np.exp(rng.normal(0, 0.9, count)) * 100).astype(np.int64), 5_000, 30_000_000)
    share = np.select([card, loan, instalment], [principal // 10, principal, principal // 6], principal)
    due = np.minimum(principal, share * np.maximum(1, cycles))
    limit = (principal * 5 // 3 // 100_000 + 1) * 100_000
    due_date = np.datetime64(as_of) - dpd.astype("timedelta64[D]")
    lender_types = np.array([LENDERS[p][0] for p in PRODUCTS])
    lenders = np.array([LENDERS[p][1] for p in PRODUCTS])
    tail = rng.integers(0, 10_000, count)
    credit = np.where(telecom | (rng.random(count) > 0.01), 0, rng.integers(100, 20_000, count))
    return pl.DataFrame(
        {
            "account_id": [f"A{i:08d}" for i in range(1, count + 1)],
            "debtor_id": [f"C{i:07d}" for i in owner],
            "product": np.array(PRODUCTS)[product],
            "lender_type": lender_types[product],
            "lender": lenders[product],
            "opened": due_date - rng.integers(200, 2500, count).astype("timedelta64[D]"),
            "due_date": due_date,
            "cycles": cycles,
            "dpd": np.maximum(0, dpd),
            "principal_fen": principal,
            "due_fen": due,
            "credit_fen": credit,
            "limit_fen": limit,
            "card_tail": [f"{t:04d}" if c else "" for t, c in zip(tail, card, strict=True)],
            "status": np.repeat("open", count),
        }
    ).with_columns(
        pl.when(pl.col("product") == "credit_card").then(pl.col("limit_fen")).alias("limit_fen"),
        pl.col("opened", "due_date").cast(pl.Date),
    )


def make_lines(rng: Rng, people: pl.DataFrame) -> pl.DataFrame:
    """Own mobile for all, home and office for some, 0–3 contact persons; every contact says where it comes from."""
    book = name_book()
    count = people.height
    number = people["number"].to_numpy()
    base = people.select("debtor_id", "zone")

    def own(kind: str, values: list[str], here: np.ndarray) -> pl.DataFrame:
        frame = base.with_columns(
            pl.lit(kind).alias("kind"),
            pl.Series("value", values),
            pl.lit("debtor").alias("role"),
            pl.lit(None, pl.String).alias("contact_name"),
            pl.lit("reserved").alias("source"),
        )
        return frame.filter(pl.Series(here))

    parts = [
        own("mobile", [fictitious_mobile(int(n)) for n in number], np.ones(count, bool)),
        own(
            "home",
            [fictitious_landline(int(n)) for n in number],
            rng.random(count) < 0.35,
        ),
        own(
            "office",
            [fictitious_landline(int(n) + 5_000_000) for n in number],
            rng.random(count) < 0.30,
        ),
    ]
    for place in range(3):
        here = rng.random(count) < (0.6, 0.3, 0.1)[place]
        names = np.char.add(
            np.array(book.surnames)[weighted(rng, book.surname_weights, count)],
            np.array(book.given["female"])[weighted(rng, book.given_weights["female"], count)],
        )
        contact = base.with_columns(
            pl.lit("mobile").alias("kind"),
            pl.Series("value", [fictitious_mobile(int(n) + (place + 1) * 2_000_000) for n in number]),
            pl.Series("role", np.array(RELATIONS)[rng.choice(5, count, p=[0.25, 0.3, 0.2, 0.1, 0.15])]),
            pl.Series("contact_name", names),
            pl.Series("source", np.array(SOURCES)[rng.choice(6, count, p=[0.6, 0.1, 0.12, 0.03, 0.1, 0.05])]),
        )
        parts.append(contact.filter(pl.Series(here)))
    order = ["debtor_id", "kind", "value", "role", "contact_name", "source", "zone"]
    return pl.concat(parts).select(order).sort("debtor_id", maintain_order=True)


def make_holds(rng: Rng, accounts: pl.DataFrame, as_of: date) -> pl.DataFrame:
    """Holds on a few per cent of the overdue accounts, begun in the last weeks; reviews and checks have an end."""
    overdue = accounts.filter(pl.col("dpd") > 0)
    kinds = tuple(HOLD_SHARES)
    assert set(kinds) <= set(HOLDS)
    none = 1 - sum(HOLD_SHARES.values())
    drawn = rng.choice(len(kinds) + 1, overdue.height, p=[*HOLD_SHARES.values(), none])
    since = rng.integers(1, 15, overdue.height)
    frame = overdue.select("debtor_id", "account_id", "dpd").with_columns(
        pl.Series("kind", np.array([*kinds, ""])[drawn]),
        pl.Series("back", np.minimum(since, overdue["dpd"].to_numpy())),
    )
    ends = ("paid_claimed", "hardship_review")
    return frame.filter(pl.col("kind") != "").select(
        "debtor_id",
        "kind",
        (pl.lit(as_of) - pl.duration(days="back")).cast(pl.Date).alias("since"),
        pl.when(pl.col("kind").is_in(ends)).then(pl.lit(as_of) + pl.duration(days=7)).cast(pl.Date).alias("until"),
        "account_id",
        pl.lit("").alias("note"),
    )
