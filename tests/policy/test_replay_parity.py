"""The bulk path says of every contact what `decide` says: allowed or not, verdict, and the set of broken rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pyarrow as pa
import pytest
from replay_world import history

from fairdue.policy import Pack, Rule, decide, load_pack
from fairdue.policy.checks import CHECKS, PARAMS, Found
from fairdue.policy.checks.found import broken, kept
from fairdue.policy.dates import as_on
from fairdue.policy.moment import Moment
from fairdue.policy.replay import compare_contacts, compare_requests, requests_of
from fairdue.policy.replay.bulk import answer_of
from fairdue.policy.replay.by_request import one_by_one
from fairdue.policy.replay.exact import broken as broken_rules
from fairdue.policy.request import Request

LARGE = {"CN": 2500, "US": 2500, "AU": 1500, "ID": 1500}
SMALL = ("UK", "IN", "PH", "MX", "JP", "HK", "SG", "EU")


def pack_of(country: str) -> Pack:
    pack, findings = load_pack(jurisdiction=country)
    assert not findings
    return pack


def said_one_by_one(table: pa.Table, country: str, pack: Pack) -> dict[str, tuple[str, tuple[str, ...]]]:
    """What `decide` says of each contact."""
    out = {}
    for request, _ in requests_of(table, country):
        decision = decide(request, pack)
        out[request.id] = decision.verdict, broken_rules(decision)
    return out


def said_at_once(table: pa.Table, pack: Pack) -> dict[str, tuple[str, tuple[str, ...]]]:
    return {row.id: (row.first, row.rules_first) for row in compare_contacts(table, pack, pack).rows()}


@pytest.mark.parametrize(("country", "count"), [*LARGE.items(), *((country, 400) for country in SMALL)])
def test_the_bulk_path_decides_like_the_gate(country: str, count: int) -> None:
    table, pack = history(country, 7, count), pack_of(country)
    slow, fast = said_one_by_one(table, country, pack), said_at_once(table, pack)
    differ = {name: (slow[name], fast.get(name)) for name in slow if slow[name] != fast.get(name)}
    assert differ == {}
    assert len(fast) == len(slow) > count * 0.8


@pytest.mark.parametrize(
    ("country", "rules"),
    [
        (
            "CN",
            [
                "CN-GBT-02 deny",
                "CN-GBT-03 deny",
                "CN-CBA-02 warn",
                "CN-GBT-06 warn",
                "CN-CBA-03 deny",
                "CN-GBT-17 deny",
            ],
        ),
        ("US", ["US-7IN7 deny", "US-7AFTER deny", "US-LOC deny", "US-SMS60 deny", "US-VAL deny", "US-HOURS deny"]),
        ("AU", ["AU-RG96 deny", "FD-TIMES deny", "FD-PLACEMENT deny", "FD-AGREED deny"]),
    ],
)
def test_the_compared_histories_reach_what_looks_at_clock_and_history(country: str, rules: list[str]) -> None:
    """Else the comparison above would prove little: each of these rules is broken often and kept often."""
    said = said_at_once(history(country, 7, LARGE[country]), pack_of(country))
    hits = Counter(rule for _, names in said.values() for rule in names)
    assert {rule: hits[rule] for rule in rules if not 3 <= hits[rule] <= 0.9 * len(said)} == {}


def test_packs_on_two_dates_decide_like_the_gate() -> None:
    table = history("CN", 8, 1200)
    early, late = as_on(pack_of("CN"), date(2025, 1, 15)), as_on(pack_of("CN"), date(2026, 6, 1))
    assert {rule.id for rule in early.rules} < {rule.id for rule in late.rules}
    for pack in (early, late):
        assert said_at_once(table, pack) == said_one_by_one(table, "CN", pack)


def test_both_paths_give_the_same_report() -> None:
    table = history("CN", 9, 1200)
    first = pack_of("CN")
    second = as_on(first, date(2025, 1, 15))
    agents: dict[str, str | None] = {}
    requests = []
    for request, agent in requests_of(table, "CN"):
        requests.append(request)
        agents[request.id] = agent
    one = compare_requests(requests, first, second, lambda request: agents[request.id]).as_dict()
    two = compare_contacts(table, first, second).as_dict()
    for part in (
        "first",
        "second",
        "total",
        "matrix",
        "debtors",
        "rules",
        "agents",
        "days",
        "newly_denied",
        "newly_allowed",
    ):
        assert one[part] == two[part], part


# -- what the bulk path does not know --------------------------------------------------------------------------------------


def _rule(check: str, params: dict[str, Any]) -> Rule:
    return Rule.model_validate(
        {
            "id": "X-NEW",
            "title": {"zh": "新规则", "en": "New rule"},
            "source": {"instrument": "T", "article": "1", "confidence": "A"},
            "effective": {"from": date(1970, 1, 1)},
            "force": "must",
            "check": check,
            "params": params,
        }
    )


def _with(rule: Rule) -> Pack:
    pack = pack_of("CN")
    return replace(pack, version="new", rules=(*pack.rules, rule))


def test_a_check_that_the_bulk_path_does_not_know_is_asked_contact_by_contact(monkeypatch: pytest.MonkeyPatch) -> None:
    """A new check that reads the history and the clock of every contact to the debtor on an office line."""

    def quiet_after_two(params: dict[str, Any]) -> Callable[[Request, Moment], Found | None]:
        no, yes = broken("已有两次。", "Two already."), kept("不到两次。", "Fewer than two.")

        def check(request: Request, moment: Moment) -> Found | None:
            if request.line_kind != "office" or not request.zones:
                return None
            return no if len(request.history.between(*moment.days(1))) >= 2 else yes

        return check

    monkeypatch.setitem(CHECKS, "quiet_after_two", quiet_after_two)
    monkeypatch.setitem(PARAMS, "quiet_after_two", frozenset())
    table, pack = history("CN", 10, 800), _with(_rule("quiet_after_two", {}))
    comparison = compare_contacts(table, pack, pack)
    assert comparison.one_by_one == ["X-NEW"]
    fast = {row.id: (row.first, row.rules_first) for row in comparison.rows()}
    assert fast == said_one_by_one(table, "CN", pack)
    assert 0 < comparison.rules["X-NEW"]["deny"][0].contacts < comparison.total


def test_an_unknown_thing_to_count_or_parameter_is_not_guessed() -> None:
    params = {"of": "effective", "days": 1, "at_most": 3, "effective_seconds": 6}
    assert answer_of(_rule("count", params)) is not one_by_one
    assert answer_of(_rule("count", {**params, "of": "messages"})) is one_by_one
    assert answer_of(_rule("count", {**params, "among": "agency"})) is one_by_one


def test_every_check_of_the_gate_that_looks_has_a_bulk_answer() -> None:
    """Slow rules would be named in `one_by_one`; the packs that ship need none."""
    for country in (*LARGE, *SMALL):
        pack = pack_of(country)
        assert compare_contacts(history(country, 7, 300), pack, pack).one_by_one == [], country
