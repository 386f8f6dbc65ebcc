"""Decisions explained to people: the list and its filters, one refusal and one permit in plain words."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta

import pytest
from call_site import lost, signed_in
from call_world import LATE, NOON, Clock, World, make_customer, make_line, make_user
from django.test import Client
from django.urls import reverse

from fairdue.core.text import Text
from fairdue.desk.audit.models import AuditEvent
from fairdue.desk.call.models import Denial, PastContact, Permit
from fairdue.desk.call.services import record_contact, take_permit
from fairdue.desk.cases.services import lift_hold, set_hold
from fairdue.desk.decisions import explain, selectors, timeline, words
from fairdue.desk.decisions.selectors import Filters
from fairdue.desk.people.models import Agency, Role, User


def ask(world: World, key: str, line=None, agent: User | None = None) -> Permit | Denial:
    return take_permit(agent or world.agent, world.customer, line or world.mobile, request_key=key)


def talked(world: World, noon: Clock, key: str, seconds: int = 60) -> None:
    record_contact(ask(world, key), world.agent, "reached", talk_seconds=seconds)
    noon.forward(minutes=20)


def page(user: User, record: Permit | Denial) -> explain.Page:
    found = explain.page_of(user, "denial" if isinstance(record, Denial) else "permit", record.pk)
    assert found is not None
    return found


def refused_at_night(world: World, noon: Clock) -> Denial:
    noon.at = LATE
    denial = ask(world, "late")
    assert isinstance(denial, Denial)
    return denial


def shown(user: User, record: Permit | Denial, language: str = "en") -> str:
    client = signed_in(user)
    client.cookies["fairdue_language"] = language
    kind = "denial" if isinstance(record, Denial) else "permit"
    answer = client.get(reverse(f"decisions:{kind}", args=[record.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


# The sentence ------------------------------------------------------------------------------------------------------


def test_a_call_at_night_in_one_sentence(world: World, noon: Clock) -> None:
    told = page(world.compliance, refused_at_night(world, noon)).sentence
    assert re.fullmatch(r"今天 22:05 不能给沈\*\*女士打这个电话，因为.*22:05.*；最早明天 08:00 可以。", told.zh), (
        told.zh
    )
    assert told.en.startswith("Today at 22:05 this call to 沈** was refused: ")
    assert told.en.endswith("The earliest is tomorrow at 08:00.")


def test_read_weeks_later_the_sentence_has_dates(world: World, noon: Clock) -> None:
    denial = refused_at_night(world, noon)
    noon.forward(days=30)
    told = page(world.compliance, denial).sentence
    assert told.zh.startswith("2026年3月2日 22:05 不能给")
    assert "最早2026年3月3日 08:00 可以" in told.zh


def test_a_hold_says_that_waiting_does_not_help_and_who_can_end_it(world: World) -> None:
    set_hold("dispute", world.customer, world.agent, reason="金额不对")
    told = page(world.lead, ask(world, "k"))
    assert "等时间没有用，要先有变化" in told.sentence.zh
    assert told.next_lawful is None
    whos = [change.who.zh for change in told.changes]
    assert any("组长或合规人员" in who for who in whos)
    assert [rule.hold.kind for rule in told.denied if rule.hold] == ["dispute"] * len(told.denied)


def test_a_permit_says_how_many_rules_were_checked(world: World) -> None:
    permit = ask(world, "k")
    told = page(world.lead, permit)
    assert told.sentence.zh.startswith("今天 12:00 可以给沈**女士打这个电话：核对了 ")
    assert len(told.passed) > 10
    assert told.changes == ()


@pytest.mark.parametrize(
    ("at", "zh", "en"),
    [
        (datetime(2026, 3, 2, 1, 0, tzinfo=UTC), "今天 09:00", "today at 09:00"),
        (datetime(2026, 3, 3, 0, 0, tzinfo=UTC), "明天 08:00", "tomorrow at 08:00"),
        (datetime(2026, 3, 1, 12, 30, tzinfo=UTC), "昨天 20:30", "yesterday at 20:30"),
        (datetime(2026, 12, 31, 16, 0, tzinfo=UTC), "2027年1月1日 00:00", "on 2027-01-01 at 00:00"),
    ],
)
def test_moments_in_words(at: datetime, zh: str, en: str) -> None:
    assert words.moment(at, "Asia/Shanghai", date(2026, 3, 2)) == Text(zh, en)


def test_a_reason_stands_inside_a_sentence() -> None:
    told = words.bare(Text("对方当地时间 22:05,不在 08:00–22:00 之内。", "It is 22:05 for the person."))
    assert told == Text("对方当地时间 22:05，不在 08:00–22:00 之内", "it is 22:05 for the person")
    assert words.set_zh("不在内,请等: 明天") == "不在内，请等：明天"


# Rule by rule ------------------------------------------------------------------------------------------------------


def test_each_rule_says_what_it_demands_where_it_stands_and_how_sure_we_are(world: World, noon: Clock) -> None:
    told = page(world.compliance, refused_at_night(world, noon))
    assert told.denied
    for rule in told.denied:
        assert rule.demands.zh
        assert rule.citation.zh
        assert rule.confidence in "ABCM"
        assert rule.change.time
    assert "CN-GBT-01" in [rule.id for rule in told.denied]


def test_what_was_counted_and_what_was_not_is_resolved_to_contacts(world: World, noon: Clock) -> None:
    noon.at = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
    for n in range(2):
        talked(world, noon, f"k{n}")
    talked(world, noon, "short", seconds=3)
    Agency.objects.create(code="X", name="示例信用服务公司")
    PastContact.objects.create(
        reference="old-1", customer=world.customer, line=world.mobile, at=noon(), channel="voice_human",
        connected=True, talk_seconds=42, two_way=True, agency="X",
    )  # fmt: skip
    noon.forward(minutes=5)
    denial = ask(world, "fourth")
    assert isinstance(denial, Denial)
    rule = next(rule for rule in page(world.compliance, denial).denied if rule.id == "CN-GBT-03")
    counted = [(one.counted, one.touch.seconds, one.touch.made_by.zh) for one in rule.rows]
    assert counted == [(True, 60, "lin"), (True, 60, "lin"), (False, 3, "lin"), (True, 42, "示例信用服务公司")]
    assert "通话 42 秒" in rule.rows[3].why.zh
    assert all(one.touch.line == world.mobile.value_masked for one in rule.rows)
    html = shown(world.compliance, denial)
    assert "示例信用服务公司" in html
    assert "19900000001" not in html


def test_parts_of_one_rule_are_told_apart(world: World, noon: Clock) -> None:
    for n in range(3):
        talked(world, noon, f"k{n}")
    noon.at = LATE
    told = page(world.compliance, ask(world, "late"))
    parts = [rule for rule in told.denied if rule.id == "CN-NIFA-17"]
    assert len(parts) == 2
    assert len({rule.demands for rule in parts}) == 2
    assert {one.why.zh for rule in parts for one in rule.rows} == {"接通了，双方都说了话，通话 60 秒，算一次"}
    assert "，而且" in told.sentence.zh


def test_an_open_permit_is_counted_because_it_may_be_going_on(world: World) -> None:
    for n in range(3):
        ask(world, f"k{n}")
    rule = next(r for r in page(world.lead, ask(world, "k4")).denied if r.id == "CN-GBT-03")
    assert [one.why for one in rule.rows] == [words.RESERVED] * 3


def test_a_contact_that_is_gone_and_an_unknown_id_are_said_to_be(world: World, noon: Clock) -> None:
    denial = refused_at_night(world, noon)
    decision = denial.decision
    decision["rules"][0]["counted"] = ["past:999", "fax:1"]
    Denial.objects.update(decision=decision)
    told = page(world.compliance, Denial.objects.get())
    assert [one.why for one in told.denied[0].rows] == [words.GONE] * 2
    assert "past:999" in shown(world.compliance, denial)


def test_the_same_number_in_another_file_is_told_without_a_name(world: World, noon: Clock) -> None:
    other = make_customer("D2", world.agent, name_masked="赵**")
    shared = make_line(other, "19900000001")
    for n in range(6):
        record_contact(take_permit(world.agent, other, shared, request_key=f"s{n}"), world.agent, "no_answer")
        noon.forward(minutes=5)
    permit = ask(world, "mine")
    assert isinstance(permit, Permit)
    told = page(world.compliance, permit)
    assert {one.touch.note for rule in told.warned for one in rule.rows} == {words.OTHER_FILE}
    assert "赵" not in shown(world.compliance, permit)


def test_a_relay_to_a_contact_person_names_the_role(world: World, noon: Clock) -> None:
    line = lost(world, noon)
    told = page(world.lead, ask(world, "relay", line))
    assert told.role == words.ROLES["family"]
    assert "沈**女士的家人沈*" in told.sentence.zh


def test_facts_that_are_missing_are_explained_too(world: World) -> None:
    type(world.customer).objects.update(zones=[])
    type(world.mobile).objects.update(zones=[])
    told = page(world.compliance, ask(world, "k"))
    assert told.next_lawful is None
    assert told.day.permitted is None
    assert any("补上缺少的资料" in change.what.zh for change in told.changes)


def test_holds_are_those_of_that_time(world: World, noon: Clock) -> None:
    gone = set_hold("complaint", world.customer, world.agent)
    noon.forward(hours=1)
    lift_hold(gone.pk, world.lead, "函 1 号", evidence="answered")
    noon.forward(hours=1)
    permit = ask(world, "k")
    noon.forward(hours=1)
    set_hold("dispute", world.customer, world.agent)
    assert page(world.lead, permit).holds == ()
    denial = ask(world, "k2")
    noon.forward(hours=1)
    lift_hold(set_hold("dispute", world.customer, world.agent).pk, world.lead, "函 2 号", evidence="answered")
    assert [hold.kind for hold in page(world.lead, denial).holds] == ["dispute"]


def test_the_audit_event_is_found_and_its_absence_is_said(world: World, noon: Clock) -> None:
    denial = refused_at_night(world, noon)
    event = page(world.compliance, denial).event
    assert event == AuditEvent.objects.get(subject=f"denial:{denial.pk}")
    orphan = Denial.objects.create(
        customer=world.customer, line=None, agent=world.agent, channel="voice_human", purpose="collect", at=noon(),
        decision=denial.decision,
    )  # fmt: skip
    assert "no audit event" in shown(world.compliance, orphan)


# The day's picture -------------------------------------------------------------------------------------------------


def test_the_permitted_hours_are_the_gates(world: World) -> None:
    assert timeline.permitted_hours("cn@x", date(2026, 3, 2), ["Asia/Shanghai"], "voice_human") == ((480, 1320),)


def test_agreed_and_unsuitable_hours_and_a_second_zone_narrow_them() -> None:
    day, home = date(2026, 3, 2), ["Asia/Shanghai"]
    agreed = timeline.permitted_hours("cn@x", day, home, "voice_human", agreed=["19:50", "21:10"])
    assert agreed == ((1190, 1270),)
    lunch = timeline.permitted_hours("cn@x", day, home, "voice_human", inconvenient=[["12:05", "14:00"]])
    assert lunch == ((480, 725), (840, 1320))
    west = timeline.permitted_hours("cn@x", day, ["Asia/Shanghai", "Asia/Urumqi"], "voice_human")
    assert west == ((600, 1320),)
    assert timeline.permitted_hours("xx@1", day, home, "voice_human") is None
    assert timeline.permitted_hours("cn@x", day, [], "voice_human") is None


def test_contacts_that_are_close_are_drawn_above_each_other() -> None:
    marks = [(NOON + timedelta(minutes=m), True, False, "") for m in (0, 5, 10, 60)]
    day = timeline.day_of(NOON, "Asia/Shanghai", marks, NOON + timedelta(days=1), ((480, 1320),))
    assert [(mark.minute, mark.lane) for mark in day.marks] == [(720, 0), (725, 1), (730, 2), (780, 0)]
    assert (day.asked, day.next_minute) == (720, None)
    assert timeline.day_of(NOON, "Asia/Shanghai", [], NOON + timedelta(hours=2), None).next_minute == 840


def test_the_picture_is_drawn_by_the_server_without_inline_style(world: World, noon: Clock) -> None:
    html = shown(world.compliance, refused_at_night(world, noon))
    svg = html[html.index("<svg") : html.index("</svg>")]
    assert '<rect class="day-open" x="500" y="70" width="840"' in svg
    assert 'x1="1345"' in svg  # 22:05
    assert "style=" not in html[html.index("<article") : html.index("</article>")]
    assert "<script" not in html[html.index("<article") : html.index("</article>")]


# The list ----------------------------------------------------------------------------------------------------------


def listed(user: User, **given: str) -> list[tuple[str, str]]:
    wanted, _problems = Filters.read(given)
    return [(row.kind, row.verdict) for row in selectors.rows(selectors.listed(user, wanted)[:50])]


@pytest.fixture
def some(world: World, noon: Clock) -> World:
    """Newest first: refused at night, allowed at noon with another agent, allowed the day before."""
    noon.at = NOON - timedelta(days=1)
    ask(world, "yesterday")
    noon.at = NOON
    other = make_customer("D2", None, name_masked="赵**")
    take_permit(make_user("wei"), other, make_line(other, "19900000002"), request_key="w")
    refused_at_night(world, noon)
    return world


def test_the_newest_stands_first(some: World) -> None:
    assert listed(some.compliance) == [("denial", "deny"), ("permit", "pass"), ("permit", "pass")]


@pytest.mark.parametrize(
    ("given", "kinds"),
    [
        ({"since": "2026-03-02"}, ["denial", "permit"]),
        ({"until": "2026-03-01"}, ["permit"]),
        ({"since": "2026-03-02", "until": "2026-03-01"}, ["denial", "permit", "permit"]),
        ({"agent": "wei"}, ["permit"]),
        ({"customer": "D2"}, ["permit"]),
        ({"customer": "nobody"}, []),
        ({"rule": "CN-GBT-01"}, ["denial"]),
        ({"rule": "cn-gbt-01"}, ["denial"]),
        ({"rule": "CN-GBT-03"}, []),
        ({"verdict": "deny"}, ["denial"]),
        ({"verdict": "pass"}, ["permit", "permit"]),
        ({"verdict": "warn"}, []),
        ({"verdict": "perhaps"}, ["denial", "permit", "permit"]),
        ({"channel": "voice_human"}, ["denial", "permit", "permit"]),
        ({"channel": "sms"}, []),
        ({"rule": "x' OR 1=1 --"}, []),
    ],
)
def test_filters(some: World, given: dict[str, str], kinds: list[str]) -> None:
    assert [kind for kind, _verdict in listed(some.compliance, **given)] == kinds


def test_an_agent_sees_what_was_asked_for_by_themself_only(some: World) -> None:
    wei = User.objects.get(username="wei")
    assert len(listed(some.agent)) == 2
    assert listed(wei) == [("permit", "pass")]
    denial = Denial.objects.get()
    assert signed_in(wei).get(reverse("decisions:denial", args=[denial.pk])).status_code == 404
    assert signed_in(some.agent).get(reverse("decisions:denial", args=[denial.pk])).status_code == 200


@pytest.mark.parametrize(("role", "status"), [(Role.LEAD, 200), (Role.ADMIN, 200), (Role.TRAINER, 403)])
def test_which_roles_may_read(db: None, role: Role, status: int) -> None:
    assert signed_in(make_user("u", role)).get(reverse("decisions:list")).status_code == status


def test_an_empty_list_and_an_unreadable_day_are_said(world: World) -> None:
    client = signed_in(world.compliance)
    assert "No decisions here." in client.get(reverse("decisions:list")).content.decode()
    told = client.get(reverse("decisions:list"), {"since": "soon"}).content.decode()
    assert "is no date" in told
    assert "Clear" not in told


def test_the_list_shows_masked_data_and_pages(some: World) -> None:
    client: Client = signed_in(some.compliance)
    html = client.get(reverse("decisions:list")).content.decode()
    assert "沈**" in html
    assert some.mobile.value_masked in html
    assert "19900000001" not in html
    source = Denial.objects.get()
    Denial.objects.bulk_create(
        Denial(customer=some.customer, line=some.mobile, agent=some.agent, channel="voice_human", purpose="collect",
               at=NOON + timedelta(seconds=n), decision=source.decision) for n in range(60)
    )  # fmt: skip
    told = client.get(reverse("decisions:list"), {"page": "2", "verdict": "deny"}).content.decode()
    assert "Page 2 of 2, 61 rows" in told


def test_a_page_of_the_list_takes_few_statements(some: World, django_assert_max_num_queries) -> None:
    client = signed_in(some.compliance)
    with django_assert_max_num_queries(14):
        client.get(reverse("decisions:list"))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_both_kinds_open_in_both_languages_for_those_who_may(some: World, language: str) -> None:
    for record in (Denial.objects.get(), Permit.objects.filter(agent=some.agent).get()):
        for user in (some.agent, some.lead, some.compliance):
            html = shown(user, record, language)
            assert record.decision["pack"] in html
            assert (reverse("audit:list") + "?q=" in html) == (user == some.compliance)


def test_a_decision_that_does_not_exist_is_not_found(world: World) -> None:
    assert signed_in(world.lead).get(reverse("decisions:permit", args=[99])).status_code == 404
