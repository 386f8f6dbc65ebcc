"""The pages of the policy room: who sees what, filters, findings beside the field, the way of a change, duties."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from call_site import signed_in
from call_world import Clock, World, make_user
from django.test import Client
from django.urls import reverse
from policy_world import RULE, TODAY, Room, approved, call, drafted, make_room

from fairdue.desk.people.models import Role, User
from fairdue.desk.policies import duties, packing, selectors, services
from fairdue.desk.policies.models import DraftState, ObligationCheck, PolicyDraft
from fairdue.desk.policies.pages.obligations import plain
from fairdue.policy import jurisdictions

TOMORROW = TODAY + timedelta(days=1)
HEAD = {
    "effective_from": TOMORROW.isoformat(),
    "agency": "",
    "reason": "投诉偏多",
    "instrument": "催收管理办法",
    "article": "第 12 条",
}


@pytest.fixture
def room(world: World) -> Room:
    return make_room()


@pytest.fixture
def writer(room: Room) -> Client:
    return signed_in(room.writer)


def text(client: Client, name: str, *args, **query) -> str:
    answer = client.get(reverse(f"policies:{name}", args=args), query)
    assert answer.status_code == 200
    return answer.content.decode()


def change_page(rule: str = RULE, param: str = "at_most") -> str:
    return reverse("policies:change", args=[rule, param])


# -- rules


def test_every_role_reads_the_rules_in_force(world: World) -> None:
    for role in (Role.AGENT, Role.LEAD, Role.TRAINER, Role.COMPLIANCE, Role.ADMIN):
        page = text(signed_in(make_user(f"u-{role}", role)), "rules")
        assert RULE in page
        assert packing.shipped("CN")[0].label in page


def test_the_list_is_narrowed_by_each_filter(writer: Client) -> None:
    rules = selectors.entries_on(selectors.current_pack(), TODAY)
    for query, keeps in (
        ({"verdict": "warn"}, lambda rule: rule.verdict == "warn"),
        ({"confidence": "A"}, lambda rule: rule.source.confidence == "A"),
        ({"review": "1"}, lambda rule: rule.needs_review),
        ({"topic": "counts"}, lambda rule: rule.check == "count"),
        ({"text": "5.3.2.2.2"}, lambda rule: rule.source.article == "5.3.2.2.2"),
    ):
        wanted = [rule for rule in rules if keeps(rule)]
        assert 0 < len(wanted) < len(rules)
        assert f"{len(wanted)} of {len(rules)} shown" in text(writer, "rules", **query)
    assert "No rule fits this filter." in text(writer, "rules", text="zzzz")


def test_rules_of_every_jurisdiction_can_be_read(writer: Client) -> None:
    for code in jurisdictions():
        page = text(writer, "rules", j=code)
        assert packing.shipped(code)[0].label in page


def test_a_rule_shows_why_where_its_cases_and_its_denials(writer: Client) -> None:
    rule = packing.shipped("CN")[0].rule(RULE)
    page = text(writer, "rule", RULE)
    assert rule.why.en in page
    assert rule.source.article in page
    assert "near-verbatim quotation" in page
    assert f"/decisions/?rule={RULE}" in page
    assert "今天已有三次有效通话，第四次不行，明早八点可以" in page
    assert "Make it stricter" in page


def test_a_rule_shows_what_the_house_added_planned_and_in_force(writer: Client, room: Room) -> None:
    approved(room, 2, day=TOMORROW)
    approved(room, 1, day=TODAY, scope={"product": ["credit_card"]})
    page = text(writer, "rule", RULE)
    assert "Planned" in page
    assert "In force" in page
    assert "credit card" in page
    assert "at most <strong>1</strong>" in text(writer, "rules")


def test_a_rule_that_only_another_room_keeps_or_that_is_a_duty_has_its_page(writer: Client) -> None:
    gate = {rule.id for rule in packing.shipped("CN")[0].rules}
    kept = next(one for one in duties.elsewhere("CN") if one.rule not in gate)
    assert kept.how.en.split("'")[0][:40] in text(writer, "rule", kept.rule)
    duty = next(one for one in duties.obligations("CN") if one.rule not in gate)
    assert "The gate does not decide this rule" in text(writer, "rule", duty.rule)


def test_an_unknown_rule_is_not_found(writer: Client) -> None:
    assert writer.get("/policies/rules/CN-NO-1/").status_code == 404


def test_only_compliance_is_offered_a_change(world: World, writer: Client) -> None:
    for user in (world.agent, world.lead):
        client = signed_in(user)
        assert "Make it stricter" not in text(client, "rule", RULE)
        assert client.get(change_page()).status_code == 403


def test_a_pack_with_errors_says_that_everything_is_denied(writer: Client, room: Room, monkeypatch) -> None:
    approved(room, 2)
    base = packing.shipped("CN")[0]
    without = type(base)(base.name, "next", "CN", tuple(r for r in base.rules if r.id != RULE), base.title)
    monkeypatch.setattr(packing, "shipped", lambda _code: (without, ()))
    monkeypatch.setattr(selectors, "_COMPOSED", {})
    assert "every contact is denied until this is mended" in text(writer, "rules")


# -- a change


def test_a_change_is_begun_on_the_rules_page(writer: Client, room: Room) -> None:
    answer = writer.post(change_page(), {"value": "2", **HEAD, "product": ["credit_card"]})
    made = PolicyDraft.objects.get()
    assert answer.url == reverse("policies:draft", args=[made.number])
    assert made.changes == [services.row_of(RULE, "at_most", 2)]
    assert made.scope == {"lender": [], "product": ["credit_card"], "agency": None}
    page = text(writer, "draft", made.number)
    assert page.index("<td>3</td>") < page.index("<strong>2</strong>")


def test_a_loosening_is_refused_beside_the_field_and_nothing_is_saved(writer: Client) -> None:
    answer = writer.post(change_page(), {"value": "5", **HEAD})
    assert answer.status_code == 200
    assert "would loosen CN-GBT-03" in str(answer.context["form"].errors["value"])
    assert PolicyDraft.objects.count() == 0


def test_a_date_in_the_past_is_refused_beside_its_field(writer: Client) -> None:
    answer = writer.post(change_page(), {"value": "2", **HEAD, "effective_from": "2026-03-01"})
    assert "lies in the past" in str(answer.context["head"].errors["effective_from"])
    assert PolicyDraft.objects.count() == 0


def test_an_agreement_asks_for_its_proof_beside_the_field(writer: Client) -> None:
    page = change_page("CN-GBT-02")
    answer = writer.post(page, {"value": "4", "proof": "", **HEAD})
    assert "only where the parties agreed so" in str(answer.context["form"].errors["proof"])
    writer.post(page, {"value": "4", "proof": "合同第 8.2 条", **HEAD})
    assert PolicyDraft.objects.get().changes[0]["proof"] == "合同第 8.2 条"


@pytest.mark.parametrize(
    ("rule", "param", "value", "stored"),
    [
        ("CN-CBA-01", "closes", "21:00", "21:00"),
        ("CN-CBA-01", "lifted_by", [], []),
        ("CN-PIPL-10", "allowed", ["contract", "reserved"], ["contract", "reserved"]),
    ],
)
def test_each_kind_of_parameter_has_its_field(writer: Client, rule: str, param: str, value, stored) -> None:
    data = {**HEAD, **({"value": value} if value else {})}
    if param == "lifted_by":
        assert writer.get(change_page(rule, param)).status_code == 200
        answer = writer.post(change_page(rule, param), data)
        assert answer.status_code == 302
    else:
        assert writer.post(change_page(rule, param), data).status_code == 302
    assert PolicyDraft.objects.get().changes[0]["params"] == {param: stored}


def test_a_part_of_a_rule_is_changed_by_itself(writer: Client) -> None:
    page = change_page("CN-NIFA-17")
    assert writer.get(page).status_code == 404  # the rule has several parts: which one?
    assert writer.post(f"{page}?part=talk", {"value": "2", **HEAD}).status_code == 302
    row = PolicyDraft.objects.get().changes[0]
    assert (row["part"], row["params"]) == ("talk", {"at_most": 2})


def test_a_second_row_goes_into_the_same_change(writer: Client, room: Room) -> None:
    made = drafted(room.writer, 2, day=TOMORROW)
    chosen = writer.get(reverse("policies:choose"), {"what": "CN-CBA-01:closes", "into": made.number})
    assert chosen.url == f"{change_page('CN-CBA-01', 'closes')}?into={made.number}"
    writer.post(chosen.url, {"value": "21:00"})
    assert [row["rule"] for row in PolicyDraft.objects.get().changes] == [RULE, "CN-CBA-01"]
    out = reverse("policies:take-out", args=[made.number, "changes", 0])
    writer.post(out, {"edits": PolicyDraft.objects.get().edits})
    assert [row["rule"] for row in PolicyDraft.objects.get().changes] == ["CN-CBA-01"]


def test_a_parameter_that_nobody_may_change_has_no_page(writer: Client) -> None:
    for rule, param in ((RULE, "of"), ("CN-CIV-192", "zh"), ("CN-NO-1", "at_most")):
        assert writer.get(change_page(rule, param)).status_code == 404


def test_the_way_of_a_change_through_the_pages(writer: Client, room: Room, world: World, noon: Clock) -> None:
    for n in range(3):
        call(world, noon, f"c{n}")
    writer.post(change_page(), {"value": "2", **HEAD})
    number = PolicyDraft.objects.get().number
    days = {"since": (TODAY - timedelta(days=6)).isoformat(), "until": TODAY.isoformat()}
    writer.post(reverse("policies:effect", args=[number]), days)
    page = text(writer, "draft", number)
    assert "denied more" in page
    run = PolicyDraft.objects.get().effects.get()
    touched = text(writer, "affected", number, run.pk)
    assert world.customer.name_masked in touched
    assert reverse("accounts:customer", args=[world.customer.pk]) in touched
    assert "/decisions/permits/" in touched
    writer.post(reverse("policies:step", args=[number, "submit"]), {"text": "请看"})
    assert "another colleague of compliance decides" in text(writer, "draft", number)
    second = signed_in(room.second)
    second.post(reverse("policies:step", args=[number, "return"]), {"text": "写清依据"})
    assert "写清依据" in text(writer, "draft", number)
    writer.post(reverse("policies:head", args=[number]), {**HEAD, "article": "第 13 条"})
    writer.post(reverse("policies:step", args=[number, "submit"]), {"text": ""})
    second.post(reverse("policies:step", args=[number, "approve"]), {"text": "同意"})
    assert PolicyDraft.objects.get().state == DraftState.APPROVED
    assert "Planned" in text(writer, "draft", number)
    assert "in use" in text(writer, "history")
    noon.forward(days=1)
    assert "In force" in text(writer, "drafts")
    assert reverse("policies:end", args=[number, 0]) in text(writer, "rule", RULE)
    later = (TOMORROW + timedelta(days=7)).isoformat()
    writer.post(reverse("policies:end", args=[number, 0]), {**HEAD, "effective_from": later})
    assert PolicyDraft.objects.order_by("-number")[0].endings == [{"draft": number, "row": 0}]


def test_the_writer_does_not_see_the_buttons_of_the_decision(writer: Client, room: Room) -> None:
    made = drafted(room.writer, 2, day=TOMORROW)
    services.submit(made.number, room.writer)
    approve = reverse("policies:step", args=[made.number, "approve"])
    assert approve not in text(writer, "draft", made.number)
    assert approve in text(signed_in(room.second), "draft", made.number)
    writer.post(approve, {"text": "同意"})
    assert PolicyDraft.objects.get().state == DraftState.SUBMITTED


def test_a_stale_effect_is_marked(writer: Client, room: Room) -> None:
    made = drafted(room.writer, 2, day=TOMORROW)
    services.start_effect(made.number, room.writer, TODAY, TODAY)
    assert "Out of date" not in text(writer, "draft", made.number)
    services.put_row(made.number, room.writer, services.row_of(RULE, "at_most", 1))
    assert "Out of date" in text(writer, "draft", made.number)


def test_days_that_cannot_be_are_told(writer: Client, room: Room) -> None:
    made = drafted(room.writer, 2, day=TOMORROW)
    for days in ({"since": "2025-01-01", "until": TODAY.isoformat()}, {"since": "", "until": ""}):
        answer = writer.post(reverse("policies:effect", args=[made.number]), days, follow=True)
        assert "alert-danger" in answer.content.decode()
    assert made.effects.count() == 0


def test_agents_and_trainers_see_no_change_and_leads_only_read(room: Room, world: World) -> None:
    made = drafted(room.writer, 2, day=TOMORROW)
    trainer = make_user("sun", Role.TRAINER)
    for name, args in (("drafts", ()), ("draft", (made.number,)), ("history", ())):
        where = reverse(f"policies:{name}", args=args)
        for user, status in ((world.agent, 403), (trainer, 403), (world.lead, 200)):
            assert signed_in(user).get(where).status_code == status
    lead = signed_in(world.lead)
    assert lead.post(reverse("policies:step", args=[made.number, "discard"])).status_code == 403
    assert "Take out" not in text(lead, "draft", made.number)


def test_pages_of_what_is_not_there_are_not_found(writer: Client, room: Room) -> None:
    made = drafted(room.writer, 2, day=TOMORROW)
    for where in (
        reverse("policies:draft", args=[99]),
        reverse("policies:affected", args=[made.number, 99]),
        reverse("policies:end", args=[made.number, 0]),
        f"{change_page()}?into=99",
    ):
        assert writer.get(where).status_code == 404
    assert writer.post(reverse("policies:step", args=[made.number, "burn"])).status_code == 404


def test_the_lists_are_empty_in_words(writer: Client) -> None:
    assert "No change here." in text(writer, "drafts")
    assert "the pack holds as it ships" in text(writer, "history")


# -- duties


def yearly() -> duties.Duty:
    return next(duty for duty in duties.all_duties() if duty.obligation.days == 365)


def record(client: Client, duty: duties.Duty, **given):
    data = {"done_on": TODAY.isoformat(), "note": "看过三家机构", "reference": "OA-2026-17", "corrects": "", **given}
    return client.post(reverse("policies:duty", args=[duty.key]), data)


def test_every_duty_of_the_pack_is_listed_under_who_answers_for_it(writer: Client) -> None:
    page = text(writer, "obligations")
    listed = duties.obligations("CN")
    assert len(listed) > 10
    assert all(reverse("policies:duty", args=[duties.key_of(one)]) in page for one in listed)
    assert all(reverse("policies:rule", args=[one.rule]) in page for one in duties.elsewhere("CN"))


def test_a_duty_that_was_done_is_due_again_after_its_days(writer: Client, room: Room, noon: Clock) -> None:
    duty = yearly()
    assert duty.state == "never"
    assert record(writer, duty).status_code == 302
    again = yearly()
    assert (again.state, again.last.by, again.next_due) == ("due", room.writer, TODAY + timedelta(days=365))
    noon.forward(days=366)
    assert yearly().state == "overdue"
    assert "1 overdue" in text(writer, "obligations")
    assert duty.obligation.title.en in text(writer, "obligations", show="overdue")


def test_a_wrong_entry_is_corrected_by_a_further_one_and_stays(writer: Client) -> None:
    duty = yearly()
    record(writer, duty)
    first = ObligationCheck.objects.get()
    record(writer, duty, done_on="", note="记错了，还没做", corrects=str(first.pk))
    assert ObligationCheck.objects.count() == 2
    assert yearly().state == "never"
    page = text(writer, "duty", duty.key)
    assert f"corrects entry {first.pk}" in page
    assert "看过三家机构" in page
    record(writer, duty, note="再更正一次", corrects=str(first.pk))
    assert ObligationCheck.objects.count() == 2


@pytest.mark.parametrize("given", [{"done_on": "2026-03-03"}, {"done_on": ""}, {"note": "  "}, {"done_on": "sometime"}])
def test_an_entry_that_cannot_be_is_refused(writer: Client, given: dict[str, str]) -> None:
    assert record(writer, yearly(), **given).status_code == 200
    assert ObligationCheck.objects.count() == 0


def recorder(who: str) -> User:
    return make_user(f"r-{who}", Role(who))


def test_each_role_records_its_own_duties(world: World, writer: Client) -> None:
    lead = signed_in(world.lead)
    of = {duty.obligation.who: duty for duty in duties.all_duties()}
    record(lead, of["lead"])
    record(lead, of["agent"])
    assert ObligationCheck.objects.count() == 2
    record(lead, of["management"])
    record(lead, of["compliance"])
    assert ObligationCheck.objects.count() == 2
    record(writer, of["management"])
    record(signed_in(recorder("trainer")), of["trainer"])
    assert ObligationCheck.objects.count() == 4
    assert signed_in(world.agent).get(reverse("policies:obligations")).status_code == 403


def test_the_export_has_a_row_for_each_duty_and_no_formulas(writer: Client) -> None:
    record(writer, yearly(), note='=HYPERLINK("x")')
    answer = writer.get(reverse("policies:obligations-csv"))
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert len(rows) == 1 + len(duties.obligations("CN"))
    assert sum("'=HYPERLINK" in cell for row in rows for cell in row) == 1
    assert plain("普通") == "普通"


def test_a_pack_without_duties_says_so(writer: Client, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(packing, "folder_of", lambda _code: tmp_path)
    page = text(writer, "obligations")
    assert "The pack lists no duties." in page
    assert "The pack names none." in page
