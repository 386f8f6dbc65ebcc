"""The case file: what it holds, that it can be proven, who may have it, and what a change in it looks like."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from call_site import signed_in
from call_world import NOON, Clock, World, make_customer, make_line, make_user, pay
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from typer.testing import CliRunner

from fairdue.cli import app
from fairdue.core.ids import digest as json_digest
from fairdue.desk.accounts.models import Customer
from fairdue.desk.accounts.services import issue_quote
from fairdue.desk.audit import signing
from fairdue.desk.audit.models import AuditEvent
from fairdue.desk.call import talk
from fairdue.desk.call.models import Contact, Denial, PastContact, Permit
from fairdue.desk.call.services import Details, record_contact, release_permit, take_permit
from fairdue.desk.casefile import matters, selectors, services
from fairdue.desk.casefile.checking import NotACaseFileError, check
from fairdue.desk.casefile.contacts import standing
from fairdue.desk.casefile.models import CaseFileExport
from fairdue.desk.casefile.sealed import canonical, seal_document, sha256
from fairdue.desk.cases.models import Case
from fairdue.desk.cases.services import answer_case, open_case, set_hold
from fairdue.desk.crypto import seal
from fairdue.desk.people.models import Role
from fairdue.desk.refusals import RefusedError

run = CliRunner()
SECRETS = ("沈示例", "19900000001", "示例市示例路 8 号", "19900007777")
"""What the world's customer is called and where, and a number that somebody said: never in a masked file."""


def permit_for(world: World, key: str, **more: Any) -> Permit:
    taken = take_permit(world.agent, world.customer, world.mobile, request_key=key, **more)
    assert isinstance(taken, Permit), taken.decision
    return taken


@pytest.fixture
def case(world: World, noon: Clock) -> Case:
    """A day of calls with a promise, a payment, a refusal at night, and a complaint that was answered."""
    Customer.objects.update(address_sealed=seal(SECRETS[2], "customer.address"))
    record_contact(permit_for(world, "k1"), world.agent, "no_answer")
    noon.forward(hours=1)
    permit = permit_for(world, "k2")
    session = talk.begin(permit)
    session = talk.agent_spoke(session, "您再不还，就让您全家不得安宁。")
    talk.hear(session, text="我是沈示例，你打 19900007777 找我，后天还三千")
    noon.forward(minutes=2)
    record_contact(
        permit,
        world.agent,
        "promise",
        details=Details(amount_fen=300_000, due_on=date(2026, 3, 4), read_back=True),
        note="住在示例市示例路 8 号，沈示例说等工资",
        talk_seconds=75,
        quote=issue_quote(world.account, None, world.agent),
    )
    release_permit(permit_for(world, "k3").pk, world.agent)
    noon.at = datetime(2026, 3, 2, 14, 5, tzinfo=UTC)
    assert isinstance(take_permit(world.agent, world.customer, world.mobile, request_key="k4"), Denial)
    noon.at = NOON + timedelta(days=1)
    pay(world.account, date(2026, 3, 3), 100_000, "R1", note="沈示例转账")
    noon.forward(hours=1)
    summary = "沈示例投诉：一天接到多个电话，要求回电 19900000001"
    details = Details(summary=summary)
    contact = record_contact(permit_for(world, "k5"), world.agent, "complaint", details=details, talk_seconds=50)
    noon.forward(hours=2)
    found = Case.objects.get(contact=contact)
    answer_case(found.pk, world.compliance, "已核查，书面答复沈示例")
    noon.forward(hours=1)
    return found


def as_read(export: CaseFileExport) -> dict[str, Any]:
    return json.loads(services.body_of(export))


# What it holds


