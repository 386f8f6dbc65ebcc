"""The audit trail: append-only, chained, free of personal data, whole under concurrent writers."""

from __future__ import annotations

import json
import threading

import pytest
from call_world import Clock, make_user
from django.db import Error, connection, transaction
from django.test import Client
from django.urls import reverse

from fairdue.desk.audit import selectors, services
from fairdue.desk.audit.models import AuditEvent
from fairdue.desk.people.models import Role


def write(count: int = 3) -> None:
    with transaction.atomic():
        for number in range(count):
            services.write("test.happened", actor=None, subject=f"thing:{number}", payload={"n": number})


def unlocked(statement: str) -> None:
    """Change the table behind the application's back, as an intruder with the database password would."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("DROP TRIGGER audit_no_change ON audit_auditevent")
        else:
            cursor.execute("DROP TRIGGER audit_no_update")
            cursor.execute("DROP TRIGGER audit_no_delete")
        cursor.execute(statement)


def codes() -> list[str]:
    return [finding.code for finding in selectors.verify()[1]]


def test_a_chain_is_whole(db: None, noon: Clock) -> None:
    write(5)
    assert selectors.verify() == (5, [])


def test_each_event_carries_the_hash_of_the_one_before(db: None, noon: Clock) -> None:
    write(2)
    first, second = AuditEvent.objects.all()
    assert first.previous == services.GENESIS
    assert second.previous == first.hash


@pytest.mark.parametrize(
    "payload", [{"phone": "13812345678"}, {"note": "call 13812345678 back"}, {"card": "11010519491231002X"}]
)
def test_personal_data_is_refused(db: None, payload: dict) -> None:
    with pytest.raises(services.PersonalDataError), transaction.atomic():
        services.write("test.leak", actor=None, payload=payload)
    assert not AuditEvent.objects.exists()


@pytest.mark.parametrize("statement", ["UPDATE audit_auditevent SET kind = 'x'", "DELETE FROM audit_auditevent"])
def test_the_database_refuses_to_change_or_delete(db: None, statement: str) -> None:
    write()
    with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert AuditEvent.objects.count() == 3


def test_postgresql_refuses_to_truncate(db: None) -> None:
    if connection.vendor != "postgresql":
        pytest.skip("SQLite has no TRUNCATE")
    with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_auditevent")


def test_a_changed_row_is_found(db: None) -> None:
    write()
    unlocked("UPDATE audit_auditevent SET kind = 'test.other' WHERE seq = 2")
    assert codes() == ["audit.changed"]


def test_a_missing_row_is_found(db: None) -> None:
    write()
    unlocked("DELETE FROM audit_auditevent WHERE seq = 2")
    assert codes() == ["audit.gap", "audit.link"]


def test_a_row_rehashed_after_its_change_breaks_the_link(db: None) -> None:
    write()
    row = AuditEvent.objects.get(seq=2)
    forged = services.event_hash(2, row.at, "", "test.other", row.subject, None, row.payload, row.previous)
    unlocked(f"UPDATE audit_auditevent SET kind = 'test.other', hash = '{forged}' WHERE seq = 2")
    assert codes() == ["audit.link"]


@pytest.mark.django_db(transaction=True)
def test_writing_outside_a_transaction_is_refused() -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        services.write("test.alone", actor=None)


@pytest.mark.django_db(transaction=True)
def test_ten_writers_at_once_keep_the_chain() -> None:
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _round in range(5):
                write(1)
        except BaseException as failure:
            failures.append(failure)
        finally:
            connection.close()

    threads = [threading.Thread(target=work) for _n in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    assert selectors.verify() == (50, [])


def test_the_page_searches_and_verifies(db: None, client: Client) -> None:
    write(120)
    client.cookies["fairdue_language"] = "en"
    client.force_login(make_user("judge", Role.COMPLIANCE), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(reverse("audit:list"), {"verify": 1}).content.decode()
    assert "120 events checked, the chain is whole." in page
    assert page.count("test.happened") == 100
    found = client.get(reverse("audit:list"), {"q": "thing:7"}).content.decode()
    assert "thing:7" in found
    assert "thing:8" not in found


def test_the_export_holds_what_verification_needs(db: None) -> None:
    write(2)
    rows = [json.loads(json.dumps(row)) for row in selectors.export()]
    assert [row["seq"] for row in rows] == [1, 2]
    assert rows[1]["previous"] == rows[0]["hash"]
