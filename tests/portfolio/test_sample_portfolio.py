"""The generated portfolio: same seed same people, nobody real, rates as published, and what is written reads back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import phonenumbers
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairdue.core.findings import Place
from fairdue.portfolio import load_mapping, read_portfolio
from fairdue.portfolio.identities import (
    fictitious_landline,
    fictitious_mobile,
    identity_maker,
    make_identity,
    name_book,
)
from fairdue.portfolio.records import HOLDS, LINE_KINDS, LINE_ROLES, LINE_SOURCES
from fairdue.portfolio.sample import Sample, make_sample
from fairdue.portfolio.sample_writer import write_sample

AS_OF = date(2026, 3, 2)


@pytest.fixture(scope="module")
def sample() -> Sample:
    return make_sample(2_000, 7, AS_OF)


def test_the_same_seed_gives_the_same_sample(sample: Sample) -> None:
    again, other = make_sample(2_000, 7, AS_OF), make_sample(2_000, 8, AS_OF)
    for name in ("people", "account_rows", "line_rows", "event_rows", "history_rows", "hold_rows"):
        assert getattr(sample, name).equals(getattr(again, name)), name
    assert not sample.people.equals(other.people)


@given(st.integers(min_value=0, max_value=10**12))
def test_no_generated_number_can_ring(number: int) -> None:
    for text in (fictitious_mobile(number), fictitious_landline(number)):
        assert len(text) == 11
        assert not phonenumbers.is_valid_number(phonenumbers.parse(text, "CN")), text


def test_people(sample: Sample) -> None:
    assert len({c.debtor_id for c in sample.customers}) == 2_000
    assert all(c.generated_identity and c.id_card is None for c in sample.customers)
    share = sum(c.name.startswith(("王", "李", "张")) for c in sample.customers) / 2_000
    assert 0.15 < share < 0.30
    assert {c.zone for c in sample.customers} == {"Asia/Shanghai", "Asia/Urumqi"}
    assert any(c.consents for c in sample.customers)


def test_accounts_are_plausible(sample: Sample) -> None:
    assert len(sample.accounts) > 2_400
    for account in sample.accounts:
        assert 0 < account.due_fen <= account.principal_fen
        assert account.due_date is not None
        assert account.opened is not None
        assert account.opened < account.due_date
        assert account.dpd == max(0, (AS_OF - account.due_date).days)
        assert (account.cycles > 0) == (account.dpd > 0)
        if account.product == "instalment":
            assert account.due_date.day in (7, 15, 23, 30)
        assert bool(account.card_tail) == (account.product == "credit_card")
    assert {a.product for a in sample.accounts} == {"credit_card", "cash_loan", "instalment", "telecom"}


def test_lines_say_whose_and_where_from(sample: Sample) -> None:
    owners = {line.debtor_id for line in sample.lines if line.kind == "mobile" and line.role == "debtor"}
    assert owners == {c.debtor_id for c in sample.customers}
    assert {line.role for line in sample.lines} == set(LINE_ROLES)
    assert {line.source for line in sample.lines} == set(LINE_SOURCES)
    assert {line.kind for line in sample.lines} <= set(LINE_KINDS)
    assert all(line.contact_name for line in sample.lines if line.role != "debtor")
    assert len({line.key for line in sample.lines}) == len(sample.lines)


def test_history_has_the_published_rates(sample: Sample) -> None:
    calls = [h for h in sample.history if h.kind in ("attempt", "conversation")]
    reached = [h for h in calls if h.connected]
    assert 0.06 < len(reached) / len(calls) < 0.09
    due = {a.account_id: a.due_date for a in sample.accounts}
    for entry in calls:
        local = entry.at.astimezone(tz=None) if entry.at.tzinfo is None else entry.at
        assert local.date() < AS_OF
        assert due[entry.account_id] is not None
    home = [h for h in calls if h.line.startswith("0")]
    assert home
    hours = sample.history_rows.with_columns(pl.col("at").dt.convert_time_zone("Asia/Shanghai").dt.hour().alias("h"))
    assert hours["h"].min() >= 8
    assert hours["h"].max() < 22


def test_promises_and_payments(sample: Sample) -> None:
    promises = [h for h in sample.history if h.kind == "promise"]
    assert promises
    assert all(p.amount_fen > 0 and p.promised_for is not None for p in promises)
    payments = {e.reference: e for e in sample.events if e.kind == "payment"}
    principal = {a.account_id: a.principal_fen for a in sample.accounts}
    paid: dict[str, int] = {}
    for event in payments.values():
        assert event.value_date <= AS_OF
        paid[event.account_id] = paid.get(event.account_id, 0) + event.amount_fen
    assert all(amount <= principal[number] for number, amount in paid.items())
    for event in sample.events:
        if event.kind == "reversal":
            assert event.reverses is not None
            assert payments[event.reverses].amount_fen == event.amount_fen


def test_holds_use_known_words(sample: Sample) -> None:
    assert {h.kind for h in sample.holds} <= set(HOLDS)
    assert {"dispute", "paid_claimed", "plan_kept", "complaint", "hardship_review"} <= {h.kind for h in sample.holds}
    assert all(h.since <= AS_OF and (h.until is None or h.until > AS_OF) for h in sample.holds)


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_what_is_written_reads_back(sample: Sample, form: str, tmp_path: Path) -> None:
    counts = write_sample(sample, tmp_path, form)
    results = {}
    for name, mapping_name in (
        ("accounts", "standard-zh"),
        ("lines", "standard-zh-contacts"),
        ("payments", "payments"),
        ("contacts_history", "standard-zh-history"),
        ("holds", "standard-zh-holds"),
    ):
        mapping, _ = load_mapping(mapping_name)
        assert mapping is not None
        file = f"{name}.{form}"
        result = results[name] = read_portfolio(tmp_path / file, mapping, AS_OF)
        assert result.totals.taken == result.totals.rows == counts[file]
        assert not [f for f in result.findings if f.place.row not in (1, None)]
    assert [a.digest for a in results["accounts"].accounts] == [a.digest for a in sample.accounts]
    assert {c.digest for c in results["accounts"].customers} == {c.digest for c in sample.customers}
    assert {x.key for x in results["accounts"].lines} <= {x.key for x in sample.lines}
    assert [x.digest for x in results["lines"].lines] == [x.digest for x in sample.lines]
    assert [e.digest for e in results["payments"].events] == [e.digest for e in sample.events]
    bare = Place()
    assert [replace(h, source=bare) for h in results["contacts_history"].history] == [
        replace(h, source=bare) for h in sample.history
    ]
    assert [replace(h, source=bare) for h in results["holds"].holds] == [replace(h, source=bare) for h in sample.holds]


def test_the_night_gets_its_two_files(sample: Sample, tmp_path: Path) -> None:
    write_sample(sample, tmp_path)
    accounts = pl.read_parquet(tmp_path / "night_accounts.parquet")
    events = pl.read_parquet(tmp_path / "night_events.parquet")
    assert accounts.columns[:11] == [
        "account_id",
        "debtor_id",
        "product",
        "principal_fen",
        "due_fen",
        "due_date",
        "opened",
        "cycles",
        "limit_fen",
        "agent_group",
        "do_not_contact",
    ]
    assert events.columns[:7] == ["ts", "debtor_id", "account_id", "kind", "amount_fen", "connected", "talk_seconds"]
    held = {h.debtor_id for h in sample.holds}
    assert set(accounts.filter("do_not_contact")["debtor_id"]) == held
    undone = {e.reverses for e in sample.events if e.reverses}
    kept = [e for e in sample.events if e.kind == "payment" and e.reference not in undone]
    paid = events.filter(pl.col("kind") == "payment")
    assert paid["amount_fen"].sum() == sum(e.amount_fen for e in kept)
    assert events["ts"].is_sorted()


def test_bad_requests_are_refused(sample: Sample, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least 1"):
        make_sample(0, 1, AS_OF)
    with pytest.raises(ValueError, match="xml"):
        write_sample(sample, tmp_path, "xml")


def test_a_sample_of_one(tmp_path: Path) -> None:
    for seed in range(8):
        assert write_sample(make_sample(1, seed, AS_OF), tmp_path / str(seed))["accounts.csv"] >= 1


def test_identities_are_stable_and_keep_what_is_known() -> None:
    book = name_book()
    one = make_identity(book, 1, "C1")
    assert one == make_identity(book, 1, "C1")
    assert len({make_identity(book, 1, f"C{i}").mobile for i in range(1_000)}) > 990
    assert one != make_identity(book, 2, "C1")
    maker = identity_maker(1, "_sex", "_age", AS_OF)
    assert maker("C1", {"_sex": "female", "_age": 30}).gender == "female"
    assert maker("C1", {"_sex": "female", "_age": 30}).birth_year == 1996
    assert maker("C1", {"_sex": None, "_age": 0}).birth_year is None
    assert identity_maker(1, "", "", None)("C1", {}).name == one.name