def test_every_contact_stands_with_its_permit_its_rules_and_its_local_time(world: World, case: Case) -> None:
    sections = selectors.collect(case, NOON + timedelta(days=5))
    rows = sections["contacts"]
    assert [(row["no"], row["outcome"], row["standing"]) for row in rows] == [
        (1, "no_answer", "allowed"),
        (2, "promise", "allowed"),
        (3, "complaint", "allowed"),
    ]
    second = rows[1]
    permit = Permit.objects.get(request_key="k2")
    assert second["permit"]["number"] == permit.number
    assert second["permit"]["decision"]["pack"] == permit.decision["pack"]
    assert second["permit"]["decision"]["passed"] == permit.decision["passed"]
    assert second["at"] == {
        "utc": "2026-03-02T05:00:00+00:00",
        "local": "2026-03-02T13:00:00+08:00",
        "zone": "Asia/Shanghai",
    }
    assert (second["talk_seconds"], second["effective"], second["line"]["shown"]) == (75, True, "199****0001")


def test_a_refusal_says_which_rules_and_when_it_would_be_allowed(world: World, case: Case) -> None:
    (denial,) = selectors.collect(case, NOON + timedelta(days=5))["denials"]
    assert denial["at"]["local"] == "2026-03-02T22:05:00+08:00"
    assert denial["decision"]["next_lawful_at"]["local"] == "2026-03-03T08:00:00+08:00"
    rule = next(rule for rule in denial["decision"]["rules"] if rule["id"] == "CN-GBT-01")
    assert rule["verdict"] == "deny"
    assert all(rule[part]["zh"] and rule[part]["en"] for part in ("title", "citation", "why"))


def test_debt_quotes_promises_holds_and_words_of_the_call_are_there(world: World, case: Case) -> None:
    sections = selectors.collect(case, NOON + timedelta(days=5))
    (debt,) = sections["debts"]
    assert debt["owed"]["quote"]["total_fen"] == sum(line["amount_fen"] for line in debt["owed"]["quote"]["lines"])
    assert [(e["kind"], e["amount_fen"]) for e in debt["entries"]] == [("payment", 100_000)]
    assert debt["quotes"][0]["used_in"] == [f"contact:{Contact.objects.get(outcome='promise').pk}"]
    assert [(p["amount_fen"], p["state"]) for p in sections["promises"]] == [(300_000, "open")]
    assert [(h["kind"], h["set_by"], h["lifted"]) for h in sections["holds"]] == [("complaint", "lin", None)]
    (call,) = [call for call in sections["calls"] if call["turns"]]
    assert [turn["who"] for turn in call["turns"]] == ["agent", "customer"]
    assert call["turns"][0]["red"]
    assert call["release"] == Permit.objects.get(request_key="k2").session.release
    assert [permit["state"] for permit in sections["unused_permits"]] == ["released"]
    assert sections["recordings"] == {"stored_here": False, "items": []}


def test_the_summary_counts_what_the_sections_hold(world: World, case: Case) -> None:
    sections = selectors.collect(case, NOON + timedelta(days=5))
    total = sections["summary"]
    assert total["standing"] == {"allowed": 3, "warned": 0, "outside": 0, "not_judged": 0}
    assert (total["made"], total["refused"], total["unused"], total["red_lines"]) == (3, 1, 1, 1)
    assert (total["earliest_call"], total["latest_call"], total["paid_fen"]) == ("12:00", "13:00", 100_000)
    assert total["busiest_day"] == {"day": "2026-03-02", "effective_calls": 1}
    assert [(day["day"], day["made"], day["refused"]) for day in total["days"]] == [
        ("2026-03-02", 2, 1),
        ("2026-03-03", 1, 0),
    ]
    happened = [event["what"] for event in total["timeline"]]
    assert happened == [
        "promise.made",
        "entry.payment",
        "case.opened",
        "hold.set",
        "case.answered",
    ]


def test_contacts_of_an_earlier_system_are_listed_and_not_judged(world: World, case: Case) -> None:
    PastContact.objects.create(
        reference="old-1",
        customer=world.customer,
        line=None,
        at=NOON - timedelta(days=3),
        channel="letter",
        connected=False,
        agency="AG1",
    )
    sections = selectors.collect(case, NOON + timedelta(days=5))
    first = sections["contacts"][0]
    assert (first["no"], first["standing"], first["agency"], first["permit"]) == (1, "not_judged", "AG1", None)
    assert [(item["no"], item["channel"]) for item in sections["letters"]["items"]] == [(1, "letter")]


