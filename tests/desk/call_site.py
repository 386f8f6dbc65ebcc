"""The call screen through the site, for tests: signed in, a call begun, what is sent to it."""

from __future__ import annotations

import json
from datetime import timedelta

from call_world import Clock, World, make_line
from django.test import Client
from django.urls import reverse

from fairdue.desk.accounts.models import Line
from fairdue.desk.call.models import CallSession
from fairdue.desk.call.services import record_contact, take_permit
from fairdue.desk.people.models import User

HTMX = {"HX-Request": "true"}
BACKEND = "django.contrib.auth.backends.ModelBackend"


def signed_in(user: User) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.cookies["fairdue_language"] = "en"
    client.force_login(user, backend=BACKEND)
    return client


def page_of(world: World) -> str:
    return reverse("call:case", args=[world.customer.pk])


def start(desk: Client, world: World, line=None, **data) -> CallSession:
    where = reverse("call:permit", args=[world.customer.pk, (line or world.mobile).pk])
    answer = desk.post(where, {"request_key": "page-1", **data})
    assert answer.status_code == 302
    return CallSession.objects.get()


def live(name: str, session: CallSession) -> str:
    return reverse(f"call:{name}", args=[session.permit_id])


def lost(world: World, noon: Clock) -> Line:
    """The customer is lost and the record shows it, so that a contact person may be asked to pass on a message."""
    type(world.customer).objects.filter(pk=world.customer.pk).update(status="unreachable")
    noon.at -= timedelta(days=1)
    for n in range(3):
        record_contact(
            take_permit(world.agent, world.customer, world.mobile, request_key=f"l{n}"), world.agent, "no_answer"
        )
        noon.forward(minutes=30)
    noon.at = noon.at + timedelta(days=1)
    return make_line(world.customer, "19900000009", role="family", contact_name_masked="沈*")


PROMISE = {
    "outcome": "promise",
    "amount": "3,000.00",
    "due_on": "2026-03-04",
    "due_time": "17:00",
    "pay_channel": "app",
    "read_back": "on",
    "note": "发工资后还",
    "talk_seconds": "75",
}


def promise_for(world: World, **changes: str) -> dict[str, str]:
    return {**PROMISE, "account": str(world.account.pk), **changes}


def save(desk: Client, session: CallSession, draft: dict[str, str], revision: int):
    body = json.dumps({"draft": draft, "revision": revision})
    return desk.post(live("draft", session), body, content_type="application/json")
