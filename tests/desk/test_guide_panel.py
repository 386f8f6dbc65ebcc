"""The script panel through the site: versions, replies with reasons, what must be said, types, reports that none fits."""

from __future__ import annotations

import re

import pytest
from call_site import HTMX, live, page_of, promise_for, start
from call_world import World, make_account, make_customer, make_line
from django.test import Client
from django.urls import reverse

from fairdue.desk.call import talk
from fairdue.desk.call.models import CallSession
from fairdue.desk.cases.models import Hold
from fairdue.desk.playbooks.models import Gap
from fairdue.desk.promises.models import Promise


def heard(desk: Client, session: CallSession, text: str = "", act: str = ""):
    """The panel after the other side said this: its `GuideView`."""
    return desk.post(live("hear", session), {"text": text, "act": act}, headers=HTMX).context["guide"]


def confirmed(desk: Client, world: World) -> CallSession:
    session = start(desk, world)
    heard(desk, session, act="identity.confirm")
    return session


def test_a_call_keeps_the_release_it_began_with(desk: Client, world: World, monkeypatch) -> None:
    session = start(desk, world)
    asked = []
    original = talk.library_for
    monkeypatch.setattr(talk, "library_for", lambda held: asked.append(held.release) or original(held))
    monkeypatch.setattr(talk, "current_release", lambda: 7)
    heard(desk, session, act="identity.confirm")
    assert set(asked) == {session.release} == {0}
    html = desk.get(page_of(world)).content.decode()
    assert "release 0" in html
    assert session.playbook.split()[0].startswith("p01-bank-card@")


def test_a_reply_shows_reasons_law_in_words_pressure_and_deadline(desk: Client, world: World) -> None:
    panel = heard(desk, confirmed(desk, world), "我等发工资再还")
    reply = next(reply for reply in panel.replies if reply.deadline)
    assert reply.reasons[0].en.startswith("The customer: ")
    assert len(reply.dots) == 3
    assert (reply.deadline.minute, reply.deadline.utcoffset().total_seconds()) == (0, 8 * 3600)
    cited = [law for reply in panel.replies for law in reply.laws]
    assert all(" · " in law.words for law in cited)


def test_the_side_panel_says_why_not_that(desk: Client, world: World) -> None:
    session = start(desk, world)
    html = desk.post(live("hear", session), {"act": "identity.who"}, headers=HTMX).content.decode()
    assert 'id="why" hx-swap-oob="true"' in html
    panel = heard(desk, session, act="stall.payday")
    assert "identity" in {row.code for row in panel.held}
    assert len({row.reason.zh for row in panel.held}) == len(panel.held)


def test_what_is_said_is_logged_as_line_act_quote_and_deadline(desk: Client, world: World) -> None:
    session = confirmed(desk, world)
    panel = heard(desk, session, "我等发工资再还")
    reply = next(reply for reply in panel.replies if reply.deadline and reply.quote_number)
    desk.post(live("say", session), {"line": reply.line_id}, headers=HTMX)
    session.refresh_from_db()
    turn = session.turns[-1]
    assert (turn["line"], turn["act"], turn["quote"]) == (reply.line_id, "stall.payday", reply.quote_number)
    assert turn["deadline"].startswith(f"{reply.deadline:%Y-%m-%d}")
    assert turn["text"] == reply.text


def test_words_of_ones_own_keep_the_line_and_are_judged(desk: Client, world: World) -> None:
    session = confirmed(desk, world)
    reply = heard(desk, session, "我等发工资再还").replies[0]
    kind = desk.post(live("say", session), {"line": reply.line_id, "own": "您看后天能先还上吗"}, headers=HTMX)
    assert not kind.context["guide"].warnings
    session.refresh_from_db()
    assert (session.turns[-1]["own_words"], session.turns[-1]["text"]) == (True, "您看后天能先还上吗")
    said = {"line": reply.line_id, "own": "再不还我就去你单位找你领导"}
    answer = desk.post(live("say", session), said, headers=HTMX)
    warning = answer.context["guide"].warnings[0]
    assert warning.label.startswith("V")
    assert 'class="alert alert-danger rounded-0 mb-0 py-2 red-line"' in answer.content.decode()
    assert not heard_again(desk, session, reply.line_id).warnings


def heard_again(desk: Client, session: CallSession, line: str):
    return desk.post(live("say", session), {"line": line}, headers=HTMX).context["guide"]


def test_what_must_be_said_comes_in_order_and_is_said_with_one_press(desk: Client, world: World) -> None:
    session = start(desk, world)
    panel = desk.get(live("guide", session), headers=HTMX).context["guide"]
    assert panel.owed[0].step == "verify"
    panel = heard(desk, session, act="identity.confirm")
    recording = next(item for item in panel.owed if item.step == "recording")
    assert recording.line_id
    panel = desk.post(live("say", session), {"line": recording.line_id}, headers=HTMX).context["guide"]
    assert "recording" not in {item.step for item in panel.owed}


def test_no_step_line_about_the_debt_is_offered_before_identity(desk: Client, world: World) -> None:
    session = start(desk, world)
    for item in desk.get(live("guide", session), headers=HTMX).context["guide"].owed:
        assert "元" not in item.text