def test_a_contact_outside_its_permit_is_called_so(world: World, case: Case) -> None:
    contact = Contact.objects.select_related("permit").get(outcome="no_answer")
    contact.started_at = contact.permit.expires_at + timedelta(seconds=1)
    assert standing(contact) == "outside"
    contact.started_at = contact.permit.taken_at
    contact.permit.decision = {**contact.permit.decision, "allow": False}
    assert standing(contact) == "outside"
    contact.permit.decision = {**contact.permit.decision, "allow": True, "verdict": "warn"}
    assert standing(contact) == "warned"


def test_a_file_does_not_know_what_came_after_its_instant(world: World, case: Case) -> None:
    opened = Case.objects.get(pk=case.pk).opened_at
    sections = selectors.collect(case, opened)
    before = selectors.collect(case, NOON + timedelta(hours=2))
    assert len(before["contacts"]) == 2
    assert before["debts"][0]["entries"] == []
    assert before["debts"][0]["owed"]["day"] == "2026-03-02"
    assert before["denials"] == []
    assert all(event["at"] <= opened.isoformat() for event in sections["audit"]["rows"])


def test_another_customers_history_is_not_in_it(world: World, case: Case) -> None:
    other = make_customer("D2", world.agent, name_masked="王**")
    line = make_line(other, "19900000055")
    record_contact(take_permit(world.agent, other, line, request_key="o1"), world.agent, "no_answer")
    sections = selectors.collect(case, NOON + timedelta(days=5))
    assert len(sections["contacts"]) == 3
    assert {row["customer"] for row in sections["audit"]["rows"]} == {world.customer.pk}
    assert "19900000055" not in canonical(sections).decode()


def test_the_number_of_queries_does_not_grow_with_the_history(world: World, case: Case) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            selectors.collect(
                Case.objects.select_related("customer", "account").get(pk=case.pk), NOON + timedelta(days=9)
            )
        return len(queries)

    asked()  # the first reader also gives waiting audit events their place, on PostgreSQL
    before = asked()
    rows = [
        PastContact(
            reference=f"r{n}",
            customer=world.customer,
            line=world.mobile,
            at=NOON - timedelta(hours=n),
            channel="voice_human",
            connected=False,
        )
        for n in range(1, 60)
    ]
    PastContact.objects.bulk_create(rows)
    assert asked() == before


# Personal data


def test_a_masked_file_has_no_name_number_or_address_in_any_text(world: World, case: Case) -> None:
    body = services.body_of(services.export_case(case, world.lead)).decode()
    assert [secret for secret in SECRETS if secret in body] == []
    assert "沈**" in body
    assert "199****7777" in body


def test_compliance_may_have_it_in_plain_with_a_reason_and_that_is_a_reveal(world: World, case: Case) -> None:
    export = services.export_case(case, world.compliance, masked=False, reason="监管来函 2026-18")
    assert as_read(export)["sections"]["person"]["name"] == "沈示例"
    assert "19900000001" in services.body_of(export).decode()
    event = AuditEvent.objects.filter(kind="personal.revealed").get()
    assert (event.actor_name, event.payload["field"], event.payload["reason"]) == (
        "qian",
        "casefile",
        "监管来函 2026-18",
    )
    assert "沈示例" not in bytes(export.body_sealed).decode("latin-1")


@pytest.mark.parametrize(
    ("who", "masked", "reason", "code"),
    [
        ("agent", True, "", "casefile.role"),
        ("lead", False, "监管要求", "casefile.unmask.role"),
        ("compliance", False, "  ", "casefile.unmask.reason"),
        (None, False, "监管要求", "casefile.unmask.role"),
    ],
)
def test_who_may_not_gets_nothing(
    world: World, case: Case, who: str | None, masked: bool, reason: str, code: str
) -> None:
    with pytest.raises(RefusedError) as refused:
        services.export_case(case, getattr(world, who) if who else None, masked=masked, reason=reason)
    assert refused.value.finding.code == code
    assert not CaseFileExport.objects.exists()


