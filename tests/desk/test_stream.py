"""The transcript of a telephone system, and the stream that tells the open page."""

from __future__ import annotations

import json

import pytest
from call_site import HTMX, live, signed_in, start
from call_world import Clock, World, make_user
from django.test import Client
from test_api import Caller

from fairdue.desk.call import nearest, stream, warm
from fairdue.desk.call.models import CallSession, CrisisAlert, Utterance
from fairdue.desk.call.services import record_contact, release_permit, take_permit
from fairdue.desk.cases.models import Hold
from fairdue.desk.people.models import Role
from fairdue.desk.people.tokens import issue_token


@pytest.fixture
def exchange(world: World) -> Caller:
    """The telephone system's machine user."""
    return Caller(issue_token(make_user("exchange", Role.MACHINE), "transcript"))


def send(caller: Caller, session: CallSession, seq: int, text: str, speaker: str = "customer", **more):
    body = {"seq": seq, "speaker": speaker, "text": text, **more}
    return caller.post(f"/calls/{session.permit.number}/utterances", body)


def begun(desk: Client, world: World) -> CallSession:
    session = start(desk, world)
    desk.post(live("hear", session), {"act": "identity.confirm"})
    session.refresh_from_db()
    return session


def test_a_customers_words_are_understood_and_logged(desk: Client, world: World, exchange: Caller) -> None:
    session = begun(desk, world)
    answer = send(exchange, session, 1, "我等发工资再还")
    assert answer.status_code == 202, answer.content
    assert answer.json()["acts"] == ["stall.payday"]
    before = session.revision
    session.refresh_from_db()
    assert session.revision == answer.json()["revision"] == before + 1
    assert (session.turns[-1]["via"], session.turns[-1]["text"]) == ("stream", "我等发工资再还")


def test_the_same_number_again_changes_nothing(desk: Client, world: World, exchange: Caller) -> None:
    session = begun(desk, world)
    first = send(exchange, session, 1, "我等发工资再还").json()
    assert send(exchange, session, 1, "别的话").json() == first
    session.refresh_from_db()
    assert Utterance.objects.count() == 1
    assert session.revision == first["revision"]


def test_what_is_not_final_is_acknowledged_only(desk: Client, world: World, exchange: Caller) -> None:
    session = begun(desk, world)
    answer = send(exchange, session, 1, "我等发", final=False)
    assert (answer.status_code, answer.json()["final"]) == (202, False)
    assert send(exchange, session, 1, "我等发工资再还").json()["acts"] == ["stall.payday"]


def test_an_agents_words_become_the_line_they_come_nearest_to(desk: Client, world: World, exchange: Caller) -> None:
    session = begun(desk, world)
    panel = desk.post(live("hear", session), {"text": "我等发工资再还"}, headers=HTMX).context["guide"]
    reply = panel.replies[1]
    spoken = reply.text.replace("。", "").replace("您", "你") + "好吧"
    assert send(exchange, session, 1, spoken, "agent").json()["line"] == reply.line_id
    session.refresh_from_db()
    turn = session.turns[-1]
    assert (turn["line"], turn["act"], turn["text"]) == (reply.line_id, "stall.payday", spoken)
    assert turn["likeness"] >= nearest.ALIKE
    assert send(exchange, session, 2, "今天外面下雨了吧", "agent").json()["line"] is None


def test_a_red_line_warns_the_page_with_its_repair(desk: Client, world: World, exchange: Caller) -> None:
    session = begun(desk, world)
    answer = send(exchange, session, 1, "再不还我就去你单位找你领导", "agent").json()
    assert answer["red"]
    panel = desk.get(live("guide", session), headers=HTMX).context["guide"]
    assert panel.warnings[0].label == answer["red"][0]
    assert panel.warnings[0].laws
    sent = read(session, session.revision)
    assert "event: warn" in sent
    send(exchange, session, 2, "对不起,刚才那句我收回", "agent")
    assert not desk.get(live("guide", session), headers=HTMX).context["guide"].warnings


def test_danger_in_the_transcript_stops_collection_at_once(desk: Client, world: World, exchange: Caller) -> None:
    session = begun(desk, world)
    answer = send(exchange, session, 1, "我不想活了").json()
    assert answer["mode"] == "crisis"
    assert Hold.objects.get().kind == "crisis"
    assert CrisisAlert.objects.count() == 1
    assert "event: crisis" in read(session, session.revision)


def test_a_call_that_is_over_takes_no_more(desk: Client, world: World, exchange: Caller) -> None:
    session = begun(desk, world)
    record_contact(session.permit_id, world.agent, "reached")
    answer = send(exchange, session, 1, "再见")
    assert (answer.status_code, answer.json()["code"]) == (409, "call.over")


def test_who_may_send(desk: Client, world: World, exchange: Caller) -> None:
    session = begun(desk, world)
    assert send(Caller(issue_token(world.agent, "own")), session, 1, "喂").status_code == 202
    assert send(Caller(issue_token(make_user("wang"), "x")), session, 2, "喂").status_code == 404
    assert send(Caller(issue_token(world.lead, "x")), session, 3, "喂").status_code == 403
    assert send(Caller("fd_wrong"), session, 4, "喂").status_code == 401
    assert exchange.get("/me").status_code == 403
    assert exchange.get("/promises").status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {"seq": -1, "speaker": "customer", "text": "喂"},
        {"seq": 1, "speaker": "dog", "text": "汪"},
        {"seq": 1, "speaker": "customer", "text": ""},
        {"seq": 1, "speaker": "customer", "text": "长" * 2001},
        {"seq": 1, "speaker": "customer", "text": "喂", "at": "2026-03-02T12:00:00"},
        {"seq": 1, "speaker": "customer"},
    ],
)
def test_what_is_no_utterance_is_refused(desk: Client, world: World, exchange: Caller, body: dict) -> None:
    session = begun(desk, world)
    assert exchange.post(f"/calls/{session.permit.number}/utterances", body).status_code == 422
    assert Utterance.objects.count() == 0


