"""A second opinion adds and reorders, never removes, sees no personal data, and its failures change nothing."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from typer.testing import CliRunner

from fairdue.cli import app
from fairdue.cli.second_opinion import HttpOpinion, from_environment
from fairdue.dialogue import ActGuess, Recognition
from fairdue.dialogue.opinion import joined, recognise_with, wants_opinion

KNOWN = {"pay.now": "pays", "ask.amount": "asks", "vulnerable.self_harm": "despairs"}
UNSURE = Recognition((ActGuess("unclear", 0.7), ActGuess("ask.amount", 0.1)), ())


@pytest.fixture
def endpoint() -> Iterator[tuple[str, list[dict], list[bytes]]]:
    """A stub on loopback: answers what `replies` holds, keeps what it was asked."""
    asked: list[dict] = []
    replies: list[bytes] = []

    class Stub(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(replies.pop(0))

        def log_message(self, *_args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Stub)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/v1", asked, replies
    server.shutdown()
    server.server_close()


def reply(content: str) -> bytes:
    return json.dumps({"choices": [{"message": {"content": content}}]}).encode()


def test_it_is_asked_only_when_unsure() -> None:
    sure = Recognition((ActGuess("pay.now", 0.9),), ("pay.now",))
    assert wants_opinion(UNSURE)
    assert not wants_opinion(sure)
    assert recognise_with(sure, "好", lambda _t, _g: ["ask.amount"], KNOWN) is sure
    assert recognise_with(UNSURE, "好", None, KNOWN) is UNSURE


def test_it_adds_and_reorders_and_cannot_remove() -> None:
    found = joined(UNSURE, ["pay.now", "no.act", "unclear"], KNOWN)
    assert [g.act for g in found.acts] == ["pay.now", "ask.amount"]
    assert found.multi == ("pay.now",)
    crisis = Recognition((ActGuess("vulnerable.self_harm", 0.4), ActGuess("pay.now", 0.2)), ("vulnerable.self_harm",))
    kept = joined(crisis, ["pay.now"], KNOWN)
    assert kept.multi == ("vulnerable.self_harm", "pay.now")
    assert kept.acts[0].act == "vulnerable.self_harm"
    assert joined(UNSURE, [], KNOWN) is UNSURE
    full = Recognition((ActGuess("x", 0.3),), ("a", "b", "vulnerable.self_harm", "d"))
    assert set(full.multi) <= set(joined(full, ["pay.now", "ask.amount"], KNOWN).multi)


def test_the_endpoint_sees_redacted_text(endpoint: tuple[str, list[dict], list[bytes]]) -> None:
    url, asked, replies = endpoint
    replies.append(reply('["ask.amount", 3]'))
    assert HttpOpinion(url, "m", "k", KNOWN)("我电话13800138000欠多少", ["pay.now"]) == ["ask.amount"]
    assert "13800138000" not in json.dumps(asked, ensure_ascii=False)
    assert asked[0]["model"] == "m"


@pytest.mark.parametrize("content", [b"not json", reply("no list"), reply('{"a": 1}'), b"{}", b"[]"])
def test_a_bad_answer_is_no_answer(endpoint: tuple[str, list[dict], list[bytes]], content: bytes) -> None:
    url, _asked, replies = endpoint
    replies.append(content)
    assert list(HttpOpinion(url, "m", "", KNOWN)("好", [])) == []


def test_a_dead_endpoint_changes_nothing() -> None:
    assert list(HttpOpinion("http://127.0.0.1:9/v1", "m", "", KNOWN, 0.2)("好", [])) == []


def test_the_command_asks_what_the_environment_names(
    endpoint: tuple[str, list[dict], list[bytes]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    url, asked, replies = endpoint
    source = tmp_path / "in.jsonl"
    source.write_text('{"id": 1, "text": "zzqx 0192 kk"}\n', encoding="utf-8")
    assert from_environment(KNOWN) is None
    monkeypatch.setenv("FAIRDUE_LLM_URL", url)
    replies.append(reply('["talk.off_topic"]'))
    result = CliRunner().invoke(app, ["recognise", str(source)])
    assert json.loads(result.stdout)["multi"] == ["talk.off_topic"]
    assert len(asked) == 1
    monkeypatch.setenv("FAIRDUE_LLM_URL", "file:///etc")
    assert CliRunner().invoke(app, ["recognise", str(source)]).exit_code == 2
