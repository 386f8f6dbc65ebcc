"""Placements: through the feed, at the desk, and what the gate makes of them."""

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from call_site import signed_in
from call_world import Clock, World, make_account, make_customer, make_user
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse

from fairdue.desk.accounts.models import Account, AccountVersion, Customer, ImportBatch
from fairdue.desk.accounts.services import import_portfolio
from fairdue.desk.audit.models import AuditEvent
from fairdue.desk.call.models import Denial, Permit
from fairdue.desk.call.services import take_permit
from fairdue.desk.cases.models import Hold
from fairdue.desk.people.models import Agency, Role, User
from fairdue.desk.placements import judging, selectors, services
from fairdue.desk.placements.forms import numbers_in
from fairdue.desk.placements.models import Placement
from fairdue.desk.placements.terms import Terms
from fairdue.desk.refusals import RefusedError

TODAY = date(2026, 3, 2)
LAST = date(2026, 4, 30)
HEAD = "客户号,姓名,账号,产品,到期日,逾期期数,本金,逾期金额,手机,委外机构代码,委案日期,结案日期,委外告知日期\n"
ONE = "C1,沈示例,F1,信用卡,2026-02-20,1,10000.00,1000.00,19900000011"
PLACED = "AG1,2026-03-01,2026-03-03,2026-02-25"


@pytest.fixture
def agency(db: None) -> Agency:
    return live("AG1")


def live(code: str, **fields) -> Agency:
    values = {"listed": True, "contract_from": date(2026, 1, 1), "contract_until": date(2026, 12, 31), **fields}
    return Agency.objects.create(code=code, name=f"示例{code}", **values)


def outside(agency: Agency, role: Role = Role.AGENT) -> User:
    user = make_user(f"out-{agency.code}", role)
    user.agency = agency
    user.save()
    return user


def terms(agency: Agency, start: date = TODAY, last: date = LAST, told: date | None = TODAY) -> Terms:
    return Terms(agency, start, last, told, told is not None)


