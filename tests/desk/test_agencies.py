"""The agency register: who keeps it, what it refuses, what it says of today, and its audit trail."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from call_site import signed_in
from call_world import World, make_account, make_user
from django.db import IntegrityError, transaction
from django.urls import reverse

from fairdue.desk.audit.models import AuditEvent
from fairdue.desk.people import selectors, services
from fairdue.desk.people.models import Agency, Role
from fairdue.desk.refusals import RefusedError

TODAY = date(2026, 3, 2)
LIVE = {
    "code": "X",
    "name": "示例信用服务公司",
    "listed": "on",
    "list_url": "https://example.com/list",
    "listed_on": "2026-01-05",
    "contract_from": "2026-01-01",
    "contract_until": "2026-12-31",
}


def post(world: World, agency: Agency | None = None, **changes: str):
    where = reverse("people:agency", args=[agency.pk]) if agency else reverse("people:agency-new")
    return signed_in(world.compliance).post(where, {**LIVE, **changes})


def test_compliance_enters_an_agency_and_the_trail_keeps_its_facts(world: World) -> None:
    assert post(world).status_code == 302
    made = Agency.objects.get()
    assert (made.code, made.listed, made.contract_until) == ("X", True, date(2026, 12, 31))
    event = AuditEvent.objects.get(kind="people.agency_created")
    assert (event.subject, event.actor_name) == (f"agency:{made.pk}", "qian")
    assert event.payload["after"]["contract_until"] == "2026-12-31"


def test_a_change_keeps_before_and_after(world: World) -> None:
    post(world)
    made = Agency.objects.get()
    assert post(world, made, listed="", contract_until="2026-06-30").status_code == 302
    event = AuditEvent.objects.get(kind="people.agency_changed")
    assert event.payload["before"]["listed"] is True
    assert event.payload["after"]["listed"] is False
    assert event.payload["after"]["contract_until"] == "2026-06-30"
    assert event.payload["fields"] == ["contract_until", "listed"]


def test_the_code_is_given_once(world: World) -> None:
    post(world)
    made = Agency.objects.get()
    post(world, made, code="Y", name="改名")
    made.refresh_from_db()
    assert (made.code, made.name) == ("X", "改名")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"list_url": ""}, "needs the list"),
        ({"listed_on": ""}, "needs the list"),
        ({"list_url": "javascript:alert(1)"}, "Enter a valid URL"),
        ({"listed_on": "2026-03-03"}, "has not come yet"),
        ({"contract_until": "2025-12-31"}, "ends before it begins"),
        ({"contract_until": ""}, "A contract without an end"),
        ({"contract_from": "soon"}, "Enter a valid date"),
        ({"code": "a b"}, "Only letters"),
        ({"code": ""}, "This field is required"),
    ],
)
def test_what_cannot_be_is_refused(world: World, changes: dict[str, str], said: str) -> None:
    answer = post(world, **changes)
    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert not Agency.objects.exists()


def test_a_code_is_used_once(world: World) -> None:
    post(world)
    assert "already exists" in post(world).content.decode()
    assert Agency.objects.count() == 1


def test_the_database_refuses_a_contract_that_ends_before_it_begins(db: None) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Agency.objects.create(code="X", name="x", contract_from=TODAY, contract_until=TODAY - timedelta(days=1))


@pytest.mark.parametrize("role", list(Role))
def test_who_may_see_the_register(db: None, role: Role) -> None:
    status = 200 if role in (Role.COMPLIANCE, Role.ADMIN) else 403
    client = signed_in(make_user("u", role))
    assert client.get(reverse("people:agencies")).status_code == status
    assert client.get(reverse("people:agency-new")).status_code == status


def test_the_service_refuses_others_too(world: World) -> None:
    with pytest.raises(RefusedError):
        services.save_agency(Agency(code="X", name="x"), world.lead, [])
    assert not Agency.objects.exists()


def test_the_register_says_who_may_not_work_today_first(world: World) -> None:
    live = Agency.objects.create(code="A", name="甲", listed=True, contract_until=TODAY + timedelta(days=30))
    over = Agency.objects.create(code="B", name="乙", contract_until=TODAY - timedelta(days=1))
    world.agent.agency = live
    world.agent.save()
    make_account(world.customer, "A2", agency=live)
    make_account(world.customer, "A3", agency=live, status="settled")
    first, second = selectors.register(TODAY)
    assert (first.agency, [f.code for f in first.findings]) == (over, ["agency.listed", "agency.contract.ended"])
    assert (second.agency, second.findings, second.soon) == (live, (), True)
    assert (second.agents, second.accounts) == (1, 1)
    assert not first.soon


def test_an_empty_register_says_so(world: World) -> None:
    page = signed_in(world.compliance).get(reverse("people:agencies")).content.decode()
    assert "No agency is registered." in page