def test_types_are_guessed_marked_and_corrected_for_this_call(desk: Client, world: World) -> None:
    session = confirmed(desk, world)
    panel = heard(desk, session, act="stall.perfunctory")
    guessed = [kind for kind in panel.types if kind.on]
    assert [(kind.id, kind.guessed) for kind in guessed] == [("stalling", True)]
    panel = desk.post(live("types", session), {"type": "willing"}, headers=HTMX).context["guide"]
    assert [(kind.id, kind.guessed) for kind in panel.types if kind.on] == [("willing", False)]
    panel = heard(desk, session, act="stall.busy")
    assert [kind.id for kind in panel.types if kind.on] == ["willing"]
    panel = desk.post(live("types", session), {"type": "willing"}, headers=HTMX).context["guide"]
    assert not [kind for kind in panel.types if kind.on]
    assert desk.post(live("types", session), {"type": "nonsense"}, headers=HTMX).status_code == 200


def test_at_most_three_hints_and_none_of_preparation(desk: Client, world: World) -> None:
    panel = heard(desk, confirmed(desk, world), "我等发工资再还")
    assert len(panel.hints) <= 3
    assert "prepare" not in {hint.kind for hint in panel.hints}


def test_before_the_call_the_page_prepares(desk: Client, world: World) -> None:
    answer = desk.get(page_of(world))
    kinds = {hint.kind for hint in answer.context["hints"]}
    assert kinds <= {"prepare", "timing", "caution"}
    assert ('id="preparation"' in answer.content.decode()) == bool(kinds)


def test_a_dispute_stops_the_call_and_one_press_sets_its_hold(desk: Client, world: World) -> None:
    session = confirmed(desk, world)
    panel = heard(desk, session, act="dispute.amount")
    assert (panel.mode, panel.matter.hold) == ("stop", "dispute")
    assert all(not any(reply.dots) and reply.deadline is None for reply in panel.replies)
    desk.post(live("hold", session), {"kind": "crisis"})
    assert not Hold.objects.exists()
    desk.post(live("hold", session), {"kind": "dispute"})
    assert Hold.objects.get().kind == "dispute"
    panel = desk.get(live("guide", session), headers=HTMX).context["guide"]
    assert (panel.matter.hold, panel.matter.stands) == (None, True)


def test_a_wish_to_stop_has_its_own_hold(desk: Client, world: World) -> None:
    panel = heard(desk, confirmed(desk, world), act="rights.stop_contact")
    assert panel.matter.hold == "stop_contact"


def test_what_is_not_understood_is_said_and_offers_no_old_answer(desk: Client, world: World) -> None:
    session = confirmed(desk, world)
    heard(desk, session, "我等发工资再还")
    html = desk.post(live("hear", session), {"text": "喀喀呲呲"}, headers=HTMX)
    panel = html.context["guide"]
    if panel.unclear:  # the recogniser may hear something in a noise; it must not answer the turn before
        assert "Not understood" in html.content.decode()
        assert "stall.payday" not in panel.heard_acts


def test_none_fits_reaches_the_trainers_with_what_was_offered(desk: Client, world: World) -> None:
    session = confirmed(desk, world)
    panel = heard(desk, session, "我等发工资再还")
    wish = {"reason": "too_hard", "wish": "想先问一句家里怎么样,打13900000000"}
    assert desk.post(live("gap", session), wish, headers=HTMX).status_code == 200
    found = Gap.objects.get()
    assert (found.reason, found.acts, found.session_id) == ("too_hard", ["stall.payday"], session.pk)
    assert found.offered == [reply.line_id for reply in panel.replies]
    assert "13900000000" not in found.wish
    desk.post(live("gap", session), {"reason": "nonsense"}, headers=HTMX)
    assert Gap.objects.count() == 1


def test_after_a_promise_the_deadline_waits_for_the_outcome_card(desk: Client, world: World) -> None:
    session = confirmed(desk, world)
    panel = heard(desk, session, "我等发工资再还")
    reply = next(reply for reply in panel.replies if reply.deadline)
    panel = heard_again(desk, session, reply.line_id)
    assert panel.prefill == {}
    panel = heard(desk, session, act="pay.date")
    assert panel.prefill["due_on"] == f"{reply.deadline:%Y-%m-%d}"
    assert panel.prefill["due_time"] == f"{reply.deadline:%H:%M}"
    assert desk.post(live("outcome", session), promise_for(world)).status_code == 302
    assert Promise.objects.get().due_on.isoformat() == "2026-03-04"


def test_words_that_a_database_refuses_are_stored_without_them(desk: Client, world: World) -> None:
    session = confirmed(desk, world)
    heard(desk, session, "我\x00等发\x07工资")
    session.refresh_from_db()
    assert session.turns[-1]["text"] == "我 等发 工资"


@pytest.mark.parametrize("product", ["cash_loan", "instalment", "telecom", "nonsense"])
def test_every_product_has_a_call(desk: Client, world: World, product: str) -> None:
    other = make_customer("D7", world.agent)
    make_account(other, "A7", product=product, lender_type="telecom" if product == "telecom" else "bank")
    line = make_line(other, "19900000077")
    desk.post(reverse("call:permit", args=[other.pk, line.pk]), {"request_key": "product-1"})
    session = CallSession.objects.get(permit__customer=other)
    heard(desk, session, act="identity.confirm")
    panel = heard(desk, session, "我等发工资再还")
    assert panel.replies


def test_the_page_carries_the_addresses_its_script_needs(desk: Client, world: World) -> None:
    session = start(desk, world)
    html = desk.get(page_of(world)).content.decode()
    assert f'data-stream="{live("stream", session)}"' in html
    assert re.search(r'class="card guide" data-revision="\d+"', html)
