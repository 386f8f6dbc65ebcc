"""The effect of a change on the desk's own attempts: what would have been denied more, by rule, agent and day."""

from __future__ import annotations

import random
import threading
from datetime import timedelta

import pytest
from call_world import Clock, World, make_account, make_customer, make_line, make_user
from policy_world import HOURS, RULE, TODAY, Room, approved, call, drafted, head, make_room

from fairdue.desk.accounts.models import Customer
from fairdue.desk.call.models import Denial, PastContact, Permit
from fairdue.desk.call.services import record_contact, release_permit, take_permit
from fairdue.desk.cases.models import Hold
from fairdue.desk.people.models import Agency
from fairdue.desk.policies import effects, selectors, services
from fairdue.desk.policies.models import EffectRun, PolicyDraft
from fairdue.desk.policies.services import effects as running
from fairdue.desk.refusals import RefusedError

TOMORROW = TODAY + timedelta(days=1)


@pytest.fixture
def room(world: World) -> Room:
    return make_room()


def effect(room: Room, draft: PolicyDraft, days: int = 7) -> EffectRun:
    return services.start_effect(draft.number, room.writer, TODAY - timedelta(days=days - 1), TODAY)


def counts(run: EffectRun) -> tuple[int, int, int]:
    return run.result["attempts"], run.result["denied"], run.result["allowed"]


def test_the_third_call_of_a_day_would_have_been_denied(room: Room, world: World, noon: Clock) -> None:
    calls = [call(world, noon, f"c{n}") for n in range(3)]
    run = effect(room, drafted(room.writer, 2, day=TOMORROW))
    assert run.state == "done"
    assert counts(run) == (3, 1, 0)
    assert run.result["rules"] == {RULE: {"denied": 1}}
    assert run.result["agents"] == {str(world.agent.pk): {"attempts": 3, "denied": 1}}
    assert run.result["days"] == {TODAY.isoformat(): {"attempts": 3, "denied": 1}}
    (touched,) = run.affected.all()
    assert (touched.kind, touched.row, touched.customer_id) == ("contact", calls[2].pk, world.customer.pk)
    assert (touched.change, touched.rules) == ("denied", [RULE])


def test_calls_of_other_days_and_short_ones_are_not_counted(room: Room, world: World, noon: Clock) -> None:
    noon.at -= timedelta(days=1)
    for n in range(2):
        call(world, noon, f"y{n}")
    noon.at += timedelta(days=1)
    call(world, noon, "short", talk=3)
    call(world, noon, "one")
    call(world, noon, "two")
    assert counts(effect(room, drafted(room.writer, 2, day=TOMORROW))) == (5, 0, 0)


def test_calls_of_an_earlier_system_count_before_ours(room: Room, world: World, noon: Clock) -> None:
    for n in range(2):
        PastContact.objects.create(
            reference=f"p{n}",
            customer=world.customer,
            line=world.mobile,
            at=noon.at - timedelta(hours=1 + n),
            channel="voice_human",
            connected=True,
            talk_seconds=60,
            two_way=True,
        )
    call(world, noon, "ours")
    assert counts(effect(room, drafted(room.writer, 2, day=TOMORROW))) == (1, 1, 0)


def test_hours_are_asked_on_the_persons_clock_at_the_instant_of_the_attempt(
    room: Room, world: World, noon: Clock
) -> None:
    noon.forward(hours=8, minutes=30)  # 20:30 in Shanghai
    call(world, noon, "late")
    assert counts(effect(room, drafted(room.writer, "20:00", "closes", HOURS, day=TOMORROW))) == (1, 1, 0)
    assert counts(effect(room, drafted(room.writer, "21:00", "closes", HOURS, day=TOMORROW))) == (1, 0, 0)


def test_a_scope_touches_its_own_contacts_only(room: Room, world: World, noon: Clock) -> None:
    for n in range(3):
        call(world, noon, f"c{n}")
    cards = {"product": ["credit_card"]}
    others = {"product": ["telecom"]}
    assert counts(effect(room, drafted(room.writer, 2, day=TOMORROW, scope=cards)))[1] == 1
    assert counts(effect(room, drafted(room.writer, 2, day=TOMORROW, scope=others)))[1] == 0


def test_permits_that_were_not_used_and_denials_are_asked_too(room: Room, world: World, noon: Clock) -> None:
    for n in range(3):
        call(world, noon, f"c{n}")
    denial = take_permit(world.agent, world.customer, world.mobile, request_key="fourth")
    assert isinstance(denial, Denial)
    run = effect(room, drafted(room.writer, 2, day=TOMORROW))
    assert counts(run) == (4, 1, 0)
    assert run.result["matrix"]["deny>deny"] == 1
    noon.forward(days=1)
    permit = take_permit(world.agent, world.customer, world.mobile, request_key="unused")
    release_permit(permit.pk, world.agent)
    made = drafted(room.writer, "11:00", "closes", HOURS, day=TOMORROW + timedelta(days=1))
    run = services.start_effect(made.number, room.writer, TOMORROW, TOMORROW)
    assert counts(run) == (1, 1, 0)
    assert [row.kind for row in run.affected.all()] == ["permit"]


