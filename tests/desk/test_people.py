"""Sign-in, lock-out, passwords, user administration, who sees whom."""

from __future__ import annotations

import pytest
from call_world import World, make_customer, make_user
from django.test import Client
from django.urls import reverse

from fairdue.desk import clock
from fairdue.desk.audit.models import AuditEvent
from fairdue.desk.people.models import Role, User
from fairdue.desk.people.permissions import visible_customers
from fairdue.desk.worklist.models import NightRun, WorklistEntry

PASSWORD = "A-long-passphrase-7"
LOGIN = "/people/login/"


@pytest.fixture
def user(db: None) -> User:
    return User.objects.create_user("chen", password=PASSWORD, role=Role.AGENT, language="en")


def sign_in(client: Client, password: str = PASSWORD, username: str = "chen"):
    return client.post(LOGIN, {"username": username, "password": password})


def test_signing_in_is_audited_and_sets_careful_cookies(client: Client, user: User) -> None:
    answer = sign_in(client)
    assert answer.status_code == 302
    session = answer.cookies["sessionid"]
    assert session["httponly"]
    assert session["samesite"] == "Lax"
    assert answer.cookies["fairdue_language"].value == "en"
    assert AuditEvent.objects.get().kind == "people.signed_in"


def test_cookies_are_secure_outside_the_demo(client: Client, user: User, settings) -> None:
    settings.SESSION_COOKIE_SECURE = True
    assert sign_in(client).cookies["sessionid"]["secure"]


def test_passwords_are_kept_with_argon2(user: User) -> None:
    assert user.password.startswith("argon2$")


def test_five_wrong_passwords_close_the_sign_in_even_for_the_right_one(client: Client, user: User) -> None:
    client.cookies["fairdue_language"] = "en"
    for _attempt in range(4):
        assert sign_in(client, "wrong").status_code == 200
    assert sign_in(client, "wrong").status_code == 429
    answer = sign_in(client)
    assert answer.status_code == 429
    assert "Too many wrong passwords" in answer.content.decode()


def test_a_deactivated_user_cannot_sign_in(client: Client, user: User) -> None:
    User.objects.update(is_active=False)
    assert sign_in(client).status_code == 200


def test_sign_out_takes_a_post(client: Client, user: User) -> None:
    sign_in(client)
    assert client.get(reverse("people:logout")).status_code == 405
    assert client.post(reverse("people:logout")).status_code == 302
    assert client.get(reverse("worklist:day")).status_code == 302


def test_pages_send_strangers_to_the_sign_in(client: Client, db: None) -> None:
    answer = client.get(reverse("accounts:search"))
    assert answer.status_code == 302
    assert answer["Location"].startswith(LOGIN)


def test_a_first_password_must_be_changed_before_anything_else(client: Client, user: User) -> None:
    User.objects.update(must_change_password=True)
    sign_in(client)
    assert client.get(reverse("worklist:day"))["Location"] == reverse("people:password")
    fresh = "Another-passphrase-8"
    form = {"old_password": PASSWORD, "new_password1": fresh, "new_password2": fresh}
    assert client.post(reverse("people:password"), form).status_code == 302
    assert client.get(reverse("worklist:day")).status_code == 200


@pytest.fixture
def admin(client: Client, db: None) -> Client:
    client.force_login(make_user("root", Role.ADMIN), backend="django.contrib.auth.backends.ModelBackend")
    return client


FORM = {
    "username": "liu",
    "first_name": "刘",
    "role": "agent",
    "capacity": 60,
    "language": "en",
    "is_active": "on",
    "certificates": "岗前培训\uff0c话术",
    "skills": "credit_card, telecom",
    "password": PASSWORD,
}


def test_the_administrator_creates_and_changes_users(admin: Client) -> None:
    assert admin.post(reverse("people:new"), FORM).status_code == 302
    made = User.objects.get(username="liu")
    assert made.certificates == ["岗前培训", "话术"]
    assert made.skills == ["credit_card", "telecom"]
    assert made.must_change_password
    changed = {**FORM, "password": "", "role": "lead"} | {"is_active": ""}
    admin.post(reverse("people:edit", args=[made.pk]), changed)
    made.refresh_from_db()
    assert (made.role, made.is_active) == ("lead", False)
    assert made.check_password(PASSWORD)
    assert list(AuditEvent.objects.values_list("kind", flat=True)) == ["people.created", "people.changed"]


def test_a_weak_first_password_is_refused(admin: Client) -> None:
    answer = admin.post(reverse("people:new"), {**FORM, "password": "12345"})
    assert answer.status_code == 200
    assert not User.objects.filter(username="liu").exists()


def test_an_agent_sees_assigned_customers_and_todays_list_only(world: World) -> None:
    other = make_user("other")
    theirs = make_customer("D2", other)
    listed = make_customer("D3", other)
    run = NightRun.objects.create(day=clock.today(), started_at=clock.now())
    WorklistEntry.objects.create(run=run, day=clock.today(), agent=world.agent, customer=listed, rank=1)
    seen = set(visible_customers(world.agent).values_list("debtor_id", flat=True))
    assert seen == {"D1", "D3"}
    assert theirs in visible_customers(world.lead)
    assert not visible_customers(make_user("coach", Role.TRAINER)).exists()