@pytest.mark.parametrize("number", ["P20260302-999999-9", "nonsense", "P%00"])
def test_an_unknown_call_is_not_found(world: World, exchange: Caller, number: str) -> None:
    answer = exchange.post(f"/calls/{number}/utterances", {"seq": 1, "speaker": "customer", "text": "喂"})
    assert answer.status_code == 404


def test_characters_that_a_database_refuses_are_left_out(desk: Client, world: World, exchange: Caller) -> None:
    session = begun(desk, world)
    assert send(exchange, session, 1, "\x00\x07").status_code == 202
    assert send(exchange, session, 2, "我等\x00发工资\ud800再还").status_code in (202, 400, 422)


def test_a_call_of_a_permit_taken_by_the_api_is_begun_with_its_first_words(world: World, exchange: Caller) -> None:
    permit = take_permit(world.agent, world.customer, world.mobile, request_key="api-1")
    body = {"seq": 1, "speaker": "customer", "text": "我是本人"}
    assert exchange.post(f"/calls/{permit.number}/utterances", body).json()["acts"] == ["identity.confirm"]
    assert CallSession.objects.get().permit == permit


# -- the stream


def read(session: CallSession, since: int) -> str:
    """All that a stream sends that lives for one look."""
    events = stream.Stream(session.permit.agent_id, session.permit_id, since)
    return b"".join(events).decode()


@pytest.fixture(autouse=True)
def short(settings) -> None:
    settings.FAIRDUE_STREAM_SECONDS = 0


def test_the_stream_speaks_only_when_something_is_new(desk: Client, world: World) -> None:
    session = begun(desk, world)
    assert "event:" not in read(session, session.revision)
    sent = read(session, session.revision - 1)
    assert f"id: {session.revision}\nevent: guide\n" in sent
    assert json.loads(sent.split("data: ")[1].split("\n")[0]) == {"revision": session.revision}


def test_a_page_that_comes_back_is_told_what_it_missed(desk: Client, world: World) -> None:
    session = begun(desk, world)
    answer = desk.get(live("stream", session), headers={"Last-Event-ID": "0"})
    assert answer["Content-Type"] == "text/event-stream"
    assert answer["Cache-Control"] == "no-store"
    assert "event: guide" in b"".join(answer.streaming_content).decode()
    assert stream.open_streams() == 0


def test_a_stream_ends_with_the_call(desk: Client, world: World) -> None:
    session = begun(desk, world)
    release_permit(session.permit_id, world.agent)
    assert "event: end" in read(session, 0)


def test_too_many_streams_are_refused_and_places_come_back(desk: Client, world: World, settings) -> None:
    settings.FAIRDUE_STREAMS = 10
    session = begun(desk, world)
    opened = [stream.Stream(world.agent.pk, session.permit_id, 0) for _ in range(stream.PER_USER)]
    refused = desk.get(live("stream", session))
    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "30")
    for events in opened:
        events.close()
        events.close()
    assert stream.open_streams() == 0
    settings.FAIRDUE_STREAMS = 0
    assert desk.get(live("stream", session)).status_code == 503


def test_another_agents_call_has_no_stream_for_me(desk: Client, world: World) -> None:
    session = begun(desk, world)
    assert signed_in(make_user("wang")).get(live("stream", session)).status_code == 404


def test_a_stream_waits_looks_again_and_beats(desk: Client, world: World, settings, monkeypatch, noon: Clock) -> None:
    settings.FAIRDUE_STREAM_SECONDS = 60
    session = begun(desk, world)
    passed, slept = [0.0], []

    def sleep(seconds: float) -> None:
        slept.append(seconds)
        passed[0] += 4
        if len(slept) == 4:
            CallSession.objects.filter(pk=session.pk).update(revision=session.revision + 1)

    monkeypatch.setattr(stream.time, "monotonic", lambda: passed[0])
    monkeypatch.setattr(stream.time, "sleep", sleep)
    sent = read(session, session.revision)
    assert ": alive" in sent.split("event: guide")[0]
    assert slept[0] < slept[1] < slept[2]
    assert max(slept) <= stream.LONGEST_PAUSE
    assert slept[4] == stream.FIRST_PAUSE
    assert passed[0] >= 60


# -- likeness and warming up


def test_likeness_forgives_figures_fillers_and_order() -> None:
    line = "我理解您要等发工资。只是等到月底,利息每天要多5.00元。"
    assert nearest.likeness(line, line) == 100
    assert nearest.likeness(line, "嗯我理解你要等发工资,只是等到月底利息每天要多八块钱") >= nearest.ALIKE
    assert nearest.likeness(line, "请问您什么时候方便接电话") < nearest.ALIKE
    assert nearest.likeness("", "") == 0
    assert nearest.nearest("喂", {}) is None


def test_warming_up_gives_the_live_library(world: World) -> None:
    assert warm.warm().lines
