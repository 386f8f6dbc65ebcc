"""The audit trail: append-only, chained, free of personal data, whole under concurrent writers."""

from __future__ import annotations

import hashlib
import json
import threading

import pytest
from call_world import Clock, make_user
from django.db import Error, connection, transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from fairdue.desk.audit import selectors, services, triggers
from fairdue.desk.audit.chain import content_digest, first_format_hash, link_hash
from fairdue.desk.audit.checking import check
from fairdue.desk.audit.models import AuditEvent
from fairdue.desk.people.models import Role
from fairdue.guard import redact


def write(count: int = 3) -> None:
    with transaction.atomic():
        for number in range(count):
            services.write("test.happened", actor=None, subject=f"thing:{number}", payload={"n": number})


def unlocked(statement: str, sealed: bool = True) -> None:
    """Change the table behind the application's back, as an intruder with the database password would."""
    if sealed:
        services.seal()
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
    digest = content_digest(row.at, "", "test.other", row.subject, None, row.payload)
    forged = link_hash(2, digest, row.previous)
    unlocked(f"UPDATE audit_auditevent SET kind = 'test.other', digest = '{digest}', hash = '{forged}' WHERE seq = 2")
    assert codes() == ["audit.link"]


def test_two_rows_that_changed_places_are_found(db: None) -> None:
    write()
    unlocked("UPDATE audit_auditevent SET seq = CASE seq WHEN 1 THEN -2 WHEN 2 THEN -1 ELSE seq END")
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_auditevent SET seq = -seq WHERE seq < 0")
    assert {"audit.link", "audit.changed"} <= set(codes())


def test_events_of_the_first_format_stay_verifiable_but_only_at_the_start(db: None) -> None:
    """Trails that were written before events had a digest: their hashes were made in another way."""
    write(3)
    unlocked("UPDATE audit_auditevent SET digest = ''")
    previous = services.GENESIS
    for row in AuditEvent.objects.order_by("seq")[:2]:
        values = (row.seq, row.at, row.actor_name, row.kind, row.subject, row.customer_id, row.payload)
        previous_now, previous = previous, first_format_hash(*values, previous)
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE audit_auditevent SET previous = %s, hash = %s WHERE seq = %s", [previous_now, previous, row.seq]
            )
    row = AuditEvent.objects.get(seq=3)
    digest = content_digest(row.at, row.actor_name, row.kind, row.subject, row.customer_id, row.payload)
    with connection.cursor() as cursor:
        values = [digest, previous, link_hash(3, digest, previous)]
        cursor.execute("UPDATE audit_auditevent SET digest = %s, previous = %s, hash = %s WHERE seq = 3", values)
    assert codes() == []
    rows = list(selectors.export())
    later = {**rows[0], "seq": 4, "previous": rows[2]["hash"]}
    content = [later[name] for name in ("at", "actor", "kind", "subject", "customer", "payload")]
    later["hash"] = first_format_hash(4, *content, later["previous"])
    assert [finding.code for finding in check([*rows, later])[1]] == ["audit.changed"]


def test_the_fast_look_for_personal_data_misses_nothing_that_redaction_finds() -> None:
    """Text without the least that any pattern needs is passed over; everything that redaction changes must need it."""
    pieces = st.sampled_from(
        ["138", "1234", "5678", "0571", "-", " ", "+86", "a@b.cn", "X", "京A12345", "林先生", "x", "11010519491231002"]
    )
    texts = st.lists(pieces | st.text("0123456789 -+@Xa", max_size=6), max_size=8).map("".join)

    @given(texts)
    def same(text: str) -> None:
        if redact(text) != text:
            assert services.MAY_BE_PERSONAL.search(text)

    same()


@pytest.mark.django_db(transaction=True)
class TestBetweenCommitAndSeal:
    """PostgreSQL: an event waits for its place in the chain for a moment, and must be as safe there as anywhere."""

    @pytest.fixture(autouse=True)
    def postgresql(self, monkeypatch: pytest.MonkeyPatch) -> None:
        if connection.vendor != "postgresql":
            pytest.skip("on SQLite an event is written with its place")
        monkeypatch.setattr(services, "_seal_soon", lambda: None)

    def test_an_event_is_sealed_when_somebody_reads(self) -> None:
        write(2)
        assert AuditEvent.unsealed.filter(seq=None).count() == 2
        assert selectors.verify()[1] == []
        assert AuditEvent.unsealed.filter(seq=None).count() == 0

    def test_a_change_before_the_seal_is_found(self) -> None:
        write(2)
        before, _none = selectors.verify()
        write(1)
        unlocked("UPDATE audit_auditevent SET kind = 'test.other' WHERE seq IS NULL", sealed=False)
        relock()
        assert [(f.code, f.place.row) for f in selectors.verify()[1]] == [("audit.changed", before + 1)]

    @pytest.mark.parametrize(
        "change", ["kind = 'x'", "digest = 'x'", "seq = 1, hash = 'x', previous = 'x', kind = 'x'", "seq = 99"]
    )
    def test_nothing_but_the_place_can_be_filled_in(self, change: str) -> None:
        write(1)
        with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE audit_auditevent SET {change} WHERE seq IS NULL")

    def test_a_place_is_given_once(self) -> None:
        write(1)
        services.seal()
        with pytest.raises(Error, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("UPDATE audit_auditevent SET seq = 77, previous = 'x', hash = 'x'")


def relock() -> None:
    with connection.cursor() as cursor:
        cursor.execute(triggers.POSTGRES[1])


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


def test_a_digest_is_no_personal_data_whatever_digits_stand_in_it(db: None) -> None:
    """About one SHA-256 in fifty holds a run of digits that reads like a telephone or card number."""
    digests = [hashlib.sha256(str(number).encode()).hexdigest() for number in range(2000)]
    looks_personal = [digest for digest in digests if redact(digest) != digest]
    assert looks_personal
    with transaction.atomic():
        services.write("test.stored", actor=None, payload={"digests": looks_personal})
    with pytest.raises(services.PersonalDataError), transaction.atomic():
        services.write("test.leak", actor=None, payload={"note": f"{digests[0]} 13812345678"})