def test_an_instant_before_the_case_or_after_now_is_refused(world: World, case: Case, noon: Clock) -> None:
    for at, code in ((NOON, "casefile.too_early"), (noon.at + timedelta(hours=1), "casefile.future")):
        with pytest.raises(RefusedError) as refused:
            services.export_case(case, world.lead, as_of=at)
        assert refused.value.finding.code == code


# Proof


def test_the_same_facts_and_instant_give_the_same_bytes_and_an_audit_event_each_time(world: World, case: Case) -> None:
    first = services.export_case(case, world.lead)
    second = services.export_case(case, world.compliance)
    assert services.body_of(first) == services.body_of(second)
    events = AuditEvent.objects.filter(kind="casefile.exported").order_by("seq")
    assert [event.actor_name for event in events] == ["zhang", "qian"]
    assert events[0].payload["sha256"].replace(":", "") == first.digest == sha256(services.body_of(first))


def test_a_later_fact_gives_another_file_and_the_old_instant_the_old_one(world: World, case: Case, noon: Clock) -> None:
    first = services.export_case(case, world.lead)
    noon.forward(hours=1)
    pay(world.account, date(2026, 3, 3), 5_000, "R2")
    assert services.export_case(case, world.lead).digest != first.digest
    assert services.export_case(case, world.lead, as_of=first.as_of).digest == first.digest


def test_no_run_of_digits_in_a_digest_is_taken_for_personal_data(world: World, case: Case, monkeypatch) -> None:
    """A digest with eleven digits that look like a telephone number must not stop an export."""
    looks_like_a_phone = "a" + "13800138000" + "b" * 52
    monkeypatch.setattr(services, "sha256", lambda _raw: looks_like_a_phone)
    assert services.export_case(case, world.lead).digest == looks_like_a_phone


def document(world: World, case: Case) -> bytes:
    return services.body_of(services.export_case(case, world.lead))


def test_a_whole_file_is_whole_also_when_it_was_laid_out_anew(world: World, case: Case) -> None:
    raw = document(world, case)
    checked = check(raw)
    assert checked.whole
    assert set(checked.sections.values()) == {"whole"}
    assert checked.digest == sha256(raw)
    pretty = json.dumps(json.loads(raw), indent=2).encode()
    assert check(pretty).whole
    assert check(pretty).digest == sha256(raw)
    assert check(raw, public_key=signing.public_key()).whole