def test_a_hold_counts_only_for_the_time_that_it_stood(room: Room, world: World, noon: Clock) -> None:
    for n in range(3):
        call(world, noon, f"c{n}")
    Hold.objects.create(kind="dispute", customer=world.customer, set_by=world.agent, set_at=noon.at)
    assert counts(effect(room, drafted(room.writer, 2, day=TOMORROW))) == (3, 1, 0)
    Hold.objects.update(set_at=noon.at - timedelta(hours=2))
    assert counts(effect(room, drafted(room.writer, 2, day=TOMORROW))) == (3, 0, 0)


def test_a_number_in_two_files_is_counted_over_both(room: Room, world: World, noon: Clock) -> None:
    other = make_customer("D2", world.agent)
    line = make_line(other, "19900000001", role="debtor")
    for n in range(2):
        PastContact.objects.create(
            reference=f"p{n}",
            customer=other,
            line=line,
            at=noon.at - timedelta(hours=1 + n),
            channel="voice_human",
            connected=False,
        )
    call(world, noon, "ours")
    run = effect(room, drafted(room.writer, 2, "at_most", "CN-CBA-02", day=TOMORROW))
    assert (run.result["attempts"], run.result["warned"]) == (1, 1)


def test_a_result_is_stale_when_the_change_or_what_stands_beside_it_is_another(
    room: Room, world: World, noon: Clock
) -> None:
    call(world, noon, "one")
    made = drafted(room.writer, 2, day=TOMORROW)
    run = effect(room, made)
    assert run.digest == selectors.digest_of(made)
    services.change_head(made.number, room.writer, head(TOMORROW, reason="另一个理由"))
    made.refresh_from_db()
    assert run.digest == selectors.digest_of(made)  # other words change no decision
    changed = services.put_row(made.number, room.writer, services.row_of(HOURS, "closes", "21:00"))
    assert run.digest != selectors.digest_of(changed)
    again = effect(room, changed)
    approved(room, "20:00", "closes", HOURS, day=TODAY)
    assert again.digest != selectors.digest_of(changed)


@pytest.mark.parametrize(("since", "until"), [(0, 1), (-100, 0), (1, 1)])
def test_days_that_cannot_be_are_refused(room: Room, since: int, until: int) -> None:
    made = drafted(room.writer, 2, day=TOMORROW)
    with pytest.raises(RefusedError) as caught:
        services.start_effect(made.number, room.writer, TODAY + timedelta(days=since), TODAY + timedelta(days=until))
    assert caught.value.finding.code == "policies.effect.days"
    assert EffectRun.objects.count() == 0


def test_a_hundred_days_are_the_most(room: Room, world: World) -> None:
    made = drafted(room.writer, 2, day=TOMORROW)
    assert services.start_effect(made.number, room.writer, TODAY - timedelta(days=99), TODAY).state == "done"


def test_a_second_run_of_the_same_change_waits(room: Room, world: World, monkeypatch) -> None:
    made = drafted(room.writer, 2, day=TOMORROW)
    monkeypatch.setattr(running, "run_effect", lambda _run: None)
    first = effect(room, made)
    with pytest.raises(RefusedError) as caught:
        effect(room, made)
    assert caught.value.finding.code == "policies.effect.busy"
    running.HERE.discard(first.pk)  # as when the thread died
    assert services.fail_abandoned() == 1
    first.refresh_from_db()
    assert first.state == "failed"


def test_an_error_ends_the_run_as_failed(room: Room, world: World, noon: Clock, monkeypatch) -> None:
    call(world, noon, "one")

    def broken(*_given):
        raise ZeroDivisionError

    monkeypatch.setattr(effects, "decide", broken)  # a few attempts are decided one by one
    run = effect(room, drafted(room.writer, 2, day=TOMORROW))
    assert (run.state, run.error) == ("failed", "ZeroDivisionError")


def test_the_figures_do_not_depend_on_how_many_customers_are_read_at_a_time(
    room: Room, world: World, noon: Clock, monkeypatch
) -> None:
    for n in range(3):
        call(world, noon, f"c{n}")
    for n in range(3):
        other = make_customer(f"E{n}", world.agent)
        line = make_line(other, f"1990000001{n}")
        take_permit(world.agent, other, line, request_key=f"e{n}")
    made = drafted(room.writer, 2, day=TOMORROW)
    whole = effect(room, made).result
    monkeypatch.setattr(effects, "CHUNK", 1)
    assert effect(room, made).result == whole
    assert whole["attempts"] == 6


def test_only_compliance_computes_an_effect(room: Room, world: World) -> None:
    made = drafted(room.writer, 2, day=TOMORROW)
    with pytest.raises(RefusedError):
        services.start_effect(made.number, make_user("lead2", "lead"), TODAY, TODAY)