def load(folder: Path, *rows: str, head: str = HEAD, day: date = TODAY, **options) -> ImportBatch:
    path = folder / "accounts.csv"
    path.write_text(head + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return import_portfolio(path, "standard-zh", as_of=day, **options)


def account(number: str = "A1") -> Account:
    return Account.objects.select_related("agency").get(number=number)


def said(batch: ImportBatch) -> list[str]:
    return sorted(batch.findings.filter(code__startswith="import.placement").values_list("code", flat=True))


# the gate


def test_an_agency_works_inside_the_placement_that_came_with_the_feed(
    world: World, agency: Agency, noon: Clock, tmp_path: Path
) -> None:
    caller = outside(agency)
    load(tmp_path, f"{ONE},{PLACED}")
    customer = Customer.objects.get(debtor_id="C1")
    line = customer.lines.get()
    inside = take_permit(caller, customer, line, request_key="k1")
    assert isinstance(inside, Permit)
    noon.forward(days=2)
    after = take_permit(caller, customer, line, request_key="k2")
    assert isinstance(after, Denial)
    rules = {rule["id"]: rule for rule in after.decision["rules"] if rule["verdict"] == "deny"}
    assert "不在委托期间之内（2026-03-01 至 2026-03-03）" in str(rules["FD-PLACEMENT"]["why"])
    assert isinstance(take_permit(world.agent, customer, line, request_key="k3"), Permit)


def test_taking_back_refuses_the_agency_at_once_and_not_the_lender(world: World, agency: Agency) -> None:
    caller = outside(agency)
    assert isinstance(take_permit(caller, world.customer, world.mobile, request_key="k0"), Denial)
    services.place(terms(agency), ["A1"], world.lead)
    given = take_permit(caller, world.customer, world.mobile, request_key="k1")
    assert isinstance(given, Permit)
    assert "CN-CP-41" not in [rule["id"] for rule in given.decision["rules"] if rule["verdict"] != "pass"]
    given.delete()
    services.take_back(["A1"], "客户提出异议", world.lead)
    assert isinstance(take_permit(caller, world.customer, world.mobile, request_key="k2"), Denial)
    assert isinstance(take_permit(world.agent, world.customer, world.mobile, request_key="k3"), Permit)


def test_a_notice_of_tomorrow_is_no_notice_today(world: World, agency: Agency, noon: Clock) -> None:
    caller = outside(agency)
    services.place(terms(agency), ["A1"], world.lead)
    Account.objects.update(placement_notice_on=TODAY + timedelta(days=1))
    early = take_permit(caller, world.customer, world.mobile, request_key="k1")
    assert "CN-CP-41" in [rule["id"] for rule in early.decision["rules"] if rule["verdict"] == "warn"]


# the feed


def test_a_feed_places_moves_and_ends_and_the_versions_keep_it(world: World, agency: Agency, tmp_path: Path) -> None:
    other = live("AG2")
    first = load(tmp_path, f"{ONE},{PLACED}")
    assert (account("F1").agency, account("F1").placement_notice_on) == (agency, date(2026, 2, 25))
    assert (first.counts["placed"], first.counts["placements_ended"]) == (1, 0)
    moved = load(tmp_path, f"{ONE},AG2,2026-03-02,2026-06-30,2026-02-27")
    assert (account("F1").agency, account("F1").closing_on) == (other, date(2026, 6, 30))
    assert (moved.counts["placed"], moved.counts["placements_ended"]) == (1, 0)
    ended = load(tmp_path, f"{ONE},,,,")
    assert (account("F1").agency, account("F1").closing_on, account("F1").placement_notice_sent) == (None, None, False)
    assert ended.counts["placements_ended"] == 1
    bodies = [version.body for version in AccountVersion.objects.order_by("pk")]
    assert [(body["agency"], body["closing_on"]) for body in bodies] == [("AG1", "2026-03-03"), ("AG2", "2026-06-30")]
    rows = Placement.objects.order_by("pk").values_list("agency__code", "ending", "ended_on")
    assert list(rows) == [("AG1", "replaced", TODAY), ("AG2", "feed", TODAY)]


def test_the_same_feed_again_changes_nothing(world: World, agency: Agency, tmp_path: Path) -> None:
    load(tmp_path, f"{ONE},{PLACED}")
    before = Account.objects.filter(number="F1").values().get()
    again = load(tmp_path, f"{ONE},{PLACED}")
    assert again.counts["unchanged"] == 1
    assert Account.objects.filter(number="F1").values().get() == before
    assert Placement.objects.count() == 1


def test_a_feed_without_the_columns_leaves_placements_alone(world: World, agency: Agency, tmp_path: Path) -> None:
    load(tmp_path, f"{ONE},{PLACED}")
    plain = HEAD.replace(",委外机构代码,委案日期,结案日期,委外告知日期", "")
    load(tmp_path, ONE.replace("1000.00", "900.00"), head=plain)
    assert (account("F1").due_fen, account("F1").agency) == (90_000, agency)


def test_what_the_desk_took_back_stays_with_the_lender_while_the_feed_says_the_same(
    world: World, agency: Agency, tmp_path: Path
) -> None:
    load(tmp_path, f"{ONE},{PLACED}")
    services.take_back(["F1"], "客户提出异议", world.lead)
    load(tmp_path, f"{ONE},{PLACED}".replace("1000.00", "900.00"))
    assert (account("F1").due_fen, account("F1").agency) == (90_000, None)
    load(tmp_path, f"{ONE},{PLACED}".replace("2026-03-03", "2026-05-31"))
    assert (account("F1").agency, account("F1").closing_on) == (agency, date(2026, 5, 31))


def test_an_empty_cell_does_not_end_what_the_desk_placed(world: World, agency: Agency, tmp_path: Path) -> None:
    load(tmp_path, f"{ONE},,,,")
    services.place(terms(agency), ["F1"], world.lead)
    batch = load(tmp_path, f"{ONE},,,,".replace("1000.00", "900.00"))
    assert account("F1").agency == agency
    assert said(batch) == ["import.placement.stands"]


def test_an_unknown_agency_is_said_and_gets_nothing_until_it_is_registered(
    world: World, agency: Agency, tmp_path: Path
) -> None:
    row = f"{ONE},AG9,2026-03-01,2026-04-30,2026-02-25"
    checked = load(tmp_path, row, check_only=True)
    assert said(checked) == ["import.placement.agency"]
    assert checked.counts["findings"]["import.placement.agency"] == 1
    batch = load(tmp_path, row)
    assert (said(batch), batch.counts["new"], account("F1").agency) == (["import.placement.agency"], 1, None)
    assert batch.findings.get(code="import.placement.agency").row == 2
    late = live("AG9")
    assert load(tmp_path, row).counts["placed"] == 1
    assert account("F1").agency == late
    assert AccountVersion.objects.get().body["agency"] is None


def test_where_a_debt_went_to_an_unknown_agency_the_old_one_stops(world: World, agency: Agency, tmp_path: Path) -> None:
    load(tmp_path, f"{ONE},{PLACED}")
    batch = load(tmp_path, f"{ONE},AG9,2026-03-01,2026-04-30,2026-02-25")
    assert (account("F1").agency, batch.counts["placements_ended"]) == (None, 1)


def test_a_feed_that_places_a_held_case_is_warned_about(world: World, agency: Agency, tmp_path: Path) -> None:
    load(tmp_path, f"{ONE},,,,")
    Hold.objects.create(kind="dispute", customer=Customer.objects.get(debtor_id="C1"), set_at=world.customer.created_at)
    assert said(load(tmp_path, f"{ONE},{PLACED}")) == ["import.placement.held"]


def test_days_without_an_agency_are_the_commission_period(world: World, tmp_path: Path) -> None:
    load(tmp_path, f"{ONE},,2026-03-01,2026-05-31,")
    assert (account("F1").placed_on, account("F1").closing_on) == (date(2026, 3, 1), date(2026, 5, 31))
    assert not Placement.objects.exists()


# at the desk


def test_placing_sets_the_account_and_keeps_who_did_it(world: World, agency: Agency) -> None:
    out = services.place(terms(agency), ["A1"], world.lead)
    assert [one.number for one in out.done] == ["A1"]
    now = account()
    assert (now.agency, now.placed_on, now.closing_on) == (agency, TODAY, LAST)
    assert (now.placement_notice_on, now.placement_notice_sent) == (TODAY, True)
    event = AuditEvent.objects.get(kind="placement.placed")
    assert (event.actor_name, event.customer_id, event.subject) == ("zhang", world.customer.pk, f"account:{now.pk}")
    assert event.payload["after"]["agency"] == "AG1"
    assert event.payload["before"] is None
    assert AuditEvent.objects.get(kind="placement.placed_many").payload["done"] == 1


def test_the_same_terms_again_change_nothing(world: World, agency: Agency) -> None:
    services.place(terms(agency), ["A1"], world.lead)
    again = services.place(terms(agency), ["A1"], world.lead)
    assert (len(again.done), len(again.same)) == (0, 1)
    assert Placement.objects.count() == 1


def test_a_placement_is_prolonged_by_placing_it_again(world: World, agency: Agency) -> None:
    services.place(terms(agency), ["A1"], world.lead)
    services.place(terms(agency, last=LAST + timedelta(days=30)), ["A1"], world.compliance)
    assert account().closing_on == LAST + timedelta(days=30)
    old, new = Placement.objects.order_by("pk")
    assert (old.ending, old.ended_by, new.ended_at) == ("replaced", world.compliance, None)


@pytest.mark.parametrize(
    ("facts", "days", "code"),
    [
        ({"listed": False}, {}, "agency.listed"),
        ({"contract_until": LAST - timedelta(days=1)}, {}, "agency.contract.ended"),
        ({"contract_until": LAST}, {}, None),
        ({"contract_from": TODAY + timedelta(days=1)}, {}, "agency.contract.early"),
        ({"contract_from": TODAY}, {}, None),
        ({"contract_until": None}, {}, "agency.contract.unknown"),
        ({}, {"last": TODAY - timedelta(days=1), "start": TODAY - timedelta(days=9)}, "placement.past"),
        ({}, {"start": LAST, "last": TODAY}, "placement.dates"),
        ({}, {"told": TODAY + timedelta(days=1)}, "placement.notice"),
        ({}, {"told": None}, None),
    ],
)
def test_the_agency_must_be_allowed_to_work_through_the_whole_placement(
    world: World, facts: dict, days: dict, code: str | None
) -> None:
    agency = live("AG1", **facts)
    if code is None:
        assert services.place(terms(agency, **days), ["A1"], world.lead).done
        return
    with pytest.raises(RefusedError) as refused:
        services.place(terms(agency, **days), ["A1"], world.lead)
    assert refused.value.finding.code == code
    assert not Placement.objects.exists()


def test_what_cannot_be_placed_is_refused_one_by_one_and_the_rest_goes(world: World, agency: Agency) -> None:
    other = live("AG2")
    make_account(world.customer, "A2", agency=other, placed_on=TODAY, closing_on=TODAY)
    make_account(
        world.customer, "A3", agency=other, placed_on=TODAY - timedelta(days=9), closing_on=TODAY - timedelta(days=1)
    )
    make_account(world.customer, "A4", status="settled")
    held = make_customer("D2")
    make_account(held, "A5")
    Hold.objects.create(kind="dispute", customer=held, set_at=held.created_at)
    make_account(make_customer("D3", status="dead"), "A6")
    out = services.place(terms(agency), ["A1", "A2", "A3", "A4", "A5", "A6", "A7"], world.lead)
    assert [one.number for one in out.done] == ["A1", "A3"]
    assert {one.number: one.code.removeprefix("placement.") for one in out.refused} == {
        "A2": "elsewhere", "A4": "closed", "A5": "held", "A6": "protected", "A7": "unknown"
    }  # fmt: skip
    assert account("A2").agency == other
    assert account("A5").agency is None
    run_out = Placement.objects.get(account__number="A3", agency=other)
    assert (run_out.ending, run_out.ended_on) == ("replaced", TODAY - timedelta(days=1))


def test_a_lifted_hold_does_not_bar(world: World, agency: Agency) -> None:
    at = world.customer.created_at
    Hold.objects.create(kind="dispute", customer=world.customer, set_at=at, lifted_at=at)
    assert services.place(terms(agency), ["A1"], world.lead).done


def test_taking_back_keeps_the_reason_and_clears_the_account(world: World, agency: Agency) -> None:
    services.place(terms(agency), ["A1"], world.lead)
    make_account(world.customer, "A2")
    out = services.take_back(["A1", "A2"], "委托到期前收回", world.compliance)
    assert [one.code for one in out.refused] == ["placement.own"]
    now = account()
    assert (now.agency, now.placed_on, now.closing_on, now.placement_notice_sent) == (None, None, None, False)
    row = Placement.objects.get()
    assert (row.ending, row.ended_on, row.ended_by) == ("returned", TODAY, world.compliance)
    assert row.reason == "委托到期前收回"
    assert AuditEvent.objects.get(kind="placement.returned").payload["before"]["until"] == "2026-04-30"
    with pytest.raises(RefusedError):
        services.take_back(["A1"], " ", world.lead)


@pytest.mark.parametrize("role", [Role.AGENT, Role.TRAINER, Role.ADMIN])
def test_others_neither_place_nor_take_back(world: World, agency: Agency, role: Role) -> None:
    user = make_user("u", role)
    with pytest.raises(RefusedError):
        services.place(terms(agency), ["A1"], user)
    with pytest.raises(RefusedError):
        services.take_back(["A1"], "x", user)


def test_an_agency_does_not_give_itself_work(world: World, agency: Agency) -> None:
    own = outside(agency, Role.LEAD)
    with pytest.raises(RefusedError):
        services.place(terms(agency), ["A1"], own)
    assert signed_in(own).get(reverse("placements:place")).status_code == 403


def test_the_database_keeps_one_placement_that_stands(world: World, agency: Agency) -> None:
    services.place(terms(agency), ["A1"], world.lead)
    row = Placement.objects.get()
    row.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        row.save()


def test_a_failure_in_the_middle_places_nothing(world: World, agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    make_account(world.customer, "A2")
    seen = []

    def breaks(*_given, **_more) -> None:
        seen.append(1)
        if len(seen) == 2:
            raise OSError("disk full")

    monkeypatch.setattr(services.audit, "write", breaks)
    with pytest.raises(OSError, match="disk full"):
        services.place(terms(agency), ["A1", "A2"], world.lead)
    assert (account().agency, Placement.objects.count()) == (None, 0)


def test_numbers_are_read_however_they_are_pasted() -> None:
    assert numbers_in("A1，A2\nA3;A1\tＡ４、A5 ") == ["A1", "A2", "A3", "A4", "A5"]


# the pages

FORM = {"placed_on": "2026-03-02", "closing_on": "2026-04-30", "notice_on": "2026-03-01"}


def test_nothing_is_placed_before_it_is_confirmed(world: World, agency: Agency) -> None:
    make_account(make_customer("D2"), "A2", product="cash_loan")
    desk = signed_in(world.lead)
    chosen = {**FORM, "agency": agency.pk}
    seen = desk.post(reverse("placements:place"), {**chosen, "product": "credit_card"})
    assert seen.context["numbers"] == "A1"
    assert "1 account can be placed" in seen.content.decode()
    assert not Placement.objects.exists()
    make_account(make_customer("D3"), "A3")  # the filter would mean this one by now
    done = desk.post(reverse("placements:place"), {**chosen, "numbers": seen.context["numbers"], "step": "confirm"})
    assert "1 account placed" in done.content.decode()
    assert list(Placement.objects.values_list("account__number", flat=True)) == ["A1"]


def test_a_file_of_numbers_is_read_and_unknown_ones_are_listed(world: World, agency: Agency) -> None:
    file = SimpleUploadedFile("numbers.csv", "A1,沈\nX9,某\n".encode("gb18030"))
    seen = signed_in(world.lead).post(reverse("placements:place"), {**FORM, "agency": agency.pk, "file": file})
    assert [one.number for one in seen.context["out"].done] == ["A1"]
    page = seen.content.decode()
    assert "X9" in page
    assert "There is no account with this number." in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({}, "at least one condition"),
        ({"numbers": "A1", "product": "credit_card"}, "not both"),
        ({"product": "telecom"}, "No account meets the filter"),
        ({"numbers": "A1", "closing_on": "2026-03-01"}, "ends before it begins"),
        ({"numbers": "A1", "closing_on": "2027-01-01"}, "(2026-01-01 – 2026-12-31) does not cover the whole placement"),
        ({"numbers": "A1", "closing_on": "soon"}, "Enter a valid date"),
    ],
)
def test_what_cannot_be_is_said_at_the_form(world: World, agency: Agency, changes: dict, words: str) -> None:
    answer = signed_in(world.lead).post(reverse("placements:place"), {**FORM, "agency": agency.pk, **changes})
    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_more_than_fit_are_refused(world: World, agency: Agency, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(judging, "MAX", 1)
    chosen = {**FORM, "agency": agency.pk, "numbers": "A1 A2"}
    answer = signed_in(world.lead).post(reverse("placements:place"), chosen)
    assert answer.status_code == 422
    assert "at most 1 go at once" in answer.content.decode()


def test_a_late_notice_is_shown_before_it_is_confirmed(world: World, agency: Agency) -> None:
    chosen = {**FORM, "agency": agency.pk, "numbers": "A1", "placed_on": "2026-02-20"}
    page = signed_in(world.lead).post(reverse("placements:place"), chosen).content.decode()
    assert "told on 2026-03-01, after the placement began on 2026-02-20" in page


def test_the_preview_says_how_many_only_get_new_terms(world: World, agency: Agency) -> None:
    services.place(terms(agency, last=TODAY), ["A1"], world.lead)
    make_account(make_customer("D2"), "A2")
    chosen = {**FORM, "agency": agency.pk, "numbers": "A1 A2"}
    page = signed_in(world.lead).post(reverse("placements:place"), chosen).content.decode()
    assert "2 accounts can be placed" in page
    assert "1 of these is with this agency already; the new terms replace the old ones." in page


def test_accounts_of_an_agency_are_taken_back_by_filter(world: World, agency: Agency) -> None:
    services.place(terms(agency), ["A1"], world.lead)
    desk, where = signed_in(world.lead), reverse("placements:return")
    seen = desk.post(where, {"with_agency": agency.pk, "reason": "合同终止"})
    assert seen.context["numbers"] == "A1"
    assert account().agency == agency
    desk.post(where, {"numbers": "A1", "reason": "合同终止", "step": "confirm"})
    assert account().agency is None


def test_the_filter_means_days_past_due_and_the_agents_list(world: World, agency: Agency) -> None:
    make_account(make_customer("D2"), "A2", due_date=TODAY - timedelta(days=90))
    make_account(make_customer("D3"), "A3", due_date=TODAY - timedelta(days=91))
    make_account(make_customer("D4"), "A4", due_date=TODAY - timedelta(days=90), agency=agency, closing_on=TODAY)

    def meant(placed: bool = False, **criteria) -> list[str]:
        return selectors.numbers_of(selectors.Criteria(**criteria), TODAY, placed=placed)[0]

    assert meant(dpd_from=90, dpd_to=90) == ["A2"]
    assert meant(dpd_from=91) == ["A3"]
    assert meant(dpd_to=90) == ["A1", "A2"]
    assert meant(agent=world.agent) == ["A1"]
    assert meant(placed=True, closing_by=TODAY) == ["A4"]
    assert meant(placed=True, closing_by=TODAY - timedelta(days=1)) == []


def test_the_lists_tell_running_from_ending_from_run_out(world: World, agency: Agency) -> None:
    spans = {"A1": (0, 15), "B1": (0, 14), "B2": (0, 0), "B3": (1, 30), "B4": (-9, 1)}
    for number, (start, last) in spans.items():
        if number != "A1":
            make_account(world.customer, number)
        span = terms(agency, TODAY + timedelta(days=start), TODAY + timedelta(days=last))
        services.place(span, [number], world.lead)
    services.take_back(["B4"], "x", world.lead)

    def shown(list_: str, day: date = TODAY) -> set[str]:
        return {row.account.number for row in selectors.listed(list_, day)}

    assert shown("running") == {"A1", "B1", "B2"}
    assert shown("soon") == {"B1", "B2"}
    assert shown("coming") == {"B3"}
    assert shown("over", TODAY + timedelta(days=1)) == {"B2"}
    assert shown("ended") == {"B4"}
    assert selectors.counts(TODAY) == {"running": 3, "soon": 2, "coming": 1, "over": 0, "ended": 1, "all": 5}
    (sums,) = selectors.by_agency(TODAY)
    assert (sums.agency, sums.accounts, sums.due_fen, sums.soon) == (agency, 3, 3_000_000, 2)
    page = signed_in(world.compliance).get(reverse("placements:list"), {"show": "soon", "agency": agency.pk})
    shown_there = set(re.findall(r">\s*([AB]\d)\s*<", page.content.decode()))
    assert shown_there == {"B1", "B2"}


@pytest.mark.parametrize("role", list(Role))
def test_who_sees_what(world: World, role: Role) -> None:
    desk = signed_in(make_user("u", role))
    reads = 200 if role in (Role.LEAD, Role.COMPLIANCE, Role.ADMIN) else 403
    writes = 200 if role in (Role.LEAD, Role.COMPLIANCE) else 403
    assert desk.get(reverse("placements:list")).status_code == reads
    assert desk.get(reverse("placements:account", args=[world.account.pk])).status_code == reads
    assert desk.get(reverse("placements:place")).status_code == writes
    assert desk.get(reverse("placements:return")).status_code == writes


def test_the_customers_page_leads_to_the_forms(world: World, agency: Agency) -> None:
    services.place(terms(agency), ["A1"], world.lead)
    page = signed_in(world.lead).get(reverse("accounts:customer", args=[world.customer.pk])).content.decode()
    assert f"{reverse('placements:return')}?account=A1" in page
    assert "示例AG1" in page
    form = signed_in(world.lead).get(reverse("placements:place"), {"account": "A1", "agency": agency.pk})
    assert form.context["form"]["numbers"].value() == "A1"
    agents = signed_in(world.agent).get(reverse("accounts:customer", args=[world.customer.pk])).content.decode()
    assert "示例AG1" in agents
    assert reverse("placements:return") not in agents
    history = signed_in(world.lead).get(reverse("placements:account", args=[world.account.pk])).content.decode()
    assert "2026-04-30" in history