def test_one_wrong_byte_in_a_section_names_that_section_and_no_other(world: World, case: Case) -> None:
    """Each section in turn, its first letter or digit inside a value changed: still JSON, or not even that."""
    raw = document(world, case)
    sections = json.loads(raw)["sections"]
    start = raw.index(b'"sections":')
    for name, content in sections.items():
        body = canonical(content)
        at = raw.index(f'"{name}":'.encode() + body, start) + len(name) + 3
        spots = [m.start() for m in re.finditer(rb"[0-9a-z]", body)]
        for spot in spots[:: max(1, len(spots) // 5)][:5]:
            for wrong in (b"x", b"\xff", b'"'):
                if body[spot : spot + 1] == wrong:
                    continue
                damaged = raw[: at + spot] + wrong + raw[at + spot + 1 :]
                found = check(damaged)
                changed = [key for key, state in found.sections.items() if state != "whole"]
                assert changed == [name], (name, spot, wrong, found.findings)
                assert "casefile.section.changed" in {f.code for f in found.findings}


def test_a_section_taken_out_or_put_in_is_named(world: World, case: Case) -> None:
    read = json.loads(document(world, case))
    denials = read["sections"].pop("denials")
    assert check(canonical(read)).sections["denials"] == "missing"
    read["sections"] |= {"denials": denials, "praise": []}
    found = check(canonical(read))
    assert found.sections["praise"] == "added"
    assert not found.whole


def test_a_forger_who_renews_the_digest_still_has_no_signature(world: World, case: Case) -> None:
    read = json.loads(document(world, case))
    read["sections"]["denials"] = []
    read["digests"]["denials"] = sha256(canonical([]))
    assert [f.code for f in check(canonical(read)).findings] == ["casefile.head"]


def test_a_changed_head_part_or_key_and_a_double_key_are_found(world: World, case: Case) -> None:
    raw = document(world, case)
    read = json.loads(raw)
    head = {**read, "head": {**read["head"], "masked": False}}
    assert [f.code for f in check(canonical(head)).findings] == ["casefile.head"]
    extra = {**read, "note": "all is well"}
    assert [f.code for f in check(canonical(extra)).findings] == ["casefile.extra"]
    twice = raw.replace(b'"schema":', b'"head":{},"schema":', 1)
    assert not check(twice).whole
    assert not check(raw, public_key="A" * 43 + "=").whole


@pytest.mark.parametrize("raw", [b"", b"{}", b"[]", b"%PDF-1.7", b'{"schema":"other/1"}', b"\xff\xfe", b"[" * 100_000])
def test_what_is_no_case_file_is_called_that(raw: bytes) -> None:
    with pytest.raises(NotACaseFileError):
        check(raw)


def test_a_later_version_is_not_guessed_at(world: World, case: Case) -> None:
    read = json.loads(document(world, case))
    read["schema"] = "fairdue.casefile/2"
    with pytest.raises(NotACaseFileError, match=r"fairdue\.casefile/1"):
        check(canonical(read))


def test_the_audit_rows_follow_the_chain_over_other_peoples_rows(world: World, case: Case) -> None:
    other = make_customer("D2", world.agent)
    set_hold("dispute", other, world.agent)
    set_hold("lawyer", world.customer, world.agent)
    read = as_read(services.export_case(case, world.lead))
    section = read["sections"]["audit"]
    assert len(section["between"]) >= 1
    sections = {**read["sections"], "audit": {**section, "between": [*section["between"][:-1], "0" * 64]}}
    assert [f.code for f in check(seal_document(read["head"], sections)).findings] == ["casefile.audit"]


def test_audit_rows_that_were_changed_before_the_export_are_found(world: World, case: Case) -> None:
    read = as_read(services.export_case(case, world.lead))
    rows = read["sections"]["audit"]["rows"]
    rows[2]["payload"] = {"changed": 1}
    found = check(seal_document(read["head"], read["sections"]))
    assert [f.code for f in found.findings] == ["casefile.audit"]
    assert str(rows[2]["seq"]) in found.findings[0].what.en


def test_rows_of_the_first_audit_format_are_checked_too() -> None:
    content = ["2026-03-02T04:00:00+00:00", "lin", "hold.set", "hold:1", 1, {"kind": "dispute"}]
    first = json_digest([7, *content, "0" * 64])
    names = ("at", "actor", "kind", "subject", "customer", "payload")
    row = {"seq": 7, **dict(zip(names, content, strict=True)), "digest": "", "previous": "0" * 64, "hash": first}
    section = {"first": 7, "last": 7, "anchor": "0" * 64, "head": first, "between": [], "rows": [row]}
    assert check(seal_document({}, {"audit": section})).whole
    row["actor"] = "zhang"
    assert not check(seal_document({}, {"audit": section})).whole


def test_a_range_too_long_to_carry_is_still_checked_row_by_row(world: World, case: Case, monkeypatch) -> None:
    set_hold("dispute", make_customer("D2", world.agent), world.agent)
    set_hold("lawyer", world.customer, world.agent)
    monkeypatch.setattr(matters, "MOST_BETWEEN", 0)
    read = as_read(services.export_case(case, world.lead))
    assert read["sections"]["audit"]["between"] is None
    assert check(canonical(read)).whole


def test_a_stored_file_that_was_changed_is_not_handed_out(world: World, case: Case) -> None:
    first, second = (
        services.export_case(case, world.lead),
        services.export_case(case, world.compliance, masked=False, reason="r"),
    )
    CaseFileExport.objects.filter(pk=first.pk).update(body_sealed=second.body_sealed)
    first.refresh_from_db()
    with pytest.raises(RefusedError, match="does not fit"):
        services.hand_out(first, world.lead, "json")


# Pages


def pages(world: World, role: str) -> Client:
    return signed_in(getattr(world, role))


def test_the_case_page_offers_it_to_lead_and_compliance_only(world: World, case: Case) -> None:
    where = reverse("casefile:case", args=[case.pk])
    for role, offered in (("agent", False), ("lead", True), ("compliance", True)):
        page = pages(world, role).get(reverse("cases:detail", args=[case.pk])).content.decode()
        assert (where in page) is offered
        assert pages(world, role).get(where).status_code == (200 if offered else 403)


@pytest.mark.parametrize("role", [Role.TRAINER, Role.ADMIN, Role.AGENT])
def test_other_roles_are_refused_everywhere(world: World, case: Case, role: Role) -> None:
    export = services.export_case(case, world.lead)
    client = signed_in(make_user(f"u-{role}", role))
    assert client.post(reverse("casefile:export", args=[case.pk])).status_code == 403
    assert client.get(reverse("casefile:download", args=[export.pk, "json"])).status_code == 403
    assert client.get(reverse("casefile:verify")).status_code == 403
    assert CaseFileExport.objects.count() == 1


def test_before_the_first_export_the_page_says_so_and_an_unknown_case_is_404(world: World, case: Case) -> None:
    client = pages(world, "lead")
    assert "Nothing was exported" in client.get(reverse("casefile:case", args=[case.pk])).content.decode()
    assert client.get(reverse("casefile:case", args=[case.pk + 99])).status_code == 404
    assert client.post(reverse("casefile:export", args=[case.pk + 99])).status_code == 404
    assert client.get(reverse("casefile:download", args=[4711, "json"])).status_code == 404


def test_an_export_is_listed_with_its_digest_and_downloads_as_what_was_signed(world: World, case: Case) -> None:
    client = pages(world, "lead")
    answer = client.post(reverse("casefile:export", args=[case.pk]), follow=True)
    export = CaseFileExport.objects.get()
    assert export.digest in answer.content.decode()
    got = client.get(reverse("casefile:download", args=[export.pk, "json"]))
    assert got.content == services.body_of(export)
    assert got["Cache-Control"] == "no-store"
    assert f'{case.number}-20260303-{export.digest[:8]}.json"' in got["Content-Disposition"]
    for form in ("pdf-zh", "pdf-en"):
        pdf = client.get(reverse("casefile:download", args=[export.pk, form]))
        assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert client.get(reverse("casefile:download", args=[export.pk, "docx"])).status_code == 404
    kinds = AuditEvent.objects.filter(kind="casefile.downloaded").order_by("seq")
    assert [event.payload["form"] for event in kinds] == ["json", "pdf-zh", "pdf-en"]


def test_a_lead_sees_that_a_plain_file_exists_but_cannot_have_it(world: World, case: Case) -> None:
    officer = pages(world, "compliance")
    officer.post(reverse("casefile:export", args=[case.pk]), {"plain": "1", "reason": "监管来函"})
    export = CaseFileExport.objects.get()
    assert not export.masked
    client, where = pages(world, "lead"), reverse("casefile:download", args=[export.pk, "json"])
    page = client.get(reverse("casefile:case", args=[case.pk])).content.decode()
    assert export.digest in page
    assert where not in page
    assert client.get(where).status_code == 302
    assert officer.get(where).status_code == 200
    assert AuditEvent.objects.filter(kind="personal.revealed").count() == 2


def test_a_lead_who_forges_the_form_gets_no_plain_file(world: World, case: Case) -> None:
    form = {"plain": "1", "reason": "x"}
    page = pages(world, "lead").post(reverse("casefile:export", args=[case.pk]), form, follow=True).content.decode()
    assert "Only compliance may export" in page
    assert not CaseFileExport.objects.exists()


def uploaded(client: Client, raw: bytes) -> str:
    file = SimpleUploadedFile("case.json", raw, content_type="application/json")
    return client.post(reverse("casefile:verify"), {"file": file}).content.decode()


def test_the_verification_page_names_what_was_changed(world: World, case: Case) -> None:
    client, raw = pages(world, "lead"), document(world, case)
    good = uploaded(client, raw)
    assert "unchanged since it was signed" in good
    assert "signed with our key" in good
    bad = uploaded(client, raw.replace(b"199****0001", b"199****0002", 1))
    assert "unchanged since" not in bad
    assert "signed with our key" in bad  # the list of digests still is; one section does not fit it
    forged = uploaded(client, raw.replace(b'"masked":true', b'"masked":false', 1))
    assert "not signed with our present key" in forged
    assert re.search(r"Section \w+ was changed", bad)
    assert "not a case file" in uploaded(client, b"%PDF-1.7")
    assert "Choose the JSON file" in client.post(reverse("casefile:verify")).content.decode()
    assert "No file checked yet" in client.get(reverse("casefile:verify")).content.decode()


# Command line


def fairdue(*arguments: str):
    return run.invoke(app, list(arguments))


def test_the_command_writes_both_files_and_verifies_them(world: World, case: Case, tmp_path: Path) -> None:
    made = fairdue("casefile", "export", case.number, "-o", str(tmp_path / "out"), "--lang", "en")
    assert made.exit_code == 0, made.output
    json_file, pdf = tmp_path / "out" / f"{case.number}.json", tmp_path / "out" / f"{case.number}.pdf"
    assert pdf.read_bytes().startswith(b"%PDF-")
    export = CaseFileExport.objects.get()
    assert (export.by, export.masked, export.digest) == (None, True, sha256(json_file.read_bytes()))
    whole = fairdue("casefile", "verify", str(json_file), "--key", signing.public_key())
    assert whole.exit_code == 0, whole.output
    assert "16 of 16 sections whole" in whole.stdout
    if shutil.which("pdftotext"):
        text = subprocess.run(
            ["pdftotext", "-layout", str(pdf), "-"], capture_output=True, text=True, check=True
        ).stdout
        assert export.digest in text


def test_a_wrong_byte_makes_the_command_say_which_section_and_end_with_1(
    world: World, case: Case, tmp_path: Path
) -> None:
    file = tmp_path / "c.json"
    file.write_bytes(document(world, case).replace(b"199****0001", b"199****0002", 1))
    answer = fairdue("casefile", "verify", str(file))
    assert answer.exit_code == 1
    assert re.search(r"^section \w+: changed$", answer.stdout, re.MULTILINE)
    assert "15 of 16" in answer.stdout


def test_bad_arguments_end_with_2_and_one_clear_line(world: World, case: Case, tmp_path: Path) -> None:
    (tmp_path / "x.json").write_bytes(b"%PDF-1.7")
    good = tmp_path / "good.json"
    good.write_bytes(document(world, case))
    out = str(tmp_path / "out")
    for arguments, said in (
        (("export", "FD-NO-SUCH", "-o", out), "no case"),
        (("export", case.number, "-o", out, "--lang", "fr"), "use zh or en"),
        (("export", case.number, "-o", out, "--as-of", "yesterday"), "ISO 8601"),
        (("export", case.number, "-o", out, "--as-of", "2020-01-01T00:00:00Z"), "not opened yet"),
        (("export", case.number, "-o", str(good)), "not a folder"),
        (("verify", str(tmp_path / "none.json")), "No such file"),
        (("verify", str(tmp_path / "x.json")), "not a case file"),
        (("verify", str(good), "--key", "nonsense"), "public key"),
    ):
        answer = fairdue("casefile", *arguments)
        assert answer.exit_code == 2, (arguments, answer.output)
        assert said in answer.stderr
        assert len(answer.stderr.strip().splitlines()) == 1
    assert not Path(out).exists()


def test_a_case_without_any_history_makes_a_file_too(world: World) -> None:
    lonely = make_customer("D9", world.agent)
    case = open_case("complaint", lonely, world.lead, summary="来电投诉")
    export = services.export_case(Case.objects.select_related("customer").get(pk=case.pk), world.lead)
    read = as_read(export)
    assert read["sections"]["contacts"] == []
    assert read["sections"]["summary"]["owed_fen"] == 0
    assert check(services.body_of(export)).whole
    assert Customer.objects.get(pk=lonely.pk).name_masked == read["sections"]["person"]["name"]
