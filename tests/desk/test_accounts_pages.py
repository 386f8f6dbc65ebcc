"""Customers: search by blind index, masked values, audited looks, numbered quotes."""

from __future__ import annotations

from datetime import date

import pytest
from call_world import World, make_account, make_customer, make_line, make_user, pay
from django.test import Client
from django.urls import reverse

from fairdue.desk.accounts import selectors
from fairdue.desk.accounts.masks import mask_name, mask_number
from fairdue.desk.accounts.models import Quote
from fairdue.desk.accounts.services import RevealRefusedError, issue_quote, reveal
from fairdue.desk.audit.models import AuditEvent
from fairdue.desk.people.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"


def signed_in(user: User) -> Client:
    client = Client()
    client.cookies["fairdue_language"] = "en"
    client.force_login(user, backend=BACKEND)
    return client


@pytest.mark.parametrize("text", ["A1", "D1", "沈示例", "199 0000 0001"])
def test_customers_are_found_by_the_whole_value(world: World, text: str) -> None:
    assert selectors.find_customers(world.lead, text).get() == world.customer


@pytest.mark.parametrize("text", ["沈", "1990000", "", "%"])
def test_a_part_of_personal_data_finds_nobody(world: World, text: str) -> None:
    assert not selectors.find_customers(world.lead, text).exists()


def test_an_agent_finds_and_opens_own_customers_only(world: World) -> None:
    stranger = make_customer("D2", make_user("other"))
    desk = signed_in(world.agent)
    assert desk.get(reverse("accounts:customer", args=[world.customer.pk])).status_code == 200
    assert desk.get(reverse("accounts:customer", args=[stranger.pk])).status_code == 404
    assert "No customer of yours" in desk.get(reverse("accounts:search"), {"q": "D2"}).content.decode()


def test_a_page_shows_masked_values_until_one_is_revealed_and_masks_it_again(world: World) -> None:
    desk = signed_in(world.agent)
    where = reverse("accounts:customer", args=[world.customer.pk])
    assert "19900000001" not in desk.get(where).content.decode()
    look = {"field": "line", "line": world.mobile.pk}
    answer = desk.post(reverse("accounts:reveal", args=[world.customer.pk]), look, headers={"HX-Request": "true"})
    assert "19900000001" in answer.content.decode()
    assert "19900000001" not in desk.get(where).content.decode()
    event = AuditEvent.objects.get(kind="personal.revealed")
    assert (event.actor_name, event.customer_id) == ("lin", world.customer.pk)
    assert "19900000001" not in str(event.payload)


def test_a_look_takes_a_post(world: World) -> None:
    desk = signed_in(world.agent)
    assert desk.get(reverse("accounts:reveal", args=[world.customer.pk])).status_code == 405


def test_a_look_at_someone_elses_customer_or_line_is_refused(world: World) -> None:
    stranger = make_customer("D2", make_user("other"))
    line = make_line(stranger, "19900000009")
    with pytest.raises(RevealRefusedError):
        reveal(world.agent, stranger, "name")
    with pytest.raises(RevealRefusedError):
        reveal(world.agent, world.customer, "line", line=line)
    with pytest.raises(RevealRefusedError):
        reveal(world.agent, world.customer, "password")
    assert not AuditEvent.objects.exists()


def test_a_quote_asked_again_is_the_same_and_a_payment_makes_a_new_one(world: World) -> None:
    first = issue_quote(world.account, actor=world.agent)
    assert issue_quote(world.account, actor=world.agent) == first
    assert AuditEvent.objects.filter(kind="quote.issued").count() == 1
    pay(world.account, date(2026, 3, 1), 10_000, "R1")
    second = issue_quote(world.account, actor=world.agent)
    assert second.number != first.number
    assert second.total_fen < first.total_fen


def test_the_lines_of_a_quote_add_up_on_the_page(world: World) -> None:
    desk = signed_in(world.agent)
    where = reverse("accounts:quote", args=[world.customer.pk, world.account.pk])
    page = desk.post(where, follow=True).content.decode()
    quote = Quote.objects.get()
    assert quote.number in page
    assert sum(line["amount_fen"] for line in quote.body["lines"]) == quote.total_fen
    for line in quote.body["lines"]:
        assert line["label"]["en"] in page


def test_an_account_of_an_unknown_product_has_no_figure(world: World) -> None:
    strange = make_account(world.customer, "A2", product="mystery")
    desk = signed_in(world.agent)
    page = desk.post(reverse("accounts:quote", args=[world.customer.pk, strange.pk]), follow=True).content.decode()
    assert "no figure may be named" in page
    assert not Quote.objects.exists()


def test_facts_of_an_account_carry_their_source(world: World) -> None:
    facts, events = selectors.account_facts("A1")
    assert facts.account_id == "A1"
    assert events == ()
    with pytest.raises(LookupError, match="A7"):
        selectors.account_facts("A7")


@pytest.mark.parametrize(("name", "masked"), [("沈示例", "沈**"), ("李", "李*"), ("", "")])
def test_names_are_masked(name: str, masked: str) -> None:
    assert mask_name(name) == masked


@pytest.mark.parametrize(
    ("value", "masked"), [("15400000001", "154******01"), ("12345", "*****"), ("ab@example.com", "a***@example.com")]
)
def test_numbers_are_masked(value: str, masked: str) -> None:
    assert mask_number(value) == masked