@pytest.mark.django_db(transaction=True)
def test_a_long_history_goes_on_in_a_thread_and_tells_how_far_it_is(world: World, noon: Clock, monkeypatch) -> None:
    room = make_room()
    for n in range(3):
        call(world, noon, f"c{n}")
    monkeypatch.setattr(running, "AT_ONCE", 2)
    made = drafted(room.writer, 2, day=TOMORROW)
    run = effect(room, made)
    for thread in threading.enumerate():
        if thread.name == f"effect-{run.pk}":
            thread.join(30)
    run.refresh_from_db()
    assert (run.state, run.done, run.total) == ("done", 3, 3)
    assert counts(run) == (3, 1, 0)


def test_ending_is_the_reverse_of_the_change(room: Room, world: World, noon: Clock) -> None:
    for n in range(3):
        call(world, noon, f"c{n}")
    tightened = drafted(room.writer, 2, day=TODAY)
    before = effect(room, tightened).result
    services.submit(tightened.number, room.writer)
    change = services.approve(tightened.number, room.second, "同意")
    made = services.begin(room.writer, head(TOMORROW))
    services.put_ending(made.number, room.writer, change.number, 0)
    after = effect(room, made).result
    assert (before["denied"], before["allowed"]) == (after["allowed"], after["denied"]) == (1, 0)


def random_history(world: World, noon: Clock, seed: int) -> None:
    """Some hundred attempts of people with all kinds of facts, over two weeks; the gate refused some of them."""
    rng = random.Random(seed)
    agency = Agency.objects.create(code="AG1", name="示例", listed=True, contract_until=TODAY + timedelta(days=90))
    outside = make_user("outside")
    outside.agency = agency
    outside.save()
    lines = []
    for n in range(12):
        zones = ["Asia/Shanghai", "Asia/Urumqi"] if n == 3 else ["Asia/Shanghai"]
        more = {
            4: {"agreed_hours": ["09:00", "23:00"]},
            5: {"inconvenient": [["12:00", "14:00"]]},
            6: {"opt_outs": ["sms"]},
            7: {"consents": ["late_hours"]},
        }
        customer = make_customer(f"R{n}", world.agent, zones=zones, **more.get(n, {}))
        placed = {"agency": agency, "placement_notice_sent": True, "placed_on": TODAY - timedelta(days=60)}
        placed["closing_on"] = TODAY + timedelta(days=30)
        make_account(customer, f"R{n}", product=rng.choice(["credit_card", "telecom"]), **(placed if n > 8 else {}))
        number = "19900000777" if n in (1, 2) else f"1990000{n:04}"  # two people with one number
        lines.append(make_line(customer, number, zones=zones, source="other" if n == 8 else "contract"))
    start = noon.at
    for n in range(260):
        noon.at = start - timedelta(days=rng.randint(0, 13), hours=rng.choice([0, 1, 2, 3, -4, -8, -9, -10]), seconds=n)
        line = rng.choice(lines)
        who = outside if line.customer.debtor_id in ("R9", "R10", "R11") else world.agent
        taken = take_permit(who, line.customer, line, request_key=f"r{n}")
        if isinstance(taken, Permit) and rng.random() < 0.9:
            record_contact(taken, who, rng.choice(["reached", "no_answer"]), talk_seconds=rng.choice([3, 6, 90]))
        if rng.random() < 0.02:
            Hold.objects.create(kind="complaint", customer=line.customer, set_by=world.lead, set_at=noon.at)
    noon.at = start


@pytest.mark.parametrize("seed", [1, 2])
def test_the_bulk_way_says_what_deciding_one_by_one_says(
    room: Room, world: World, noon: Clock, monkeypatch, seed: int
) -> None:
    random_history(world, noon, seed)
    made = drafted(room.writer, 2, day=TOMORROW, scope={"product": ["credit_card"]})
    services.put_row(made.number, room.writer, services.row_of(HOURS, "closes", "20:00"))
    services.put_row(made.number, room.writer, services.row_of("CN-CBA-02", "at_most", 1))
    services.put_row(made.number, room.writer, services.row_of("CN-PIPL-10", "allowed", ["contract"]))
    seen = []
    compare = effects.bulk.compare
    monkeypatch.setattr(effects.bulk, "compare", lambda *given: seen.append(len(given[1])) or compare(*given))
    monkeypatch.setattr(effects, "BULK_FROM", 10**9)
    slow = effect(room, made, days=14)
    assert seen == []
    monkeypatch.setattr(effects, "BULK_FROM", 1)
    fast = effect(room, made, days=14)
    assert sum(seen) > 80
    assert fast.result == slow.result
    rows = [sorted(run.affected.values_list("kind", "row", "change", "rules")) for run in (slow, fast)]
    assert rows[0] == rows[1]
    assert slow.result["denied"] > 5
    assert slow.result["warned"] > 0


def test_an_attempt_that_cannot_be_read_is_named_and_not_let_pass(
    room: Room, world: World, noon: Clock, monkeypatch
) -> None:
    for n in range(3):
        call(world, noon, f"c{n}")
    monkeypatch.setattr(effects, "BULK_FROM", 1)
    Customer.objects.update(opt_outs=["pigeon"])  # a name that the gate does not know
    run = effect(room, drafted(room.writer, 2, day=TOMORROW))
    assert run.state == "done"
    assert run.result["unread"] == {"party.opt_outs": 3}
