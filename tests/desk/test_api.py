"""The API does what the pages do, for machines; schemathesis throws what the schema allows at it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date

import pytest
import schemathesis
from call_world import LATE, World, make_user
from django.core.signals import request_finished, request_started
from django.db import close_old_connections
from django.test import Client
from hypothesis import HealthCheck, given, settings

from fairdue.desk.call.models import Contact
from fairdue.desk.people.tokens import issue_token, revoke_tokens
from fairdue.desk.promises.models import Promise
from fairdue.desk.wsgi import application


class Caller:
    """A client with a token."""

    def __init__(self, token: str) -> None:
        self.client = Client(headers={"authorization": f"Bearer {token}", "accept-language": "en"})

    def get(self, path: str):
        return self.client.get(f"/api/v1{path}")

    def post(self, path: str, body: dict):
        return self.client.post(f"/api/v1{path}", data=json.dumps(body), content_type="application/json")


@pytest.fixture
def caller(world: World) -> Caller:
    return Caller(issue_token(world.agent, "test"))


def test_without_a_token_nothing_is_shown(world: World) -> None:
    assert Client().get("/api/v1/me").status_code == 401
    assert Caller("fd_wrong").get("/me").status_code == 401


def test_a_revoked_token_is_dead(world: World) -> None:
    token = issue_token(world.agent, "test")
    assert Caller(token).get("/me").json() == {"username": world.agent.username, "role": "agent", "today": "2026-03-02"}
    assert revoke_tokens(world.agent) == 1
    assert Caller(token).get("/me").status_code == 401


def test_a_permit_a_promise_and_the_same_again(world: World, caller: Caller) -> None:
    body = {
        "customer": world.customer.pk,
        "line": world.mobile.pk,
        "account": world.account.number,
        "request_key": "key-00001",
    }
    taken = caller.post("/permits", body)
    assert taken.status_code == 201, taken.content
    assert caller.post("/permits", body).json()["id"] == taken.json()["id"]
    outcome = {
        "permit": taken.json()["id"],
        "outcome": "promise",
        "talk_seconds": 60,
        "amount_fen": 100_000,
        "due_on": str(date(2026, 3, 4)),
        "due_time": "15:00",
        "pay_channel": "app",
        "read_back": True,
    }
    first = caller.post("/contacts", outcome)
    assert first.status_code == 201, first.content
    assert caller.post("/contacts", outcome).json()["id"] == first.json()["id"]
    assert Contact.objects.count() == 1
    assert Promise.objects.get().amount_fen == 100_000
    assert caller.get("/promises?show=open").json()[0]["amount_fen"] == 100_000


def test_a_night_call_is_denied_with_the_clause(world: World, caller: Caller, noon) -> None:
    noon.at = LATE
    body = {"customer": world.customer.pk, "line": world.mobile.pk, "request_key": "key-00002"}
    answer = caller.post("/permits", body)
    assert answer.status_code == 403
    assert "CN-GBT-01" in [r["id"] for r in answer.json()["decision"]["rules"]]


def test_a_promise_that_was_not_read_back_is_refused(world: World, caller: Caller) -> None:
    body = {
        "customer": world.customer.pk,
        "line": world.mobile.pk,
        "account": world.account.number,
        "request_key": "key-00003",
    }
    permit = caller.post("/permits", body).json()["id"]
    answer = caller.post(
        "/contacts",
        {"permit": permit, "outcome": "promise", "amount_fen": 100, "due_on": "2026-03-04", "talk_seconds": 9},
    )
    assert answer.status_code == 409
    assert answer.json()["detail"]


def test_nobody_sees_what_is_not_theirs(world: World) -> None:
    other = Caller(issue_token(make_user("other"), "test"))
    assert other.get(f"/customers/{world.customer.pk}").status_code == 404
    assert other.get(f"/accounts/{world.account.number}/quote").status_code == 404
    assert other.get("/worklist").json() == []
    key = {"customer": world.customer.pk, "line": world.mobile.pk, "request_key": "key-00004"}
    assert other.post("/permits", key).status_code == 404


def test_a_quote_explains_every_fen(world: World, caller: Caller) -> None:
    quote = caller.get(f"/accounts/{world.account.number}/quote").json()
    assert sum(line["amount_fen"] for line in quote["lines"]) == quote["total_fen"]
    assert caller.get(f"/facts/{world.account.number}").json()["account"] == world.account.number
    assert caller.get(f"/customers/{world.customer.pk}").json()["lines"][0]["value_masked"]


@pytest.fixture
def kept_connection() -> Iterator[None]:
    """Requests of a real server close the database connection; the test's transaction lives on that connection."""
    ends = (request_started, request_finished)
    for signal in ends:
        signal.disconnect(close_old_connections)
    yield
    for signal in ends:
        signal.connect(close_old_connections)


@pytest.mark.slow
def test_what_the_schema_allows_never_breaks_the_server(world: World, kept_connection: None) -> None:
    token = issue_token(world.agent, "schema")
    headers = {"Authorization": f"Bearer {token}"}
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", application, headers=headers)
    tried = 0
    for operation in schema.get_all_operations():
        tried += 1

        @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck), database=None)
        @given(case=operation.ok().as_strategy())
        def run(case):
            answer = case.call(headers=headers)
            assert answer.status_code < 500, (case.method, case.path, answer.text[:300])

        run()
    assert tried >= 9
