"""What a customer asked for: closing is for everybody and at once, opening needs proof, and the gate follows both."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from call_site import signed_in
from call_world import NOON, Clock, World, make_account, make_customer, make_line, make_user
from django.db import DatabaseError, transaction
from django.urls import reverse

from fairdue.core.dates import at_local
from fairdue.desk.accounts.models import Customer, Line
from fairdue.desk.audit.models import AuditEvent
from fairdue.desk.call import gate
from fairdue.desk.call.models import Contact, Denial, Permit
from fairdue.desk.call.services import record_contact, take_permit
from fairdue.desk.people.models import Role
from fairdue.desk.preferences import rules, selectors
from fairdue.desk.preferences.evidence import Given
from fairdue.desk.preferences.models import Ending, How, Kind, Preference
from fairdue.desk.preferences.services import expire, record, take_back
from fairdue.desk.refusals import RefusedError

LETTER = Given(How.WRITING, reference="信函 2026-17", said_on=date(2026, 3, 1))
CONTRACT = Given(How.CONTRACT, reference="合同第 8 条", said_on=date(2024, 1, 5))


def refusal(call, *args, **more) -> str:
    with pytest.raises(RefusedError) as refused:
        call(*args, **more)
    finding = refused.value.finding
    assert finding.what.zh and finding.why.zh and finding.mend.zh
    return finding.code


def talk(world: World, outcome: str = "reached", key: str = "k", line: Line | None = None, **more) -> Contact:
    permit = take_permit(world.agent, world.customer, line or world.mobile, request_key=key)
    assert isinstance(permit, Permit)
    return record_contact(permit, world.agent, outcome, talk_seconds=60, **more)


def again(row):
    row.refresh_from_db()
    return row


def key_of(customer: Customer, kind: str) -> str:
    fresh = Customer.objects.get(pk=customer.pk)
    return next(fact.key for fact in selectors.standing(fresh, date(2026, 3, 2)) if fact.kind == kind)


def ask(world: World, hour: int, minute: int = 0, channel: str = "voice_human") -> bool:
    at = at_local(date(2026, 3, 2), time(hour, minute), "Asia/Shanghai")
    mode = "notify" if channel == "sms" else "interactive"
    return gate.ask(world.agent, world.customer, world.mobile, at=at, channel=channel, mode=mode)["allow"]


def test_anybody_stops_a_channel_at_once_and_the_gate_follows(world: World) -> None:
    assert ask(world, 12, channel="sms")
    row = record(Kind.OPT_OUT, world.customer, world.agent, value="sms")
    assert again(world.customer).opt_outs == ["sms"]
    assert not ask(world, 12, channel="sms")
    assert ask(world, 12)
    assert (row.how, row.said_on, row.set_by) == (How.CALL, date(2026, 3, 2), world.agent)
    assert record(Kind.OPT_OUT, world.customer, world.lead, value="sms").pk == row.pk


def test_a_protection_is_taken_back_by_few_on_the_persons_own_wish(world: World) -> None:
    record(Kind.OPT_OUT, world.customer, world.agent, value="sms")
    key = key_of(world.customer, Kind.OPT_OUT)
    assert refusal(take_back, key, world.customer, world.agent, given=LETTER) == "preference.lift.role"
    admin = make_user("root", Role.ADMIN)
    assert refusal(take_back, key, world.customer, admin, given=LETTER) == "preference.lift.role"
    assert refusal(take_back, key, world.customer, world.lead) == "preference.evidence"
    undated = Given(How.WRITING, reference="信函")
    assert refusal(take_back, key, world.customer, world.lead, given=undated) == "preference.day"
    ended = take_back(key, world.customer, world.lead, given=LETTER, reason="客户改变主意")
    assert again(world.customer).opt_outs == []
    assert (ended.ending, ended.withdrawn_by, ended.withdrawn_reference) == ("withdrawn", world.lead, "信函 2026-17")
    assert refusal(take_back, key, world.customer, world.lead, given=LETTER) == "preference.gone"


def test_the_customers_own_page_opens_what_the_customer_closed(world: World) -> None:
    record(Kind.OPT_OUT, world.customer, None, value="sms", given=Given(How.PORTAL))
    key = key_of(world.customer, Kind.OPT_OUT)
    assert refusal(take_back, key, world.customer, None, given=LETTER) == "preference.lift.role"
    proof = Given(How.PORTAL, reference="S-1", said_on=date(2026, 3, 2))
    take_back(key, world.customer, None, given=proof)
    assert again(world.customer).opt_outs == []
    line = make_line(world.customer, "19900000009", role="family")
    assert (
        refusal(record, Kind.EVIDENCE, world.customer, None, value="estate", line=line, given=proof)
        == "preference.role"
    )


def test_an_agent_records_agreed_hours_only_from_a_talk_of_today(world: World, noon: Clock) -> None:
    assert (
        refusal(record, Kind.AGREED_HOURS, world.customer, world.agent, value="20:00-23:00") == "preference.agent.talk"
    )
    said = talk(world)
    noon.forward(days=1)
    old = Given(contact=said)
    assert (
        refusal(record, Kind.AGREED_HOURS, world.customer, world.agent, value="20:00-23:00", given=old)
        == "preference.agent.talk"
    )
    today = Given(contact=talk(world, key="k2"))
    row = record(Kind.AGREED_HOURS, world.customer, world.agent, value="20:00-23:00", given=today)
    assert again(world.customer).agreed_hours == ["20:00", "23:00"]
    assert row.said_on == date(2026, 3, 3)
    by_lead = record(Kind.AGREED_HOURS, world.customer, world.lead, value="19:00-23:00", given=old)
    assert (by_lead.said_on, again(row).ending) == (date(2026, 3, 2), Ending.REPLACED)
    assert again(world.customer).agreed_hours == ["19:00", "23:00"]


def test_a_talk_proves_nothing_when_the_person_was_not_on_the_line(world: World) -> None:
    missed = talk(world, "no_answer")
    wrong = talk(world, "wrong_number", key="k2")
    world.mobile.valid = True
    world.mobile.save()
    other = make_customer("D2", world.agent)
    make_line(other, "19900000002")
    for contact in (missed, wrong):
        given = Given(contact=contact)
        code = refusal(record, Kind.CONSENT, world.customer, world.agent, value="late_hours", given=given)
        assert code == "preference.talk"
    given = Given(contact=talk(world, key="k3"))
    assert refusal(record, Kind.CONSENT, other, world.agent, value="late_hours", given=given) == "preference.contact"
    record(Kind.CONSENT, world.customer, world.agent, value="late_hours", given=given)
    assert again(world.customer).consents == ["late_hours"]
    code = refusal(record, Kind.CONSENT, world.customer, world.agent, value="agreed_cap", given=given)
    assert code == "preference.role"


def test_a_consent_goes_at_once_whoever_is_told(world: World) -> None:
    record(Kind.CONSENT, world.customer, world.lead, value="late_hours", given=LETTER)
    assert ask(world, 23)
    take_back(key_of(again(world.customer), Kind.CONSENT), world.customer, world.agent)
    assert again(world.customer).consents == []
    assert not ask(world, 23)


def test_a_consent_that_came_with_the_data_can_be_taken_back_and_is_in_the_history(world: World) -> None:
    world.customer.consents = ["late_hours", "sms"]
    world.customer.save()
    ended = take_back(key_of(world.customer, Kind.CONSENT), world.customer, world.agent)
    assert again(world.customer).consents == ["sms"]
    assert (ended.how, ended.ending, ended.set_by) == (How.IMPORT, Ending.WITHDRAWN, None)


def test_taking_agreed_hours_back_never_opens_an_hour_without_proof(world: World) -> None:
    record(Kind.AGREED_HOURS, world.customer, world.lead, value="20:00-23:00", given=LETTER)
    take_back(key_of(again(world.customer), Kind.AGREED_HOURS), world.customer, world.agent)
    assert again(world.customer).agreed_hours == ["20:00", "22:00"]
    assert not ask(world, 22, 30)
    assert not ask(world, 12)
    assert ask(world, 21)
    key = key_of(world.customer, Kind.AGREED_HOURS)
    assert refusal(take_back, key, world.customer, world.agent) == "preference.hours.ordinary"
    take_back(key, world.customer, world.lead, given=LETTER)
    assert again(world.customer).agreed_hours is None
    assert ask(world, 12)


def test_agreed_hours_wholly_at_night_leave_no_hour_when_they_are_taken_back(world: World) -> None:
    record(Kind.AGREED_HOURS, world.customer, world.lead, value="22:00-02:00", given=LETTER)
    assert ask(world, 23)
    take_back(key_of(again(world.customer), Kind.AGREED_HOURS), world.customer, world.agent)
    assert not any(ask(world, hour) for hour in range(24))
    assert selectors.open_hours(again(world.customer), date(2026, 3, 2)) == []


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("20:00-20:00", "preference.window.empty"),
        ("00:00-00:00", "preference.window.empty"),
        ("8-9", "preference.window.form"),
        ("25:00-26:00", "preference.window.form"),
        ("08:60-09:00", "preference.window.form"),
        ("", "preference.window.form"),
    ],
)
def test_windows_that_cannot_be(world: World, value: str, code: str) -> None:
    assert refusal(record, Kind.INCONVENIENT, world.customer, world.agent, value=value) == code


def test_agreed_hours_within_unsuitable_ones_are_refused(world: World) -> None:
    record(Kind.INCONVENIENT, world.customer, world.agent, value="22:00-08:00")
    record(Kind.INCONVENIENT, world.customer, world.agent, value="12:00-14:00")
    for value in ("23:00-02:00", "12:30-13:30"):
        code = refusal(record, Kind.AGREED_HOURS, world.customer, world.lead, value=value, given=LETTER)
        assert code == "preference.window.none"
    record(Kind.AGREED_HOURS, world.customer, world.lead, value="11:00-13:00", given=LETTER)
    assert selectors.open_hours(again(world.customer), date(2026, 3, 2)) == [(660, 720)]


def test_window_arithmetic() -> None:
    ordinary = [(480, 1320)]
    assert rules.spans(("22:00", "02:00")) == [(1320, 1440), (0, 120)]
    assert rules.spans(("22:00", "00:00")) == [(1320, 1440)]
    assert rules.without([(480, 1320)], [(600, 660), (0, 500)]) == [(500, 600), (660, 1320)]
    assert rules.closed_rest(("20:00", "09:00"), ordinary) == ("20:00", "22:00")
    assert rules.closed_rest(("22:30", "07:00"), ordinary) == ("22:30", "22:30")
    assert rules.closed_rest(("00:00", "24:00"), ordinary) == ("08:00", "22:00")


def test_what_ran_out_does_not_count_and_the_night_takes_it_out(world: World, noon: Clock) -> None:
    last = date(2026, 3, 4)
    record(Kind.CONSENT, world.customer, world.lead, value="late_hours", given=LETTER, valid_until=last)
    record(Kind.CONSENT, world.customer, world.lead, value="agreed_cap", given=LETTER)
    record(Kind.AGREED_HOURS, world.customer, world.lead, value="20:00-23:00", given=LETTER, valid_until=last)
    record(Kind.INCONVENIENT, world.customer, world.agent, value="21:00-21:30", valid_until=last)
    customer = again(world.customer)
    on = selectors.gate_facts(customer, world.mobile, last)
    assert (on["consents"], on["agreed_hours"]) == (["late_hours", "agreed_cap"], ["20:00", "23:00"])
    assert on["inconvenient"] == [["21:00", "21:30"]]
    after = selectors.gate_facts(customer, world.mobile, last + timedelta(days=1))
    assert after == {
        "consents": ["agreed_cap"], "agreed_hours": None, "inconvenient": [], "opt_outs": [], "evidence": [],
    }  # fmt: skip
    assert expire() == 0
    noon.forward(days=3)
    assert [fact.over for fact in selectors.standing(customer, last + timedelta(days=1))].count(True) == 3
    assert expire() == 3
    assert expire() == 0
    assert again(customer).consents == ["agreed_cap"]
    assert (customer.agreed_hours, customer.inconvenient) == (None, [])
    assert AuditEvent.objects.filter(kind="preference.expired").count() == 3


def test_a_renewed_consent_gets_a_new_end(world: World) -> None:
    first = record(
        Kind.CONSENT, world.customer, world.lead, value="late_hours", given=LETTER, valid_until=date(2026, 3, 9)
    )
    second = record(Kind.CONSENT, world.customer, world.lead, value="late_hours", given=LETTER)
    assert (again(first).ending, second.valid_until, again(world.customer).consents) == (
        "replaced",
        None,
        ["late_hours"],
    )
    assert (
        refusal(record, Kind.OPT_OUT, world.customer, world.agent, value="sms", valid_until=date(2026, 4, 1))
        == "preference.until.kind"
    )
    assert (
        refusal(
            record,
            Kind.CONSENT,
            world.customer,
            world.lead,
            value="agreed_cap",
            given=LETTER,
            valid_until=date(2026, 3, 1),
        )
        == "preference.until.past"
    )


def test_a_protection_is_not_cut_short_by_recording_it_again(world: World) -> None:
    long = record(Kind.INCONVENIENT, world.customer, world.agent, value="12:00-14:00", valid_until=date(2026, 3, 20))
    soon = {"value": "12:00-14:00", "valid_until": date(2026, 3, 2)}
    assert record(Kind.INCONVENIENT, world.customer, world.agent, **soon) == long
    always = record(Kind.INCONVENIENT, world.customer, world.agent, value="12:00-14:00")
    assert record(Kind.INCONVENIENT, world.customer, world.agent, **soon) == always
    again(world.customer).inconvenient = [["12:00", "14:00"], ["18:00", "19:00"]]
    world.customer.save()
    came = record(Kind.INCONVENIENT, world.customer, world.agent, value="18:00-19:00", valid_until=date(2026, 3, 2))
    assert (came.valid_until, len(again(world.customer).inconvenient)) == (None, 2)


def test_facts_of_a_line(world: World) -> None:
    office = make_line(world.customer, "19900000003", kind="office")
    friend = make_line(world.customer, "19900000004", role="friend")
    record(Kind.WORKPLACE, world.customer, world.agent, line=office)
    record(Kind.WRONG_NUMBER, world.customer, world.agent, line=world.mobile)
    record(Kind.REFUSED, world.customer, world.agent, line=friend)
    assert again(office).employer_prohibits
    assert not again(world.mobile).valid
    assert again(friend).refused
    assert refusal(record, Kind.WORKPLACE, world.customer, world.agent, line=world.mobile) == "preference.line.office"
    assert refusal(record, Kind.REFUSED, world.customer, world.agent, line=world.mobile) == "preference.line.own"
    assert refusal(record, Kind.WRONG_NUMBER, world.customer, world.agent) == "preference.line"
    elsewhere = make_line(make_customer("D2", world.agent), "19900000005")
    assert refusal(record, Kind.WRONG_NUMBER, world.customer, world.agent, line=elsewhere) == "preference.line"
    for kind in (Kind.WORKPLACE, Kind.WRONG_NUMBER, Kind.REFUSED):
        take_back(key_of(world.customer, kind), world.customer, world.compliance, given=LETTER)
    assert not again(office).employer_prohibits
    assert again(world.mobile).valid
    assert not again(friend).refused


def test_a_number_without_a_lawful_source_is_not_used_until_one_is_proven(world: World) -> None:
    record(Kind.SOURCE, world.customer, world.agent, value="other", line=world.mobile)
    assert again(world.mobile).source == "other"
    assert not ask(world, 12)
    key = key_of(world.customer, Kind.SOURCE)
    assert refusal(take_back, key, world.customer, world.lead, given=LETTER) == "preference.source.how"
    source = {"value": "contract", "line": world.mobile}
    assert refusal(record, Kind.SOURCE, world.customer, world.agent, given=CONTRACT, **source) == "preference.role"
    assert refusal(record, Kind.SOURCE, world.customer, world.lead, given=LETTER, **source) == "preference.form"
    row = record(Kind.SOURCE, world.customer, world.lead, given=CONTRACT, **source)
    assert (again(world.mobile).source, row.before) == ("contract", "other")
    assert ask(world, 12)
    take_back(key_of(world.customer, Kind.SOURCE), world.customer, world.agent)
    assert again(world.mobile).source == "other"


def test_provenances_say_why_a_number_may_not_be_used(world: World) -> None:
    bad = make_line(world.customer, "19900000004", source="other")
    none = make_line(world.customer, "19900000006", source="")
    shown = {one.line.pk: one for one in selectors.provenances(world.customer)}
    assert shown[world.mobile.pk].usable
    for line in (bad, none):
        assert not shown[line.pk].usable
        assert shown[line.pk].rules[0][0] == "CN-PIPL-10"


def test_evidence_makes_a_spouse_one_who_owes_this_debt_only(world: World) -> None:
    wife = make_line(world.customer, "19900000007", role="family", contact_name_masked="周*")
    second = make_account(world.customer, "A2", due_date=date(2026, 2, 25))
    proof = {"value": "joint_debt", "line": wife}
    assert refusal(record, Kind.EVIDENCE, world.customer, world.agent, given=CONTRACT, **proof) == "preference.account"
    proof["account"] = world.account
    assert refusal(record, Kind.EVIDENCE, world.customer, world.agent, given=CONTRACT, **proof) == "preference.role"
    said = Given(How.CALL, reference="录音 1", said_on=date(2026, 3, 1))
    assert refusal(record, Kind.EVIDENCE, world.customer, world.lead, given=said, **proof) == "preference.form"
    mine = {**proof, "line": world.mobile}
    assert refusal(record, Kind.EVIDENCE, world.customer, world.lead, given=CONTRACT, **mine) == "preference.line.own"
    record(Kind.EVIDENCE, world.customer, world.lead, given=CONTRACT, **proof)
    day = date(2026, 3, 2)
    assert again(wife).role == "spouse"
    assert selectors.gate_facts(world.customer, wife, day)["evidence"] == ["joint_debt"]
    assert selectors.gate_facts(world.customer, wife, day, second)["evidence"] == []
    assert selectors.gate_facts(world.customer, world.mobile, day)["evidence"] == []
    take_back(key_of(world.customer, Kind.EVIDENCE), world.customer, world.agent)
    assert again(wife).role == "family"
    assert selectors.gate_facts(world.customer, wife, day)["evidence"] == []


def test_a_guarantor_without_the_contract_is_left_alone(world: World) -> None:
    line = make_line(world.customer, "19900000008", role="guarantor")
    proof = {"value": "guarantee_contract", "line": line, "account": world.account}
    assert refusal(record, Kind.EVIDENCE, world.customer, world.lead, given=LETTER, **proof) == "preference.form"
    record(Kind.EVIDENCE, world.customer, world.lead, given=CONTRACT, **proof)
    take_back(key_of(world.customer, Kind.EVIDENCE), world.customer, world.compliance)
    assert again(line).role == "stranger"
    assert not gate.ask(world.agent, world.customer, line, at=NOON)["allow"]


def test_a_heir_answers_for_every_debt(world: World) -> None:
    son = make_line(world.customer, "19900000008", role="family")
    second = make_account(world.customer, "A2")
    record(Kind.EVIDENCE, world.customer, world.lead, value="estate", line=son, given=LETTER)
    assert again(son).role == "heir"
    for account in (world.account, second):
        assert selectors.gate_facts(world.customer, son, date(2026, 3, 2), account)["evidence"] == ["estate"]
    twin = make_line(world.customer, "19900000008", role="friend")
    code = refusal(record, Kind.EVIDENCE, world.customer, world.lead, value="estate", line=twin, given=LETTER)
    assert code == "preference.line.twice"


def test_only_who_sees_the_customer_records_and_time_that_lies_ahead_is_no_evidence(world: World) -> None:
    stranger = make_user("wu")
    coach = make_user("coach", Role.TRAINER)
    for user in (stranger, coach):
        assert refusal(record, Kind.OPT_OUT, world.customer, user, value="sms") == "preference.role"
    ahead = Given(How.WRITING, reference="x", said_on=date(2026, 3, 3))
    code = refusal(record, Kind.CONSENT, world.customer, world.lead, value="late_hours", given=ahead)
    assert code == "preference.day"
    assert not Preference.objects.exists()


def test_each_change_is_audited_without_a_word_of_the_person(world: World) -> None:
    record(Kind.CONSENT, world.customer, world.lead, value="late_hours", given=LETTER)
    take_back(key_of(again(world.customer), Kind.CONSENT), world.customer, world.agent, reason="客户来电说不要了")
    kept = AuditEvent.objects.filter(kind__startswith="preference.").order_by("pk")
    assert [event.kind for event in kept] == ["preference.recorded", "preference.taken_back"]
    assert kept[0].payload == {"kind": "consent", "value": "late_hours", "how": "writing"}
    assert "客户来电" not in str(kept[1].payload)
    assert kept[1].actor == world.agent


def test_the_history_is_written_once(world: World) -> None:
    row = record(Kind.OPT_OUT, world.customer, world.agent, value="sms")
    for change in ({"value": "im"}, {"said_on": date(2020, 1, 1)}, {"reference": "x"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            Preference.objects.filter(pk=row.pk).update(**change)
    ended = take_back(key_of(world.customer, Kind.OPT_OUT), world.customer, world.lead, given=LETTER)
    with pytest.raises(DatabaseError), transaction.atomic():
        Preference.objects.filter(pk=ended.pk).update(withdrawn_at=None, ending="")


def test_the_outlook_asks_the_gate_and_takes_nothing(world: World, noon: Clock) -> None:
    record(Kind.AGREED_HOURS, world.customer, world.lead, value="20:00-23:00", given=LETTER)
    shown = selectors.outlook(again(world.customer), world.lead)
    assert (shown.allow, shown.asked_for) == (False, world.agent)
    assert f"{shown.next_lawful:%Y-%m-%d %H:%M}" == "2026-03-02 20:00"
    assert not Permit.objects.exists() and not Denial.objects.exists()
    noon.at = datetime(2026, 3, 2, 12, 30, tzinfo=UTC)
    assert selectors.outlook(world.customer, world.agent).allow
    assert selectors.outlook(make_customer("D3"), world.lead) is None


def url(name: str, customer: Customer, *more) -> str:
    return reverse(f"preferences:{name}", args=[customer.pk, *more])


def test_the_page_says_what_holds_and_whose_customers_it_shows(world: World) -> None:
    agent, lead = signed_in(world.agent), signed_in(world.lead)
    empty = agent.get(url("customer", world.customer)).content.decode()
    assert "Nothing has been asked for or agreed." in empty
    assert "08:00–22:00" in empty
    record(Kind.AGREED_HOURS, world.customer, world.lead, value="20:00-23:00", given=LETTER)
    full = agent.get(url("customer", world.customer)).content.decode()
    assert "May be contacted only at 20:00–23:00" in full
    assert "1 March, in writing; recorded by zhang" in full
    assert "Hours for calls today: 20:00–23:00" in full
    assert 'id="f-source"' not in full
    assert 'id="f-source"' in lead.get(url("customer", world.customer)).content.decode()
    other = make_customer("D2", make_user("wu"))
    assert agent.get(url("customer", other)).status_code == 404
    assert lead.get(url("customer", other)).status_code == 200
    assert signed_in(make_user("coach", Role.TRAINER)).get(url("customer", world.customer)).status_code == 403


def test_one_press_stops_calls_of_both_kinds(world: World) -> None:
    agent = signed_in(world.agent)
    assert agent.post(url("stop", world.customer), {"way": "voice"}).status_code == 302
    assert again(world.customer).opt_outs == ["voice_human", "voice_ai"]
    agent.post(url("stop", world.customer), {"way": "nonsense"})
    assert Preference.objects.count() == 2
    other = make_customer("D2")
    assert agent.post(url("stop", other), {"way": "sms"}).status_code == 404


def test_the_forms_record_refuse_and_warn(world: World) -> None:
    agent, lead = signed_in(world.agent), signed_in(world.lead)
    where = url("record", world.customer, "hours")
    typed = {"hours-start": "20:00", "hours-end": "23:00"}
    refused = agent.post(where, typed)
    assert refused.status_code == 422
    assert "talk of theirs today" in refused.content.decode()
    said = talk(world)
    assert agent.post(where, {**typed, "hours-contact": str(said.pk)}).status_code == 302
    assert again(world.customer).agreed_hours == ["20:00", "23:00"]
    unfit = {"inconvenient-start": "19:00", "inconvenient-end": "01:00"}
    answer = agent.post(url("record", world.customer, "inconvenient"), unfit, follow=True).content.decode()
    assert "No hour is left" in answer
    assert agent.post(url("record", world.customer, "source"), {}).status_code == 404
    assert agent.post(url("record", world.customer, "hours"), {"hours-start": "x"}).status_code == 422
    late = {"consent-value": "agreed_cap", "consent-contact": str(said.pk)}
    assert agent.post(url("record", world.customer, "consent"), late).status_code == 422
    line = {"line-what": "voice", "line-line": str(world.mobile.pk)}
    assert agent.post(url("record", world.customer, "line"), line).status_code == 302
    assert again(world.mobile).opt_outs == ["voice_human", "voice_ai"]
    source = {
        "source-line": str(world.mobile.pk), "source-value": "reserved", "source-how": "writing",
        "source-said_on": "2026-02-01", "source-reference": "申请表 3",
    }  # fmt: skip
    assert lead.post(url("record", world.customer, "source"), source).status_code == 302
    assert again(world.mobile).source == "reserved"


def test_overlaps_are_told_and_both_hold(world: World) -> None:
    agent = signed_in(world.agent)
    where = url("record", world.customer, "inconvenient")
    agent.post(where, {"inconvenient-start": "12:00", "inconvenient-end": "14:00"})
    page = agent.post(where, {"inconvenient-start": "13:00", "inconvenient-end": "15:00"}, follow=True).content.decode()
    assert "overlaps with hours that do not suit: 12:00–14:00" in page
    assert again(world.customer).inconvenient == [["12:00", "14:00"], ["13:00", "15:00"]]


def test_taking_back_through_the_page(world: World) -> None:
    record(Kind.CONSENT, world.customer, world.lead, value="late_hours", given=LETTER)
    record(Kind.OPT_OUT, world.customer, world.agent, value="sms")
    agent, lead = signed_in(world.agent), signed_in(world.lead)
    where = url("take-back", world.customer)
    customer = again(world.customer)
    consent, opt_out = key_of(customer, Kind.CONSENT), key_of(customer, Kind.OPT_OUT)
    agent.post(where, {"fact": consent})
    refused = agent.post(where, {"fact": opt_out}, follow=True).content.decode()
    assert "not yours to take back" in refused
    assert (again(customer).consents, customer.opt_outs) == ([], ["sms"])
    lead.post(where, {"fact": opt_out, "how": "writing", "reference": "信函 9", "said_on": "2026-03-02"})
    assert again(customer).opt_outs == []
    assert "cannot be read" in lead.post(where, {"fact": opt_out, "said_on": "soon"}, follow=True).content.decode()


def test_a_line_of_another_person_keeps_the_customers_own_wishes_out(world: World) -> None:
    record(Kind.AGREED_HOURS, world.customer, world.lead, value="20:00-23:00", given=LETTER)
    record(Kind.OPT_OUT, world.customer, world.agent, value="sms")
    friend = make_line(world.customer, "19900000004", role="friend", opt_outs=["voice_human"])
    found = selectors.gate_facts(again(world.customer), friend, date(2026, 3, 2))
    assert (found["agreed_hours"], found["opt_outs"]) == (None, ["voice_human"])
